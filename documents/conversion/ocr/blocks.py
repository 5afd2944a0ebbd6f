"""Pictures of text to Markdown blocks, until the layout engine reads them."""

import re
import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from ..markdown import clean_text, escape_tags
from ..options import ConversionOptions
from .ink import bareness
from .scan import (
    ENOUGH,
    FEW_LETTERS,
    GUESSED,
    MAX_SIDE,
    MIN_SIDE,
    UNSURE,
    candidates,
    language_of,
)
from .tesseract import check_language, recognized

if TYPE_CHECKING:
    from PIL.Image import Image

NOISE_CONFIDENCE = 0.4
HEADING_RATIO, TITLE_RATIO = 1.2, 1.5  # height of a line against the usual one
MAX_HEADING_WORDS = 14
BULLET = re.compile(r"^[•·▪●◦‣*»+-] +(?=\S)")
NUMBER = re.compile(r"^(\d{1,3})[.)] +(?=\S)")
ITEM, NUMBERED_ITEM = re.compile(r"- "), re.compile(r"\d{1,3}\. ")


@dataclass(frozen=True)
class Reading:
    """Blocks of one picture in reading order, and the mean confidence (0-1) of its words.

    `is_blank` says that there is nothing to read.
    """

    blocks: list[str]
    confidence: float
    is_blank: bool = False


NOTHING, BLANK = Reading([], 0.0), Reading([], 0.0, is_blank=True)


@dataclass(frozen=True)
class _Line:
    text: str
    height: float  # pixels
    confidence: float
    starts_paragraph: bool


def read_picture(
    picture: "Image", *, options: ConversionOptions, dpi: int, tries: int | None = None
) -> Reading:
    """Read `picture` (mode L, `dpi` dots per inch), at most `tries` times.

    A page read unsurely is read again: without its grain, then turned. The surest reading counts,
    and one that is hardly better than guessing counts as nothing read.

    Raises ConversionError: ocr_language_missing.
    """
    check_language(options.ocr_language)
    if min(picture.size) < MIN_SIDE:
        return NOTHING
    if max(picture.size) > MAX_SIDE:
        picture = picture.copy()
        picture.thumbnail((MAX_SIDE, MAX_SIDE))
    bare = bareness(picture, dpi)
    if bare == 1:  # what Tesseract takes longest for is grain
        return BLANK
    best = NOTHING
    language = language_of(picture, options, dpi)
    tried = islice(candidates(picture, dpi, language), tries)
    for number, (candidate, _) in enumerate(tried, start=1):
        best = max(best, _read(candidate, options, dpi, language), key=_worth)
        if best.confidence >= UNSURE or (number == ENOUGH and best == NOTHING):
            break
    if best.confidence >= GUESSED:
        return best
    return BLANK if bare else NOTHING


def _worth(reading: Reading) -> tuple[bool, float]:
    """Confidence decides, but a few sure letters are not worth more than a page of text."""
    return sum(map(len, reading.blocks)) >= FEW_LETTERS, reading.confidence


def _read(picture: "Image", options: ConversionOptions, dpi: int, language: str) -> Reading:
    with recognized(picture, dpi=dpi, language=language, psm=options.ocr_psm) as engine:
        if engine is None:
            return NOTHING
        lines = [line for line in _lines(engine) if not _is_noise(line)]
        words = [confidence / 100 for confidence in engine.AllWordConfidences()]
    return Reading(_blocks(lines), statistics.fmean(words)) if words and lines else NOTHING


def _lines(engine: Any) -> Iterator[_Line]:
    from tesserocr import PT, RIL, iterate_level

    pictures = {PT.FLOWING_IMAGE, PT.HEADING_IMAGE, PT.PULLOUT_IMAGE, PT.NOISE}
    iterator = engine.GetIterator()
    if iterator is None:
        return
    for line in iterate_level(iterator, RIL.TEXTLINE):
        if line.BlockType() in pictures or line.Empty(RIL.TEXTLINE):
            continue
        yield _Line(
            text=clean_text(line.GetUTF8Text(RIL.TEXTLINE)).strip(),
            height=float(line.RowAttributes()["row_height"]),
            confidence=line.Confidence(RIL.TEXTLINE) / 100,
            starts_paragraph=line.IsAtBeginningOf(RIL.PARA),
        )


def _is_noise(line: _Line) -> bool:
    """Specks and ruling lines are read as a few odd signs that nothing is sure about."""
    solid = sum(char.isalnum() for char in line.text)
    if not solid:
        return True
    return line.confidence < NOISE_CONFIDENCE and (solid < 3 or solid < len(line.text) / 2)


def _blocks(lines: list[_Line]) -> list[str]:
    """Paragraphs (lines kept apart by newlines), list items and headings of one page."""
    if not lines:
        return []
    usual = statistics.median(line.height for line in lines)
    paragraphs: list[list[_Line]] = []
    for line in lines:
        is_item = BULLET.match(line.text) or NUMBER.match(line.text)
        if line.starts_paragraph or is_item or not paragraphs:
            paragraphs.append([])
        paragraphs[-1].append(line)
    return _joined_lists([_block(paragraph, usual) for paragraph in paragraphs])


def _block(lines: list[_Line], usual: float) -> str:
    text = escape_tags("\n".join(line.text for line in lines))
    if BULLET.match(text):
        return "- " + BULLET.sub("", text).replace("\n", " ")
    if match := NUMBER.match(text):
        return f"{match[1]}. " + text[match.end() :].replace("\n", " ")
    ratio = statistics.fmean(line.height for line in lines) / usual
    is_short = len(text.split()) <= MAX_HEADING_WORDS and len(lines) <= 2
    if ratio >= HEADING_RATIO and is_short and not text.endswith((".", ",", ";")):
        return ("# " if ratio >= TITLE_RATIO else "## ") + text.replace("\n", " ")
    # A number sign at the start would make a heading of any paragraph.
    return "\\" + text if text.startswith("#") else text


def _joined_lists(blocks: list[str]) -> list[str]:
    """List items that follow each other as one list."""
    joined: list[str] = []
    for block in blocks:
        mark = ITEM if block.startswith("- ") else NUMBERED_ITEM
        if joined and mark.match(block) and mark.match(joined[-1]):
            joined[-1] += "\n" + block
        else:
            joined.append(block)
    return joined
