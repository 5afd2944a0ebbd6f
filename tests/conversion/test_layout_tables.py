"""Tables of a page: where they are, their cells, and what is none."""

import pytest

from documents.conversion.document import Box
from documents.conversion.layout.page import Link, Script
from tests.conversion.layout_pages import (
    grid,
    level,
    page,
    paragraph,
    rows_of,
    seen,
    tables,
    upright,
    words,
)

CITIES = [["City", "Area", "People"], ["Kiel", "118", "246"], ["Bonn", "141", "330"]]
TEXT = [
    "Ferries cross the bay from morning to midnight and carry",
    "people and freight between the two harbours of the town",
    "and the island, which has one village and a lighthouse.",
]


def test_rows_between_three_rulings_are_a_table():
    source = page(grid(CITIES, (50, 150, 250), 112), level(45, 300, 100, 117, 146))

    (table,) = tables(source)

    assert rows_of(table) == CITIES
    assert table.header_rows == 1
    assert table.page == 1
    assert table.box == Box(45, 100, 300, 146)


def test_rows_without_rulings_are_a_table():
    rows = [*CITIES, ["Lübeck", "214", "216"]]

    assert seen(page(grid(rows, (50, 150, 250), 112))) == [rows]


def test_text_above_and_below_a_table_stays_outside():
    source = page(
        paragraph(TEXT, 50, 50) + grid(CITIES, (50, 150, 250), 122) + paragraph(TEXT, 50, 200),
        level(45, 330, 110, 127, 156),
    )

    assert seen(source) == [TEXT, CITIES, TEXT]


@pytest.mark.parametrize("gap", [5.0, 9.0])
def test_justified_lines_with_wide_even_gaps_are_no_table(gap):
    lines = []
    for row in range(6):
        x = 50.0
        for text in ["people", "carry", "freight", "over", "the", "wide", "bay"]:
            lines += words(text, x, 100 + 12 * row)
            x = lines[-1].x1 + gap

    assert tables(page(lines)) == []


def test_list_with_bullets_is_no_table():
    items = [word for row in range(5) for word in words("•", 50, 100 + 12 * row)]
    items += paragraph(["bring gloves"] * 5, 65, 100)

    assert tables(page(items)) == []


def test_formula_is_no_table():
    rows = [["f(x)", "= a +", "b"], ["g(x)", "= c +", "d"], ["h(x)", "= e +", "f"]]

    assert tables(page(grid(rows, (50, 100, 150), 100))) == []


def test_paragraph_between_two_rulings_is_no_table():
    assert tables(page(paragraph(TEXT, 50, 112), level(45, 340, 100, 140))) == []


def test_two_tables_one_below_the_other_stay_apart_when_text_is_between():
    source = page(
        grid(CITIES, (50, 150, 250), 112) + words(TEXT[0], 50, 170) + words(TEXT[1], 50, 182)
        + grid(CITIES, (50, 150, 250), 222),
        level(45, 330, 100, 117, 146, 210, 227, 256),
    )  # fmt: skip

    assert seen(source) == [CITIES, TEXT[:2], CITIES]


def test_two_tables_side_by_side_stay_apart():
    places = (50, 100, 150), (320, 370, 420)
    source = page(
        grid(CITIES, places[0], 112) + grid(CITIES, places[1], 112),
        level(45, 200, 100, 117, 146) + level(315, 470, 100, 117, 146),
    )

    assert seen(source) == [CITIES, CITIES]


def test_header_spans_the_columns_that_the_ruling_below_it_names():
    rows = [["", "", "Size", ""], ["City", "Old", "New", "People"], ["Kiel", "1", "2", "3"]]
    source = page(
        grid(rows, (50, 150, 200, 300), 112),
        level(45, 350, 100, 131, 146) + level(145, 230, 117),
    )

    (table,) = tables(source)

    first = table.rows[0]
    assert [(cell.column_span, bool(cell.spans)) for cell in first] == [
        (1, False),
        (2, True),
        (1, False),
    ]
    assert table.header_rows == 2


def test_label_in_the_middle_of_two_rows_spans_both():
    rows = [["", "global", "57"], ["", "local", "72"], ["", "global", "73"], ["", "local", "87"]]
    source = page(
        grid([["Model", "Kind", "Score"]], (50, 150, 250), 112)
        + grid(rows, (50, 150, 250), 130)
        + words("Dino", 50, 137)
        + words("Clip", 50, 165),
        level(45, 300, 100, 117, 178),
    )

    (table,) = tables(source)

    assert [row[0].row_span for row in table.rows if len(row) == 3] == [1, 2, 2]
    assert rows_of(table)[1] == ["Dino", "global", "57"]
    assert rows_of(table)[2] == ["local", "72"]


def test_broken_texts_are_one_cell_when_they_had_no_room():
    source = page(
        grid([["Service", "When", "Room"]], (50, 150, 300), 112, 12)
        + words("Reading lessons", 50, 128)
        + words("forty five minutes a day,", 150, 128)
        + words("three times a week", 150, 140)
        + words("Lab", 300, 128)
        + words("Speech", 50, 156)
        + words("as needed", 150, 156)
        + words("12", 300, 156),
        level(45, 350, 100, 116, 160),
    )

    (table,) = tables(source)

    assert rows_of(table)[1] == [
        "Reading lessons",
        "forty five minutes a day, three times a week",
        "Lab",
    ]


def test_closed_cells_hold_all_of_their_lines():
    lines = (
        words("Name", 50, 112) + words("Note", 150, 112)
        + words("Bean", 50, 130) + words("sown twice", 150, 130) + words("in April", 150, 142)
        + words("Pea", 50, 160) + words("none", 150, 160)
    )  # fmt: skip
    source = page(lines, level(45, 250, 100, 117, 147, 165) + upright(100, 165, 45, 145, 250))

    (table,) = tables(source)

    assert rows_of(table) == [["Name", "Note"], ["Bean", "sown twice in April"], ["Pea", "none"]]


def test_closed_cell_over_two_rows_and_two_columns_has_its_spans():
    source = page(
        words("Pea", 50, 128) + words("40", 150, 120) + words("12", 200, 120)
        + words("both", 170, 140) + words("sum", 50, 160) + words("9", 150, 160)
        + words("8", 200, 160) + words("x", 50, 180) + words("7", 150, 180) + words("6", 200, 180),
        level(45, 250, 107, 147, 167, 187) + level(145, 250, 127)
        + upright(107, 187, 45, 145, 250) + upright(107, 127, 195) + upright(147, 187, 195),
    )  # fmt: skip

    (table,) = tables(source)

    assert rows_of(table)[:2] == [["Pea", "40", "12"], ["both"]]
    assert table.rows[0][0].row_span == 2
    assert table.rows[1][0].column_span == 2


def test_row_that_is_empty_in_a_column_keeps_its_place():
    rows = [["Item", "Number", "Price"], ["Bolt", "40", "15"], ["Post", "", "99"]]

    assert seen(page(grid(rows, (50, 150, 250), 112), level(45, 300, 100, 117, 146))) == [rows]


def test_raised_letters_in_cells_are_raised():
    found = grid(CITIES, (50, 150, 250), 112)
    area = next(word for word in found if word.text == "118")
    area.text, area.scripts = "1182", [Script(3, 4, raised=True)]

    (table,) = tables(page(found, level(45, 300, 100, 117, 146)))

    assert [(span.text, span.raised) for span in table.rows[1][1].spans] == [
        ("118", False),
        ("2", True),
    ]


def test_table_of_a_sideways_page_has_its_box_on_the_page():
    found = grid(CITIES, (50, 150, 250), 112)
    for word in found:  # the page turned by 90 degrees: 600 x 800 becomes 800 x 600
        word.x0, word.x1, word.top, word.bottom = (
            800 - word.bottom, 800 - word.top, word.x0, word.x1
        )  # fmt: skip
        word.turn = 90
    source = page(found, width=800.0, height=600.0)
    source.rulings = upright(45, 300, 700, 683, 654)

    (table,) = tables(source)

    assert rows_of(table) == CITIES
    assert table.box == Box(654, 45, 700, 300)


def test_word_broken_in_a_cell_is_one_word():
    lines = (
        words("Name", 50, 112) + words("Note", 150, 112) + words("Bean", 50, 130)
        + words("special-", 150, 130) + words("ised", 150, 142)
        + words("Pea", 50, 160) + words("none", 150, 160)
    )  # fmt: skip
    source = page(lines, level(45, 250, 100, 117, 147, 165) + upright(100, 165, 45, 145, 250))

    (table,) = tables(source)

    assert rows_of(table)[1] == ["Bean", "specialised"]


def test_bold_cells_are_bold_when_the_others_are_not():
    found = grid(CITIES, (50, 150, 250), 112)
    next(word for word in found if word.text == "246").bold = True

    (table,) = tables(page(found, level(45, 300, 100, 117, 146)))

    assert [[span.bold for cell in row for span in cell.spans] for row in table.rows[1:]] == [
        [False, False, True],
        [False, False, False],
    ]


def test_link_in_a_cell_has_its_target():
    source = page(grid(CITIES, (50, 150, 250), 112), level(45, 300, 100, 117, 146))
    source.links = [Link(48, 118, 80, 130, "https://example.org/kiel")]

    (table,) = tables(source)

    assert [row[0].spans[0].link for row in table.rows] == [
        None,
        "https://example.org/kiel",
        None,
    ]


def test_broken_cells_beside_each_other_are_rows_and_no_columns():
    rows = [
        ["Cut the hedge along the", "The group of the lower", "Two long shears and the"],
        ["lane before May comes", "meadow, in spring", "ladder from the barn"],
        ["", "", "and gloves"],
    ]
    found = [
        word
        for at in range(4)
        for word in grid(rows, (50, 200, 350), 112 + 48 * at, pitch=12)
    ]  # fmt: skip
    edges = [at for row in range(4) for at in (102 + 48 * row, 142 + 48 * row)]
    striped = level(45, 500, *edges)
    for edge in striped:
        edge.width = 0.0

    (table,) = tables(page(found, striped))

    assert rows_of(table)[0] == [
        "Cut the hedge along the lane before May comes",
        "The group of the lower meadow, in spring",
        "Two long shears and the ladder from the barn and gloves",
    ]
    assert len(table.rows) == 4
