"""Tables from cells with places: data with spans, or the contents of one that arranges a page."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from ..document import Block, Cell, Heading, ListItem, Paragraph, Table, plain
from .flat import flattened

FEW_ITEMS = 3  # a cell with so many items and more beside them is a part of a page


@dataclass(slots=True)
class Place:
    """One cell while its table is read."""

    column: int
    column_span: int
    row_span: int = 1
    blocks: list[Block] = field(default_factory=list)


def table_blocks(rows: list[list[Place]], headers: int = 0) -> Iterator[Block]:
    """A Table with nested tables after it; the contents of the cells if it only arranges a page.

    `headers` is how many rows say that they are headers; else the first is taken for one.
    """
    rows = [row for row in rows if row]
    if not rows:
        return
    if _is_layout(rows):
        yield from (block for row in rows for place in row for block in place.blocks)
        return
    yield from _data(rows, headers)


def _is_layout(rows: list[list[Place]]) -> bool:
    """Whether a table only arranges a page.

    One column or one row of frames, or cells that hold headings, lists or tables.
    """
    places = [place for row in rows for place in row]
    if all(len(row) == 1 for row in rows):
        return True
    if len(rows) == 1 and any(_has_lines(place.blocks) for place in places):
        return True
    if any(_is_part_of_page(place.blocks) for place in places):
        return True
    holders = [p for p in places if any(isinstance(b, Table) for b in p.blocks)]
    return bool(holders) and 2 * len(holders) >= sum(bool(place.blocks) for place in places)


def _has_lines(blocks: list[Block]) -> bool:
    """Whether a cell holds several paragraphs or lines, as the letterhead of a letter does."""
    return len(blocks) > 1 or any(
        isinstance(b, Paragraph) and "\n" in plain(b.spans) for b in blocks
    )


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


def upper_place(above: list[list[Place]], column: int) -> Place | None:
    """The cell that a merged one goes on with."""
    for distance, row in enumerate(reversed(above), start=1):
        for place in row:
            if place.column == column and place.row_span >= distance:
                return place
    return None
