"""The text of one Word paragraph: runs, fields, links, changes, formulas, and what hangs on it."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from ..document import Span
from .elements import name_of
from .omml import MATH, to_latex
from .open_xml import RELATION
from .symbols import symbol
from .word_styles import WORD, Look, Styles, is_on, look_of, number_of, value

DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
WORD_2010 = "{http://schemas.microsoft.com/office/word/2010/wordml}"

MAX_DEPTH = 40  # wrappers in wrappers; what lies deeper is passed over
MAX_FIELDS = 50  # fields in fields
WRAPPERS = frozenset({"smartTag", "customXml", "bdo", "dir", "sdtContent", "ins", "moveTo"})
REMOVED = frozenset({"del", "moveFrom"})
LINK = re.compile(r'\A\s*+HYPERLINK\s++"([^"]++)"', re.I)
PAGE_FIELDS = frozenset({"PAGE", "NUMPAGES", "SECTIONPAGES", "SECTION"})
CHARACTERS = {"tab": "\t", "ptab": "\t", "cr": "\n", "noBreakHyphen": "-"}
CHECKED, UNCHECKED = "☒", "☐"


@dataclass(slots=True)
class Field:
    """A field that is open: its instruction until its result begins, which is what people see."""

    instruction: str = ""
    is_shown: bool = False
    link: str | None = None
    form: etree._Element | None = None
    has_result: bool = False

    @property
    def kind(self) -> str:
        words = self.instruction.split(None, 1)
        return words[0].upper() if words else ""


@dataclass(slots=True)
class Inline:
    """What one paragraph holds: its text, and what stands beside it."""

    spans: list[Span] = field(default_factory=list)
    displayed: list[str] = field(default_factory=list)  # formulas on lines of their own
    boxes: list[etree._Element] = field(default_factory=list)  # w:txbxContent
    drawings: list[etree._Element] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)  # footnote or endnote, and its id
    comments: list[str] = field(default_factory=list)
    has_page_number: bool = False


class TextReader:
    """Reads paragraphs of one part of a file, in their order: fields may go on over several."""

    def __init__(self, styles: Styles, links: Mapping[str, str], counts: Counter[str]) -> None:
        self._styles = styles
        self._links = links
        self._counts = counts
        self._fields: list[Field] = []
        self._inline = Inline()
        self._base = Look()

    def read(self, paragraph: etree._Element, base: Look) -> Inline:
        """The text of a `w:p` whose style looks like `base`."""
        self._inline, self._base = Inline(), base
        self._walk(paragraph, None, 0)
        return self._inline

    def _walk(self, parent: etree._Element, link: str | None, depth: int) -> None:
        if depth > MAX_DEPTH:
            return
        for child in parent:
            name = name_of(child)
            if name == "r":
                self._run(child, link)
            elif name in REMOVED:
                self._counts["deletions"] += 1
            elif name in WRAPPERS:
                self._counts["insertions"] += name == "ins"
                self._walk(child, link, depth + 1)
            else:
                self._structure(name, child, link, depth)

    def _structure(self, name: str, child: etree._Element, link: str | None, depth: int) -> None:
        match name:
            case "hyperlink":
                target = self._links.get(child.get(f"{RELATION}id", ""))
                self._walk(child, target or link, depth + 1)
            case "fldSimple":
                self._simple_field(child, link, depth)
            case "sdt":
                self._control(child, link, depth)
            case "oMath":
                self._inline.spans.append(Span(to_latex(child), formula=True))
            case "oMathPara":
                self._displayed(child)
            case "AlternateContent":
                chosen = alternative(child)
                if chosen is not None:
                    self._walk(chosen, link, depth + 1)

    def _displayed(self, element: etree._Element) -> None:
        formulas = [to_latex(formula) for formula in element.iterchildren(MATH + "oMath")]
        self._inline.displayed += [formula for formula in formulas if formula]

    def _simple_field(self, element: etree._Element, link: str | None, depth: int) -> None:
        opened = Field(element.get(f"{WORD}instr", ""), is_shown=True)
        if opened.kind in PAGE_FIELDS:
            self._inline.has_page_number = True
            return
        match = LINK.match(opened.instruction)
        self._walk(element, match[1] if match else link, depth + 1)

    def _control(self, element: etree._Element, link: str | None, depth: int) -> None:
        """A content control; of a check box its state, whatever sign shows it."""
        box = element.find(f"{WORD}sdtPr/{WORD_2010}checkbox")
        if box is not None:
            state = box.find(f"{WORD_2010}checked")
            is_checked = state is not None and state.get(f"{WORD_2010}val") in {"1", "true"}
            self._add(CHECKED if is_checked else UNCHECKED, Look(), link)
            return
        content = element.find(f"{WORD}sdtContent")
        if content is not None:
            self._walk(content, link, depth + 1)

    def _run(self, run: etree._Element, link: str | None) -> None:
        properties = run.find(f"{WORD}rPr")
        look = self._base
        if properties is not None:
            named = self._styles.character(value(properties, "rStyle")).look
            look = look_of(properties).over(named).over(self._base)
            if properties.find(f"{WORD}del") is not None:
                return
        for child in pieces(run):
            self._piece(name_of(child), child, look, link)

    def _piece(self, name: str, piece: etree._Element, look: Look, link: str | None) -> None:
        if name in {"drawing", "pict", "object"}:
            self._inline.drawings.append(piece)
            self._inline.boxes += text_boxes(piece)
        elif name in {"footnoteReference", "endnoteReference"}:
            self._note(name.removesuffix("Reference"), piece.get(f"{WORD}id", ""))
        elif name == "commentReference":
            self._inline.comments.append(piece.get(f"{WORD}id", ""))
        elif name == "fldChar":
            self._field(piece, look)
        elif name == "instrText" and self._fields and not self._fields[-1].is_shown:
            self._fields[-1].instruction += piece.text or ""
        else:
            self._add(written(name, piece), look, link)

    def _note(self, kind: str, name: str) -> None:
        if self._is_shown():
            self._inline.spans.append(Span("", note=f"{kind} {name}"))
            self._inline.notes.append((kind, name))

    def _field(self, piece: etree._Element, look: Look) -> None:
        step = piece.get(f"{WORD}fldCharType")
        if step == "begin":
            if len(self._fields) < MAX_FIELDS:
                self._fields.append(Field(form=piece.find(f"{WORD}ffData")))
            return
        if not self._fields:
            return
        opened = self._fields[-1]
        if step == "separate":
            opened.is_shown = True
            match = LINK.match(opened.instruction)
            opened.link = match[1] if match else None
        elif step == "end":
            opened.is_shown = True
            self._form_field(opened, look)
            self._fields.pop()

    def _form_field(self, opened: Field, look: Look) -> None:
        """State of an old check box, choice of an old list: neither is written as text."""
        if opened.kind in PAGE_FIELDS:
            self._inline.has_page_number = True
        if opened.form is None:
            return
        box = opened.form.find(f"{WORD}checkBox")
        if box is not None:
            state = is_on(box, "checked")
            is_checked = is_on(box, "default") if state is None else state
            self._add(CHECKED if is_checked else UNCHECKED, look, None)
        choices = opened.form.find(f"{WORD}ddList")
        if choices is not None and not opened.has_result:
            entries = [e.get(f"{WORD}val", "") for e in choices.iterfind(f"{WORD}listEntry")]
            place = number_of(value(choices, "result"), number_of(value(choices, "default"), 0))
            if place is not None and 0 <= place < len(entries):
                self._add(entries[place], look, None)

    def _is_shown(self) -> bool:
        return all(opened.is_shown for opened in self._fields)

    def _add(self, text: str, look: Look, link: str | None) -> None:
        if not text or not self._is_shown():
            return
        if look.hidden:
            self._counts["hidden"] += bool(text.strip())
            return
        for opened in self._fields:
            opened.has_result = True
            if opened.kind in PAGE_FIELDS:
                self._inline.has_page_number = True
                return
            link = opened.link or link
        self._inline.spans.append(
            Span(
                text,
                bold=bool(look.bold),
                italic=bool(look.italic),
                strike=bool(look.strike),
                code=self._styles.is_typewriter(look.font),
                raised=look.script == "superscript",
                lowered=look.script == "subscript",
                link=link if link and not link.startswith("#") else None,
            )
        )


def pieces(run: etree._Element) -> Iterator[etree._Element]:
    """The children of a run; of alternatives those that newer programs show."""
    for child in run:
        if not isinstance(child.tag, str):
            continue
        if child.tag.endswith("}AlternateContent"):
            chosen = alternative(child)
            yield from () if chosen is None else (c for c in chosen if isinstance(c.tag, str))
        else:
            yield child


def written(name: str, piece: etree._Element) -> str:
    """The characters that one piece of a run stands for."""
    if name == "t":
        return piece.text or ""
    if name == "br":
        return "\n" if piece.get(f"{WORD}type", "textWrapping") == "textWrapping" else ""
    if name == "sym":
        return sign(piece)
    if name == "ruby":
        return "".join(t.text or "" for t in piece.iterfind(f"{WORD}rubyBase/{WORD}r/{WORD}t"))
    return CHARACTERS.get(name, "")


def alternative(element: etree._Element) -> etree._Element | None:
    """The part of an `mc:AlternateContent` that newer programs show; the older one repeats it."""
    choices = [child for child in element if isinstance(child.tag, str)]
    return choices[0] if choices else None


def text_boxes(drawing: etree._Element) -> list[etree._Element]:
    """The contents of the text boxes in a drawing, outermost only, each once."""
    return [
        found
        for found in shown(drawing)
        if isinstance(found.tag, str) and found.tag == f"{WORD}txbxContent"
    ]


def shown(element: etree._Element) -> Iterator[etree._Element]:
    """All elements inside, in order, but not inside text boxes or alternatives for old programs."""
    stack = [iter(element)]
    while stack:
        child = next(stack[-1], None)
        if child is None:
            stack.pop()
            continue
        yield child
        name = child.tag.rpartition("}")[2] if isinstance(child.tag, str) else "txbxContent"
        if name == "AlternateContent":
            chosen = alternative(child)
            if chosen is not None:
                stack.append(iter(chosen))
        elif name != "txbxContent":
            stack.append(iter(child))


def sign(piece: etree._Element) -> str:
    """A `w:sym`: a character by its place in a font of signs."""
    try:
        code = int(piece.get(f"{WORD}char", ""), 16)
    except ValueError:
        return ""
    return symbol(piece.get(f"{WORD}font", ""), code)
