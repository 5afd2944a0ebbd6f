"""ZIP archives among uploads: unpacked within limits, each file judged by itself."""

import io
import struct
import tempfile
import zipfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from curatore.core.errors import InvalidInput
from documents import archives, batch
from documents.conversion.unpacking import unpack
from documents.models import Document, StoredFile
from documents.samples import SAMPLES
from tests.factories import batch_file, make_api_client, make_user

pytestmark = pytest.mark.django_db

URL = "/api/v1/documents"


@pytest.fixture
def api():
    return make_api_client()


@pytest.fixture(autouse=True)
def temporary(tmp_path, monkeypatch):
    """The folder of temporary files; a test leaves nothing of its own in it."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    yield tmp_path
    assert list(tmp_path.glob("curatore-zip-*")) == []


def zipped(*files, compression=zipfile.ZIP_DEFLATED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return buffer.getvalue()


def send(api, content, name="all.zip", path=""):
    return api.post(URL, {"files": [SimpleUploadedFile(name, content)], "paths": [path]})


def names(answer):
    return sorted(
        f"{item['path']}/{item['filename']}".lstrip("/") for item in answer.json()["documents"]
    )


def rejected(answer):
    return {item["filename"]: item["code"] for item in answer.json()["rejected"]}


def test_the_files_of_an_archive_become_documents_in_their_folders(api):
    content = zipped(("a.txt", "First"), ("2026/March/b.md", "# Second"), ("empty/", ""))

    answer = send(api, content, path="Post")

    assert answer.status_code == 201
    assert names(answer) == ["Post/2026/March/b.md", "Post/a.txt"]
    assert answer.json()["rejected"] == []
    with Document.objects.get(filename="b.md").file.open() as file:
        assert file.read() == b"# Second"


def test_each_file_of_an_archive_has_a_verdict_of_its_own(api):
    inner = zipped(("a.txt", "Inner"))
    content = zipped(
        ("ok.txt", "Fine"), ("copy/ok.txt", "Fine"), ("tool.exe", "MZ"), ("inner.zip", inner),
        ("empty.txt", ""), ("../up.txt", "Up"), ("/etc/root.txt", "Root"), ("/top.txt", "Top"),
        ("..\\back.txt", "Back"), ("C:/disk.txt", "Disk"),
    )  # fmt: skip

    answer = send(api, content)

    assert names(answer) == ["copy/ok.txt", "ok.txt"]
    assert StoredFile.objects.count() == 1
    assert rejected(answer) == {
        "tool.exe": "unsupported_format", "inner.zip": "unsupported_format",
        "empty.txt": "empty_file", "up.txt": "invalid_path", "root.txt": "invalid_path",
        "top.txt": "invalid_path", "back.txt": "invalid_path", "disk.txt": "invalid_path",
    }  # fmt: skip


def test_what_systems_leave_behind_is_left_out_without_a_word(api):
    content = zipped(
        ("a.txt", "First"), ("__MACOSX/._a.txt", "x"), ("d/.DS_Store", "x"), ("d/Thumbs.db", "x"),
        ("d/._b.txt", "x"),
    )  # fmt: skip
    files = [
        SimpleUploadedFile("all.zip", content),
        SimpleUploadedFile(".DS_Store", b"x"),
        SimpleUploadedFile("c.txt", b"Of the Mac"),
    ]

    answer = api.post(URL, {"files": files, "paths": ["", "d", "__MACOSX"]})

    assert names(answer) == ["a.txt"]
    assert answer.json()["rejected"] == []


def test_a_file_whose_header_lies_about_its_size_is_refused(api):
    content = bytearray(zipped(("large.txt", "x" * 6000), ("a.txt", "Small")))
    directory = content.index(b"PK\x01\x02")
    content[directory + 24 : directory + 28] = struct.pack("<I", 5)  # unpacked

    answer = send(api, bytes(content))

    assert names(answer) == ["a.txt"]
    assert rejected(answer) == {"large.txt": "entry_unreadable"}


def test_a_file_of_an_archive_that_is_too_large_is_refused_by_itself(api, settings):
    settings.MAX_UPLOAD_SIZE = 5000
    content = zipped(("large.txt", "x" * 6000), ("a.txt", "Small"))

    answer = send(api, content)

    assert names(answer) == ["a.txt"]
    assert rejected(answer) == {"large.txt": "file_too_large"}


def test_no_more_of_a_file_is_written_than_shows_that_it_is_too_large(tmp_path):
    archive, target = tmp_path / "all.zip", tmp_path / "target"
    archive.write_bytes(zipped(("large.txt", "x" * 10**6), ("other.txt", "y" * 10**6)))
    target.mkdir()
    limits = {"entries": 2, "entry_bytes": 1000, "total_bytes": 10_000}

    told = unpack(archive, "all.zip", str(target), limits)

    assert [path.stat().st_size for path in target.iterdir()] == [1001, 1001]
    assert told["unpacked"] == 2002


def test_an_archive_that_unpacks_to_too_much_is_refused_and_leaves_nothing(api, settings):
    settings.MAX_REQUEST_SIZE = 3 * 1024**2
    content = zipped(*[(f"{n}.txt", f"{n}" * 1024**2) for n in range(4)])

    answer = send(api, content)

    assert (answer.status_code, answer.json()["code"]) == (400, "archive_refused")
    assert "unpacks to more than 3 MB" in answer.json()["detail"]
    assert not StoredFile.objects.exists()


def test_the_archives_of_one_request_have_one_limit_together(api, settings):
    settings.MAX_REQUEST_SIZE = 3 * 1024**2
    files = [
        SimpleUploadedFile(f"{n}.zip", zipped((f"{n}.txt", f"{n}" * 2 * 1024**2))) for n in range(2)
    ]

    answer = api.post(URL, {"files": files})

    assert names(answer) == ["0.txt"]
    assert rejected(answer) == {"1.zip": "archive_refused"}


def test_an_archive_of_ten_thousand_files_is_refused_and_leaves_nothing(api):
    answer = send(api, zipped(*[(f"{n}.txt", "x") for n in range(10_000)]))

    assert (answer.status_code, answer.json()["code"]) == (400, "archive_refused")
    assert f"more than {archives.MAX_FILES:,} files" in answer.json()["detail"]
    assert not StoredFile.objects.exists()


def test_an_archive_whose_entries_overlap_is_refused_and_leaves_nothing(api):
    content = bytearray(zipped(("a.txt", "First"), ("b.txt", "Other")))
    second = content.rindex(b"PK\x01\x02")
    content[second + 42 : second + 46] = struct.pack("<I", 0)  # where its bytes begin

    answer = send(api, bytes(content))

    assert (answer.status_code, answer.json()["code"]) == (400, "archive_refused")
    assert "overlap" in answer.json()["detail"]
    assert not StoredFile.objects.exists()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x03\x04 but no more", "is damaged, or no ZIP archive"),
        (b"Words", "is damaged, or no ZIP archive"),
        (zipped(), "has no files"),
        (zipped(("__MACOSX/x", "x")), "has no files"),
    ],
)
def test_an_archive_without_files_is_refused_with_its_reason(api, content, words):
    answer = send(api, content)

    assert (answer.status_code, answer.json()["code"]) == (400, "archive_refused")
    assert words in answer.json()["detail"]


def test_encrypted_and_damaged_files_and_links_are_refused_beside_good_ones(api):
    link = zipfile.ZipInfo("link.txt")
    link.external_attr = 0o120777 << 16
    content = bytearray(
        zipped(
            ("damaged.txt", "Some words"), ("locked.txt", "Secret"), ("good.txt", "Good"),
            (link, "good.txt"), compression=zipfile.ZIP_STORED,
        )
    )  # fmt: skip
    content[content.index(b"Some words")] ^= 1
    locked = content.index(b"locked.txt", content.index(b"PK\x01\x02"))
    content[locked - 46 + 8] |= 1  # the flag in the directory

    answer = send(api, bytes(content))

    assert names(answer) == ["good.txt"]
    assert rejected(answer) == {
        "damaged.txt": "entry_unreadable",
        "locked.txt": "encrypted_file",
        "link.txt": "entry_unreadable",
    }


@pytest.mark.parametrize("ending", ["docx", "odt", "epub"])
def test_a_document_that_is_called_a_zip_stays_a_document(api, ending):
    content = Path(SAMPLES[f"report.{ending}"].path).read_bytes()

    answer = send(api, content, name="report.zip")

    assert names(answer) == [f"report.{ending}"]


def test_names_without_a_mark_are_read_as_utf_8_where_they_are(api):
    content = zipped(("Ubersicht.txt", "Words")).replace(b"Ubersicht.txt", "Übersicht.tx".encode())

    assert rejected(send(api, content)) == {"Übersicht.tx": "unsupported_format"}


def test_an_archive_beyond_the_largest_upload_is_refused_unread(api, settings):
    settings.MAX_UPLOAD_SIZE = 100

    answer = send(api, zipped(*[(f"{n}.txt", f"{n}") for n in range(9)]))

    assert (answer.status_code, answer.json()["code"]) == (413, "file_too_large")


def send_one(api, content, name="one.zip"):
    return api.post(f"{URL}/upload", {"file": SimpleUploadedFile(name, content)})


def test_a_single_upload_brings_the_one_file_that_is_in_an_archive(api):
    answer = send_one(api, zipped(("March/a.txt", "First"), ("__MACOSX/._a.txt", "x")))

    assert answer.status_code == 200
    assert (answer.json()["path"], answer.json()["filename"]) == ("March", "a.txt")


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ([("a.txt", "First"), ("b.txt", "Second")], "archive_refused"),
        ([], "archive_refused"),
        ([("tool.exe", "MZ")], "unsupported_format"),
    ],
)
def test_a_single_upload_refuses_an_archive_that_brings_no_one_document(api, files, code):
    answer = send_one(api, zipped(*files))

    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert not Document.objects.exists()


def test_an_archive_in_the_batch_directory_brings_all_of_its_files():
    user = make_user()
    org = user.membership.organization
    batch_file(org, "2026/all.zip", zipped(("a.txt", "First"), ("b/c.md", "# Second"), ("d.x", "")))

    brought, refused = batch.bring_each(org, user, ["2026/all.zip"])

    assert [(doc.full_name, doc.source) for doc in brought] == [
        ("2026/a.txt", "batch"), ("2026/b/c.md", "batch"),
    ]  # fmt: skip
    assert [item.code for item in refused] == ["unsupported_format"]


def test_a_batch_archive_of_several_files_is_refused_where_one_document_is_meant():
    user = make_user()
    org = user.membership.organization
    batch_file(org, "all.zip", zipped(("a.txt", "First"), ("b.txt", "Second")))

    with pytest.raises(InvalidInput) as refusal:
        batch.bring(org, user, ["all.zip"])

    assert refusal.value.errors[0]["code"] == "archive_refused"
    assert "holds 2 files, and one document is wanted" in refusal.value.errors[0]["detail"]
