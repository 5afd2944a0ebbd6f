"""Folders of documents: cleaned in one place, kept from the upload to the end."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from curatore.core.errors import InvalidInput
from documents import batch, uploads
from documents.models import Document
from documents.names import InvalidPath, clean_path
from jobs import clones
from jobs.models import Job, JobDocument
from tests.factories import (
    batch_file,
    make_api_client,
    make_document,
    make_job,
    make_org,
    make_row,
    make_user,
)

pytestmark = pytest.mark.django_db

URL = "/api/v1/documents"
# Four bytes each, and no two alike in a row that a database could compress.
WIDE = "".join(chr(0x20000 + 7919 * n % 40000) for n in range(255))


@pytest.fixture
def user():
    return make_user()


@pytest.fixture
def api(user):
    return make_api_client(user)


def file(name="report.txt", content=b"Quarterly report"):
    return SimpleUploadedFile(name, content)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("", ""),
        ("2026/March", "2026/March"),
        ("2026/March/", "2026/March"),
        ("./2026//March/.", "2026/March"),
        (" 2026 / March ", "2026/March"),
        ("line\nbreak/tab\t", "linebreak/tab"),
        ("right\u202eto left/zero\u200bwidth", "rightto left/zerowidth"),
        ("e\u0301te\u0301", "\u00e9t\u00e9"),
        ("...", "..."),
        ("港口/Übersicht", "港口/Übersicht"),
        ("/".join("abcdefghijklmnopqrst"), "/".join("abcdefghijklmnopqrst")),
        ("x" * 300, "x" * 255),
    ],
)
def test_a_folder_is_cleaned_part_by_part(given, kept):
    assert clean_path(given) == kept


@pytest.mark.parametrize(
    "given",
    [
        "..", "../a", "a/../b", "a/..", " .. ", "a/.\u200b./b", "\x01../a",
        "/", "/etc", "//server/share", "C:", "c:/Users",
        "C:\\Users", "a\\b", "..\\a", "a/..\\b", "a\0b", "\0", " ", "a/\t/b", "a/\u200b",
        "/".join("abcdefghijklmnopqrstu"), "x/" * 513, ("港" * 171 + "/") * 2,
        ("é" * 200 + "/") * 3, "a/" * 10**6,
    ],
)  # fmt: skip
def test_a_folder_that_leads_elsewhere_or_too_far_is_refused(given):
    with pytest.raises(InvalidPath):
        clean_path(given)


def test_an_upload_keeps_its_folder(api):
    told = api.post(f"{URL}/upload", {"file": file(), "path": "2026/March/"}).json()

    assert (told["filename"], told["path"]) == ("report.txt", "2026/March")
    assert api.get(f"{URL}/{told['document_id']}").json()["path"] == "2026/March"
    assert Document.objects.get().full_name == "2026/March/report.txt"


def test_each_of_several_uploads_keeps_its_own_folder(api):
    files = [file("a.txt"), file("a.txt"), file("a.txt", b"Other words")]

    answer = api.post(URL, {"files": files, "paths": ["", "b", "c/d"]})

    assert answer.status_code == 201
    assert [item["path"] for item in answer.json()["documents"]] == ["", "b", "c/d"]
    assert len({item["id"] for item in answer.json()["documents"]}) == 3


def test_the_same_file_in_another_folder_is_another_document(api):
    first = api.post(f"{URL}/upload", {"file": file(), "path": "a"}).json()
    other = api.post(f"{URL}/upload", {"file": file(), "path": "b"}).json()
    again = api.post(f"{URL}/upload", {"file": file(), "path": "./a/"}).json()

    assert other["document_id"] != first["document_id"]
    assert again["document_id"] == first["document_id"]


@pytest.mark.parametrize("paths", [["a"], ["a", "b", "c"]])
def test_paths_that_do_not_fit_the_files_are_422_and_nothing_is_stored(api, paths):
    answer = api.post(URL, {"files": [file("a.txt"), file("b.txt")], "paths": paths})

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/paths")
    assert not Document.objects.exists()


def test_a_file_of_an_impossible_folder_is_refused_and_the_others_are_not(api):
    files = [file("a.txt", b"First"), file("b.txt", b"Second")]

    told = api.post(URL, {"files": files, "paths": ["a/../../b", "b"]}).json()

    assert [item["filename"] for item in told["documents"]] == ["b.txt"]
    (refused,) = told["rejected"]
    assert (refused["filename"], refused["path"]) == ("a.txt", "a/../../b")
    assert refused["code"] == "invalid_path"
    assert refused["detail"].startswith("“a.txt” cannot be kept: A folder has no name")


def test_a_single_file_of_an_impossible_folder_is_400(api):
    answer = api.post(f"{URL}/upload", {"file": file(), "path": "/etc"})

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_path")
    assert "root of a disk" in answer.json()["detail"]


def test_the_longest_name_in_the_longest_folder_is_kept(user):
    path = f"{WIDE[:250]}/{WIDE[250:]}{'x' * 3}"  # 1,024 bytes
    name = f"{WIDE[:251]}.txt"

    document = uploads.accept(
        file(), filename=name, path=path, organization=user.membership.organization, user=user
    ).document

    document.refresh_from_db()
    assert (document.path, document.filename) == (path, name)
    assert len(path.encode()) == 1024


def test_documents_are_found_by_their_folder_and_by_folder_and_name(api, user):
    wanted = make_document(user, filename="ledger.txt", path="2026/March")
    make_document(user, filename="March.txt", path="2025")

    for words in ["2026", "march/led", "2026/March/ledger.txt"]:
        told = api.get(URL, {"search": words}).json()
        assert [item["id"] for item in told["documents"]] == [str(wanted.pk)]


def test_a_document_of_a_job_has_the_folder_that_it_had(api, user):
    document = make_document(user, filename="ledger.txt", path="2026/March")
    body = {"document_ids": [str(document.pk)], "start_immediately": False}

    job_id = api.post("/api/v1/jobs", body, format="json").json()["id"]
    Document.objects.filter(pk=document.pk).update(path="elsewhere")

    told = api.get(f"/api/v1/jobs/{job_id}/documents").json()["documents"][0]
    assert (told["filename"], told["path"]) == ("ledger.txt", "2026/March")
    assert Job.objects.get().job_documents.get().full_name == "2026/March/ledger.txt"


def test_jobs_are_found_by_the_folder_of_a_document(api, user):
    wanted = make_job(user, rows=0)
    make_row(wanted, path="Kunden/Nord")
    make_job(user)

    found = [job["id"] for job in api.get("/api/v1/jobs?search=kunden/nord").json()["jobs"]]

    assert found == [str(wanted.pk)]


def test_a_clone_has_the_folders_of_its_documents(user):
    job = make_job(user, rows=0, total_documents=1)
    document = make_document(user, path="a/b")
    make_row(job, document=document)

    clone = clones.clone(job, by=user)

    assert clone.job.job_documents.get().path == "a/b"


# --- the batch directory ---------------------------------------------------------------------


def listed(org):
    return [file.name for file in batch.files(org)]


@pytest.fixture
def org(user):
    return user.membership.organization


def test_files_in_folders_of_the_batch_directory_are_offered_with_their_folders(api, org):
    batch_file(org, "top.txt")
    batch_file(org, "2026/March/ledger.txt")
    batch_file(org, ".hidden/secret.txt")
    batch_file(org, "2026/bad name /x.txt")

    told = api.get(f"{URL}/batch").json()["files"]

    assert [item["document_id"] for item in told] == ["2026/March/ledger.txt", "top.txt"]
    assert (told[0]["filename"], told[0]["path"]) == ("ledger.txt", "2026/March")
    assert told[0]["file_path"] == "2026/March/ledger.txt"


def test_a_file_of_a_folder_is_brought_with_its_folder(api, org):
    batch_file(org, "a/report.txt", b"The first.\n")
    batch_file(org, "b/report.txt", b"The second.\n")
    body = {"document_ids": ["a/report.txt", "b/report.txt"]}

    answer = api.post("/api/v1/jobs", body, format="json")

    assert answer.status_code == 201
    rows = JobDocument.objects.order_by("position")
    assert [row.full_name for row in rows] == body["document_ids"]


@pytest.mark.parametrize("name", ["a/../secret.txt", "../a/x.txt", "/a/x.txt", "a//x.txt", "a"])
def test_a_name_with_folders_that_is_not_listed_is_not_brought(user, org, name):
    batch_file(org, "a/x.txt")
    batch_file(org, "secret.exe")

    with pytest.raises(InvalidInput):
        batch.bring(org, user, [name])

    assert not Document.objects.exists()


def test_folders_that_are_links_are_neither_offered_nor_followed(user, org, tmp_path, monkeypatch):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "x.txt").write_text("not yours")
    top = batch_file(org, "a/x.txt").parent.parent
    (top / "link").symlink_to(outside)
    assert listed(org) == ["a/x.txt"]

    known = batch.files(org)
    monkeypatch.setattr(batch, "files", lambda organization: known)
    (top / "a").rename(top / "before")
    (top / "a").symlink_to(outside)

    with pytest.raises(InvalidInput, match="cannot be used"):
        batch.bring(org, user, ["a/x.txt"])
    assert not Document.objects.exists()


def test_folders_too_deep_for_a_document_are_not_offered(org):
    deep = "/".join("abcdefghijklmnopqrst")
    batch_file(org, f"{deep}/x.txt")
    batch_file(org, f"{deep}/u/y.txt")

    assert listed(org) == [f"{deep}/x.txt"]


def test_another_organization_has_folders_of_its_own(org):
    batch_file(make_org(), "a/theirs.txt")

    assert listed(org) == []
