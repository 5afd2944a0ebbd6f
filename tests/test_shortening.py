"""Long names lose their middle, never their end."""

import pytest

from curatore.core.shortening import halves

LONG = "Quarterly report of the northern regions 2025 final.pdf"


def test_the_end_keeps_the_extension_and_what_stands_before_it_when_a_name_is_long():
    assert halves(LONG) == ("Quarterly report of the northern regions ", "2025 final.pdf")


@pytest.mark.parametrize("name", ["", "report.pdf", "x" * 28, ".hidden-file-of-somebody"])
def test_a_name_stays_whole_when_it_is_short(name):
    assert halves(name) == (name, "")


@pytest.mark.parametrize(
    "name",
    ["Minutes of the annual meeting", "Version 2.the last one of them all, really", ".p" * 30],
)
def test_the_last_characters_are_kept_when_there_is_no_extension(name):
    start, end = halves(name)

    assert start + end == name
    assert len(end) >= 10


@pytest.mark.parametrize("mark", ["\u0308", "\u200d👩", "\U0001f3fd", "\ufe0f"])
def test_a_character_is_not_parted_from_its_marks_when_the_cut_falls_between(mark):
    name = "n" * 30 + "a" + mark + "b" * (10 - len(mark)) + ".pdf"
    start, end = halves(name)

    assert start + end == name
    assert not end.startswith(mark)
    assert not start.endswith("\u200d")


def test_a_name_of_nothing_but_marks_is_cut_within_bounds():
    start, end = halves("\u0308" * 200)

    assert len(end) == 20
    assert len(start) == 180
