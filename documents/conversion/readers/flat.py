"""Blocks as the content of one note or cell, where Markdown has no room for blocks."""

from ..document import (
    Block,
    Code,
    Formula,
    Heading,
    ListItem,
    Note,
    Paragraph,
    Picture,
    Span,
    Table,
    plain,
)
from .spans import joined


def flattened(blocks: list[Block]) -> list[Span]:
    """`blocks` as spans, a line each; a table has a line for each row."""
    spans: list[Span] = []
    for line in (line for block in blocks for line in _lines(block)):
        spans += [Span("\n"), *line] if spans else line
    return joined(spans)


def _lines(block: Block) -> list[list[Span]]:
    if isinstance(block, Table):
        return [_row([cell.spans for cell in row if plain(cell.spans)]) for row in block.rows]
    if isinstance(block, Code):
        return [[Span(line, code=True)] for line in block.text.split("\n")]
    return [_line(block)]


def _line(block: Block) -> list[Span]:
    match block:
        case ListItem():
            lead = "•" if block.marker == "-" else block.marker
            return [Span(f"{lead} "), *block.spans]
        case Paragraph() | Heading() | Note():
            return block.spans
        case Formula():
            return [Span(block.text, formula=True)]
        case Picture():
            return [Span(block.description)]
    return []


def _row(cells: list[list[Span]]) -> list[Span]:
    spans: list[Span] = []
    for cell in cells:
        spans += [Span(" | "), *cell] if spans else cell
    return spans
