"""Large files: nothing is read twice over, and no result is out of proportion to its file."""

import zipfile

import openpyxl
import pytest
from reportlab.pdfgen.canvas import Canvas

from documents.conversion import ConversionError

from .measures import table_rows


def test_every_page_of_a_long_pdf_is_read_from_its_text(convert, tmp_path):
    path = tmp_path / "long.pdf"
    canvas = Canvas(str(path))
    for number in range(1, 1003):
        for line, words in enumerate(
            ("What was seen that day", "Nothing", f"Leaf {number}", "End")
        ):
            canvas.drawString(72, 700 - 40 * line, words)
        canvas.showPage()
    canvas.save()

    conversion = convert(path)

    assert conversion.ocr_page_count == 0
    assert "Leaf 1001" in conversion.markdown
    assert "Leaf 1002" in conversion.markdown


def test_a_paragraph_that_goes_on_over_many_pages_is_joined_once(convert, tmp_path):
    path = tmp_path / "one-sentence.pdf"
    canvas = Canvas(str(path))
    for _ in range(30):
        for line in range(40):
            canvas.drawString(72, 800 - 18 * line, "and then it went on and on without an end,")
        canvas.showPage()
    canvas.save()

    assert convert(path).markdown.count("went on and on") == 30 * 40


def test_ragged_rows_make_no_table_much_larger_than_their_file(convert, tmp_path):
    path = tmp_path / "ragged.csv"
    path.write_text("a" + ",b" * 6000 + "\n" + "c\n" * 6000)

    markdown = convert(path).markdown

    assert len(markdown) < 10 * path.stat().st_size
    assert len(table_rows(markdown)) == 6001
    assert "| c |" in markdown.split("\n")


def test_a_small_table_has_as_many_cells_in_each_row(convert, tmp_path):
    path = tmp_path / "small.csv"
    path.write_text("a,b,c\n1\n2\n")

    assert "| 1 |  |  |" in convert(path).markdown


def swollen_workbook(path):
    """One long text, which the file holds once and 2,000 cells show."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for _ in range(2000):
        sheet.append(["long " * 3000, "short"])
    book.save(path)


def swollen_spreadsheet(path):
    """An OpenDocument sheet that says in one element: this cell, a million times."""
    namespaces = (
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    )
    content = (
        f"<office:document-content {namespaces}><office:body><office:spreadsheet>"
        '<table:table table:name="Sheet"><table:table-row table:number-rows-repeated="1000">'
        '<table:table-cell office:value-type="string" table:number-columns-repeated="1000">'
        "<text:p>again and again</text:p></table:table-cell></table:table-row></table:table>"
        "</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", "<manifest/>")


@pytest.mark.parametrize(
    ("name", "write"), [("book.xlsx", swollen_workbook), ("sheet.ods", swollen_spreadsheet)]
)
def test_a_result_far_larger_than_its_file_is_refused(name, write, convert, tmp_path):
    write(tmp_path / name)

    with pytest.raises(ConversionError) as failure:
        convert(tmp_path / name)

    assert failure.value.code == "result_too_large"
    assert failure.value.permanent
