"""How many questions each answer asks the database: the same for one row and for twenty."""

import pytest

from jobs.models import JobStatus
from jobs.monitoring import measurements
from orgsettings.models import Role
from tests.factories import (
    make_api_client,
    make_document,
    make_job,
    make_log,
    make_org,
    make_row,
    make_token,
    make_user,
)

pytestmark = [pytest.mark.django_db, pytest.mark.parametrize("length", [1, 20])]

URL = "/api/v1"


def test_the_list_of_jobs_asks_three_questions(django_assert_num_queries, length):
    user = make_user()
    api = make_api_client(user)
    for _ in range(length):
        make_job(user)

    # token with user, membership and organization; total; jobs
    with django_assert_num_queries(3):
        told = api.get(f"{URL}/jobs").json()

    assert len(told["jobs"]) == length


def test_an_ended_job_asks_six_questions(django_assert_num_queries, length):
    user = make_user()
    api = make_api_client(user)
    job = make_job(user, status=JobStatus.COMPLETED, rows=length)
    for row in job.job_documents.all():
        make_log(job, job_document=row)

    # token; job with owner; newest log line; sum of the results; documents; log lines with their
    # documents
    with django_assert_num_queries(6):
        told = api.get(f"{URL}/jobs/{job.pk}").json()

    assert len(told["documents"]) == len(told["recent_logs"]) == length


def test_an_unchanged_job_asks_three_questions(django_assert_num_queries, length):
    user = make_user()
    api = make_api_client(user)
    job = make_job(user, status=JobStatus.RUNNING, rows=length)
    etag = api.get(f"{URL}/jobs/{job.pk}").headers["ETag"]

    # token; job with owner; newest log line
    with django_assert_num_queries(3):
        answer = api.get(f"{URL}/jobs/{job.pk}", headers={"If-None-Match": etag})

    assert answer.status_code == 304


def test_the_documents_of_a_job_ask_four_questions(django_assert_num_queries, length):
    user = make_user()
    api = make_api_client(user)
    job = make_job(user, status=JobStatus.COMPLETED, rows=length)

    # token; job with owner; total; documents
    with django_assert_num_queries(4):
        told = api.get(f"{URL}/jobs/{job.pk}/documents").json()

    assert len(told["documents"]) == length


def test_the_log_of_a_job_asks_four_questions(django_assert_num_queries, length):
    user = make_user()
    api = make_api_client(user)
    job = make_job(user, rows=length)
    for row in job.job_documents.all():
        make_log(job, job_document=row)

    # token; job with owner; total; log lines with their documents
    with django_assert_num_queries(4):
        told = api.get(f"{URL}/jobs/{job.pk}/logs").json()

    assert len(told["logs"]) == length


def test_the_log_as_json_lines_asks_three_questions(django_assert_num_queries, length):
    user = make_user()
    api = make_api_client(user)
    job = make_job(user, rows=length)
    for row in job.job_documents.all():
        make_log(job, job_document=row)

    # token; job with owner; log lines with their documents
    with django_assert_num_queries(3):
        answer = api.get(f"{URL}/jobs/{job.pk}/logs?format=ndjson")
        lines = b"".join(answer.streaming_content).splitlines()

    assert len(lines) == length


def test_the_list_of_documents_asks_four_questions(django_assert_num_queries, length):
    user = make_user()
    api = make_api_client(user)
    job = make_job(user, rows=0)
    for _ in range(length):
        make_row(job, document=make_document(user), status="COMPLETED")

    # token; total; documents with uploaders; their latest results with jobs
    with django_assert_num_queries(4):
        told = api.get(f"{URL}/documents").json()

    assert sum(item["latest_result"] is not None for item in told["documents"]) == length


def test_the_list_of_documents_of_one_status_asks_four_questions(django_assert_num_queries, length):
    user = make_user()
    api = make_api_client(user)
    make_job(user, status=JobStatus.FAILED, rows=length)
    make_document(user)

    # token; total; documents with uploaders; their latest results with jobs
    with django_assert_num_queries(4):
        told = api.get(f"{URL}/documents?status=FAILED").json()

    assert len(told["documents"]) == length


def test_a_document_asks_three_questions(django_assert_num_queries, length):
    user = make_user()
    api = make_api_client(user)
    document = make_document(user)
    for _ in range(length):
        make_row(make_job(user, rows=0), document=document, status="COMPLETED")

    # token; document; its latest result with the job
    with django_assert_num_queries(3):
        assert api.get(f"{URL}/documents/{document.pk}").json()["latest_result"]
    with django_assert_num_queries(3):
        assert api.get(f"{URL}/documents/{document.pk}/result").json()["success"]


def test_the_listing_of_earlier_clients_asks_two_questions(django_assert_num_queries, length):
    user = make_user()
    api = make_api_client(user)
    for _ in range(length):
        make_document(user)

    # token; documents
    with django_assert_num_queries(2):
        assert api.get(f"{URL}/documents/uploaded").json()["count"] == length


def test_the_tokens_of_a_person_ask_three_questions(django_assert_num_queries, length):
    user = make_user()
    api = make_api_client(user)
    for _ in range(length):
        make_token(user)

    # token; total; tokens
    with django_assert_num_queries(3):
        told = api.get(f"{URL}/api-keys").json()

    assert told["total"] == length + 1


def test_the_numbers_of_a_person_ask_two_questions(django_assert_num_queries, length):
    user = make_user()
    api = make_api_client(user)
    for _ in range(length):
        make_job(user, status=JobStatus.COMPLETED)

    # token; all counts at once
    with django_assert_num_queries(2):
        assert api.get(f"{URL}/jobs/stats/user").json()["completed_jobs"] == length


def test_the_numbers_of_an_organization_ask_eleven_questions(
    django_assert_num_queries, monkeypatch, length
):
    monkeypatch.setattr(measurements, "LONG", 60)  # on a slow machine, too
    admin = make_user(role=Role.ADMIN)
    api = make_api_client(admin)
    for _ in range(length):
        make_job(admin, status=JobStatus.COMPLETED)

    # token with settings; kept numbers; jobs created; jobs ended; bytes of uploads, of results, of
    # versions before edits, and files beside results; counts of states; converted documents;
    # what is active
    with django_assert_num_queries(11):
        assert api.get(f"{URL}/jobs/stats/organization").json()["completed_jobs"] == length


def test_the_settings_of_the_organization_ask_one_question(django_assert_num_queries, length):
    user = make_user(make_org(limit=min(length, 10)))
    api = make_api_client(user)

    # token with settings
    with django_assert_num_queries(1):
        assert api.get(f"{URL}/organizations/me/settings").status_code == 200


def test_an_archive_asks_six_questions(django_assert_num_queries, length):
    user = make_user()
    api = make_api_client(user)
    job = make_job(user, status=JobStatus.COMPLETED, rows=length)

    # token; job with owner; is there a result; names; rows with documents; documents without a
    # result
    with django_assert_num_queries(6):
        answer = api.get(f"{URL}/jobs/{job.pk}/download?type=combined")
        assert b"".join(answer.streaming_content).startswith(b"PK")


def test_creating_a_job_asks_thirteen_questions(django_assert_num_queries, length):
    user = make_user()
    api = make_api_client(user)
    ids = [str(make_document(user).pk) for _ in range(length)]
    api.post(f"{URL}/jobs", {"document_ids": [str(make_document(user).pk)]}, format="json")
    body = {"document_ids": ids, "start_immediately": False}

    # token; documents; settings; begin; job; documents held; known rows; last position; rows;
    # counter; log line; commit; job as stored
    with django_assert_num_queries(13):
        assert api.post(f"{URL}/jobs", body, format="json").status_code == 201
