"""The bytes say what a file is, and every engine is told; names and first lines do not matter."""

import pytest

from documents.conversion import ConversionError
from documents.samples import SAMPLES

from .measures import token_f1

MAIL_HEAD = b"From: a@example.org\r\nSubject: the report\r\n\r\n"
RELAYS = b"Received: from mail.example.org by relay.example.org with SMTP\r\n" * 60
HEADS = {
    "a mail": MAIL_HEAD,
    "a long mail": RELAYS + MAIL_HEAD,
    "a web page": b"<html><body>Your download begins.</body></html>\n",
    "printer commands": b"\x1b%-12345X@PJL JOB\n@PJL ENTER LANGUAGE=PDF\n",
    "zeros": bytes(9),
    "random bytes": bytes(range(128, 256)) * 7,
}


@pytest.mark.parametrize("head", sorted(HEADS))
@pytest.mark.parametrize("name", ["report.pdf", "scan.pdf"])
def test_a_pdf_behind_other_bytes_is_read_as_a_pdf(head, name, convert, tmp_path):
    path = tmp_path / name
    path.write_bytes(HEADS[head] + SAMPLES[name].path.read_bytes())

    conversion = convert(path)

    assert conversion.media_type == "application/pdf"
    assert token_f1(conversion.markdown, SAMPLES[name].text) > 0.95


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("inventory.xlsx", "a.ods"),
        ("inventory.ods", "a.xls"),
        ("inventory.xls", "a.xlsx"),
        ("report.docx", "a.doc"),
        ("report.doc", "a.odt"),
        ("report.rtf", "a.docx"),
        ("report.epub", "a.zip"),
        ("report.pdf", "a.html"),
        ("slides.odp", "a.ppt"),
        ("scan.tiff", "a.png"),
    ],
)
def test_a_file_with_the_name_of_another_format_is_read_as_what_it_is(
    name, called, convert, tmp_path
):
    path = tmp_path / called
    path.write_bytes(SAMPLES[name].path.read_bytes())

    assert token_f1(convert(path).markdown, SAMPLES[name].text) > 0.95


def test_a_text_that_tells_of_the_mark_of_a_pdf_is_a_text(convert, tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("Files begin so. " * 100 + "%PDF-1.4 is the mark of a PDF.")

    assert convert(path).media_type == "text/plain"


def test_an_engine_s_fault_over_a_file_is_the_file_s_damage(convert, tmp_path):
    # The engine stops here with an index out of range, which it did not foresee.
    path = tmp_path / "inventory.xls"
    path.write_bytes(SAMPLES["inventory.xls"].path.read_bytes()[:6618])

    with pytest.raises(ConversionError) as failure:
        convert(path)

    assert failure.value.code == "corrupt_file"
    assert "PanicException" in failure.value.detail
