"""Tables from their lines and rulings: the cells with their texts and spans."""

from collections.abc import Sequence

from ..document import Box, Cell, Table
from .broken import join_broken
from .celltext import spans_of
from .closed import closed_rows
from .grid import Grid, GridRow, grid_of, place
from .page import Line, Link, Ruling
from .rows import attach_offset, gather_labels, join_rows, span_labels
from .spans import span_headers, split_spans

MOST_BOLD = 0.5  # of the words below the header; with more, bold says nothing


def table_of(
    lines: list[Line], rulings: list[Ruling], page: int, links: Sequence[Link] = ()
) -> Table | None:
    """The table that the lines are, or None if they have fewer than two rows or columns."""
    grid = grid_of(lines, rulings)
    if grid is None:
        return None
    place(grid)
    closed = closed_rows(grid, rulings)
    if closed is not None:
        grid.rows = closed
    else:
        split_spans(grid)
        span_headers(grid)
        join_broken(grid)
        gather_labels(grid)
        attach_offset(grid)
        join_rows(grid)
        span_labels(grid)
    if len(grid.rows) < 2:
        return None
    header = _header_rows(grid)
    rows = _cells(grid, header, links)
    return Table(rows=rows, header_rows=header, page=page, box=_box(lines, rulings))


def _cells(grid: Grid, header: int, links: Sequence[Link]) -> list[list[Cell]]:
    _limit_spans(grid.rows)
    used = sorted({at for row in grid.rows for at in row.columns()})
    number = {column: at for at, column in enumerate(used)}
    bold = _tells_bold(grid.rows[header:])
    covered = [0] * len(used)  # for each column, the first row that no cell above reaches
    rows: list[list[Cell]] = []
    for index, row in enumerate(grid.rows):
        cells: list[Cell] = []
        at = 0
        for piece in row.pieces:
            first, last = number[piece.first], number[piece.last]
            cells += [Cell([]) for column in range(at, first) if covered[column] <= index]
            spans = spans_of(piece.segments, links, bold=bold and index >= header)
            cells.append(Cell(spans, piece.rows, last - first + 1))
            covered[first : last + 1] = [index + piece.rows] * (last - first + 1)
            at = last + 1
        cells += [Cell([]) for column in range(at, len(used)) if covered[column] <= index]
        rows.append(cells)
    return rows


def _limit_spans(rows: list[GridRow]) -> None:
    """Let no cell reach into a row that has another one in its columns, or out of the table."""
    next_row: dict[int, int] = {}
    for index in range(len(rows) - 1, -1, -1):
        for piece in rows[index].pieces:
            columns = range(piece.first, piece.last + 1)
            end = min(next_row.get(column, len(rows)) for column in columns)
            piece.rows = max(1, min(piece.rows, end - index))
            next_row.update(dict.fromkeys(columns, index))


def _tells_bold(rows: list[GridRow]) -> bool:
    words = [word for row in rows for p in row.pieces for s in p.segments for word in s.words]
    return sum(word.bold for word in words) <= MOST_BOLD * len(words)


def _header_rows(grid: Grid) -> int:
    """Rows above the second full ruling, or above the first if there are any."""
    bands = [row.band for row in grid.rows]
    count = sum(band == bands[0] for band in bands)
    if any(piece.last > piece.first for piece in grid.rows[0].pieces):
        count = max([count, *(piece.rows for piece in grid.rows[0].pieces)])
    return count if count < len(bands) else 1


def _box(lines: list[Line], rulings: list[Ruling]) -> Box:
    level = [r for r in rulings if r.kind == "H"]
    return Box(
        min([line.x0 for line in lines] + [r.start for r in level]),
        min([line.baseline - 0.8 * line.size for line in lines] + [r.at for r in level]),
        max([line.x1 for line in lines] + [r.end for r in level]),
        max([line.baseline + 0.22 * line.size for line in lines] + [r.at for r in level]),
    )
