"""Texts broken over several lines beside texts that stand in the middle of them, or at their top.

Browsers set the short cells of a row in the middle of the tall ones, so that a row has no line of
its own: its cells are told by their lines, which are closer to each other than those of two rows.
"""

from collections.abc import Iterable
from itertools import groupby, pairwise

from .grid import NUMBER, Grid, GridRow, Piece
from .lines import Segment

Place = tuple[int, int]  # the first and the last column of a cell
Cells = list[tuple[Place, list[Segment]]]

LINE_PITCH = (0.95, 2.0)  # em between the lines of one cell
SAME_PITCH = 1.12  # times the smallest; lines that are farther apart are two cells
LEVEL = 0.3  # of the pitch of lines that the middles of the cells of one row may differ
SPACE = 0.25  # em


def join_broken(grid: Grid) -> None:
    """Make one row of all lines of its cells, if all rows between two rulings tell that they do."""
    rows: list[GridRow] = []
    for _, band in groupby(grid.rows, key=lambda row: row.band):
        lines = list(band)
        rows += _joined(lines, grid) or lines
    grid.rows = rows


def _joined(lines: list[GridRow], grid: Grid) -> list[GridRow] | None:
    texts = _texts(lines)
    gaps = [gap for column in texts.values() for gap in _gaps(column)]
    pitch, size = min(gaps, default=0.0), lines[0].size
    if not LINE_PITCH[0] * size <= pitch <= LINE_PITCH[1] * size:
        return None
    cells = [(place, cell) for place, column in texts.items() for cell in _cells(column, pitch)]
    if not all(_is_broken(place, cell, grid) for place, cell in cells):
        return None
    groups = _beside(cells)
    if len(groups) < 2 or not all(_is_level(group, pitch) for group in groups):
        return None
    return [_row(group, lines[0]) for group in groups]


def _texts(lines: list[GridRow]) -> dict[Place, list[Segment]]:
    """The texts in each column or columns, from top to bottom."""
    texts: dict[Place, list[Segment]] = {}
    for row in lines:
        for piece in row.pieces:
            texts.setdefault((piece.first, piece.last), []).extend(piece.segments)
    return texts


def _gaps(column: list[Segment]) -> list[float]:
    return [below.baseline - above.baseline for above, below in pairwise(column)]


def _cells(column: list[Segment], pitch: float) -> list[list[Segment]]:
    cells = [column[:1]]
    for above, below in pairwise(column):
        if below.baseline - above.baseline <= SAME_PITCH * pitch:
            cells[-1].append(below)
        else:
            cells.append([below])
    return cells


def _is_broken(place: Place, cell: list[Segment], grid: Grid) -> bool:
    """Whether each line of a cell had no room for the first word of the next."""
    width = grid.intervals[place[1]][1] - grid.intervals[place[0]][0]
    for above, below in pairwise(cell):
        word = below.words[0]
        needed = above.x1 - above.x0 + SPACE * above.size + word.x1 - word.x0
        if needed <= width + 0.5:
            return False
        if NUMBER.match(above.text) and NUMBER.match(below.text):
            return False
    return True


def _beside(cells: Cells) -> list[Cells]:
    """Cells that stand beside each other, from top to bottom."""
    groups: list[Cells] = []
    bottom = 0.0
    for place, cell in sorted(cells, key=lambda one: one[1][0].baseline):
        if groups and cell[0].baseline <= bottom + 1:
            groups[-1].append((place, cell))
            bottom = max(bottom, cell[-1].baseline)
        else:
            groups.append([(place, cell)])
            bottom = cell[-1].baseline
    return groups


def _is_level(group: Cells, pitch: float) -> bool:
    """Whether cells share their middle, top or bottom, each with columns of its own."""
    columns = [at for (first, last), _ in group for at in range(first, last + 1)]
    if len(columns) > len(set(columns)):
        return False
    tops = [cell[0].baseline for _, cell in group]
    bottoms = [cell[-1].baseline for _, cell in group]
    middles = [(top + bottom) / 2 for top, bottom in zip(tops, bottoms, strict=True)]
    return min(map(_range, (tops, middles, bottoms))) <= LEVEL * pitch


def _range(values: Iterable[float]) -> float:
    values = sorted(values)
    return values[-1] - values[0]


def _row(group: Cells, like: GridRow) -> GridRow:
    pieces = [Piece(cell, first, last) for (first, last), cell in sorted(group, key=_place)]
    top = min(cell[0].baseline for _, cell in group)
    last = max(cell[-1].baseline for _, cell in group)
    lines = max(len(cell) for _, cell in group)
    return GridRow(pieces, top - 0.8 * like.size, top, like.size, like.band, lines, last)


def _place(cell: tuple[Place, list[Segment]]) -> Place:
    return cell[0]
