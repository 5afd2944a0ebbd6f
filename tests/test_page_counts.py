"""Pages are counted when the bytes of a document come."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command

from documents import page_counts, uploads
from documents.models import Document, StoredFile
from tests.factories import make_document, make_user

pytestmark = pytest.mark.django_db

SAMPLES = Path("documents/samples/files")


def brought(name, content=None):
    user = make_user()
    content = (SAMPLES / name).read_bytes() if content is None else content
    accepted = uploads.accept(
        ContentFile(content),
        filename=name,
        organization=user.membership.organization,
        user=user,
    )
    accepted.document.refresh_from_db()
    return accepted.document


@pytest.mark.parametrize(
    ("name", "pages"),
    [
        ("report.pdf", 3),
        ("scan.tiff", 2),
        ("picture.png", 1),
        ("slides.pptx", 3),
        ("notes.txt", None),
    ],
)
def test_an_upload_knows_how_many_pages_it_has(name, pages):
    assert brought(name).page_count == pages


def test_a_word_file_has_the_pages_that_it_says(tmp_path):
    import zipfile

    changed = tmp_path / "report.docx"
    with zipfile.ZipFile(SAMPLES / "report.docx") as source, zipfile.ZipFile(changed, "w") as copy:
        for entry in source.namelist():
            data = source.read(entry)
            if entry == "docProps/app.xml":
                data = b"<Properties><Pages>7</Pages></Properties>"
            copy.writestr(entry, data)

    assert brought("report.docx", changed.read_bytes()).page_count == 7


def test_a_damaged_file_is_taken_in_without_a_count():
    assert brought("report.pdf", b"%PDF-1.7\nno more").page_count is None


def test_counting_stops_when_a_request_has_spent_its_time_on_it(monkeypatch):
    monkeypatch.setattr(page_counts, "SECONDS", 0.0)

    assert brought("report.pdf").page_count is None


# --- files from before pages were counted ---------------------------------------------------------


def without_count(*names):
    """These files, as they lay there before counts existed, in the order of their ids."""
    stored = [brought(name).stored for name in names]
    StoredFile.objects.update(page_count=None)
    return sorted(stored, key=lambda file: file.pk)


def counts():
    return sorted(StoredFile.objects.values_list("page_count", flat=True), key=str)


def run(*arguments):
    said = StringIO()
    call_command("count_pages", *arguments, stdout=said)
    return said.getvalue()


def test_files_from_before_are_counted_later():
    without_count("report.pdf", "slides.pptx", "notes.txt")

    assert run() == "files counted: 2\nfiles of which nobody can tell: 0\n"

    assert counts() == [3, 3, None]


def test_one_run_looks_at_so_many_files_and_the_next_goes_on_behind_them():
    first, second = without_count("report.pdf", "scan.tiff")

    said = run("--limit=1")

    assert f"files left: 1; go on with --after {first.pk}" in said
    second.refresh_from_db()
    assert second.page_count is None
    assert "left" not in run("--limit=1", f"--after={first.pk}")
    assert counts() == [2, 3]


def test_what_cannot_be_counted_is_passed_by_when_one_goes_on():
    damaged = brought("report.pdf", b"%PDF-1.7\nno more").stored

    assert "nobody can tell: 1" in run()
    assert "nobody can tell: 0" in run(f"--after={damaged.pk}")


def test_the_name_of_a_format_that_has_pages_is_found_among_the_names_of_the_bytes():
    (stored,) = without_count("report.pdf")
    Document.objects.filter(stored=stored).update(filename="report.txt", media_type="text/plain")
    user = make_user(stored.organization)
    content = (SAMPLES / "report.pdf").read_bytes()
    make_document(user, filename="report.pdf", content=content, media_type="application/pdf")

    assert "files counted: 1" in run()


def test_a_limit_below_one_is_refused():
    with pytest.raises(CommandError):
        run("--limit=0")
