"""Tables of web pages: those that hold data, and those that only lay out the page.

A layout table dissolves into its cells, row by row. It is one by its role; else one that has no
header, caption or border and holds headings, lists, code or tables; or that has one column, or one
row of more than a few words. A table of data inside a cell follows its row; what the cell says
behind it comes after, and the rest of the outer table goes on below its header.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from ..document import Block, Cell, Paragraph, Span, Table
from .web_blocks import Walker
from .web_flow import Style, as_spans
from .web_inline import styled
from .web_lists import integer
from .web_tree import BLOCK, HEADING, LIST, PRE, TABLE, Node, text_of

MAX_COLUMN_SPAN = 1000  # HTML, section 4.9.11
# Places that spans may cover in all, beyond so many for each cell there is.
FEW_PLACES, PLACES_FOR_A_CELL = 10_000, 4
MAX_FRAME_WORDS = 60  # letters of a cell in a table of one row
MAX_REPEATED = 2000  # letters of a header that is repeated
SECTIONS = {"thead": 0, "tbody": 1, "tfoot": 2}
LINE_NUMBERS = re.compile(r"\s*\d{1,6}(?:\s+\d{1,6})*+\s*")


@dataclass
class Rows:
    """The rows of a table as they are shown, with the sections they stand in."""

    rows: list[list[Node]] = field(default_factory=list)
    sections: list[int] = field(default_factory=list)
    last_of_section: list[int] = field(default_factory=list)
    captions: list[Node] = field(default_factory=list)
    loose: list[Node] = field(default_factory=list)  # what stands between the rows


def add_table(walker: Walker, node: Node, style: Style) -> None:
    """The table `node` as blocks."""
    walker.flow.flush()
    style = style._replace(keeps=False)
    rows = _rows(node)
    for loose in rows.loose:
        walker.element(loose, style)
    if is_layout(node, rows):
        _dissolve(walker, rows, style)
        return
    for block in _blocks(walker, rows, style):
        walker.flow.block(block)


def is_layout(node: Node, rows: Rows) -> bool:
    """Whether a table only says where things are on the page."""
    role = node.attrs.get("role", "")
    if role in {"presentation", "none"}:
        return True
    filled = [[cell for cell in row if _says(cell)] for row in rows.rows]
    filled = [row for row in filled if row]
    if any(cell.tag == "th" for row in filled for cell in row) or rows.captions:
        return False
    if max(map(len, filled), default=0) <= 1:
        return True
    if len(filled) == 1:
        return not all(_is_short(cell) for cell in filled[0])
    if 0 in rows.sections or role in {"table", "grid"} or _has_border(node, rows):
        return False
    return any(cell.holds & (HEADING | LIST | TABLE | PRE) for row in filled for cell in row)


def _says(cell: Node) -> bool:
    if cell.letters:
        return True
    return any(n.tag == "img" and n.attrs.get("alt", "").strip() for n in _shallow(cell))


def _shallow(node: Node) -> Iterator[Node]:
    """A few elements at the beginning of a cell without text."""
    stack = list(reversed(list(node.elements())))
    for _ in range(20):
        if not stack:
            return
        current = stack.pop()
        yield current
        stack.extend(reversed(list(current.elements())))


def _is_short(cell: Node) -> bool:
    return cell.letters <= MAX_FRAME_WORDS and not cell.holds & ~BLOCK


def _has_border(node: Node, rows: Rows) -> bool:
    border = node.attrs.get("border")
    if border is not None and border.strip() not in {"0", "0px", "none"}:
        return True
    first = rows.rows[0] if rows.rows else []
    drawn = sum(_is_drawn(cell) for cell in first)
    return _is_drawn(node) or (bool(first) and 2 * drawn >= len(first))


def _is_drawn(node: Node) -> bool:
    return any(
        "solid" in node.style.get(name, "") for name in ("border", "border-top", "border-bottom")
    )


def _rows(node: Node) -> Rows:
    found = Rows()
    sections: list[tuple[int, list[Node]]] = []
    is_open = False  # whether rows without a section go on
    for child in node.elements():
        if child.tag in SECTIONS:
            sections.append((SECTIONS[child.tag], [n for n in child.elements() if n.tag == "tr"]))
        elif child.tag == "tr" and is_open:
            sections[-1][1].append(child)
        elif child.tag == "tr":
            sections.append((1, [child]))
        elif child.tag == "caption":
            found.captions.append(child)
        elif child.letters:
            found.loose.append(child)
        is_open = child.tag == "tr" or (is_open and child.tag not in SECTIONS)
    for section, rows in sorted(sections, key=lambda entry: entry[0]):
        found.sections += [section] * len(rows)
        found.last_of_section += [len(found.rows) + len(rows)] * len(rows)
        found.rows += [list(row.elements()) for row in rows]
    return found


def _dissolve(walker: Walker, rows: Rows, style: Style) -> None:
    for caption in rows.captions:
        walker.container(caption, style)
    for row in rows.rows:
        has_code = any(cell.holds & PRE for cell in row)
        for cell in row:
            if has_code and len(row) > 1 and LINE_NUMBERS.fullmatch(text_of(cell)):
                continue
            walker.container(cell, style)


def _blocks(walker: Walker, rows: Rows, style: Style) -> list[Block]:
    """A table of data, in parts where blocks stand between its rows."""
    header, title = _title(rows, _header_rows(rows))
    captions = rows.captions or ([title] if title is not None else [])
    caption = [span for part in captions for span in as_spans(walker.part(part, style))]
    first = 1 if title is not None and not rows.captions else 0
    if title is not None and not first:
        header = _header_rows(rows)
    builder = _Builder(walker, style, rows)
    blocks: list[Block] = []
    table = Table([], header_rows=header, caption=caption)
    for number in range(first, len(rows.rows)):
        cells, after = builder.row(number)
        table.rows.append(cells)
        if after:
            blocks += [table, *after]
            table = Table(_repeated(table, header), header_rows=header)
    if len(table.rows) > (header if blocks else 0):
        blocks.append(table)
    return blocks


class _Builder:
    """Makes the cells of one row after the other; knows how far spans may still reach."""

    def __init__(self, walker: Walker, style: Style, rows: Rows) -> None:
        self.walker = walker
        self.style = style
        self.rows = rows
        self.places = FEW_PLACES + PLACES_FOR_A_CELL * sum(map(len, rows.rows))
        self.hangs_until = 0

    def row(self, number: int) -> tuple[list[Cell], list[Block]]:
        """The cells of a row, and what has to follow it."""
        cells: list[Cell] = []
        after: list[Block] = []
        for node in self.rows.rows[number]:
            tall, wide = _spans(node, self.rows.last_of_section[number] - number)
            self.places -= tall * wide - 1
            if self.places < 0:
                tall = wide = 1
            self.hangs_until = max(self.hangs_until, number + tall)
            spans, rest = _content(self.walker, node, self.style)
            cells.append(Cell(spans, row_span=tall, column_span=wide))
            after += rest
        if after and self.hangs_until > number + 1:
            # A cell reaches over what would come between: it all stays in the row.
            cells[-1].spans = as_spans([Paragraph(cells[-1].spans), *after])
            after = []
        return cells, after


def _repeated(table: Table, header: int) -> list[list[Cell]]:
    """The header once more, for the rest of a table."""
    rows = table.rows[:header]
    letters = sum(len(span.text) for row in rows for cell in row for span in cell.spans)
    if letters > MAX_REPEATED or len(rows) < header:
        return []
    return [[replace(cell) for cell in row] for row in rows]


def _title(rows: Rows, header: int) -> tuple[int, Node | None]:
    """The header without its first row, where that is a title over the whole table."""
    if len(rows.rows) < 3 or len(rows.rows[0]) != 1 or not rows.rows[0][0].letters:
        return header, None
    width = max(sum(_spans(cell, 1)[1] for cell in row) for row in rows.rows[1:])
    cell = rows.rows[0][0]
    spans_all = width > 1 and _spans(cell, 1)[1] >= width and _spans(cell, 2)[0] == 1
    if not spans_all or cell.holds & TABLE:
        return header, None
    return max(0, header - 1) or _header_rows(rows, start=1), cell


def _header_rows(rows: Rows, start: int = 0) -> int:
    count = 0
    for row, section in zip(rows.rows[start:], rows.sections[start:], strict=True):
        filled = [cell for cell in row if cell.letters]
        is_header = section == 0 or (
            bool(filled) and all(cell.tag == "th" for cell in filled) and section == 1
        )
        if not is_header:
            break
        count += 1
    return count if count < len(rows.rows) - start else min(count, 1)


def _spans(cell: Node, rows_left: int) -> tuple[int, int]:
    """How many rows and columns a cell covers."""
    tall = integer(cell.attrs.get("rowspan"))
    wide = integer(cell.attrs.get("colspan")) or 1
    if tall is None or tall < 0:
        tall = 1
    tall = rows_left if tall == 0 else min(tall, rows_left)
    return max(1, tall), max(1, min(wide, MAX_COLUMN_SPAN))


def _content(walker: Walker, node: Node, style: Style) -> tuple[list[Span], list[Block]]:
    """What a cell says, and what has to follow its row."""
    blocks = walker.part(node, styled(node, style))
    first = next((n for n, block in enumerate(blocks) if isinstance(block, Table)), None)
    if first is None:
        return as_spans(blocks), []
    return as_spans(blocks[:first]), blocks[first:]
