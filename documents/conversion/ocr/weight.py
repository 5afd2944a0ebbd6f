"""Which words of a page picture are bold: those whose strokes are thick for their size.

The ink of a stroke is its length times its width, and its outline is twice its length: so twice
the ink by the outline is the width, whatever the letters are.
"""

import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from .ink import coverage, levels, shades

if TYPE_CHECKING:
    from .words import TextLine

from ..layout.page import Word

BOLD = 1.2  # times the usual width; regular letters reach 1.1, bold ones begin at 1.3
CLEARLY = 1.35  # for a word among others that are not bold
RUN_GAP = 1.5  # ems; a wider one parts columns
FEW_LETTERS = 3  # the width of so few letters is uncertain
LEAST = 0.01  # of paper: nothing is drawn


def mark_bold(lines: "list[TextLine]", picture: Image.Image, dpi: float) -> None:
    """Set `bold` of all words; the commonest weight of the page is taken for regular."""
    outlined = _Outlines(shades(picture), *levels(picture), dpi / 72)
    ratios = {id(word): outlined.width(word) for line in lines for word in line.words}
    usual = _usual(lines, ratios)
    if not usual:
        return
    for run in (run for line in lines for run in _runs(line.words)):
        _mark(run, [ratios[id(word)] / usual for word in run])


@dataclass(slots=True)
class _Outlines:
    """A page picture in which strokes are measured; `scale` is its pixels in a point."""

    picture: Any
    paper: float
    full: float
    scale: float

    def width(self, word: Word) -> float:
        """The mean width of the strokes of a word, in ems; 0 if it cannot be had."""
        left, right = max(0, int(word.x0 * self.scale) - 1), int(word.x1 * self.scale) + 2
        top, bottom = max(0, int(word.top * self.scale) - 1), int(word.bottom * self.scale) + 2
        part = self.picture[top:bottom, left:right]
        if part.size < 16 or word.size <= 0:
            return 0.0
        drawn = coverage(part, self.paper, self.full)
        outline = float(np.abs(np.diff(drawn, axis=0)).sum() + np.abs(np.diff(drawn, axis=1)).sum())
        mass = float(drawn.sum())
        if mass < LEAST * part.size or not outline:
            return 0.0
        return 2 * mass / outline / self.scale / word.size


def _usual(lines: "list[TextLine]", ratios: dict[int, float]) -> float:
    """The median over all letters of the page."""
    known = sorted(
        (ratios[id(word)], len(word.text))
        for line in lines
        for word in line.words
        if ratios[id(word)]
    )
    half = sum(weight for _, weight in known) / 2
    for ratio, weight in known:
        half -= weight
        if half <= 0:
            return ratio
    return 0.0


def _runs(words: list[Word]) -> list[list[Word]]:
    runs: list[list[Word]] = []
    for word in words:
        is_near = runs and abs(word.x0 - runs[-1][-1].x1) <= RUN_GAP * word.size
        if is_near:
            runs[-1].append(word)
        else:
            runs.append([word])
    return runs


def _mark(run: list[Word], widths: list[float]) -> None:
    """A run is bold as a whole, or some of its words are."""
    telling = [w for word, w in zip(run, widths, strict=True) if len(word.text) >= FEW_LETTERS]
    if statistics.median(telling or widths) >= BOLD:
        for word in run:
            word.bold = True
        return
    for place, (word, width) in enumerate(zip(run, widths, strict=True)):
        is_telling = len(word.text) >= FEW_LETTERS
        word.bold = width >= CLEARLY and (is_telling or (place > 0 and run[place - 1].bold))
