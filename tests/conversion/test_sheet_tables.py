"""What lies on a sheet: tables beside and below others, lines of text, merged cells, charts."""

import time

import openpyxl
import pytest
from openpyxl.chart import BarChart, Reference
from openpyxl.styles import Font

from documents.conversion.document import Heading, Paragraph, Picture, Table, plain

from .workbooks import document, lines, markdown, tables, texts, write_xlsx

PEOPLE = [["Name", "Role"], ["Ina", "Head"], ["Olu", "Clerk"]]
SALES = [["Region", "Q1", "Q2"], ["North", 1, 2], ["South", 3, 4]]
AS_TEXT = [["Region", "Q1", "Q2"], ["North", "1", "2"], ["South", "3", "4"]]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "book.xlsx"


@pytest.fixture
def book(path):
    """book({"A1": rows, ...}, merged=[...], bold=[...]) saves a sheet with rows at these cells."""

    def book(places, *, merged=(), bold=()):
        workbook = openpyxl.Workbook()
        sheet = workbook.active
        for place, rows in places.items():
            first = sheet[place]
            for down, row in enumerate(rows if isinstance(rows, list) else [[rows]]):
                for right, value in enumerate(row):
                    sheet.cell(first.row + down, first.column + right, value)
        for area in merged:
            sheet.merge_cells(area)
        for place in bold:
            sheet[place].font = Font(bold=True)
        workbook.save(path)
        return workbook

    return book


def test_tables_below_an_empty_row_are_tables_of_their_own(book, path):
    book({"A1": SALES, "A5": PEOPLE})

    assert tables(path) == [AS_TEXT, PEOPLE]


def test_tables_beside_each_other_are_two_tables(book, path):
    book({"A1": SALES, "E1": PEOPLE})

    assert tables(path) == [AS_TEXT, PEOPLE]


def test_a_title_above_two_tables_parts_them_still(book, path):
    book({"A1": "Report 2026", "A2": SALES, "E2": PEOPLE}, merged=["A1:F1"])

    assert lines(path) == ["Sheet", "Report 2026"]
    assert tables(path) == [AS_TEXT, PEOPLE]


def test_one_empty_column_between_labels_and_figures_parts_no_table(book, path):
    book({"A1": [["Item"], ["Rent"], ["Food"]], "C1": [["Euro"], [700], [300]]})

    assert tables(path) == [[["Item", "Euro"], ["Rent", "700"], ["Food", "300"]]]


def test_headers_above_figures_need_no_label_beside_them(book, path):
    book({"A2": [["Rent"], ["Food"]], "C1": [["2025"], [700], [300]], "E1": [["2026"], [8], [9]]})

    assert tables(path) == [[["", "2025", "2026"], ["Rent", "700", "8"], ["Food", "300", "9"]]]


def test_rows_of_figures_below_one_empty_row_go_on_with_the_table(book, path):
    book({"A1": SALES, "A5": [["West", 5, 6], ["Sum", 9, 12]]})

    assert tables(path) == [[*AS_TEXT, ["West", "5", "6"], ["Sum", "9", "12"]]]


def test_lines_above_and_below_a_table_are_text(book, path):
    note = "Figures of the statistics office, which are not audited and may change later on."
    book({"A1": "Sales", "A2": "in thousand euro", "A3": SALES, "A6": note}, bold=["A1"])

    blocks = document(path).blocks

    kinds = [Heading, Heading, Paragraph, Table, Paragraph]
    assert [type(block) for block in blocks] == kinds
    assert lines(path) == ["Sheet", "Sales", "in thousand euro", note]
    assert tables(path) == [AS_TEXT]


def test_a_header_whose_corner_is_empty_is_no_line_of_text(book, path):
    book({"B1": "Euro", "A2": [["Rent", 700], ["Food", 300]]})

    assert tables(path) == [[["", "Euro"], ["Rent", "700"], ["Food", "300"]]]


def test_a_column_of_numbers_is_a_table_and_a_few_lines_are_text(book, path):
    book({"A1": [["Readings"], [5], [7]], "A5": [["Checked by Ina."], ["Approved by Olu."]]})

    assert tables(path) == [[["Readings"], ["5"], ["7"]]]
    assert lines(path) == ["Sheet", "Checked by Ina.", "Approved by Olu."]


def test_merged_cells_have_their_spans_and_make_the_header_as_deep(book, path):
    rows = [["Site", "Costs", None], [None, "Fuel", "Repair"], ["A", 1, 2], [None, 3, 4]]
    book({"A1": rows}, merged=["A1:A2", "B1:C1", "A3:A4"])

    table = next(block for block in document(path).blocks if isinstance(block, Table))

    assert table.header_rows == 2
    assert texts(table) == [["Site", "Costs"], ["Fuel", "Repair"], ["A", "1", "2"], ["3", "4"]]
    spans = [(cell.row_span, cell.column_span) for cell in table.rows[0]]
    assert spans == [(2, 1), (1, 2)]


def test_what_lies_under_a_merged_cell_is_not_shown(path):
    cells = '<c r="A1"><v>1</v></c><c r="B1"><v>2</v></c><c r="C1"><v>3</v></c>'
    row = '<row r="2"><c r="A2"><v>4</v></c><c r="B2"><v>5</v></c><c r="C2"><v>6</v></c></row>'
    merged = '<mergeCells><mergeCell ref="A1:B1"/></mergeCells>'
    write_xlsx(path, f'<row r="1">{cells}</row>{row}', after=merged)

    assert tables(path) == [[["1", "3"], ["4", "5", "6"]]]


def test_a_stray_cell_far_away_costs_nothing(book, path):
    book({"A1": SALES, "ZZ100000": "stray"})
    started = time.process_time()

    assert tables(path) == [AS_TEXT]
    assert lines(path)[-1] == "stray"
    assert time.process_time() - started < 1


def test_cells_far_from_each_other_make_no_table_much_larger_than_they_are(path):
    def name(number):
        high, low = divmod(number, 26)
        return (chr(64 + high) if high else "") + chr(65 + low)

    cells = "".join(
        f'<row r="{n}"><c r="{name(n % 600)}{n}"><v>{n}</v></c>'
        f'<c r="{name(n % 600 + 1)}{n}"><v>1</v></c></row>'
        for n in range(1, 20_001)
    )
    write_xlsx(path, cells)

    assert len(markdown(path)) < 1_000_000
    assert ["Y24", "24"] in tables(path)[0]


def test_a_chart_shows_its_title_and_its_data(book, path):
    workbook = book({"A1": SALES})
    sheet, chart = workbook.active, BarChart()
    chart.title = "Sales by region"
    data = Reference(sheet, min_col=2, max_col=3, min_row=1, max_row=3)
    chart.add_data(data, titles_from_data=True)
    chart.set_categories(Reference(sheet, min_col=1, min_row=2, max_row=3))
    sheet.add_chart(chart, "A10")
    workbook.save(path)

    chart_table = [block for block in document(path).blocks if isinstance(block, Table)][1]

    assert plain(chart_table.caption) == "Sales by region"
    assert texts(chart_table) == [["", "Q1", "Q2"], ["North", "1", "2"], ["South", "3", "4"]]


@pytest.mark.parametrize(
    "merged",
    [
        '<mergeCell ref="A1:XFD1048576"/>' * 200_000,
        "".join(f'<mergeCell ref="A{n}:B{n + 40_000}"/>' for n in range(1, 40_000)),
    ],
)
def test_merged_cells_without_end_are_given_up_with_a_warning(merged, path):
    cells = "".join(
        f'<row r="{n}"><c r="A{n}"><v>{n}</v></c><c r="B{n}"><v>1</v></c></row>'
        for n in range(1, 40_001)
    )
    write_xlsx(path, cells, after=f"<mergeCells>{merged}</mergeCells>")
    started = time.process_time()

    warnings = document(path).warnings

    assert "were read as single cells: the file has too many." in warnings[0]
    assert time.process_time() - started < 10


def test_stairs_of_cells_take_no_longer_than_they_are_long(path):
    cells = "".join(
        f'<row r="{n}"><c r="{"ACEGIK"[n % 6]}{n}"><v>1</v></c></row>' for n in range(1, 20_001)
    )
    write_xlsx(path, cells)
    started = time.process_time()

    document(path)

    assert time.process_time() - started < 5


def test_text_boxes_and_described_pictures_stand_where_they_lie(path):
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in (1, 9))
    box = "<a:p><a:r><a:t>Mind the gap</a:t></a:r></a:p>"
    old = box.replace("Mind the gap", "Not for this program")
    drawing = (
        "<xdr:oneCellAnchor><xdr:from><xdr:col>1</xdr:col><xdr:row>4</xdr:row></xdr:from>"
        f"<mc:AlternateContent><mc:Choice><xdr:sp><xdr:txBody>{box}</xdr:txBody></xdr:sp>"
        f"</mc:Choice><mc:Fallback><xdr:sp><xdr:txBody>{old}</xdr:txBody></xdr:sp></mc:Fallback>"
        '</mc:AlternateContent><xdr:pic><xdr:nvPicPr><xdr:cNvPr id="1" descr="A dot"/>'
        "</xdr:nvPicPr></xdr:pic></xdr:oneCellAnchor>"
    )
    write_xlsx(path, rows, drawing=drawing)

    blocks = document(path).blocks

    assert lines(path) == ["Sheet", "1", "Mind the gap", "9"]
    assert [block.description for block in blocks if isinstance(block, Picture)] == ["A dot"]
