"""Tables from their lines and rulings: the cells with their texts and spans."""

from ..document import Box, Cell, Span, Table
from .closed import closed_rows
from .grid import Grid, grid_of, place
from .lines import Segment
from .page import Line, Ruling, Word
from .rows import attach_offset, join_rows, span_labels
from .spans import span_headers, split_spans


def table_of(lines: list[Line], rulings: list[Ruling], page: int) -> Table | None:
    """The table that the lines are, or None if they have fewer than two rows or columns."""
    grid = grid_of(lines, rulings)
    if grid is None:
        return None
    place(grid)
    closed = closed_rows(grid, rulings)
    if closed is not None:
        grid.rows = closed
        return _table(grid, lines, rulings, page)
    split_spans(grid)
    span_headers(grid)
    attach_offset(grid)
    join_rows(grid)
    span_labels(grid)
    return _table(grid, lines, rulings, page)


def _table(grid: Grid, lines: list[Line], rulings: list[Ruling], page: int) -> Table | None:
    if len(grid.rows) < 2:
        return None
    used = sorted({at for row in grid.rows for at in row.columns()})
    number = {column: at for at, column in enumerate(used)}
    rows: list[list[Cell]] = []
    below: dict[int, int] = {}
    header = _header_rows(grid)
    for index, row in enumerate(grid.rows):
        cells: list[Cell] = []
        at = 0
        for piece in [*row.pieces, None]:
            first = number[piece.first] if piece else len(used)
            while at < first:
                if below.get(at, 0) <= index:
                    cells.append(Cell([]))
                at += 1
            if piece is None:
                continue
            width = number[piece.last] - first + 1
            span = min(piece.rows, len(grid.rows) - index)
            cells.append(Cell(_spans(piece.segments), span, width))
            for column in range(first, first + width):
                below[column] = index + span
            at = first + width
        rows.append(cells)
    level = [r for r in rulings if r.kind == "H"]
    box = Box(
        min([line.x0 for line in lines] + [r.start for r in level]),
        min([line.baseline - 0.8 * line.size for line in lines] + [r.at for r in level]),
        max([line.x1 for line in lines] + [r.end for r in level]),
        max([line.baseline + 0.22 * line.size for line in lines] + [r.at for r in level]),
    )
    return Table(rows=rows, header_rows=header, page=page, box=box)


def _header_rows(grid: Grid) -> int:
    """Rows above the second full ruling, or above the first if there are any."""
    bands = [row.band for row in grid.rows]
    count = sum(band == bands[0] for band in bands)
    return count if count < len(bands) else 1


def _spans(segments: list[Segment]) -> list[Span]:
    """The text of a cell; lines of it are joined by a space, or without one after a hyphen."""
    spans: list[Span] = []
    before: Word | None = None
    for segment in segments:
        for word in segment.words:
            same = before is not None and word is not segment.words[0]
            if before is not None and (
                not same or word.gap or word.x0 - before.x1 > 0.12 * word.size
            ):
                _add(spans, Span(" "))
            for span in _word_spans(word):
                _add(spans, span)
            before = word
    return spans


def _word_spans(word: Word) -> list[Span]:
    spans, at = [], 0
    for script in word.scripts:
        if script.start > at:
            spans.append(Span(word.text[at : script.start]))
        spans.append(
            Span(
                word.text[script.start : script.end],
                raised=script.raised,
                lowered=not script.raised,
            )
        )
        at = script.end
    if at < len(word.text):
        spans.append(Span(word.text[at:]))
    return spans


def _add(spans: list[Span], span: Span) -> None:
    if spans and (spans[-1].raised, spans[-1].lowered) == (span.raised, span.lowered):
        spans[-1].text += span.text
    elif spans and span.text == " ":
        spans.append(span)
    else:
        spans.append(span)
