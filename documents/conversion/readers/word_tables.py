"""Tables of Word files: cells with spans, or the contents of a table that only arranges a page."""

from collections import Counter
from collections.abc import Callable, Iterator

from lxml import etree

from ..document import Block
from .grids import Place, table_blocks, upper_place
from .word_parts import structured
from .word_styles import WORD, is_on, number_of, value

ReadCell = Callable[[etree._Element], list[Block]]

MAX_COLUMNS = 500  # Word itself knows 63


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
    yield from table_blocks(rows, headers)


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
        if _goes_on(properties) and (upper := upper_place(above, column)) is not None:
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
