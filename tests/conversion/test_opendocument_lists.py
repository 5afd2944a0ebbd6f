"""OpenDocument texts: headings and lists show the numbers that LibreOffice shows."""

import pytest

from documents.conversion.document import (
    Heading,
    ListItem,
    Paragraph,
    Table,
    plain,
)
from tests.conversion.odf_files import (
    cell,
    h,
    items,
    level,
    list_style,
    p,
    read_odt,
    row,
    style,
    table,
)

DECIMAL = 'style:num-suffix="."'
CLAUSES = list_style(
    level(1, "1", DECIMAL),
    level(2, "1", 'text:display-levels="2"'),
    level(3, "a", 'style:num-prefix="(" style:num-suffix=")"'),
)
OUTLINE = (
    '<text:outline-style style:name="Outline">'
    '<text:outline-level-style text:level="1" style:num-format="I" style:num-suffix="."/>'
    '<text:outline-level-style text:level="2" style:num-format="1" text:display-levels="2"/>'
    "</text:outline-style>"
)


@pytest.fixture
def read(tmp_path):
    return lambda body, **parts: read_odt(tmp_path / "file.odt", body, **parts).document


def texts(document, part="body"):
    return [plain(b.spans) for b in document.blocks if hasattr(b, "spans") and b.part == part]


def markers(document):
    return [b.marker for b in document.blocks if isinstance(b, ListItem)]


def the(document, kind):
    (block,) = [block for block in document.blocks if isinstance(block, kind)]
    return block


def test_headings_show_the_numbers_of_the_outline(read):
    body = h("Scope") + h("Parties", 2) + h("Terms", 2) + h("Law") + h("Court", 2)

    document = read(body, styles=OUTLINE)

    assert texts(document) == ["I. Scope", "I.1 Parties", "I.2 Terms", "II. Law", "II.1 Court"]
    assert [block.level for block in document.blocks] == [1, 2, 2, 1, 2]


@pytest.mark.parametrize(
    ("heading", "number"),
    [
        pytest.param(h("x", 1, 'text:is-list-header="true"'), "x", id="header without a number"),
        pytest.param(h("x", 1, 'text:style-name="Off"'), "x", id="style without a list"),
        pytest.param(
            h("x", 1, 'text:restart-numbering="true" text:start-value="7"'), "VII. x", id="restart"
        ),
        pytest.param(h("", 1) + h("x", 1), "III. x", id="empty heading that counts"),
    ],
)
def test_a_heading_may_break_the_outline(read, heading, number):
    off = style("Off", style__list_style_name="")

    assert texts(read(h("Scope") + heading, styles=OUTLINE + off)) == ["I. Scope", number]


def test_headings_lie_below_the_title_and_are_known_by_their_style(read):
    styles = style("Title") + style("Heading_20_2", style__default_outline_level="2")

    document = read(p("Report", "Title") + p("Part", "Heading_20_2"), styles=styles)

    assert [(type(b), b.level) for b in document.blocks] == [(Heading, 1), (Heading, 3)]


def test_clauses_show_the_numbers_of_all_their_levels(read):
    inner = items(p("one"), p("two") + items(p("deep")))
    body = items(p("Scope"), p("Payment") + inner, p("Term"))

    document = read(body, automatic=CLAUSES)

    assert [(b.marker, b.depth) for b in document.blocks] == [
        ("1.", 0), ("2.", 0), ("2.1", 1), ("2.2", 1), ("(a)", 2), ("3.", 0)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("attributes", "number"),
    [
        ("", "1."),
        ('text:continue-numbering="true"', "3."),
        ('text:continue-list="first"', "3."),
    ],
)
def test_a_list_begins_again_unless_it_continues_another(read, attributes, number):
    first = items(p("a"), p("b"), attributes='xml:id="first"')
    body = first + p("between") + items(p("c"), attributes=attributes)

    assert markers(read(body, automatic=CLAUSES)) == ["1.", "2.", number]


def test_an_item_may_begin_at_its_own_number(read):
    body = (
        '<text:list text:style-name="L1"><text:list-item text:start-value="9"><text:p>a</text:p>'
        "</text:list-item><text:list-item><text:p>b</text:p></text:list-item></text:list>"
    )

    assert markers(read(body, automatic=CLAUSES)) == ["9.", "10."]


def test_a_list_that_begins_at_its_second_level_counts_the_first(read):
    body = items(items(p("wrapped")), p("then"))

    assert markers(read(body, automatic=CLAUSES)) == ["1.1", "2."]


@pytest.mark.parametrize(
    ("attributes", "marker"),
    [
        ('style:num-format="a" style:num-suffix=")"', "ab)"),
        ('style:num-format="A" style:num-letter-sync="true"', "BB"),
        ('style:num-format="i"', "xxviii"),
        ('style:num-format="1" loext:num-list-format="§ %1%:"', "§ 28:"),
    ],
)
def test_numbers_are_written_as_the_list_says(read, attributes, marker):
    levels = f'<text:list-level-style-number text:level="1" text:start-value="28" {attributes}/>'

    assert markers(read(items(p("x")), automatic=list_style(levels))) == [marker]


def test_bullets_are_items_and_levels_without_a_number_are_paragraphs(read):
    bullet = '<text:list-level-style-bullet text:level="1" text:bullet-char="•"/>'
    automatic = list_style(bullet) + list_style(level(1, ""), name="L2")

    document = read(items(p("a")) + items(p("b"), style="L2"), automatic=automatic)

    assert [type(block) for block in document.blocks] == [ListItem, Paragraph]


def test_what_else_an_item_holds_belongs_to_it(read):
    body = items(p("a") + p("more") + table(row(cell(p("1")), cell(p("2")))), p("b"))

    blocks = read(body, automatic=CLAUSES).blocks

    assert [(type(block), block.inside) for block in blocks] == [
        (ListItem, 0), (Paragraph, 1), (Table, 1), (ListItem, 0)
    ]  # fmt: skip


@pytest.mark.parametrize(("indent", "inside"), [("0.5in", 1), ("0in", 0)])
def test_a_paragraph_belongs_to_the_item_above_when_it_is_indented_like_it(read, indent, inside):
    properties = '<style:list-level-properties text:space-before="0.5in"/>'
    bullet = f'<text:list-level-style-bullet text:level="1">{properties}'
    margin = f'<style:paragraph-properties fo:margin-left="{indent}"/>'
    automatic = list_style(f"{bullet}</text:list-level-style-bullet>") + style(
        "P1", properties=margin
    )

    document = read(items(p("item")) + p("more", "P1"), automatic=automatic)

    assert [block.inside for block in document.blocks] == [0, inside]


def test_a_heading_inside_a_list_keeps_its_place_and_number(read):
    body = items(h("Scope") + items(p("clause"))) + items(
        h("Law"), attributes='text:continue-numbering="true"'
    )

    blocks = read(body, automatic=CLAUSES).blocks

    assert [(type(b), plain(b.spans)) for b in blocks] == [
        (Heading, "1. Scope"), (ListItem, "clause"), (Heading, "2. Law")
    ]  # fmt: skip


def test_another_list_lies_deeper_when_it_is_indented_more(read):
    def indented(name, points):
        properties = f'<style:list-level-properties text:space-before="{points}pt"/>'
        one = f'<text:list-level-style-bullet text:level="1">{properties}'
        return list_style(f"{one}</text:list-level-style-bullet>", name=name)

    body = items(p("a"), style="near") + items(p("b"), style="far") + items(p("c"), style="near")

    document = read(body, automatic=indented("near", 18) + indented("far", 36))

    assert [block.depth for block in document.blocks] == [0, 1, 0]


def test_a_table_of_contents_is_a_list(read):
    body = (
        "<text:table-of-content><text:index-body><text:index-title><text:p>Contents</text:p>"
        f"</text:index-title>{p('1 Scope<text:tab/>3', 'Contents_20_1')}"
        f"{p('1.1 Parties<text:tab/>4', 'P1')}</text:index-body></text:table-of-content>"
    )
    styles = style("Contents_20_1") + style("Contents_20_2")

    document = read(body, styles=styles, automatic=style("P1", parent="Contents_20_2"))

    assert texts(document) == ["Contents", "1 Scope 3", "1.1 Parties 4"]
    assert [b.depth for b in document.blocks if isinstance(b, ListItem)] == [0, 1]
