"""Cut Markdown into chunks for retrieval: along headings, paragraphs and sentences.

Tokens are counted without a language model, so that the numbers depend on no vendor and nothing is
downloaded: a word counts one token for each 6 letters begun (4 if it is not ASCII), a number one
for each 3 digits, and each Chinese, Japanese or Korean character and each other sign counts one.
That is 0 to 40 % above what the tokenizers of current models count: chunks fit.

A long text is first parted into sections at its headings: the splitter's time grows faster than its
text, so no section is longer than LONGEST_SECTION. Chunks overlap within their section.

A table that is larger than a chunk is cut between its rows, and each of its chunks begins with the
header: a row says nothing without it.
"""

import bisect
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from .chunk_tables import begins_table, pieces
from .markdown import FENCE, HEADING, PAGE_MARK, heading_text

# Characters handed to the splitter at once. A text below it is one section.
LONGEST_SECTION = 65_536
# In a longer run without white space, such as data in letters, the splitter looks for the end of
# each chunk sign by sign: it is parted into sections of its own.
LONGEST_WORD = 4096
# Characters of a heading that a chunk names: every chunk below it repeats them.
LONGEST_TITLE = 200
_LONG_WORD = re.compile(rf"(?<!\S)\S{{{LONGEST_WORD + 1},}}")
_PIECE = re.compile(r"[^\W\d_]+|\d+|[^\w\s]|_+")
_FIRST_IDEOGRAPH = "\u2e80"  # from here on scripts write words without spaces


@dataclass
class Section:
    """A part of a document without its page marks.

    `pages` and `paths` say from which offset on which page and which headings hold; both begin with
    those that hold at the start of the section, if there are any. `start` is where the document
    without its marks has the section, and `dropped` how many characters of marks are before an
    offset. `table` is the header of the table that goes on where the section starts, if one does.
    """

    text: str
    pages: list[tuple[int, int]]
    paths: list[tuple[int, list[str]]]
    start: int = 0
    dropped: list[tuple[int, int]] = field(default_factory=list)
    table: str = ""

    def place(self, offset: int) -> int:
        """Where the document has the character at `offset`."""
        return self.start + offset + (_holding(self.dropped, offset) or 0)


@dataclass(frozen=True)
class Cut:
    """A chunk within its section.

    `headings` and `page` are those where its first new text stands, behind what it repeats of the
    chunk before; both are empty or None where the document has none.
    """

    text: str
    tokens: int
    headings: list[str]
    page: int | None
    last_page: int | None
    # Characters at its beginning that the chunk before ends with, or that are a header again.
    repeated: int
    start: int  # of what it has first, within the section
    end: int


def count_tokens(text: str) -> int:
    return sum(_tokens_of(match[0]) for match in _PIECE.finditer(text))


def _tokens_of(piece: str) -> int:
    first = piece[0]
    if first.isdigit():
        return -(-len(piece) // 3)
    if piece.isascii():
        return -(-len(piece) // 6)
    return len(piece) if first >= _FIRST_IDEOGRAPH else -(-len(piece) // 4)


def sections(markdown: str) -> Iterator[Section]:
    """The parts of a text, each as soon as it is read as far as its end.

    A section ends before a heading, where that leaves the one after it whole; else before a
    paragraph; else behind a line; and where one line is longer than a section may be, within it.
    """
    reader = _Reader()
    for line in _lines(markdown):
        for piece in _pieces(line):
            longest = LONGEST_SECTION if piece is line else LONGEST_WORD
            if reader.length + len(piece) > longest:
                yield from reader.full_section()
            reader.add(piece)
    if reader.lines:
        yield reader.rest()


def _lines(markdown: str) -> Iterator[str]:
    """Lines with their ends; one that is too long for a section in several pieces."""
    start = 0
    while start < len(markdown):
        furthest = start + LONGEST_SECTION
        end = markdown.find("\n", start, furthest) + 1
        if not end and furthest < len(markdown):
            end = markdown.rfind(" ", start, furthest) + 1  # between two words, if there are any
        end = end or min(furthest, len(markdown))
        yield markdown[start:end]
        start = end


def _pieces(line: str) -> Iterator[str]:
    """The line itself; or if it has a very long word, what is around it and the word in parts."""
    end = 0
    for word in _LONG_WORD.finditer(line):
        if word.start() > end:
            yield line[end : word.start()]
        for start in range(word.start(), word.end(), LONGEST_WORD):
            yield line[start : min(start + LONGEST_WORD, word.end())]
        end = word.end()
    if end == 0:
        yield line
    elif end < len(line):
        yield line[end:]


class _Reader:
    """Takes lines in; knows what holds where, and where the section may end."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.length = 0
        self._pages: list[tuple[int, int]] = []
        self._paths: list[tuple[int, list[str]]] = []
        self._open: list[tuple[int, str]] = []  # headings that hold: level and text
        self._fence = ""
        self._after_mark = False
        self._start = 0  # of the section, in the document without marks
        self._marks = 0  # characters of marks so far
        self._dropped: list[tuple[int, int]] = []
        self._before = ""  # the line before
        self._header = ""  # of the table that is open
        self._table = ""  # of the one that was open where the section starts
        # The last places to end before: a line number and an offset, 0 if there is none.
        self._heading = self._paragraph = (0, 0)

    def add(self, line: str) -> None:
        bare = line.rstrip("\n")
        if mark := PAGE_MARK.fullmatch(bare.rstrip(" \t")):
            self._pages.append((self.length, int(mark[1])))
            self._after_mark = True
            self._drop(line)
            return
        if not bare and self._after_mark:  # the text of two pages is one text
            self._drop(line)
            return
        self._after_mark = False
        self._note_heading(bare)
        self._note_table(bare)
        if bare and self.lines and not self.lines[-1].strip() and not self._fence:
            self._paragraph = (len(self.lines), self.length)
        self.lines.append(line)
        self.length += len(line)

    def _drop(self, line: str) -> None:
        self._marks += len(line)
        self._dropped.append((self.length, self._marks))

    def _note_table(self, line: str) -> None:
        if self._fence or not line.startswith("|"):
            self._header = ""
        elif not self._header and begins_table(self._before, line):
            self._header = f"{self._before}\n{line}\n"
        self._before = line

    def _note_heading(self, line: str) -> None:
        if mark := FENCE.match(line):
            is_end = self._fence and mark[1].startswith(self._fence)
            self._fence = "" if is_end else self._fence or mark[1]
        elif not self._fence and (heading := HEADING.match(line)):
            level = len(heading[1])
            above = [known for known in self._open if known[0] < level]
            self._open = [*above, (level, _title(heading_text(heading)))]
            self._paths.append((self.length, [title for _, title in self._open]))
            self._heading = (len(self.lines), self.length)

    def full_section(self) -> Iterator[Section]:
        """The lines as far as the last good place; what follows stays for the next section."""
        number, offset = next(
            (place for place in (self._heading, self._paragraph) if place[1] > 0),
            (len(self.lines), self.length),
        )
        if not number:
            return
        text = "".join(self.lines[:number])
        pages, self._pages = _parted(self._pages, offset)
        paths, self._paths = _parted(self._paths, offset)
        dropped, self._dropped = _parted(self._dropped, offset)
        section = Section(text, pages, paths, self._start, dropped, self._table)
        self._table = self._header if number == len(self.lines) else ""
        self._start += offset
        self.lines = self.lines[number:]
        self.length -= offset
        self._heading = self._paragraph = (0, 0)
        yield section

    def rest(self) -> Section:
        text = "".join(self.lines)
        return Section(text, self._pages, self._paths, self._start, self._dropped, self._table)


def _title(heading: str) -> str:
    return heading if len(heading) <= LONGEST_TITLE else f"{heading[: LONGEST_TITLE - 1]}…"


def _parted(places: list[Any], offset: int) -> tuple[list[Any], list[Any]]:
    """What begins to hold before `offset`, and what holds from there on, counted from there."""
    before = [place for place in places if place[0] < offset]
    after = [(place - offset, value) for place, value in places if place >= offset]
    if before and (not after or after[0][0] > 0):
        after.insert(0, (0, before[-1][1]))
    return before, after


def cut(section: Section, *, size: int, overlap: int) -> list[Cut]:
    """Chunks of at most `size` tokens, each repeating at most `overlap` tokens of the one before.

    Takes about a second for a section of LONGEST_SECTION characters.
    """
    from semantic_text_splitter import MarkdownSplitter  # a second to load: only who cuts pays it

    text = section.text.rstrip()  # of blank lines at the end the splitter tries each anew
    splitter = MarkdownSplitter.from_callback(count_tokens, size, overlap)
    found: list[Cut] = []
    end = 0
    for piece in pieces(
        text, above=section.table, size=size, count=count_tokens, split=splitter.chunk_indices
    ):
        shown = piece.header + text[piece.start : piece.end].rstrip("\n")
        fresh = _first_text(text, max(piece.start, end), piece.end)
        repeated = len(piece.header) + min(max(end - piece.start, 0), piece.end - piece.start)
        end = piece.end
        found.append(
            Cut(
                text=shown,
                tokens=count_tokens(shown),
                headings=_holding(section.paths, fresh) or [],
                page=_holding(section.pages, fresh),
                last_page=_holding(section.pages, end - 1),
                repeated=repeated,
                start=fresh,
                end=end,
            )
        )
    return found


def _first_text(text: str, start: int, end: int) -> int:
    """The offset of the first character that is no white space; `start` if there is none."""
    while start < end and text[start].isspace():
        start += 1
    return min(start, end - 1)


def _holding(places: list[Any], offset: int) -> Any:
    number = bisect.bisect_right(places, offset, key=lambda place: place[0])
    return places[number - 1][1] if number else None
