"""Comments on slides, of both kinds that PowerPoint has written ([MS-PPTX] 2.6, ECMA-376 19.4)."""

from lxml import etree

from ..document import Block, Paragraph, Span
from .elements import name_of
from .open_xml import Relation
from .packages import Package
from .slide_text import text_of

AUTHOR_PARTS = ("ppt/commentAuthors.xml", "ppt/authors.xml")


def comments(package: Package, related: dict[str, Relation]) -> list[Block]:
    """The comments on one slide with their replies, each with the name of who wrote it."""
    parts = [relation.target for relation in related.values() if relation.kind == "comments"]
    authors = _authors(package) if parts else {}
    blocks: list[Block] = []
    for part in parts:
        root = package.tree(part)
        for element in root.iter() if root is not None else ():
            if name_of(element) in {"cm", "reply"} and (words := _words(element)):
                author = authors.get(element.get("authorId", ""), "")
                lead = [Span(f"{author}: ")] if author else []
                blocks.append(Paragraph([*lead, *words], part="comment"))
    return blocks


def _authors(package: Package) -> dict[str, str]:
    names: dict[str, str] = {}
    for part in AUTHOR_PARTS:
        root = package.tree(part)
        for author in root if root is not None else ():
            names[author.get("id", "")] = author.get("name", "")
    return names


def _words(comment: etree._Element) -> list[Span]:
    for child in comment:
        if name_of(child) == "text":
            return [Span(child.text or "")]
        if name_of(child) == "txBody":
            return text_of(child, {})
    return []
