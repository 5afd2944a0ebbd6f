"""OpenDocument texts: tables, running lines, and files that mean harm."""

import pytest

from documents.conversion import ConversionOptions, errors
from documents.conversion.document import (
    Heading,
    Rule,
    Table,
    plain,
)
from documents.conversion.readers import opendocument
from documents.conversion.readers.opendocument import read_text
from documents.conversion.readers.packages import Package
from documents.samples import SAMPLES
from tests.conversion.odf_files import (
    cell,
    h,
    odf_file,
    p,
    read_odt,
    row,
    style,
    table,
)


@pytest.fixture
def read(tmp_path):
    return lambda body, **parts: read_odt(tmp_path / "file.odt", body, **parts).document


def texts(document, part="body"):
    return [plain(b.spans) for b in document.blocks if hasattr(b, "spans") and b.part == part]


def grid(block):
    return [[plain(cell.spans) for cell in line] for line in block.rows]


def the(document, kind):
    (block,) = [block for block in document.blocks if isinstance(block, kind)]
    return block


def test_merged_cells_keep_their_spans(read):
    spanned, covered = 'table:number-rows-spanned="2"', "<table:covered-table-cell/>"
    wide = 'table:number-columns-spanned="2"'
    body = table(
        row(cell(p("Heating"), spanned), cell(p("May")), cell(p("100"))),
        row(covered, cell(p("June")), cell(p("200"))),
        row(cell(p("Total"), wide), covered, cell(p("300"))),
    )

    block = the(read(body), Table)

    assert [[(c.row_span, c.column_span) for c in line] for line in block.rows] == [
        [(2, 1), (1, 1), (1, 1)], [(1, 1), (1, 1)], [(1, 2), (1, 1)]
    ]  # fmt: skip


def test_notes_and_comments_of_a_cell_follow_the_table(read):
    note = (
        "<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>below</text:p>"
        "</text:note-body></text:note>"
    )
    comment = "<office:annotation><text:p>aside</text:p></office:annotation>"
    body = table(row(cell(p("a")), cell(p(f"b{note}{comment}"))), row(cell(p("1")), cell(p("2"))))

    block, called, aside = read(body).blocks

    assert grid(block) == [["a", "b"], ["1", "2"]]
    assert [span.note for span in block.rows[0][1].spans] == [None, "1"]
    assert (called.part, aside.part) == ("note", "comment")


def test_a_nested_table_follows_its_row(read):
    inner = table(row(cell(p("x")), cell(p("y"))), row(cell(p("1")), cell(p("2"))))
    body = table(
        row(cell(p("Part")), cell(p("Sizes"))),
        row(cell(p("Bolt")), cell(p("see") + inner)),
        row(cell(p("Nut")), cell(p("5"))),
    )

    assert [grid(block) for block in read(body).blocks] == [
        [["Part", "Sizes"], ["Bolt", "see"]],
        [["x", "y"], ["1", "2"]],
        [["Part", "Sizes"], ["Nut", "5"]],
    ]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(table(row(cell(p("a"))), row(cell(p("b")))), id="one column"),
        pytest.param(table(row(cell(p("a")), cell(p("b") + p("c")))), id="one row of frames"),
        pytest.param(table(row(cell(h("a") + p("b")), cell(p("c")))), id="cells with headings"),
    ],
)
def test_a_table_that_only_arranges_is_its_contents(read, body):
    assert not any(isinstance(block, Table) for block in read(body).blocks)


def test_a_caption_belongs_to_its_table(read):
    styles = style("Caption") + style("Table", parent="Caption")
    body = p("Table 1: costs", "Table") + table(row(cell(p("a")), cell(p("b"))))

    document = read(body + p("text"), styles=styles)

    assert plain(the(document, Table).caption) == "Table 1: costs"
    assert texts(document) == ["text"]


def master(header, footer="", name="Standard"):
    return (
        f'<style:master-page style:name="{name}"><style:header>{header}</style:header>'
        f"<style:footer>{footer}</style:footer></style:master-page>"
    )


def test_running_lines_stand_once_when_they_say_more_than_the_page(read):
    number = "<text:page-number>1</text:page-number>"
    masters = (
        master(p("ACME"), p(f"Page {number} of <text:page-count>3</text:page-count>"))
        + master(p("ACME"), p(f"Confidential until June 2027, {number}"), "Used")
        + master(p("Nobody sees this"), name="Unused")
    )
    used = style("P1", style__master_page_name="Used")

    document = read(p("text", "P1"), masters=masters, automatic=used)

    assert texts(document) == ["ACME", "text", "Confidential until June 2027, 1"]


@pytest.mark.parametrize(
    ("style_name", "is_title_of_table"),
    [("Table", True), ("TableCaption", True), ("Caption", True), ("Illustration", False)],
)
def test_a_caption_belongs_to_what_its_style_names(read, style_name, is_title_of_table):
    styles = style("Caption") + style("Illustration", parent="Caption")

    document = read(table(row(cell(p("a")), cell(p("b")))) + p("words", style_name), styles=styles)

    assert bool(the(document, Table).caption) == is_title_of_table


def test_styles_that_a_file_only_names_are_known(read):
    document = read(p("Report", "Title") + p("Part", "Heading_20_1") + p("", "Horizontal_20_Line"))

    assert [type(block) for block in document.blocks] == [Heading, Heading, Rule]
    assert [block.level for block in document.blocks[:2]] == [1, 2]


def test_the_bare_text_holds_what_people_see(tmp_path):
    body = (
        f"<text:tracked-changes>{p('deleted')}</text:tracked-changes>"
        + p("one<text:tab/>two<office:annotation><text:p>aside</text:p></office:annotation> three")
        + f'<text:section text:display="none">{p("hidden")}</text:section>'
        + p('x<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>n'
            "</text:p></text:note-body></text:note>")
    )  # fmt: skip

    assert read_odt(tmp_path / "a.odt", body).source_text.split() == ["one", "two", "three", "xn"]


def test_title_and_language_are_those_of_the_file(read):
    document = read(p("x"), meta="<dc:title>My report</dc:title><dc:language>de-DE</dc:language>")

    assert (document.title, document.language) == ("My report", "de-DE")


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("<text:section>" * 1500 + p("deep") + "</text:section>" * 1500, id="sections"),
        pytest.param(
            "<text:list><text:list-item>" * 900 + p("deep") + "</text:list-item></text:list>" * 900,
            id="lists",
        ),
        pytest.param(
            f"<text:p>{'<text:span>' * 1500}deep{'</text:span>' * 1500}</text:p>", id="spans"
        ),
        pytest.param(
            "<table:table><table:table-row><table:table-cell>" * 400 + p("deep")
            + "</table:table-cell></table:table-row></table:table>" * 400,
            id="tables",
        ),
        pytest.param("<draw:g>" * 1500 + p("deep") + "</draw:g>" * 1500, id="groups"),
    ],
)  # fmt: skip
def test_text_is_kept_when_it_lies_very_deep(read, body):
    assert texts(read(body)) == ["deep"]


def test_counts_that_nobody_means_do_no_harm(read):
    many = "9" * 30
    spans = f'table:number-columns-spanned="{many}" table:number-rows-spanned="{many}"'
    body = table(
        row(cell(p("a"), spans), cell("")),
        row(cell(p("b"), f'table:number-columns-repeated="{many}"')),
        f'<table:table-row table:number-rows-repeated="{many}">{cell("")}</table:table-row>',
    ) + p(f'x<text:s text:c="{many}"/>y') + h("z", 1, f'text:start-value="{many}"')  # fmt: skip

    block = the(read(body), Table)

    assert block.rows[0][0].row_span == block.rows[0][0].column_span == 1000
    assert sum(map(len, block.rows)) < 1000


@pytest.mark.parametrize("ocr", [True, False])
def test_pictures_are_read_when_there_is_hardly_any_text(tmp_path, ocr):
    body = p('<draw:frame><draw:image xlink:href="Pictures/a.png"/></draw:frame>')
    picture = SAMPLES["picture.png"].path.read_bytes()
    path = odf_file(tmp_path / "a.odt", body, parts={"Pictures/a.png": picture})

    reading = opendocument.read(
        path, "a.odt", ConversionOptions(ocr_enabled=ocr), lambda *stage: None, format_name="odt"
    )

    assert bool(reading.document.text()) == ocr
    assert reading.unread != ocr
    assert reading.engine == ("opendocument+tesseract" if ocr else "opendocument")


def test_a_file_without_text_is_refused(tmp_path):
    path = odf_file(tmp_path / "a.odt", "", kind="spreadsheet")

    with Package.open(path) as package, pytest.raises(errors.EngineError):
        read_text(package)
