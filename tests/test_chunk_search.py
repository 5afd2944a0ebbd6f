"""Which chunks are found by words, and in which order."""

import pytest

from documents.chunk_search import ranked
from documents.chunks import Chunk


def chunks(*texts):
    return [
        Chunk(text=text, tokens=1, headings=[], page=None, last_page=None, repeated=0, start=0,
              end=len(text), id=str(index), index=index)
        for index, text in enumerate(texts)
    ]  # fmt: skip


def found(search, *texts):
    return [chunk.index for chunk in ranked(chunks(*texts), search)]


def test_chunks_without_any_of_the_words_are_left_out():
    assert found("harbour", "ships", "the harbour", "harbours") == [1]


def test_more_of_the_words_is_better_and_so_is_a_shorter_chunk():
    texts = ["ship and much else that nobody asked for", "ship harbour", "ship"]

    assert found("harbour ship", *texts) == [1, 2, 0]


def test_a_rare_word_counts_more_than_a_common_one():
    assert found("the key", "the the lock", "a key now", "the door", "the wall")[0] == 1


def test_words_are_found_in_any_case_and_script():
    assert found("ÜBER 港口", "über alles", "港口 und", "else") == [0, 1]


@pytest.mark.parametrize("search", ["", "  ", "?!", "nothing of it"])
def test_a_search_for_nothing_finds_nothing(search):
    assert found(search, "some text", "more text") == []


def test_no_chunks_no_hits():
    assert ranked([], "ship") == []
