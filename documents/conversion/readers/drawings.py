"""SVG drawings: the words in them."""

from lxml import etree

from ..document import Block, Document, Paragraph, Span
from .elements import name_of
from .spans import joined

NAMED = frozenset(["title", "desc"])


def read_tree(root: etree._Element) -> Document:
    """The texts of a drawing as paragraphs, in the order in which they are drawn."""
    blocks: list[Block] = []
    title = None
    for element in root.iter():
        name = name_of(element)
        if name in NAMED or name == "text":
            spans = joined([Span(" ".join(_pieces(element)))])
            if spans:
                blocks.append(Paragraph(spans))
                title = title or (spans[0].text if name == "title" else None)
    return Document(blocks, title=title)


def _pieces(text: etree._Element) -> list[str]:
    """The lines of a text: each `tspan` that is placed anew begins one."""
    pieces = [text.text or ""]
    for span in text:
        is_new = any(span.get(name) is not None for name in ("x", "y", "dy"))
        said = "".join(map(str, span.itertext())) + (span.tail or "")
        if is_new:
            pieces.append(said)
        else:
            pieces[-1] += said
    return pieces
