"""reStructuredText: docutils takes it apart; nothing is included or fetched."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from docutils import frontend, nodes, utils
from docutils.parsers.rst import Parser

from .. import errors
from ..document import (
    Block,
    Cell,
    Code,
    Document,
    Formula,
    Heading,
    ListItem,
    Note,
    Paragraph,
    Picture,
    Rule,
    Span,
    Table,
)
from .flat import flattened, leveled
from .numerals import letters, roman
from .spans import joined

MAX_DEPTH = 60
# docutils takes time that grows with the square of a paragraph; nobody writes longer ones.
LONGEST_PARAGRAPH = 10_000  # characters
MAX_SPAN = 500
BLANK_LINE = re.compile(r"\n[ \t]*+\n")
STYLES: dict[str, dict[str, Any]] = {
    "strong": {"bold": True},
    "emphasis": {"italic": True},
    "literal": {"code": True},
    "superscript": {"raised": True},
    "subscript": {"lowered": True},
    "title_reference": {"italic": True},
}
ADMONITIONS = frozenset(
    ["attention", "caution", "danger", "error", "hint", "important", "note", "tip", "warning"]
)
# What is not shown, or shown elsewhere.
SILENT = frozenset(
    ["comment", "system_message", "substitution_definition", "target", "pending", "raw", "meta",
     "title", "subtitle", "caption", "decoration"]
)  # fmt: skip
TERMS = frozenset(["term", "classifier", "field_name", "option_group"])
DEFINITIONS = frozenset(["definition", "field_body", "description"])
NUMBERS: dict[str, Callable[[int], str]] = {
    "loweralpha": letters,
    "upperalpha": lambda number: letters(number).upper(),
    "lowerroman": roman,
    "upperroman": lambda number: roman(number).upper(),
}


@dataclass(slots=True)
class _Place:
    """Where a node stands: in which section, list and quote, and how deep in the tree."""

    section: int = 0
    inside: int = 0
    quoted: int = 0
    depth: int = 0
    lead: list[Span] = field(default_factory=list)  # before the first text of an item
    marker: str | None = None  # of the item whose first text comes next


def read_text(text: str) -> Document:
    """A reStructuredText file as a Document. Raises EngineError for what docutils cannot read."""
    if any(len(part) > LONGEST_PARAGRAPH for part in BLANK_LINE.split(text)):
        paragraphs = [part.strip() for part in BLANK_LINE.split(text) if part.strip()]
        document = Document([Paragraph(joined([Span(part)])) for part in paragraphs])
        document.warnings.append("Its paragraphs are very long: it was read as plain text.")
        return document
    with errors.engine_at_work():
        tree = _parsed(text)
    title = next((t.astext() for t in tree.findall(nodes.title)), None)
    return Document(leveled(list(_children(tree, _Place()))), title=title)


def _parsed(text: str) -> nodes.document:
    settings = frontend.get_default_settings(Parser)
    settings.report_level = settings.halt_level = 5  # faults are read as well as can be
    settings.file_insertion_enabled = settings.raw_enabled = False
    settings.line_length_limit = 1_000_000
    tree = utils.new_document("document", settings)
    Parser().parse(text, tree)
    return tree


def _children(node: nodes.Element, place: _Place) -> Iterator[Block]:
    if place.depth > MAX_DEPTH:
        yield Paragraph([Span(" ".join(node.astext().split()))], inside=place.inside)
        return
    inner = replace(place, depth=place.depth + 1)
    for child in node.children:
        if isinstance(child, nodes.Element):
            yield from _node(child, inner)
            inner.marker, inner.lead = None, []


def _node(node: nodes.Element, place: _Place) -> Iterator[Block]:
    name = node.tagname
    if name in SILENT:
        return
    if name in ADMONITIONS:
        yield Paragraph([Span(f"{name.capitalize()}:", bold=True)], quoted=place.quoted + 1)
        yield from _children(node, replace(place, quoted=place.quoted + 1))
    elif name in BLOCKS:
        yield from BLOCKS[name](node, place)
    else:
        yield from _children(node, place)


def _section(node: nodes.Element, place: _Place) -> Iterator[Block]:
    level = place.section + 1
    for title in node.children:
        if isinstance(title, nodes.title):
            yield Heading(spans_of(title), min(level, 6))
    yield from _children(node, replace(place, section=level))


def _paragraph(node: nodes.Element, place: _Place) -> Iterator[Block]:
    spans = joined([*place.lead, *spans_of(node)])
    if place.marker is not None:
        yield ListItem(spans, max(place.inside - 1, 0), place.marker, quoted=place.quoted)
    elif spans:
        yield Paragraph(spans, inside=place.inside, quoted=place.quoted)
    for picture in node.findall(nodes.image):
        yield from _image(picture, place)


def _bullets(node: nodes.Element, place: _Place) -> Iterator[Block]:
    for item in node.children:
        if isinstance(item, nodes.Element):
            yield from _item(item, "-", place)


def _numbers(node: nodes.Element, place: _Place) -> Iterator[Block]:
    show = NUMBERS.get(str(node.get("enumtype")), str)
    number = int(node.get("start", 1))
    for item in node.children:
        if isinstance(item, nodes.Element):
            marker = f"{node.get('prefix', '')}{show(number)}{node.get('suffix', '.')}"
            yield from _item(item, marker, place)
            number += 1


def _item(
    item: nodes.Element, marker: str, place: _Place, lead: list[Span] | None = None
) -> Iterator[Block]:
    inner = replace(place, inside=place.inside + 1, marker=marker, lead=lead or [])
    if not item.children or not isinstance(item.children[0], nodes.paragraph):
        yield ListItem(lead or [], place.inside, marker, quoted=place.quoted)
        inner = replace(inner, marker=None, lead=[])
    yield from _children(item, inner)


def _terms(node: nodes.Element, place: _Place) -> Iterator[Block]:
    """Definitions and fields: the term in bold, then what is said of it."""
    for entry in node.children:
        if not isinstance(entry, nodes.Element):
            continue
        parts = _elements(entry)
        names = [part for part in parts if part.tagname in TERMS]
        body = [part for part in parts if part.tagname in DEFINITIONS]
        lead = [Span(": ".join(" ".join(n.astext().split()) for n in names) + ":", bold=True)]
        if body:
            yield from _item(body[0], "-", place, [*lead, Span(" ")])


def _quote(node: nodes.Element, place: _Place) -> Iterator[Block]:
    yield from _children(node, replace(place, quoted=place.quoted + 1))


def _code(node: nodes.Element, place: _Place) -> Iterator[Block]:
    classes: list[str] = node.get("classes", [])
    names = [name for name in classes if name != "code"]
    language = names[0] if names else ""
    yield Code(node.astext().strip("\n"), language, inside=place.inside, quoted=place.quoted)


def _formula(node: nodes.Element, place: _Place) -> Iterator[Block]:
    yield Formula(node.astext().strip(), inside=place.inside)


def _image(node: nodes.Element, place: _Place) -> Iterator[Block]:
    if node.get("alt"):
        yield Picture(str(node["alt"]), inside=place.inside)


def _figure(node: nodes.Element, place: _Place) -> Iterator[Block]:
    captions = _elements(node, "caption")
    caption = spans_of(captions[0]) if captions else []
    said = next((str(i.get("alt") or "") for i in node.findall(nodes.image)), "")
    if said or caption:
        yield Picture(said, caption, inside=place.inside)
    for legend in node.findall(nodes.legend):
        yield from _children(legend, place)


def _note(node: nodes.Element, place: _Place) -> Iterator[Block]:
    label = next((part.astext() for part in _elements(node, "label")), "")
    label = label or next(iter(node.get("names", [])), "")
    inner = _Place(depth=place.depth)
    body = [b for c in _elements(node) if c.tagname != "label" for b in _node(c, inner)]
    yield Note(flattened(body), label, part="note")


def _lines(node: nodes.Element, place: _Place) -> Iterator[Block]:
    lines = [spans_of(line) for line in node.findall(nodes.line)]
    spans = [span for line in lines for span in (*line, Span("\n"))]
    yield Paragraph(joined(spans), inside=place.inside, quoted=place.quoted)


def _rule(node: nodes.Element, place: _Place) -> Iterator[Block]:
    yield Rule()


def _table(node: nodes.Element, place: _Place) -> Iterator[Block]:
    caption = next((spans_of(c) for c in node.children if isinstance(c, nodes.title)), [])
    rows: list[list[Cell]] = []
    headers = 0
    for part in (p for group in _elements(node, "tgroup") for p in _elements(group)):
        for row in _elements(part, "row"):
            rows.append([_cell(entry, place) for entry in _elements(row)])
            headers += part.tagname == "thead"
    if rows:
        yield Table(rows, header_rows=headers or 1, caption=caption, inside=place.inside)


def _elements(node: nodes.Element, name: str | None = None) -> list[nodes.Element]:
    """The children of a node that are no text, of one kind if it is named."""
    found = [child for child in node.children if isinstance(child, nodes.Element)]
    return [child for child in found if name is None or child.tagname == name]


def _cell(entry: nodes.Element, place: _Place) -> Cell:
    spans = flattened(list(_children(entry, _Place(depth=place.depth + 1))))
    return Cell(
        spans,
        min(int(entry.get("morerows", 0)) + 1, MAX_SPAN),
        min(int(entry.get("morecols", 0)) + 1, MAX_SPAN),
    )


Write = Callable[[nodes.Element, _Place], Iterator[Block]]
BLOCKS: dict[str, Write] = {
    "section": _section,
    "paragraph": _paragraph,
    "rubric": _paragraph,
    "attribution": _paragraph,
    "bullet_list": _bullets,
    "enumerated_list": _numbers,
    "definition_list": _terms,
    "field_list": _terms,
    "option_list": _terms,
    "docinfo": _children,
    "block_quote": _quote,
    "literal_block": _code,
    "doctest_block": _code,
    "math_block": _formula,
    "image": _image,
    "figure": _figure,
    "footnote": _note,
    "citation": _note,
    "line_block": _lines,
    "transition": _rule,
    "table": _table,
}


def spans_of(node: nodes.Element, style: Span | None = None, depth: int = 0) -> list[Span]:
    """The text inside a paragraph, title or cell as spans."""
    style = style or Span("")
    if depth > MAX_DEPTH:
        return [replace(style, text=node.astext())]
    spans: list[Span] = []
    for child in node.children:
        if isinstance(child, nodes.Text):
            spans.append(replace(style, text=child.astext().replace("\n", " ")))
        elif isinstance(child, nodes.Element):
            spans += _inline(child, style, depth + 1)
    return joined(spans) if depth == 0 else spans


def _inline(node: nodes.Element, style: Span, depth: int) -> list[Span]:
    name = node.tagname
    if name == "math":
        return [Span(node.astext(), formula=True)]
    if name in {"footnote_reference", "citation_reference"}:
        return [Span("", note=node.astext() or str(node.get("refname", "")))]
    if name in {"image", "problematic"}:
        return [replace(style, text=node.astext())] if name == "problematic" else []
    if name == "reference":
        return spans_of(node, replace(style, link=node.get("refuri") or style.link), depth)
    return spans_of(node, replace(style, **STYLES.get(name, {})), depth)
