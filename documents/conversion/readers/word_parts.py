"""The parts of a Word file, and what stands where in them."""

from collections.abc import Iterator

from lxml import etree

from .elements import name_of
from .open_xml import relations
from .packages import Package
from .word_text import alternative

STRUCTURE = frozenset({"sdt", "customXml", "ins", "moveTo", "sdtContent", "smartTag"})
CONTENT = frozenset({"p", "tbl", "altChunk", "tr", "tc"})


def structured(container: etree._Element) -> Iterator[etree._Element]:
    """Paragraphs and tables of a container, also those inside controls and insertions."""
    stack = [iter(container)]
    while stack:
        child = next(stack[-1], None)
        if child is None:
            stack.pop()
            continue
        name = name_of(child)
        if name in STRUCTURE:
            stack.append(iter(child))
        elif name == "AlternateContent":
            chosen = alternative(child)
            if chosen is not None:
                stack.append(iter(chosen))
        elif name in CONTENT:
            yield child


def main_part(package: Package) -> str:
    """The name of the part that holds the text."""
    targets = [found.target for found in relations(package, "").values() if not found.is_external]
    known = [name for name in targets if name.endswith(".xml") and "document" in name.lower()]
    return known[0] if known else "word/document.xml"
