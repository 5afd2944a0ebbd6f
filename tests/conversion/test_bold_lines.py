"""Texts without styles for headings, whose headings are lines in bold."""

import pytest
from docx import Document as WordDocument

from documents.conversion.document import Heading, Paragraph, Span, plain
from documents.conversion.options import ConversionOptions
from documents.conversion.readers import rtf, word
from documents.conversion.readers.bold_lines import with_headings
from tests.conversion.odf_files import read_odt

TEXT = "Members paid 4,280 EUR in fees this year."


def bold(text):
    return Paragraph([Span(text, bold=True)])


def text():
    return Paragraph([Span(TEXT)])


def headings(blocks):
    return [(b.level, plain(b.spans)) for b in blocks if isinstance(b, Heading)]


def test_bold_lines_are_headings_when_there_are_no_others():
    blocks = [bold("Report"), bold("Summary"), text(), bold("1. Money"), text(), text(),
              bold("1.1 Income"), text()]  # fmt: skip

    found = with_headings(blocks)

    assert headings(found) == [(1, "Report"), (2, "Summary"), (2, "1. Money"), (3, "1.1 Income")]
    assert not any(span.bold for b in found if isinstance(b, Heading) for span in b.spans)


@pytest.mark.parametrize(
    "blocks",
    [
        pytest.param([Heading([Span("H")]), bold("a"), text(), bold("b"), text()], id="headings"),
        pytest.param([text(), bold("Invoice 17"), text()], id="the subject of a letter"),
        pytest.param([text(), text(), text(), bold("Ann Lee"), bold("Treasurer")], id="the end"),
        pytest.param([bold("Warning:"), text(), bold("Do not open."), text()], id="sentences"),
        pytest.param([bold("Ann"), bold("Low"), bold("York"), bold("UK"), *[text()] * 5],
                     id="an address"),
        pytest.param([bold("a"), text(), bold("b"), bold("c"), bold("d"), text()], id="too many"),
        pytest.param([bold("x" * 90), text(), bold("y" * 90), text()], id="long"),
    ],
)  # fmt: skip
def test_bold_lines_stay_what_they_are_when_they_do_not_look_like_headings(blocks):
    assert with_headings(list(blocks)) == blocks


def test_word_rich_text_and_opendocument_files_have_such_headings(tmp_path):
    document = WordDocument()
    for line in ("Summary", TEXT, "Outlook", TEXT):
        document.add_paragraph().add_run(line).bold = line != TEXT
    document.save(tmp_path / "a.docx")
    marked = rf"{{\rtf1 \b Summary\b0\par {TEXT}\par \b Outlook\b0\par {TEXT}\par}}"
    (tmp_path / "a.rtf").write_text(marked)
    style = (
        '<style:style style:name="B" style:family="paragraph">'
        '<style:text-properties fo:font-weight="bold"/></style:style>'
    )
    lines = f'<text:p text:style-name="B">%s</text:p><text:p>{TEXT}</text:p>'
    read = [
        reader.read(tmp_path / name, name, ConversionOptions(), lambda *_: None, format_name=kind)
        for reader, name, kind in ((word, "a.docx", "docx"), (rtf, "a.rtf", "rtf"))
    ]
    found = [reading.document for reading in read]
    found.append(
        read_odt(
            tmp_path / "a.odt", lines % "Summary" + lines % "Outlook", automatic=style
        ).document
    )

    for document in found:
        assert headings(document.blocks) == [(1, "Summary"), (1, "Outlook")]
