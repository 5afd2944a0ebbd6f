"""Diagrams of Office files (SmartArt; ECMA-376 part 1, 21.4) as nested lists."""

from lxml import etree

from ..document import ListItem
from .elements import whole
from .slide_text import Relations, text_of

DIAGRAM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"
# Points that say something; the others are lines between them and how they are laid out.
CONTENT = frozenset({"node", "asst"})
MAX_DEPTH = 20
MOST_PLACE = 10**8


def diagram_items(model: etree._Element, relations: Relations) -> list[ListItem]:
    """The points of a diagram's data in their order, each once, those below it nested."""
    points = {
        point.get("modelId", ""): point
        for point in model.iter(f"{DIAGRAM}pt")
        if point.get("type", "node") in CONTENT
    }
    children = _children(model)
    roots = [p.get("modelId", "") for p in model.iter(f"{DIAGRAM}pt") if p.get("type") == "doc"]
    # What no other point leads to stands for itself.
    below = {child for listed in children.values() for child in listed}
    roots += [name for name in points if name not in below]
    items: list[ListItem] = []
    seen: set[str] = set()
    waiting = [(name, 0) for name in reversed(roots)]
    while waiting:
        name, depth = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        spans = text_of(points[name].find(f"{DIAGRAM}t"), relations) if name in points else []
        if spans:
            items.append(ListItem(spans, depth=depth))
        deeper = min(depth + 1, MAX_DEPTH) if spans else depth
        waiting += [(child, deeper) for child in reversed(children.get(name, []))]
    return items


def _children(model: etree._Element) -> dict[str, list[str]]:
    """Which points stand below each point, in their order."""
    ordered: dict[str, list[tuple[int, str]]] = {}
    for line in model.iter(f"{DIAGRAM}cxn"):
        if line.get("type", "parOf") != "parOf":
            continue
        place = whole(line.get("srcOrd"), 0, MOST_PLACE)
        ordered.setdefault(line.get("srcId", ""), []).append((place, line.get("destId", "")))
    return {
        name: [child for _, child in sorted(listed, key=lambda entry: entry[0])]
        for name, listed in ordered.items()
    }
