"""Org files (Emacs Org mode): outlines, lists, tables, blocks (orgmode.org/worg/org-syntax)."""

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

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
    Rule,
    Span,
    Table,
)
from .flat import leveled
from .lists import Lists
from .markup_text import inline
from .spans import joined

HEADING = re.compile(r"(\*{1,20}) +(.*)")
TAGS = re.compile(r"(?<![ \t])[ \t]++(:[\w@#%]++(?::[\w@#%]++)*+:)[ \t]*+\Z")
KEYWORD = re.compile(r"\A[ \t]*+#\+(\w++):[ \t]*+(.*+)")
BEGIN = re.compile(r"\A[ \t]*+#\+begin_(\w++)(?:[ \t]++(\S++))?", re.I)
ITEM = re.compile(r"\A([ \t]*+)(?:([-+])|((?:\d{1,9}|[a-zA-Z])[.)])|(?<= )(\*))[ \t]++(.*+)")
CHECK = re.compile(r"\[([ xX-])\][ \t]+(.*)")
TABLE_RULE = re.compile(r"\A[ \t]*+\|[-+]++\|?[ \t]*+")
DRAWER = re.compile(r"\A[ \t]*+:[\w-]++:[ \t]*+")
DRAWER_END = re.compile(r"\A[ \t]*+:end:[ \t]*+", re.I)
PLANNING = re.compile(r"\A[ \t]*+(?:CLOSED|SCHEDULED|DEADLINE):")
LITERAL = frozenset({"src", "example", "export", "comment"})
MAX_DEPTH = 8  # environments in environments
NOTE = re.compile(r"\[fn:([\w-]+)\][ \t]*(.*)")
RULE = re.compile(r"\A[ \t]*+-{5,}+[ \t]*+")
HIDDEN_KEYWORDS = frozenset(
    ["options", "startup", "property", "filetags", "todo", "export_file_name", "bibliography",
     "latex_header", "latex_class", "html_head", "setupfile", "include", "macro", "name", "results",
     "header", "attr_html", "attr_latex", "language"]
)  # fmt: skip
INLINE = re.compile(
    r"""
    \[\[(?P<target>[^\]\[\n]+)\](?:\[(?P<said>[^\]\[\n]+)\])?(?P<link>\])
    | \[fn:(?P<label>[\w-]+)(?P<note>\])
    | \\\((?P<tex>[^\n]{1,500}?)(?P<formula>\\\))
    | (?<![\w=~])(?P<fence>[=~])(?P<literal>[^\s=~](?:[^=~\n]{0,500}[^\s=~])?)
      (?P<code>(?P=fence))(?!\w)
    | (?<![\w*])\*(?P<strong>[^\s*](?:[^*\n]{0,1000}[^\s*])?)(?P<bold>\*)(?![\w*])
    | (?<![\w/:])/(?P<soft>[^\s/](?:[^/\n]{0,1000}[^\s/])?)(?P<italic>/)(?![\w/])
    | (?<![\w+])\+(?P<gone>[^\s+](?:[^+\n]{0,1000}[^\s+])?)(?P<strike>\+)(?![\w+])
    | \^\{(?P<high>[^{}\n]{1,100})(?P<raised>\})
    | _\{(?P<low>[^{}\n]{1,100})(?P<lowered>\})
    """,
    re.X,
)


def _link(match: re.Match[str], style: Span) -> list[Span]:
    target = match["target"]
    text = match["said"] or target
    is_address = target.startswith(("http://", "https://", "mailto:", "ftp://"))
    return [replace(style, text=text, link=target if is_address else None)]


MAKERS = {
    "link": _link,
    "note": lambda match, style: [Span("", note=match["label"])],
    "formula": lambda match, style: [Span(match["tex"].strip(), formula=True)],
    "code": lambda match, style: [replace(style, text=match["literal"], code=True)],
    "bold": lambda match, style: spans_of(match["strong"], replace(style, bold=True)),
    "italic": lambda match, style: spans_of(match["soft"], replace(style, italic=True)),
    "strike": lambda match, style: spans_of(match["gone"], replace(style, strike=True)),
    "raised": lambda match, style: [replace(style, text=match["high"], raised=True)],
    "lowered": lambda match, style: [replace(style, text=match["low"], lowered=True)],
}


def spans_of(text: str, style: Span | None = None) -> list[Span]:
    """A line or paragraph of Org text as spans."""
    return inline(text, INLINE, MAKERS, style or Span(""))


@dataclass(slots=True)
class _Reader:
    """One file on its way, line by line."""

    lines: list[str]
    place: int = 0
    paragraph: list[str] = field(default_factory=list)
    inside: int = 0
    quoted: int = 0
    depth: int = 0  # environments around it
    lists: Lists = field(default_factory=Lists)
    title: str | None = None

    def blocks(self) -> Iterator[Block]:
        while self.place < len(self.lines):
            line = self.lines[self.place]
            self.place += 1
            yield from self._line(line)
        yield from self._end_paragraph()

    def _line(self, line: str) -> Iterator[Block]:
        if match := HEADING.fullmatch(line):
            yield from self._end_all()
            yield Heading(joined(spans_of(TAGS.sub("", match[2]))), min(len(match[1]), 6))
        elif match := BEGIN.match(line):
            yield from self._end_paragraph()
            yield from self._environment(match[1].lower(), match[2] or "")
        elif match := KEYWORD.fullmatch(line):
            yield from self._end_paragraph()
            yield from self._keyword(match[1].lower(), match[2].strip())
        elif not self._says_nothing(line):
            yield from self._content(line)

    def _says_nothing(self, line: str) -> bool:
        """Whether a line is a comment, a plan or the start of a drawer, which is skipped."""
        bare = line.strip()
        if bare == "#" or bare.startswith("# ") or PLANNING.match(line):
            return True
        return DRAWER.fullmatch(line) is not None and self._skips_drawer()

    def _content(self, line: str) -> Iterator[Block]:
        if line.lstrip().startswith("|"):
            yield from self._end_paragraph()
            self.place -= 1
            yield from self._table()
        elif match := ITEM.fullmatch(line):
            yield from self._end_paragraph()
            yield self._item(match)
        elif match := NOTE.fullmatch(line):
            yield from self._end_all()
            yield self._note(match)
        elif RULE.fullmatch(line):
            yield from self._end_all()
            yield Rule()
        else:
            yield from self._text(line)

    def _text(self, line: str) -> Iterator[Block]:
        if not line.strip():
            yield from self._end_paragraph()
            return
        if not self.paragraph:
            indent = len(line) - len(line.lstrip())
            self.inside = self.lists.continued(4.0 * indent)
        if line.lstrip().startswith(": "):
            yield from self._end_paragraph()
            self.place -= 1
            yield Code("\n".join(self._while_literal()), inside=self.inside)
            return
        self.paragraph.append(line.strip())

    def _while_literal(self) -> Iterator[str]:
        while self.place < len(self.lines) and self.lines[self.place].lstrip().startswith(": "):
            yield self.lines[self.place].lstrip()[2:]
            self.place += 1

    def _end_paragraph(self) -> Iterator[Block]:
        lines, self.paragraph = self.paragraph, []
        text = " ".join(lines)
        if len(text) > 4 and text.startswith("\\[") and text.endswith("\\]"):  # displayed LaTeX
            yield Formula(text[2:-2].strip(), inside=self.inside, quoted=self.quoted)
        elif lines:
            spans = joined(spans_of(text))
            yield Paragraph(spans, inside=self.inside, quoted=self.quoted)

    def _end_all(self) -> Iterator[Block]:
        yield from self._end_paragraph()
        self.lists.end()

    def _skips_drawer(self) -> bool:
        for place in range(self.place, min(self.place + 100, len(self.lines))):
            if DRAWER_END.fullmatch(self.lines[place]):
                self.place = place + 1
                return True
        return False

    def _keyword(self, name: str, value: str) -> Iterator[Block]:
        if name == "title" and value:
            self.title = value
            yield Heading(joined(spans_of(value)), 0)
        elif value and name not in HIDDEN_KEYWORDS:
            yield Paragraph([Span(f"{name.capitalize()}: "), *spans_of(value)])

    def _environment(self, name: str, argument: str) -> Iterator[Block]:
        end = re.compile(rf"[ \t]*#\+end_{re.escape(name)}[ \t]*", re.I)
        begin = re.compile(rf"[ \t]*#\+begin_{re.escape(name)}\b", re.I)
        inner: list[str] = []
        more = 0  # of the same kind that have begun in it
        while self.place < len(self.lines):
            line = self.lines[self.place]
            self.place += 1
            if end.fullmatch(line):
                if not more:
                    break
                more -= 1
            more += name not in LITERAL and begin.match(line) is not None
            inner.append(line)
        if name in LITERAL:
            if name != "comment" and (text := unindented(inner)):
                yield Code(text, argument if name == "src" else "", inside=self.inside)
            return
        quoted = self.quoted + (name == "quote")
        if self.depth >= MAX_DEPTH:
            inner = [line for line in inner if not BEGIN.match(line)]
        yield from _Reader(inner, quoted=quoted, depth=self.depth + 1).blocks()

    def _item(self, match: re.Match[str]) -> ListItem:
        indent, _, number, _, text = match.groups()
        state = CHECK.match(text)
        if state:
            text = state[2]
        depth = self.lists.place("", len(indent), float(len(indent)))
        while self.place < len(self.lines) and self._goes_on(len(indent)):
            text += " " + self.lines[self.place].strip()
            self.place += 1
        term, sign, meaning = f"{text} ".partition(" :: ") if number is None else ("", "", "")
        spans = spans_of(text)
        if sign and term:
            spans = [*spans_of(term, Span("", bold=True)), Span(": "), *spans_of(meaning)]
        checked = state[1] in "xX" if state else None
        return ListItem(joined(spans), depth, number or "-", checked, quoted=self.quoted)

    def _goes_on(self, indent: int) -> bool:
        line = self.lines[self.place]
        bare = line.lstrip()
        if not bare or len(line) - len(bare) <= indent:
            return False
        return not (ITEM.fullmatch(line) or bare.startswith(("|", "#+", ": ")))

    def _note(self, match: re.Match[str]) -> Note:
        text = match[2]
        while self.place < len(self.lines):
            # A note ends at the next one, at a heading or at two empty lines (Org, "Footnotes").
            line, *after = (line.strip() for line in self.lines[self.place : self.place + 2])
            if NOTE.match(line) or HEADING.match(line) or not (line or any(after)):
                break
            text += f" {line}" if line else "\n"
            self.place += 1
        return Note(joined(spans_of(text)), match[1], part="note")

    def _table(self) -> Iterator[Block]:
        rows: list[list[Cell]] = []
        headers = 0
        while self.place < len(self.lines) and self.lines[self.place].lstrip().startswith("|"):
            line = self.lines[self.place].strip()
            self.place += 1
            if TABLE_RULE.fullmatch(line):
                headers = headers or len(rows)
                continue
            cells = line.removeprefix("|").removesuffix("|").split("|")
            rows.append([Cell(joined(spans_of(cell.strip()))) for cell in cells])
        if rows:
            yield Table(rows, header_rows=headers or 1, inside=self.inside)


def unindented(lines: list[str]) -> str:
    """Lines of code without the indentation that all of them share."""
    return textwrap.dedent("\n".join(lines)).strip("\n")


def read_text(text: str) -> Document:
    """An Org file as a Document."""
    reader = _Reader(text.split("\n"))
    blocks = leveled(list(reader.blocks()))
    return Document(blocks, title=reader.title)
