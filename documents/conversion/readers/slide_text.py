"""Text of slides (DrawingML text bodies; ECMA-376 part 1, 21.1.2) as blocks."""

import re
from collections.abc import Mapping, Sequence

from lxml import etree

from ..document import Block, Code, Formula, ListItem, Paragraph, Span, plain
from . import omml
from .elements import name_of, whole
from .numerals import letters, roman
from .open_xml import Relation, reference
from .spans import joined

DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
CHOICE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Choice"
DEEPEST_LEVEL = 8  # levels count from 0; ECMA-376 part 1, 21.1.2.2.7
LARGEST_NUMBER = 32767  # startAt; 21.1.2.4.1
BULLETS = frozenset({"buNone", "buChar", "buAutoNum", "buBlip"})
BOXES = {"☐": False, "☑": True, "☒": True}
STRUCK = frozenset({"sngStrike", "dblStrike"})
TYPEWRITER = re.compile(r"courier|consolas|menlo|monaco|typewriter|\bmono\b|mono$| mono ", re.I)
# The names of 20.1.10.61: how numbers look, and what stands around them.
NUMBER_KIND = re.compile(r"(arabic|alphaLc|alphaUc|romanLc|romanUc)\w*?(ParenBoth|ParenR|Plain|)$")
AROUND = {"ParenBoth": "({})", "ParenR": "{})", "Plain": "{}", "": "{}."}

Relations = Mapping[str, Relation]


def text_blocks(
    body: etree._Element | None, styles: Sequence[etree._Element | None], relations: Relations
) -> list[Block]:
    """The paragraphs of a text body; `styles` are the list styles it inherits, nearest first."""
    if body is None:
        return []
    chain = [style for style in (body.find(f"{DRAWING}lstStyle"), *styles) if style is not None]
    numbers = _Numbers()
    blocks: list[Block] = []
    levels: list[int] = []  # of the items that the next one may stand in
    for paragraph in body.iterchildren(f"{DRAWING}p"):
        spans = joined(_spans(paragraph, relations))
        if not spans:
            continue
        level = _level(paragraph)
        bullet = _bullet(paragraph, level, chain)
        marker = numbers.marker(bullet, level)
        if marker is None:
            levels.clear()
            blocks += _unlisted(spans, blocks)
            continue
        while levels and levels[-1] >= level:
            levels.pop()
        blocks.append(_item(spans, len(levels), marker, bullet))
        levels.append(level)
    return blocks


def text_of(body: etree._Element | None, relations: Relations) -> list[Span]:
    """All of a text body as one run of spans, its paragraphs as lines."""
    lines: list[Span] = []
    for paragraph in body.iterchildren(f"{DRAWING}p") if body is not None else ():
        lines += [*_spans(paragraph, relations), Span("\n")]
    return joined(lines)


def _unlisted(spans: list[Span], before: list[Block]) -> list[Block]:
    """A paragraph that is no list item; a line of code joins the code above it."""
    if all(span.formula for span in spans):
        return [Formula(span.text) for span in spans]
    if not all(span.code for span in spans):
        return [Paragraph(spans)]
    last = before[-1] if before else None
    if isinstance(last, Code):
        last.text += "\n" + plain(spans)
        return []
    return [Code(plain(spans))]


def _item(spans: list[Span], depth: int, marker: str, bullet: etree._Element | None) -> ListItem:
    char = bullet.get("char", "") if bullet is not None else ""
    return ListItem(spans, depth=depth, marker=marker, checked=BOXES.get(char))


def _level(paragraph: etree._Element) -> int:
    properties = paragraph.find(f"{DRAWING}pPr")
    return whole(properties.get("lvl"), 0, DEEPEST_LEVEL) if properties is not None else 0


def _bullet(
    paragraph: etree._Element, level: int, styles: Sequence[etree._Element]
) -> etree._Element | None:
    """The element that says what stands before a paragraph; None if none says so."""
    own = paragraph.find(f"{DRAWING}pPr")
    inherited = (style.find(f"{DRAWING}lvl{level + 1}pPr") for style in styles)
    for properties in (own, *inherited):
        for child in properties if properties is not None else ():
            if name_of(child) in BULLETS:
                return child
    return None


class _Numbers:
    """Counts numbered paragraphs as PowerPoint does: a sequence goes on as long as no other
    paragraph of its level or of a higher one comes between (21.1.2.4.1)."""

    def __init__(self) -> None:
        self._counts: dict[int, tuple[str, int, int]] = {}  # level: kind, first number, number

    def marker(self, bullet: etree._Element | None, level: int) -> str | None:
        """What stands before the next paragraph; None if nothing does."""
        name = name_of(bullet) if bullet is not None else "buNone"
        for deeper in [known for known in self._counts if known > level]:
            del self._counts[deeper]
        if bullet is None or name != "buAutoNum":
            self._counts.pop(level, None)
            return None if name == "buNone" else "-"
        kind = bullet.get("type", "arabicPeriod")
        first = whole(bullet.get("startAt"), 1, LARGEST_NUMBER)
        known = self._counts.get(level)
        number = known[2] + 1 if known and known[:2] == (kind, first) else first
        self._counts[level] = (kind, first, number)
        return _numbered(kind, number)


def _numbered(kind: str, number: int) -> str:
    match = NUMBER_KIND.match(kind)
    look, around = (match[1], match[2]) if match else ("arabic", "")
    text = str(number)
    if look.startswith("alpha"):
        text = letters(number)
    elif look.startswith("roman"):
        text = roman(number)
    return AROUND[around].format(text.upper() if look.endswith("Uc") else text)


def _spans(paragraph: etree._Element, relations: Relations) -> list[Span]:
    spans: list[Span] = []
    for child in paragraph:
        name = name_of(child)
        if name in {"r", "fld"}:
            spans.append(_run(child, relations))
        elif name == "br":
            spans.append(Span("\n"))
        elif name in {"m", "AlternateContent"}:
            chosen = child.find(CHOICE) if name == "AlternateContent" else child
            formulas = chosen.iter(f"{MATH}oMath") if chosen is not None else ()
            spans += [Span(omml.to_latex(formula), formula=True) for formula in formulas]
    return spans


def _run(run: etree._Element, relations: Relations) -> Span:
    text = run.findtext(f"{DRAWING}t") or ""
    text = text.replace("\v", "\n").replace("\xad", "")
    look = run.find(f"{DRAWING}rPr")
    if look is None:
        return Span(text)
    baseline = look.get("baseline", "0")
    font = look.find(f"{DRAWING}latin")
    return Span(
        text,
        bold=look.get("b") in {"1", "true"},
        italic=look.get("i") in {"1", "true"},
        strike=look.get("strike") in STRUCK,
        raised=baseline[:1] not in {"-", "0"},
        lowered=baseline.startswith("-"),
        code=font is not None and TYPEWRITER.search(font.get("typeface", "")) is not None,
        link=link_of(look, relations),
    )


def link_of(properties: etree._Element, relations: Relations) -> str | None:
    """The address outside the file that a run or a shape leads to."""
    click = properties.find(f"{DRAWING}hlinkClick")
    if click is None:
        return None
    relation = relations.get(reference(click))
    return relation.target if relation is not None and relation.is_external else None
