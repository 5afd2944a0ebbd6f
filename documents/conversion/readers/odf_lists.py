"""Numbers and bullets of OpenDocument lists, as LibreOffice shows them (ODF 1.3 part 3, 16.30)."""

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from lxml import etree

from .elements import name_of, whole
from .numerals import letters, roman
from .odf_names import FO, LIBREOFFICE, OFFICE, STYLE, TEXT, TRUE, XML

LEVELS = 10
BULLET = "-"
LARGEST_NUMBER = 10**6
PLACE = re.compile(r"%(\d{1,2})%")
LENGTH = re.compile(r"(-?\d{1,6}(?:\.\d{1,6})?)(in|cm|mm|pt|pc|px)")
POINTS = {"in": 72.0, "cm": 72 / 2.54, "mm": 72 / 25.4, "pt": 1.0, "pc": 12.0, "px": 0.75}
LETTERS = 26


class Level(NamedTuple):
    """How one level of a list is marked; `format` is None for bullets, empty for no number."""

    format: str | None
    prefix: str = ""
    suffix: str = ""
    shown_levels: int = 1
    start: int = 1
    pattern: str | None = None
    is_doubled: bool = False  # aa, bb after z; else aa, ab
    indent: float = 0.0  # points


ListStyle = dict[int, Level]


@dataclass(slots=True)
class Counts:
    """The numbers that one list has reached, by level from 1."""

    numbers: dict[int, int] = field(default_factory=dict)


class Numbering:
    """All lists of a file, counted on as they are met."""

    def __init__(self, *parts: etree._Element | None) -> None:
        self._styles: dict[str, ListStyle] = {}
        self._outline = ""
        for part in parts:
            self._read(part)
        self._by_id: dict[str, Counts] = {}
        self._last: dict[str, Counts] = {}
        self._outline_counts = Counts()

    def opened(self, element: etree._Element, style: str) -> Counts:
        """The counts of a `text:list` that is not inside another: new ones, or those it continues
        (19.780, 19.781)."""
        if style and style == self._outline:
            return self._outline_counts
        goes_on = element.get(f"{TEXT}continue-list")
        continued = self._by_id.get(goes_on) if goes_on else None
        if continued is None and element.get(f"{TEXT}continue-numbering") == TRUE:
            continued = self._last.get(style)
        counts = continued if continued is not None else Counts()
        if name := element.get(f"{XML}id") or element.get(f"{TEXT}id"):
            self._by_id[name] = counts
        self._last[style] = counts
        return counts

    def by_name(self, name: str, style: str) -> Counts:
        """The counts of a list that numbered paragraphs name by its id (5.3.6)."""
        return self._by_id.setdefault(f"{style} {name}", Counts())

    def level(self, style: str, level: int) -> Level:
        """How a level is marked; as a bullet if the style does not say so."""
        return self._styles.get(style, {}).get(level, Level(None, indent=18.0 * level))

    def marker(self, counts: Counts, style: str, level: int, start: int | None = None) -> str:
        """What stands before the next item of `level`; empty if nothing does."""
        own = self.level(style, level)
        self.passed(counts, level)
        for upper in range(1, level):
            # A level that was left out counts as if its first item stood there.
            counts.numbers.setdefault(upper, self.level(style, upper).start)
        number = counts.numbers[level] + 1 if level in counts.numbers else own.start
        counts.numbers[level] = start if start is not None else number
        if own.format is None:
            return BULLET
        return self._label(counts, style, level) if own.format else ""

    def passed(self, counts: Counts, level: int) -> None:
        """A paragraph of `level` was met, with a number or not: deeper levels begin anew."""
        for deeper in [known for known in counts.numbers if known > level]:
            del counts.numbers[deeper]

    def heading(self, level: int, style: str | None, start: int | None) -> str:
        """The number of a heading outside lists; `style` is the list style of its own, if any."""
        if style == "":
            return ""
        if style is None or style == self._outline:
            return self.marker(self._outline_counts, self._outline, level, start)
        counts = self._last.setdefault(style, Counts())
        return self.marker(counts, style, level, start)

    def _label(self, counts: Counts, style: str, level: int) -> str:
        own = self.level(style, level)

        def number(of: int) -> str:
            other = self.level(style, of)
            return _written(counts.numbers.get(of, other.start), other)

        if own.pattern is not None:
            text = PLACE.sub(lambda place: number(int(place[1])), own.pattern)
        else:
            first = max(1, level - own.shown_levels + 1)
            shown = [number(of) for of in range(first, level + 1)]
            text = own.prefix + ".".join(part for part in shown if part) + own.suffix
        return text.replace("\u200b", "").strip()

    def _read(self, part: etree._Element | None) -> None:
        for name in ("styles", "automatic-styles"):
            container = part.find(OFFICE + name) if part is not None else None
            for element in container if container is not None else ():
                if element.tag not in {f"{TEXT}list-style", f"{TEXT}outline-style"}:
                    continue
                style = element.get(f"{STYLE}name", "")
                if element.tag == f"{TEXT}outline-style":
                    style = self._outline = style or "Outline"
                self._styles[style] = dict(_level(child) for child in element)


def _level(element: etree._Element) -> tuple[int, Level]:
    level = whole(element.get(f"{TEXT}level"), 1, LEVELS)
    indent = _indent(element, level)
    if not name_of(element).endswith(("style-number", "outline-level-style")):
        return level, Level(None, indent=indent)
    return level, Level(
        element.get(f"{STYLE}num-format", ""),
        element.get(f"{STYLE}num-prefix", ""),
        element.get(f"{STYLE}num-suffix", ""),
        whole(element.get(f"{TEXT}display-levels"), 1, LEVELS),
        whole(element.get(f"{TEXT}start-value"), 1, LARGEST_NUMBER),
        element.get(f"{LIBREOFFICE}num-list-format"),
        element.get(f"{STYLE}num-letter-sync") == TRUE,
        indent,
    )


def _indent(element: etree._Element, level: int) -> float:
    properties = element.find(f"{STYLE}list-level-properties")
    if properties is None:
        return 18.0 * level
    aligned = properties.find(f"{STYLE}list-level-label-alignment")
    if aligned is not None:
        return length(aligned.get(f"{FO}margin-left"))
    before, wide = (properties.get(TEXT + name) for name in ("space-before", "min-label-width"))
    return length(before) + length(wide)


def length(told: str | None) -> float:
    """A length with its unit as points; 0 if it cannot be read."""
    match = LENGTH.match(told or "")
    return float(match[1]) * POINTS[match[2]] if match else 0.0


def _written(number: int, level: Level) -> str:
    match level.format:
        case "a" | "A":
            text = letters(number) if level.is_doubled else _counted_on(number)
            return text.upper() if level.format == "A" else text
        case "i" | "I":
            return roman(number).upper() if level.format == "I" else roman(number)
        case None | "":
            return ""
    return str(number)


def _counted_on(number: int) -> str:
    """26 as z, 27 as aa, 28 as ab."""
    text = ""
    while number > 0:
        number, place = divmod(number - 1, LETTERS)
        text = chr(ord("a") + place) + text
    return text or "0"
