"""The scores of a job's documents, summed up on the job itself."""

import importlib

import pytest
from django.apps import apps
from django.db import IntegrityError, connection
from django.utils import timezone

from jobs import lifecycle, scores, starts
from jobs.locking import lock
from jobs.models import NEEDS_ATTENTION, DocumentStatus, Job, JobStatus
from tests.factories import make_job, make_row, succeed, take_document

pytestmark = pytest.mark.django_db


def convert(score):
    """Let a worker convert the next document."""
    succeed(take_document(), score=score)


def needs_attention(job):
    return Job.objects.filter(NEEDS_ATTENTION, pk=job.pk).exists()


def kept(job):
    job.refresh_from_db()
    return job.score_sum, {low * 10: n for low, n in enumerate(job.score_bands) if n}


@pytest.mark.parametrize(("score", "band"), [(0, 0), (9, 0), (10, 1), (89, 8), (90, 9), (100, 9)])
def test_a_score_is_counted_in_its_band(score, band):
    assert scores.band(score) == band


def test_a_job_sums_up_the_scores_of_its_documents_as_they_complete():
    job = make_job(status=JobStatus.QUEUED, rows=3)
    assert job.average_score is None

    convert(64)
    convert(81)

    assert kept(job) == (145, {60: 1, 80: 1})
    assert job.average_score == 72.5


@pytest.mark.parametrize(
    ("converted", "is_low"), [([60, 70], True), ([69, 70], False), ([100, 20], True), ([70], False)]
)
def test_a_job_is_of_low_quality_when_its_average_as_shown_is_below_its_threshold(
    converted, is_low
):
    job = make_job(status=JobStatus.QUEUED, rows=len(converted))  # the threshold is 70

    for score in converted:
        convert(score)

    job.refresh_from_db()
    assert job.status == JobStatus.COMPLETED
    assert job.is_low_quality is is_low


def test_a_failed_document_has_no_part_in_the_scores():
    job = make_job(status=JobStatus.RUNNING, rows=["COMPLETED", "RUNNING"])

    lifecycle.count_ended(lock(job), DocumentStatus.FAILED, timezone.now())

    assert kept(job) == (95, {90: 1})
    assert not job.is_low_quality


def test_the_scores_of_documents_that_were_kept_stay_when_the_others_run_again():
    job = make_job(status=JobStatus.COMPLETED, rows=["COMPLETED", "FAILED"])
    starts.retry(job, by=None)

    convert(15)

    assert kept(job) == (110, {10: 1, 90: 1})
    assert job.is_low_quality


@pytest.mark.parametrize(
    ("converted", "below"), [([100, 100, 60], 1), ([69, 100], 1), ([70, 71], 0), ([0, 10], 2)]
)
def test_a_job_needs_attention_when_one_document_is_below_its_thresholds(converted, below):
    job = make_job(status=JobStatus.QUEUED, rows=len(converted))  # the threshold is 70

    for score in converted:
        convert(score)

    job.refresh_from_db()
    assert job.not_ready_documents == below
    assert needs_attention(job) is bool(below)


def test_a_job_needs_no_attention_before_it_has_ended():
    job = make_job(status=JobStatus.QUEUED, rows=2)

    convert(60)

    job.refresh_from_db()
    assert job.not_ready_documents == 1
    assert not needs_attention(job)


def test_more_documents_below_the_thresholds_than_converted_are_refused_by_the_database():
    job = make_job(status=JobStatus.COMPLETED)

    with pytest.raises(IntegrityError):
        Job.objects.filter(pk=job.pk).update(not_ready_documents=2)


def test_a_sum_that_the_documents_cannot_have_is_refused_by_the_database():
    job = make_job(status=JobStatus.COMPLETED)

    with pytest.raises(IntegrityError):
        Job.objects.filter(pk=job.pk).update(score_sum=101)


def test_jobs_from_before_are_summed_up_when_the_database_is_migrated():
    job = make_job(status=JobStatus.COMPLETED, rows=0, total_documents=3, completed_documents=3)
    for score in (40, 100, 41):
        make_row(job, status="COMPLETED", conversion_score=score)
    good = make_job(status=JobStatus.COMPLETED)
    draft = make_job()
    Job.objects.update(score_sum=0, score_bands=scores.no_bands())
    migration = importlib.import_module("jobs.migrations.0008_scores_of_earlier_jobs")

    migration.sum_up(apps, connection.schema_editor())

    assert kept(job) == (181, {40: 2, 90: 1})
    assert job.is_low_quality
    assert kept(good) == (95, {90: 1})
    assert not good.is_low_quality
    assert kept(draft) == (0, {})


@pytest.mark.parametrize("at_once", [1, 500])
def test_documents_below_the_thresholds_are_counted_when_the_database_is_migrated(
    monkeypatch, at_once
):
    job = make_job(status=JobStatus.COMPLETED, rows=["COMPLETED"] * 3 + ["FAILED"])
    job.job_documents.filter(position__in=[0, 2]).update(is_rag_ready=False)
    other = make_job(status=JobStatus.COMPLETED, rows=2)
    other.job_documents.filter(position=0).update(is_rag_ready=False)
    good = make_job(status=JobStatus.COMPLETED)
    migration = importlib.import_module("jobs.migrations.0013_documents_below_thresholds")
    monkeypatch.setattr(migration, "JOBS_AT_ONCE", at_once)

    migration.count(apps, connection.schema_editor())

    counts = dict(Job.objects.values_list("pk", "not_ready_documents"))
    assert counts == {job.pk: 2, other.pk: 1, good.pk: 0}
    assert [needs_attention(each) for each in (job, other, good)] == [True, True, False]
