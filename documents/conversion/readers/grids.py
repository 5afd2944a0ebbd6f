"""Tables as readers find them: data as Tables, layout as the contents of its cells."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from ..document import Block, Cell, Heading, ListItem, Span, Table
from .flat import flattened

FEW_ITEMS = 3  # a cell with so many items and more beside them is a part of a page


@dataclass(slots=True)
class Place:
    """One cell with what stands in it."""

    blocks: list[Block] = field(default_factory=list)
    row_span: int = 1
    column_span: int = 1


def table_blocks(rows: list[list[Place]], header_rows: int) -> list[Block]:
    """A Table, with tables inside its cells after the row they stand in.

    Nothing but the contents of the cells if the table only arranges them: in one column, in one row
    of frames, or if cells hold headings, long lists or most of them tables. The places that a cell
    reaches over have no Place in `rows`.
    """
    places = [place for row in rows for place in row]
    if not any(place.blocks for place in places):
        return []
    if _is_layout(rows, places):
        return [block for place in places for block in place.blocks]
    caption: list[Span] = []
    filled = [row for row in rows if row]
    if len(filled[0]) == 1 and len(filled) > 1 and filled[0][0].row_span == 1:
        # One cell over all columns is the title.
        caption, rows = flattened(filled[0][0].blocks), filled[1:]
        header_rows = max(header_rows - 1, 0)
    return list(_parted(rows, header_rows or _reach(rows), caption))


def _is_layout(rows: list[list[Place]], places: list[Place]) -> bool:
    if all(len(row) <= 1 for row in rows):
        return True
    if sum(bool(row) for row in rows) == 1 and any(len(place.blocks) > 1 for place in places):
        return True
    if any(_is_part_of_page(place.blocks) for place in places):
        return True
    holders = [place for place in places if _tables(place)]
    return bool(holders) and 2 * len(holders) >= sum(bool(place.blocks) for place in places)


def _is_part_of_page(blocks: list[Block]) -> bool:
    has_heading = any(isinstance(block, Heading) for block in blocks)
    items = sum(isinstance(block, ListItem) for block in blocks)
    return len(blocks) > 1 and (has_heading or (items >= FEW_ITEMS and items < len(blocks)))


def _tables(place: Place) -> list[Block]:
    return [block for block in place.blocks if isinstance(block, Table)]


def _reach(rows: list[list[Place]]) -> int:
    """How many rows the cells of the first one reach into, itself included."""
    first = rows[0] if rows else []
    return min(max((place.row_span for place in first), default=1), len(rows))


def _parted(rows: list[list[Place]], header_rows: int, caption: list[Span]) -> Iterator[Block]:
    """The rows as one table; after a row that holds tables come those, then the other rows below
    the same header."""
    written: list[list[Cell]] = []
    header: list[list[Cell]] = []
    is_open = False  # whether there are rows that no table has yet
    for number, row in enumerate(rows):
        written.append([_cell(place) for place in row])
        is_open = True
        if number < header_rows:
            header = list(written)
        if nested := [table for place in row for table in _tables(place)]:
            yield Table(written, header_rows=header_rows, caption=caption)
            yield from nested
            written, caption, is_open = list(header), [], False
    if is_open:
        yield Table(written, header_rows=header_rows, caption=caption)


def _cell(place: Place) -> Cell:
    own = [block for block in place.blocks if not isinstance(block, Table)]
    return Cell(flattened(own), place.row_span, place.column_span)
