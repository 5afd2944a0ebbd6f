"""Workbooks of LibreOffice (ODS) and of Excel 97-2003 (XLS): what people see in their cells."""

import datetime

import pytest
import xlwt

from documents.conversion import ConversionError
from documents.conversion.document import Table, plain
from documents.conversion.errors import EngineError

from .workbooks import ODS_NAMES, document, lines, markdown, tables, texts, write_ods


@pytest.fixture
def ods(tmp_path):
    """ods(rows, ...) writes a workbook of one sheet from the XML of its rows."""

    def ods(rows, **parts):
        write_ods(path, f'<table:table table:name="Sheet">{rows}</table:table>', **parts)
        return path

    path = tmp_path / "book.ods"
    return ods


def row(*cells):
    return f"<table:table-row>{''.join(cells)}</table:table-row>"


def cell(text="", attributes=""):
    said = f"<text:p>{text}</text:p>" if text else ""
    return f"<table:table-cell {attributes}>{said}</table:table-cell>"


def test_a_cell_shows_the_text_that_the_file_keeps_for_people(ods):
    path = ods(
        row(
            cell("7.5%", 'office:value-type="percentage" office:value="0.075"'),
            cell("36:15", 'office:value-type="time" office:time-value="PT36H15M00S"'),
            cell("#N/A", 'office:value-type="string"'),
        )
    )

    assert tables(path) == [[["7.5%", "36:15", "#N/A"]]]


@pytest.mark.parametrize(
    ("attributes", "text"),
    [
        ('office:value-type="percentage" office:value="0.075"', "7.5%"),
        ('office:value-type="float" office:value="42"', "42"),
        ('office:value-type="currency" office:value="5.5" office:currency="EUR"', "5.5 EUR"),
        ('office:value-type="time" office:time-value="PT36H15M00S"', "36:15:00"),
        ('office:value-type="date" office:date-value="2026-03-15T14:30:00"', "2026-03-15 14:30:00"),
        ('office:value-type="boolean" office:boolean-value="true"', "TRUE"),
        ('office:value-type="string" office:string-value="said"', "said"),
        ('table:formula="of:=SUM([.A1:.A2])"', "=SUM([.A1:.A2])"),
    ],
)
def test_a_value_without_text_is_shown_plainly(attributes, text, ods):
    path = ods(row(cell("first"), cell("", attributes)))

    assert tables(path) == [[["first", text]]]


def test_a_long_number_has_no_exponent_unless_its_format_says_so(ods):
    value = 'office:value-type="float" office:value="123456789012345000"'
    styles = (
        '<number:number-style style:name="N1"><number:scientific-number/></number:number-style>'
        '<style:style style:name="ce1" style:family="table-cell" style:data-style-name="N1"/>'
    )
    shown = [cell("1.23E+17", value), cell("1.23E+17", f'table:style-name="ce1" {value}')]

    assert tables(ods(row(*shown), styles=styles)) == [[["123456789012345000", "1.23E+17"]]]


def test_repeated_cells_and_rows_are_there_as_often(ods):
    rows = row(cell("a"), cell("b", 'table:number-columns-repeated="2"'))
    rows += rows.replace("<table:table-row", '<table:table-row table:number-rows-repeated="2"', 1)

    assert tables(ods(rows)) == [[["a", "b", "b"]] * 3]


def test_what_is_repeated_without_end_is_refused(ods):
    rows = row(cell("x", 'table:number-columns-repeated="16384"'))
    rows = rows.replace("<table:table-row", '<table:table-row table:number-rows-repeated="999999"')

    with pytest.raises(EngineError, match="repeated"):
        document(ods(rows))


def test_empty_rows_without_end_cost_nothing(ods):
    empty = '<table:table-row table:number-rows-repeated="1048000"><table:table-cell/>'

    path = ods(row(cell("a"), cell("b")) + f"{empty}</table:table-row>" + row(cell("c")))

    assert tables(path) == [[["a", "b"]]]
    assert lines(path) == ["Sheet", "c"]


def test_pieces_of_text_keep_links_and_raised_characters(ods):
    styles = (
        '<style:style style:name="T1" style:family="text">'
        '<style:text-properties style:text-position="33% 58%"/></style:style>'
    )
    text = (
        '10<text:span text:style-name="T1">6</text:span><text:s/>see<text:line-break/>'
        '<text:a xlink:href="https://example.org/a">site</text:a>'
    )

    assert "10<sup>6</sup> see<br>[site](https://example.org/a)" in markdown(
        ods(row(cell("x"), cell(text)), styles=styles)
    )


def test_merged_hidden_and_commented_cells_are_treated_as_in_other_workbooks(ods):
    note = (
        "<office:annotation><dc:creator>Ann</dc:creator><text:p>Check</text:p></office:annotation>"
    )
    rows = (
        '<table:table-column/><table:table-column table:visibility="collapse"/>'
        + row(
            cell("Site"),
            cell("no"),
            cell("Costs", 'table:number-columns-spanned="2"'),
            "<table:covered-table-cell/>",
        )
        + row(
            cell("A"),
            cell("no"),
            f"<table:table-cell>{note}<text:p>1</text:p></table:table-cell>",
            cell("2"),
        )
        + row(cell("B"), cell("no"), cell("3"), cell("4"))
    )

    found = document(ods(rows))

    table = next(block for block in found.blocks if isinstance(block, Table))
    assert texts(table) == [["Site", "Costs"], ["A", "1", "2"], ["B", "3", "4"]]
    assert table.rows[0][1].column_span == 2
    comments = [plain(block.spans) for block in found.blocks if block.part == "comment"]
    assert comments == ["C2 (Ann): Check"]
    assert found.warnings == [
        "3 cells were left out that hidden rows and columns hold.",
        "1 comment was left out.",
    ]


def test_hidden_sheets_are_marked(tmp_path):
    styles = (
        '<style:style style:name="ta1" style:family="table">'
        '<style:table-properties table:display="false"/></style:style>'
    )
    secret = (
        f'<table:table table:name="Secret" table:style-name="ta1">{row(cell("x"))}</table:table>'
    )
    write_ods(tmp_path / "book.ods", secret, styles=styles)

    found = document(tmp_path / "book.ods")

    assert {block.part for block in found.blocks} == {"hidden"}
    assert found.warnings == ["1 hidden sheet was left out: “Secret”."]


def test_a_chart_shows_its_title_and_its_data(ods):
    chart = (
        "<office:document-content {}><office:body><office:chart><chart:chart><chart:title>"
        "<text:p>Sales</text:p></chart:title><table:table>{}</table:table></chart:chart>"
        "</office:chart></office:body></office:document-content>"
    )
    frame = '<draw:frame><draw:object xlink:href="./Object 1"/></draw:frame>'
    rows = f"<table:shapes>{frame}</table:shapes>" + row(cell("a"), cell("b"))
    data = row(cell(), cell("Q1")) + row(cell("North"), cell("1"))
    path = ods(rows, **{"Object 1/content.xml": chart.format(ODS_NAMES, data)})

    table = [block for block in document(path).blocks if isinstance(block, Table)][-1]

    assert plain(table.caption) == "Sales"
    assert texts(table) == [["", "Q1"], ["North", "1"]]


# --- XLS ------------------------------------------------------------------------------------------


@pytest.fixture
def xls(tmp_path):
    """xls(fill) saves an old workbook whose sheet `fill` has filled."""

    def xls(fill):
        book = xlwt.Workbook()
        fill(book.add_sheet("Sheet"))
        book.save(str(tmp_path / "book.xls"))
        return tmp_path / "book.xls"

    return xls


def test_cells_of_old_workbooks_are_shown_by_their_formats(xls):
    def fill(sheet):
        values = [
            (0.075, "0.0%"), (1234.5, '"$"#,##0.00'), (datetime.date(2026, 3, 15), "dd/mm/yyyy"),
            (1.510416666666667, "[h]:mm"), (42, "00000"), (True, "General"), ("0042", "General"),
        ]  # fmt: skip
        for column, (value, code) in enumerate(values):
            sheet.write(0, column, f"h{column}")
            sheet.write(1, column, value, xlwt.easyxf(num_format_str=code))

    assert tables(xls(fill))[0][1] == [
        "7.5%", "$1,234.50", "15/03/2026", "36:15", "00042", "TRUE", "0042",
    ]  # fmt: skip


def test_merged_and_hidden_cells_of_old_workbooks_are_treated_as_in_new_ones(xls):
    def fill(sheet):
        sheet.write_merge(0, 0, 0, 2, "Report 2026")
        for number in range(1, 5):
            for column, letter in enumerate("abc"):
                sheet.write(number, column, f"{letter}{number}")
        sheet.row(3).hidden = True
        sheet.col(1).hidden = True

    found = document(xls(fill))

    table = next(block for block in found.blocks if isinstance(block, Table))
    assert texts(table) == [["a1", "c1"], ["a2", "c2"], ["a4", "c4"]]
    assert found.blocks[1].kind == "heading"
    assert found.warnings == ["6 cells were left out that hidden rows and columns hold."]


def test_a_damaged_old_workbook_is_called_so(xls, tmp_path):
    path = xls(lambda sheet: sheet.write(0, 0, "text"))
    path.write_bytes(path.read_bytes()[:2000])

    with pytest.raises((EngineError, ConversionError)):
        document(path)


def test_an_old_workbook_whose_formats_cannot_be_read_shows_bare_values(xls, monkeypatch):
    import xlrd

    def give_up(**options):
        raise xlrd.XLRDError("no such record")

    path = xls(lambda sheet: sheet.write(0, 0, 0.5, xlwt.easyxf(num_format_str="0%")))
    monkeypatch.setattr(xlrd, "open_workbook", give_up)

    assert "0.5" in markdown(path)
    assert document(path).warnings == [
        "The formats of this workbook cannot be read; its numbers are as they are stored."
    ]
