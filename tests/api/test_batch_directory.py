"""The batch directory of an organization: what is offered, and how it becomes documents."""

import os

import pytest

from curatore.core.errors import InvalidInput
from documents import batch
from documents.models import Document, DocumentSource, StoredFile
from orgsettings.models import Role
from tests.factories import batch_file, make_api_client, make_org, make_user

pytestmark = pytest.mark.django_db

URL = "/api/v1/documents"


@pytest.fixture
def user():
    return make_user()


@pytest.fixture
def org(user):
    return user.membership.organization


def names(org):
    return [file.name for file in batch.files(org)]


def test_files_of_supported_types_are_listed_by_name(user, org):
    batch_file(org, "b.txt")
    batch_file(org, "A.PDF", b"%PDF-")
    batch_file(org, "tool.exe")
    batch_file(org, ".hidden.txt")
    (batch_file(org, "c.txt").parent / "folder.txt").mkdir()

    told = make_api_client(user).get(f"{URL}/batch").json()

    assert [file["filename"] for file in told["files"]] == ["A.PDF", "b.txt", "c.txt"]
    assert told["count"] == 3
    assert told["files"][1] | {"upload_time": 0} == {
        "document_id": "b.txt", "path": "", "filename": "b.txt", "original_filename": "b.txt",
        "file_size": 12, "upload_time": 0, "file_path": "b.txt",
    }  # fmt: skip
    assert 1_600_000_000 < told["files"][1]["upload_time"] < 10_000_000_000


def test_links_and_special_files_are_not_offered(org, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("not yours")
    folder = batch_file(org, "real.txt").parent
    (folder / "link.txt").symlink_to(secret)
    (folder / "up.txt").symlink_to("../../secret.txt")
    os.mkfifo(folder / "pipe.txt")

    assert names(org) == ["real.txt"]


def test_an_organization_without_a_folder_has_no_files(org):
    assert names(org) == []


def test_the_files_of_another_organization_are_not_seen(user, org):
    other = make_org()
    batch_file(other, "theirs.txt")

    assert names(org) == []
    answer = make_api_client(user).post(
        "/api/v1/jobs", {"document_ids": [f"../{other.slug}/theirs.txt"]}, format="json"
    )
    assert answer.status_code == 422


@pytest.mark.parametrize("name", ["../x.txt", "/etc/passwd", "missing.txt", "", ".", "a\0.txt"])
def test_a_name_that_is_not_listed_is_not_brought(user, org, name):
    batch_file(org, "a.txt")

    with pytest.raises(InvalidInput) as refusal:
        batch.bring(org, user, ["a.txt", name])

    assert refusal.value.errors[0]["pointer"] == "/names/1"
    assert not Document.objects.exists()


def test_a_file_that_became_a_link_after_the_listing_is_not_followed(
    user, org, tmp_path, monkeypatch
):
    path = batch_file(org, "a.txt")
    listed = batch.files(org)
    monkeypatch.setattr(batch, "files", lambda organization: listed)
    (tmp_path / "secret.txt").write_text("not yours")
    path.unlink()
    path.symlink_to(tmp_path / "secret.txt")

    with pytest.raises(InvalidInput, match="cannot be used"):
        batch.bring(org, user, ["a.txt"])

    assert not Document.objects.exists()


def test_a_file_that_is_brought_is_a_document_with_its_bytes(user, org):
    batch_file(org, "a.txt", b"From the server.\n")

    (document,) = batch.bring(org, user, ["a.txt"])
    (again,) = batch.bring(org, user, ["a.txt"])

    assert (document.source, document.filename) == (DocumentSource.BATCH, "a.txt")
    assert (document.uploaded_by, document.organization) == (user, org)
    with document.file.open() as file:
        assert file.read() == b"From the server.\n"
    assert again == document


def test_an_empty_file_is_named_with_its_reason(user, org):
    batch_file(org, "empty.txt", b"")

    with pytest.raises(InvalidInput) as refusal:
        batch.bring(org, user, ["empty.txt"])

    assert refusal.value.errors[0]["code"] == "empty_file"


def test_a_job_is_made_of_batch_files_by_their_names(user, org):
    batch_file(org, "a.txt", b"First.\n")
    batch_file(org, "b.txt", b"Second.\n")

    answer = make_api_client(user).post(
        "/api/v1/jobs", {"document_ids": ["a.txt", "b.txt"]}, format="json"
    )

    assert (answer.status_code, answer.json()["total_documents"]) == (201, 2)
    assert set(Document.objects.values_list("source", flat=True)) == {"batch"}


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"document_ids": ["a.txt", "unknown"]}, "/document_ids/1"),
        ({"document_ids": ["a.txt", "a.txt"]}, "/document_ids/1"),
        ({"document_ids": ["a.txt"], "options": {"magic": 1}}, "/options/magic"),
    ],
)
def test_a_refused_job_brings_no_file_in(user, org, body, pointer):
    batch_file(org, "a.txt")

    answer = make_api_client(user).post("/api/v1/jobs", body, format="json")

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)
    assert not Document.objects.exists()


def test_two_files_with_the_same_bytes_are_two_documents_of_one_job(user, org):
    batch_file(org, "a.txt", b"Same.\n")
    batch_file(org, "b.txt", b"Same.\n")

    answer = make_api_client(user).post(
        "/api/v1/jobs", {"document_ids": ["a.txt", "b.txt"]}, format="json"
    )

    assert (answer.status_code, answer.json()["total_documents"]) == (201, 2)
    assert (Document.objects.count(), StoredFile.objects.count()) == (2, 1)


def test_viewers_may_look_at_the_batch_directory(org):
    batch_file(org, "a.txt")

    told = make_api_client(make_user(org, role=Role.VIEWER)).get(f"{URL}/batch").json()

    assert told["count"] == 1
