"""Text of OpenDocument paragraphs as spans (ODF 1.3 part 3, section 6)."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from lxml import etree

from ..document import Span
from .elements import name_of, whole
from .odf_names import DRAW, LIBREOFFICE, TEXT, TRUE, XLINK
from .odf_styles import Look, Styles

MAX_DEPTH = 60  # spans in spans; what lies deeper is taken as text
MOST_SPACES = 100
FIELD = "{urn:openoffice:names:experimental:ooo-ms-interop:xmlns:field:1.0}"
NAME = f"{FIELD}name"
WHITE = re.compile(r"[ \t\r\n]+")
SKIPPED = frozenset({
    "annotation-end", "tracked-changes", "script", "event-listeners", "ruby-text", "number",
    "bibliography-source", "note-citation", "forms",
})  # fmt: skip
# Elements that hold what stands beside the text (frames, drawings, controls).
DRAWN = re.compile(rf"{re.escape(DRAW)}|{{urn:oasis:names:tc:opendocument:xmlns:dr3d:1.0}}")
PAGE_NUMBERS = frozenset({"page-number", "page-count"})


class Face(NamedTuple):
    """How characters look, and where they lead to."""

    look: Look
    link: str | None = None


@dataclass(slots=True)
class Inline:
    """The spans of one paragraph and what was met in it."""

    spans: list[Span] = field(default_factory=list)
    notes: list[tuple[str, etree._Element]] = field(default_factory=list)  # label, body
    comments: list[etree._Element] = field(default_factory=list)
    frames: list[etree._Element] = field(default_factory=list)
    is_hidden: bool = False
    has_page_number: bool = False


class TextReader:
    """Reads paragraphs; `in_line` gives what stands in a line as if it were text."""

    def __init__(
        self,
        styles: Styles,
        counts: Counter[str],
        in_line: Callable[[etree._Element], Span | None],
    ) -> None:
        self._styles, self._counts, self._in_line = styles, counts, in_line

    def read(self, paragraph: etree._Element, look: Look) -> Inline:
        """The text of a paragraph or heading whose characters usually have that look."""
        inline = Inline()
        self._inside(paragraph, Face(look), inline, 0)
        return inline

    def _inside(self, element: etree._Element, face: Face, inline: Inline, depth: int) -> None:
        self._add(element.text, face, inline)
        for child in element:
            if depth > MAX_DEPTH:
                self._add("".join(map(str, child.itertext())), face, inline)
            else:
                self._child(child, face, inline, depth + 1)
            self._add(child.tail, face, inline)

    def _child(self, child: etree._Element, face: Face, inline: Inline, depth: int) -> None:
        name = name_of(child)
        if not name or name in SKIPPED:
            return
        if DRAWN.match(child.tag) and name != "a":
            self._drawn(child, inline)
        elif name == "note":
            self._note(child, inline)
        elif name == "annotation":
            inline.comments.append(child)
        elif (text := _sign(child, name)) is not None:
            inline.spans.append(_span(text, face))
        elif not self._is_hidden(child, name, inline):
            inline.has_page_number |= name in PAGE_NUMBERS
            self._shown(child, name, face, inline, depth)

    def _shown(
        self, child: etree._Element, name: str, face: Face, inline: Inline, depth: int
    ) -> None:
        if name == "a":
            face = face._replace(link=_address(child) or face.link)
        elif name == "span":
            look = self._styles.of("text", child.get(f"{TEXT}style-name")).look
            face = face._replace(look=look.over(face.look))
        self._inside(child, face, inline, depth)
        if name == "ruby" and (reading := child.findtext(f"{TEXT}ruby-text")):
            inline.spans.append(_span(f"({reading})", face))

    def _add(self, text: str | None, face: Face, inline: Inline) -> None:
        if not text:
            return
        if face.look.hidden:
            self._counts["hidden"] += bool(text.strip())
            return
        inline.spans.append(_span(WHITE.sub(" ", text).replace("\xad", ""), face))

    def _is_hidden(self, element: etree._Element, name: str, inline: Inline) -> bool:
        """Whether a field shows nothing (7.7.5, 7.7.6, 19.796)."""
        if name == "hidden-paragraph":
            inline.is_hidden |= element.get(f"{TEXT}is-hidden") == TRUE
            return True
        hides = name == "hidden-text" and element.get(f"{TEXT}is-hidden") == TRUE
        if hides or element.get(f"{TEXT}display") == "none":
            self._counts["hidden"] += hides
            return True
        return False

    def _note(self, note: etree._Element, inline: Inline) -> None:
        body = note.find(f"{TEXT}note-body")
        citation = note.find(f"{TEXT}note-citation")
        label = "".join(map(str, citation.itertext())).strip() if citation is not None else ""
        label = label or note.get(f"{TEXT}id", "")
        if body is not None:
            inline.spans.append(Span("", note=label))
            inline.notes.append((label, body))

    def _drawn(self, frame: etree._Element, inline: Inline) -> None:
        span = self._in_line(frame)
        if span is not None:
            inline.spans.append(span)
        else:
            inline.frames.append(frame)


def _sign(element: etree._Element, name: str) -> str | None:
    """The text of elements that stand for characters; None for all others."""
    match name:
        case "s":
            return " " * whole(element.get(f"{TEXT}c"), 1, MOST_SPACES)
        case "tab":
            return "\t"
        case "line-break":
            return "\n"
        case "fieldmark":
            return _mark(element)
        case "content-control" if element.get(f"{LIBREOFFICE}checkbox") == TRUE:
            return "☑" if element.get(f"{LIBREOFFICE}checked") == TRUE else "☐"
    return None


def _mark(field: etree._Element) -> str | None:
    """The state of a form field as Word has them; None if it holds its text."""
    kind = field.get(f"{FIELD}type", "").rpartition(".")[2]
    told = {p.get(f"{FIELD}name", ""): p.get(f"{FIELD}value", "") for p in field}
    if kind == "FORMCHECKBOX":
        return "☑" if told.get("Checkbox_Checked") in {TRUE, "1"} else "☐"
    if kind == "FORMDROPDOWN":
        entries = [p.get(f"{FIELD}value", "") for p in field if "ListEntry" in p.get(NAME, "")]
        chosen = whole(told.get("Dropdown_Selected"), 0, len(entries))
        return entries[chosen] if chosen < len(entries) else None
    return None


def _address(link: etree._Element) -> str | None:
    """Where a link leads to; places inside the file are none."""
    target = link.get(f"{XLINK}href", "").strip()
    return target if target and not target.startswith("#") else None


def _span(text: str, face: Face) -> Span:
    look = face.look
    return Span(
        text,
        bold=bool(look.bold),
        italic=bool(look.italic),
        code=bool(look.code),
        strike=bool(look.strike),
        raised=look.script == "raised",
        lowered=look.script == "lowered",
        link=face.link,
    )
