"""What is seen of letters in scans beyond their text: equal widths, glued bullets, second looks."""

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from documents.conversion.layout.page import Word
from documents.conversion.ocr.again import read_again
from documents.conversion.ocr.bullets import mark_bullets
from documents.conversion.ocr.mono import mark_mono
from documents.conversion.ocr.words import TextLine

SIZE = 10.0


def line(text, advances, baseline=100.0, left=50.0):
    """A line whose letters have the widths that `advances` gives for them, in points."""
    words, x = [], left
    for word in text.split(" "):
        start = x
        for char in word:
            x += advances(char)
        words.append(Word(word, start + 0.5, x - 0.5, baseline, SIZE, baseline - 7, baseline, x))
        x += advances(" ")
    return TextLine(words, 0.9, 10.0, {})


def equal(char):
    return 6.0


def various(char):
    return {"i": 2.2, "l": 2.2, "m": 8.3, "w": 7.2, " ": 2.8, "t": 2.8}.get(char, 5.3)


CODE = ("import socket", "def last(host, port) -> float:", "return value of host")


def test_letters_of_equal_widths_are_known_by_where_words_begin():
    lines = [line(text, equal, 100 + 12 * row) for row, text in enumerate(CODE)]

    mark_mono(lines)

    assert all(word.mono for each in lines for word in each.words)
    assert lines[0].words[0].x1 - lines[0].words[0].x0 == pytest.approx(6 * 6, abs=1)


def test_prose_has_no_letters_of_equal_widths():
    prose = "the little will of the mimes was still a lame swim in the twilight"
    lines = [line(prose[row:], various, 100 + 12 * row) for row in range(0, 12, 4)]

    mark_mono(lines)

    assert not any(word.mono for each in lines for word in each.words)


def test_a_bullet_that_was_read_with_its_word_is_parted_from_it():
    mask = np.zeros((600, 900), dtype=bool)
    lines = []
    for baseline in (100.0, 114.0):
        rows = slice(round(baseline * 150 / 72) - 10, round(baseline * 150 / 72))
        mask[rows, 104:112] = True  # from 50 to 54 points
        mask[rows, 130:160] = True
        word = Word("othe", 49.5, 77.0, baseline, SIZE, baseline - 7, baseline, 77.0)
        text = Word("gate", 80.0, 96.0, baseline, SIZE, baseline - 7, baseline, 96.0)
        lines.append(TextLine([word, text], 0.9, 10.0, {}))

    mark_bullets(lines, mask, 150)

    assert [word.text for word in lines[0].words] == ["•", "the", "gate"]


def test_a_number_that_was_read_unsurely_is_read_again_by_itself():
    picture = Image.new("L", (400, 200), 255)
    ImageDraw.Draw(picture).text((100, 80), "1.25", font=ImageFont.load_default(size=40), fill=0)
    scale = 72 / 200
    word = Word("ee", 98 * scale, 182 * scale, 118 * scale, 14.0, 86 * scale, 120 * scale, 66.0)
    word.confidence = 0.4

    read_again([TextLine([word], 0.4, 14.0, {})], picture, 200, "eng")

    assert word.text == "1.25"
    assert word.confidence > 0.85


def test_words_of_a_page_that_is_bad_as_a_whole_are_left_alone():
    words = [
        Word("x", 10.0 * n, 10.0 * n + 5, 20, 10, 10, 20, 15, confidence=0.3) for n in range(9)
    ]

    read_again([TextLine(words, 0.3, 10.0, {})], Image.new("L", (400, 200), 255), 200, "missing")

    assert {word.text for word in words} == {"x"}
