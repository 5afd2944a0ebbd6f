"""A page as the layout engine sees it: words and rulings with places, whoever found them.

All lengths are points from the top left corner of the page as people see it (a turned page is
upright). The em of a word is its `size`.
"""

from dataclasses import dataclass, field
from typing import Literal


@dataclass(slots=True)
class Script:
    """A part of a word that is raised or lowered: characters `start` to `end` of its text."""

    start: int
    end: int
    raised: bool


@dataclass(slots=True)
class Word:
    """Characters without a space between them. `baseline` is where they stand, `size` their em.

    `main_x1` is the right end of the part without scripts. `turn` is how far the text is rotated
    clockwise in whole degrees from 0 to 359. If it is turned, `x0`, `x1`, `top` and `bottom` are
    still its box on the page, but `baseline` and `main_x1` are those of the page turned so that
    the text is upright (layout/turning.py). `mcid` is the marked content it belongs to in the
    page's structure tree. `confidence` (0-1) is set by text recognition. `gap` says that white
    space was written before it.
    """

    text: str
    x0: float
    x1: float
    baseline: float
    size: float
    top: float
    bottom: float
    main_x1: float
    bold: bool = False
    italic: bool = False
    mono: bool = False
    font: str = ""
    colour: int = 0
    mcid: int | None = None
    turn: int = 0
    scripts: list[Script] = field(default_factory=list)
    confidence: float | None = None
    gap: bool = True


@dataclass(slots=True)
class Ruling:
    """A drawn line, horizontal ("H": `at` is its y) or vertical ("V": `at` is its x)."""

    kind: Literal["H", "V"]
    start: float
    end: float
    at: float
    width: float = 0.5


@dataclass(slots=True)
class Link:
    """A rectangle of the page that leads to `target`."""

    left: float
    top: float
    right: float
    bottom: float
    target: str


@dataclass(slots=True)
class FormField:
    """A field of a form; `value` is what was typed or chosen, `checked` the state of a box."""

    left: float
    top: float
    right: float
    bottom: float
    kind: Literal["text", "choice", "check", "radio"]
    name: str
    value: str = ""
    checked: bool | None = None


@dataclass(slots=True)
class Remark:
    """The text of an annotation, and where its mark is."""

    left: float
    top: float
    text: str


@dataclass(slots=True)
class Shape:
    """A small filled shape, such as a bullet that is drawn and not written."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(slots=True)
class SourcePage:
    """Everything that was found on one page, in no order. `number` counts from 1."""

    number: int
    width: float
    height: float
    words: list[Word] = field(default_factory=list)
    rulings: list[Ruling] = field(default_factory=list)
    shapes: list[Shape] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    fields: list[FormField] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)


@dataclass(slots=True)
class Line:
    """Words of one baseline, from left to right. `size` is that of most of its letters."""

    words: list[Word]
    baseline: float
    size: float
    x0: float
    x1: float


@dataclass(slots=True)
class TextRegion:
    """Lines of one column from top to bottom, and the edges of that column.

    If `turn` is not 0, all lengths are those of the page turned so that the text is upright;
    `turning.box_on_page` leads back.
    """

    lines: list[Line]
    left: float
    right: float
    turn: int = 0
