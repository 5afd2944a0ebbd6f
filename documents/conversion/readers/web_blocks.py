"""Blocks of a web page: one handler for each kind of element, over a tree without hidden parts.

What counts is what a browser shows (HTML Living Standard, section 15, "Rendering").
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from ..document import (
    Block,
    Code,
    Formula,
    Heading,
    Note,
    Paragraph,
    Picture,
    Rule,
    Span,
    Table,
    plain,
)
from .web_code import code_text, is_code, language
from .web_flow import PLAIN, Flow, Style, as_spans
from .web_forms import form_button, form_input, form_select, form_text
from .web_inline import (
    inline_break,
    inline_drawing,
    inline_image,
    inline_link,
    inline_math,
    inline_quotation,
    inline_raised,
    inline_ruby,
    inline_script,
    inline_span,
    styled,
)
from .web_lists import LISTS, integer, items
from .web_notes import Notes
from .web_tree import BLOCKS, HEADINGS, Node, inside, text_of

# MathJax's usual marks around LaTeX.
TEX = re.compile(r"\\\((.{1,2000}?)\\\)|\\\[(.{1,2000}?)\\\]|\$\$([^$]{1,2000})\$\$", re.S)
MAIL_PRE = "moz-"
QUOTE_CLASSES = frozenset({"gmail_quote", "moz-cite", "protonmail_quote", "yahoo_quoted"})
OUTLOOK_LEVEL = re.compile(r"\blevel(\d{1,2})\b")


@dataclass
class Page:
    """What handlers know of the page they are in."""

    base: str | None = None
    has_tex: bool = False
    notes: Notes = field(default_factory=Notes)


class Walker:
    """Turns elements into blocks of its flow."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.flow = Flow()

    def walk(self, node: Node, style: Style) -> None:
        """Everything in an element."""
        for child in node.children:
            if isinstance(child, Node):
                self.element(child, style)
            elif self.page.has_tex and not style.code and TEX.search(child):
                self._tex(child, style)
            else:
                self.flow.text(child, style)

    def _tex(self, text: str, style: Style) -> None:
        """Text with LaTeX that a script of the page would have set."""
        place = 0
        for match in TEX.finditer(text):
            self.flow.text(text[place : match.start()], style)
            place = match.end()
            if match[1]:
                self.flow.span(Span(match[1].strip(), formula=True))
            else:
                self.flow.block(Formula(text=(match[2] or match[3]).strip()))
        self.flow.text(text[place:], style)

    def element(self, node: Node, style: Style) -> None:
        """An element itself."""
        notes = self.page.notes
        if node in notes.calls:
            self.flow.span(Span("", note=notes.calls[node]))
            return
        if node in notes.texts:
            self._note(node, notes.texts[node])
            return
        if node in notes.marks:
            return
        handler = HANDLERS.get(node.tag)
        if handler is not None:
            handler(self, node, style)
        elif node.tag in BLOCKS or node.style.get("display", "").startswith("block"):
            self.container(node, style)
        else:
            self.walk(node, styled(node, style))

    def container(self, node: Node, style: Style) -> None:
        """An element that begins and ends a line."""
        if not (node.tag == "p" and self.flow.is_term):
            self.flow.flush()
        if is_code(node):
            self.flow.block(Code(text=code_text(node)))
            return
        self.walk(node, styled(node, style))
        self.flow.flush()

    def part(self, node: Node, style: Style = PLAIN) -> list[Block]:
        """The blocks of an element by themselves."""
        inner = Walker(self.page)
        inner.walk(node, style)
        inner.flow.flush()
        return inner.flow.blocks

    def _note(self, node: Node, label: str) -> None:
        blocks = self.part(node)
        loose = [block for block in blocks if isinstance(block, (Table, Note))]
        spans = as_spans(block for block in blocks if block not in loose)
        self.flow.block(Note(spans, label=label, part="note"))
        for block in loose:
            block.part = "note"
            self.flow.block(block)


# --- blocks -------------------------------------------------------------------------------------


def _heading(walker: Walker, node: Node, style: Style) -> None:
    level = integer(node.attrs.get("aria-level")) if node.tag not in HEADINGS else None
    add_heading(walker, node, level or (int(node.tag[1]) if node.tag in HEADINGS else 2))


def add_heading(walker: Walker, node: Node, level: int) -> None:
    """A heading; one that begins the item of a list takes its number along."""
    walker.flow.flush()
    blocks = walker.part(node)
    pictures = [block for block in blocks if isinstance(block, Picture)]
    spans = as_spans(block for block in blocks if block not in pictures or len(blocks) == 1)
    if not spans:
        return
    item = walker.flow.take_item()
    if item is not None:
        walker.flow.depth = max(0, walker.flow.depth - 1)  # what follows belongs to the heading
        if item.marker != "-":
            spans.insert(0, Span(f"{item.marker} "))
    walker.flow.block(Heading(spans, level=min(max(level, 1), 6)))


def _rule(walker: Walker, node: Node, style: Style) -> None:
    walker.flow.block(Rule())


def _quote(walker: Walker, node: Node, style: Style) -> None:
    walker.flow.flush()
    walker.flow.quoted += 1
    walker.walk(node, styled(node, style))
    walker.flow.flush()
    walker.flow.quoted -= 1


def _division(walker: Walker, node: Node, style: Style) -> None:
    role = node.attrs.get("role", "")
    if role == "heading":
        _heading(walker, node, style)
    elif not QUOTE_CLASSES.isdisjoint(node.classes) and not any(
        child.tag == "blockquote" for child in node.elements()
    ):
        _quote(walker, node, style)
    elif role == "math" and node.attrs.get("aria-label"):
        walker.flow.picture(node.attrs["aria-label"], style)
    else:
        walker.container(node, style)


def _paragraph(walker: Walker, node: Node, style: Style) -> None:
    level = OUTLOOK_LEVEL.search(node.style.get("mso-list", ""))
    if level is None:
        walker.container(node, style)
        return
    marker = ""
    for mark in inside(node, {"span"}):
        if mark.style.get("mso-list") == "ignore":
            marker = "".join(text_of(mark).split())
            mark.children = []
    depth, walker.flow.depth = walker.flow.depth, int(level[1])
    walker.flow.item(marker if any(c.isalnum() for c in marker) else "-")
    walker.walk(node, styled(node, style))
    walker.flow.flush()
    walker.flow.take_item()
    walker.flow.depth = depth


def _list(walker: Walker, node: Node, style: Style) -> None:
    flow = walker.flow
    flow.flush()
    is_only = flow.take_item() is not None  # the first of an item without words of its own
    style = styled(node, style)
    depth = flow.depth
    inner = depth + (not (is_only and depth))
    for child, marker in items(node):
        if isinstance(child, str):
            flow.text(child, style)
            continue
        flow.flush()
        flow.depth = inner
        if child.tag != "li" or child in walker.page.notes.texts:
            walker.element(child, style)
            continue
        flow.item(marker)
        walker.walk(child, styled(child, style))
        flow.flush()
        flow.take_item()
    flow.flush()
    flow.depth = depth


def _item(walker: Walker, node: Node, style: Style) -> None:
    """An item outside of any list; browsers show a dot."""
    flow = walker.flow
    flow.flush()
    depth, flow.depth = flow.depth, flow.depth + 1
    flow.item("-")
    walker.walk(node, styled(node, style))
    flow.flush()
    flow.take_item()
    flow.depth = depth


def _definitions(walker: Walker, node: Node, style: Style) -> None:
    """Terms in bold, each above what is said about it."""
    walker.flow.flush()
    for child in node.children:
        if isinstance(child, str):
            walker.flow.text(child, style)
        elif child.tag == "dt" and child not in walker.page.notes.texts:
            walker.flow.flush()
            walker.walk(child, styled(child, style)._replace(bold=True))
            walker.flow.line_break()
            walker.flow.is_term = True
        elif child.tag == "div":
            _definitions(walker, child, style)
        elif child.tag == "dd" and child not in walker.page.notes.texts:
            walker.walk(child, styled(child, style))
            walker.flow.flush()
        else:
            walker.element(child, style)
    walker.flow.flush()


def _preformatted(walker: Walker, node: Node, style: Style) -> None:
    if any(name.startswith(MAIL_PRE) for name in node.classes):
        walker.flow.flush()
        walker.walk(node, styled(node, style)._replace(keeps=True))
        walker.flow.flush()
        return
    text = code_text(node)
    if text.strip():
        walker.flow.block(Code(text=text, language=language(node)))


def _figure(walker: Walker, node: Node, style: Style) -> None:
    """A figure: its caption belongs to the picture or the table in it."""
    captions = [child for child in node.elements() if child.tag == "figcaption"]
    if not captions:
        walker.container(node, style)
        return
    words = as_spans(block for caption in captions for block in walker.part(caption, style))
    is_first = next(node.elements()) is captions[0]
    apart = set(captions)
    shown = Node("figure", children=[child for child in node.children if child not in apart])
    blocks = walker.part(shown, style)
    taking = [b for b in blocks if isinstance(b, (Table, Picture)) and not b.caption]
    if len(taking) == 1 and len(blocks) == 1:
        taking[0].caption = words
        if isinstance(taking[0], Picture) and taking[0].description == plain(words):
            taking[0].description = ""  # said once is enough
        words = []
    elif not blocks and inside(node, {"img", "svg"}):
        blocks, words = [Picture(caption=words)], []
    told: list[Block] = [Paragraph(words)] if words else []
    for block in (*told, *blocks) if is_first else (*blocks, *told):
        walker.flow.block(block)


def _summary(walker: Walker, node: Node, style: Style) -> None:
    if any(child.tag in HEADINGS for child in node.elements()):
        walker.container(node, style)
        return
    walker.flow.flush()
    walker.walk(node, styled(node, style)._replace(bold=True))
    walker.flow.flush()


def _table(walker: Walker, node: Node, style: Style) -> None:
    from .web_tables import add_table

    add_table(walker, node, style)


Handler = Callable[[Walker, Node, Style], None]
HANDLERS: dict[str, Handler] = {
    "br": inline_break,
    "hr": _rule,
    "a": inline_link,
    "q": inline_quotation,
    "ruby": inline_ruby,
    "sup": inline_raised,
    "math": inline_math,
    "script": inline_script,
    "span": inline_span,
    "img": inline_image,
    "svg": inline_drawing,
    **dict.fromkeys(HEADINGS, _heading),
    "blockquote": _quote,
    "div": _division,
    "p": _paragraph,
    **dict.fromkeys(LISTS, _list),
    "li": _item,
    "dl": _definitions,
    "pre": _preformatted,
    "listing": _preformatted,
    "xmp": _preformatted,
    "figure": _figure,
    "summary": _summary,
    "table": _table,
    "input": form_input,
    "select": form_select,
    "textarea": form_text,
    "button": form_button,
}
