"""Styles of Word files: what a paragraph or a run looks like in the end (ECMA-376 part 1, 17.7)."""

import re
from dataclasses import dataclass, fields, replace
from typing import Any

from lxml import etree

from .elements import name_of

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MAX_CHAIN = 20  # styles based on styles
OFF = frozenset({"0", "false", "off", "none"})
TYPEWRITER = re.compile(r"courier|consolas|menlo|monaco|typewriter|\bmono\b|mono$| mono ", re.I)
HEADING_NAME = re.compile(r"heading ([1-9])")
LEAST_SHIFT = 0.2  # of the size of letters; initials over several lines are moved by less
USUAL_SIZE = 11.0  # points
CODE_NAME = re.compile(r"\b(?:source|code|preformatted|html preformatted|macro)\b")


@dataclass(frozen=True, slots=True)
class Look:
    """How characters look; None where nothing was said. `size` is in points."""

    bold: bool | None = None
    italic: bool | None = None
    strike: bool | None = None
    hidden: bool | None = None
    script: str | None = None  # superscript, subscript or baseline
    font: str | None = None
    size: float | None = None

    def over(self, other: "Look") -> "Look":
        """This look where it says something, else the other."""
        said = {f.name: v for f in fields(self) if (v := getattr(self, f.name)) is not None}
        return replace(other, **said) if said else other


@dataclass(frozen=True, slots=True)
class Shape:
    """What a paragraph is; None where nothing was said. `indent` is in points."""

    outline: int | None = None  # level from 0; 9 is body text
    number: str | None = None  # numId
    level: int | None = None  # ilvl
    indent: float | None = None

    def over(self, other: "Shape") -> "Shape":
        """This shape where it says something, else the other."""
        said = {f.name: v for f in fields(self) if (v := getattr(self, f.name)) is not None}
        return replace(other, **said) if said else other


@dataclass(frozen=True, slots=True)
class Style:
    """A named style with all that it is based on."""

    name: str = ""
    names: tuple[str, ...] = ()  # its own and of those it is based on, lower case
    look: Look = Look()
    shape: Shape = Shape()


class Styles:
    """All styles of a file by their ids."""

    def __init__(self, styles: etree._Element | None, fonts: etree._Element | None) -> None:
        self._elements: dict[str, etree._Element] = {}
        self._known: dict[str, Style] = {}
        self._fixed = _fixed_fonts(fonts)
        self._defaults: dict[str, str] = {}
        self.base = Look()
        self.language: str | None = None
        if styles is None:
            return
        for element in styles.iterchildren(f"{WORD}style"):
            name = element.get(f"{WORD}styleId", "")
            self._elements[name] = element
            if element.get(f"{WORD}default") in {"1", "true", "on"}:
                self._defaults[element.get(f"{WORD}type", "")] = name
        usual = styles.find(f"{WORD}docDefaults/{WORD}rPrDefault/{WORD}rPr")
        if usual is not None:
            self.base = look_of(usual)
            language = usual.find(f"{WORD}lang")
            self.language = language.get(f"{WORD}val") if language is not None else None

    def paragraph(self, name: str | None) -> Style:
        """The paragraph style of that id, or the usual one."""
        return self._style(name or self._defaults.get("paragraph", ""))

    def character(self, name: str | None) -> Style:
        """The character style of that id; one that says nothing if there is none."""
        return self._style(name) if name else Style()

    def is_typewriter(self, font: str | None) -> bool:
        """Whether all letters of a font are equally wide, by the file's font table or its name."""
        return font is not None and (font in self._fixed or TYPEWRITER.search(font) is not None)

    def _style(self, name: str) -> Style:
        known = self._known.get(name)
        if known is None:
            known = self._known[name] = self._built(name)
        return known

    def _built(self, name: str) -> Style:
        chain: list[etree._Element] = []
        while name in self._elements and len(chain) < MAX_CHAIN:
            element = self._elements[name]
            if element in chain:
                break
            chain.append(element)
            name = value(element, "basedOn") or ""
        if not chain:
            return Style()
        look, shape = Look(), Shape()
        for element in reversed(chain):
            look = look_of(element.find(f"{WORD}rPr")).over(look)
            shape = shape_of(element.find(f"{WORD}pPr")).over(shape)
        names = tuple((value(element, "name") or "").lower() for element in chain)
        if shape.outline is None and (level := _heading_level(names)) is not None:
            shape = replace(shape, outline=level)
        return Style(names[0], names, look, shape)


def value(element: etree._Element | None, name: str) -> str | None:
    """The `w:val` of a child; None if there is none."""
    child = None if element is None else element.find(WORD + name)
    return None if child is None else child.get(f"{WORD}val")


def is_on(element: etree._Element | None, name: str) -> bool | None:
    """A property that is on or off; None if it is not given."""
    child = None if element is None else element.find(WORD + name)
    return None if child is None else child.get(f"{WORD}val", "1") not in OFF


def number_of(text: str | None, usual: int | None = None) -> int | None:
    """A whole number as Word writes it; `usual` for anything else."""
    try:
        return int(float(text)) if text is not None and len(text) < 20 else usual
    except ValueError:
        return usual


def look_of(properties: etree._Element | None) -> Look:
    """What a `w:rPr` says."""
    if properties is None or not len(properties):
        return Look()
    said: dict[str, Any] = {}
    for child in properties:
        name = name_of(child)
        given = child.get(f"{WORD}val")
        if name in TOGGLES:
            said[TOGGLES[name]] = said.get(TOGGLES[name], False) or (given or "1") not in OFF
        elif name == "vertAlign":
            said["script"] = given
        elif name == "rFonts":
            said["font"] = child.get(f"{WORD}ascii") or child.get(f"{WORD}hAnsi")
        elif name == "sz":
            size = number_of(given)
            said["size"] = size / 2 if size is not None else None
    if "script" not in said and (script := _moved(properties, said.get("size"))):
        said["script"] = script
    return Look(**said)


def _moved(properties: etree._Element, size: float | None) -> str | None:
    """What letters are that were moved up or down by hand, as some programs write all of them."""
    moved = (number_of(value(properties, "position")) or 0) / 2
    if abs(moved) < LEAST_SHIFT * (size or USUAL_SIZE):
        return None
    return "superscript" if moved > 0 else "subscript"


TOGGLES = {"b": "bold", "i": "italic", "strike": "strike", "dstrike": "strike",
           "vanish": "hidden", "webHidden": "hidden"}  # fmt: skip


def shape_of(properties: etree._Element | None) -> Shape:
    """What a `w:pPr` says."""
    if properties is None or not len(properties):
        return Shape()
    numbering = properties.find(f"{WORD}numPr")
    indent = properties.find(f"{WORD}ind")
    left = None
    if indent is not None:
        left = number_of(indent.get(f"{WORD}left") or indent.get(f"{WORD}start"))
    return Shape(
        outline=number_of(value(properties, "outlineLvl")),
        number=value(numbering, "numId"),
        level=number_of(value(numbering, "ilvl")),
        indent=left / 20 if left is not None else None,
    )


def _heading_level(names: tuple[str, ...]) -> int | None:
    for name in names:
        if match := HEADING_NAME.fullmatch(name):
            return int(match[1]) - 1
    return None


def _fixed_fonts(fonts: etree._Element | None) -> frozenset[str]:
    if fonts is None:
        return frozenset()
    return frozenset(
        font.get(f"{WORD}name", "")
        for font in fonts.iterchildren(f"{WORD}font")
        if value(font, "pitch") == "fixed" and value(font, "charset") != "02"
    )
