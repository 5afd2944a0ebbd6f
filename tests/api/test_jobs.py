"""Jobs over the API: create, look at, rename, delete."""

from uuid import uuid4

import pytest
from django.core.files.storage import default_storage

from documents.models import Document
from jobs import drafts
from jobs.models import Job, JobStatus, expiry
from orgsettings.models import Role
from tests.factories import (
    make_api_client,
    make_document,
    make_job,
    make_log,
    make_org,
    make_row,
    make_user,
)

pytestmark = pytest.mark.django_db

URL = "/api/v1/jobs"


def create(api, documents, **body):
    ids = [str(document.pk) for document in documents]
    return api.post(URL, {"document_ids": ids} | body, format="json")


# --- create -------------------------------------------------------------------------------------


def test_a_job_is_created_and_queued_at_once():
    user = make_user()
    documents = [make_document(user), make_document(user)]

    answer = create(make_api_client(user), documents, name="Q4", description="Reports")

    assert answer.status_code == 201
    told = answer.json()
    job = Job.objects.get()
    assert answer.headers["Location"].endswith(f"{URL}/{job.pk}")
    assert (told["id"], told["status"], told["total_documents"]) == (str(job.pk), "QUEUED", 2)
    assert (told["name"], told["description"], told["user_id"]) == ("Q4", "Reports", user.pk)
    assert [row.document for row in job.job_documents.all()] == documents


def test_a_job_stays_a_draft_when_it_is_not_to_start_immediately():
    user = make_user()

    answer = create(make_api_client(user), [make_document(user)], start_immediately=False)

    assert (answer.status_code, answer.json()["status"]) == (201, "PENDING")


def test_a_job_is_named_after_its_documents_when_no_name_is_given():
    user = make_user()
    api = make_api_client(user)
    report = make_document(user, filename="report.txt")

    for body in ({}, {"name": None, "description": None, "options": None}, {"name": ""}):
        assert create(api, [report], start_immediately=False, **body).json()["name"] == "report.txt"


def test_an_ended_job_tells_the_sum_of_its_results():
    user = make_user()
    job = make_job(
        user,
        status=JobStatus.COMPLETED,
        rows=0,
        total_documents=3,
        completed_documents=2,
        failed_documents=1,
    )
    make_row(job, status="COMPLETED", conversion_score=90, page_count=3)
    make_row(job, status="COMPLETED", conversion_score=61, page_count=None, is_rag_ready=False)
    make_row(job, status="FAILED")

    told = make_api_client(user).get(f"{URL}/{job.pk}").json()["results_summary"]

    assert told == {
        "rag_ready_documents": 1, "average_conversion_score": 75.5, "pages": 3,
        "processing_time_seconds": 1.0, "reused_documents": 0,
        "result_bytes": sum(row.result_size or 0 for row in job.job_documents.all()),
    }  # fmt: skip


@pytest.mark.parametrize("status", [JobStatus.PENDING, JobStatus.QUEUED, JobStatus.RUNNING])
def test_a_job_that_has_not_ended_has_no_sum_of_results(status):
    user = make_user()

    told = make_api_client(user).get(f"{URL}/{make_job(user, status=status).pk}").json()

    assert told["results_summary"] is None


def test_a_language_that_cannot_be_read_is_refused_before_there_is_a_job():
    user = make_user()

    answer = create(
        make_api_client(user),
        [make_document(user)],
        options={"ocr_settings": {"language": "eng+xyz"}},
    )

    assert answer.status_code == 422
    error = answer.json()["errors"][0]
    assert (error["pointer"], error["code"]) == (
        "/options/ocr_settings/language",
        "ocr_language_missing",
    )
    assert not Job.objects.exists()


def test_options_are_completed_and_kept_in_the_job():
    user = make_user()
    options = {
        "quality_thresholds": {"conversion": 85},  # an older spelling
        "ocr_settings": {"language": "deu"},
    }

    answer = create(make_api_client(user), [make_document(user)], options=options)

    kept = Job.objects.get(pk=answer.json()["id"]).processing_options
    assert kept["quality_thresholds"]["conversion_threshold"] == 85
    assert kept["ocr_settings"]["language"] == "deu"
    assert kept["processing_settings"]["chunk_size"] == 1000


def test_every_option_that_cannot_be_used_is_named_by_its_pointer():
    user = make_user()
    options = {
        "quality_thresholds": {"conversion_threshold": 101},
        "ocr_settings": {"psm": "three"},
        "speed": "fast",
    }

    answer = create(make_api_client(user), [make_document(user)], options=options)

    assert answer.status_code == 422
    assert {error["pointer"] for error in answer.json()["errors"]} == {
        "/options/quality_thresholds/conversion_threshold",
        "/options/ocr_settings/psm",
        "/options/speed",
    }
    assert not Job.objects.exists()


def test_options_that_do_not_fit_the_organizations_defaults_are_named_by_their_pointer():
    org = make_org(default_options={"processing_settings": {"chunk_size": 100}})
    user = make_user(org)

    answer = create(
        make_api_client(user),
        [make_document(user)],
        options={"processing_settings": {"chunk_overlap": 150}},
    )

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [
        "/options/processing_settings/chunk_overlap"
    ]
    assert not Job.objects.exists()


def test_unknown_foreign_repeated_and_malformed_documents_are_named_and_nothing_is_created():
    user = make_user()
    mine, foreign, unknown = make_document(user), make_document(), uuid4()
    ids = [str(mine.pk), str(foreign.pk), str(mine.pk), str(unknown), "doc-123"]

    answer = make_api_client(user).post(URL, {"document_ids": ids}, format="json")

    assert answer.status_code == 422
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [
        ("/document_ids/1", "unknown_document"),
        ("/document_ids/2", "repeated_document"),
        ("/document_ids/3", "unknown_document"),
        ("/document_ids/4", "unknown_document"),
    ]
    assert not Job.objects.exists()


def test_a_document_that_is_deleted_while_the_job_is_created_is_named(monkeypatch):
    user = make_user()
    document = make_document(user)

    def delete_meanwhile(*args):
        Document.objects.all().delete()
        return expiry(*args)

    monkeypatch.setattr(drafts, "expiry", delete_meanwhile)

    answer = create(make_api_client(user), [document])

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/document_ids/0"
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    "body", [{}, {"document_ids": []}, {"document_ids": None}, {"document_ids": "abc"}]
)
def test_a_job_without_documents_is_refused(body):
    answer = make_api_client().post(URL, body, format="json")

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/document_ids"


def test_nothing_is_created_when_the_organization_is_at_its_limit():
    user = make_user(make_org(limit=1))
    make_job(user, status=JobStatus.RUNNING)

    answer = create(make_api_client(user), [make_document(user)])

    assert answer.status_code == 409
    told = answer.json()
    assert (told["code"], told["limit"], told["active"]) == ("concurrency_limit_reached", 1, 1)
    assert answer.headers["Retry-After"] == str(told["retry_after"])
    assert Job.objects.count() == 1


def test_a_draft_can_be_created_when_the_organization_is_at_its_limit():
    user = make_user(make_org(limit=1))
    make_job(user, status=JobStatus.RUNNING)

    answer = create(make_api_client(user), [make_document(user)], start_immediately=False)

    assert answer.status_code == 201


def test_viewers_may_not_create_jobs():
    viewer = make_user(role=Role.VIEWER)

    answer = create(make_api_client(viewer), [make_document(viewer)])

    assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")


# --- look at ------------------------------------------------------------------------------------


def test_a_job_is_told_with_its_documents_log_and_options():
    user = make_user()
    job = make_job(user, status=JobStatus.COMPLETED, rows=["COMPLETED", "FAILED"])
    make_log(job, "first")
    make_log(job, "second")

    told = make_api_client(user).get(f"{URL}/{job.pk}").json()

    assert (told["outcome"], told["progress_percent"]) == ("partial", 100)
    assert [row["status"] for row in told["documents"]] == ["COMPLETED", "FAILED"]
    assert told["documents"][1]["error_code"] == "corrupt_file"
    assert told["documents"][0]["error_code"] is None
    assert [line["message"] for line in told["recent_logs"]] == ["second", "first"]
    assert told["processing_options"] == job.processing_options
    assert told["cancellation"] is None


def test_a_job_tells_only_its_first_documents_and_its_newest_lines(monkeypatch):
    monkeypatch.setattr("jobs.api.jobs.SHOWN_DOCUMENTS", 2)
    monkeypatch.setattr("jobs.api.jobs.SHOWN_LOGS", 2)
    user = make_user()
    job = make_job(user, rows=3)
    for message in "abc":
        make_log(job, message)

    told = make_api_client(user).get(f"{URL}/{job.pk}").json()

    assert len(told["documents"]) == 2
    assert [line["message"] for line in told["recent_logs"]] == ["c", "b"]


def test_nothing_is_sent_again_while_nothing_changed():
    user = make_user()
    job = make_job(user, status=JobStatus.RUNNING, rows=2)
    api = make_api_client(user)
    first = api.get(f"{URL}/{job.pk}")

    unchanged = api.get(f"{URL}/{job.pk}", headers={"If-None-Match": first.headers["ETag"]})

    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert unchanged.headers["ETag"] == first.headers["ETag"]
    assert unchanged.headers["Retry-After"] == first.headers["Retry-After"] == "2"


@pytest.mark.parametrize(
    "change",
    [
        make_log,
        lambda job: Job.objects.filter(pk=job.pk).update(version=job.version + 1),
    ],
)
def test_a_job_is_sent_again_when_something_changed(change):
    user = make_user()
    job = make_job(user, status=JobStatus.RUNNING)
    api = make_api_client(user)
    etag = api.get(f"{URL}/{job.pk}").headers["ETag"]

    change(job)

    assert api.get(f"{URL}/{job.pk}", headers={"If-None-Match": etag}).status_code == 200


def test_an_ended_job_asks_nobody_to_come_back():
    user = make_user()
    job = make_job(user, status=JobStatus.COMPLETED)

    assert "Retry-After" not in make_api_client(user).get(f"{URL}/{job.pk}").headers


# --- rename, delete -----------------------------------------------------------------------------


def test_a_job_is_renamed_in_every_state():
    user = make_user()
    job = make_job(user, status=JobStatus.RUNNING, name="Old", description="kept")

    answer = make_api_client(user).patch(f"{URL}/{job.pk}", {"name": "New"}, format="json")

    assert answer.status_code == 200
    assert (answer.json()["name"], answer.json()["description"]) == ("New", "kept")
    assert answer.json()["version"] == job.version + 1


def test_a_description_is_taken_back_with_the_null_that_it_is_told_as():
    user = make_user()
    api = make_api_client(user)
    job = make_job(user, description="Reports")

    told = api.patch(f"{URL}/{job.pk}", {"description": None}, format="json").json()

    assert told["description"] is None
    assert api.patch(f"{URL}/{job.pk}", told, format="json").status_code == 200


@pytest.mark.parametrize("body", [{"name": ""}, {"name": "x" * 256}, {"description": "x" * 1001}])
def test_a_job_is_not_renamed_to_what_does_not_fit(body):
    user = make_user()

    answer = make_api_client(user).patch(f"{URL}/{make_job(user).pk}", body, format="json")

    assert answer.status_code == 422


def test_an_admin_deletes_an_ended_job_with_its_results_and_the_uploads_stay(
    django_capture_on_commit_callbacks,
):
    admin = make_user(role=Role.ADMIN)
    job = make_job(admin, status=JobStatus.COMPLETED)
    row = job.job_documents.get()

    with django_capture_on_commit_callbacks(execute=True):
        answer = make_api_client(admin).delete(f"{URL}/{job.pk}")

    assert answer.status_code == 204
    assert not Job.objects.exists()
    assert not default_storage.exists(row.result_file.name)
    assert default_storage.exists(row.document.file.name)


def test_an_active_job_is_not_deleted():
    admin = make_user(role=Role.ADMIN)
    job = make_job(admin, status=JobStatus.RUNNING)

    answer = make_api_client(admin).delete(f"{URL}/{job.pk}")

    assert (answer.status_code, answer.json()["code"]) == (409, "job_not_deletable")


def test_members_delete_their_drafts_and_no_job_that_was_started():
    user = make_user()
    api = make_api_client(user)

    assert api.delete(f"{URL}/{make_job(user).pk}").status_code == 204
    ended = make_job(user, status=JobStatus.COMPLETED)
    assert api.delete(f"{URL}/{ended.pk}").status_code == 403
