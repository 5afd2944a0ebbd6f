"""Which words of a source are kept beside its result, to compare edits with."""

import pytest

from documents.conversion.scoring.losses import kept_of
from documents.conversion.scoring.source_words import MOST_DIFFERENT, SourceWords, unpacked


def of(source, *pages, markdown=None, has_ocr=False):
    text = "\n".join(pages)
    packed = SourceWords(text, source, has_ocr=has_ocr).packed(
        text if markdown is None else markdown
    )
    return packed and unpacked(packed)


def test_words_that_the_conversion_lost_are_those_of_the_source_all_the_same():
    words = of("One two three four", "One two")

    assert kept_of(words, "One two").missing == ("three", "four")
    assert kept_of(words, "Four three two one").share == 1


def test_what_the_clean_up_took_out_is_not_missed():
    words = of("Annual report One Annual report Two", "Annual report One", "Annual report Two",
               markdown="Annual report One Two")  # fmt: skip

    assert words == {"annual": 1, "report": 1, "one": 1, "two": 1}


def test_words_that_were_recognized_count_beside_those_of_the_text_layer():
    assert of("One", "One", "Two", has_ocr=True) == {"one": 1, "two": 1}


TOO_MANY = " ".join(map(str, range(MOST_DIFFERENT + 1)))


@pytest.mark.parametrize("source", [None, "", "(cid:1)", TOO_MANY])
def test_nothing_is_kept_when_there_are_no_words_or_too_many(source):
    assert of(source, "One") is None
