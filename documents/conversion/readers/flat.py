"""What readers do with finished blocks: put them into one line, join lines of code."""

import re
from collections.abc import Iterable, Iterator

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

PAGE_WORDS = re.compile(
    r"\b(?:page|seite|página|pagina|strona|sida|side|стр|of|von|de|sur|di|van|z|av|из)\b|[^\w]|\d",
    re.I,
)


TITLE = 0  # level of a heading that is the title of the whole file
DEEPEST = 6


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


def code_joined(blocks: Iterable[Block]) -> Iterator[Block]:
    """`blocks` with neighboring lines of code as one piece, without empty lines at its ends."""
    lines: list[Code] = []
    for block in blocks:
        if isinstance(block, Code):
            lines.append(block)
            continue
        yield from _code(lines)
        lines = []
        yield block
    yield from _code(lines)


def _code(lines: list[Code]) -> Iterator[Block]:
    text = "\n".join(line.text.rstrip() for line in lines).strip("\n")
    if text:
        yield Code(text, inside=lines[0].inside)


def says_more(text: str) -> bool:
    """Whether a running line says more than the number of a page."""
    return bool(PAGE_WORDS.sub("", text))


def leveled(blocks: list[Block]) -> list[Block]:
    """`blocks` with their headings one level lower if a title stands above them."""
    headings = [block for block in blocks if isinstance(block, Heading)]
    shift = int(any(heading.level == TITLE for heading in headings))
    for heading in headings:
        heading.level = min(max(heading.level + shift, 1), DEEPEST)
    return blocks
