"""Texts over several columns: those that are several texts, and headers over columns."""

import itertools
from bisect import bisect_left

from .grid import CENTRED, FULL_RULE, NUMBER, Grid, GridRow, Piece, columns_over
from .lines import Segment
from .page import Word

SPLIT_GAP, SPLIT_NUMBER_GAP = 0.33, 0.2  # em at least where a text over two columns is two texts
ALIGNED = 1.5  # points
CLEARLY = 0.5  # points nearer to the middle
AT_START = 0.5  # points
WIDEST_SPAN = 30  # columns to each side that are tried


def split_spans(grid: Grid) -> None:
    """Split texts over several columns if their words keep to the columns and their edges."""
    for row in grid.rows:
        pieces = []
        for piece in row.pieces:
            parts = _parts(piece, grid) if piece.last > piece.first else None
            pieces += parts or [piece]
        row.pieces = pieces


def _parts(piece: Piece, grid: Grid) -> list[Piece] | None:
    words = [word for segment in piece.segments for word in segment.words]
    groups: list[tuple[int, list[Word]]] = []
    for word in words:
        over = columns_over(grid.intervals, word.x0, word.x1)
        if len(over) != 1:
            return None
        if groups and groups[-1][0] == over[0]:
            groups[-1][1].append(word)
        else:
            groups.append((over[0], [word]))
    if len(groups) < 2 or len({at for at, _ in groups}) != len(groups):
        return None
    for (_, one), (_, other) in itertools.pairwise(groups):
        numbers = NUMBER.match(one[-1].text) and NUMBER.match(other[0].text)
        least = SPLIT_NUMBER_GAP if numbers else SPLIT_GAP
        if other[0].x0 - one[-1].x1 < least * other[0].size:
            return None
    if not all(_fits(grid.intervals[at], group) for at, group in groups):
        return None
    size, baseline = piece.segments[0].size, piece.segments[0].baseline
    return [
        Piece([Segment(group, group[0].x0, max(w.x1 for w in group), baseline, size)], at, at)
        for at, group in groups
    ]


def _fits(interval: tuple[float, float], words: list[Word]) -> bool:
    left, right = interval
    x0, x1 = words[0].x0, max(word.x1 for word in words)
    return (
        abs(x0 - left) <= ALIGNED
        or abs(x1 - right) <= ALIGNED
        or abs((x0 + x1) - (left + right)) <= 2 * ALIGNED
        or (left - ALIGNED <= x0 and x1 <= right + ALIGNED and len(words) == 1)
    )


def span_headers(grid: Grid) -> None:
    """Let headers span the columns that a ruling below names, or that they are centred over."""
    last_header = grid.full[1] if len(grid.full) > 2 else None
    is_below_whole = False
    for index, row in enumerate(grid.rows):
        below = grid.rows[index + 1] if index + 1 < len(grid.rows) else None
        for piece in row.pieces:
            named = _named(grid, row, piece, below)
            if named is not None:
                first, last = named
                others = {
                    c for p in row.pieces if p is not piece for c in range(p.first, p.last + 1)
                }
                if not others & set(range(first, last + 1)):
                    piece.first, piece.last = first, last
        in_header = last_header is None or row.baseline < last_header
        if below is not None and in_header and len(row.pieces) < len(below.pieces):
            _centre(grid, row, is_below_whole)
        is_below_whole = is_below_whole or len(row.columns()) == len(grid.intervals)


def _named(grid: Grid, row: GridRow, piece: Piece, below: GridRow | None) -> tuple[int, int] | None:
    bottom = below.baseline - 0.3 * below.size if below else row.baseline + 2 * row.size
    width = grid.intervals[-1][1] - grid.intervals[0][0]
    first = bisect_left(grid.level, row.baseline - 0.2 * row.size, key=lambda r: r.at)
    last = bisect_left(grid.level, bottom, key=lambda r: r.at)
    for ruling in grid.level[first:last]:
        if ruling.end - ruling.start >= FULL_RULE * width:
            continue
        middle = (piece.x0 + piece.x1) / 2
        if not (ruling.start <= middle <= ruling.end):
            continue
        if piece.x0 < ruling.start - 4 or piece.x1 > ruling.end + 4:
            continue
        over = [
            at
            for at, (left, right) in enumerate(grid.intervals)
            if ruling.start - 3 <= (left + right) / 2 <= ruling.end + 3
        ]
        if over:
            return over[0], over[-1]
    return None


def _centre(grid: Grid, row: GridRow, is_below_whole: bool) -> None:
    """Widen pieces over free columns if they stand in the middle of these.

    Below a row that has texts in all columns, what begins where its column does stands there.
    """
    for piece in row.pieces:
        if is_below_whole and abs(piece.x0 - grid.intervals[piece.first][0]) <= AT_START:
            continue
        taken = row.columns() - set(range(piece.first, piece.last + 1))
        lowest = max((at + 1 for at in taken if at < piece.first), default=0)
        highest = min((at - 1 for at in taken if at > piece.last), default=len(grid.intervals) - 1)
        choices = [
            (_off_middle(grid, piece, first, last), last - first, first)
            for first in range(max(lowest, piece.first - WIDEST_SPAN), piece.first + 1)
            for last in range(piece.last, min(highest, piece.last + WIDEST_SPAN) + 1)
        ]
        off, reach, first = min(choices)
        own = _off_middle(grid, piece, piece.first, piece.last)
        if off <= CENTRED and off < own - CLEARLY:
            piece.first, piece.last = first, first + reach


def _off_middle(grid: Grid, piece: Piece, first: int, last: int) -> float:
    """How far a text is off the middle of some columns."""
    return abs(grid.intervals[first][0] + grid.intervals[last][1] - piece.x0 - piece.x1) / 2
