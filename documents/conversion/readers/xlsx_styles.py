"""How the cells of an XLSX workbook show their values (ECMA-376 part 1, 18.8)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from lxml import etree

from ..document import Span
from .elements import name_of, whole
from .format_codes import BUILT_IN
from .number_formats import Formatter, formatter, text_formatter
from .packages import Package

MAX_STYLES = 100_000  # Excel allows 65,490
FALSE = frozenset({"0", "false", "off"})


@dataclass(slots=True)
class Styles:
    """By the number of a cell's style: its format code, and what its font says."""

    codes: list[str] = field(default_factory=list)
    bold: set[int] = field(default_factory=set)
    struck: set[int] = field(default_factory=set)
    is_1904: bool = False

    def code(self, style: int) -> str:
        return self.codes[style] if style < len(self.codes) else ""

    def numbers(self, style: int) -> Formatter:
        return formatter(self.code(style), is_1904=self.is_1904)

    def changing_texts(self) -> Iterator[int]:
        """The styles that show texts otherwise than they are."""
        return (n for n, code in enumerate(self.codes) if text_formatter(code) is not None)

    def text(self, style: int, text: str) -> str:
        show = text_formatter(self.code(style))
        return text if show is None else show(text)


def read_styles(package: Package, part: str, *, is_1904: bool) -> Styles:
    """The styles of a workbook; usual ones if there are none."""
    styles = Styles(is_1904=is_1904)
    root = package.tree(part)
    if root is None:
        return styles
    groups = {name_of(child): child for child in root}
    codes = dict(BUILT_IN)
    for entry in _entries(groups, "numFmts"):
        codes[whole(entry.get("numFmtId"), -1, 10**6)] = entry.get("formatCode", "")
    fonts = [(_has(font, "b"), _has(font, "strike")) for font in _entries(groups, "fonts")]
    for number, entry in enumerate(_entries(groups, "cellXfs")):
        styles.codes.append(codes.get(whole(entry.get("numFmtId"), 0, 10**6), ""))
        font = whole(entry.get("fontId"), 0, 10**6)
        is_bold, is_struck = fonts[font] if font < len(fonts) else (False, False)
        if is_bold:
            styles.bold.add(number)
        if is_struck:
            styles.struck.add(number)
    return styles


def _entries(groups: dict[str, etree._Element], name: str) -> list[etree._Element]:
    group = groups.get(name)
    return [] if group is None else list(islice(group, MAX_STYLES))


def _has(font: etree._Element, name: str) -> bool:
    """Whether a switch is on: it is if its element is there, and does not say otherwise."""
    switch = font.find(f"{{*}}{name}")
    return switch is not None and switch.get("val", "1").lower() not in FALSE


def rich_text(element: etree._Element) -> list[Span]:
    """The runs of a shared string, an inline string or a comment (18.4); no readings aloud."""
    spans: list[Span] = []
    for child in element:
        name = name_of(child)
        if name == "t":
            spans.append(Span(child.text or ""))
        elif name == "r":
            text = "".join(t.text or "" for t in child if name_of(t) == "t")
            spans.append(_styled(text, child.find("{*}rPr")))
    return spans


def _styled(text: str, style: etree._Element | None) -> Span:
    if style is None:
        return Span(text)
    place = style.find("{*}vertAlign")
    raised = place.get("val") if place is not None else ""
    return Span(
        text,
        bold=_has(style, "b"),
        italic=_has(style, "i"),
        strike=_has(style, "strike"),
        raised=raised == "superscript",
        lowered=raised == "subscript",
    )
