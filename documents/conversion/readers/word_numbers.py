"""Numbers of lists and headings as Word shows them (ECMA-376 part 1, 17.9)."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from lxml import etree

from .numerals import letters, ordinal, roman
from .word_styles import WORD, is_on, number_of, value

LEVELS = 9
PLACE = re.compile(r"%([1-9])")
BULLET = "-"

FORMATS: dict[str, Callable[[int], str]] = {
    "lowerLetter": letters,
    "upperLetter": lambda number: letters(number).upper(),
    "lowerRoman": roman,
    "upperRoman": lambda number: roman(number).upper(),
    "ordinal": ordinal,
    "decimalZero": lambda number: f"{number:02}",
    "none": lambda number: "",
}


@dataclass(frozen=True, slots=True)
class Level:
    """How one level counts: `text` has %1 to %9 where the numbers of the levels stand."""

    start: int = 1
    format: str = "decimal"
    text: str = ""
    restarts_after: int | None = None  # level from 1; None: any level above; 0: never
    all_decimal: bool = False
    indent: float | None = None  # points


class Numbering:
    """Counts through the paragraphs of a file, in their order."""

    def __init__(self, numbering: etree._Element | None) -> None:
        self._abstract: dict[str, dict[int, Level]] = {}
        self._list_of: dict[str, str] = {}  # numId to abstractNumId
        self._changed: dict[str, dict[int, Level]] = {}
        self._starts: dict[str, dict[int, int]] = {}
        self._counts: dict[str, list[int | None]] = {}
        self._begun: set[str] = set()
        self._level_of_style: dict[tuple[str, str], int] = {}
        if numbering is not None:
            self._read(numbering)

    def level(self, number: str, depth: int) -> Level | None:
        """How a level of the list `number` counts; None if there is no such list."""
        changed = self._changed.get(number, {}).get(depth)
        return changed or self._abstract.get(self._list_of.get(number, ""), {}).get(depth)

    def level_of_style(self, number: str, style: str) -> int | None:
        """The level that a list keeps for paragraphs of a style; None if it names none."""
        return self._level_of_style.get((self._list_of.get(number, ""), style))

    def next(self, number: str, depth: int) -> str | None:
        """The number of the next paragraph, or BULLET; empty if none is shown, None for no list."""
        depth = min(max(depth, 0), LEVELS - 1)
        level = self.level(number, depth)
        if level is None:
            return None
        if level.format == "bullet":
            # A blank bullet is how some programs set what belongs to the item above.
            return "" if level.text.isspace() else BULLET
        counts = self._count(number, depth, level)
        return PLACE.sub(lambda place: self._shown(number, int(place[1]) - 1, counts, level),
                         level.text).strip()  # fmt: skip

    def _count(self, number: str, depth: int, level: Level) -> list[int | None]:
        """The numbers of all levels after one more paragraph of level `depth`."""
        counts = self._counts.setdefault(self._list_of[number], [None] * LEVELS)
        if number not in self._begun:
            self._begun.add(number)
            for place in self._starts.get(number, {}):
                counts[place] = None
        current = counts[depth]
        start = self._starts.get(number, {}).get(depth, level.start)
        counts[depth] = start if current is None else current + 1
        for above in range(depth):
            if counts[above] is None:
                counts[above] = self._first(number, above)
        for below in range(depth + 1, LEVELS):
            if self._restarts(number, below, depth):
                counts[below] = None
        return counts

    def _first(self, number: str, depth: int) -> int:
        level = self.level(number, depth)
        return self._starts.get(number, {}).get(depth, level.start if level else 1)

    def _restarts(self, number: str, below: int, depth: int) -> bool:
        level = self.level(number, below)
        after = level.restarts_after if level else None
        return after is None or (after > 0 and depth < after)

    def _shown(self, number: str, place: int, counts: list[int | None], level: Level) -> str:
        count = counts[place]
        if count is None:
            return ""
        own = self.level(number, place)
        if own is None or level.all_decimal:
            return str(count)
        return FORMATS.get(own.format, str)(count)

    def _read(self, numbering: etree._Element) -> None:
        links: dict[str, str] = {}  # style of a list to the list that defines it
        wanted: dict[str, str] = {}
        for abstract in numbering.iterchildren(f"{WORD}abstractNum"):
            name = abstract.get(f"{WORD}abstractNumId", "")
            self._abstract[name] = self._levels(abstract, name)
            if (style := value(abstract, "styleLink")) is not None:
                links[style] = name
            if (style := value(abstract, "numStyleLink")) is not None:
                wanted[name] = style
        for number in numbering.iterchildren(f"{WORD}num"):
            own, name = number.get(f"{WORD}numId", ""), value(number, "abstractNumId") or ""
            self._list_of[own] = links.get(wanted.get(name, ""), name)
            for override in number.iterchildren(f"{WORD}lvlOverride"):
                self._override(own, override)

    def _override(self, number: str, override: etree._Element) -> None:
        depth = number_of(override.get(f"{WORD}ilvl"), 0) or 0
        start = number_of(value(override, "startOverride"))
        if start is not None:
            self._starts.setdefault(number, {})[depth] = start
        changed = override.find(f"{WORD}lvl")
        if changed is not None:
            self._changed.setdefault(number, {})[depth] = _level(changed)

    def _levels(self, abstract: etree._Element, name: str) -> dict[int, Level]:
        levels = {}
        for element in abstract.iterchildren(f"{WORD}lvl"):
            depth = number_of(element.get(f"{WORD}ilvl"), 0) or 0
            levels[depth] = _level(element)
            if (style := value(element, "pStyle")) is not None:
                self._level_of_style[name, style] = depth
        return levels


def _level(element: etree._Element) -> Level:
    indent = element.find(f"{WORD}pPr/{WORD}ind")
    left = None
    if indent is not None:
        left = number_of(indent.get(f"{WORD}left") or indent.get(f"{WORD}start"))
    start = number_of(value(element, "start"))
    return Level(
        start=1 if start is None else start,
        format=value(element, "numFmt") or "decimal",
        text=value(element, "lvlText") or "",
        restarts_after=number_of(value(element, "lvlRestart")),
        all_decimal=is_on(element, "isLgl") or False,
        indent=left / 20 if left is not None else None,
    )
