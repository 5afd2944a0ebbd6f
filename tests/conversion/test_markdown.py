"""Normal form and clean-up of Markdown blocks, rule by rule."""

import pytest

from documents.conversion.cleanup import clean_up
from documents.conversion.document import Document, PageInfo
from documents.conversion.markdown import escape_tags, normalize, split_blocks, table
from documents.conversion.readers.bridge import blocks_of
from documents.conversion.writer import block_markdown


def cleaned(*pages, paged=True):
    """The document that pages of Markdown blocks make, after the clean-up."""
    document = Document(pages=[PageInfo(n) for n, _ in enumerate(pages, 1)] if paged else [])
    for number, texts in enumerate(pages, 1):
        document.blocks += blocks_of(texts, number if paged else None)
    clean_up(document)
    return document


def optimized(*pages, paged=True):
    """Blocks of each page after the clean-up."""
    document = cleaned(*pages, paged=paged)
    return [
        [block_markdown(block) for block in document.body() if block.page in {number, None}]
        for number in range(1, len(pages) + 1)
    ]


@pytest.mark.parametrize(
    ("block", "clean"),
    [
        ("plain  \ntext\t", "plain\ntext"),
        ("## **Bold heading**", "## Bold heading"),
        ("## Closed ##", "## Closed"),
        ("##   ", ""),
        ("a\x00b\ufffdc\u200b", "abc"),
        ("e\u0301", "é"),
        ("| a | b |\n| - | - |\n| 1 |\n| x \\| y | 2 | 3 |", None),
        ("<!-- image -->", ""),
        ("```\ncode  \n\n  more\n```", "```\ncode\n\n  more\n```"),
    ],
)
def test_a_block_is_brought_into_normal_form(block, clean):
    uneven = "| a | b |  |\n| --- | --- | --- |\n| 1 |  |  |\n| x \\| y | 2 | 3 |"

    assert normalize(block) == (uneven if clean is None else clean)


def test_cells_of_a_table_cannot_break_it():
    assert table([["a|b", "c\nd"], ["1"]]) == "| a\\|b | c d |\n| --- | --- |\n| 1 |  |"


def test_a_table_of_nothing_is_nothing():
    assert table([]) == ""


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("a <b>bold</b>", "a \\<b>bold\\</b>"),
        ("x < y <3", "x < y <3"),
        ("<mail@example.org> <https://example.org>", "<mail@example.org> <https://example.org>"),
        ("<script>alert(1)</script>", "\\<script>alert(1)\\</script>"),
        ("\\<b>", "\\<b>"),
    ],
)
def test_only_what_looks_like_a_tag_is_escaped(text, escaped):
    assert escape_tags(text) == escaped


def test_blank_lines_part_blocks_but_not_inside_code():
    assert split_blocks("a\n\n\nb\nc\n\n```\nx\n\ny\n```\nd") == [
        "a",
        "b\nc",
        "```\nx\n\ny\n```\nd",
    ]


def test_a_code_block_without_end_is_closed():
    assert split_blocks("```\nx\n\ny") == ["```\nx\n\ny\n```"]


def test_lines_that_return_at_the_edges_of_pages_are_removed():
    texts = ["Rain fell.", "Snow came.", "Wind blew.", "Sun shone."]
    pages = [("Annual Report 2024", text, f"Laboratory {n + 7}") for n, text in enumerate(texts)]

    assert optimized(*pages) == [[text] for text in texts]


def test_lines_whose_numbers_do_not_count_pages_stay():
    pages = [(f"Total: {n * n} euros", f"Station {'abcd'[n]}") for n in range(4)]

    assert optimized(*pages) == [list(page) for page in pages]


def test_lines_that_return_on_two_pages_only_stay():
    pages = [("Same line", "One."), ("Same line", "Two."), ("Other", "Three."), ("More", "Four.")]

    assert optimized(*pages) == [list(page) for page in pages]


def test_counted_headings_at_the_top_of_pages_are_no_running_headers():
    pages = [(f"# Chapter {n}", f"Text of chapter {'abcde'[n]}.") for n in range(5)]

    assert optimized(*pages) == [list(page) for page in pages]


@pytest.mark.parametrize("number", ["Page 3", "- 3 of 9 -", "Seite 3 von 9", "3 / 9"])
def test_page_numbers_are_removed(number):
    assert optimized(["Text.", number]) == [["Text."]]


def test_a_bare_number_is_a_page_number_only_when_pages_have_them_in_turn():
    assert optimized(["Text.", "42"]) == [["Text.", "42"]]
    assert optimized(["One.", "1"], ["Two.", "2"]) == [["One."], ["Two."]]


def test_words_broken_at_a_line_end_are_joined_and_compound_names_keep_their_hyphen():
    lines = "It was a conver-\nsion of the Anglo-\nSaxon text"

    assert optimized([lines]) == [["It was a conversion of the Anglo-Saxon text"]]


def test_a_paragraph_cut_by_a_page_break_is_joined_on_the_earlier_page():
    pages = optimized(["It goes on and"], ["on to the end.", "Next."])

    assert pages == [["It goes on and on to the end."], ["Next."]]


def test_a_finished_sentence_is_not_joined_with_the_next_page():
    assert optimized(["It ends."], ["and a list"]) == [["It ends."], ["and a list"]]


def test_headings_start_at_one_and_skip_no_level():
    blocks = ["## A", "#### B", "##### C", "### D", "## E"]

    assert optimized(blocks, paged=False) == [["# A", "## B", "### C", "## D", "# E"]]


def test_lists_tables_and_code_keep_their_lines():
    blocks = ["- a\n- b", "| a |\n| --- |\n| b |", "```\nx\ny\n```"]

    assert optimized(blocks) == [blocks]
