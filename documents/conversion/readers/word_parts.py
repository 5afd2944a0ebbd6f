"""The parts of a Word file, and what stands where in them."""

from collections.abc import Iterator
from pathlib import PurePosixPath

from lxml import etree

from .packages import Package
from .word_text import alternative

RELATIONS = "{http://schemas.openxmlformats.org/package/2006/relationships}"
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
        name = child.tag.rpartition("}")[2] if isinstance(child.tag, str) else ""
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
    targets = relations(package, "")[0].values()
    known = [name for name in targets if name.endswith(".xml") and "document" in name.lower()]
    return known[0] if known else "word/document.xml"


def relations(package: Package, name: str) -> tuple[dict[str, str], dict[str, str]]:
    """What the ids in a part stand for: parts of the file, and addresses outside."""
    folder, file = PurePosixPath(name).parent, PurePosixPath(name).name
    root = package.tree(str(folder / "_rels" / f"{file}.rels"))
    inner: dict[str, str] = {}
    outer: dict[str, str] = {}
    for element in () if root is None else root.iterchildren(f"{RELATIONS}Relationship"):
        key, target = element.get("Id", ""), element.get("Target", "")
        if element.get("TargetMode") == "External":
            outer[key] = target
        else:
            inner[key] = resolved(folder, target)
    return inner, outer


def resolved(folder: PurePosixPath, target: str) -> str:
    """A target of a relationship as the name of a part."""
    parts: list[str] = []
    for piece in (
        (PurePosixPath("/") if target.startswith("/") else folder)
        .joinpath(target.lstrip("/"))
        .parts
    ):
        if piece == "..":
            del parts[-1:]
        elif piece not in {"/", "."}:
            parts.append(piece)
    return "/".join(parts)
