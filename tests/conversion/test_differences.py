"""How one text came from another, line by line."""

import random
from difflib import SequenceMatcher

import pytest

from documents.conversion.differences import MOST_ROWS, compare

TEXT = "\n".join(f"Line {number} stays." for number in range(1, 21))


def shown(before, text):
    """The rows as one writes a diff down."""
    signs = {"same": " ", "removed": "-", "added": "+"}
    return [
        f"@{row['count']}"
        if row["kind"] == "fold"
        else signs[row["kind"]] + row["head"] + row["changed"] + row["tail"]
        for row in compare(before, text)["rows"]
    ]


def test_a_changed_line_is_shown_with_three_lines_around_it_and_the_rest_folded():
    text = TEXT.replace("Line 10 stays.", "Line 10 goes.")

    assert shown(TEXT, text) == [
        "@6", " Line 7 stays.", " Line 8 stays.", " Line 9 stays.",
        "-Line 10 stays.", "+Line 10 goes.",
        " Line 11 stays.", " Line 12 stays.", " Line 13 stays.", "@7",
    ]  # fmt: skip


def test_lines_have_the_numbers_of_both_texts_and_the_changed_words_are_marked():
    found = compare("a\nThe cat sat on mats\nz", "new\na\nThe dog sat on mats\nz")

    assert (found["added"], found["removed"]) == (2, 1)
    assert [(row.get("old"), row.get("new")) for row in found["rows"]] == [
        (None, 1), (1, 2), (2, None), (None, 3), (3, 4),
    ]  # fmt: skip
    removed, added = found["rows"][2:4]
    assert (removed["head"], removed["changed"], removed["tail"]) == ("The ", "cat", " sat on mats")
    assert added["changed"] == "dog"


def test_the_same_text_has_no_differences():
    assert compare(TEXT, TEXT) == {"added": 0, "removed": 0, "is_cut": False, "rows": []}


@pytest.mark.parametrize("seed", range(1, 21))
def test_both_texts_can_be_told_from_the_rows_whatever_was_edited(seed):
    chance = random.Random(seed)
    before = [chance.choice("abcdefgh") * 2 if seed % 2 else f"line {n}" for n in range(40)]
    text = before.copy()
    for _ in range(seed):
        place = chance.randrange(len(text))
        text[place : place + chance.randrange(3)] = [f"new {chance.random()}"] * chance.randrange(3)
    rows = compare("\n".join(before), "\n".join(text))["rows"]
    lines = {"old": before, "new": text}

    for side, kind in (("old", "removed"), ("new", "added")):
        given = [row for row in rows if side in row]
        assert [row[side] for row in given] == sorted({row[side] for row in given})
        for row in given:
            assert row["head"] + row["changed"] + row["tail"] == lines[side][row[side] - 1]
        unchanged = len(lines[side]) - sum(row["kind"] == kind for row in given)
        folded = sum(row.get("count", 0) for row in rows)
        assert unchanged == folded + sum(row["kind"] == "same" for row in rows)


def test_a_short_text_of_repeated_lines_is_compared_as_well_as_difflib_does():
    before, text = list("xxyxxyxxz"), list("xyxxyyxxz")
    blocks = SequenceMatcher(None, before, text, autojunk=False).get_matching_blocks()

    found = compare("\n".join(before), "\n".join(text))

    assert found["removed"] <= len(before) - sum(block.size for block in blocks)


def test_more_rows_than_anybody_reads_are_left_out():
    found = compare("\n".join(map(str, range(5000))), "other")

    assert found["is_cut"]
    assert len(found["rows"]) == MOST_ROWS
    assert found["removed"] == 5000


def test_a_small_change_of_a_very_long_line_is_shown_with_the_words_around_it():
    long = "word " * 5000

    removed, added = compare(long + "one end", long + "two end")["rows"]

    assert (removed["changed"], added["changed"]) == ("one", "two")
    assert len(removed["head"]) < 250
