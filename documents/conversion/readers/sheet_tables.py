"""From a sheet's grid to blocks: tables with spans, the lines above and below them as text."""

from collections.abc import Iterable

from ..document import Block, Cell, Heading, Paragraph, Span, Table
from .sheet_grids import Area, Content, Merges, Part, Row, Sheet, bands, is_number, parts, text_of

EMPTY = Cell([])  # most cells of many sheets; nothing changes it
MAX_TITLE = 120  # characters
MAX_NOTES = 5  # lines below a table
LONG_NOTE = 60  # characters
MAX_HEADER = 5  # rows
# One column is a table if it lists short things, or numbers below a name.
MIN_LIST, MAX_LISTED = 8, 40
# A table has its empty cells as long as they are not far more than the filled ones.
MANY_CELLS, MAX_FILLING = 1_000_000, 8


def sheet_blocks(sheet: Sheet, merges: Merges) -> list[Block]:
    """All that a sheet shows, in reading order: by row what lies apart, then by column."""
    blocks: list[Block] = []
    waiting = sorted(sheet.placed, key=lambda placed: (placed.row, placed.column))
    for band in bands(sheet, merges):
        while waiting and waiting[0].row < band.rows[0][0]:
            blocks += waiting.pop(0).blocks
        for part in parts(band, merges):
            blocks += part_blocks(part, merges, sheet.bold)
    for placed in waiting:
        blocks += placed.blocks
    return blocks + sheet.comments


def part_blocks(part: Part, merges: Merges, bold: set[tuple[int, int]]) -> list[Block]:
    """One part: its titles, its table if it is one, and the notes below that."""
    if part.width == 1:
        return _one_column(part, merges, bold)
    first = 0
    while first < len(part.rows) and _is_title(part, part.rows[first], merges):
        first += 1
    last = len(part.rows)
    while last - first > 2 and len(part.rows) - last < MAX_NOTES:
        if not _is_note(part, part.rows[last - 1], merges):
            break
        last -= 1
    titles = [_title(row, merges, bold) for row in part.rows[:first]]
    notes = [Paragraph(_spans(c)) for _, cells in part.rows[last:] for c in cells.values()]
    body = Part(part.rows[first:last], part.columns)
    return [*titles, *([table(body, merges)] if body.rows else []), *notes]


def _one_column(part: Part, merges: Merges, bold: set[tuple[int, int]]) -> list[Block]:
    contents = [content for _, cells in part.rows for content in cells.values()]
    if is_list(contents):
        return [table(part, merges)]
    return [_title(row, merges, bold) for row in part.rows]


def is_list(contents: list[Content]) -> bool:
    """Whether a single column is a table: numbers below a name, or many short things."""
    rest = contents[1:]
    if len(rest) >= 2 and all(map(is_number, rest)):
        return True
    return len(contents) >= MIN_LIST and all(len(text_of(c)) <= MAX_LISTED for c in contents)


def _is_title(part: Part, row: Row, merges: Merges) -> bool:
    """Whether a row above a table is a line of text: a single cell, and no header of a column."""
    number, cells = row
    if len(cells) != 1:
        return False
    column = next(iter(cells))
    is_wide = any(area.right > column for area in merges.at(number))
    return is_wide or column == part.columns[0] or part.width > 2


def _is_note(part: Part, row: Row, merges: Merges) -> bool:
    """Whether a row at the end of a table is a line of text: one long or wide cell on the left."""
    number, cells = row
    content = cells.get(part.columns[0])
    if len(cells) != 1 or content is None or is_number(content):
        return False
    is_wide = any(area.right > part.columns[0] for area in merges.at(number))
    return is_wide or len(text_of(content)) >= LONG_NOTE


def _title(row: Row, merges: Merges, bold: set[tuple[int, int]]) -> Block:
    """A line of text as a heading if it looks like one: bold, or over several columns."""
    number, cells = row
    column, content = next(iter(cells.items()))
    text = text_of(content)
    is_large = (number, column) in bold or any(a.right > column for a in merges.at(number))
    if is_large and len(text) <= MAX_TITLE and "\n" not in text and not is_number(text):
        return Heading(_spans(content), level=2)
    return Paragraph(_spans(content))


def _spans(content: Content) -> list[Span]:
    return [Span(content)] if isinstance(content, str) else content


# --- tables ---------------------------------------------------------------------------------------


def table(part: Part, merges: Merges) -> Table:
    """A part as one table. Where its cells lie far apart, rows end with their last one, or each
    cell comes with its address: a table is not much larger than what it is made of."""
    spans = _Spans(part, merges) if merges.by_row else None
    most = MANY_CELLS + MAX_FILLING * sum(len(cells) for _, cells in part.rows)
    if part.width * len(part.rows) > most:
        places = {column: place for place, column in enumerate(part.columns, start=1)}
        ends = [places[max(cells)] for _, cells in part.rows]
        if sum(ends) > most or (spans is not None and spans.anchors):
            return _far_apart(part)
        pairs = zip(part.rows, ends, strict=True)
        return Table([_plain_row(cells, part.columns[:end]) for (_, cells), end in pairs])
    if spans is None or not spans.anchors:
        return Table([_plain_row(cells, part.columns) for _, cells in part.rows])
    rows = [spans.row(number, cells) for number, cells in part.rows]
    return Table(rows, header_rows=_header_rows(rows, part.width))


def _plain_row(cells: dict[int, Content], columns: list[int]) -> list[Cell]:
    get = cells.get
    return [
        Cell([Span(content)] if type(content) is str else content)  # type: ignore[arg-type]
        if (content := get(column))
        else EMPTY
        for column in columns
    ]


class _Spans:
    """The merged cells of a part, in rows and columns of the table it becomes."""

    def __init__(self, part: Part, merges: Merges) -> None:
        self.columns = part.columns
        self.anchors: dict[tuple[int, int], tuple[int, int]] = {}
        self.covered: dict[int, set[int]] = {}
        places = {number: place for place, (number, _) in enumerate(part.rows)}
        numbers = [number for number, _ in part.rows]
        for number, cells in part.rows:
            for area in merges.at(number):
                if area.left in cells:
                    self._add(area, places[number], numbers)

    def _add(self, area: Area, place: int, numbers: list[int]) -> None:
        columns = [c for c in self.columns if area.left <= c <= area.right]
        end = place
        while end < len(numbers) and numbers[end] <= area.bottom:
            end += 1
        self.anchors[area.top, area.left] = (end - place, len(columns))
        for number in numbers[place:end]:
            self.covered.setdefault(number, set()).update(columns)
        self.covered[area.top].discard(area.left)

    def row(self, number: int, cells: dict[int, Content]) -> list[Cell]:
        covered = self.covered.get(number, set())
        return [
            self._cell(number, column, cells) for column in self.columns if column not in covered
        ]

    def _cell(self, number: int, column: int, cells: dict[int, Content]) -> Cell:
        content = cells.get(column)
        spans = [] if content is None else _spans(content)
        return Cell(spans, *self.anchors.get((number, column), (1, 1)))


def _header_rows(rows: list[list[Cell]], width: int) -> int:
    """How many rows the header has: those its merged cells reach over, or one below a wide one.

    A first row that is a single cell over the whole table is a line of its own.
    """
    depth = max(cell.row_span for cell in rows[0])
    is_grouped = any(1 < cell.column_span < width for cell in rows[0])
    if is_grouped and len(rows) > 2 and not _has_numbers(rows[1]):
        depth = max(depth, 2)
    return depth if depth <= min(MAX_HEADER, len(rows) - 1) else 1


def _has_numbers(row: Iterable[Cell]) -> bool:
    return any(is_number(cell.spans) for cell in row)


def _far_apart(part: Part) -> Table:
    """Cells that lie too far from each other for a table, each with its address."""
    rows = [[Cell([Span("Cell")]), Cell([Span("Content")])]]
    for number, cells in part.rows:
        for column, content in sorted(cells.items()):
            rows.append([Cell([Span(address(number, column))]), Cell(_spans(content))])
    return Table(rows)


def address(row: int, column: int) -> str:
    """The name of a cell: A1 for the first one."""
    letters = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return f"{letters}{row + 1}"
