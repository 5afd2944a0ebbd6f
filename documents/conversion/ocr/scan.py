"""A picture of a page to what the layout engine sees of it: words and rulings, in points."""

import statistics
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

import numpy as np
from PIL import Image, ImageFilter

from .. import errors
from ..layout.page import SourcePage, Word
from ..options import ConversionOptions
from . import languages
from .again import read_again
from .bullets import mark_bullets
from .ink import bareness, ink, looked_at, reduced
from .mono import mark_mono
from .placing import Placing
from .rulings import rulings
from .skew import angle, straightened
from .tesseract import available_ocr_languages, check_language, recognized
from .weight import mark_bold
from .words import TextLine, text_lines, unsure_words, without_bars, without_strokes

UNSURE = 0.6  # a page read less surely than this may be grainy, or lie on its side
ENOUGH = 2  # readings that found no text at all; turning the page will not help
MIN_SIDE, MAX_SIDE = 8, 32_767  # pixels; Tesseract takes no more, and no letter is lower
TURNS = (90, 270, 180)  # degrees, the likelier first
UPRIGHT = 0.75  # a strip read so surely lies as it should
GUESSED = 0.35  # less than this is what Tesseract sees in noise
FEW_LETTERS = 40
STRIP = 1.3  # inches; some seven lines, of which the language is told
ONE_BLOCK = 6  # a mode of page segmentation
PLACES = 72  # points in an inch


@dataclass(slots=True)
class Scan:
    """What was read of one picture.

    `confidence` (0-1) is the mean of its words; `language` is what it was read in. `skew` is by how
    many degrees (counter-clockwise) the picture was turned to be straight, `turn` by how many more
    to be upright; places are those of the straight and upright page. `is_blank` says that there is
    nothing to read, `unsure` holds the words that may well be wrong.
    """

    page: SourcePage
    confidence: float = 0.0
    language: str = ""
    skew: float = 0.0
    turn: int = 0
    is_blank: bool = False
    unsure: list[Word] = field(default_factory=list)

    @property
    def placing(self) -> Placing:
        """Where things of the page are in the picture as it was given."""
        return Placing(self.page.width, self.page.height, self.skew, self.turn)

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.page.words)

    @property
    def is_empty(self) -> bool:
        return not self.page.words


@dataclass(slots=True)
class _Reading:
    """One try at a picture; `picture` is what was read."""

    picture: Image.Image
    lines: list[TextLine]
    confidence: float
    language: str
    turn: int = 0


def read_scan(
    picture: Image.Image,
    number: int,
    *,
    options: ConversionOptions,
    dpi: float,
    tries: int | None = None,
    likely: str | None = None,
) -> Scan:
    """Read `picture` (mode L, `dpi` dots per inch) as page `number`, at most `tries` times.

    A page read unsurely is read again: without its grain, then turned. The surest reading counts,
    and one that is hardly better than guessing counts as nothing read. `likely` is the language of
    the page before, where the languages are found out.

    Raises ConversionError ocr_language_missing, EngineError.
    """
    check_language(options.ocr_language)
    if max(picture.size) > MAX_SIDE:
        dpi = dpi * MAX_SIDE / max(picture.size)
        picture = picture.copy()
        picture.thumbnail((MAX_SIDE, MAX_SIDE))
    if min(picture.size) < MIN_SIDE:
        return Scan(_bare_page(picture, number, dpi))
    bare = bareness(picture, dpi)
    if bare == 1:  # what Tesseract takes longest for is grain
        return Scan(_bare_page(picture, number, dpi), is_blank=True)
    skew = angle(picture, dpi)
    straight = straightened(picture, skew)
    best = _best(straight, options, dpi, tries, likely)
    if best is None:
        page = _bare_page(picture, number, dpi)
        return Scan(page, skew=skew, is_blank=bare > 0)
    page = _page(best, straight, number, dpi)
    unsure = unsure_words(page.words)
    return Scan(page, best.confidence, best.language, skew, best.turn, unsure=unsure)


def _bare_page(picture: Image.Image, number: int, dpi: float) -> SourcePage:
    return SourcePage(number, picture.width * PLACES / dpi, picture.height * PLACES / dpi)


def _page(reading: _Reading, straight: Image.Image, number: int, dpi: float) -> SourcePage:
    """Words and rulings of a picture. Places and strokes are seen best with the grain left in."""
    seen = _turned(straight, reading.turn)
    page = _bare_page(seen, number, dpi)
    mask, mask_dpi = looked_at(seen, dpi)
    found = rulings(mask, mask_dpi)
    for line in reading.lines:
        line.words = without_bars(line.words, found)
    lines = [line for line in reading.lines if line.words]
    read_again(lines, seen, dpi, reading.language)
    mark_bold(lines, seen, dpi)
    mark_bullets(lines, mask, mask_dpi)
    mark_mono(lines)
    page.words = [word for line in lines for word in line.words]
    page.rulings = without_strokes(found, page.words)
    return page


def _best(
    picture: Image.Image,
    options: ConversionOptions,
    dpi: float,
    tries: int | None,
    likely: str | None,
) -> _Reading | None:
    best: _Reading | None = None
    language = language_of(picture, options, dpi, likely)
    tried = islice(candidates(picture, dpi, language), tries)
    for number, (candidate, turn) in enumerate(tried, start=1):
        if turn:
            language = language_of(candidate, options, dpi, likely)
        reading = _read(candidate, options, dpi, language)
        if likely and number == 1 and reading.confidence < languages.SURE:
            language = language_of(candidate, options, dpi)
            if language != reading.language:
                reading = _read(candidate, options, dpi, language)
        reading.turn = turn
        if best is None or _worth(reading) > _worth(best):
            best = reading
        if best.confidence >= UNSURE or (number == ENOUGH and not best.lines):
            break
    return best if best is not None and best.lines and best.confidence >= GUESSED else None


def candidates(
    picture: Image.Image, dpi: float, language: str
) -> Iterator[tuple[Image.Image, int]]:
    """The picture, without its grain, and turned; and by how many degrees it is turned."""
    yield picture, 0
    # Not asked of Tesseract's own orientation detection: it aborts the process on noise.
    sure = {turn: _sureness(_turned(picture, turn), dpi, language) for turn in TURNS}
    turned = sorted(TURNS, key=lambda turn: -sure[turn])
    first = [turn for turn in turned[:1] if sure[turn] >= UPRIGHT]
    for degrees in first:
        yield _turned(picture, degrees), degrees
    yield picture.filter(ImageFilter.GaussianBlur(dpi / 100)), 0
    yield picture.filter(ImageFilter.MedianFilter(5)), 0
    for degrees in turned[len(first) :]:
        yield _turned(picture, degrees), degrees


def _sureness(picture: Image.Image, dpi: float, language: str) -> float:
    try:
        return _trial(_strip(picture, dpi), dpi, language).confidence
    except errors.EngineError:
        return 0.0


def _turned(picture: Image.Image, degrees: int) -> Image.Image:
    return picture.rotate(degrees, expand=True) if degrees else picture


def _worth(reading: _Reading) -> tuple[bool, float]:
    """Confidence decides, but a few sure letters are not worth more than a page of text."""
    return sum(len(line.text) for line in reading.lines) >= FEW_LETTERS, reading.confidence


def _read(picture: Image.Image, options: ConversionOptions, dpi: float, language: str) -> _Reading:
    """What is read in `language`, or in a better one if any is to be found out."""
    reading = _read_in(picture, options, dpi, language)
    if options.ocr_language != languages.AUTO:
        return reading
    text = " ".join(line.text for line in reading.lines)
    other = languages.better_by_words(text, language, available_ocr_languages())
    return _read_in(picture, options, dpi, other) if other else reading


def _read_in(
    picture: Image.Image, options: ConversionOptions, dpi: float, language: str
) -> _Reading:
    with recognized(picture, dpi=dpi, language=language, psm=options.ocr_psm) as engine:
        lines = text_lines(engine, dpi, picture.width) if engine else []
        with errors.engine_at_work():
            sure = [share / 100 for share in engine.AllWordConfidences()] if lines else []
    return _Reading(picture, lines, statistics.fmean(sure) if sure else 0.0, language)


def language_of(
    picture: Image.Image, options: ConversionOptions, dpi: float, likely: str | None = None
) -> str:
    """What the options say, or what a strip of the page looks like."""
    if options.ocr_language != languages.AUTO:
        return options.ocr_language
    installed = available_ocr_languages()
    if likely in installed or len(installed) == 1:
        return likely or installed[0]
    strip = _strip(picture, dpi)

    def attempt(language: str) -> languages.Trial:
        try:
            return _trial(strip, dpi, language)
        except errors.EngineError:  # one broken file of data is no reason to read nothing
            return languages.Trial(language, "", 0.0)

    return languages.chosen(installed, attempt)


def _trial(strip: Image.Image, dpi: float, language: str) -> languages.Trial:
    with recognized(strip, dpi=dpi, language=language, psm=ONE_BLOCK) as engine:
        if engine is None:
            return languages.Trial(language, "", 0.0)
        with errors.engine_at_work():
            sure = engine.AllWordConfidences()
            text = engine.GetUTF8Text() if sure else ""
    return languages.Trial(language, text, statistics.fmean(sure) / 100 if sure else 0.0)


def _strip(picture: Image.Image, dpi: float) -> Image.Image:
    """The part of a page where the most letters stand: where ink and paper change most often."""
    height = round(STRIP * dpi)
    if picture.height <= height:
        return picture
    small, small_dpi = reduced(picture, dpi, 75)
    mask = ink(small, small_dpi)
    changes = np.cumsum((mask[:, 1:] != mask[:, :-1]).sum(axis=1))
    window = max(1, round(STRIP * small_dpi))
    top = int(np.argmax(changes[window:] - changes[:-window])) if len(changes) > window else 0
    top = min(round(top * dpi / small_dpi), picture.height - height)
    return picture.crop((0, top, picture.width, top + height))
