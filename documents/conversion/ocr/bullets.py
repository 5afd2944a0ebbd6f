"""Bullets of lists: read as other signs, or not read at all because they are no letters.

A bullet is a spot of solid ink before a line, or a sign that stands at the same place before
several lines whose texts begin at one place, too.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ..layout.page import Word

if TYPE_CHECKING:
    from .ink import Mask
    from .words import TextLine

BULLET = "•"
SURE = 1.0  # by shape or by company
# What Tesseract makes of discs, rings, squares, arrows and ticks. Of letters only those that are
# round or square: others begin lines as words of their own (a, I, y).
TAKEN_FOR = frozenset("eoOcCnm°*¢®©@«»·•+=~¤§&#>%¥€£$¬¡.,:;'‘’\"“”■□▪●○◦‣►")
ROUND_LETTERS = frozenset("eoOcCnm")
SOLID = 0.66  # of its box; a disc has .79, an e about .5
APART = 0.25  # ems between a bullet and its text, at least
COLUMN_GAP = 1.5  # ems; what is farther away stands in another column
FAR = 3.0  # ems that a bullet may stand before its text
SAME = 0.25  # ems that things at one place may differ by
SMALLEST, LARGEST = 0.1, 0.75  # ems that a spot is wide and high
LOWEST, HIGHEST = 0.05, 0.65  # ems above the baseline where its middle may be


def mark_bullets(lines: "list[TextLine]", mask: "Mask", dpi: float) -> None:
    """Make bullets of the signs that are some, and add those that were not read."""
    lines = [line for line in lines if not line.is_sideways]
    spots = _Spots(mask, dpi / 72)
    for line, place in reversed(list(_starts(lines))):
        spots.part_sign(line.words, place)
    unsure = []
    for line, place in _starts(lines):
        sign = line.words[place]
        if _may_be_bullet(line, place):
            if spots.is_solid(sign):
                sign.text, sign.confidence = BULLET, SURE
            else:
                unsure.append((sign, line.words[place + 1]))
    for sign, _ in _repeated(unsure):
        sign.text, sign.confidence = BULLET, SURE
    for line in lines:
        if line.words[0].text != BULLET and (found := spots.before(line.words[0])):
            line.words.insert(0, found)


def _starts(lines: "list[TextLine]") -> Iterator[tuple["TextLine", int]]:
    """Where in a line a text begins: at its start and behind wide gaps."""
    for line in lines:
        for place, word in enumerate(line.words):
            before = line.words[place - 1] if place else None
            if before is None or word.x0 - before.x1 > COLUMN_GAP * word.size:
                yield line, place


def _may_be_bullet(line: "TextLine", place: int) -> bool:
    sign = line.words[place]
    if len(sign.text) != 1 or sign.text.isdigit() or place + 1 >= len(line.words):
        return False
    gap = line.words[place + 1].x0 - sign.x1
    return APART * sign.size <= gap <= FAR * sign.size


def _repeated(pairs: list[tuple[Word, Word]]) -> list[tuple[Word, Word]]:
    """The signs that stand at one place with others, as do the texts behind them."""
    known = [pair for pair in pairs if pair[0].text in TAKEN_FOR]
    return [pair for pair in known if any(_are_alike(pair, other) for other in known)]


def _are_alike(one: tuple[Word, Word], other: tuple[Word, Word]) -> bool:
    (sign, text), (other_sign, other_text) = one, other
    if sign is other_sign:
        return False
    # Words of one letter (Italian e, Portuguese o) begin lines at the same place, too.
    gap = text.x0 - sign.x1
    if sign.text in ROUND_LETTERS and gap < 2 * APART * sign.size:
        return False
    off = SAME * sign.size
    return abs(sign.x0 - other_sign.x0) <= off and abs(text.x0 - other_text.x0) <= off


class _Spots:
    """The ink of a page, in which spots of solid ink are looked for."""

    def __init__(self, mask: "Mask", scale: float) -> None:
        self.mask = mask
        self.scale = scale

    def is_solid(self, word: Word) -> bool:
        """Whether what was read as one sign is a disc or a square."""
        part, left, top = self._part(
            word.x0 - 1, word.baseline - word.size, word.x1 + 1, word.baseline + 0.2 * word.size
        )
        return self._spot(part, left, top, word) is not None

    def part_sign(self, words: list[Word], place: int) -> None:
        """Part a sign from the word behind it that it was read with, if there is a wide gap."""
        word = words[place]
        if len(word.text) < 2 or word.text[0] not in TAKEN_FOR or not word.text[1].isalnum():
            return
        part, left, _ = self._part(word.x0, word.top, word.x1, word.bottom)
        columns = np.flatnonzero(part.any(axis=0))
        breaks = np.flatnonzero(np.diff(columns) > APART * word.size * self.scale)
        if not len(breaks) or columns[breaks[0]] - columns[0] > LARGEST * word.size * self.scale:
            return
        end, start = columns[breaks[0]] + 1, columns[breaks[0] + 1]
        sign = replace(word, text=word.text[0], x1=(left + int(end)) / self.scale)
        sign.main_x1 = sign.x1
        word.text, word.x0, word.gap = word.text[1:], (left + int(start)) / self.scale, True
        words.insert(place, sign)

    def before(self, word: Word) -> Word | None:
        """The bullet that stands before the first word of a line, if there is one."""
        size, base = word.size, word.baseline
        edges = (word.x0 - FAR * size, base - size, word.x0 - APART * size, base + 0.3 * size)
        part, left, top = self._part(*edges)
        columns = np.flatnonzero(part.any(axis=0))
        if not len(columns):
            return None
        breaks = np.flatnonzero(np.diff(columns) > 1)
        start = columns[breaks[-1] + 1] if len(breaks) else columns[0]
        if start == 0 or len(breaks) > 2:
            return None  # it goes on to the left, or is one of many things there
        return self._spot(part[:, start:], left + int(start), top, word)

    def _part(self, x0: float, y0: float, x1: float, y1: float) -> tuple[Any, int, int]:
        left, top = max(0, round(x0 * self.scale)), max(0, round(y0 * self.scale))
        right, bottom = max(left, round(x1 * self.scale)), max(top, round(y1 * self.scale))
        return self.mask[top:bottom, left:right], left, top

    def _spot(self, part: Any, left: int, top: int, near: Word) -> Word | None:
        """The only thing in a part of the mask, as a bullet, if it has the shape of one."""
        rows, columns = np.flatnonzero(part.any(axis=1)), np.flatnonzero(part.any(axis=0))
        if not len(rows) or len(rows) != rows[-1] - rows[0] + 1:
            return None
        tall, wide = len(rows), int(columns[-1] - columns[0]) + 1
        em = near.size * self.scale
        if not (SMALLEST * em <= min(tall, wide) and max(tall, wide) <= LARGEST * em):
            return None
        box = part[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        if box.mean() < SOLID or max(tall, wide) > 1.6 * min(tall, wide):
            return None
        y0, y1 = (top + rows[0]) / self.scale, (top + rows[-1] + 1) / self.scale
        if not LOWEST * near.size <= near.baseline - (y0 + y1) / 2 <= HIGHEST * near.size:
            return None
        x0 = (left + int(columns[0])) / self.scale
        x1 = x0 + wide / self.scale
        return Word(
            BULLET, x0, x1, near.baseline, near.size, float(y0), float(y1), x1, confidence=SURE
        )
