"""Lines in letters of equal width, such as code: their words begin at multiples of one advance."""

import math
import statistics
from itertools import pairwise
from typing import TYPE_CHECKING

from ..layout.page import Word

if TYPE_CHECKING:
    from .words import TextLine

NARROWEST, WIDEST = 0.48, 0.72  # ems of one advance: Courier and most others have .6
OFF, DRIFT = 0.3, 0.015  # of an advance: what letters are off in their place; more by each letter
KEPT, USUAL_OFF = 0.8, 0.2  # in prose words begin half an advance from where they should
TELLING = 8  # words that tell alone; fewer need a neighbor that has the same advance
SAME = 0.04  # share by which the advances of neighbors may differ
NEAR = 2.3  # ems between the baselines of neighbors
LETTERS = 3  # a single word tells with so many
FEWEST = 3  # steps and words
HALF = 0.5
BEARING = 0.25  # of an advance that letters are narrower at both sides


def mark_mono(lines: "list[TextLine]") -> None:
    """Set `mono` of the words of lines whose letters have equal widths."""
    advances = [_advance(line) for line in lines]
    found: list[float] = []
    for line, advance in zip(lines, advances, strict=True):
        is_mono = advance > 0 and (len(line.words) >= TELLING or _has_twin(line, lines, advances))
        found.append(advance if is_mono else 0.0)
    for line, advance in zip(lines, found, strict=True):
        if known := advance or _of_neighbor(line, lines, found):
            _set(line.words, known)


def _set(words: list[Word], advance: float) -> None:
    """Make words whole advances wide, as those of text layers are, and join what is one word."""
    for left, right in pairwise(words):
        step = right.x0 - left.x0
        right.gap = step > (len(left.text) + HALF) * advance
    for word in words:
        missing = max(0.0, len(word.text) * advance - (word.x1 - word.x0)) / 2
        word.x0, word.x1 = max(0.0, word.x0 - missing), word.x1 + missing
        word.main_x1, word.mono = word.x1, True


def _advance(line: "TextLine") -> float:
    """The advance that the words of a line agree on, in points; 0 if they do not."""
    words = line.words
    steps = [(b.x0 - a.x0, len(a.text) + 1.0) for a, b in pairwise(words)]
    # As far as letters reach: of a word that is next to none that is all there is.
    steps += [(w.x1 - w.x0, len(w.text) - BEARING) for w in words if len(w.text) >= LETTERS]
    if len(steps) < FEWEST:
        return 0.0
    advance = statistics.median(length / count for length, count in steps)
    if not NARROWEST * words[0].size <= advance <= WIDEST * words[0].size:
        return 0.0
    # A misread letter moves one word, and that may be far: the worst fifth does not count.
    off = sorted(abs(length - count * advance) / advance for length, count in steps)
    kept = off[: math.ceil(KEPT * len(off))]
    return advance if statistics.fmean(kept) <= USUAL_OFF else 0.0


def _fits(length: float, count: float, advance: float) -> bool:
    """Whether a step is that of `count` letters."""
    return abs(length - count * advance) <= (OFF + DRIFT * count) * advance


def _neighbors(line: "TextLine", lines: "list[TextLine]") -> list[int]:
    size = line.words[0].size
    return [
        place
        for place, other in enumerate(lines)
        if other is not line and 0 < abs(other.baseline - line.baseline) <= NEAR * size
    ]


def _has_twin(line: "TextLine", lines: "list[TextLine]", advances: list[float]) -> bool:
    own = next(a for other, a in zip(lines, advances, strict=True) if other is line)
    return any(
        advances[place] and abs(advances[place] - own) <= SAME * own
        for place in _neighbors(line, lines)
    )


def _of_neighbor(line: "TextLine", lines: "list[TextLine]", found: list[float]) -> float:
    """The advance of a neighbor if the few words of a line have the same; else 0."""
    for place in _neighbors(line, lines):
        advance = found[place]
        if not advance:
            continue
        words = line.words
        steps = [(b.x0 - a.x0, len(a.text) + 1) for a, b in pairwise(words)]
        if steps and all(_fits(length, count, advance) for length, count in steps):
            return advance
        if len(words) == 1 and len(words[0].text) >= LETTERS:
            width = (len(words[0].text) - BEARING) * advance
            if abs(words[0].x1 - words[0].x0 - width) <= SAME * width + OFF * advance:
                return advance
    return 0.0
