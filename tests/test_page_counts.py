"""Pages are counted when the bytes of a document come."""

from pathlib import Path

import pytest
from django.core.files.base import ContentFile

from documents import page_counts, uploads
from tests.factories import make_user

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
