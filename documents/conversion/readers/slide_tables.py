"""Tables of slides (DrawingML tables; ECMA-376 part 1, 21.1.3)."""

from lxml import etree

from ..document import Block
from .elements import whole
from .grids import Place, table_blocks
from .slide_text import DRAWING, Relations, text_blocks

MOST_SPANNED = 1000  # rows or columns
TRUE = frozenset({"1", "true"})


def read_table(table: etree._Element, relations: Relations) -> list[Block]:
    """The table, or what stands in it if it only arranges that."""
    rows = [
        [_place(cell, relations) for cell in row.iterchildren(f"{DRAWING}tc") if _is_shown(cell)]
        for row in table.iterchildren(f"{DRAWING}tr")
    ]
    return table_blocks(rows, 0)


def _place(cell: etree._Element, relations: Relations) -> Place:
    return Place(
        text_blocks(cell.find(f"{DRAWING}txBody"), (), relations),
        row_span=max(1, whole(cell.get("rowSpan"), 1, MOST_SPANNED)),
        column_span=max(1, whole(cell.get("gridSpan"), 1, MOST_SPANNED)),
    )


def _is_shown(cell: etree._Element) -> bool:
    return cell.get("hMerge") not in TRUE and cell.get("vMerge") not in TRUE
