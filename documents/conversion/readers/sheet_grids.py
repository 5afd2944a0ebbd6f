"""A sheet as a sparse grid of what its cells show, and its parts: tables beside and below others.

Only cells that show something count, so that a stray one far away costs nothing. A sheet falls into
parts at its empty rows and columns (merged cells bridge them), again and again.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from ..document import Block, Span, plain

MAX_HEADER = 2  # rows above the first label
MAX_DEPTH = 8  # how often a part is cut into smaller ones
# Merged areas are followed as long as they reach over so many cells in all; those of honest files
# do not overlap.
MAX_MERGED_CELLS, MANY_COLUMNS = 5_000_000, 1000

NUMBER = re.compile(r"[-+(−]?[^\w\s]?\s?\d")
MAX_UNIT = 4  # letters beside the digits of a number: a unit, a currency, AM

Content = str | list[Span]
Row = tuple[int, dict[int, Content]]


class Area(NamedTuple):
    """Merged cells, from the first row and column to the last ones, which count from 0."""

    top: int
    left: int
    bottom: int
    right: int


class Placed(NamedTuple):
    """Blocks of something that lies on a sheet, such as a chart, by its upper left cell."""

    row: int
    column: int
    blocks: list[Block]


@dataclass(slots=True)
class Sheet:
    """What a sheet shows: `rows` by number, then column, both from 0; empty cells are not there."""

    name: str
    rows: dict[int, dict[int, Content]] = field(default_factory=dict)
    merged: list[Area] = field(default_factory=list)
    bold: set[tuple[int, int]] = field(default_factory=set)
    placed: list[Placed] = field(default_factory=list)
    comments: list[Block] = field(default_factory=list)
    is_hidden: bool = False
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)


@dataclass(slots=True)
class Part:
    """Some rows of a sheet, each with the cells that belong to this part, and the columns used."""

    rows: list[Row]
    columns: list[int]

    @property
    def width(self) -> int:
        return len(self.columns)

    def row_numbers(self) -> set[int]:
        return {number for number, _ in self.rows}


class Merges:
    """The merged areas of a sheet by their first row; what they cover is taken out of the grid."""

    def __init__(self, sheet: Sheet) -> None:
        self.by_row: dict[int, list[Area]] = {}
        self.passed_over = 0
        numbers = sorted(sheet.rows)
        budget = MAX_MERGED_CELLS
        for area in sheet.merged:
            first = bisect_left(numbers, area.top)
            last = bisect_left(numbers, area.bottom + 1)
            budget -= (last - first + 1) * min(area.right - area.left + 1, MANY_COLUMNS)
            if budget < 0:
                self.passed_over += 1
                continue
            if area.left not in sheet.rows.get(area.top, ()):
                continue
            self.by_row.setdefault(area.top, []).append(area)
            for number in numbers[first:last]:
                _uncover(sheet.rows[number], number, area)
        # A row of which a merged cell above covers all that it had is no row any more.
        for number in numbers if self.by_row else ():
            if not sheet.rows[number]:
                del sheet.rows[number]

    def at(self, row: int) -> list[Area]:
        return self.by_row.get(row, [])


def _uncover(cells: dict[int, Content], number: int, area: Area) -> None:
    """Take out what lies under a merged area: its upper left cell is all that shows."""
    first = area.left + (number == area.top)
    if area.right - first < len(cells):
        covered = [column for column in range(first, area.right + 1) if column in cells]
    else:
        covered = [column for column in cells if first <= column <= area.right]
    for column in covered:
        del cells[column]


def visible(sheet: Sheet) -> int:
    """Take the hidden rows and columns out of `sheet`, which closes up; how many cells that were.

    What follows gets new numbers: two columns with a hidden one between them are neighbors.
    """
    if not sheet.hidden_rows and not sheet.hidden_columns:
        return 0
    rows, columns = Renumbering(sheet.hidden_rows), Renumbering(sheet.hidden_columns)
    count = sum(map(len, sheet.rows.values()))
    sheet.rows = {
        rows.new(number): shown
        for number, cells in sheet.rows.items()
        if number not in rows.gone and (shown := _shown(cells, columns))
    }
    clipped = (_clipped(area, rows, columns) for area in sheet.merged)
    sheet.merged = [area for area in clipped if area is not None]
    sheet.bold = {(rows.new(row), columns.new(column)) for row, column in sheet.bold}
    sheet.placed = [Placed(rows.new(p.row), columns.new(p.column), p.blocks) for p in sheet.placed]
    return count - sum(map(len, sheet.rows.values()))


class Renumbering:
    """The numbers of rows or columns once some are gone."""

    def __init__(self, gone: set[int]) -> None:
        self.gone = gone
        self._sorted = sorted(gone)

    def new(self, number: int) -> int:
        return number - bisect_left(self._sorted, number)


def _shown(cells: dict[int, Content], columns: Renumbering) -> dict[int, Content]:
    if not columns.gone:
        return cells
    return {
        columns.new(column): content
        for column, content in cells.items()
        if column not in columns.gone
    }


def _clipped(area: Area, rows: Renumbering, columns: Renumbering) -> Area | None:
    """A merged area in new numbers. None if its first row or column is hidden: so is its text."""
    if area.top in rows.gone or area.left in columns.gone:
        return None
    return Area(
        rows.new(area.top),
        columns.new(area.left),
        rows.new(area.bottom + 1) - 1,
        columns.new(area.right + 1) - 1,
    )


# --- parts ----------------------------------------------------------------------------------------


def bands(sheet: Sheet, merges: Merges) -> list[Part]:
    """What lies between the empty rows of a sheet, from top to bottom."""
    rows = [(number, sheet.rows[number]) for number in sorted(sheet.rows)]
    return _cut_at_rows(rows, merges)


def parts(band: Part, merges: Merges, depth: int = MAX_DEPTH) -> Iterator[Part]:
    """The parts of a band in reading order: from left to right, each from top to bottom."""
    first = 0
    while first < len(band.rows) and len(band.rows[first][1]) == 1:
        first += 1
    if 0 < first < len(band.rows) and depth:
        # Lines above two tables may reach over both: what is below is cut without them.
        pieces = _cut_at_columns(band.rows[first:], merges)
        if len(pieces) > 1:
            yield from (_part([title]) for title in band.rows[:first])
            for piece in pieces:
                yield from _smaller(piece, merges, depth - 1)
            return
    pieces = _cut_at_columns(band.rows, merges)
    if len(pieces) == 1 or not depth:
        yield band
        return
    for piece in pieces:
        yield from _smaller(piece, merges, depth - 1)


def _smaller(piece: Part, merges: Merges, depth: int) -> Iterator[Part]:
    for band in _cut_at_rows(piece.rows, merges):
        yield from parts(band, merges, depth)


def _part(rows: list[Row]) -> Part:
    columns: set[int] = set()
    return Part(rows, sorted(columns.union(*(cells for _, cells in rows))))


def _cut_at_rows(rows: list[Row], merges: Merges) -> list[Part]:
    found: list[list[Row]] = []
    reach = -2
    for row in rows:
        number, cells = row
        if number > reach + 1 or not found:
            found.append([])
        found[-1].append(row)
        bottoms = [area.bottom for area in merges.at(number) if area.left in cells]
        reach = max(reach, number, *bottoms)
    return _with_rests([_part(band) for band in found])


def _with_rests(found: list[Part]) -> list[Part]:
    """`found` where what goes on with a table below one empty row has become part of it."""
    joined = found[:1]
    for part in found[1:]:
        if _goes_on(joined[-1], part):
            joined[-1] = Part([*joined[-1].rows, *part.rows], joined[-1].columns)
        else:
            joined.append(part)
    return joined


def _goes_on(above: Part, below: Part) -> bool:
    """Whether `below` is more of the table `above`: the same columns, and numbers at once.

    A table of its own would begin with a header, which has words only.
    """
    gap = below.rows[0][0] - above.rows[-1][0]
    if gap != 2 or above.width < 2 or len(above.rows) < 2 or above.columns != below.columns:
        return False
    header, first = above.rows[0][1], below.rows[0][1]
    is_headed = len(header) == above.width and not any(map(is_number, header.values()))
    return is_headed and any(
        is_number(content) for column, content in first.items() if column != above.columns[0]
    )


def _cut_at_columns(rows: list[Row], merges: Merges) -> list[Part]:
    whole = _part(rows)
    groups = _column_groups(whole, merges)
    if len(groups) == 1:
        return [whole]
    pieces = _dealt_out(rows, groups)
    joined = pieces[:1]
    for piece in pieces[1:]:
        if _is_same_table(joined[-1], piece):
            _join(joined[-1], piece)
        else:
            joined.append(piece)
    return joined


def _dealt_out(rows: list[Row], groups: list[list[int]]) -> list[Part]:
    """The cells of `rows` by the group of columns they are in, as rows of new dictionaries."""
    pieces = [Part([], group) for group in groups]
    owner = {column: piece for piece in pieces for column in piece.columns}
    for number, cells in rows:
        for column, content in cells.items():
            own = owner[column].rows
            if not own or own[-1][0] != number:
                own.append((number, {}))
            own[-1][1][column] = content
    return pieces


def _join(left: Part, right: Part) -> None:
    """Make `right`, whose only rows of its own are headers, a part of `left`."""
    left.columns += right.columns
    here = dict(left.rows)
    above = []
    for number, cells in right.rows:
        if number in here:
            here[number].update(cells)
        else:
            above.append((number, cells))
    left.rows[:0] = above


def _column_groups(whole: Part, merges: Merges) -> list[list[int]]:
    """The columns of a part, those in one list that no empty column parts."""
    reach = {column: column for column in whole.columns}
    for number, cells in whole.rows if merges.by_row else ():
        for area in merges.at(number):
            if area.left in cells:
                reach[area.left] = max(reach[area.left], area.right)
    groups: list[list[int]] = []
    end = -2
    for column in whole.columns:
        if column > end + 1 or not groups:
            groups.append([])
        groups[-1].append(column)
        end = max(end, reach[column])
    return groups


def _is_same_table(left: Part, right: Part) -> bool:
    """Whether one empty column between two parts is only there to make room.

    It is if one of both is a single column, and the right one has no row of its own but headers:
    labels here and figures there. Two tables with labels of their own are two tables.
    """
    if right.columns[0] - left.columns[-1] != 2 or 1 not in (left.width, right.width):
        return False
    if len(right.rows) < 2 or (right.width == 1 and 2 * len(right.rows) <= len(left.rows)):
        return False
    own = right.row_numbers() - left.row_numbers()
    if len(own) > MAX_HEADER or any(number > left.rows[0][0] for number in own):
        return False
    first = [cells[right.columns[0]] for _, cells in right.rows[1:] if right.columns[0] in cells]
    return right.width == 1 or (bool(first) and all(map(is_number, first)))


def text_of(content: Content) -> str:
    return content if isinstance(content, str) else plain(content)


def is_number(content: Content) -> bool:
    """Whether a cell shows a number, an amount, a date or a time rather than words."""
    text = text_of(content)
    return (
        len(text) < 40
        and NUMBER.match(text) is not None
        and sum(map(str.isalpha, text)) <= MAX_UNIT
    )
