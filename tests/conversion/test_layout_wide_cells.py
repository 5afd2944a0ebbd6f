"""Tables with broken cells, cells in the middle of them, and columns close to each other."""

import pytest

from tests.conversion.layout_pages import grid, level, page, rows_of, seen, tables, words

RIVERS = [
    ["River", "In", "Course"],
    ["Elbe", "DE", ["It rises in the mountains of the", "north and ends in the sea at a", "port."]],
    ["Oder", "PL", ["It makes the border."]],
    ["Drava", "HR", ["It comes down from the high alps", "and joins a far larger one."]],
    ["Sava", "RS", ["It ends in a city."]],
]
WHOLE = [[*row[:2], " ".join(row[2]) if isinstance(row[2], list) else row[2]] for row in RIVERS]


def centred(y=100.0, pitch=13.0, padding=6.0):
    """The rows of RIVERS as a browser sets them: short cells in the middle of the tall ones."""
    found = grid([RIVERS[0]], (50, 100, 150), y)
    y += pitch + padding
    for river, land, lines in RIVERS[1:]:
        middle = y + (len(lines) - 1) * pitch / 2
        found += words(river, 50, middle) + words(land, 100, middle)
        for line in lines:
            found += words(line, 150, y)
            y += pitch
        y += padding
    return found


def flush(rows, y=100.0, pitch=14.0):
    """Numbers that end at 70, texts that begin a space after that, and prices far off."""
    found = []
    for at, (number, text, price) in enumerate(rows):
        below = y + at * pitch
        found += words(number, 70 - 5 * len(number), below) + words(text, 73, below)
        found += words(price, 250, below)
    return found


@pytest.mark.parametrize("rulings", [[], level(45, 320, 106)])
def test_cells_in_the_middle_of_broken_ones_are_of_their_row(rulings):
    assert [rows_of(table) for table in tables(page(centred(), rulings))] == [WHOLE]


def test_cells_broken_in_a_narrow_column_are_one_row_with_those_in_their_middle():
    found = grid([["Office", "Elected", "Votes"]], (50, 120, 170), 100)
    for at, (office, first, last, votes) in enumerate(
        [("Chair", "Anna", "Berg", "18"), ("Clerk", "Otto", "Lind", "17")]
    ):
        y = 120 + 32 * at
        found += words(first, 120, y) + words(last, 120, y + 12)
        found += words(office, 50, y + 6) + words(votes, 170, y + 6)

    (table,) = tables(page(found))

    assert rows_of(table) == [
        ["Office", "Elected", "Votes"],
        ["Chair", "Anna Berg", "18"],
        ["Clerk", "Otto Lind", "17"],
    ]


def test_rows_stay_apart_when_their_texts_had_room_to_go_on():
    rows = [["Plant", "Kind", "Height"], *[["Oak", "tree", "31"], ["Ivy", "vine", "9"]] * 3]
    found = grid(rows[:1], (50, 150, 250), 100)
    for at, row in enumerate(rows[1:]):  # two by two
        found += grid([row], (50, 150, 250), 120 + 13 * at + 8 * (at // 2))

    (table,) = tables(page(found))

    assert rows_of(table) == rows


def test_broken_cell_below_the_header_goes_on_when_it_is_wider_than_that():
    found = grid([["Key", "Unit", "Use"]], (50, 100, 150), 100)
    found += grid([["T", "K", "Warmth of the air that"]], (50, 100, 150), 120)
    found += words("is measured all day", 150, 132)
    found += grid([["P", "Pa", "Weight of the air"]], (50, 100, 150), 144)

    assert [rows_of(table) for table in tables(page(found, level(45, 400, 90, 106)))] == [
        [
            ["Key", "Unit", "Use"],
            ["T", "K", "Warmth of the air that is measured all day"],
            ["P", "Pa", "Weight of the air"],
        ]
    ]


def test_numbers_set_flush_right_are_a_column_however_close_the_text_is():
    rows = [["7", "Nut", "1.50"], ["8", "Long screw", "2.50"], ["10", "Nail", "3.50"]]
    rows += [["11", "Washer", "4.50"], ["120", "Hinge", "5.50"]]

    (table,) = tables(page(flush(rows)))

    assert rows_of(table) == rows


@pytest.mark.parametrize(
    "rows",
    [
        [["7", "Nut", "1"], ["8", "Screw", "2"], ["9", "Nail", "3"], ["5", "Washer", "4"]],
        [["7", "kg", "1"], ["18", "kg", "2"], ["9", "kg", "3"], ["120", "kg", "4"]],
        [["7", "± 2", "1"], ["18", "± 13", "2"], ["9", "± 4", "3"], ["120", "± 3", "4"]],
    ],
)
def test_words_that_do_not_tell_two_columns_are_one_text(rows):
    (table,) = tables(page(flush(rows)))

    assert rows_of(table) == [[f"{number} {text}", price] for number, text, price in rows]


def stretched(text, x, right, y):
    """The words of a line that is set flush on both sides."""
    found = words(text, x, y)
    space = (right - x - sum(word.x1 - word.x0 for word in found)) / (len(found) - 1)
    for word in found:
        length = word.x1 - word.x0
        word.x0, word.x1, word.main_x1 = x, x + length, x + length
        x += length + space
    return found


def test_stretched_line_of_a_broken_cell_is_one_text():
    first = words("Warmth of the air measured", 100, 114)
    found = grid([["Key", "Use"], ["T", ""]], (50, 100), 100) + first
    found += stretched("in the shade of a tall", 100, first[-1].x1, 126)
    found += words("old house", 100, 138) + grid([["P", "Weight"]], (50, 100), 152)

    assert seen(page(found, level(45, 300, 90, 106, 158))) == [
        [
            ["Key", "Use"],
            ["T", "Warmth of the air measured in the shade of a tall old house"],
            ["P", "Weight"],
        ]
    ]


def test_table_with_cells_in_the_middle_of_broken_ones_is_no_two_columns():
    tall = [["It rises in the north", "and ends in the sea at", "a small port."]] * 5
    found, y = [], 100.0
    for at, lines in enumerate(tall):
        found += words(f"River {at}", 50, y + 13) + words("DE", 110, y + 13)
        for line in lines:
            found += words(line, 150, y)
            y += 13
        y += 6

    (table,) = tables(page(found))

    assert rows_of(table) == [
        [f"River {at}", "DE", " ".join(lines)] for at, lines in enumerate(tall)
    ]


def test_header_with_numbers_below_it_stays_a_row_of_its_own():
    rows = [["Item", "Income", "Cost"], ["Fees", "81,200", ""], ["Repair", "104,200", "64"]]
    rows += [["Sum", "185,400", "64"]]

    (table,) = tables(page(grid(rows, (50, 100, 160), 100)))

    assert rows_of(table) == rows


def test_rows_whose_cells_are_all_broken_are_one_table():
    rows = [["Hall", "Anvils and the rest that is heavy", "Mr"], ["A", "for the floors", "Orth"]]
    found = [
        word for at in range(3) for word in grid(rows, (50, 80, 270), 100 + 36 * at, pitch=13.0)
    ]

    (table,) = tables(page(found))

    assert (
        rows_of(table)
        == [["Hall A", "Anvils and the rest that is heavy for the floors", "Mr Orth"]] * 3
    )


@pytest.mark.parametrize("hyphen", ["-", "\u2010", "\u00ad"])
def test_header_broken_over_three_lines_is_whole(hyphen):
    found = words(f"Ex{hyphen}", 250, 88) + grid(
        [["Month", "Ships", f"pec{hyphen}"]], (50, 150, 250), 100
    )
    found += words("ted", 250, 112)
    found += grid(
        [["May", "66", "20"], ["June", "71", "22"], ["July", "70", "24"]], (50, 150, 250), 132
    )

    assert seen(page(found, level(45, 300, 118))) == [
        [
            ["Month", "Ships", "Expected"],
            ["May", "66", "20"],
            ["June", "71", "22"],
            ["July", "70", "24"],
        ]
    ]


def test_label_of_two_lines_in_the_middle_of_three_rows_spans_them():
    found = grid([["Data", "Method", "Score"]], (50, 150, 250), 112)
    found += grid(
        [["", "Grey", "68"], ["", "Blue", "91"], ["", "Green", "92"]], (50, 150, 250), 132
    )
    found += words("Weather", 50, 139) + words("(own)", 50, 153)

    (table,) = tables(page(found, level(45, 300, 100, 118, 166)))

    assert rows_of(table)[1:] == [["Weather (own)", "Grey", "68"], ["Blue", "91"], ["Green", "92"]]
    assert table.rows[1][0].row_span == 3


def test_two_dates_beside_one_number_are_two_rows():
    found = grid([["Name", "Date", "Count"]], (50, 150, 250), 112)
    for at, name in enumerate(["Elbe", "Oder"]):
        y = 132 + 26 * at
        found += words("2022-07-25", 150, y) + words("2022-10-01", 150, y + 12)
        found += words(name, 50, y + 6) + words("1410", 250, y + 6)

    (table,) = tables(page(found, level(45, 300, 100, 118, 176)))

    assert rows_of(table)[1:] == [
        ["Elbe", "2022-07-25", "1410"],
        ["2022-10-01"],
        ["Oder", "2022-07-25", "1410"],
        ["2022-10-01"],
    ]


def test_last_row_of_single_words_is_a_row_although_it_is_short():
    rows = [["fullpage", "hyperref"], ["layout", "babel"], ["pstricks", "titlesec"], ["ulem", ""]]

    assert seen(page(grid(rows, (50, 150), 112), level(45, 250, 100, 158))) == [rows]


def test_digits_of_one_column_that_do_not_overlap_are_one_column():
    counts = [("7", 260.0), ("1", 254.6), ("12", 255.0), ("4", 260.0), ("9", 260.0)]
    found = grid([[f"Nut {at}", ""] for at in range(5)], (50, 150), 100)
    for at, (count, x) in enumerate(counts):
        found += words(count, x, 100 + 14 * at)

    (table,) = tables(page(found))

    assert rows_of(table) == [[f"Nut {at}", count] for at, (count, _) in enumerate(counts)]
