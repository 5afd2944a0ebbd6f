"""How much an edit keeps of the words that a conversion found."""

import pytest

from documents.conversion.scoring.losses import kept

TEXT = "The ships of Holland sailed north with corn and tirnber in winter."


@pytest.mark.parametrize(
    "edited",
    [
        TEXT.replace("ships", "slips"),  # another letter
        TEXT.replace("Holland", "Hollland"),  # one more
        TEXT.replace("sailed", "saled"),  # one less
        TEXT.replace("north", "nroth"),  # two that changed places
        TEXT.upper(),
        "# Ships\n\n" + TEXT.replace("The ships", "The\n\n- **ships**"),
        TEXT + " And more besides.",
    ],
)
def test_nothing_is_missing_when_letters_are_mended_or_words_are_added(edited):
    assert kept(TEXT, edited).share == 1


@pytest.mark.parametrize(
    "noise",
    ["(cid:12)(cid:13) ", "<!-- page 1 -->\n\n", "qzx~~w|1^ "],
)
def test_nothing_is_missing_when_garbage_and_page_marks_are_removed(noise):
    assert kept(noise + TEXT, TEXT).share == 1


def test_nothing_is_missing_when_a_word_cut_at_the_end_of_a_line_is_joined():
    assert kept("The con-\nversion of ships", "The conversion of ships").share == 1


def test_lost_words_are_counted_and_the_long_ones_named():
    found = kept(TEXT, "The ships of Holland")

    assert found.share == pytest.approx(4 / 12)
    assert found.missing == ("sailed", "north", "with")


def test_a_word_counts_as_often_as_it_stood_there():
    assert kept("ship ship ship ship", "ship").share == 0.25


def test_words_that_are_gone_altogether_are_named_before_those_that_are_fewer():
    assert kept("ledger ledger harvest", "ledger").missing == ("harvest", "ledger")


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("rnodern", "modern"),
        ("wi11", "will"),
        ("s0i1", "soil"),
        ("govcrnmcnt", "government"),  # any two letters of a long word
        ("data base", "database"),
        ("harbour", "har bour"),
    ],
)
def test_nothing_is_missing_when_what_recognition_confuses_is_mended(read, meant):
    assert kept(f"The {read} of old", f"The {meant} of old").share == 1


def test_a_word_put_together_once_replaces_its_parts_once():
    assert kept("data base data base", "database").share == 0.5


def test_short_words_apart_by_two_letters_do_not_mend_each_other():
    assert kept("number", "member").missing == ("number",)


def test_one_new_word_mends_one_old_word_only():
    assert kept("tirnber tirnbar", "tirnbor").share == 0.5


def test_words_that_only_begin_alike_do_not_mend_each_other():
    assert kept("conversion", "converter").missing == ("conversion",)


def test_in_scripts_without_spaces_each_letter_counts():
    assert kept("ดกขค", "ดก").share == 0.5


def test_a_text_without_words_has_nothing_to_keep():
    assert kept("(cid:12)(cid:13)", "Words") is None
