"""Presentations of PowerPoint: tables, charts, notes and what else stands on or under a slide."""

import zipfile

import pytest
from lxml import etree
from pptx.chart.data import CategoryChartData, XyChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Pt

from documents.conversion.document import (
    Picture,
    Table,
    plain,
)
from documents.conversion.readers.charts import chart_table, shown
from tests.conversion.slide_files import (
    TITLE_ONLY,
    add_slide,
    add_text,
    add_xml,
    presentation,
    read_file,
    read_slides,
)


@pytest.fixture
def slides():
    return presentation()


@pytest.fixture
def read(slides, tmp_path):
    return lambda: read_slides(slides, tmp_path / "slides.pptx")


def texts(document, part="body"):
    return [plain(b.spans) for b in document.blocks if hasattr(b, "spans") and b.part == part]


def grid(table):
    return [[plain(cell.spans) for cell in row] for row in table.rows]


def the(document, kind):
    (block,) = [block for block in document.blocks if isinstance(block, kind)]
    return block


def paragraphs(shape, *markups):
    """Replace the paragraphs of a shape."""
    body = shape.text_frame._txBody
    for old in list(shape.text_frame.paragraphs):
        body.remove(old._p)
    return [add_xml(body, f"<a:p>{markup}</a:p>") for markup in markups]


def text(words, properties=""):
    return f"{properties}<a:r><a:t>{words}</a:t></a:r>"


def test_merged_cells_keep_their_spans(slides, read):
    frame = add_slide(slides).shapes.add_table(3, 3, 0, 0, Pt(300), Pt(90))
    table = frame.table
    for row, words in enumerate(
        (("Item", "Costs", ""), ("", "Spring", "Autumn"), ("Rent", "900", "950"))
    ):
        for column, word in enumerate(words):
            table.cell(row, column).text = word
    table.cell(0, 1).merge(table.cell(0, 2))
    table.cell(0, 0).merge(table.cell(1, 0))

    block = the(read(), Table)

    assert [[(c.row_span, c.column_span) for c in row] for row in block.rows] == [
        [(2, 1), (1, 2)],
        [(1, 1), (1, 1)],
        [(1, 1), (1, 1), (1, 1)],
    ]
    assert block.header_rows == 2


def test_a_table_of_one_column_is_its_contents(slides, read):
    table = add_slide(slides).shapes.add_table(2, 1, 0, 0, Pt(300), Pt(90)).table
    table.cell(0, 0).text, table.cell(1, 0).text = "one", "two"

    assert texts(read()) == ["one", "two"]


def test_a_chart_is_the_table_of_its_data(slides, read):
    data = CategoryChartData(number_format="0%")
    data.categories = ["Q1", "Q2"]
    data.add_series("Hamburg", (0.5, 0.25))
    data.add_series("Lyon", (None, 1))
    chart = (
        add_slide(slides)
        .shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, 0, 0, Pt(300), Pt(200), data)
        .chart
    )
    chart.has_title = True
    chart.chart_title.text_frame.text = "Share"

    block = the(read(), Table)

    assert plain(block.caption) == "Share"
    assert grid(block) == [["", "Hamburg", "Lyon"], ["Q1", "50%", ""], ["Q2", "25%", "100%"]]


def test_a_scatter_chart_lists_the_points_of_each_series(slides, read):
    data = XyChartData()
    for name, points in (("a", ((1, 2), (3, 4.5))), ("b", ((7, 8),))):
        series = data.add_series(name)
        for x, y in points:
            series.add_data_point(x, y)
    add_slide(slides).shapes.add_chart(XL_CHART_TYPE.XY_SCATTER, 0, 0, Pt(300), Pt(200), data)

    assert grid(the(read(), Table))[1:] == [["a", "1", "2"], ["a", "3", "4.5"], ["b", "7", "8"]]


def test_a_chart_of_a_newer_kind_is_the_table_of_its_data():
    levels = '<lvl><pt idx="0">Q1</pt><pt idx="1">Q2</pt></lvl>'
    numbers = '<lvl formatCode="0%"><pt idx="0">0.5</pt><pt idx="1">0.25</pt></lvl>'
    chart = etree.fromstring(
        '<chartSpace xmlns="http://schemas.microsoft.com/office/drawing/2014/chartex"><chartData>'
        f'<data id="0"><strDim type="cat">{levels}</strDim><numDim>{numbers}</numDim></data>'
        "</chartData><chart><plotArea><plotAreaRegion><series><tx><txData><v>Share</v></txData>"
        '</tx><dataId val="0"/></series></plotAreaRegion></plotArea></chart></chartSpace>'
    )

    assert grid(chart_table(chart)) == [["", "Share"], ["Q1", "50%"], ["Q2", "25%"]]


@pytest.mark.parametrize(
    ("number", "code", "words"),
    [
        ("0.30000000000000004", "General", "0.3"),
        ("1234.5", "#,##0.00", "1,234.50"),
        ("46096", "m/d/yyyy", "2026-03-15"),
        ("46096.5", "yyyy-mm-dd hh:mm", "2026-03-15 12:00"),
        ("7", '0" days"', "7"),
        ("n/a", "0%", "n/a"),
        ("1e999", "0%", "1e999"),
    ],
)
def test_numbers_of_charts_stand_as_they_are_shown(number, code, words):
    assert shown(number, code) == words


def test_a_diagram_is_a_nested_list(slides, tmp_path):
    slide = add_slide(slides)
    add_xml(
        slide.shapes._spTree,
        '<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr id="9" name="d"/></p:nvGraphicFramePr>'
        '<p:xfrm><a:off x="0" y="0"/><a:ext cx="10" cy="10"/></p:xfrm><a:graphic><a:graphicData'
        ' uri="http://schemas.openxmlformats.org/drawingml/2006/diagram"><d:relIds'
        ' xmlns:d="http://schemas.openxmlformats.org/drawingml/2006/diagram" r:dm="rId77"/>'
        "</a:graphicData></a:graphic></p:graphicFrame>",
    )
    points = "".join(
        f'<pt modelId="{name}"><t><a:p><a:r><a:t>{words}</a:t></a:r></a:p></t></pt>'
        for name, words in (("2", "second"), ("1", "first"), ("3", "below first"))
    )
    model = (
        '<dataModel xmlns="http://schemas.openxmlformats.org/drawingml/2006/diagram"'
        ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><ptLst>'
        f'<pt modelId="0" type="doc"/>{points}</ptLst><cxnLst>'
        '<cxn srcId="0" destId="1" srcOrd="0"/><cxn srcId="0" destId="2" srcOrd="1"/>'
        '<cxn srcId="1" destId="3" srcOrd="0"/><cxn srcId="3" destId="1" srcOrd="0"/>'
        "</cxnLst></dataModel>"
    )
    path = with_relation(slides, tmp_path, "diagramData", "../diagrams/data1.xml", model)

    items = read_file(path).document.blocks

    assert [(plain(i.spans), i.depth) for i in items] == [
        ("first", 0),
        ("below first", 1),
        ("second", 0),
    ]


def with_relation(slides, folder, kind, target, part):
    """The file, its first slide related to a new part by rId77."""
    plain_path, path = folder / "plain.pptx", folder / "slides.pptx"
    slides.save(str(plain_path))
    base = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    entry = f'<Relationship Id="rId77" Type="{base}/{kind}" Target="{target}"/></Relationships>'
    with zipfile.ZipFile(plain_path) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "ppt/slides/_rels/slide1.xml.rels":
                data = data.replace(b"</Relationships>", entry.encode())
            new.writestr(name, data)
        new.writestr(f"ppt/{target.removeprefix('../')}", part)
    return path


def test_speaker_notes_stand_under_their_slide(slides, read):
    slide = add_slide(slides, TITLE_ONLY)
    slide.shapes.title.text_frame.text = "Pumps"
    slide.notes_slide.notes_text_frame.text = "Mention the warranty."
    add_slide(slides)

    document = read()

    assert texts(document, "speaker_notes") == ["Mention the warranty."]
    assert [block.page for block in document.blocks] == [1, 1]


def test_a_hidden_slide_is_kept_apart_with_a_word(slides, read):
    add_text(add_slide(slides), "shown", 0, 0)
    hidden = add_slide(slides)
    add_text(hidden, "secret", 0, 0)
    hidden._element.set("show", "0")

    document = read()

    assert texts(document) == ["shown"]
    assert texts(document, "hidden") == ["secret"]
    assert document.warnings == ["1 hidden slide was left out: 2."]


def test_a_hidden_shape_is_kept_apart_with_a_word(slides, read):
    box = add_text(add_slide(slides), "secret", 0, 0)
    box._element.nvSpPr.cNvPr.set("hidden", "1")

    document = read()

    assert texts(document, "hidden") == ["secret"]
    assert document.warnings == ["1 hidden shape was left out."]


def test_comments_are_kept_apart_with_a_word(slides, tmp_path):
    add_slide(slides)
    comments = (
        '<p:cmLst xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main">'
        '<p:cm authorId="0"><p:text>Ask Ben first</p:text></p:cm></p:cmLst>'
    )
    path = with_relation(slides, tmp_path, "comments", "../comments/comment1.xml", comments)

    document = read_file(path).document

    assert texts(document, "comment") == ["Ask Ben first"]
    assert document.warnings == ["1 comment was left out."]


def test_footers_and_slide_numbers_are_no_part_of_the_body(slides, read):
    slide = add_slide(slides)
    for kind, words in (("ftr", "ACME"), ("sldNum", "7"), ("dt", "1 May")):
        box = add_text(slide, words, 0, 500)
        add_xml(
            box._element.nvSpPr.nvPr, f'<p:ph type="{kind}" idx="99"/>'.replace("/>", "></p:ph>")
        )

    document = read()

    assert texts(document) == []
    assert texts(document, "footer") == ["ACME", "7", "1 May"]


@pytest.mark.parametrize(
    ("description", "kept"),
    [("A worn gasket", ["A worn gasket"]), ("photo.png", []), ("", [])],
)
def test_a_picture_is_what_somebody_says_about_it(slides, read, tmp_path, description, kept):
    from PIL import Image

    picture = tmp_path / "p.png"
    Image.new("RGB", (8, 8)).save(picture)
    shape = add_slide(slides).shapes.add_picture(str(picture), 0, 0)
    shape._element.nvPicPr.cNvPr.set("descr", description)

    assert [b.description for b in read().blocks if isinstance(b, Picture)] == kept


def test_what_is_embedded_is_named_with_a_word(slides, read):
    add_xml(
        add_slide(slides).shapes._spTree,
        '<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr id="9" name="o"/></p:nvGraphicFramePr>'
        '<p:xfrm/><a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/presentationml/'
        '2006/ole"><p:oleObj name="Worksheet" progId="Excel.Sheet.12"/></a:graphicData></a:graphic>'
        "</p:graphicFrame>",
    )

    document = read()

    assert the(document, Picture).description == "Embedded object: Worksheet"
    assert document.warnings == ["1 embedded object was not read."]
