"""The endpoints that earlier clients know: they work, and say what to use instead."""

import pytest

from documents.models import Document
from jobs.models import Job, JobStatus
from orgsettings.models import Role
from tests.factories import (
    batch_file,
    make_api_client,
    make_document,
    make_job,
    make_org,
    make_user,
)

pytestmark = pytest.mark.django_db

URL = "/api/v1/documents"


@pytest.fixture
def user():
    return make_user()


def assert_deprecated(answer):
    assert answer.headers["Deprecation"] == "@1795996800"
    assert answer.headers["Sunset"] == "Tue, 30 Nov 2027 23:59:59 GMT"
    assert answer.headers["Link"] == '</api/v1/jobs>; rel="successor-version"'


def process(user, path, body=None):
    answer = make_api_client(user).post(f"{URL}/{path}", body, format="json")
    assert_deprecated(answer)
    return answer


def test_a_document_is_processed_by_a_job_of_its_own(user):
    document = make_document(user)

    answer = process(user, f"{document.pk}/process", {"quality_thresholds": {"conversion": 90}})

    told = answer.json()
    assert (answer.status_code, answer.headers["Retry-After"]) == (202, "2")
    assert set(told) == {"job_id", "document_id", "status", "enqueued_at"}
    assert (told["document_id"], told["status"]) == (str(document.pk), "queued")
    job = Job.objects.get(pk=told["job_id"])
    assert (job.status, job.total_documents) == (JobStatus.QUEUED, 1)
    assert job.processing_options["quality_thresholds"]["conversion_threshold"] == 90


@pytest.mark.parametrize("body", [None, {}])
def test_a_document_is_processed_without_options(user, body):
    assert process(user, f"{make_document(user).pk}/process", body).status_code == 202


@pytest.mark.parametrize("path", ["{}/process", "batch/a.txt/process"])
@pytest.mark.parametrize("body", [[], "fast", 1])
def test_options_that_are_no_object_are_refused(user, path, body):
    batch_file(user.membership.organization, "a.txt")

    answer = process(user, path.format(make_document(user).pk), body)

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "wrong_type")
    assert not Job.objects.exists()


def test_refusals_of_deprecated_endpoints_are_marked_too(user):
    assert process(user, f"{make_document().pk}/process").status_code == 404
    bad = process(user, f"{make_document(user).pk}/process", {"magic": True})
    assert (bad.status_code, bad.json()["errors"][0]["pointer"]) == (422, "/magic")
    assert not Job.objects.exists()


def test_processing_respects_the_limit():
    user = make_user(make_org(limit=1))
    make_job(user, status=JobStatus.RUNNING)
    document = make_document(user)

    answer = process(user, f"{document.pk}/process")
    batch = process(user, "batch/process", {"document_ids": [str(document.pk)]})

    for refusal in (answer, batch):
        told = refusal.json()
        assert (refusal.status_code, told["code"]) == (409, "concurrency_limit_reached")
        assert (told["limit"], told["active"]) == (1, 1)
        assert refusal.headers["Retry-After"] == str(told["retry_after"])
    assert Job.objects.count() == 1


def test_a_batch_is_one_job_and_unknown_documents_are_conflicts(user):
    documents = [make_document(user) for _ in range(2)]
    ids = [str(documents[0].pk), "unknown", documents[1].pk.hex, str(make_document().pk)]

    answer = process(user, "batch/process", {"document_ids": ids, "options": {}})

    told = answer.json()
    job = Job.objects.get()
    assert (answer.status_code, answer.headers["Retry-After"]) == (202, "2")
    assert (told["batch_id"], told["total"]) == (str(job.pk), 2)
    assert [(item["document_id"], item["job_id"]) for item in told["jobs"]] == [
        (ids[0], str(job.pk)), (ids[2], str(job.pk)),
    ]  # fmt: skip
    assert set(told) == {"batch_id", "jobs", "conflicts", "total"}
    assert {item["status"] for item in told["jobs"]} == {"queued"}
    assert told["conflicts"] == [
        {"document_id": unknown, "error": "Document not found"} for unknown in (ids[1], ids[3])
    ]


def test_a_batch_without_any_known_document_makes_no_job(user):
    told = process(user, "batch/process", {"document_ids": ["unknown"]}).json()

    assert (told["batch_id"], told["jobs"], told["total"]) == (None, [], 0)
    assert not Job.objects.exists()


def test_a_file_of_the_batch_directory_is_processed_by_its_name(user):
    batch_file(user.membership.organization, "annual report.txt")

    answer = process(user, "batch/annual%20report.txt/process")

    assert answer.status_code == 202
    assert Job.objects.get().job_documents.get().filename == "annual report.txt"


@pytest.mark.parametrize("name", ["missing.txt", "..%2Fother%2Fa.txt", "*"])
def test_a_file_that_is_not_in_the_batch_directory_is_not_found(user, name):
    assert make_api_client(user).post(f"{URL}/batch/{name}/process").status_code == 404


def test_wrong_options_do_not_bring_a_batch_file_in(user):
    batch_file(user.membership.organization, "a.txt")

    assert process(user, "batch/a.txt/process", {"magic": 1}).status_code == 422
    assert not Document.objects.exists()


@pytest.mark.parametrize("path", ["{}/process", "batch/process", "batch/a.txt/process"])
def test_viewers_process_nothing(path):
    viewer = make_user(role=Role.VIEWER)
    path = path.format(make_document(viewer).pk)

    assert process(viewer, path, {"document_ids": ["x"]}).status_code == 403


def test_uploaded_documents_are_listed_as_earlier_clients_know_them(user):
    document = make_document(user, filename="b.txt")
    make_document(user, filename="a.txt")
    make_document()

    told = make_api_client(user).get(f"{URL}/uploaded").json()

    assert [file["filename"] for file in told["files"]] == ["a.txt", "b.txt"]
    assert told["count"] == 2
    assert told["files"][1] == {
        "document_id": str(document.pk), "path": "", "filename": "b.txt",
        "original_filename": "b.txt",
        "file_size": document.file_size, "upload_time": int(document.created_at.timestamp()),
        "file_path": "b.txt",
    }  # fmt: skip
