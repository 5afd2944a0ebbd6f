"""Blocks of a web page: one handler for each kind of element, over a tree without hidden parts.

What counts is what a browser shows (HTML Living Standard, section 15, "Rendering").
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

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
from . import web_styles
from .math_latex import latex
from .web_code import code_text, is_code, language
from .web_flow import PLAIN, Flow, Style, as_spans
from .web_forms import form_button, form_input, form_select, form_text
from .web_lists import LISTS, integer, items
from .web_notes import Notes
from .web_tree import BLOCKS, HEADINGS, Node, inside, text_of

BOLD, ITALIC, CODE, STRIKE = {"bold": True}, {"italic": True}, {"code": True}, {"strike": True}
MARKS: dict[str, dict[str, Any]] = {
    "b": BOLD, "strong": BOLD, "i": ITALIC, "em": ITALIC, "cite": ITALIC, "dfn": ITALIC,
    "var": ITALIC, "code": CODE, "kbd": CODE, "samp": CODE, "tt": CODE, "s": STRIKE, "del": STRIKE,
    "strike": STRIKE, "sup": {"raised": True, "lowered": False},
    "sub": {"lowered": True, "raised": False},
}  # fmt: skip
LINKED = frozenset({"http", "https", "mailto", "tel", "ftp", "ftps"})
KEEPING = frozenset({"pre", "pre-wrap", "pre-line", "break-spaces"})
HANDLES = frozenset({"#", "¶", "§", "🔗", "⚓"})
# MathJax's usual marks around LaTeX.
TEX = re.compile(r"\\\((.{1,2000}?)\\\)|\\\[(.{1,2000}?)\\\]|\$\$([^$]{1,2000})\$\$", re.S)
TEX_MARKS = re.compile(r"\A\\[(\[]|\\[)\]]\Z|\A\$+|\$+\Z")
MATH_CLASSES = frozenset({"math", "arithmatex", "MathJax_TeX"})
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


# --- text ---------------------------------------------------------------------------------------


def styled(node: Node, style: Style) -> Style:
    """The style inside of an element."""
    own = MARKS.get(node.tag)
    if own:
        style = style._replace(**own)
    if node.tag == "font" and web_styles.is_monospace({"font-family": node.attrs.get("face", "")}):
        style = style._replace(code=True)
    declared = node.style
    if not declared:
        return style
    changed: dict[str, Any] = {**web_styles.marks(declared)}
    if changed:
        style = style._replace(**changed)
    if "white-space" in declared:
        style = style._replace(keeps=declared["white-space"] in KEEPING)
    if node.tag == "span" and web_styles.is_monospace(declared):
        style = style._replace(code=True)
    return style


def _break(walker: Walker, node: Node, style: Style) -> None:
    walker.flow.line_break()


def _link(walker: Walker, node: Node, style: Style) -> None:
    if _is_handle(node):
        return
    target = _target(node.attrs.get("href", ""), walker.page.base)
    style = styled(node, style)
    walker.walk(node, style._replace(link=target) if target else style)


def _is_handle(node: Node) -> bool:
    """Whether a link is only there to copy the address of the heading that it stands in."""
    if node.letters > 2 or not node.attrs.get("href", "").startswith("#"):
        return False
    is_sign = text_of(node).strip() in HANDLES
    return is_sign and any(up.tag in HEADINGS or up.tag in {"dt", "caption"} for up in node.above())


def _target(href: str, base: str | None) -> str | None:
    """Where a link leads; None if nobody can go there from outside of the page."""
    href = "".join(href.split("\n")).strip()
    if not href or href.startswith("#"):
        return None
    try:
        if base:
            href = urljoin(base, href)
        parts = urlsplit(href)
    except ValueError:
        return None
    return href if parts.scheme.lower() in LINKED and len(href) > len(parts.scheme) + 1 else None


def _quotation(walker: Walker, node: Node, style: Style) -> None:
    walker.flow.text("“", style)
    walker.walk(node, styled(node, style))
    walker.flow.text("”", style)


def _ruby(walker: Walker, node: Node, style: Style) -> None:
    """Characters with their reading behind them, in brackets as old browsers show it."""
    has_brackets = any(child.tag == "rp" for child in node.elements())
    for child in node.children:
        if isinstance(child, str):
            walker.flow.text(child.strip(), style)
        elif child.tag in {"rt", "rtc"} and not has_brackets:
            if text := text_of(child).strip():
                walker.flow.text(f"({text})", style)
        elif child.tag == "rp":
            walker.flow.text(text_of(child).strip(), style)
        else:
            walker.walk(child, style)


def _raised(walker: Walker, node: Node, style: Style) -> None:
    """Raised text; brackets and commas between the calls of notes are left out."""
    if any(child in walker.page.notes.calls for child in node.elements()):
        for child in node.children:
            if isinstance(child, Node):
                walker.element(child, style)
            elif any(sign.isalnum() for sign in child):
                walker.flow.text(child, styled(node, style))
        return
    walker.walk(node, styled(node, style))


def _span(walker: Walker, node: Node, style: Style) -> None:
    """A span; some programs put LaTeX into one, for a script to set."""
    classes = node.classes
    if not MATH_CLASSES.isdisjoint(classes) and not any(node.elements()):
        text = TEX_MARKS.sub("", text_of(node).strip()).strip()
        if "display" in classes:
            walker.flow.block(Formula(text=text))
        elif text:
            walker.flow.span(Span(text, formula=True))
        return
    if node.style.get("display", "").startswith("block"):
        walker.container(node, style)
    else:
        walker.walk(node, styled(node, style))


def _math(walker: Walker, node: Node, style: Style) -> None:
    text = latex(node)
    if text and node.attrs.get("display") == "block":
        walker.flow.block(Formula(text=text))
    elif text:
        walker.flow.span(Span(text, formula=True))


def _script(walker: Walker, node: Node, style: Style) -> None:
    """Only scripts that are formulas come here."""
    text = text_of(node).strip()
    if text and "mode=display" in node.attrs.get("type", ""):
        walker.flow.block(Formula(text=text))
    elif text:
        walker.flow.span(Span(text, formula=True))


def _image(walker: Walker, node: Node, style: Style) -> None:
    attrs = node.attrs
    description = attrs.get("alt", attrs.get("aria-label") or attrs.get("title") or "")
    if integer(attrs.get("width")) == 1 and integer(attrs.get("height")) == 1:
        return
    walker.flow.picture(description, style)


def _drawing(walker: Walker, node: Node, style: Style) -> None:
    """A drawing: its name, else the words in it."""
    name = node.attrs.get("aria-label", "")
    words = [" ".join(text_of(child).split()) for child in inside(node, {"title", "text", "desc"})]
    walker.flow.picture(name or ", ".join(word for word in words if word), style)


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
    "br": _break,
    "hr": _rule,
    "a": _link,
    "q": _quotation,
    "ruby": _ruby,
    "sup": _raised,
    "math": _math,
    "script": _script,
    "span": _span,
    "img": _image,
    "svg": _drawing,
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
