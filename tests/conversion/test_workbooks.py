"""Workbooks of Excel: what people see in their cells."""

import datetime

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment

from .workbooks import document, markdown, tables, write_xlsx


@pytest.fixture
def path(tmp_path):
    return tmp_path / "book.xlsx"


def save(path, values, formats=()):
    """A workbook with one column of values below a header, and their formats."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Kind", "Value"])
    for number, value in enumerate(values):
        sheet.append([f"row {number}", value])
    for number, code in enumerate(formats):
        sheet.cell(number + 2, 2).number_format = code
    book.save(path)


def column(path):
    return [row[1] for row in tables(path)[0][1:]]


def test_a_cell_shows_its_value_by_its_format(path):
    values = [0.075, 1234.5, datetime.date(2026, 3, 15), 1.510416666666667, 42, 0.5]
    formats = ["0.0%", '"$"#,##0.00', "dd/mm/yyyy", "[h]:mm", "00000", "# ?/?"]

    save(path, values, formats)

    assert column(path) == ["7.5%", "$1,234.50", "15/03/2026", "36:15", "00042", "1/2"]


def test_dates_in_the_way_of_the_system_become_iso_dates(path):
    save(path, [46096, 46096.5], ["mm-dd-yy", "m/d/yy h:mm"])

    assert column(path) == ["2026-03-15", "2026-03-15 12:00"]


def test_long_numbers_zeros_in_front_switches_and_errors_stay_as_they_are(path):
    save(path, [4915112345678, "4915112345678901", "0042", True, "#N/A", "#DIV/0!"])

    assert column(path) == [
        "4915112345678", "4915112345678901", "0042", "TRUE", "#N/A", "#DIV/0!",
    ]  # fmt: skip


def test_a_formula_without_a_value_is_shown_itself_with_a_warning(path):
    save(path, ["=SUM(A1:A2)"])

    assert column(path) == ["=SUM(A1:A2)"]
    assert document(path).warnings == [
        "1 formula was kept instead of values, which the file does not hold; open it in its own"
        " program and save it again to have them."
    ]


def test_a_formula_with_a_value_shows_the_value(path):
    row = '<c r="A1" t="str"><f>A2</f><v>text</v></c><c r="B1"><f>1+2</f><v>3</v></c>'
    write_xlsx(path, f'<row r="1">{row}<c r="C1" t="str"><f>A9</f><v></v></c></row>')

    assert tables(path) == [[["text", "3"]]]
    assert document(path).warnings == []


def test_numbers_that_their_format_hides_are_left_out_with_a_warning(path):
    save(path, [7, 8], [";;;"])

    assert column(path) == ["", "8"]
    assert document(path).warnings == ["1 number was left out that their format hides."]


def test_raised_and_lowered_characters_in_a_cell_stay_so(path):
    water = TextBlock(InlineFont(vertAlign="subscript"), "2")
    power = TextBlock(InlineFont(vertAlign="superscript"), "6")
    save(path, [CellRichText("H", water, "O and 10", power)])

    assert "| H<sub>2</sub>O and 10<sup>6</sup> |" in markdown(path)


def test_a_text_of_runs_in_one_style_is_a_plain_text(path):
    run = "<r><rPr><b/></rPr><t>{}</t></r>"
    write_xlsx(
        path,
        '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>',
        strings=f"<si>{run.format('Ye')}{run.format('ar')}</si><si><t>A</t><rPh><t>no</t></rPh></si>",
    )

    assert "| Year | A |" in markdown(path)


def test_cells_that_lead_to_the_web_are_links(path):
    save(path, ["site", "inside"])
    book = openpyxl.load_workbook(path)
    book.active["B2"].hyperlink = "https://example.org/a"
    book.active["B3"].hyperlink = "#Sheet!A1"
    book.save(path)

    assert "[site](https://example.org/a)" in markdown(path)
    assert "| inside |" in markdown(path)


def test_a_formula_that_makes_a_link_is_one(path):
    formula = '<f>HYPERLINK("https://example.org/b","site")</f>'
    write_xlsx(path, f'<row r="1"><c r="A1" t="str">{formula}<v>site</v></c></row>')

    assert "[site](https://example.org/b)" in markdown(path)


def test_comments_are_kept_apart_with_a_warning(path):
    save(path, ["x"])
    book = openpyxl.load_workbook(path)
    book.active["B2"].comment = Comment("Check this.", "Ann")
    book.save(path)

    found = [block for block in document(path).blocks if block.part == "comment"]

    assert [span.text for span in found[0].spans] == ["B2 (Ann): ", "Check this."]
    assert "1 comment was left out." in document(path).warnings
    assert "Check this" not in markdown(path)


def test_days_count_from_1904_where_the_workbook_says_so(path):
    write_xlsx(
        path,
        '<row r="1"><c r="A1" s="1"><v>44634</v></c></row>',
        workbook='<workbookPr date1904="1"/>',
        styles='<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>',
    )

    assert "2026-03-15" in markdown(path)


def test_hidden_sheets_rows_and_columns_are_left_out_with_a_warning(path):
    book = openpyxl.Workbook()
    sheet = book.active
    for row in range(1, 5):
        sheet.append([f"{row}-{column}" for column in "abc"])
    sheet.row_dimensions[3].hidden = True
    sheet.column_dimensions["B"].hidden = True
    secret = book.create_sheet("Secret")
    secret["A1"] = "hidden text"
    secret.sheet_state = "hidden"
    book.save(path)

    assert tables(path) == [[["1-a", "1-c"], ["2-a", "2-c"], ["4-a", "4-c"]]]
    assert document(path).warnings == [
        "1 hidden sheet was left out: “Secret”.",
        "6 cells were left out that hidden rows and columns hold.",
    ]
    assert [block.part for block in document(path).blocks][-2:] == ["hidden", "hidden"]


def test_struck_out_cells_stay_struck_out(path):
    book = openpyxl.Workbook()
    book.active["A1"] = "old"
    book.active["A1"].font = openpyxl.styles.Font(strike=True)
    book.save(path)

    assert "~~old~~" in markdown(path)


@pytest.mark.parametrize(
    "row",
    [
        '<row r="-5"><c r="??"><v>1</v></c><c r="A1"><v>2</v></c></row>',
        '<row r="1"><c r="ZZZZZ1"><v>1</v></c><c r="A1" s="99999"><v>2</v></c></row>',
        '<row><c t="s"><v>-1</v></c><c t="s"><v>9</v></c><c><v>2</v></c></row>',
        '<row r="x"><c r="A1" t="?"><v>2</v></c></row>',
    ],
)
def test_odd_cells_spoil_no_others(row, path):
    write_xlsx(path, row)

    assert "2" in markdown(path).split()


def test_texts_that_the_file_lost_are_told(path):
    write_xlsx(path, '<row r="1"><c r="A1" t="s"><v>7</v></c><c r="B1"><v>1</v></c></row>')

    assert document(path).warnings == ["1 cell was left out whose text the file does not hold."]


@pytest.mark.parametrize(
    "row",
    [
        '<row r="2"><c r="A2" s="1"><v>0.5</v></c><c r="C2" t="s"><v>0</v></c></row>',
        '<row r="2"><c r="A2" s="1"><v>0.5</v></c><c r="B2"/><c r="C2" t="s"><v>0</v></c></row>',
        '<row r="1"/><row r="2"><c r="A2" s="1"><v>0.5</v></c><c r="C2" t="s"><v>0</v></c></row>',
        "<row r='2'><c r='A2' s='1'><v>0.5</v></c><c s='0' t='s' r='C2'><v>0</v></c></row>",
        '<row r="2"><c r="A2" s="1"><f>1/2</f><v>0.5</v></c><c r="C2" t="s"><v>0</v></c></row>',
        '<row r="2"><c r="A2" s="1"><v><![CDATA[0.5]]></v></c><c r="C2" t="s"><v>0</v></c></row>',
        '<row r="2"><!-- --><c r="A2" s="1"><v>0.5</v></c><c r="C2" t="s"><v>0</v></c></row>',
        '<row r="2">\n <c r="A2" s="1">\n<v>0.5</v></c>\n<c r="C2" t="s"><v>0</v></c>\n</row>',
        '<row r="2"><c r="A2" s="1"><v>&#48;.5</v></c><c r="C2" t="s"><v>0</v></c></row>',
    ],
)
def test_a_row_says_the_same_in_whatever_form_it_is_written(row, path):
    hidden = '<row r="3" hidden="1"><c r="A3"><v>9</v></c></row>'
    last = '<row r="4"><c r="A4"><v>6</v></c><c r="C4"><v>7</v></c></row>'
    write_xlsx(
        path,
        row + hidden + last,
        styles='<cellXfs><xf numFmtId="0"/><xf numFmtId="9"/></cellXfs>',
        strings="<si><t>text</t></si>",
    )

    assert tables(path) == [[["50%", "text"], ["6", "7"]]]


def test_a_hidden_row_without_cells_closes_up(path):
    rows = (1, '<row r="2" hidden="1"/>', 3)
    cell = '<row r="{0}"><c r="A{0}"><v>{0}</v></c><c r="B{0}"><v>0</v></c></row>'
    write_xlsx(path, "".join(r if isinstance(r, str) else cell.format(r) for r in rows))

    assert tables(path) == [[["1", "0"], ["3", "0"]]]
