"""Organizations and roles: nobody reaches what is not theirs."""

import pytest
from django.core.files.storage import default_storage

from documents.models import Document
from jobs.models import Job, JobStatus
from orgsettings.models import Role
from tests.api.through_http import Caller
from tests.factories import make_document, make_job, make_org, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def theirs():
    """A converted document of another organization."""
    return make_job(status=JobStatus.COMPLETED).job_documents.get().document


@pytest.mark.parametrize("part", ["", "/result", "/content", "/download"])
def test_a_document_of_another_organization_is_never_read(theirs, part):  # D16
    stranger = Caller(make_user(role=Role.ADMIN))

    assert stranger.get(f"documents/{theirs.pk}{part}").status_code == 404


def test_a_document_of_another_organization_is_never_listed(theirs):  # D16
    stranger = Caller(make_user(role=Role.ADMIN))

    assert stranger.get("documents").json()["total"] == 0
    assert stranger.get("documents/uploaded").json()["count"] == 0
    assert stranger.get("documents/batch").json()["count"] == 0


def test_a_document_of_another_organization_is_never_changed_or_used(theirs):  # D16
    stranger = Caller(make_user(role=Role.ADMIN))
    key = str(theirs.pk)

    assert stranger.delete(f"documents/{key}").status_code == 404
    assert stranger.put(f"documents/{key}/content", {"content": "# X"}).status_code == 404
    assert stranger.post(f"documents/{key}/process").status_code == 404
    assert stranger.post("jobs", {"document_ids": [key]}).status_code == 422
    bulk = stranger.post("documents/download/bulk", {"document_ids": [key]})
    assert bulk.status_code == 422
    assert default_storage.exists(theirs.file.name)


def test_equal_bytes_of_two_organizations_are_never_one_document():  # D16
    mine, other = Caller(), Caller()

    assert mine.upload(b"Same words.\n") != other.upload(b"Same words.\n")


@pytest.mark.parametrize("key", ["*", "%2A", "?", "[a-z]*", "..%2F*", "{}*", "%"])
def test_an_id_is_never_a_pattern(key):  # D17
    caller = Caller(make_user(role=Role.ADMIN))
    documents = [make_document(caller.user) for _ in range(3)]

    answer = caller.delete(f"documents/{key.format(str(documents[0].pk)[:8])}")

    assert answer.status_code in {404, 405}  # ?: an empty query, hence the list
    assert Document.objects.count() == 3


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize(
    "path", ["system/reset", "storage/cleanup", "storage/cleanup?dry_run=false"]
)
def test_nobody_resets_or_cleans_up_over_http(role, path):  # D19
    caller = Caller(make_user(role=role))
    make_job(caller.user, status=JobStatus.COMPLETED)
    make_job(status=JobStatus.COMPLETED)  # of another organization

    assert caller.post(path).status_code == 404

    assert (Job.objects.count(), Document.objects.count()) == (2, 2)


def test_a_viewer_never_changes_anything():  # D20
    org = make_org()
    viewer = Caller(make_user(org, role=Role.VIEWER))
    draft = make_job(make_user(org))
    job = make_job(viewer.user, status=JobStatus.COMPLETED, rows=["COMPLETED", "FAILED"])
    document = job.job_documents.first().document_id

    refused = [
        viewer.client.post("/api/v1/documents/upload", {}),
        viewer.client.post("/api/v1/documents", {}),
        viewer.post("jobs", {"document_ids": [str(document)]}),
        viewer.post(f"jobs/{draft.pk}/start"),
        viewer.post(f"jobs/{draft.pk}/cancel"),
        viewer.post(f"jobs/{job.pk}/retry"),
        viewer.delete(f"jobs/{job.pk}"),
        viewer.delete(f"documents/{document}"),
        viewer.put(f"documents/{document}/content", {"content": "# X"}),
        viewer.post(f"documents/{document}/process"),
        viewer.post("documents/batch/process", {"document_ids": [str(document)]}),
        viewer.put("organizations/me/settings", {"job_concurrency_limit": 9}),
    ]

    assert {answer.status_code for answer in refused} == {403}
    assert set(Job.objects.values_list("status", flat=True)) == {"PENDING", "COMPLETED"}


@pytest.mark.parametrize("key", ["not-an-id", "0", "%00", "x" * 300, "00000000-0000-0000-0000"])
@pytest.mark.parametrize(
    ("method", "part"),
    [
        ("get", ""), ("get", "/documents"), ("get", "/logs"), ("get", "/download"),
        ("get", "/chunks"), ("post", "/start"), ("post", "/cancel"), ("post", "/retry"),
        ("delete", ""), ("get", "/documents/x/content"),
    ],
)  # fmt: skip
def test_a_malformed_id_is_never_a_failure_of_the_server(method, part, key):  # D22
    answer = getattr(Caller(), method)(f"jobs/{key}{part}")

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
