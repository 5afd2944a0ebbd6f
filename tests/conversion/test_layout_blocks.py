"""Blocks of lines side by side: addresses are two texts, lists of names and facts are tables."""

import pytest

from tests.conversion.layout_pages import grid, page, seen

ADDRESSES = [
    ["Sold to", "Shipped to"],
    ["Marta Feld", "Workshop Feld"],
    ["Am Anger 4", "Hof 2, gate B"],
    ["99084 Erfurt", "07743 Jena"],
    ["Germany", "Germany"],
]


def test_addresses_side_by_side_are_two_texts():
    source = page(grid(ADDRESSES, (50, 300), 100, pitch=13))

    assert seen(source) == [[left for left, _ in ADDRESSES], [right for _, right in ADDRESSES]]


def test_address_with_more_lines_keeps_them():
    rows = [*ADDRESSES, ["", "by rail"]]

    assert seen(page(grid(rows, (50, 300), 100, pitch=13))) == [
        [left for left, _ in ADDRESSES],
        [right for _, right in rows],
    ]


@pytest.mark.parametrize(
    "rows",
    [
        [["Anna Berg", "Room 12"], ["Otto Lind", "Room 14"], ["Mia Holm", "Room 3"]],
        [["Name", "Office"], ["Anna Berg", "Chair"], ["Otto Lind", "Clerk"], ["Mia", "Books"]],
        [["Line 5", "Gate 7"], ["Line 6", "Gate 2"], ["Line 9", "Gate 1"], ["Line 3", "Gate 3"]],
        [["Part", "Stock"], ["Bolt M8", "12"], ["Nut M8", "40"], ["Hinge", "9"]],
    ],
)
def test_rows_whose_columns_are_of_one_kind_are_a_table(rows):
    assert seen(page(grid(rows, (50, 300), 100, pitch=13))) == [rows]
