"""AsciiDoc: sections, lists, delimited blocks, tables and links (docs.asciidoctor.org)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import count

from ..document import (
    Block,
    Cell,
    Code,
    Document,
    Formula,
    Heading,
    ListItem,
    Note,
    Paragraph,
    Picture,
    Rule,
    Span,
    Table,
)
from .flat import leveled
from .markup_text import Make, inline
from .spans import joined

HEADING = re.compile(r"(={1,6}) +(\S.*)")
ATTRIBUTE = re.compile(r":!?[\w-]+!?:(?:[ \t].*)?")
BLOCK_LINE = re.compile(r"\[([^\[\]\n]{0,300})\]")
TITLE = re.compile(r"\.(?![. \t])(\S.*)")
DELIMITER = re.compile(
    r"(-{4,}|\.{4,}|={4,}|_{4,}|\*{4,}|\+{4,}|/{4,}|--|```\w*|[|,:!]={3,})[ \t]*"
)
ITEM = re.compile(r"\A[ \t]*+(\*{1,9}|-|\.{1,9}|\d{1,9}\.|[a-zA-Z]\.)[ \t]++(\S.*+)")
TERM = re.compile(r"\A[ \t]*+(\S.{0,300}?)(::{1,3})(?:[ \t]++(.*+))?")
CHECK = re.compile(r"\[([ xX*])\][ \t]+(.*)")
ADMONITION = re.compile(r"(NOTE|TIP|IMPORTANT|WARNING|CAUTION): (.*)")
WARNING = re.compile(r"(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\b")
COLUMNS = re.compile(r'cols="?([^"\]]{1,200})"?')
TIMES = re.compile(r"\s{0,9}(\d{1,2})\*")
IMAGE = re.compile(r"image::?([^\[\s]+)\[([^\]\n]*)\]")
TEX_MARKS = re.compile(r"\A(?:\$\$?|\\[\[(])|(?:\$\$?|\\[\])])\Z")
RULE = re.compile(r"'{3,}[ \t]*")
CELL = re.compile(r"(?<!\\)(?:(\d{1,3})?(?:\.(\d{1,3}))?\+)?[<^>.]{0,4}[adehlmsv]?\|")
MAX_DEPTH = 8  # blocks in blocks
MAX_SPAN = 100
INLINE = re.compile(
    r"""
    (?P<address>https?://[^\s\[\]<>"]+)\[(?P<said>[^\]\n]*)(?P<link>\])
    | (?:link|mailto|xref):(?P<target>[^\s\[\]]+)\[(?P<label>[^\]\n]*)(?P<other>\])
    | <<(?P<anchor>[^<>,\n]{1,200})(?:,(?P<words>[^<>\n]{1,300}))?(?P<xref>>>)
    | footnote:[\w-]*\[(?P<text>[^\]\n]*)(?P<note>\])
    | image:(?P<file>[^\s\[\]:][^\s\[\]]*)\[(?P<alt>[^\]\n]*)(?P<image>\])
    | (?:stem|latexmath):\[(?P<tex>[^\]\n]*)(?P<formula>\])
    | `(?P<literal>[^`\n]{1,500})(?P<code>`)
    | \*\*(?P<wide>[^*\n]{1,1000})(?P<wide_bold>\*\*)
    | (?<![\w*])\*(?P<strong>[^\s*](?:[^*\n]{0,1000}[^\s*])?)(?P<bold>\*)(?![\w*])
    | (?<!\w)_(?P<soft>[^\s_](?:[^_\n]{0,1000}[^\s_])?)(?P<italic>_)(?!\w)
    | \^(?P<high>[^\s^]{1,60})(?P<raised>\^)
    | ~(?P<low>[^\s~]{1,60})(?P<lowered>~)
    | \[\.?line-through\]\#(?P<gone>[^#\n]{1,500})(?P<strike>\#)
    """,
    re.X,
)


@dataclass(slots=True)
class _Reader:
    """One file on its way, line by line."""

    lines: list[str]
    depth: int = 0
    quoted: int = 0
    place: int = 0
    paragraph: list[str] = field(default_factory=list)
    items: list[str] = field(default_factory=list)  # markers of the open lists
    counts: list[int] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    style: str = ""
    is_attached: bool = False  # the next block belongs to the item above
    title: str | None = None
    note_numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def blocks(self) -> Iterator[Block]:
        while self.place < len(self.lines):
            line = self.lines[self.place].rstrip()
            self.place += 1
            yield from self._line(line)
        yield from self._end_paragraph()

    def _line(self, line: str) -> Iterator[Block]:
        if not line:
            yield from self._end_paragraph()
        elif line == "+" and self.items:
            yield from self._end_paragraph()
            self.is_attached = True
        elif line.startswith("//") and not DELIMITER.fullmatch(line):
            return
        elif DELIMITER.fullmatch(line):
            yield from self._end_paragraph()
            yield from self._delimited(line.rstrip())
        elif self.paragraph and not (self.items and ITEM.fullmatch(line)):
            self.paragraph.append(line.strip())
        else:
            yield from self._end_paragraph()
            yield from self._first_line(line)

    def _first_line(self, line: str) -> Iterator[Block]:
        if match := HEADING.fullmatch(line):
            yield from self._heading(match)
        elif ATTRIBUTE.fullmatch(line):
            return
        elif match := BLOCK_LINE.fullmatch(line):
            self.style = match[1]
        elif match := TITLE.fullmatch(line):
            yield Paragraph(self._spans(match[1], Span("", bold=True)), quoted=self.quoted)
        elif match := ITEM.fullmatch(line):
            yield self._item(match[1], match[2])
        elif match := TERM.fullmatch(line):
            yield self._term(match)
        else:
            yield from self._text(line)

    def _text(self, line: str) -> Iterator[Block]:
        if match := IMAGE.fullmatch(line):
            description = match[2].split(",")[0].strip('" ')
            if description:
                yield Picture(description)
        elif RULE.fullmatch(line):
            yield Rule()
        else:
            self.paragraph.append(line.strip())

    def _heading(self, match: re.Match[str]) -> Iterator[Block]:
        self._end_lists()
        level = len(match[1]) - 1
        spans = self._spans(match[2])
        if level == 0 and self.title is None:
            self.title = match[2]
            yield Heading(spans, 0)
            yield from self._header()
        else:
            yield Heading(spans, min(max(level, 1), 6))

    def _header(self) -> Iterator[Block]:
        """Author and version, which may stand right below the title, a paragraph each."""
        while self.place < len(self.lines) and (line := self.lines[self.place].strip()):
            self.place += 1
            if not ATTRIBUTE.fullmatch(line) and not line.startswith("//"):
                yield Paragraph(self._spans(line))

    def _item(self, marker: str, text: str) -> ListItem:
        kind = marker if marker[0] in "*-." else "1."
        if kind in self.items:
            while self.items[-1] != kind:
                self.items.pop()
                self.counts.pop()
        else:
            self.items.append(kind)
            self.counts.append(0)
        self.counts[-1] += 1
        while self.place < len(self.lines) and self._goes_on(self.lines[self.place].rstrip()):
            text += " " + self.lines[self.place].strip()
            self.place += 1
        state = CHECK.match(text) if marker[0] in "*-" else None
        text = state[2] if state else text
        shown = "-" if marker[0] in "*-" else marker if kind == "1." else f"{self.counts[-1]}."
        checked = state[1] in "xX*" if state else None
        return ListItem(self._spans(text), len(self.items) - 1, shown, checked, quoted=self.quoted)

    def _goes_on(self, line: str) -> bool:
        """Whether a line belongs to the text of the item above it."""
        if not line or line == "+" or ITEM.fullmatch(line) or TERM.fullmatch(line):
            return False
        return not (
            DELIMITER.fullmatch(line) or BLOCK_LINE.fullmatch(line) or line.startswith("//")
        )

    def _term(self, match: re.Match[str]) -> ListItem:
        text = match[3] or ""
        while not text and self.place < len(self.lines):
            line = self.lines[self.place].strip()
            if line and not self._goes_on(line):
                break
            text = line
            self.place += 1
        item = self._item(match[2].replace(":", "-")[:1], text or " ")
        term = self._spans(match[1], Span("", bold=True))
        item.spans = joined([*term, Span(": "), *item.spans]) if item.spans else term
        return item

    def _end_lists(self) -> None:
        self.items, self.counts = [], []

    def _inside(self) -> int:
        if not self.is_attached:
            self._end_lists()
        self.is_attached = False
        return len(self.items)

    def _end_paragraph(self) -> Iterator[Block]:
        lines, self.paragraph = self.paragraph, []
        if not lines:
            return
        inside, style = self._inside(), self.style
        self.style = ""
        if style.split(",")[0] in {"source", "listing", "literal"}:
            yield Code("\n".join(lines), _language(style), inside=inside)
            return
        text = " ".join(lines).replace(" + ", "\n") if " +" in lines[0][-2:] else " ".join(lines)
        lead: list[Span] = []
        if match := ADMONITION.match(text):
            lead, text = [Span(f"{match[1].capitalize()}: ", bold=True)], match[2]
        quoted = self.quoted + style.startswith(("quote", "verse"))
        yield Paragraph(joined([*lead, *self._spans(text)]), inside=inside, quoted=quoted)
        yield from self._called()

    def _called(self) -> Iterator[Block]:
        notes, self.notes = self.notes, []
        yield from notes

    def _delimited(self, mark: str) -> Iterator[Block]:
        inner: list[str] = []
        end = "```" if mark.startswith("```") else mark
        while self.place < len(self.lines):
            line = self.lines[self.place].rstrip()
            self.place += 1
            if line == end:
                break
            inner.append(line)
        style, self.style = self.style, ""
        inside = self._inside()
        if (mark[0] in "-.`+" and mark != "--") or style.startswith("source"):
            text = "\n".join(inner).strip("\n")
            language = mark[3:] if mark.startswith("```") else _language(style)
            if text and style.split(",")[0] in {"stem", "latexmath"} and mark[0] == "+":
                yield Formula(_tex(text), inside=inside)
            elif text:
                yield Code(text, language, inside=inside)
        elif mark[1:].startswith("==") and mark[0] != "=":
            yield from self._table(inner, mark[0], style, inside)
        elif mark[0] != "/" and self.depth < MAX_DEPTH:
            yield from self._nested(inner, mark, style)

    def _nested(self, inner: list[str], mark: str, style: str) -> Iterator[Block]:
        quoted = self.quoted + (mark[0] == "_")
        if match := WARNING.match(style):
            yield Paragraph([Span(f"{match[1].capitalize()}:", bold=True)], quoted=quoted)
        reader = _Reader(inner, self.depth + 1, quoted, title="", note_numbers=self.note_numbers)
        yield from reader.blocks()

    def _table(self, lines: list[str], mark: str, style: str, inside: int) -> Iterator[Block]:
        if mark == ",":
            rows = [
                [Cell(self._spans(cell.strip())) for cell in line.split(",")]
                for line in lines
                if line
            ]
        else:
            rows = self._rows(lines, style)
        has_header = "header" in style or (len(lines) > 1 and bool(lines[0]) and not lines[1])
        if rows:
            yield Table(rows, header_rows=int(has_header) or 1, inside=inside)
        yield from self._called()

    def _rows(self, lines: list[str], style: str) -> list[list[Cell]]:
        """Cells run on over lines; how many make a row is said, or shown by the first line."""
        first = next((line for line in lines if line.strip()), "")
        wide = columns_of(style) or len(CELL.findall(first)) or 1
        cells: list[Cell] = []
        for line in lines:
            cells += self._cells(line, cells)
        rows: list[list[Cell]] = [[]]
        covered = [0] * wide  # rows that cells above still reach into, by column
        column = 0
        for cell in cells:
            column, is_next = _free(column, covered)
            if is_next:
                rows.append([])
            rows[-1].append(cell)
            for place in range(column, min(column + cell.column_span, wide)):
                covered[place] = cell.row_span - 1
            column += cell.column_span
        return [row for row in rows if row]

    def _cells(self, line: str, above: list[Cell]) -> list[Cell]:
        marks = list(CELL.finditer(line))
        lead = line[: marks[0].start()] if marks else line
        if lead.strip() and above:
            above[-1].spans = joined([*above[-1].spans, Span(" "), *self._spans(lead)])
        cells = []
        for number, mark in enumerate(marks):
            end = marks[number + 1].start() if number + 1 < len(marks) else len(line)
            text = line[mark.end() : end].strip().replace("\\|", "|")
            spans = [min(max(int(mark[place] or 1), 1), MAX_SPAN) for place in (2, 1)]
            cells.append(Cell(self._spans(text), *spans))
        return cells

    def _spans(self, text: str, style: Span | None = None) -> list[Span]:
        return joined(inline(text, INLINE, self._makers(), style or Span("")))

    def _makers(self) -> dict[str, Make]:
        return MAKERS | {"note": self._note}

    def _note(self, match: re.Match[str], style: Span) -> list[Span]:
        label = str(next(self.note_numbers))
        self.notes.append(Note([Span(match["text"])], label, part="note"))
        return [Span("", note=label)]


def _free(column: int, covered: list[int]) -> tuple[int, bool]:
    """The next column that no cell above reaches into, and whether it is in the next row."""
    is_next = False
    while column >= len(covered) or covered[column]:
        if column >= len(covered):
            column, is_next = 0, True
            continue
        covered[column] -= 1
        column += 1
    return column, is_next


def columns_of(style: str) -> int:
    """How many columns `cols=` says there are; 0 if it does not say."""
    match = COLUMNS.search(style)
    if match is None:
        return 0
    total = 0
    for piece in match[1].replace(";", ",").split(","):
        times = TIMES.match(piece)
        total += int(times[1]) if times else 1
    return min(total, MAX_SPAN)


def _language(style: str) -> str:
    words = [word.strip() for word in style.split(",")]
    return words[1] if len(words) > 1 and words[0] in {"source", ""} else ""


def _tex(text: str) -> str:
    """A formula without the marks that LaTeX begins and ends it with."""
    return TEX_MARKS.sub("", text.strip()).strip()


def _link(match: re.Match[str], style: Span) -> list[Span]:
    text = match["said"].split("^")[0].strip('" ')
    return [replace(style, text=text or match["address"], link=match["address"])]


def _other(match: re.Match[str], style: Span) -> list[Span]:
    target = match["target"]
    is_address = target.startswith(("http://", "https://"))
    return [replace(style, text=match["label"] or target, link=target if is_address else None)]


MAKERS: dict[str, Make] = {
    "link": _link,
    "other": _other,
    "xref": lambda match, style: [replace(style, text=match["words"] or match["anchor"])],
    "image": lambda match, style: [replace(style, text=match["alt"])],
    "formula": lambda match, style: [Span(_tex(match["tex"]), formula=True)],
    "code": lambda match, style: [replace(style, text=match["literal"].strip("+"), code=True)],
    "wide_bold": lambda match, style: [replace(style, text=match["wide"], bold=True)],
    "bold": lambda match, style: [replace(style, text=match["strong"], bold=True)],
    "italic": lambda match, style: [replace(style, text=match["soft"], italic=True)],
    "raised": lambda match, style: [replace(style, text=match["high"], raised=True)],
    "lowered": lambda match, style: [replace(style, text=match["low"], lowered=True)],
    "strike": lambda match, style: [replace(style, text=match["gone"], strike=True)],
}


def read_text(text: str) -> Document:
    """An AsciiDoc file as a Document."""
    reader = _Reader(text.replace("\t", "    ").split("\n"))
    blocks = leveled(list(reader.blocks()))
    return Document(blocks, title=reader.title)
