"""FictionBook (FB2): books as one XML file."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from lxml import etree

from ..document import Block, Cell, Document, Heading, Note, Paragraph, Picture, Span, Table
from .elements import name_of
from .flat import flattened
from .spans import joined

XLINK = "{http://www.w3.org/1999/xlink}href"
MAX_DEPTH = 60
STYLES = {
    "strong": "bold", "emphasis": "italic", "strikethrough": "strike", "code": "code",
    "sup": "raised", "sub": "lowered",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    section: int = 1
    quoted: int = 0
    depth: int = 0


def read_tree(root: etree._Element) -> Document:
    """A FictionBook as a Document: what is known of the book, its text, its notes."""
    bodies = [child for child in root if name_of(child) == "body"]
    notes = [body for body in bodies if body.get("name") in {"notes", "comments", "footnotes"}]
    title = next((" ".join(t.split()) for e in root.iter() if name_of(e) == "book-title"
                  and (t := e.text)), None)  # fmt: skip
    blocks: list[Block] = [Heading([Span(title)], 1)] if title else []
    authors = [" ".join(" ".join(map(str, a.itertext())).split()) for a in _of(root, "author")]
    blocks += [Paragraph([Span(", ".join(authors))])] if any(authors) else []
    for body in bodies:
        if body not in notes:
            blocks += _children(body, Place(1 + bool(title)))
    for body in notes:
        blocks += _notes(body)
    language = next((e.text for e in root.iter() if name_of(e) == "lang"), None)
    return Document(blocks, title=title, language=language)


def _of(root: etree._Element, name: str) -> list[etree._Element]:
    infos = [element for element in root.iter() if name_of(element) == "title-info"][:1]
    return [child for info in infos for child in info if name_of(child) == name]


def _notes(body: etree._Element) -> Iterator[Block]:
    for section in body:
        if name_of(section) != "section":
            continue
        said = [child for child in section if name_of(child) != "title"]
        spans = flattened([block for child in said for block in _node(child, Place())])
        if spans:
            yield Note(spans, section.get("id", ""), part="note")


def _children(element: etree._Element, place: Place) -> Iterator[Block]:
    if place.depth > MAX_DEPTH:
        text = " ".join("".join(map(str, element.itertext())).split())
        yield Paragraph([Span(text)])
        return
    for child in element:
        yield from _node(child, replace(place, depth=place.depth + 1))


def _node(element: etree._Element, place: Place) -> Iterator[Block]:
    write = NODES.get(name_of(element))
    if write is not None:
        yield from write(element, place)


def _heading(element: etree._Element, place: Place) -> Iterator[Block]:
    level = place.section + (name_of(element) == "subtitle")
    text = " ".join(" ".join(map(str, element.itertext())).split())
    if text:
        yield Heading([Span(text)], min(level, 6))


def _paragraph(element: etree._Element, place: Place) -> Iterator[Block]:
    spans = joined(_spans(element, Span(""), 0))
    if spans:
        yield Paragraph(spans, quoted=place.quoted)


def _quote(element: etree._Element, place: Place) -> Iterator[Block]:
    yield from _children(element, replace(place, quoted=place.quoted + 1))


def _verse(element: etree._Element, place: Place) -> Iterator[Block]:
    lines = [_spans(line, Span(""), 0) for line in element]
    spans = joined([span for line in lines for span in (*line, Span("\n"))])
    if spans:
        yield Paragraph(spans, quoted=place.quoted)


def _image(element: etree._Element, place: Place) -> Iterator[Block]:
    if description := element.get("alt") or element.get("title"):
        yield Picture(description)


def _section(element: etree._Element, place: Place) -> Iterator[Block]:
    for child in element:
        deeper = place.section + (name_of(child) == "section")
        yield from _node(child, replace(place, section=deeper, depth=place.depth + 1))


def _table(element: etree._Element, place: Place) -> Iterator[Block]:
    rows = [
        [
            Cell(joined(_spans(cell, Span(""), 0)), _span(cell, "rowspan"), _span(cell, "colspan"))
            for cell in row
        ]
        for row in element
        if name_of(row) == "tr"
    ]
    if rows:
        yield Table(rows)


def _span(cell: etree._Element, name: str) -> int:
    given = cell.get(name, "1")
    return min(max(int(given), 1), 500) if given.isascii() and given[:4].isdigit() else 1


def _spans(element: etree._Element, style: Span, depth: int) -> list[Span]:
    spans = [replace(style, text=element.text or "")]
    for child in element:
        name = name_of(child)
        target = child.get(XLINK, "") if name == "a" else ""
        if name == "a" and child.get("type") == "note" and target.startswith("#"):
            spans.append(Span("", note=target[1:]))
        elif depth > MAX_DEPTH:
            spans.append(replace(style, text="".join(map(str, child.itertext()))))
        elif name:
            look = _styled(style, name)
            look = replace(look, link=target) if target.startswith("http") else look
            spans += _spans(child, look, depth + 1)
        spans.append(replace(style, text=child.tail or ""))
    return spans


def _styled(style: Span, name: str) -> Span:
    look = replace(style)
    if name in STYLES:
        setattr(look, STYLES[name], True)
    return look


NODES: dict[str, Callable[[etree._Element, Place], Iterator[Block]]] = {
    "title": _heading,
    "subtitle": _heading,
    "section": _section,
    "p": _paragraph,
    "v": _paragraph,
    "text-author": _paragraph,
    "date": _paragraph,
    "cite": _quote,
    "epigraph": _quote,
    "poem": _quote,
    "stanza": _verse,
    "table": _table,
    "image": _image,
    "annotation": _children,
    "body": _children,
}
