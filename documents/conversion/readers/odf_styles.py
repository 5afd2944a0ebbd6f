"""Styles of OpenDocument files: how text looks in the end (ODF 1.3 part 3, section 16)."""

import re
from dataclasses import dataclass, fields, replace
from typing import Any

from lxml import etree

from .elements import whole
from .odf_lists import length
from .odf_names import FO, OFFICE, PRESENTATION, STYLE, SVG, TEXT, TRUE

MAX_CHAIN = 20  # styles based on styles
MAX_HEADING = 10
LINES = ("header", "footer", "date-time")
TYPEWRITER = re.compile(r"courier|consolas|menlo|monaco|typewriter|\bmono\b|mono$| mono ", re.I)
CODED = re.compile(r"_([0-9a-fA-F]{1,4})_")
HEADING_NAME = re.compile(r"heading ([1-9]|10)")
POSITION = re.compile(r"(super|sub|-?[0-9]+)")


@dataclass(frozen=True, slots=True)
class Look:
    """How characters look; None where nothing was said."""

    bold: bool | None = None
    italic: bool | None = None
    strike: bool | None = None
    code: bool | None = None
    hidden: bool | None = None
    script: str | None = None  # raised, lowered, or empty

    def over(self, other: "Look") -> "Look":
        """This look where it says something, else the other."""
        said = {f.name: v for f in fields(self) if (v := getattr(self, f.name)) is not None}
        return replace(other, **said) if said else other


@dataclass(frozen=True, slots=True)
class Style:
    """A style with all that it is based on; None where nothing was said."""

    names: tuple[str, ...] = ()  # its own and of those it is based on, lower case
    look: Look = Look()
    direct: Look = Look()  # what only the styles say that somebody gave to single paragraphs
    outline: int | None = None
    list_style: str | None = None  # empty: no list
    is_numbered: bool = True
    indent: float | None = None  # points
    page_visibility: str | None = None
    shown_lines: tuple[str, ...] = ()  # header, footer, date-time: what a slide shows of its master

    def is_a(self, *names: str) -> bool:
        """Whether it, or what it is based on, has one of these names."""
        return any(name in names for name in self.names)


class Styles:
    """The styles of one part and the common ones, by family and name."""

    def __init__(self, part: etree._Element | None, common: etree._Element | None) -> None:
        self._elements: dict[tuple[str, str], etree._Element] = {}
        self._direct: set[etree._Element] = set()
        self._known: dict[tuple[str, str], Style] = {}
        self._fixed: set[str] = set()
        for root, name in ((common, "styles"), (part, "styles"), (part, "automatic-styles")):
            container = root.find(OFFICE + name) if root is not None else None
            for element in container if container is not None else ():
                if element.tag == f"{STYLE}style":
                    self._elements[_key(element)] = element
                    if name == "automatic-styles":
                        self._direct.add(element)
        for root in (common, part):
            self._read_fonts(root)

    def paragraph(self, name: str | None) -> Style:
        return self.of("paragraph", name)

    def of(self, family: str, name: str | None) -> Style:
        """The style of that name; one that says nothing if there is none."""
        key = (family, name or "")
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._built(*key)
        return known

    def _built(self, family: str, name: str) -> Style:
        chain: list[etree._Element] = []
        while (element := self._elements.get((family, name))) is not None:
            if len(chain) >= MAX_CHAIN or element in chain:
                break
            chain.append(element)
            name = element.get(f"{STYLE}parent-style-name", "")
        style = Style(names=tuple(readable(e.get(f"{STYLE}name", "")) for e in chain))
        for element in reversed(chain):
            style = self._extended(style, element)
        if name and name not in {e.get(f"{STYLE}name") for e in chain}:
            # Programs know styles that a file only names.
            style = replace(style, names=(*style.names, readable(name)))
        return replace(style, outline=_named_heading(style)) if style.outline is None else style

    def _extended(self, style: Style, element: etree._Element) -> Style:
        """`style` with what an element that is based on it says."""
        look = self._look(element.find(f"{STYLE}text-properties"))
        said: dict[str, Any] = {"look": look.over(style.look)}
        if element in self._direct:
            said["direct"] = look.over(style.direct)
        if (level := element.get(f"{STYLE}default-outline-level")) is not None:
            said["outline"] = whole(level, 0, MAX_HEADING)
        if (listed := element.get(f"{STYLE}list-style-name")) is not None:
            said["list_style"] = listed
        for properties in element:
            said |= _paragraph_says(properties)
        return replace(style, **said)

    def _look(self, properties: etree._Element | None) -> Look:
        if properties is None:
            return Look()
        weight, slant = properties.get(f"{FO}font-weight"), properties.get(f"{FO}font-style")
        line = properties.get(f"{STYLE}text-line-through-style")
        line = line or properties.get(f"{STYLE}text-line-through-type")
        display = properties.get(f"{TEXT}display")
        return Look(
            bold=None if weight is None else weight in {"bold", "600", "700", "800", "900"},
            italic=None if slant is None else slant in {"italic", "oblique"},
            strike=None if line is None else line != "none",
            hidden=None if display is None else display == "none",
            script=_script(properties.get(f"{STYLE}text-position")),
            code=self._is_fixed(properties),
        )

    def _is_fixed(self, properties: etree._Element) -> bool | None:
        """Whether all letters of a font are equally wide; None if no font is named."""
        pitch = properties.get(f"{STYLE}font-pitch")
        if pitch is not None:
            return pitch == "fixed"
        name = properties.get(f"{STYLE}font-name") or properties.get(f"{FO}font-family")
        return None if name is None else name in self._fixed or bool(TYPEWRITER.search(name))

    def _read_fonts(self, root: etree._Element | None) -> None:
        fonts = root.find(f"{OFFICE}font-face-decls") if root is not None else None
        for font in fonts if fonts is not None else ():
            family = font.get(f"{SVG}font-family") or ""
            if font.get(f"{STYLE}font-pitch") == "fixed" or TYPEWRITER.search(family):
                self._fixed.add(font.get(f"{STYLE}name", ""))


def _paragraph_says(properties: etree._Element) -> dict[str, Any]:
    """What properties say of paragraphs and slides."""
    said: dict[str, Any] = {}
    if (numbered := properties.get(f"{TEXT}enable-numbering")) is not None:
        said["is_numbered"] = numbered == TRUE
    if (margin := properties.get(f"{FO}margin-left")) is not None:
        said["indent"] = length(margin)
    if properties.tag == f"{STYLE}drawing-page-properties":
        said["page_visibility"] = properties.get(f"{PRESENTATION}visibility")
        said["shown_lines"] = tuple(
            line for line in LINES if properties.get(f"{PRESENTATION}display-{line}") == TRUE
        )
    return said


def readable(name: str) -> str:
    """The name of a style as people see it, in lower case: Heading_20_1 as heading 1."""
    return CODED.sub(lambda code: chr(int(code[1], 16)), name).lower()


def _key(element: etree._Element) -> tuple[str, str]:
    return element.get(f"{STYLE}family", ""), element.get(f"{STYLE}name", "")


def _named_heading(style: Style) -> int | None:
    for name in style.names:
        if match := HEADING_NAME.fullmatch(name):
            return int(match[1])
    return None


def _script(position: str | None) -> str | None:
    """The first word of a text position says how far it is raised, in percent (20.393)."""
    match = POSITION.match(position or "")
    if match is None:
        return None
    if match[1] in {"super", "sub"}:
        return "raised" if match[1] == "super" else "lowered"
    return "lowered" if match[1].startswith("-") else "raised" if match[1].strip("0") else ""
