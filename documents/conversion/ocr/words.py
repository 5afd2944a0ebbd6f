"""Tesseract's words as the layout engine wants them: places in points, one size for each line."""

import statistics
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

from .. import errors
from ..layout.page import Ruling, Word
from ..markdown import clean_text

# Heights of letters in ems, between those of the commonest families: capitals and ascenders have
# .73 in Helvetica and .68 in Times, small letters .52 and .46.
ASCENDER, CAPITAL, SMALL = 0.71, 0.7, 0.5
FIRST = "ascending"  # what other heights are compared with
KINDS = (("full",), (FIRST, "capital"), ("small",))  # of letters, the most telling first
ENOUGH_LINES = 3  # of which a page tells how high its capitals are
DOTTED = frozenset("ijt")
IDEOGRAPH = 0.9
ASCENDING = frozenset("bdfhklßþðđħłβδζθλξφψбфё")
SAME_SIZE = 0.15  # Tesseract's boxes are not more exact; headings differ by more
BASELINE_OFF = 0.12  # ems; cells of one row that it read in several blocks
NOISE_CONFIDENCE = 0.4
UNSURE_WORD = 0.6  # of Tesseract's own; wrong words mostly have less
UNSURE_DIGIT = 0.85  # a digit has no neighbors that help: one is as likely as another
BARS = frozenset("|¦!lI1[](){}/\\iJjTt:;.,'`’‘“”\"=—-_~°+")
CLEAR_BARS = frozenset("|¦[]")
THIN_BAR, WIDE_BAR = 0.6, 1.0  # ems; Tesseract's boxes may reach into the cell
DASHES = frozenset("-_—–=~.…“”‘’'`\"")
NEAR = 1.5  # points
SIDEWAYS = 90  # degrees


@dataclass(slots=True)
class TextLine:
    """One line as Tesseract found it; the part of a row that stands in one cell is one."""

    words: list[Word]
    confidence: float
    row_height: float  # points; Tesseract's guess, from the top of letters to their bottom
    heights: dict[str, list[float]]  # of words above the baseline, by the kind of letters
    is_sideways: bool = False

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)

    @property
    def baseline(self) -> float:
        return self.words[0].baseline


def text_lines(engine: Any, dpi: float, width: int) -> list[TextLine]:
    """The lines of text that `engine` recognized, noise left out, in its reading order.

    `width` is that of the picture in pixels. Lines that run from top to bottom are turned by 90
    degrees, as the layout engine wants them: their boxes are on the page, their baselines as if it
    were upright. Raises EngineError.
    """
    with errors.engine_at_work():
        found = [_upright(word, width) for word in _found(engine)]
    lines = [line for line in _lines(found, 72 / dpi) if not is_noise(line)]
    _set_sizes(lines)
    _even_sizes(lines)
    for line in lines:
        _part_runs(line.words)
    for is_sideways in (False, True):
        _even_baselines([line for line in lines if line.is_sideways == is_sideways])
    for line in lines:
        if line.is_sideways:
            _turn(line.words, width * 72 / dpi)
    return lines


def _upright(word: "_Found", width: int) -> "_Found":
    """The word as if the picture were turned so that it is upright."""
    if not word.is_sideways or word.box is None:
        return word
    left, top, right, bottom = word.box
    baseline = word.baseline and tuple((y, width - x) for x, y in word.baseline)
    return word._replace(box=(top, width - right, bottom, width - left), baseline=baseline)


def _turn(words: list[Word], width: float) -> None:
    """Put the boxes of upright words where they are on their page of that width."""
    for word in words:
        left, top, right, bottom = word.x0, word.top, word.x1, word.bottom
        word.x0, word.x1, word.main_x1 = width - bottom, width - top, width - top
        word.top, word.bottom, word.turn = left, right, SIDEWAYS


class _Found(NamedTuple):
    """A word as Tesseract tells it, in pixels and percent."""

    text: str
    box: tuple[int, int, int, int] | None
    baseline: tuple[tuple[int, int], ...] | None
    confidence: float
    is_first: bool  # of its line
    is_sideways: bool
    row_height: float
    line_confidence: float


def _found(engine: Any) -> Iterator[_Found]:
    from tesserocr import PT, RIL, WritingDirection, iterate_level

    no_text = {
        PT.FLOWING_IMAGE, PT.HEADING_IMAGE, PT.PULLOUT_IMAGE, PT.NOISE, PT.HORZ_LINE, PT.VERT_LINE,
    }  # fmt: skip
    iterator = engine.GetIterator()
    if iterator is None:
        return
    is_first = True
    for word in iterate_level(iterator, RIL.WORD):
        is_first = is_first or word.IsAtBeginningOf(RIL.TEXTLINE)
        if word.BlockType() in no_text or word.Empty(RIL.WORD):
            continue
        yield _Found(
            word.GetUTF8Text(RIL.WORD),
            word.BoundingBox(RIL.WORD),
            word.Baseline(RIL.WORD),
            word.Confidence(RIL.WORD),
            is_first,
            word.Orientation()[1] == WritingDirection.TOP_TO_BOTTOM,
            word.RowAttributes()["row_height"],
            word.Confidence(RIL.TEXTLINE),
        )
        is_first = False


def _lines(found: list[_Found], scale: float) -> Iterator[TextLine]:
    words: list[Word] = []
    first: _Found | None = None
    for word in found:
        if word.is_first or first is None:
            if first and words:
                yield _line(words, first, scale)
            first, words = word, []
        if made := _word(word, scale):
            words.append(made)
    if first and words:
        yield _line(words, first, scale)


def _word(found: _Found, scale: float) -> Word | None:
    text = clean_text(found.text).strip()
    if not text or found.box is None:
        return None
    # A speck beside a word. What is sure, or has a letter, is none.
    if found.confidence < 100 * NOISE_CONFIDENCE and not any(map(str.isalnum, text)):
        return None
    left, top, right, bottom = (edge * scale for edge in found.box)
    baseline = bottom
    if found.baseline is not None:
        baseline = statistics.fmean(y for _, y in found.baseline) * scale
    return Word(
        text=text,
        x0=left,
        x1=right,
        baseline=baseline,
        size=0.0,
        top=top,
        bottom=bottom,
        main_x1=right,
        confidence=found.confidence / 100,
    )


def _line(words: list[Word], first: _Found, scale: float) -> TextLine:
    """The words of one line, on one baseline."""
    baseline = statistics.median(word.baseline for word in words)
    for word in words:
        word.baseline = baseline
    return TextLine(
        words,
        first.line_confidence / 100,
        first.row_height * scale,
        _heights(words, baseline),
        first.is_sideways,
    )


def _part_runs(words: list[Word]) -> None:
    """Tell which words have white space before them."""
    for left, right in pairwise(words):
        right.gap = not _is_one_run(left, right)


def _heights(words: list[Word], baseline: float) -> dict[str, list[float]]:
    """How high the words of a line are, by the kind of their letters."""
    found: dict[str, list[float]] = {}
    for word in words:
        if kind := _kind(word.text):
            height = word.bottom - word.top if kind == "full" else baseline - word.top
            found.setdefault(kind, []).append(height)
    return found


def _kind(text: str) -> str | None:
    """Which letters give a word its height; None if that is not known."""
    if any(map(_is_ideograph, text)):
        return "full"
    if any(char in ASCENDING for char in text):
        return "ascending"
    if any(char.isupper() or char.isdigit() for char in text):
        return "capital"
    # An accent or the dot of an i is not the height of small letters.
    is_small = text.isalpha() and text.islower() and text.isascii() and not set(text) & DOTTED
    return "small" if is_small else None


def _ratios(lines: list[TextLine]) -> dict[str, float]:
    """How high capitals and small letters are against ascenders, in the type of this page."""
    ratios = {"full": IDEOGRAPH / ASCENDER, "ascending": 1.0}
    for kind, usual in (("capital", CAPITAL), ("small", SMALL)):
        seen = [
            statistics.median(line.heights[kind]) / tall
            for line in lines
            if kind in line.heights and (tall := statistics.median(line.heights.get(FIRST, [0])))
        ]
        is_known = len(seen) >= ENOUGH_LINES
        ratios[kind] = statistics.median(seen) if is_known else usual / ASCENDER
    return ratios


def _set_sizes(lines: list[TextLine]) -> None:
    """Give every line the em that its highest letters tell, compared with others of the page."""
    ratios = _ratios(lines)
    for line in lines:
        told = next((kinds for kinds in KINDS if set(kinds) & set(line.heights)), ())
        heights = [
            height / ratios[kind]
            for kind in told
            for height in line.heights.get(kind, ())
            if ratios[kind] > 0
        ]
        size = statistics.median(heights) / ASCENDER if heights else line.row_height
        for word in line.words:
            word.size = max(size, 0.1)


def _is_ideograph(char: str) -> bool:
    return unicodedata.east_asian_width(char) == "W"


def _is_one_run(left: Word, right: Word) -> bool:
    """Whether two words of a script without spaces follow each other directly."""
    if not (_is_ideograph(left.text[-1]) and _is_ideograph(right.text[0])):
        return False
    return right.x0 - left.x1 < 0.5 * right.size


def is_noise(line: TextLine) -> bool:
    """Specks and ruling lines are read as a few odd signs that nothing is sure about."""
    text = line.text
    solid = sum(char.isalnum() for char in text)
    if not solid:
        return not any(char in "•·▪●◦‣" for char in text)
    return line.confidence < NOISE_CONFIDENCE and (solid < 3 or solid < len(text) / 2)


def _even_sizes(lines: list[TextLine]) -> None:
    """Give the usual size of the page to all lines that differ little from it."""
    weighted = sorted((line.words[0].size, len(line.text)) for line in lines)
    half, usual = sum(weight for _, weight in weighted) / 2, 0.0
    for size, weight in weighted:
        usual, half = size, half - weight
        if half <= 0:
            break
    for line in lines:
        if abs(line.words[0].size - usual) <= SAME_SIZE * usual:
            for word in line.words:
                word.size = usual


def _even_baselines(lines: list[TextLine]) -> None:
    """Put lines that lie side by side and nearly level on one baseline."""
    row: list[TextLine] = []
    for line in sorted(lines, key=lambda line: line.baseline):
        if row and line.baseline - row[0].baseline > BASELINE_OFF * line.words[0].size:
            _level(row)
            row = []
        row.append(line)
    _level(row)


def _level(row: list[TextLine]) -> None:
    if len(row) < 2:
        return
    baseline = statistics.fmean(line.baseline for line in row)
    for line in row:
        for word in line.words:
            word.baseline = baseline


def without_bars(words: Iterable[Word], rulings: list[Ruling]) -> list[Word]:
    """The words that are letters, and not parts of rulings that were read as some."""
    upright = [ruling for ruling in rulings if ruling.kind == "V"]
    level = [ruling for ruling in rulings if ruling.kind == "H"]
    kept = []
    for word in words:
        if _is_bar(word, upright) or _is_dash(word, level):
            continue
        _strip_bars(word, upright)
        kept.append(word)
    return kept


def _is_bar(word: Word, upright: list[Ruling]) -> bool:
    if len(word.text) > 3 or not set(word.text) <= BARS:
        return False
    widest = WIDE_BAR if set(word.text) <= CLEAR_BARS else THIN_BAR
    if word.x1 - word.x0 > widest * word.size:
        return False
    return any(
        word.x0 - NEAR <= ruling.at <= word.x1 + NEAR and _runs_beside(ruling, word)
        for ruling in upright
    )


def _runs_beside(ruling: Ruling, word: Word) -> bool:
    """Whether an upright ruling passes the whole height of a word."""
    return ruling.start <= word.top + NEAR and ruling.end >= word.baseline - NEAR


def _is_dash(word: Word, level: list[Ruling]) -> bool:
    if not set(word.text) <= DASHES:
        return False
    return any(
        word.top - NEAR <= ruling.at <= word.bottom + NEAR
        and min(ruling.end, word.x1) - max(ruling.start, word.x0) > 0.5 * (word.x1 - word.x0)
        and ruling.end - ruling.start > word.size
        for ruling in level
    )


def _strip_bars(word: Word, upright: list[Ruling]) -> None:
    """Take the bar off a word that touches a ruling: `|North` is North."""
    for ruling in upright:
        if len(word.text) < 2 or not _runs_beside(ruling, word):
            continue
        if word.text[0] in CLEAR_BARS and abs(ruling.at - word.x0) <= NEAR:
            word.text, word.x0 = word.text[1:], ruling.at + NEAR
        elif word.text[-1] in CLEAR_BARS and abs(ruling.at - word.x1) <= NEAR:
            word.text, word.x1 = word.text[:-1], ruling.at - NEAR
            word.main_x1 = word.x1


def without_strokes(rulings: list[Ruling], words: list[Word]) -> list[Ruling]:
    """The rulings that are none of the strokes of large letters."""
    return [ruling for ruling in rulings if not any(_is_stroke(ruling, w) for w in words)]


def _is_stroke(ruling: Ruling, word: Word) -> bool:
    if ruling.kind == "V":
        is_inside = word.x0 - NEAR < ruling.at < word.x1 + NEAR
        return is_inside and ruling.start > word.top - 2 and ruling.end < word.bottom + 2
    is_inside = word.top - NEAR < ruling.at < word.baseline + 0.06 * word.size
    return is_inside and ruling.start > word.x0 - 2 and ruling.end < word.x1 + 2


def unsure_words(words: Iterable[Word]) -> list[Word]:
    """Those that may well be wrong, and those with digits that were hardly told apart."""
    return [word for word in words if (word.confidence or 0) < _least(word)]


def _least(word: Word) -> float:
    return UNSURE_DIGIT if any(map(str.isdigit, word.text)) else UNSURE_WORD
