"""What stands on a slide of PowerPoint, with its place: shapes, groups, frames and pictures."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from lxml import etree

from ..document import Block, Box
from .elements import name_of, whole

SLIDE = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
COMPATIBLE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
POINT = 12_700  # English Metric Units; ECMA-376 part 1, 20.1.2.1
FARTHEST = 10**6  # points
MAX_DEPTH = 30  # groups in groups
SHAPES = frozenset({"sp", "pic", "graphicFrame", "cxnSp"})
KNOWN_FRAMES = ("table", "chart", "diagram", "ole", "chartex")
FULL_TURN = 360 * 60_000  # 20.1.10.3: angles are counted in 60,000ths of a degree


class Transform(NamedTuple):
    """How places inside a group become places on the slide."""

    left: float = 0.0
    top: float = 0.0
    across: float = 1.0
    down: float = 1.0

    def box(self, box: Box) -> Box:
        return Box(
            _bounded(self.left + box.left * self.across),
            _bounded(self.top + box.top * self.down),
            _bounded(self.left + box.right * self.across),
            _bounded(self.top + box.bottom * self.down),
        )


class Placeholder(NamedTuple):
    """Which place of its layout a shape fills (19.3.1.36)."""

    kind: str
    number: str


@dataclass(slots=True)
class Shape:
    """A shape of any kind, or a group with what stands in it."""

    element: etree._Element
    kind: str  # the name of the element
    box: Box | None
    placeholder: Placeholder | None = None
    name: str = ""
    description: str = ""
    is_hidden: bool = False
    inside: list["Shape"] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)


def shapes(tree: etree._Element | None) -> list[Shape]:
    """The shapes of a slide, a layout or a master, in the order they are stored in."""
    return _inside(tree, Transform(), 0) if tree is not None else []


def flat(shapes: list[Shape]) -> Iterator[Shape]:
    """The shapes with those inside groups, without the groups."""
    waiting = list(reversed(shapes))
    while waiting:
        shape = waiting.pop()
        if shape.kind == "grpSp":
            waiting += reversed(shape.inside)
        else:
            yield shape


def _inside(tree: etree._Element, transform: Transform, depth: int) -> list[Shape]:
    found: list[Shape] = []
    for element in tree:
        chosen = _chosen(element)
        for child in chosen:
            kind = name_of(child)
            if kind == "grpSp" and depth < MAX_DEPTH:
                found.append(_group(child, transform, depth))
            elif kind == "grpSp":
                deeper = (e for e in child.iter() if name_of(e) in SHAPES)
                found += [_shape(e, name_of(e), transform) for e in deeper]
            elif kind in SHAPES:
                found.append(_shape(child, kind, transform))
    return found


def _chosen(element: etree._Element) -> list[etree._Element]:
    """The element itself; of alternatives the first whose content is known here."""
    if name_of(element) != "AlternateContent":
        return [element]
    for choice in element.iterchildren(f"{COMPATIBLE}Choice", f"{COMPATIBLE}Fallback"):
        if any(_is_known(child) for child in choice):
            return list(choice)
    return []


def _is_known(element: etree._Element) -> bool:
    if name_of(element) != "graphicFrame":
        return name_of(element) in SHAPES or name_of(element) == "grpSp"
    data = element.find(f"{DRAWING}graphic/{DRAWING}graphicData")
    return data is not None and data.get("uri", "").rpartition("/")[2] in KNOWN_FRAMES


def _shape(element: etree._Element, kind: str, transform: Transform) -> Shape:
    box = _box(element)
    named = element.find(f"./*/{SLIDE}cNvPr")
    told = element.find(f"./*/{SLIDE}nvPr/{SLIDE}ph")
    shape = Shape(element, kind, transform.box(box) if box is not None else None)
    if told is not None:
        shape.placeholder = Placeholder(told.get("type", "obj"), told.get("idx", "0"))
    if named is not None:
        shape.name = named.get("name", "")
        shape.description = (named.get("descr") or "").strip()
        shape.is_hidden = named.get("hidden") in {"1", "true"}
    return shape


def _group(element: etree._Element, transform: Transform, depth: int) -> Shape:
    group = _shape(element, "grpSp", transform)
    inner = transform
    place = element.find(f"{SLIDE}grpSpPr/{DRAWING}xfrm")
    if place is not None and (outside := _extent(place, "off", "ext")) is not None:
        inside = _extent(place, "chOff", "chExt") or outside
        across = _ratio(outside.right - outside.left, inside.right - inside.left)
        down = _ratio(outside.bottom - outside.top, inside.bottom - inside.top)
        left = outside.left - inside.left * across
        top = outside.top - inside.top * down
        inner = Transform(
            _bounded(transform.left + left * transform.across),
            _bounded(transform.top + top * transform.down),
            _bounded(transform.across * across),
            _bounded(transform.down * down),
        )
    group.inside = _inside(element, inner, depth + 1)
    if group.is_hidden:
        for shape in flat(group.inside):
            shape.is_hidden = True
    return group


def _box(element: etree._Element) -> Box | None:
    place = element.find(f"{SLIDE}spPr/{DRAWING}xfrm")
    if place is None:
        place = element.find(f"{SLIDE}xfrm")
    if place is None:
        place = element.find(f"{SLIDE}grpSpPr/{DRAWING}xfrm")
    box = _extent(place, "off", "ext") if place is not None else None
    if box is None or place is None:
        return None
    turned = whole(place.get("rot", "0").removeprefix("-"), 0, 10**10) % (FULL_TURN // 2)
    if not FULL_TURN / 8 <= turned < FULL_TURN * 3 / 8:
        return box
    # Turned by about 90 degrees around its center.
    x, y = (box.left + box.right) / 2, (box.top + box.bottom) / 2
    half_width, half_height = (box.bottom - box.top) / 2, (box.right - box.left) / 2
    return Box(x - half_width, y - half_height, x + half_width, y + half_height)


def _extent(place: etree._Element, corner: str, size: str) -> Box | None:
    off, ext = place.find(DRAWING + corner), place.find(DRAWING + size)
    if off is None or ext is None:
        return None
    left, top = points(off.get("x")), points(off.get("y"))
    return Box(left, top, left + points(ext.get("cx")), top + points(ext.get("cy")))


def points(told: str | None) -> float:
    """A length in English Metric Units as points; 0 if it cannot be read."""
    try:
        return _bounded(float(told or 0) / POINT)
    except ValueError:
        return 0.0


def _ratio(outside: float, inside: float) -> float:
    return outside / inside if inside else 1.0


def _bounded(number: float) -> float:
    return 0.0 if math.isnan(number) else max(-FARTHEST, min(number, FARTHEST))
