"""The ruling lines of a page picture: long straight runs of ink that are thin.

A morphological opening by a flat line keeps the runs that are long enough; here they are taken
from the rows of pixels directly. Runs of neighboring rows are one line.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from ..layout.page import Ruling

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .ink import Mask

    Runs = NDArray[np.int64]  # shape (n, 3): row, first column, column behind the last

SHORTEST_ACROSS, SHORTEST_DOWN = 0.22, 0.16  # inches; longer than a stroke of usual letters
THICKEST = 2.6  # points; thicker ones are fills
BREAK = 3.0  # points that may be missing in a line
LONG, LONG_BREAK = 72.0, 12.0  # two pieces so long may lie so far apart
OFF = 1.6  # points that the pieces of one line may differ by
MOST_RUNS = 8_000  # a picture of a texture has more
SLOPING = 0.02  # what is left of a page's skew
BLACK = 0.3  # share of ink beside a run that makes a fill of it


@dataclass(slots=True)
class _Line:
    """Runs that touch each other; lengths in pixels."""

    first: int
    last: int  # rows
    start: int
    end: int
    mass: int = 0  # pixels
    moment: int = 0  # pixels times their row

    def touches(self, row: int, start: int, end: int, gap: int) -> bool:
        is_near = row - self.last <= 2
        return is_near and start <= self.end + gap and end >= self.start - gap

    def add(self, row: int, start: int, end: int) -> None:
        self.last = row
        self.start, self.end = min(self.start, start), max(self.end, end)
        self.mass += end - start
        self.moment += row * (end - start)


def rulings(mask: "Mask", dpi: float) -> list[Ruling]:
    """The horizontal and vertical rulings of a straight page, by its ink, in points."""
    across = _lines(mask, dpi, SHORTEST_ACROSS)
    down = _lines(np.ascontiguousarray(mask.T), dpi, SHORTEST_DOWN)
    scale = 72 / dpi
    return [
        *_joined([_ruling("H", line, scale) for line in across]),
        *_joined([_ruling("V", line, scale) for line in down]),
    ]


def _lines(mask: "Mask", dpi: float, inches: float) -> list[_Line]:
    gap = max(1, round(BREAK / 72 * dpi / 3))
    thickest = max(3, round(THICKEST / 72 * dpi))
    runs = _thin(mask, _long(_runs(mask), gap, round(inches * dpi)), thickest)
    if len(runs) > MOST_RUNS:
        return []
    lines = _connected(runs, gap)
    return [line for line in lines if _is_thin(line, thickest)]


def _runs(mask: "Mask") -> "Runs":
    """All runs of ink of all rows."""
    height, width = mask.shape
    framed = np.zeros((height, width + 2), dtype=np.int8)
    framed[:, 1:-1] = mask
    changes = np.flatnonzero(np.diff(framed.ravel()))
    rows, columns = np.divmod(changes, width + 2)
    return np.column_stack((rows[::2], columns[::2], columns[1::2]))


def _long(runs: "Runs", gap: int, least: int) -> "Runs":
    """Those of at least `least` pixels; what is parted by at most `gap` pixels is one."""
    if not len(runs):
        return runs
    is_new = np.ones(len(runs), dtype=bool)
    is_new[1:] = (runs[1:, 0] != runs[:-1, 0]) | (runs[1:, 1] - runs[:-1, 2] > gap)
    firsts = np.flatnonzero(is_new)
    lasts = np.append(firsts[1:], len(runs)) - 1
    joined = np.column_stack((runs[firsts, 0], runs[firsts, 1], runs[lasts, 2]))
    return joined[joined[:, 2] - joined[:, 1] >= least]


def _thin(mask: "Mask", runs: "Runs", thickest: int) -> "Runs":
    """Those that have no ink along both sides: fills have it at one side at least."""
    sums = np.zeros((mask.shape[0], mask.shape[1] + 1), dtype=np.int32)
    np.cumsum(mask, axis=1, out=sums[:, 1:])
    is_thin = np.ones(len(runs), dtype=bool)
    for side in (-thickest - 1, thickest + 1):
        rows = runs[:, 0] + side
        inside = (rows >= 0) & (rows < mask.shape[0])
        rows = np.clip(rows, 0, mask.shape[0] - 1)
        share = (sums[rows, runs[:, 2]] - sums[rows, runs[:, 1]]) / (runs[:, 2] - runs[:, 1])
        is_thin &= ~inside | (share < BLACK)
    return runs[is_thin]


def _connected(runs: "Runs", gap: int) -> list[_Line]:
    """The lines that the runs make, which come row by row."""
    done: list[_Line] = []
    active: list[_Line] = []
    for row, start, end in runs.tolist():
        if active and row - active[0].last > 2:
            done += [line for line in active if row - line.last > 2]
            active = [line for line in active if row - line.last <= 2]
        found = next((line for line in active if line.touches(row, start, end, gap)), None)
        if found is None:
            found = _Line(row, row, start, end)
            active.append(found)
        found.add(row, start, end)
    return done + active


def _is_thin(line: _Line, thickest: int) -> bool:
    length = line.end - line.start
    return line.mass / length <= thickest and line.last - line.first <= 2 + thickest + (
        SLOPING * length
    )


def _ruling(kind: Literal["H", "V"], line: _Line, scale: float) -> Ruling:
    middle = line.moment / line.mass + 0.5
    width = line.mass / (line.end - line.start)
    return Ruling(kind, line.start * scale, line.end * scale, middle * scale, width * scale)


def _joined(rulings: list[Ruling]) -> list[Ruling]:
    """Pieces of one line as one."""
    joined: list[Ruling] = []
    for piece in sorted(rulings, key=lambda ruling: (ruling.start, ruling.at)):
        found = next((line for line in joined if _go_on(line, piece)), None)
        if found is None:
            joined.append(piece)
            continue
        length, more = found.end - found.start, piece.end - piece.start
        found.at = (found.at * length + piece.at * more) / (length + more)
        found.end = max(found.end, piece.end)
        found.width = max(found.width, piece.width)
    return joined


def _go_on(line: Ruling, piece: Ruling) -> bool:
    if abs(line.at - piece.at) > OFF:
        return False
    are_long = min(line.end - line.start, piece.end - piece.start) >= LONG
    return piece.start - line.end <= (LONG_BREAK if are_long else BREAK)
