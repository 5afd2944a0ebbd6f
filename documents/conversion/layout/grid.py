"""The grid of a table: its columns, and which of them each text of each line stands in."""

import re
from bisect import bisect_right, insort
from dataclasses import dataclass
from itertools import pairwise
from operator import itemgetter
from statistics import median

from .flush import parted, stretched
from .lines import Fences, Segment, segments_of
from .marks import BULLETS
from .page import Line, Ruling

PIECE_GAP = 0.5  # em between two cells at least; tight tables have little more
FULL_ROW = 0.8  # of the most pieces that a row of the table has
ODD_ROWS = 0.05  # of the rows of a long table may have more texts, by a slip or a misread sign
SLIT = 1.0  # points; digits that stand in one column may not overlap
FULL_RULE = 0.88  # of the table's width
WHOLE_ROW = 0.6  # of the most texts in a row
FENCE_REACH = 20.0  # points that a ruling may be off the texts of its column
BORDER = 2.0  # points that texts reach over a vertical ruling, or two are one
BORDER_HEIGHT = 0.5  # of the table
FEWEST_BORDERS = 2
CENTRED = 3.0  # points
MOST_CELLS = 60_000
NUMBER = re.compile(
    r"[-+−–±(<>≤≥~≈$€£]*\d[\d.,:'’%/ ×±()+−–-]*+[%*†‡]*+[a-zA-Z°]{0,3}\)?$|[-–—]+$|n/?a$"
)


@dataclass(slots=True)
class Piece:
    """A text over the columns `first` to `last` and over `rows` rows; a segment for each line."""

    segments: list[Segment]
    first: int = -1
    last: int = -1
    rows: int = 1

    @property
    def x0(self) -> float:
        return min(s.x0 for s in self.segments)

    @property
    def x1(self) -> float:
        return max(s.x1 for s in self.segments)

    @property
    def text(self) -> str:
        return " ".join(s.text for s in self.segments)

    @property
    def baseline(self) -> float:
        return self.segments[0].baseline


@dataclass(slots=True)
class GridRow:
    """Pieces from left to right; `band` counts the full rulings above."""

    pieces: list[Piece]
    top: float
    baseline: float
    size: float
    band: int = 0
    lines: int = 1
    last: float = 0.0  # the baseline of its last line

    def columns(self) -> set[int]:
        return {at for piece in self.pieces for at in range(piece.first, piece.last + 1)}


@dataclass(slots=True)
class Grid:
    rows: list[GridRow]
    intervals: list[tuple[float, float]]
    level: list[Ruling]
    full: list[float]
    pitch: float = 0.0
    row_pitch: float = 0.0  # of rows that have most of their cells


def grid_of(lines: list[Line], rulings: list[Ruling]) -> Grid | None:
    fences = Fences(rulings)
    broken = stretched([segments_of(line, PIECE_GAP, fences) for line in lines])
    broken = parted(broken, table_columns(broken, fences))
    intervals = table_columns(broken, fences)
    if len(intervals) < 2 or len(lines) < 2 or len(intervals) * len(lines) > MOST_CELLS:
        return None
    level = sorted((r for r in rulings if r.kind == "H"), key=lambda r: r.at)
    left, right = min(line.x0 for line in lines), max(line.x1 for line in lines)
    full = sorted(r.at for r in level if r.end - r.start >= FULL_RULE * (right - left))
    rows = []
    for line, segments in zip(lines, broken, strict=True):
        middle = line.baseline - 0.3 * line.size
        rows.append(
            GridRow(
                pieces=[Piece([segment]) for segment in segments],
                top=line.baseline - 0.8 * line.size,
                baseline=line.baseline,
                size=line.size,
                band=sum(at < middle for at in full),
                last=line.baseline,
            )
        )
    pitches = [b.baseline - a.baseline for a, b in pairwise(rows)]
    return Grid(rows, intervals, level, full, median(pitches), _row_pitch(rows))


def _row_pitch(rows: list[GridRow]) -> float:
    """The usual pitch of rows that have most of their cells, below the header if there are any."""
    most = max(len(row.pieces) for row in rows)
    whole = [row for row in rows if len(row.pieces) >= WHOLE_ROW * most]
    pairs = [(above, below) for above, below in pairwise(whole) if above.band > rows[0].band]
    pairs = pairs or list(pairwise(whole))
    within = [pair for pair in pairs if pair[0].band == pair[1].band]
    pitches = [below.baseline - above.baseline for above, below in within or pairs]
    return median(pitches) if pitches else 0.0


def column_intervals(rows: list[list[Segment]]) -> list[tuple[float, float]]:
    """Left and right end of each column: from full rows first, from narrow texts first."""
    counts = sorted(map(len, rows), reverse=True) or [0]
    most = counts[int(ODD_ROWS * len(rows))]
    full = [s for row in rows if len(row) >= FULL_ROW * most for s in row]
    rest = [s for row in rows if len(row) < FULL_ROW * most for s in row]
    intervals: list[tuple[float, float]] = []
    for segments in (full, rest):
        for segment in sorted(segments, key=lambda s: s.x1 - s.x0):
            intervals = _with_segment(intervals, segment, extend=segments is full)
    return _without_bullets(_without_slits(intervals, rows), rows)


def _without_slits(
    intervals: list[tuple[float, float]], rows: list[list[Segment]]
) -> list[tuple[float, float]]:
    """Columns as one that are nearer than any two texts, and that no row has two texts in."""
    kept = intervals[:1]
    for left, right in intervals[1:]:
        start, end = kept[-1]
        if left - end >= SLIT or any(_has_both(row, start, left, right) for row in rows):
            kept.append((left, right))
        else:
            kept[-1] = (start, right)
    return kept


def _has_both(row: list[Segment], start: float, left: float, right: float) -> bool:
    """Whether a row has texts of its own on both sides of the place `left`."""
    inside = [s for s in row if s.x1 > start and s.x0 < right]
    return len(inside) > 1


def _with_segment(
    intervals: list[tuple[float, float]], segment: Segment, *, extend: bool
) -> list[tuple[float, float]]:
    over = _touched(intervals, segment.x0, segment.x1)
    if not over and not extend and _centred_between(intervals, segment.x0, segment.x1):
        return intervals
    if not over:
        insort(intervals, (segment.x0, segment.x1))
        return intervals
    if len(over) > 1:
        return intervals
    at = over[0]
    left, right = intervals[at]
    wider = (min(left, segment.x0), max(right, segment.x1))
    if not extend:
        # A title over free space beside a column must not make it that wide.
        before = intervals[at - 1][1] if at else wider[0]
        after = intervals[at + 1][0] if at + 1 < len(intervals) else wider[1]
        wider = (max(wider[0], before), min(wider[1], after))
    intervals[at] = wider
    return intervals


def _touched(intervals: list[tuple[float, float]], x0: float, x1: float) -> list[int]:
    """Which of the intervals, which are in order and apart, overlap with x0 to x1."""
    at = bisect_right(intervals, x0, key=itemgetter(1))
    over = []
    while at < len(intervals) and intervals[at][0] < x1:
        over.append(at)
        at += 1
    return over


def _centred_between(
    intervals: list[tuple[float, float]], x0: float, x1: float
) -> tuple[int, int] | None:
    """The two columns in whose middle a text stands that is over neither of them."""
    after = sum(1 for left, _ in intervals if left < x0)
    for reach in range(1, after + 1):
        first, last = after - reach, after + reach - 1
        if first < 0 or last >= len(intervals):
            return None
        if abs(intervals[first][0] + intervals[last][1] - x0 - x1) <= 2 * CENTRED:
            return first, last
    return None


def _without_bullets(
    intervals: list[tuple[float, float]], rows: list[list[Segment]]
) -> list[tuple[float, float]]:
    """Columns of nothing but bullets belong to the text on their right."""
    kept: list[tuple[float, float]] = []
    waiting: float | None = None
    for left, right in intervals:
        texts = [s.text for row in rows for s in row if s.x0 < right and s.x1 > left]
        start = left if waiting is None else waiting
        if texts and all(text in BULLETS - {"-", "–", "—"} for text in texts):
            waiting = start
            continue
        kept.append((start, right))
        waiting = None
    return kept


def table_columns(rows: list[list[Segment]], fences: Fences) -> list[tuple[float, float]]:
    """Left and right end of each column of a table."""
    return _without_doubles(_intervals(rows, fences), rows, fences)


def _intervals(rows: list[list[Segment]], fences: Fences) -> list[tuple[float, float]]:
    """The columns between vertical rulings, each of them by its texts, or by all texts."""
    height = rows[-1][0].baseline - rows[0][0].baseline
    borders = _borders(fences.rulings, max(height, 1.0))
    if len(borders) < FEWEST_BORDERS:
        return column_intervals(rows)
    found = []
    for left, right in pairwise([-1e9, *borders, 1e9]):
        inside = [
            [s for s in row if s.x0 >= left - BORDER and s.x1 <= right + BORDER] for row in rows
        ]
        inside = [row for row in inside if row]
        if all(len(row) == 1 for row in inside):
            edges = [(row[0].x0, row[0].x1) for row in inside]
            found += [(min(x0 for x0, _ in edges), max(x1 for _, x1 in edges))] if edges else []
        else:
            found += column_intervals(inside)
    return found


def _borders(upright: list[Ruling], height: float) -> list[float]:
    """Where vertical rulings stand beside at least half of the rows."""
    heights: dict[float, float] = {}
    at = None
    for ruling in upright:  # from left to right
        if at is None or ruling.at - at > 2 * BORDER:
            at = ruling.at
        heights[at] = heights.get(at, 0.0) + ruling.end - ruling.start
    return [at for at, covered in heights.items() if covered >= BORDER_HEIGHT * height]


def _without_doubles(
    intervals: list[tuple[float, float]], rows: list[list[Segment]], fences: Fences
) -> list[tuple[float, float]]:
    """Columns as one if nothing parts them: no row has texts in both, and no ruling is between.

    A header in the middle of its column may stand beside the texts below, which begin at the left.
    """
    kept = list(intervals)
    top = min(row[0].baseline for row in rows if row)
    for at in range(len(kept) - 2, -1, -1):
        (left, gap_left), (gap_right, right) = kept[at], kept[at + 1]
        over = [
            (
                any(s.x0 < gap_left and left < s.x1 <= gap_right for s in row),
                any(s.x1 > gap_right and right > s.x0 >= gap_left for s in row),
            )
            for row in rows
        ]
        if any(one and other for one, other in over):
            continue
        alone = [row for row, (one, other) in zip(rows, over, strict=True) if one or other]
        in_header = {
            row[0].baseline == top for row, (one, _) in zip(rows, over, strict=True) if one
        }
        other_in_header = {
            row[0].baseline == top for row, (_, other) in zip(rows, over, strict=True) if other
        }
        apart = {True} in (in_header, other_in_header)
        parted = any(
            fences.between(gap_left - 1, gap_right + 1, row[0].baseline - 0.3 * row[0].size)
            for row in alone
        )
        if not parted and (apart or _is_fenced_in(left, right, alone, fences)):
            kept[at : at + 2] = [(left, right)]
    return kept


def _is_fenced_in(left: float, right: float, rows: list[list[Segment]], fences: Fences) -> bool:
    """Whether rulings stand close on both sides of what may be one column."""
    return all(
        fences.between(left - FENCE_REACH, left + 1, row[0].baseline - 0.3 * row[0].size)
        and fences.between(right - 1, right + FENCE_REACH, row[0].baseline - 0.3 * row[0].size)
        for row in rows
    )


def place(grid: Grid) -> None:
    """Say of each piece which columns it is over; what is over none takes the nearest."""
    for row in grid.rows:
        for piece in row.pieces:
            over = columns_over(grid.intervals, piece.x0, piece.x1)
            if not over and (pair := _centred_between(grid.intervals, piece.x0, piece.x1)):
                over = list(pair)
            if not over:
                middle = (piece.x0 + piece.x1) / 2
                over = [
                    min(
                        range(len(grid.intervals)),
                        key=lambda at: abs(sum(grid.intervals[at]) / 2 - middle),
                    )
                ]
            piece.first, piece.last = over[0], over[-1]
        row.pieces = _joined_in_place(row.pieces)


def columns_over(intervals: list[tuple[float, float]], x0: float, x1: float) -> list[int]:
    over = _touched(intervals, x0, x1)
    if len(over) < 2:
        return over
    # Touching a column with an edge is not standing in it.
    sure = [
        at
        for at in over
        if min(x1, intervals[at][1]) - max(x0, intervals[at][0])
        > min(2.0, 0.3 * (intervals[at][1] - intervals[at][0]))
    ]
    return sure or over


def _joined_in_place(pieces: list[Piece]) -> list[Piece]:
    """Pieces without two in one place: what a bullet or a wide space has parted."""
    kept: list[Piece] = []
    for piece in pieces:
        if kept and piece.first <= kept[-1].last:
            kept[-1].segments += piece.segments
            kept[-1].last = max(kept[-1].last, piece.last)
            kept[-1].segments = [merged(kept[-1].segments)]
        else:
            kept.append(piece)
    return kept


def merged(segments: list[Segment]) -> Segment:
    words = [word for segment in segments for word in segment.words]
    first = segments[0]
    return Segment(words, first.x0, max(s.x1 for s in segments), first.baseline, first.size)
