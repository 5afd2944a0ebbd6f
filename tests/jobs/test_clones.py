"""Cloning: a new draft like a job that is there."""

import pytest

from curatore.core.errors import PermissionRefused
from jobs import clones
from jobs.models import Job, JobStatus
from orgsettings.models import Role
from tests.factories import make_job, make_org, make_user

pytestmark = pytest.mark.django_db


def documents_of(job):
    return [row.document_id for row in job.job_documents.order_by("position")]


def test_a_clone_has_the_documents_in_their_order_and_the_options():
    user = make_user()
    job = make_job(user, status=JobStatus.COMPLETED, rows=3, description="Q4")
    job.processing_options["ocr_settings"]["language"] = "deu"
    job.save()

    made = clones.clone(job, by=user)

    assert made.missing == 0
    assert made.job.is_draft
    assert documents_of(made.job) == documents_of(job)
    assert made.job.processing_options == job.processing_options
    assert made.job.description == "Q4"


def test_a_clone_of_one_document_has_that_document_and_its_name():
    user = make_user()
    job = make_job(user, status=JobStatus.COMPLETED, rows=3, description="Q4")
    row = job.job_documents.get(position=1)

    made = clones.clone(job, by=user, only=row)

    assert documents_of(made.job) == [row.document_id]
    assert (made.job.name, made.missing) == (f"{row.filename} (copy)", 0)
    assert made.job.description == ""


def test_a_clone_belongs_to_whoever_made_it():
    org = make_org()
    job = make_job(make_user(org))
    admin = make_user(org, role=Role.ADMIN)

    assert clones.clone(job, by=admin).job.user == admin


def test_deleted_documents_are_counted_and_left_out():
    user = make_user()
    job = make_job(user, status=JobStatus.COMPLETED, rows=3)
    job.job_documents.get(position=1).document.delete()

    made = clones.clone(job, by=user)

    assert made.missing == 1
    assert documents_of(made.job) == [pk for pk in documents_of(job) if pk]


def test_a_long_name_stays_within_its_bounds():
    user = make_user()
    job = make_job(user, name="n" * 255)

    assert len(clones.clone(job, by=user).job.name) == 255


def test_a_viewer_clones_nothing():
    org = make_org()
    job = make_job(make_user(org))

    with pytest.raises(PermissionRefused):
        clones.clone(job, by=make_user(org, role=Role.VIEWER))
    assert Job.objects.count() == 1
