"""Tables of Word files: cells with spans, or the contents of a table that only arranges a page."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from lxml import etree

from ..document import Block, Cell, Heading, ListItem, Table, plain
from .flat import flattened
from .word_parts import structured
from .word_styles import WORD, is_on, number_of, value

ReadCell = Callable[[etree._Element], list[Block]]

MAX_COLUMNS = 500  # Word itself knows 63
FEW_ITEMS = 3  # a cell with so many items and more beside them is a part of a page


@dataclass(slots=True)
class Place:
    """One cell while its table is read."""

    column: int
    column_span: int
    row_span: int = 1
    blocks: list[Block] = field(default_factory=list)


def read_table(table: etree._Element, read_cell: ReadCell, counts: Counter[str]) -> Iterator[Block]:
    """A `w:tbl` as a Table, its nested tables after it; or as its contents if it holds a layout.

    `counts` is told of rows that were deleted by a recorded change.
    """
    rows: list[list[Place]] = []
    headers = 0
    for row in _children(table, "tr"):
        properties = row.find(f"{WORD}trPr")
        if properties is not None and properties.find(f"{WORD}del") is not None:
            counts["deletions"] += 1
            continue
        if headers == len(rows) and is_on(properties, "tblHeader"):
            headers += 1
        rows.append(_row(row, rows, read_cell))
    rows = [row for row in rows if row]
    if not rows:
        return
    if _is_layout(rows):
        yield from (block for row in rows for place in row for block in place.blocks)
        return
    yield from _data(rows, headers)


def _row(row: etree._Element, above: list[list[Place]], read_cell: ReadCell) -> list[Place]:
    column = number_of(value(row.find(f"{WORD}trPr"), "gridBefore"), 0) or 0
    places: list[Place] = []
    for cell in _children(row, "tc"):
        properties = cell.find(f"{WORD}tcPr")
        if properties is not None and properties.find(f"{WORD}cellDel") is not None:
            continue
        width = max(1, number_of(value(properties, "gridSpan"), 1) or 1)
        if column >= MAX_COLUMNS:
            break
        width = min(width, MAX_COLUMNS - column)
        if _goes_on(properties) and (upper := _upper(above, column)) is not None:
            upper.row_span += 1
        else:
            places.append(Place(column, width, blocks=read_cell(cell)))
        column += width
    return places


def _children(parent: etree._Element, name: str) -> Iterator[etree._Element]:
    return (child for child in structured(parent) if child.tag == WORD + name)


def _goes_on(properties: etree._Element | None) -> bool:
    merge = None if properties is None else properties.find(f"{WORD}vMerge")
    return merge is not None and merge.get(f"{WORD}val", "continue") == "continue"


def _upper(above: list[list[Place]], column: int) -> Place | None:
    """The cell that a merged one goes on with."""
    for distance, row in enumerate(reversed(above), start=1):
        for place in row:
            if place.column == column and place.row_span >= distance:
                return place
    return None


def _is_layout(rows: list[list[Place]]) -> bool:
    """Whether a table only arranges a page.

    One column or one row of frames, or cells that hold headings, lists or tables.
    """
    places = [place for row in rows for place in row]
    if all(len(row) == 1 for row in rows):
        return True
    if len(rows) == 1 and any(len(place.blocks) > 1 for place in places):
        return True
    if any(_is_part_of_page(place.blocks) for place in places):
        return True
    holders = [p for p in places if any(isinstance(b, Table) for b in p.blocks)]
    return bool(holders) and 2 * len(holders) >= sum(bool(place.blocks) for place in places)


def _is_part_of_page(blocks: list[Block]) -> bool:
    has_heading = any(isinstance(block, Heading) for block in blocks)
    items = sum(isinstance(block, ListItem) for block in blocks)
    return len(blocks) > 1 and (has_heading or (items >= FEW_ITEMS and items < len(blocks)))


def _data(rows: list[list[Place]], headers: int) -> Iterator[Block]:
    nested: list[Block] = []
    written: list[list[Cell]] = []
    for row in rows:
        cells: list[Cell] = []
        for place in row:
            inner = [block for block in place.blocks if isinstance(block, Table)]
            own = [block for block in place.blocks if not isinstance(block, Table)]
            nested += inner
            spans = flattened(own)
            cells.append(Cell(spans, place.row_span, place.column_span))
        written.append(cells)
    title = written[0][0] if written and len(written[0]) == 1 else None
    if title is not None and len(written) > 1 and title.row_span == 1:
        caption = title.spans
        written, headers = written[1:], max(headers - 1, 0)
    else:
        caption = []
    if any(plain(cell.spans) or cell.spans for row in written for cell in row):
        yield Table(written, header_rows=headers or 1, caption=caption)
    yield from nested
