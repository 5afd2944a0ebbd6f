"""Downloads: what was asked for is in them, under names that are safe and right."""

import tempfile
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.api.through_http import API, Caller, files_of
from tests.factories import make_document, make_job, make_row

pytestmark = pytest.mark.django_db

BULK = "documents/download/bulk"


@pytest.fixture
def caller():
    return Caller()


@pytest.fixture
def ready(caller):
    return caller.upload(b"# Ready\n\nA sentence that everybody can read.\n", "ready.md")


@pytest.fixture
def poor(caller):
    return caller.upload(b"zxcvbn w~1|x^7{q ~|^}{%# a1b2c3d4e5f6g7 " * 9, "poor.txt")


def markdown_in(answer):
    return sorted(name.split("/")[-1] for name in files_of(answer) if "/" in name)


def test_a_rag_ready_archive_never_holds_what_is_not_ready(work, caller, ready, poor):  # D5
    job = caller.create(ready, poor)
    work()

    of_job = caller.get(f"jobs/{job}/download?type=rag_ready")
    of_documents = caller.post(BULK, {"document_ids": [ready, poor], "download_type": "rag_ready"})

    assert markdown_in(of_job) == markdown_in(of_documents) == ["ready.md"]


def test_a_combined_archive_is_never_made_without_its_combined_file(work, caller, ready):  # D5
    job = caller.create(ready)
    work()
    body = {"document_ids": [ready], "download_type": "combined", "include_combined": False}

    for answer in (caller.get(f"jobs/{job}/download?type=combined"), caller.post(BULK, body)):
        (combined,) = [text for name, text in files_of(answer).items() if "COMBINED" in name]
        assert "A sentence that everybody can read." in combined


def test_an_archive_of_summaries_is_not_refused_or_empty(work, caller, ready):  # D5
    caller.create(ready)
    work()

    answer = caller.post(BULK, {"document_ids": [ready], "download_type": "summary"})

    assert any(name.startswith("PROCESSING_SUMMARY_") for name in files_of(answer))


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/cron.d/evil",
        "/tmp/evil",
        "a\\\\..\\\\evil",
        'a"; filename="evil.exe',
        "a\nb",
        "..",
        "/",
    ],
)
def test_the_name_of_an_archive_never_leads_out_of_a_folder(caller, name):  # D23
    document = make_document(caller.user)
    make_row(make_job(caller.user, rows=0), document=document, status="COMPLETED")
    before = set(Path(tempfile.gettempdir()).glob("*evil*"))

    answer = caller.post(BULK, {"document_ids": [str(document.pk)], "custom_filename": name})

    assert files_of(answer)
    header = answer.headers["Content-Disposition"]
    assert header.isprintable()
    assert [part for part in ("/", "\\", "..") if part in unquote(header)] == []
    assert header.endswith((".zip", '.zip"'))
    assert set(Path(tempfile.gettempdir()).glob("*evil*")) == before


def test_documents_of_the_same_name_never_overwrite_each_other(work, caller):  # D23
    ids = [caller.upload(f"# Text {n}\n\nWords.\n".encode(), "same.md") for n in range(3)]
    job = caller.create(*ids)
    work()

    files = files_of(caller.get(f"jobs/{job}/download"))

    texts = [text for name, text in files.items() if name.startswith("processed_documents/")]
    assert {text.split("\n")[0] for text in texts} == {"# Text 0", "# Text 1", "# Text 2"}


def test_names_in_an_archive_have_no_ids_in_front(work, caller, ready):  # D23
    job = caller.create(ready)
    work()

    assert markdown_in(caller.get(f"jobs/{job}/download")) == ["ready.md"]


def test_archives_leave_no_files_behind(work, caller, ready, tmp_path, monkeypatch):  # D23
    job = caller.create(ready)
    work()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()

    for kind in ("individual", "combined", "rag_ready"):
        answer = caller.client.get(f"{API}/jobs/{job}/download?type={kind}")
        assert files_of(answer)

    assert list((tmp_path / "temporary").iterdir()) == []


def test_a_dot_in_a_name_does_not_cut_the_name_of_the_download(caller):  # D31
    document = make_document(caller.user, filename="v1.2 report.pdf")
    make_row(make_job(caller.user, rows=0), document=document, status="COMPLETED")

    header = caller.get(f"documents/{document.pk}/download").headers["Content-Disposition"]

    assert 'filename="v1.2 report.md"' in header
