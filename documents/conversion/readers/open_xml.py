"""Relations between the parts of Office Open XML files (ECMA-376 part 2, 9.3)."""

import posixpath
from typing import NamedTuple

from lxml import etree

from .packages import Package

RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
# The same for files that were saved as "strict" Open XML.
STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}"


class Relation(NamedTuple):
    """What a part points to: the kind is the last word of its type, the target a part or a URL."""

    kind: str
    target: str
    is_external: bool


def relations(package: Package, part: str) -> dict[str, Relation]:
    """What `part` points to, by the ids it uses; "" stands for the whole file."""
    folder, _, name = part.rpartition("/")
    root = package.tree(posixpath.join(folder, "_rels", f"{name}.rels"))
    found: dict[str, Relation] = {}
    for entry in root if root is not None else ():
        target, is_external = entry.get("Target", ""), entry.get("TargetMode") == "External"
        if not is_external:
            target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
        kind = entry.get("Type", "").rpartition("/")[2]
        found[entry.get("Id", "")] = Relation(kind, target, is_external)
    return found


def first_of(relations: dict[str, Relation], kind: str) -> str | None:
    """The part that is related in this way; None if there is none."""
    return next((r.target for r in relations.values() if r.kind == kind), None)


def reference(element: etree._Element, name: str = "id") -> str:
    """The id of the relation that an element names in `r:id` (or another name)."""
    return element.get(RELATION + name) or element.get(STRICT_RELATION + name) or ""
