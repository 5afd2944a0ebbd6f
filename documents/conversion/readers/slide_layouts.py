"""What a slide of PowerPoint inherits from its layout and master: places and list styles."""

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from lxml import etree

from ..document import Box
from .elements import name_of
from .open_xml import first_of, relations
from .packages import Package
from .slide_shapes import DRAWING, SLIDE, Placeholder, Shape, flat, shapes

TITLES = frozenset({"title", "ctrTitle"})
# Lines that PowerPoint repeats on slides (ECMA-376 part 1, 19.7.10).
RUNNING = frozenset({"dt", "ftr", "sldNum", "hdr"})


class Layer(NamedTuple):
    """The placeholders of a layout or a master, and its list styles by kind of text."""

    placeholders: list[Shape]
    styles: dict[str, etree._Element]
    kind: str = ""


class Layout:
    """The layout of a slide and the master behind it."""

    def __init__(self, layout: Layer, master: Layer, usual: etree._Element | None) -> None:
        self._layout, self._master, self._usual = layout, master, usual

    @property
    def is_title(self) -> bool:
        """Whether it is meant for the slide that names the whole presentation."""
        return self._layout.kind == "title"

    def styles(self, shape: Shape) -> list[etree._Element | None]:
        """The list styles that the text of a shape inherits, the nearest first."""
        if shape.placeholder is None:
            return [self._usual]
        inherited = [
            place.element.find(f"{SLIDE}txBody/{DRAWING}lstStyle")
            for place in self._places(shape.placeholder)
        ]
        return [*inherited, self._master.styles.get(_style_name(shape.placeholder.kind))]

    def box(self, shape: Shape) -> Box | None:
        """Where a shape stands; a placeholder without a place of its own inherits one."""
        if shape.box is not None or shape.placeholder is None:
            return shape.box
        return next((p.box for p in self._places(shape.placeholder) if p.box is not None), None)

    def _places(self, wanted: Placeholder) -> Iterator[Shape]:
        """The placeholders of the layout and the master that a slide's one fills."""
        upper = _match(self._layout.placeholders, wanted)
        if upper is not None:
            yield upper
        kind = upper.placeholder.kind if upper is not None and upper.placeholder else wanted.kind
        behind = _of_family(self._master.placeholders, kind)
        if behind is not None:
            yield behind


class Layouts:
    """The layouts of a presentation, each read once."""

    def __init__(self, package: Package, usual: etree._Element | None) -> None:
        self._package, self._usual = package, usual
        self._layer = cache(self._read)

    def of(self, part: str | None) -> Layout:
        """The layout in that part; one that says nothing if there is none."""
        layout = self._layer(part)
        behind = first_of(relations(self._package, part), "slideMaster") if part else None
        return Layout(layout, self._layer(behind), self._usual)

    def _read(self, part: str | None) -> Layer:
        root = self._package.tree(part) if part else None
        if root is None:
            return Layer([], {})
        tree = root.find(f"{SLIDE}cSld/{SLIDE}spTree")
        styles = root.find(f"{SLIDE}txStyles")
        named = {} if styles is None else {name_of(child): child for child in styles}
        places = [shape for shape in flat(shapes(tree)) if shape.placeholder is not None]
        return Layer(places, named, root.get("type", ""))


def _style_name(kind: str) -> str:
    if kind in TITLES:
        return "titleStyle"
    return "otherStyle" if kind in RUNNING else "bodyStyle"


def _family(kind: str) -> str:
    """Which placeholder of a master a kind is made from: it has five."""
    if kind in TITLES:
        return "title"
    return kind if kind in RUNNING else "body"


def _match(places: list[Shape], wanted: Placeholder) -> Shape | None:
    """The placeholder of a layout: by its index, or the one that is of the same family."""
    for place in places:
        own = place.placeholder
        if own is not None and own.number == wanted.number and own.number != "0":
            return place
    return _of_family(places, wanted.kind) if wanted.number == "0" else None


def _of_family(places: list[Shape], kind: str) -> Shape | None:
    for place in places:
        if place.placeholder is not None and _family(place.placeholder.kind) == _family(kind):
            return place
    return None
