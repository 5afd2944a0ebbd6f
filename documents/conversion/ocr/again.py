"""Words that were read unsurely, read again each by itself and larger.

Numbers that stand alone in cells have nothing around them by which Tesseract could tell their
height: read as a line of their own they are mostly right.
"""

import statistics
from typing import TYPE_CHECKING

from PIL import Image, ImageOps

from .. import errors
from ..layout.page import Word
from ..markdown import clean_text
from .tesseract import recognized

if TYPE_CHECKING:
    from .words import TextLine

DOUBTED = 0.8
SURE, BETTER = 0.85, 0.1  # what the other reading must have, and how much more
LONGEST = 14  # letters; longer words are told by their letters
MOST_WORDS = 50  # of a page; each takes some 5 ms
MOST_DOUBTED = 0.35  # share of a page; more, and it is the page that is bad
LARGER = (2, 1)  # times, the one that is mostly better first
AROUND, PAPER = 0.3, 0.4  # ems of the page and of white that are left around a word
ONE_LINE = 7  # a mode of page segmentation


def read_again(lines: "list[TextLine]", picture: Image.Image, dpi: float, language: str) -> None:
    """Replace what was read unsurely by what is read surely."""
    words = [word for line in lines for word in line.words if not word.turn]
    doubted = [word for word in words if (word.confidence or 0.0) < DOUBTED]
    if len(doubted) > max(8, MOST_DOUBTED * len(words)):
        return
    short = [word for word in doubted if len(word.text) <= LONGEST]
    # Of digits it cannot be seen afterwards that they are wrong.
    short.sort(key=lambda word: not any(map(str.isdigit, word.text)))
    for word in short[:MOST_WORDS]:
        _read(word, picture, dpi, language)


def _read(word: Word, picture: Image.Image, dpi: float, language: str) -> None:
    for times in LARGER:
        try:
            text, confidence = _alone(word, picture, dpi, language, times)
        except errors.EngineError:
            return
        least = max(SURE, (word.confidence or 0.0) + BETTER)
        if text and " " not in text and confidence >= least:
            word.text, word.confidence = text, confidence
            return


def _alone(
    word: Word, picture: Image.Image, dpi: float, language: str, times: int
) -> tuple[str, float]:
    scale = dpi / 72
    margin = AROUND * word.size
    edges = (word.x0 - margin, word.top - margin, word.x1 + margin, word.bottom + margin)
    box = [round(edge * scale) for edge in edges]
    left, top = max(0, box[0]), max(0, box[1])
    right, bottom = min(picture.width, box[2]), min(picture.height, box[3])
    if right - left < 3 or bottom - top < 3:
        return "", 0.0
    part = picture.crop((left, top, right, bottom))
    if times > 1:
        size = (part.width * times, part.height * times)
        part = part.resize(size, Image.Resampling.LANCZOS)
    paper = len(part.histogram()) - 1  # white
    part = ImageOps.expand(part, round(PAPER * word.size * scale * times), fill=paper)
    with (
        recognized(part, dpi=dpi * times, language=language, psm=ONE_LINE) as engine,
        errors.engine_at_work(),
    ):
        sure = engine.AllWordConfidences() if engine else []
        text = engine.GetUTF8Text() if sure else ""
    return clean_text(text).strip(), statistics.fmean(sure) / 100 if sure else 0.0
