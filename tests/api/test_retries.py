"""Documents that failed are run again with other options, with a password, or with another file."""

import json
from datetime import timedelta

import pytest
from django.core import serializers
from django.utils import timezone

from documents.samples import BAD_FILES
from jobs import file_passwords, lifecycle, starts
from jobs.engine import watchdog
from jobs.file_passwords import FilePassword
from jobs.models import Job, JobDocument, JobLog, JobStatus
from tests.factories import batch_file, make_api_client, make_document, make_job, make_user

pytestmark = pytest.mark.django_db

URL = "/api/v1/jobs"
PASSWORD = "open sesame"  # of the samples


def post(user, path, body):
    return make_api_client(user).post(f"{URL}/{path}", body, format="json")


def failed_job(user, *documents):
    """A job of these documents, all of which failed."""
    job = make_job(user, status=JobStatus.FAILED, rows=len(documents))
    for row, document in zip(job.job_documents.order_by("position"), documents, strict=True):
        JobDocument.objects.filter(pk=row.pk).update(
            document=document, filename=document.filename, file_size=document.file_size
        )
    return job


def locked(user, name="encrypted.pdf"):
    return make_document(user, filename=name, content=(BAD_FILES / name).read_bytes())


def everything_stored():
    """All that tables of jobs hold, as text."""
    rows = [*Job.objects.all(), *JobDocument.objects.all(), *JobLog.objects.all()]
    return serializers.serialize("json", [*rows, *FilePassword.objects.all()])


@pytest.mark.parametrize("name", ["encrypted.pdf", "encrypted.docx"])
def test_a_protected_file_is_converted_when_it_is_retried_with_its_password(work, name):
    user = make_user()
    job = failed_job(user, locked(user, name))

    answer = post(user, f"{job.pk}/retry", {"password": PASSWORD})
    assert answer.status_code == 200
    work()

    job.refresh_from_db()
    assert (job.status, job.completed_documents) == ("COMPLETED", 1)
    assert job.job_documents.get().recipe == ""  # nobody else gets the result by the bytes


def test_a_wrong_password_fails_the_document_with_a_code_of_its_own(work):
    user = make_user()
    job = failed_job(user, locked(user))

    post(user, f"{job.pk}/retry", {"password": "Open Sesame"})
    work()

    row = job.job_documents.get()
    assert row.error_code == "wrong_password"
    assert "does not open" in row.error_message


def test_a_password_is_stored_sealed_for_the_next_attempt_alone_and_told_to_nobody(work):
    user = make_user()
    job = failed_job(user, locked(user))

    answer = post(user, f"{job.pk}/retry", {"password": PASSWORD})
    while_it_waits = everything_stored()
    work()

    assert FilePassword.__name__.lower() in while_it_waits
    assert PASSWORD not in answer.text + while_it_waits + everything_stored()
    assert not FilePassword.objects.exists()
    assert json.loads(json.dumps(JobLog.objects.get(event="job.retried").metadata)) == {
        "task_count": 1,
        "by": user.username,
        "with_password": True,
    }


def test_a_second_retry_needs_the_password_again(work):
    user = make_user()
    job = failed_job(user, locked(user))
    row = job.job_documents.get()
    file_passwords.keep([row.pk], PASSWORD, timezone.now())

    assert file_passwords.take(row.pk, timezone.now()) == PASSWORD
    assert file_passwords.take(row.pk, timezone.now()) is None


def test_a_password_that_nobody_takes_in_time_is_forgotten():
    user = make_user()
    job = failed_job(user, locked(user))
    row, now = job.job_documents.get(), timezone.now()
    file_passwords.keep([row.pk], PASSWORD, now)

    watchdog.look(now + file_passwords.LIFETIME - timedelta(seconds=1))
    assert FilePassword.objects.exists()
    watchdog.look(now + file_passwords.LIFETIME)
    assert not FilePassword.objects.exists()


def test_a_password_is_forgotten_when_its_job_is_cancelled():
    user = make_user()
    job = failed_job(user, locked(user))
    starts.retry(job, by=user, password=PASSWORD)

    lifecycle.request_cancel(job, by=user)

    assert not FilePassword.objects.exists()


def test_a_password_sealed_with_another_secret_key_is_no_use(settings):
    user = make_user()
    row = failed_job(user, locked(user)).job_documents.get()
    file_passwords.keep([row.pk], PASSWORD, timezone.now())

    settings.SECRET_KEY = "another"

    assert file_passwords.take(row.pk, timezone.now()) is None


def test_a_document_is_converted_with_its_own_options(work):
    user = make_user()
    content = (BAD_FILES.parent / "files" / "scan.pdf").read_bytes()
    job = failed_job(user, make_document(user, filename="scan.pdf", content=content))
    row = job.job_documents.get()

    answer = post(
        user,
        f"{job.pk}/retry",
        {"document_ids": [str(row.pk)], "options": {"ocr_settings": {"enabled": False}}},
    )
    assert answer.status_code == 200
    work()

    row.refresh_from_db()
    assert row.error_code == "ocr_disabled"
    told = make_api_client(user).get(f"{URL}/{job.pk}").json()
    assert told["documents"][0]["options_override"] == {"ocr_settings": {"enabled": False}}
    assert told["processing_options"]["ocr_settings"]["enabled"] is True


def test_options_of_the_whole_job_are_refused_for_chosen_documents():
    user = make_user()
    job = make_job(user, status=JobStatus.FAILED)
    row = job.job_documents.get()

    answer = post(
        user,
        f"{job.pk}/retry",
        {"document_ids": [str(row.pk)], "options": {"processing_settings": {"chunk_size": 500}}},
    )

    assert answer.status_code == 422
    error = answer.json()["errors"][0]
    assert (error["pointer"], error["code"]) == (
        "/options/processing_settings/chunk_size",
        "not_of_a_document",
    )


def test_a_failed_document_is_replaced_by_another(work):
    user = make_user()
    job = failed_job(user, locked(user))
    row, better = job.job_documents.get(), make_document(user, filename="better.txt")

    answer = post(user, f"{job.pk}/documents/{row.pk}/replace", {"document_id": str(better.pk)})
    assert (answer.status_code, answer.json()["status"]) == (200, "QUEUED")
    work()

    row.refresh_from_db()
    assert (row.status, row.filename, row.error_code) == ("COMPLETED", "better.txt", "")


def test_a_failed_document_is_replaced_by_a_file_of_the_batch_directory():
    user = make_user()
    batch_file(user.membership.organization, "better.txt")
    job = failed_job(user, locked(user))
    row = job.job_documents.get()

    answer = post(user, f"{job.pk}/documents/{row.pk}/replace", {"document_id": "better.txt"})

    assert answer.status_code == 200
    assert job.job_documents.get().filename == "better.txt"


def test_a_document_of_another_organization_replaces_nothing():
    user = make_user()
    job = make_job(user, status=JobStatus.FAILED)
    row, foreign = job.job_documents.get(), make_document()

    answer = post(user, f"{job.pk}/documents/{row.pk}/replace", {"document_id": str(foreign.pk)})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/document_id"
    assert job.job_documents.get().document_id == row.document_id


def test_a_document_that_is_in_the_job_already_is_refused():
    user = make_user()
    job = make_job(user, status=JobStatus.FAILED, rows=2)
    first, second = job.job_documents.order_by("position")

    answer = post(
        user, f"{job.pk}/documents/{first.pk}/replace", {"document_id": str(second.document_id)}
    )

    assert (answer.status_code, answer.json()["code"]) == (409, "document_already_in_job")
