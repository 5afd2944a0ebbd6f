"""OpenDocument presentations: what people see on a slide stands in the blocks, once, in order."""

import pytest

from documents.conversion import errors
from documents.conversion.document import Heading, ListItem, Picture, Table, plain
from documents.conversion.readers.odp import read_presentation
from documents.conversion.readers.packages import Package
from tests.conversion.odf_files import (
    cell,
    items,
    list_style,
    odf_file,
    p,
    read_odp,
    row,
    style,
    table,
)

BULLETS = list_style('<text:list-level-style-bullet text:level="1" text:bullet-char="•"/>')
PAGE_LAYOUT = (
    '<style:page-layout style:name="PM"><style:page-layout-properties fo:page-width="10in"'
    ' fo:page-height="7.5in"/></style:page-layout>'
)
MASTER = '<style:master-page style:name="M" style:page-layout-name="PM"/>'


@pytest.fixture
def read(tmp_path):
    return lambda body, **parts: read_odp(tmp_path / "file.odp", body, **parts).document


def page(content, attributes=""):
    return f'<draw:page draw:master-page-name="M" {attributes}>{content}</draw:page>'


def shape(content, left=0, top=0, attributes=""):
    return (
        f'<draw:frame svg:x="{left}pt" svg:y="{top}pt" svg:width="200pt" svg:height="40pt"'
        f" {attributes}><draw:text-box>{content}</draw:text-box></draw:frame>"
    )


def placeholder(kind, content, left=0, top=0):
    return shape(content, left, top, f'presentation:class="{kind}"')


def drawing_page(name, attributes):
    properties = f"<style:drawing-page-properties {attributes}/>"
    return style(name, "drawing-page", properties=properties)


def texts(document, part="body"):
    return [plain(b.spans) for b in document.blocks if hasattr(b, "spans") and b.part == part]


def test_every_slide_is_a_page_of_its_size(read):
    document = read(page("") + page(""), page_layouts=PAGE_LAYOUT, masters=MASTER)

    assert [(page.number, page.width, page.height) for page in document.pages] == [
        (1, 720, 540), (2, 720, 540)
    ]  # fmt: skip


def test_the_title_comes_first_and_a_prompt_says_nothing(read):
    prompt = shape(p("Click to add text"), attributes='presentation:placeholder="true"')
    body = page(shape(p("above")) + prompt + placeholder("title", p("Pump") + p("repair"), 0, 50))

    document = read(body)

    assert texts(document) == ["Pump repair", "above"]
    assert isinstance(document.blocks[0], Heading)


def test_titles_lie_below_that_of_a_title_slide(read):
    first = placeholder("title", p("All about pumps")) + placeholder("subtitle", p("2026"), 0, 50)

    document = read(page(first) + page(placeholder("title", p("Repair"))))

    assert [b.level for b in document.blocks if isinstance(b, Heading)] == [1, 2]


def test_columns_are_read_one_after_the_other_when_stored_across(read):
    body = page(
        shape(p("After"), 400, 100) + shape(p("Before"), 50, 100)
        + shape(p("quiet"), 400, 150) + shape(p("loud"), 50, 150)
    )  # fmt: skip

    assert texts(read(body)) == ["Before", "loud", "After", "quiet"]


def test_members_of_a_group_stand_together(read):
    group = f"<draw:g>{shape(p('right'), 300, 0)}{shape(p('left'), 0, 0)}</draw:g>"

    assert texts(read(page(shape(p("below"), 0, 200) + group))) == ["left", "right", "below"]


def test_a_turned_shape_stands_where_it_was_moved_to(read):
    turned = (
        '<draw:custom-shape svg:width="20pt" svg:height="20pt"'
        f' draw:transform="rotate (1.57) translate (50pt 300pt)">{p("low")}</draw:custom-shape>'
    )

    assert texts(read(page(turned + shape(p("high"), 0, 0)))) == ["high", "low"]


def test_an_outline_is_a_list(read):
    inner = items(p("gasket"))
    body = page(placeholder("outline", items(p("Order parts") + inner, p("Book the crane"))))

    document = read(body, automatic=BULLETS)

    assert [(plain(b.spans), b.depth) for b in document.blocks if isinstance(b, ListItem)] == [
        ("Order parts", 0), ("gasket", 1), ("Book the crane", 0)
    ]  # fmt: skip


def test_a_paragraph_without_numbering_is_no_item(read):
    off = style("P1", properties='<style:paragraph-properties text:enable-numbering="false"/>')

    document = read(page(shape(items(p("plain", "P1")))), automatic=BULLETS + off)

    assert not isinstance(document.blocks[0], ListItem)


def test_a_table_stands_in_its_frame(read):
    rows = table(row(cell(p("Rent")), cell(p("900"))), row(cell(p("Heat")), cell(p("95"))))
    frame = f'<draw:frame svg:x="10pt" svg:y="20pt">{rows}<draw:image/></draw:frame>'

    (block,) = read(page(frame)).blocks

    assert isinstance(block, Table)
    assert (block.box.left, block.box.top) == (10, 20)


def test_a_picture_is_what_somebody_says_about_it(read):
    frame = "<draw:frame><draw:image/><svg:title>A worn gasket</svg:title></draw:frame>"

    (block,) = read(page(frame)).blocks

    assert isinstance(block, Picture)
    assert block.description == "A worn gasket"


def test_speaker_notes_stand_under_their_slide(read):
    thumbnail = '<draw:page-thumbnail presentation:class="page"/>'
    notes = placeholder("notes", p("Mention the warranty."))
    body = page(
        placeholder("title", p("Pumps"))
        + f"<presentation:notes>{thumbnail}{notes}</presentation:notes>"
    )

    document = read(body + page(""))

    assert texts(document, "speaker_notes") == ["Mention the warranty."]
    assert [block.page for block in document.blocks] == [1, 1]


def test_a_hidden_slide_is_kept_apart_with_a_word(read):
    hidden = drawing_page("dp1", 'presentation:visibility="hidden"')
    body = page(shape(p("shown"))) + page(shape(p("secret")), 'draw:style-name="dp1"')

    document = read(body, automatic=hidden)

    assert texts(document) == ["shown"]
    assert texts(document, "hidden") == ["secret"]
    assert document.warnings == ["1 hidden slide was left out: 2."]


def test_comments_are_kept_apart_with_a_word(read):
    comment = f"<office:annotation><dc:creator>Eva</dc:creator>{p('Ask Ben')}</office:annotation>"

    document = read(page(shape(p("shown")) + comment))

    assert texts(document, "comment") == ["Eva: Ask Ben"]
    assert document.warnings == ["1 comment was left out."]


@pytest.mark.parametrize(("shown", "lines"), [("true", ["ACME"]), ("false", [])])
def test_a_footer_is_no_part_of_the_body(read, shown, lines):
    declared = '<presentation:footer-decl presentation:name="f">ACME</presentation:footer-decl>'
    automatic = drawing_page("dp1", f'presentation:display-footer="{shown}"')
    slide = page("", 'draw:style-name="dp1" presentation:use-footer-name="f"')

    document = read(declared + slide, automatic=automatic)

    assert texts(document) == []
    assert texts(document, "footer") == lines


def test_text_is_kept_when_groups_lie_very_deep_in_each_other(read):
    assert texts(read(page("<draw:g>" * 1500 + shape(p("deep")) + "</draw:g>" * 1500))) == ["deep"]


def test_lengths_that_nobody_means_do_no_harm(read):
    frame = f'<draw:frame svg:x="{"9" * 400}pt" svg:y="nonsense"><draw:text-box>{p("x")}'

    assert texts(read(page(f"{frame}</draw:text-box></draw:frame>"))) == ["x"]


def test_a_file_without_slides_is_refused(tmp_path):
    path = odf_file(tmp_path / "a.odp", "", kind="text")

    with Package.open(path) as package, pytest.raises(errors.EngineError):
        read_presentation(package)
