"""Cells of a table at their rows and columns, as formats want them that know a grid."""

from bisect import bisect_left
from collections.abc import Iterator
from typing import NamedTuple

from ..document import Cell, Table
from ..markdown import FEW_CELLS, MAX_FILLING, may_be_filled


class Placed(NamedTuple):
    """A cell, the first of its places, and the place behind its last one."""

    cell: Cell
    row: int
    column: int
    row_end: int
    column_end: int


def placed(table: Table) -> tuple[list[Placed], int] | None:
    """The cells of `table` with their places, and how many columns it has.

    Columns in which no cell begins do not count: a span of 100,000 makes no grid of as many. None
    if there are far more places than cells, as no honest table has.
    """
    count = sum(map(len, table.rows))
    if _hanging(table.rows) > FEW_CELLS + MAX_FILLING * count:
        return None
    cells = list(_cells(table.rows))
    begun = sorted({cell.column for cell in cells})
    if not may_be_filled(len(begun), len(table.rows), len(cells)):
        return None
    return [
        cell._replace(
            column=bisect_left(begun, cell.column), column_end=bisect_left(begun, cell.column_end)
        )
        for cell in cells
    ], len(begun)


def _hanging(rows: list[list[Cell]]) -> int:
    """How many places below their own the cells take, each row for itself."""
    return sum(
        min(cell.row_span, len(rows) - number) - 1
        for number, row in enumerate(rows)
        for cell in row
        if cell.row_span > 1
    )


def _cells(rows: list[list[Cell]]) -> Iterator[Placed]:
    hanging: list[Placed] = []  # cells from above that go on, from left to right
    for number, row in enumerate(rows):
        hanging = [cell for cell in hanging if cell.row_end > number]
        taken = iter([*hanging, None])
        hang = next(taken)
        column = 0
        for cell in row:
            while hang is not None and hang.column <= column:
                column = max(column, hang.column_end)
                hang = next(taken)
            width = max(1, cell.column_span)
            if hang is not None:  # spans that overlap are cut where the other one begins
                width = min(width, hang.column - column)
            last = min(number + max(1, cell.row_span), len(rows))
            found = Placed(cell, number, column, last, column + width)
            yield found
            if last > number + 1:
                hanging.append(found)
            column += width
        hanging.sort(key=_first_column)


def _first_column(cell: Placed) -> int:
    return cell.column
