"""OpenDocument texts: what people see in LibreOffice stands in the blocks, once, in its order."""

import pytest

from documents.conversion.document import (
    Code,
    Formula,
    ListItem,
    Note,
    Picture,
    Table,
    plain,
)
from tests.conversion.odf_files import (
    cell,
    characters,
    p,
    read_odt,
    row,
    style,
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


def test_words_stay_apart_at_tabs_spaces_and_line_breaks(read):
    body = p('Name<text:tab/>Ada<text:s text:c="3"/>Lund<text:line-break/>  Second\n line')

    assert texts(read(body)) == ["Name Ada Lund\nSecond line"]


def test_runs_keep_the_style_of_their_chain(read):
    automatic = style("T1", "text", "Strong") + style(
        "T2", "text", properties=characters('style:text-position="super 58%"')
    )
    strong = style("Strong", "text", properties=characters('fo:font-weight="bold"'))
    body = p(
        '<text:span text:style-name="T1">b</text:span><text:span text:style-name="T2">2</text:span>'
        '<text:a xlink:href="https://example.org/">there</text:a>'
        '<text:a xlink:href="#x">here</text:a>'
    )

    bold, raised, link, inner = read(body, styles=strong, automatic=automatic).blocks[0].spans

    assert bold.bold
    assert raised.raised
    assert link.link == "https://example.org/"
    assert inner.link is None


@pytest.mark.parametrize(
    ("position", "raised", "lowered"),
    [("33% 58%", True, False), ("-8% 80%", False, True), ("sub", False, True), ("0% 100%", 0, 0)],
)
def test_text_is_raised_or_lowered_by_its_position(read, position, raised, lowered):
    look = style("T1", "text", properties=characters(f'style:text-position="{position}"'))

    (span,) = (
        read(p('<text:span text:style-name="T1">x</text:span>'), automatic=look).blocks[0].spans
    )

    assert (span.raised, span.lowered) == (raised, lowered)


def test_styles_end_when_they_are_based_on_themselves(read):
    automatic = style("A", "text", "B") + style("B", "text", "A")

    assert texts(read(p('<text:span text:style-name="A">x</text:span>'), automatic=automatic)) == [
        "x"
    ]


def test_text_is_as_accepted_when_changes_are_recorded(read):
    body = (
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>50 </text:p>"
        "</text:deletion></text:changed-region><text:changed-region><text:insertion/>"
        "</text:changed-region></text:tracked-changes>"
        + p('The fee is <text:change text:change-id="a"/><text:change-start/>60<text:change-end/>.')
    )

    document = read(body)

    assert texts(document) == ["The fee is 60."]
    assert document.warnings == [
        "The document holds recorded changes (1 insertions, 1 deletions):"
        " it was read as if all were accepted."
    ]


def test_comments_are_kept_apart_with_a_word(read):
    document = read(
        p(
            "Guests<office:annotation><dc:creator>Eva</dc:creator><text:p>Ask Ben</text:p>"
            "</office:annotation> may<office:annotation-end/> stay"
        )
    )

    assert texts(document) == ["Guests may stay"]
    assert texts(document, "comment") == ["Eva: Ask Ben"]
    assert document.warnings == ["1 comment was left out."]


def test_notes_are_called_where_they_belong(read):
    note = (
        '<text:note text:note-class="{}note"><text:note-citation>{}</text:note-citation>'
        "<text:note-body><text:p>{}</text:p></text:note-body></text:note>"
    )
    body = p(f"a{note.format('foot', 1, 'below')}b{note.format('end', 'i', 'behind')}")

    document = read(body)

    assert [span.note for span in document.blocks[0].spans] == [None, "1", None, "i"]
    assert [(b.label, plain(b.spans)) for b in document.blocks if isinstance(b, Note)] == [
        ("1", "below"), ("i", "behind")
    ]  # fmt: skip


@pytest.mark.parametrize(
    "body",
    [
        p('<text:span text:style-name="H">x</text:span>'),
        p("x", "H"),
        f'<text:section text:display="none">{p("x")}</text:section>',
        p('<text:hidden-text text:is-hidden="true">x</text:hidden-text>'),
        p('x<text:hidden-paragraph text:is-hidden="true"/>'),
    ],
)
def test_hidden_text_is_left_out_with_a_word(read, body):
    properties = characters('text:display="none"')
    automatic = style("H", "text", properties=properties) + style("H", properties=properties)

    document = read(p("shown") + body, automatic=automatic)

    assert texts(document) == ["shown"]
    assert document.warnings == ["Text that is marked as hidden was left out."]


def test_paragraphs_of_fixed_letters_are_one_piece_of_code(read):
    mono = style("P1", properties=characters('fo:font-family="Courier New"'))
    body = p("def f():", "P1") + p('<text:s text:c="4"/>return 1', "P1") + p("") + p("done")

    document = read(body, automatic=mono)

    assert the(document, Code).text == "def f():\n    return 1"
    assert texts(document) == ["done"]


def test_a_quotation_is_quoted(read):
    assert read(p("words", "Quotations"), styles=style("Quotations")).blocks[0].quoted == 1


def frame(content):
    return f'<draw:frame draw:name="F">{content}</draw:frame>'


def test_a_text_box_follows_the_paragraph_it_is_anchored_in(read):
    box = frame(f"<draw:text-box>{p('Opening hours')}</draw:text-box>")

    assert texts(read(p(f"Before {box}after"))) == ["Before after", "Opening hours"]


def test_a_picture_is_what_somebody_says_about_it_with_its_caption(read):
    picture = frame('<draw:image xlink:href="Pictures/a.png"/><svg:desc>A gasket</svg:desc>')
    styles = style("Caption") + style("Illustration", parent="Caption")

    document = read(p(f"{picture}Fig. 1: worn", "Illustration"), styles=styles)

    (block,) = document.blocks
    assert isinstance(block, Picture)
    assert (block.description, plain(block.caption)) == ("A gasket", "Fig. 1: worn")


def test_a_formula_is_latex_in_its_line_or_by_itself(read):
    formula = frame('<draw:object xlink:href="./Object 1"/>')
    mathml = (
        '<math xmlns="http://www.w3.org/1998/Math/MathML"><semantics><mrow><mi>a</mi><mo>+</mo>'
        '<mi>b</mi></mrow><annotation encoding="StarMath 5.0">a + b</annotation></semantics>'
        "</math>"
    )

    document = read(p(f"so {formula}.") + p(formula), parts={"Object 1/content.xml": mathml})

    assert [s.text for s in document.blocks[0].spans if s.formula] == ["a+b"]
    assert the(document, Formula).text == "a+b"


def test_a_chart_is_the_table_of_its_data(read):
    rows = row(cell(""), cell(p("Lyon"))) + row(cell(p("Q1")), cell(p("80")))
    chart = (
        f"<chart:chart><chart:title>{p('Units')}</chart:title>"
        f"<table:table><table:table-rows>{rows}</table:table-rows></table:table></chart:chart>"
    )
    parts = {
        "Object 1/content.xml": '<?xml version="1.0"?>'
        + odf_part(f"<office:body><office:chart>{chart}</office:chart></office:body>")
    }

    block = the(read(p(frame('<draw:object xlink:href="./Object 1"/>')), parts=parts), Table)

    assert plain(block.caption) == "Units"
    assert grid(block) == [["", "Lyon"], ["Q1", "80"]]


def odf_part(markup):
    from tests.conversion.odf_files import part

    return part("document-content", markup).removeprefix('<?xml version="1.0"?>')


@pytest.mark.parametrize(
    ("control", "shown"),
    [
        (
            '<form:checkbox form:id="c" form:label="Vegan" form:current-state="checked"/>',
            "Vegan",
        ),
        ('<form:text form:id="c" form:current-value="Ada"/>', "Ada"),
        (
            '<form:listbox form:id="c"><form:option form:label="Oslo"/>'
            '<form:option form:label="Rome" form:current-selected="true"/></form:listbox>',
            "Rome",
        ),
    ],
)
def test_controls_show_what_was_entered(read, control, shown):
    body = f"<office:forms><form:form>{control}</form:form></office:forms>" + p(
        '<draw:control draw:control="c"/>'
    )

    (block,) = read(body).blocks

    assert plain(block.spans) == shown
    assert getattr(block, "checked", None) in {True, None}


@pytest.mark.parametrize(
    ("box", "checked"),
    [
        ("☐ Vegan", False),
        (
            '<loext:content-control loext:checkbox="true" loext:checked="true">☒'
            "</loext:content-control> Vegan",
            True,
        ),
        (
            '<field:fieldmark field:type="vnd.oasis.opendocument.field.FORMCHECKBOX"><field:param'
            ' field:name="Checkbox_Checked" field:value="true"/></field:fieldmark> Vegan',
            True,
        ),
    ],
)  # fmt: skip
def test_a_paragraph_that_begins_with_a_box_is_an_item_with_its_state(read, box, checked):
    item = the(read(p(box)), ListItem)

    assert (plain(item.spans), item.checked) == ("Vegan", checked)
