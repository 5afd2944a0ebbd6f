"""OpenDocument texts: what people see in LibreOffice stands in the blocks, once, in its order."""

import io

import pytest
from PIL import Image

from documents.conversion import ConversionOptions, errors
from documents.conversion.document import (
    Code,
    Formula,
    Heading,
    ListItem,
    Note,
    Paragraph,
    Picture,
    Rule,
    Table,
    plain,
)
from documents.conversion.ocr import Reading as OcrReading
from documents.conversion.readers import embedded_pictures, opendocument
from documents.conversion.readers.opendocument import read_text
from documents.conversion.readers.packages import Package
from tests.conversion.odf_files import (
    cell,
    characters,
    h,
    items,
    level,
    list_style,
    odf_file,
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


def grid(block):
    return [[plain(cell.spans) for cell in line] for line in block.rows]


def markers(document):
    return [b.marker for b in document.blocks if isinstance(b, ListItem)]


def the(document, kind):
    (block,) = [block for block in document.blocks if isinstance(block, kind)]
    return block


# --- headings and lists ---------------------------------------------------------------------------


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


# --- text -----------------------------------------------------------------------------------------


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


# --- frames, formulas, controls -------------------------------------------------------------------


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


# --- tables ---------------------------------------------------------------------------------------


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


# --- the whole file -------------------------------------------------------------------------------


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

    assert texts(document, "header") == ["ACME"]
    assert texts(document, "footer") == ["Confidential until June 2027, 1"]


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


@pytest.mark.parametrize(("ocr", "words", "unread"), [(True, "seen", False), (False, "", True)])
def test_pictures_are_read_when_there_is_hardly_any_text(tmp_path, monkeypatch, ocr, words, unread):
    body = p('<draw:frame><draw:image xlink:href="Pictures/a.png"/></draw:frame>')
    path = odf_file(tmp_path / "a.odt", body, parts={"Pictures/a.png": png()})
    seen = OcrReading(blocks=["seen"], confidence=0.9)
    monkeypatch.setattr(embedded_pictures, "read_frame", lambda frame, options: seen)

    reading = opendocument.read(
        path, "a.odt", ConversionOptions(ocr_enabled=ocr), lambda *stage: None, format_name="odt"
    )

    assert (reading.document.text(), reading.unread) == (words, unread)
    assert reading.engine == ("opendocument+tesseract" if ocr else "opendocument")


def png():
    data = io.BytesIO()
    Image.new("RGB", (8, 8)).save(data, "PNG")
    return data.getvalue()


def test_a_file_without_text_is_refused(tmp_path):
    path = odf_file(tmp_path / "a.odt", "", kind="spreadsheet")

    with Package.open(path) as package, pytest.raises(errors.EngineError):
        read_text(package)
