"""Columns of a page and the order of its texts."""

import random
import time

from documents.conversion.layout.page import Ruling, TextRegion, Word
from documents.conversion.layout.regions import regions
from tests.conversion.layout_pages import grid, level, page, paragraph, seen, words

LEFT = [
    "The harbour town has two landing places for the",
    "ferry. The northern one is used in summer only,",
    "since waves from the west make it unsafe in the",
    "dark months. The southern one has a wall.",
]
RIGHT = [
    "The council decided in spring that the ferry is to",
    "stop at both of them. A new pier of steel is to be",
    "built beside the old one. Work begins in March and",
    "ends in October, if the weather allows it.",
]
TITLE = "Two piers for the harbour of the town and what they are to cost all of us in the end"


def test_left_column_is_read_before_the_right_one():
    source = page(paragraph(LEFT, 50, 100) + paragraph(RIGHT, 315, 104))

    assert seen(source) == [LEFT, RIGHT]


def test_title_over_two_columns_is_read_first_and_the_end_last():
    source = page(
        words(TITLE, 50, 80, size=12)
        + paragraph(LEFT, 50, 110)
        + paragraph(RIGHT, 315, 110)
        + words(TITLE, 50, 180, size=12)
    )

    assert seen(source) == [[TITLE], LEFT, RIGHT, [TITLE]]


def test_halves_of_a_spread_are_read_one_after_the_other():
    source = page(paragraph(LEFT, 60, 100) + paragraph(RIGHT, 480, 100), width=842, height=595)

    assert seen(source) == [LEFT, RIGHT]


def test_column_of_a_text_region_has_its_edges():
    first, second = regions(page(paragraph(LEFT, 50, 100) + paragraph(RIGHT, 315, 100)))

    assert isinstance(first, TextRegion)
    assert first.left == 50
    assert second.left == 315


def test_table_in_one_of_two_columns_stays_in_it():
    rows = [["City", "Area"], ["Kiel", "118"], ["Bonn", "141"]]
    source = page(
        paragraph(LEFT, 50, 100)
        + grid(rows, (50, 200), 162)
        + paragraph(RIGHT, 315, 100)
        + paragraph(RIGHT, 315, 148),
        level(48, 285, 150, 167, 195),
    )

    assert seen(source) == [LEFT, rows, RIGHT + RIGHT]


def test_raised_mark_beside_a_word_belongs_to_its_line():
    mark = words("1", 50 + 0.5 * 10 * 4, 96, size=7)
    (region,) = regions(page(words("kilo is a thousand", 50, 100) + mark))

    (line,) = region.lines
    assert any(word.text == "1" and word.scripts for word in line.words)


def test_slanted_words_follow_the_text():
    draft = words("DRAFT", 200, 300, size=60)
    draft[0].turn = 315
    source = page(draft + paragraph(LEFT, 50, 100))

    assert seen(source) == [LEFT, ["DRAFT"]]


def test_no_word_is_lost_on_a_page_of_scattered_words_and_rulings():
    chance = random.Random(5)
    found = [
        Word(f"w{at}", x, x + 20, y, 8.0, y - 6, y + 2, x + 20)
        for at in range(1500)
        for x, y in [(chance.uniform(0, 580), chance.uniform(10, 790))]
    ]
    rulings = [
        Ruling(chance.choice("HV"), start, start + chance.uniform(5, 300), chance.uniform(0, 800))
        for start in (chance.uniform(0, 400) for _ in range(400))
    ]

    texts = sorted(
        text
        for part in seen(page(found, rulings))
        for row in part
        for text in (row.split() if isinstance(row, str) else " ".join(row).split())
    )

    assert texts == sorted(word.text for word in found)


def test_page_with_very_many_words_and_rulings_is_read_in_little_time():
    found = grid([["12"] * 40] * 500, [20 + 14 * at for at in range(40)], 20, pitch=10)
    rulings = [Ruling("H", 0, 600, 5.0 * at) for at in range(10_000)]

    begin = time.process_time()
    regions(page(found, rulings, height=60_000))

    assert time.process_time() - begin < 20  # seconds; one on a quiet machine


def test_three_columns_are_read_from_the_left_to_the_right():
    texts = [
        [f"{name} {line}" for line in ("ferry lands at noon", "pier is made of oak", "wall is old")]
        for name in ("First", "Second", "Third")
    ]
    found = [word for at, lines in enumerate(texts) for word in paragraph(lines, 40 + 180 * at, 90)]

    assert seen(page(found)) == texts


def test_table_below_two_columns_is_not_cut():
    rows = [["Ada", "Chair"], ["Ole", "Treasurer"], ["Mia", "Clerk"]]
    source = page(
        paragraph(LEFT, 50, 100) + paragraph(RIGHT, 315, 100) + grid(rows, (50, 400), 200)
    )

    assert seen(source) == [LEFT, RIGHT, rows]


def test_the_sender_of_a_letter_is_read_before_whom_it_is_for():
    sender = ["12 High Street in the town", "Leeds LS1 4AB in the north", "Monday 4 May of 2026"]
    other = ["Mr Novak and his partner", "3 Low Road in the old town", "York in the north of it",
             "Dear Mr Novak and partner"]  # fmt: skip
    found = paragraph(other, 60, 160) + paragraph(sender, 350, 100)

    lines = [line for region in seen(page(found)) for line in region]

    assert lines[0] == "12 High Street in the town"
    assert lines[3] == "Mr Novak and his partner"


def test_columns_are_found_below_a_title_although_one_begins_with_narrow_lines():
    left = [f"left {at} tells of the river and all of its ways" for at in range(20)]
    narrow = [f"row {at} of few words" for at in range(4)]
    right = [f"right {at} tells of the sea and of all its ships" for at in range(12)]
    found = words("May of 2026", 275, 80) + paragraph(left, 70, 130)
    found += paragraph(narrow, 385, 130) + paragraph(right, 308, 226)

    lines = [line for region in seen(page(found)) for line in region]

    assert lines == ["May of 2026", *left, *narrow, *right]
