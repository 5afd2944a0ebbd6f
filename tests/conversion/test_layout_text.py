"""Lines of a page to paragraphs, headings, items, code and notes."""

import pytest

from documents.conversion.document import Box, Heading, ListItem, Note, Span, Table
from documents.conversion.layout.joining import join
from documents.conversion.layout.page import (
    FormField,
    Link,
    Remark,
    Ruling,
    Script,
    Shape,
)
from documents.conversion.layout.pieces import Piece

from .typeset import FILLER, blocks, filled, page, shown, words

FULL = "A line of text that is as long as the lines of this column are, or nearly so"


def test_lines_at_the_usual_distance_are_one_paragraph():
    assert shown(blocks(page(*FILLER))) == [" ".join(FILLER)]


def test_a_paragraph_ends_where_the_space_is_wider():
    assert shown(blocks(page(*FILLER, None, *FILLER))) == [" ".join(FILLER)] * 2


def test_a_paragraph_begins_with_an_indent_although_no_space_is_wider():
    second = [(FILLER[0], {"x": 86.0}), *FILLER[1:]]

    assert len(shown(blocks(page(*FILLER, *second, *second)))) == 3


def test_a_word_that_a_line_end_has_cut_is_one_word():
    found = shown(blocks(page("The harbour keeps its docu-", "mentation in the old house.")))

    assert found == ["The harbour keeps its documentation in the old house."]


def test_a_compound_keeps_its_hyphen_at_a_line_end():
    lines = ("The harbour is well-", "known for its two cranes.")

    assert shown(blocks(page(*lines))) == ["The harbour is well-known for its two cranes."]


def test_lines_of_ideographs_are_joined_without_a_space():
    assert shown(blocks(page("港口全年都很繁忙并且船只数量", "连续第三年增加"))) == [
        "港口全年都很繁忙并且船只数量连续第三年增加"
    ]


def test_larger_type_is_a_heading_and_the_largest_the_first_level():
    found = blocks(
        page(
            ("Annual report", {"size": 20.0}),
            None,
            *FILLER,
            None,
            ("Traffic", {"size": 14.0}),
            None,
            *FILLER,
            *FILLER,
        )
    )

    headings = [(b.level, b.spans[0].text) for b in found if isinstance(b, Heading)]
    assert headings == [(1, "Annual report"), (2, "Traffic")]


def test_a_short_bold_line_alone_is_a_heading():
    found = blocks(filled(("No lamp", {"bold": True}), None, *FILLER))

    assert shown(found, "heading") == ["No lamp"]


def test_a_bold_sentence_is_no_heading():
    assert shown(blocks(filled(("Never do this.", {"bold": True}), None, *FILLER)), "heading") == []


def test_headings_of_one_look_have_levels_by_their_numbers():
    looks = {"size": 14.0, "bold": True}
    lines = [("2 Money", looks), None, *FILLER, None, ("2.1 Fees", looks), None, *FILLER]

    found = blocks(filled(*lines))

    assert [b.level for b in found if isinstance(b, Heading)] == [1, 2]


def test_items_are_nested_by_where_their_texts_begin():
    found = blocks(
        filled(
            ("• the first one", {"x": 82.0}),
            ("– one below it", {"x": 100.0}),
            ("• the second one", {"x": 82.0}),
        )
    )

    items = [(b.depth, b.spans[0].text) for b in found if isinstance(b, ListItem)]
    assert items == [(0, "the first one"), (1, "one below it"), (0, "the second one")]


def test_numbered_items_keep_their_numbers():
    lines = ["3. the third", "4. the fourth", "10. the tenth"]

    found = blocks(filled(*((line, {"x": 90.0 - 5 * line.index(".")}) for line in lines)))

    assert [b.marker for b in found if isinstance(b, ListItem)] == ["3.", "4.", "10."]


def test_a_year_at_the_head_of_a_line_is_no_number_of_a_list():
    lines = (FULL, "19. The rest of it was seen in the year after the war.")

    assert shown(blocks(page(*lines)), "item") == []


def test_a_drawn_bullet_is_a_bullet():
    sheet = filled(("the first one", {"x": 90.0}), ("the second one", {"x": 90.0}))
    for baseline in sorted({word.baseline for word in sheet.words})[-2:]:
        sheet.shapes.append(Shape(80.0, baseline - 5, 83.0, baseline - 2))

    assert shown(blocks(sheet), "item") == ["the first one", "the second one"]


def test_code_keeps_its_indentation_and_blank_lines():
    code = ("def read(path):", ("return open(path)", {"x": 72.0 + 4 * 5}), "", "read('a')")
    sheet = filled()
    y = 400.0
    for line in code:
        text, changes = (line, {}) if isinstance(line, str) else line
        sheet.words += words(text, changes.get("x", 72.0), y, mono=True)
        y += 12.0

    assert shown(blocks(sheet), "code") == ["def read(path):\n    return open(path)\n\nread('a')"]


def test_small_type_below_a_short_rule_is_a_note_with_its_call():
    sheet = filled()
    call = words("call", 300.0, 700.0)[0]
    call.text, call.scripts = "call1", [Script(4, 5, raised=True)]
    sheet.words += [*words("Every ship that passed paid the same fee, see the", 72.0, 700.0), call]
    sheet.words += words("1 Barges are free.", 72.0, 760.0, size=8.0)
    sheet.rulings.append(Ruling("H", 72.0, 180.0, 748.0))

    found = blocks(sheet)

    notes = [(b.label, b.spans[0].text) for b in found if isinstance(b, Note)]
    assert notes == [("1", "Barges are free.")]
    assert [span.note for b in found for span in getattr(b, "spans", []) if span.note] == ["1"]


def test_dots_that_lead_to_page_numbers_are_a_table_of_two_columns():
    found = blocks(filled("1 Traffic ................. 3", "2 Money ................... 12"))

    (table,) = [b for b in found if b.kind == "table"]
    rows = [[cell.spans[0].text for cell in row] for row in table.rows]
    assert rows == [["1 Traffic", "3"], ["2 Money", "12"]]


def test_raised_and_lowered_parts_of_words_are_told():
    power, water = words("106", 72.0, 100.0)[0], words("H2O", 100.0, 100.0)[0]
    power.scripts, water.scripts = [Script(2, 3, raised=True)], [Script(1, 2, raised=False)]
    sheet = page()
    sheet.words = [power, water]

    (block,) = blocks(sheet)

    assert [s.text for s in block.spans if s.raised] == ["6"]
    assert [s.text for s in block.spans if s.lowered] == ["2"]


def test_a_link_goes_on_over_a_line_end():
    sheet = page("Write to the harbour", "master at any time of the day.")
    sheet.links = [
        Link(130.0, 70.0, 180.0, 84.0, "https://harbour.example"),
        Link(70.0, 84.0, 103.0, 98.0, "https://harbour.example"),
    ]

    (block,) = blocks(sheet)

    assert [s.text.strip() for s in block.spans if s.link] == ["harbour master"]


def test_lines_from_the_right_are_read_from_the_right():
    sheet = page()
    sheet.words = words("2026 בשנת הגיעו ספינות", 72.0, 100.0)

    assert shown(blocks(sheet)) == ["ספינות הגיעו בשנת 2026"]


def test_what_forms_hold_stands_where_the_field_is():
    sheet = filled("Name:", "I agree")
    name, agree = sorted({word.baseline for word in sheet.words})[-2:]
    sheet.fields = [
        FormField(110.0, name - 9, 250.0, name + 3, "text", "name", "Ada Lovelace"),
        FormField(58.0, agree - 8, 66.0, agree, "check", "agree", checked=True),
    ]

    found = blocks(sheet)

    assert "Name: Ada Lovelace" in shown(found)
    assert [b.checked for b in found if isinstance(b, ListItem)] == [True]


def test_the_text_of_an_annotation_is_a_comment():
    sheet = page(*FILLER)
    sheet.remarks = [Remark(100.0, 100.0, "Is this so?")]

    assert [b.spans[0].text for b in blocks(sheet) if b.part == "comment"] == ["Is this so?"]


def test_a_sentence_that_a_page_has_cut_is_joined():
    first = page("The ships that called in", top=400.0)
    second = page("the autumn carried timber.", number=2, top=200.0)
    second.words += words("A second paragraph.", 72.0, 240.0)

    assert shown(blocks(first, second)) == [
        "The ships that called in the autumn carried timber.",
        "A second paragraph.",
    ]


def test_lines_that_end_far_from_the_edge_are_lines_of_their_own():
    address = ("Bill to: Bo Roe, York", "Date: 4 May 2026")

    assert shown(blocks(page(*FILLER, None, *address))) == [" ".join(FILLER), *address]


@pytest.mark.parametrize(
    ("lines", "width", "pieces"),
    [(1, 70.0, ["Table 1: Speeds", "a = b"]), (3, 230.0, ["Table 1: Speeds a = b"])],
)
def test_a_sentence_goes_on_below_a_table_and_the_title_of_the_table_does_not(lines, width, pieces):
    box = Box(0, 0, 100, 10)
    above = Piece("text", 1, box, [Span("Table 1: Speeds")], size=10, lines=lines, width=width)
    above.is_full = above.is_last = True
    table = Piece("done", 1, box, block=Table([]))
    below = Piece("text", 1, box, [Span("a = b")], size=10, is_first=True)

    joined = join([above, table, below], frozenset(), [])

    assert [piece.plain for piece in joined if piece.sort == "text"] == pieces
