"""Tables of OpenDocument texts and presentations (ODF 1.3 part 3, section 9)."""

from collections.abc import Callable, Iterator

from lxml import etree

from ..document import Block
from .cell_tables import Place, table_blocks
from .elements import name_of, whole
from .odf_names import TABLE

ReadCell = Callable[[etree._Element], list[Block]]

MOST_SPANNED = 1000  # rows or columns
MOST_REPEATED = 100  # rows or cells that are stored once
MOST_CELLS = 500_000
ROW_GROUPS = frozenset({"table-header-rows", "table-rows", "table-row-group"})


def read_table(table: etree._Element, read_cell: ReadCell) -> list[Block]:
    """The table, or what stands in it if it only arranges that."""
    rows: list[list[Place]] = []
    headers = cells = 0
    for row, is_header in _rows(table):
        places = list(_places(row, read_cell))
        repeated = _repeated(row, "rows") if any(place.blocks for place in places) else 1
        for _ in range(repeated):
            cells += len(places)
            if cells > MOST_CELLS:
                break
            rows.append(places)
            headers += is_header
    return table_blocks(rows, headers)


def _rows(table: etree._Element) -> Iterator[tuple[etree._Element, bool]]:
    """The rows in their order, with whether each belongs to the header."""
    waiting = [(child, False) for child in reversed(table)]
    while waiting:
        element, is_header = waiting.pop()
        name = name_of(element)
        if name == "table-row":
            yield element, is_header
        elif name in ROW_GROUPS:
            is_header = is_header or name == "table-header-rows"
            waiting += [(child, is_header) for child in reversed(element)]


def _places(row: etree._Element, read_cell: ReadCell) -> Iterator[Place]:
    for cell in row:
        if name_of(cell) != "table-cell":
            continue
        blocks = read_cell(cell)
        place = Place(
            blocks,
            row_span=max(1, whole(cell.get(f"{TABLE}number-rows-spanned"), 1, MOST_SPANNED)),
            column_span=max(1, whole(cell.get(f"{TABLE}number-columns-spanned"), 1, MOST_SPANNED)),
        )
        yield from [place] * _repeated(cell, "columns")


def _repeated(element: etree._Element, what: str) -> int:
    told = element.get(f"{TABLE}number-{what}-repeated")
    return max(1, whole(told, 1, MOST_REPEATED))
