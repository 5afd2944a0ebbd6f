"""Markdown as a Document: of results that have none beside them, and of what others wrote.

Read by markdown-it-py as GitHub Flavored Markdown. Links by reference stay as they are written:
the definitions of notes, `[^1]: see`, look the same.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from ..document import (
    Block,
    Cell,
    Code,
    Document,
    Formula,
    Heading,
    ListItem,
    Markup,
    Note,
    PageInfo,
    Paragraph,
    Picture,
    Rule,
    Span,
    Table,
)
from ..markdown import PAGE_MARK
from ..readers.bridge import spans_of_tokens

NOTE = re.compile(r"\[\^([\w-]{1,40})\]:[ \t]*+")
TASK = re.compile(r"\[([ xX])\] ")
CALL = re.compile(r"\[\^([\w-]{1,40})\]")
TAGS = {"<sup>": "raised", "</sup>": "raised", "<sub>": "lowered", "</sub>": "lowered"}
OPENING = {
    f"{name}_{turn}"
    for name in ("bullet_list", "ordered_list", "blockquote")
    for turn in ("open", "close")
}
MOST_PAGES = 100_000


def document_of(markdown: str) -> Document:
    """The blocks of a result, on the pages that its marks name."""
    blocks = list(_Walk().blocks(_parser().parse(markdown)))
    numbers = dict.fromkeys(block.page for block in blocks if block.page is not None)
    return Document(blocks, [PageInfo(number) for number in sorted(numbers)[:MOST_PAGES]])


def blocks_of(markup: Markup) -> Iterator[Block]:
    """The blocks that stand in `markup`, all in its place."""
    for block in _Walk().blocks(_parser().parse(markup.text)):
        yield replace(
            block,
            page=markup.page,
            box=markup.box,
            part=markup.part if block.part == "body" else block.part,
            quoted=markup.quoted + block.quoted,
            inside=markup.inside + block.inside,
            confidence=markup.confidence,
        )


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark").enable(["table", "strikethrough"]).disable("reference")


@dataclass
class _Walk:
    """What is open while tokens are walked; their lists and quotes are not walked by recursion."""

    page: int | None = None
    quoted: int = 0
    depth: int = 0  # lists that are open
    marker: str | None = None  # of an item that has nothing yet
    rows: list[list[Cell]] = field(default_factory=list)

    def blocks(self, tokens: Sequence[Token]) -> Iterator[Block]:
        for number, token in enumerate(tokens):
            if token.type == "inline":
                opened = tokens[number - 1]
                if opened.type in {"th_open", "td_open"}:
                    self.rows[-1].append(Cell(_spans(token)))
                    continue
                yield from self._first() if opened.type == "heading_open" else ()
                yield self._placed(self._text(token, opened))
            else:
                yield from self._other(token)

    def _other(self, token: Token) -> Iterator[Block]:
        if token.type == "list_item_open":
            self.marker = f"{token.info}{token.markup}" if token.info else "-"
        elif token.type == "table_open":
            self.rows = []
        elif token.type == "tr_open":
            self.rows.append([])
        elif token.type in OPENING or token.type == "list_item_close":
            yield from self._first()
            self._open(token)
        elif block := self._leaf(token):
            yield from self._first()
            yield self._placed(block)

    def _open(self, token: Token) -> None:
        if token.type.startswith("blockquote"):
            self.quoted += token.nesting
        elif token.type in OPENING:
            self.depth += token.nesting

    def _leaf(self, token: Token) -> Block | None:
        match token.type:
            case "table_close":
                return Table(self.rows)
            case "fence" | "code_block":
                return Code(token.content.removesuffix("\n"), token.info.strip())
            case "hr":
                return Rule()
            case "html_block":
                return self._markup(token.content.strip())
        return None

    def _markup(self, text: str) -> Block | None:
        if mark := PAGE_MARK.fullmatch(text):
            self.page = int(mark[1])
            return None
        return None if text == "<!-- -->" else Markup(text)

    def _first(self) -> Iterator[Block]:
        """The item that has nothing before what follows."""
        if self.marker is not None:
            item = ListItem([], depth=self.depth - 1, marker=self.marker)
            self.marker = None
            yield self._placed(item)

    def _text(self, token: Token, opened: Token) -> Block:
        if opened.type == "heading_open":
            return Heading(_spans(token), level=int(opened.tag[1:]))
        if self.marker is not None:
            return self._item(token)
        return _paragraph(token)

    def _item(self, token: Token) -> Block:
        marker, self.marker = self.marker or "-", None
        spans = _spans(token)
        checked = None
        if spans and (task := TASK.match(spans[0].text)):
            checked = task[1] != " "
            spans[0].text = spans[0].text[task.end() :]
        return ListItem(spans, depth=self.depth - 1, marker=marker, checked=checked)

    def _placed(self, block: Block) -> Block:
        block.page = self.page
        block.quoted = self.quoted
        if not isinstance(block, ListItem):
            block.inside = self.depth
        return block


def _paragraph(token: Token) -> Block:
    text = token.content
    if len(text) > 4 and text.startswith("$$") and text.endswith("$$"):
        return Formula(text[2:-2].strip())
    children = token.children or []
    if len(children) == 1 and children[0].type == "image":
        return Picture(children[0].content)
    spans = _joined(token)
    note = NOTE.match(spans[0].text) if spans else None
    if note is None:
        return Paragraph(_with_calls(spans))
    spans[0].text = spans[0].text[note.end() :]
    return Note(_with_calls(spans), label=note[1], part="note")


def _spans(token: Token) -> list[Span]:
    return _with_calls(_joined(token))


def _joined(token: Token) -> list[Span]:
    spans: list[Span] = []
    open_tag = ""  # raised or lowered
    for span in spans_of_tokens(token.children or []):
        if span.text in TAGS and not span.code:
            open_tag = "" if span.text.startswith("</") else TAGS[span.text]
            continue
        if span.text == "<br>" and not span.code:
            span.text = "\n"
        if open_tag:
            setattr(span, open_tag, True)
        # Escapes and entities come as tokens of their own.
        if spans and replace(span, text="") == replace(spans[-1], text=""):
            spans[-1].text += span.text
        elif span.text:
            spans.append(span)
    return spans


def _with_calls(spans: list[Span]) -> list[Span]:
    """The calls of notes as spans of their own."""
    found: list[Span] = []
    for span in spans:
        if span.code or "[^" not in span.text:
            found.append(span)
            continue
        for number, part in enumerate(CALL.split(span.text)):
            if number % 2:
                found.append(Span("", note=part))
            elif part:
                found.append(replace(span, text=part))
    return found
