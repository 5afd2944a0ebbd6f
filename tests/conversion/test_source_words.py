"""What of a source is kept beside its result, to compare edits with."""

import base64
import json
import zlib
from collections import Counter

import pytest

from documents.conversion.scoring.facts import Facts
from documents.conversion.scoring.source_words import packed, source_of, unpacked


def of(source, recognized=None, left_out=""):
    return source_of(Facts(), source, recognized, left_out)


def test_words_are_kept_in_their_order():
    assert unpacked(packed(of("One two three"))).words == ["one", "two", "three"]


def test_everything_that_was_counted_is_kept():
    facts = Facts(["a"], ["heading"], None, [("a", "b")], ["note"], is_ordered=False, by_ocr=True)
    assert unpacked(packed(facts)) == facts


def test_what_was_left_out_is_not_missed():
    words = of("Annual report One Annual report Two", left_out="Annual report").words
    assert Counter(words) == {"annual": 1, "report": 1, "one": 1, "two": 1}


def test_words_that_were_recognized_count_beside_those_of_the_text_layer():
    source = of("One", recognized="Two")
    assert source.words == ["one", "two"]
    assert not source.is_ordered


def test_words_of_a_scan_are_in_order_as_they_were_recognized():
    assert of(None, recognized="One two").is_ordered


@pytest.mark.parametrize("source", [None, "", "\ue000\ue001"])
def test_nothing_is_kept_when_there_are_no_words(source):
    assert packed(of(source)) is None


def test_results_of_before_have_their_words_in_no_order():
    old = base64.b64encode(zlib.compress(json.dumps({"one": 2, "two": 1}).encode())).decode()
    assert unpacked(old) == Facts(words=["one", "one", "two"], is_ordered=False)
