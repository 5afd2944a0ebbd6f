"""Tables whose cells are closed by rulings on all sides: these say what the rows and spans are."""

from bisect import bisect_left, bisect_right
from itertools import pairwise

from .grid import NUMBER, Grid, GridRow, Piece
from .page import Ruling

SAME_LEVEL = 3.0  # points between rulings that are one border
FENCED = 0.7  # of the neighbouring columns have a vertical ruling between them
FENCE_HEIGHT = 0.6  # of the table
FEWEST_LEVELS = 4  # borders; with less, a table is one with a frame, whose rows are its lines
STRIPED = 0.5  # of the borders are edges of coloured rows
PARTED = 0.5  # of the borders are under some columns only
REACH = 2.0  # points that a text may reach over its border


def closed_rows(grid: Grid, rulings: list[Ruling]) -> list[GridRow] | None:
    """The rows that the rulings close, or None if they do not close each cell."""
    levels = _levels(grid.level)
    if _is_striped(grid.level):  # the first and the last row may have no colour
        levels = _with_outer(levels, grid.rows)
    upright = [r for r in rulings if r.kind == "V"]
    if len(levels) < FEWEST_LEVELS:
        return None
    fenced = _is_fenced(grid, upright, levels[-1] - levels[0])
    if not (fenced or _is_parted(grid, levels) or _is_striped(grid.level)):
        return None
    rows = _rows(grid, levels, upright)
    if rows is None or any(_is_column_of_numbers(piece) for row in rows for piece in row.pieces):
        return None
    return rows


def _with_outer(levels: list[float], rows: list[GridRow]) -> list[float]:
    top, bottom = rows[0].top, rows[-1].baseline + rows[-1].size
    above = [top] if top < levels[0] - SAME_LEVEL else []
    below = [bottom] if rows[-1].baseline > levels[-1] else []
    return above + levels + below


def _levels(level: list[Ruling]) -> list[float]:
    found: list[float] = []
    for at in sorted(r.at for r in level):
        if not found or at - found[-1] > SAME_LEVEL:
            found.append(at)
    return found


def _is_fenced(grid: Grid, upright: list[Ruling], height: float) -> bool:
    gaps = list(pairwise(grid.intervals))
    fenced = 0
    for (_, left), (right, _) in gaps:
        between = [r for r in upright if left - REACH <= r.at <= right + REACH]
        fenced += sum(r.end - r.start for r in between) >= FENCE_HEIGHT * height
    return fenced >= FENCED * len(gaps)


def _is_striped(level: list[Ruling]) -> bool:
    """Whether rows are told by their colour: the edges of these have no width."""
    return bool(level) and sum(r.width == 0 for r in level) >= STRIPED * len(level)


def _is_parted(grid: Grid, levels: list[float]) -> bool:
    """Whether rulings under some columns part the cells of these."""
    partial = 0
    for at in levels:
        near = bisect_right(grid.full, at - SAME_LEVEL - 0.01)
        partial += near == len(grid.full) or grid.full[near] > at + SAME_LEVEL
    return partial >= PARTED * len(levels)


def _rows(grid: Grid, levels: list[float], upright: list[Ruling]) -> list[GridRow] | None:
    begins = [_begins(grid, levels, interval) for interval in grid.intervals]
    cells: dict[tuple[int, int, int], Piece] = {}
    last_band: dict[tuple[int, int, int], int] = {}
    for row in grid.rows:
        middle = row.baseline - 0.3 * row.size
        band = bisect_right(levels, middle) - 1
        if not 0 <= band < len(levels) - 1:
            return None
        for piece in row.pieces:
            first, last = _columns(grid, piece, middle, upright)
            begin = begins[first][band]
            key = (begin, first, last)
            if key in cells:
                cells[key].segments += piece.segments
            else:
                cells[key] = Piece(list(piece.segments), first, last)
            end = next(
                (at for at in range(band + 1, len(levels) - 1) if begins[first][at] == at), None
            )
            last_band[key] = (len(levels) - 1 if end is None else end) - 1
    return _as_rows(cells, last_band)


def _begins(grid: Grid, levels: list[float], interval: tuple[float, float]) -> list[int]:
    """For each band between two levels, the band in which the cell of a column begins."""
    middle = sum(interval) / 2
    found: list[int] = []
    for band, level in enumerate(levels[:-1]):
        closed = band == 0 or any(
            r.start <= middle <= r.end
            for r in grid.level[
                bisect_left(grid.level, level - SAME_LEVEL, key=lambda r: r.at) : bisect_right(
                    grid.level, level + SAME_LEVEL, key=lambda r: r.at
                )
            ]
        )
        found.append(band if closed else found[-1])
    return found


def _columns(grid: Grid, piece: Piece, middle: float, upright: list[Ruling]) -> tuple[int, int]:
    """The columns between the vertical rulings beside a text."""
    beside = [r for r in upright if r.start - REACH <= middle <= r.end + REACH]
    if not beside:
        return piece.first, piece.last
    left = max((r.at for r in beside if r.at <= piece.x0 + REACH), default=-1e9)
    right = min((r.at for r in beside if r.at >= piece.x1 - REACH), default=1e9)
    over = [at for at, (x0, x1) in enumerate(grid.intervals) if left < (x0 + x1) / 2 < right]
    if not over or not over[0] <= piece.first <= over[-1]:
        return piece.first, piece.last
    return over[0], over[-1]


def _is_column_of_numbers(piece: Piece) -> bool:
    """Whether two numbers stand under each other: then its lines are rows without rulings."""
    numbers = [s.baseline for s in piece.segments if NUMBER.match(s.text)]
    return len(numbers) > 1 and max(numbers) - min(numbers) > 1


def _as_rows(
    cells: dict[tuple[int, int, int], Piece], last_band: dict[tuple[int, int, int], int]
) -> list[GridRow] | None:
    bands = sorted({begin for begin, _, _ in cells})
    number = {band: at for at, band in enumerate(bands)}
    rows = [GridRow([], 0.0, 0.0, 0.0, band=at) for at in range(len(bands))]
    for key, piece in cells.items():
        begin = key[0]
        below = sum(1 for band in bands if begin < band <= last_band[key])
        piece.rows = 1 + below
        row = rows[number[begin]]
        row.pieces.append(piece)
    for row in rows:
        row.pieces.sort(key=lambda piece: piece.first)
        if any(one.last >= other.first for one, other in pairwise(row.pieces)):
            return None
        row.baseline = row.last = min(piece.baseline for piece in row.pieces)
        row.size = row.pieces[0].segments[0].size
    return rows
