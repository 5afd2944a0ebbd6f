"""Word files: what people see in Word stands in the blocks, once, in its order."""

import pytest

from documents.conversion.document import (
    Code,
    Formula,
    Heading,
    ListItem,
    Note,
    Paragraph,
    Table,
    plain,
)
from documents.conversion.options import ConversionOptions
from documents.conversion.readers import word
from tests.conversion.word_files import SPACES, paragraph, word_file

NUMBERING = """
<w:abstractNum w:abstractNumId="0">
  <w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>
  <w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="(%2)"/>
  </w:lvl>
  <w:lvl w:ilvl="2"><w:start w:val="1"/><w:numFmt w:val="lowerRoman"/>
    <w:lvlText w:val="%1.%2.%3"/></w:lvl>
</w:abstractNum>
<w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/></w:lvl>
</w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>
<w:num w:numId="2"><w:abstractNumId w:val="0"/>
  <w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>
<w:num w:numId="3"><w:abstractNumId w:val="1"/></w:num>
"""


def item(text: str, number: int, level: int = 0, indent: int | None = None) -> str:
    left = "" if indent is None else f'<w:ind w:left="{indent}"/>'
    numbering = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>{left}'
    return paragraph(text, numbering)


def read_document(path):
    reading = word.read(path, path.name, ConversionOptions(), lambda *_: None, format_name="docx")
    return reading.document


@pytest.fixture
def read(tmp_path):
    def read(body: str, **parts):
        return read_document(word_file(tmp_path / "file.docx", body, **parts))

    return read


def texts(document):
    return [plain(block.spans) for block in document.blocks]


def test_numbers_stand_as_word_shows_them_when_levels_count_each_other(read):
    body = "".join([
        item("one", 1), item("a", 1, 1), item("b", 1, 1), item("i", 1, 2), item("two", 1),
        item("a again", 1, 1),
    ])  # fmt: skip
    blocks = read(body, numbering=NUMBERING).blocks
    assert [(b.marker, b.depth) for b in blocks] == [
        ("1.", 0), ("(a)", 1), ("(b)", 1), ("1.b.i", 2), ("2.", 0), ("(a)", 1)
    ]  # fmt: skip


def test_a_list_begins_again_when_it_overrides_its_start(read):
    body = item("one", 1) + item("two", 1) + paragraph("between") + item("first", 2)
    blocks = read(body, numbering=NUMBERING).blocks
    assert [b.marker for b in blocks if isinstance(b, ListItem)] == ["1.", "2.", "1."]


def test_a_list_goes_on_when_text_stands_between_its_items(read):
    body = item("one", 1) + paragraph("between") + item("two", 1)
    blocks = read(body, numbering=NUMBERING).blocks
    assert [b.marker for b in blocks if isinstance(b, ListItem)] == ["1.", "2."]


def test_bullets_of_another_list_lie_deeper_when_they_are_indented_more(read):
    body = item("one", 1, 0, 720) + item("bullet", 3, 0, 1440) + item("two", 1, 0, 720)
    blocks = read(body, numbering=NUMBERING).blocks
    assert [b.depth for b in blocks] == [0, 1, 0]


def test_a_paragraph_belongs_to_the_item_above_when_it_is_indented_like_it(read):
    body = item("one", 1, 0, 720) + paragraph("more of one", '<w:ind w:left="720"/>')
    assert read(body, numbering=NUMBERING).blocks[1].inside == 1


def test_headings_follow_outline_levels_when_styles_are_based_on_each_other(read):
    styles = """<w:style w:type="paragraph" w:styleId="A"><w:name w:val="heading 2"/></w:style>
    <w:style w:type="paragraph" w:styleId="B"><w:name w:val="Mine"/><w:basedOn w:val="A"/></w:style>
    """
    (block,) = read(paragraph("Scope", '<w:pStyle w:val="B"/>'), styles=styles).blocks
    assert block == Heading(block.spans, 2)


def test_headings_lie_below_the_title_when_there_is_one(read):
    styles = """<w:style w:type="paragraph" w:styleId="T"><w:name w:val="Title"/></w:style>
    <w:style w:type="paragraph" w:styleId="H"><w:name w:val="heading 1"/></w:style>"""
    body = paragraph("Book", '<w:pStyle w:val="T"/>') + paragraph("One", '<w:pStyle w:val="H"/>')
    assert [b.level for b in read(body, styles=styles).blocks] == [1, 2]


def test_styles_end_when_they_are_based_on_themselves(read):
    styles = '<w:style w:styleId="A"><w:name w:val="A"/><w:basedOn w:val="A"/></w:style>'
    assert texts(read(paragraph("text", '<w:pStyle w:val="A"/>'), styles=styles)) == ["text"]


def test_text_is_as_accepted_when_changes_are_recorded(read):
    body = (
        "<w:p><w:r><w:t>The rent is </w:t></w:r><w:del><w:r><w:delText>1</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>2</w:t></w:r></w:ins></w:p>"
        "<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:r><w:t>half </w:t></w:r></w:p>"
        "<w:p><w:r><w:t>and half</w:t></w:r></w:p>"
    )
    document = read(body)
    assert texts(document) == ["The rent is 2", "half and half"]
    assert "1 insertions, 1 deletions" in document.warnings[0]


def test_notes_are_called_where_they_belong_when_a_run_refers_to_them(read):
    body = '<w:p><w:r><w:t>fact</w:t></w:r><w:r><w:footnoteReference w:id="7"/></w:r></w:p>'
    notes = f'<w:footnote w:id="7">{paragraph("Source.")}</w:footnote>'
    sentence, note = read(body, footnotes=notes).blocks
    assert sentence.spans[1].note == note.label == "1"
    assert isinstance(note, Note)
    assert plain(note.spans) == "Source."


def test_a_note_that_calls_itself_ends(read):
    body = '<w:p><w:r><w:t>fact</w:t></w:r><w:r><w:footnoteReference w:id="7"/></w:r></w:p>'
    notes = '<w:footnote w:id="7"><w:p><w:r><w:t>n</w:t><w:footnoteReference w:id="7"/></w:r></w:p>'
    document = read(body, footnotes=notes + "</w:footnote>")
    assert [type(block) for block in document.blocks] == [Paragraph, Note]


def test_a_text_box_stands_once_when_it_is_stored_for_old_and_new_programs(read):
    box = f"<w:txbxContent>{paragraph('boxed')}</w:txbxContent>"
    body = f"""<w:p><w:r><w:t>anchor</w:t></w:r><w:r><mc:AlternateContent>
    <mc:Choice Requires="wps"><w:drawing><wps:txbx>{box}</wps:txbx></w:drawing></mc:Choice>
    <mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback>
    </mc:AlternateContent></w:r></w:p>"""
    assert texts(read(body)) == ["anchor", "boxed"]


@pytest.mark.parametrize(
    ("form", "shown"),
    [
        ('<w:checkBox><w:default w:val="0"/><w:checked/></w:checkBox>', "☒"),
        ('<w:checkBox><w:default w:val="1"/></w:checkBox>', "☒"),
        ("<w:checkBox/>", "☐"),
        ('<w:ddList><w:result w:val="1"/><w:listEntry w:val="a"/><w:listEntry w:val="b"/>'
         "</w:ddList>", "b"),
    ],
)  # fmt: skip
def test_old_form_fields_show_their_state(read, form, shown):
    body = f"""<w:p><w:r><w:fldChar w:fldCharType="begin"><w:ffData>{form}</w:ffData></w:fldChar>
    </w:r><w:r><w:instrText> FORMCHECKBOX </w:instrText></w:r>
    <w:r><w:fldChar w:fldCharType="end"/></w:r><w:r><w:t> Insured</w:t></w:r></w:p>"""
    assert texts(read(body)) == [f"{shown} Insured"]


def test_a_new_check_box_shows_its_state_whatever_its_sign(read):
    body = """<w:p><w:sdt><w:sdtPr><w14:checkbox><w14:checked w14:val="1"/></w14:checkbox></w:sdtPr>
    <w:sdtContent><w:r><w:t>X</w:t></w:r></w:sdtContent></w:sdt><w:r><w:t> Yes</w:t></w:r></w:p>"""
    assert texts(read(body)) == ["☒ Yes"]


def test_a_field_shows_its_result_and_links_to_its_address(read):
    body = """<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r>
    <w:r><w:instrText>HYPERLINK "https://example.org/"</w:instrText></w:r>
    <w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>prices</w:t></w:r>
    <w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>"""
    (block,) = read(body).blocks
    assert [(s.text, s.link) for s in block.spans] == [("prices", "https://example.org/")]


def test_hidden_text_is_left_out_with_a_word(read):
    hidden = "<w:r><w:rPr><w:vanish/></w:rPr><w:t>secret</w:t></w:r>"
    document = read(f"<w:p>{hidden}<w:r><w:t>open</w:t></w:r></w:p>")
    assert texts(document) == ["open"]
    assert "hidden" in document.warnings[0]


def test_paragraphs_of_fixed_letters_are_one_piece_of_code(read):
    fonts = '<w:font w:name="Ours"><w:pitch w:val="fixed"/></w:font>'
    look = '<w:rPr><w:rFonts w:ascii="Ours"/></w:rPr>'
    body = "".join(
        f'<w:p><w:r>{look}<w:t xml:space="preserve">{line}</w:t></w:r></w:p>'
        for line in ("if x:", "    go()")
    )
    assert read(body, fontTable=fonts).blocks == [Code("if x:\n    go()")]


def test_merged_cells_keep_their_spans(read):
    def cell(text, properties=""):
        return f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraph(text)}</w:tc>"

    body = f"""<w:tbl>
    <w:tr>{cell("a")}{cell("b")}{cell("c")}</w:tr>
    <w:tr>{cell("d", '<w:vMerge w:val="restart"/>')}{cell("wide", '<w:gridSpan w:val="2"/>')}</w:tr>
    <w:tr>{cell("", "<w:vMerge/>")}{cell("e")}{cell("f")}</w:tr></w:tbl>"""
    (table,) = read(body).blocks
    assert [(c.row_span, c.column_span) for c in table.rows[1]] == [(2, 1), (1, 2)]
    assert [plain(c.spans) for c in table.rows[2]] == ["e", "f"]


def test_a_table_is_its_contents_when_it_only_arranges_a_page(read):
    styles = '<w:style w:styleId="H"><w:name w:val="heading 1"/></w:style>'
    left = paragraph("Skills", '<w:pStyle w:val="H"/>') + paragraph("Python")
    body = f"<w:tbl><w:tr><w:tc>{left}</w:tc><w:tc>{paragraph('Jane')}</w:tc></w:tr></w:tbl>"
    assert texts(read(body, styles=styles)) == ["Skills", "Python", "Jane"]


def test_a_header_stands_once_when_it_says_more_than_the_page(read):
    page = '<w:p><w:r><w:t>Page </w:t></w:r><w:fldSimple w:instr="PAGE"/></w:p>'
    references = '<w:headerReference r:id="h"/><w:footerReference r:id="f"/>'
    document = read(
        paragraph("text") + f"<w:sectPr>{references}</w:sectPr>",
        relations={"h": "header1.xml", "f": "footer1.xml"},
        header1=paragraph("Contract 17"),
        footer1=page,
    )
    assert texts(document) == ["Contract 17", "text"]


def test_displayed_formulas_are_blocks_of_their_own(read):
    formula = "<m:oMath><m:sSup><m:e><m:r><m:t>π</m:t></m:r></m:e><m:sup><m:r><m:t>2</m:t></m:r>"
    body = f"<w:p><m:oMathPara>{formula}</m:sup></m:sSup></m:oMath></m:oMathPara></w:p>"
    assert read(body).blocks == [Formula(r"\pi^{2}")]


def test_text_is_kept_when_tables_lie_very_deep_in_each_other(read):
    body = "<w:tbl><w:tr><w:tc>" * 600 + paragraph("deep") + "</w:tc></w:tr></w:tbl>" * 600
    assert texts(read(body)) == ["deep"]


def test_reading_ends_when_the_file_is_deeper_than_xml_may_be(read):
    body = "<w:tbl><w:tr><w:tc>" * 50_000
    assert read(paragraph("first") + body).blocks[0].spans[0].text == "first"


def test_a_file_of_the_strict_kind_is_read_like_any_other(tmp_path):
    path = word_file(tmp_path / "a.docx", paragraph("text"))
    import zipfile

    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            strict = data.replace(
                b"http://schemas.openxmlformats.org/wordprocessingml/2006/",
                b"http://purl.oclc.org/ooxml/wordprocessingml/",
            )
            archive.writestr(name, strict)
    assert texts(read_document(path)) == ["text"]


def test_a_table_keeps_its_rows_when_a_title_spans_the_first(read):
    title = f'<w:tc><w:tcPr><w:gridSpan w:val="2"/></w:tcPr>{paragraph("Rooms")}</w:tc>'
    cells = "".join(f"<w:tc>{paragraph(text)}</w:tc>" for text in "ab")
    body = f"<w:tbl><w:tr>{title}</w:tr><w:tr>{cells}</w:tr></w:tbl>"
    (table,) = read(body).blocks
    assert isinstance(table, Table)
    assert plain(table.caption) == "Rooms"
    assert len(table.rows) == 1


def test_a_blank_bullet_makes_a_paragraph_a_part_of_the_item_above(read):
    blank = (
        '<w:abstractNum w:abstractNumId="7"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/>'
        '<w:lvlText w:val=" "/><w:pPr><w:ind w:left="720"/></w:pPr></w:lvl></w:abstractNum>'
        '<w:num w:numId="7"><w:abstractNumId w:val="7"/></w:num>'
    )
    body = item("one", 1) + item("more of one", 7) + item("two", 1)

    blocks = read(body, numbering=NUMBERING + blank).blocks

    assert [(b.kind, b.inside) for b in blocks] == [("item", 0), ("paragraph", 1), ("item", 0)]


@pytest.mark.parametrize(
    ("position", "size", "raised", "lowered"),
    [(8, 19, True, False), (-6, 18, False, True), (2, 22, False, False), (-11, 120, False, False)],
)
def test_letters_that_are_moved_up_or_down_are_raised_or_lowered(
    read, position, size, raised, lowered
):
    moved = f'<w:rPr><w:position w:val="{position}"/><w:sz w:val="{size}"/></w:rPr>'
    body = f"<w:p><w:r><w:t>10</w:t></w:r><w:r>{moved}<w:t>6</w:t></w:r></w:p>"

    span = read(body).blocks[0].spans[-1]

    assert (span.raised, span.lowered) == (raised, lowered)


def test_one_row_of_several_lines_is_a_letterhead_and_no_table(read):
    cells = "".join(
        f"<w:tc><w:p><w:r><w:t>{one}</w:t><w:br/><w:t>{two}</w:t></w:r></w:p></w:tc>"
        for one, two in (("Bright", "Leeds"), ("3 May", "Ref 42"))
    )

    blocks = read(f"<w:tbl><w:tr>{cells}</w:tr></w:tbl>").blocks

    assert [plain(block.spans) for block in blocks] == ["Bright\nLeeds", "3 May\nRef 42"]


def test_a_chart_is_the_table_of_its_data(read):
    def points(name, *values):
        inside = "".join(f'<c:pt idx="{i}"><c:v>{v}</c:v></c:pt>' for i, v in enumerate(values))
        return f"<c:{name}><c:strRef><c:strCache>{inside}</c:strCache></c:strRef></c:{name}>"

    series = points("tx", "Kiel") + points("cat", "Q1", "Q2") + points("val", "4", "6")
    chart = (
        f"<c:chartSpace {SPACES}><c:chart><c:plotArea><c:barChart><c:ser>{series}</c:ser>"
        "</c:barChart></c:plotArea></c:chart></c:chartSpace>"
    )
    body = '<w:p><w:r><w:drawing><c:chart r:id="r9"/></w:drawing></w:r></w:p>'
    (table,) = read(body, relations={"r9": "chart1.xml"}, whole={"chart1.xml": chart}).blocks
    assert [[plain(cell.spans) for cell in row][1:] for row in table.rows] == [
        ["Kiel"], ["4"], ["6"]
    ]  # fmt: skip


def test_a_diagram_is_the_list_of_its_points(read):
    def point(name, text):
        said = f"<dgm:t><a:p><a:r><a:t>{text}</a:t></a:r></a:p></dgm:t>"
        return f'<dgm:pt modelId="{name}">{said}</dgm:pt>'

    model = (
        f'<dgm:dataModel {SPACES}><dgm:ptLst><dgm:pt modelId="0" type="doc"/>'
        f"{point('1', 'Collect')}{point('2', 'Dry')}</dgm:ptLst><dgm:cxnLst>"
        '<dgm:cxn srcId="0" destId="1" srcOrd="0"/><dgm:cxn srcId="0" destId="2" srcOrd="1"/>'
        "</dgm:cxnLst></dgm:dataModel>"
    )
    body = '<w:p><w:r><w:drawing><dgm:relIds r:dm="r9"/></w:drawing></w:r></w:p>'
    document = read(body, relations={"r9": "data1.xml"}, whole={"data1.xml": model})
    assert texts(document) == ["Collect", "Dry"]
