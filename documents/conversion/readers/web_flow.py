"""Blocks out of running text: what a web page says, one piece after the other."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from ..document import (
    Block,
    Code,
    Formula,
    Heading,
    ListItem,
    Note,
    Paragraph,
    Part,
    Picture,
    Span,
    Table,
)  # fmt: skip
from ..markdown import clean_text

SPACE = re.compile(r"[ \t\n\r\f\xa0]+")
LINE_SPACE = re.compile(r"[ \t\r\f\xa0]+")
# Soft hyphens and what has no width; joiners stay, Persian and emoji need them.
NO_WIDTH = str.maketrans(dict.fromkeys("\xad\u200b\u2060\ufeff\u200e\u200f", None))
BREAKS = re.compile(r"\n[ \n]*")


class Style(NamedTuple):
    """How text looks; `keeps` says that its line breaks are meant."""

    bold: bool = False
    italic: bool = False
    code: bool = False
    strike: bool = False
    raised: bool = False
    lowered: bool = False
    link: str | None = None
    keeps: bool = False


PLAIN = Style()


class Flow:
    """Collects text, and makes a block of it whenever one ends.

    `quoted` is how many quotes are open, `depth` how many lists.
    """

    def __init__(self, part: Part = "body") -> None:
        self.blocks: list[Block] = []
        self.quoted = 0
        self.depth = 0
        self.part: Part = part
        self.is_term = False  # whether the line holds a term, and what is said of it comes next
        self._item: ListItem | None = None  # begun, but nothing of it was written
        self._line: list[Span] = []
        self._pictures: set[int] = set()  # places of descriptions of pictures in the line
        self._is_open = False  # whether a space would be seen now

    # --- text ---

    def text(self, text: str, style: Style) -> None:
        """Add text; white space counts as HTML has it."""
        if style.keeps:
            lines = [LINE_SPACE.sub(" ", line) for line in text.translate(NO_WIDTH).split("\n")]
            for number, line in enumerate(lines):
                if number:
                    self.line_break()
                self._add(line, style)
            return
        if not text.isascii():
            text = text.translate(NO_WIDTH)
        self._add(SPACE.sub(" ", text), style)

    def _add(self, text: str, style: Style) -> None:
        if not self._is_open:
            text = text.lstrip(" ")
        if not text:
            return
        self._is_open = text[-1] != " "
        self._line.append(Span(text, *style[:6], link=style.link))

    def span(self, span: Span) -> None:
        """Add something that is no running text: a formula, the call of a note."""
        self._line.append(span)
        self._is_open = True

    def picture(self, description: str, style: Style) -> None:
        """Add a picture: it stands for itself, or its description is part of the sentence."""
        description = " ".join(description.translate(NO_WIDTH).split())
        if not description:
            return
        if self._is_open and self._line:
            self._add(" ", style)
        self._pictures.add(len(self._line))
        self._add(description, style)
        self._add(" ", style)

    def line_break(self) -> None:
        """End the line; two in a row end the paragraph."""
        if self._line and self._line[-1].text.rstrip(" ").endswith("\n"):
            if not self._is_open:
                self.flush()
            return
        if self._line:
            self._line.append(Span("\n"))
            self._is_open = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing stands in the line."""
        return not self._line

    # --- blocks ---

    def flush(self) -> None:
        """End the paragraph."""
        self.is_term = False
        if not self._line:
            return
        pictures, self._pictures = self._pictures, set()
        line, self._line = self._line, []
        self._is_open = False
        if self._item is None and all(
            n in pictures or not s.text.strip() for n, s in enumerate(line)
        ):
            for number in sorted(pictures):
                self.block(Picture(description=line[number].text.strip()))
            return
        spans = trimmed(line)
        if not spans:
            return
        if self._item is not None:
            item, self._item = self._item, None
            item.spans = spans
            self.block(item)
        else:
            self.block(Paragraph(spans))

    def block(self, block: Block) -> None:
        """Add a whole block where the text is now."""
        self.flush()
        if self._item is not None and not isinstance(block, ListItem):
            item, self._item = self._item, None
            self.block(item)
        block.quoted += self.quoted
        if not isinstance(block, ListItem):
            block.inside += self.depth
        if block.part == "body":
            block.part = self.part
        self.blocks.append(block)

    def item(self, marker: str) -> None:
        """Begin an item of the innermost list."""
        self.flush()
        self._item = ListItem([], depth=max(0, self.depth - 1), marker=marker)

    def take_item(self) -> ListItem | None:
        """The item that was begun, if nothing of it was written; it begins no more."""
        item, self._item = self._item, None
        return item

    @property
    def begins_item(self) -> ListItem | None:
        """The item in which nothing stands so far."""
        return self._item if not self._line else None


def trimmed(line: Sequence[Span]) -> list[Span]:
    """Spans without white space at their ends and before line breaks, alike ones joined."""
    spans = list(_joined(line))
    while spans and spans[-1].note is None and not spans[-1].text.strip():
        spans.pop()
    if spans and spans[-1].note is None:
        spans[-1].text = spans[-1].text.rstrip()
    if spans and spans[0].note is None:
        spans[0].text = spans[0].text.lstrip()
    return spans


def _joined(line: Sequence[Span]) -> Iterator[Span]:
    held: Span | None = None
    pieces: list[str] = []
    for span in line:
        if not span.text and span.note is None:
            continue
        is_break = span.text == "\n" and held is not None and held.note is None and not held.code
        if held is not None and (is_break or _alike(held, span)):
            pieces.append(span.text)
            continue
        if held is not None:
            yield _with_text(held, pieces)
        held, pieces = span, [span.text]
    if held is not None:
        yield _with_text(held, pieces)


def _with_text(span: Span, pieces: list[str]) -> Span:
    span.text = clean_text("".join(pieces))
    if "\n" in span.text and not span.code:
        *lines, last = span.text.split("\n")  # what follows the last one may be a word
        span.text = "\n".join([*(line.rstrip(" ") for line in lines), last])
    return span


def _alike(one: Span, other: Span) -> bool:
    return (
        one.note is None and other.note is None and not one.formula and not other.formula
        and one.link == other.link and one.bold == other.bold and one.italic == other.italic
        and one.code == other.code and one.strike == other.strike
        and one.raised == other.raised and one.lowered == other.lowered
    )  # fmt: skip


def as_spans(blocks: Iterable[Block]) -> list[Span]:
    """Blocks as the lines of a cell, a caption or a note."""
    spans: list[Span] = []
    for block in blocks:
        line = _line_of(block)
        if not line:
            continue
        if spans:
            spans.append(Span("\n"))
        spans += line
    return trimmed(spans)


def _line_of(block: Block) -> list[Span]:
    match block:
        case Heading():
            return [_bold(span) for span in block.spans]
        case ListItem():
            return [Span(f"{_marker(block)} "), *block.spans]
        case Paragraph() | Note():
            return list(block.spans)
        case Formula():
            return [Span(block.text, formula=True)]
        case Table():
            return _rows_of(block)
    return _code_of(block) if isinstance(block, Code) else _picture_of(block)


def _code_of(block: Code) -> list[Span]:
    lines = block.text.rstrip().split("\n")
    return [span for line in lines for span in (Span("\n"), Span(line, code=True))][1:]


def _picture_of(block: Block) -> list[Span]:
    if not isinstance(block, Picture):
        return []
    gap = [Span(" ")] if block.description and block.caption else []
    return [Span(block.description), *gap, *block.caption]


def _bold(span: Span) -> Span:
    if span.note is None and not span.formula:
        span.bold = True
    return span


def _marker(item: ListItem) -> str:
    if item.checked is not None:
        return "☒" if item.checked else "☐"
    return "•" if item.marker in {"-", "*", "+"} else item.marker


def _rows_of(table: Table) -> list[Span]:
    spans: list[Span] = [*table.caption]
    for row in table.rows:
        if spans:
            spans.append(Span("\n"))
        for number, cell in enumerate(row):
            if number:
                spans.append(Span("; "))
            spans += [
                Span(BREAKS.sub(" ", s.text), s.bold, s.italic, s.code, s.strike, s.raised,
                     s.lowered, s.formula, s.link, s.note)
                for s in cell.spans
            ]  # fmt: skip
    return spans
