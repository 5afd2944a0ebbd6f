"""Documents as Markdown: the one place that decides how a block looks.

GitHub Flavored Markdown. What is written, read again by a CommonMark parser, gives the same blocks:

- Lists are indented by the width of the markers above them. Numbers stay those of the source: where
  the next one does not follow, an empty comment ends the list before it (CommonMark 0.31.2, section
  5.3). Items whose markers Markdown does not know, such as "(a)" or "1.1", are paragraphs that
  begin with them: a bullet before them would be invented.
- Every row of a table is as wide as its header. A cell over several rows or columns stands in the
  first of its places, the others are empty. Columns in which no cell begins are left out. Raised
  and lowered letters are Unicode's own signs in running text, and tags in cells: what stands there
  is compared and looked for by its letters. Markdown knows one header row: the others of
  a header follow as rows.
- Notes stand at the end of their page, or of a document without pages, as [^label]; a label that
  comes again gets a number. A note that nothing calls is a paragraph with its label raised.
- Speaker notes are quotes. Running lines, comments and hidden parts are left out.
"""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from .document import (
    Block,
    Cell,
    Code,
    Document,
    Formula,
    Heading,
    ListItem,
    Markup,
    Note,
    Paragraph,
    Picture,
    Rule,
    Span,
    Table,
)
from .inline import Name, description, inline, raised
from .markdown import FEW_CELLS, MAX_FILLING, may_be_filled

# Parsers give up on what is nested deeper; each level of a list counts twice.
DEEPEST_LIST = 8
DEEPEST_QUOTE = 3
# They would be taken for the end of the heading (section 4.2).
CLOSING_SIGNS = re.compile(r"(?:(?<= )|\A)(?=#+\Z)")
NUMBERED = re.compile(r"(0|[1-9]\d{0,8})([.)])\Z", re.A)
BULLET = re.compile(r"[^\w\s()\[\].]?\Z")
LABEL = re.compile(r"\A[\w-]{1,40}\Z")
FENCES = re.compile("`{3,}")
LANGUAGE = re.compile(r"\A[\w+#.-]{1,40}\Z")
BLANK_LINES = re.compile(r"\n\s*\n")
# What would begin a block at the start of a line; the sign behind the first group is escaped.
LINE_STARTS = re.compile(
    r"(?m)^(?P<number>\d{1,9})(?=[.)](?: |$))"
    r"|^(?=#{1,6}(?: |$)|>|[-+*](?: |$)|\||`{3}[^`\n]*$|~{3}|=+ *$|(?:- *){2,}$|(?:\* *){3,}$"
    r"|(?:_ *){3,}$|[:| -]*-[:| -]*$|\[(?:[^\]\\\n]|\\.)*\]:)"
)
TASK = re.compile(r"\A\[(?=[ xX]\](?: |$))")


def to_markdown(document: Document) -> str:
    """The body of `document` as Markdown; pages begin with a comment that names them."""
    return written(document)[0]


class Place(NamedTuple):
    """The characters of the Markdown that one block, or a part of it, became."""

    start: int
    end: int
    block: Block


def written(document: Document) -> tuple[str, list[Place]]:
    """As `to_markdown`, with the places of the blocks in their order."""
    notes = _Notes(document.body())
    parts: list[str] = []
    places: list[Place] = []
    length = 0
    for number, blocks in _by_page(document):
        page = _Page(notes)
        mark = f"<!-- page {number} -->\n\n" if number is not None else ""
        text = page.written(blocks)
        length += len(mark)
        places += [Place(p.start + length, p.end + length, p.block) for p in page.places]
        parts.append(f"{mark}{text}\n\n" if text else mark)
        length += len(parts[-1]) - len(mark)
    return "".join(parts).rstrip("\n") + "\n", places


def block_markdown(block: Block) -> str:
    """One block by itself."""
    return _Page(_Notes([block])).written([block])


def _by_page(document: Document) -> Iterator[tuple[int | None, list[Block]]]:
    """The blocks of each page; those without a page stand on the one before."""
    numbers = [page.number for page in document.pages]
    blocks: dict[int | None, list[Block]] = {number: [] for number in numbers}
    current = numbers[0] if numbers else None
    for block in document.body():
        if block.page in blocks:
            current = block.page
        blocks.setdefault(current, []).append(block)
    return iter(blocks.items())


class _Notes:
    """Which notes there are, and by what label each is called."""

    def __init__(self, blocks: Iterable[Block]) -> None:
        self._labels: dict[int, str] = {}  # of notes and of the spans that call them, by identity
        self._used: set[str] = set()
        kept = list(blocks)
        notes: dict[str, list[tuple[int, Note]]] = defaultdict(list)
        of_page: dict[tuple[str, int | None], Note] = {}
        for place, block in enumerate(kept):
            if isinstance(block, Note):
                notes[block.label].append((place, block))
                of_page.setdefault((block.label, block.page), block)
        for place, block in enumerate(kept):
            for span in _spans(block):
                if span.note is not None and (found := notes.get(span.note)):
                    # A call means the note of its page, else the next one, else the last.
                    here = of_page.get((span.note, block.page)) if block.page else None
                    later = min(bisect_left(found, place, key=_place), len(found) - 1)
                    self._labels[id(span)] = self._label(here or found[later][1])

    def _label(self, note: Note) -> str:
        if id(note) not in self._labels:
            wanted = note.label if LABEL.match(note.label) else "note"
            label, number = wanted, 1
            while label in self._used:
                number += 1
                label = f"{wanted}-{number}"
            self._used.add(label)
            self._labels[id(note)] = label
        return self._labels[id(note)]

    def of(self, thing: Note | Span) -> str | None:
        return self._labels.get(id(thing))


def _place(entry: tuple[int, Note]) -> int:
    return entry[0]


def _spans(block: Block) -> Iterator[Span]:
    yield from getattr(block, "spans", ())
    yield from getattr(block, "caption", ())
    if isinstance(block, Table):
        for row in block.rows:
            for cell in row:
                yield from cell.spans


@dataclass
class _Level:
    """One open item: what stands before its further lines, and the number it has."""

    depth: int
    quoted: int
    prefix: str
    number: int | None
    delimiter: str
    is_empty: bool  # nothing stands in it so far; then no blank line may follow (section 5.2)
    is_paragraph: bool = False


class _Page:
    """Writes blocks one after the other, as Markdown that stands by itself."""

    def __init__(self, notes: _Notes) -> None:
        self._notes = notes
        self._levels: list[_Level] = []
        self._parts: list[str] = []
        self._length = 0  # of all parts
        self._block: Block | None = None  # that is being written
        self.places: list[Place] = []
        self._prefix = ""  # of the block before
        self._was_item = False

    def written(self, blocks: Iterable[Block]) -> str:
        later: list[Block] = []
        for block in blocks:
            is_note = isinstance(block, Note) or (bool(later) and block.part == "note")
            if is_note:
                later.append(block)
            else:
                self._block = block
                self._write(block)
        for block in later:
            self._block = block
            self._note(block)
        return "".join(self._parts)

    def _write(self, block: Block) -> None:
        quoted = min(block.quoted + (block.part == "speaker_notes"), DEEPEST_QUOTE)
        if isinstance(block, ListItem):
            self._item(block, quoted)
            return
        text = self._text(block)
        if text:
            self._close(min(block.inside, len(self._levels)), quoted)
            tight = bool(self._levels) and self._levels[-1].is_empty
            if tight:
                self._levels[-1].is_empty = False
            self._add(text, self._base(quoted), tight=tight)

    def _note(self, block: Block) -> None:
        """A definition, or what else belongs to the note before."""
        label = self._notes.of(block) if isinstance(block, Note) else None
        text = self._text(block)
        if not text:
            return
        self._close(0, 0)
        if label:
            self._add(f"[^{label}]: {text}".replace("\n", "\n    "), "")
        elif isinstance(block, Note):
            self._add(f"{raised(block.label)} {text}" if block.label else text, "")
        else:
            self._add(text, "    ")

    def _text(self, block: Block) -> str:
        if isinstance(block, ListItem):  # of a note: all others are written as lists
            text, marker, number, _ = self._marked(block)
            is_list = number is not None or BULLET.match(block.marker.strip())
            return f"{marker} {text}".rstrip() if is_list else text
        return _WRITERS[type(block)](block, self._notes.of)

    def _item(self, item: ListItem, quoted: int) -> None:
        self._close_above(item, quoted)
        marker = item.marker.strip()
        if not (NUMBERED.match(marker) or BULLET.match(marker)):
            self._lettered(item, quoted)
            return
        before = self._levels.pop() if self._levels and self._ends(item, quoted) else None
        text, marker, number, delimiter = self._marked(item)
        base = self._base(quoted)
        above = self._levels[-1] if before is None and self._levels else None
        is_next = before is not None and _follows(before, number, delimiter)
        if (
            before is not None
            and number is not None
            and not is_next
            and before.delimiter == delimiter
        ):
            self._add("<!-- -->", base)
            before = None
        tight = is_next and self._was_item
        if above is not None:
            # Below words nothing but items that begin at 1 is seen as a list without a blank line.
            is_seen = number in {None, 1} and bool(text) and quoted == above.quoted
            tight = above.is_empty or (is_seen and self._was_item)
            above.is_empty = False
        width = " " * (len(marker) + 1)
        self._add(f"{marker} {text}".rstrip().replace("\n", "\n" + width), base, tight=tight)
        self._levels.append(
            _Level(item.depth, quoted, base + width, number, delimiter, is_empty=not text)
        )
        self._was_item = True

    def _close_above(self, item: ListItem, quoted: int) -> None:
        while self._levels and (
            self._levels[-1].depth > item.depth
            or self._levels[-1].quoted > quoted
            or len(self._levels) > DEEPEST_LIST
        ):
            self._levels.pop()

    def _lettered(self, item: ListItem, quoted: int) -> None:
        """An item as a paragraph that begins with its marker, below what it belongs to."""
        if self._levels and self._ends(item, quoted):
            self._levels.pop()
        text = self._marked(item)[0]
        base = self._base(quoted)
        above = self._levels[-1] if self._levels else None
        # Up to three spaces mean nothing (section 4.8); people see by them what belongs together.
        is_inside = above is not None and above.is_paragraph
        prefix = base if is_inside else base + "   "
        self._add(text, base, tight=above is not None and above.is_empty)
        if above is not None:
            above.is_empty = False
        self._levels.append(
            _Level(item.depth, quoted, prefix, None, "", is_empty=False, is_paragraph=True)
        )
        self._was_item = False

    def _ends(self, item: ListItem, quoted: int) -> bool:
        """Whether the innermost open item ends where `item` begins."""
        last = self._levels[-1]
        return (last.depth >= item.depth or len(self._levels) == DEEPEST_LIST) and (
            last.quoted == quoted
        )

    def _marked(self, item: ListItem) -> tuple[str, str, int | None, str]:
        """Text, marker, number and its delimiter, as Markdown can say them."""
        text = inline(item.spans, note=self._notes.of)
        marker = item.marker.strip()
        numbered = NUMBERED.match(marker)
        if item.checked is not None:
            text = f"[{'x' if item.checked else ' '}] {_paragraph(text)}"
        else:
            text = TASK.sub(r"\\[", _paragraph(text))
        if numbered:
            return text, marker, int(numbered[1]), numbered[2]
        if BULLET.match(marker):
            return text, "-", None, ""
        shown = inline([Span(marker)], line_break=" ")
        return f"{_paragraph(shown)} {text}", "-", None, ""

    def _base(self, quoted: int) -> str:
        if not self._levels:
            return "> " * quoted
        return self._levels[-1].prefix + "> " * (quoted - self._levels[-1].quoted)

    def _close(self, inside: int, quoted: int) -> None:
        del self._levels[inside:]
        while self._levels and self._levels[-1].quoted > quoted:
            self._levels.pop()
        self._was_item = False

    def _add(self, text: str, prefix: str, *, tight: bool = False) -> None:
        if self._parts:
            gap = "\n" if tight else f"\n{_shared(self._prefix, prefix)}\n"
            self._parts.append(gap)
            self._length += len(gap)
        lines = (prefix + line if line else prefix.rstrip() for line in text.split("\n"))
        whole = "\n".join(lines)
        self._parts.append(whole)
        if self._block is not None:
            self.places.append(Place(self._length, self._length + len(whole), self._block))
        self._length += len(whole)
        self._prefix = prefix


def _shared(before: str, after: str) -> str:
    """What a blank line between two blocks begins with: the quotes that both stand in."""
    same = 0
    for one, other in zip(before, after, strict=False):
        if one != other:
            break
        same += 1
    return before[:same].rstrip()


def _follows(before: _Level, number: int | None, delimiter: str) -> bool:
    if number is None or before.number is None:
        return number is None and before.number is None
    return delimiter == before.delimiter and number == before.number + 1


def _heading(block: Heading, note: Name) -> str:
    # A heading is bold by itself.
    spans = [replace(span, bold=False) if span.note is None else span for span in block.spans]
    text = inline(spans, line_break=" ", note=note)
    if not text:
        return ""
    text = CLOSING_SIGNS.sub(r"\\", text)
    return f"{'#' * max(1, min(block.level, 6))} {text}"


def _paragraph(text: str) -> str:
    """`text` with nothing at the start of a line that would begin another block."""
    return LINE_STARTS.sub(lambda match: (match["number"] or "") + "\\", text)


def _captioned(text: str, caption: Sequence[Span], note: Name, *, above: bool) -> str:
    words = _paragraph(inline(caption, note=note))
    return "\n\n".join(part for part in ((words, text) if above else (text, words)) if part)


def _code(block: Code) -> str:
    text = block.text.replace("\r\n", "\n").strip("\n")
    if not text.strip():
        return ""
    fence = "`" * max((len(run) + 1 for run in FENCES.findall(text)), default=3)
    language = block.language if LANGUAGE.match(block.language) else ""
    return f"{fence}{language}\n{text}\n{fence}"


def _formula(block: Formula) -> str:
    text = BLANK_LINES.sub("\n", block.text.strip())
    return f"$$\n{text}\n$$" if text else ""


def table(block: Table, note: Name = lambda span: span.note) -> str:
    """A pipe table; its first row is the header, as Markdown knows no other."""
    rows = [[(cell, _cell(cell.spans, note)) for cell in row] for row in block.rows]
    grid = [row for row in _grid(rows) if row]
    columns = sorted({column for row in grid for column in row})
    if not grid:
        return ""
    places = {column: place for place, column in enumerate(columns)}
    filled = may_be_filled(len(columns), len(grid), sum(map(len, grid)))
    lines = []
    for number, row in enumerate(grid):
        if len(row) == len(columns):
            cells = list(row.values())
        else:
            width = len(columns) if filled or not number else max(places[c] for c in row) + 1
            cells = [""] * width
            for column, text in row.items():
                cells[places[column]] = text
        lines.append(f"| {' | '.join(cells)} |")
    lines.insert(1, "|" + " --- |" * len(columns))
    return "\n".join(lines)


def _cell(spans: Sequence[Span], note: Name) -> str:
    text = inline(spans, line_break="<br>", note=note, has_signs=False)
    return text.replace("|", "\\|") if "|" in text else text


def _grid(rows: list[list[tuple[Cell, str]]]) -> Iterator[dict[int, str]]:
    """Texts of each row by their columns; nothing for a row without a text of its own."""
    count = sum(map(len, rows))
    spanned = sum(
        min(cell.row_span, len(rows) - number) - 1
        for number, row in enumerate(rows)
        for cell, _ in row
        if cell.row_span > 1
    )
    # More would be an attack: no table has so many places without cells.
    may_span = spanned <= FEW_CELLS + MAX_FILLING * count
    hanging: list[tuple[int, int, int]] = []  # column, width and rows left of cells from above
    for row in rows:
        texts: dict[int, str] = {}
        below = [(start, width, left - 1) for start, width, left in hanging if left > 1]
        taken = iter([*hanging, None])
        hang = next(taken)
        column = 0
        for cell, text in row:
            while hang is not None and hang[0] <= column:
                column = max(column, hang[0] + hang[1])
                hang = next(taken)
            width = max(1, cell.column_span)
            texts[column] = text
            if may_span and cell.row_span > 1:
                below.append((column, width, cell.row_span - 1))
            column += width
        hanging = sorted(below)
        yield texts if any(text for _, text in row) else {}


def _picture(block: Picture, note: Name) -> str:
    words = description(block.description)
    return _captioned(f"![{words}]()" if words else "", block.caption, note, above=False)


_WRITERS: dict[type[Block], Callable[[Any, Name], str]] = {
    Heading: _heading,
    Paragraph: lambda block, note: _paragraph(inline(block.spans, note=note)),
    Note: lambda block, note: _paragraph(inline(block.spans, note=note)),
    Table: lambda block, note: _captioned(table(block, note), block.caption, note, above=True),
    Picture: _picture,
    Code: lambda block, note: _code(block),
    Formula: lambda block, note: _formula(block),
    Rule: lambda block, note: "---",
    Markup: lambda block, note: block.text.strip("\n"),
}
