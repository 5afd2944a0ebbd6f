"""Plain text of mails as blocks: paragraphs, lists, quotes, and lines that were meant as lines."""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby, pairwise

from ..document import Block, Code, ListItem, Paragraph, Rule, Span

MAX_QUOTES = 20
NARROWEST, WIDEST = 60, 100  # characters at which programs wrap lines
ITEM = re.compile(r"( {0,12})([-*•·–+]|\d{1,3}[.)]|[a-zA-Z]\))[ \t]+(?=\S)")
SIGNATURE = "--"
# Columns made by spaces: two gaps in a line, or one wide one.
GAP = re.compile(r"\S(?:\t+| {3,})(?=\S)")
LINE = re.compile(r"[-_=*~]{5,}\s*\Z")

Lines = list[str]


def text_blocks(text: str, *, is_flowed: bool = False, drops_space: bool = False) -> list[Block]:
    """Plain text as blocks; lines that begin with > are quotes."""
    lines = _lines(text.replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " "))
    if is_flowed:
        lines = _unfolded(lines, drops_space=drops_space)
    width = _width(line for _, line in lines)
    blocks: list[Block] = []
    for quoted, group in groupby(lines, key=lambda entry: entry[0]):
        made = list(_blocks([line for _, line in group], 0 if is_flowed else width))
        for block in made:
            block.quoted = quoted
        blocks += made
    return blocks


def _lines(text: str) -> list[tuple[int, str]]:
    """Each line with the number of quotes it stands in."""
    found = []
    for line in text.split("\n"):
        depth, place = 0, 0
        while place < len(line) and depth < MAX_QUOTES:
            if line[place] == ">":
                depth += 1
            elif not (line[place] == " " and line[place + 1 : place + 2] == ">" and depth):
                break
            place += 1
        rest = line[place:]
        found.append((depth, rest[1:] if depth and rest.startswith(" ") else rest))
    return found


def _unfolded(lines: list[tuple[int, str]], *, drops_space: bool) -> list[tuple[int, str]]:
    """Lines as they were before they were flowed (RFC 3676, section 4)."""
    found: list[tuple[int, str]] = []
    open_: list[str] = []
    depth = 0
    for quoted, written in lines:
        line = written[1:] if not quoted and written.startswith(" ") else written  # stuffed
        if open_ and quoted != depth:
            found.append((depth, "".join(open_)))
            open_ = []
        depth = quoted
        if line.endswith(" ") and line != "-- ":
            open_.append(line[:-1] if drops_space else line)
            continue
        found.append((quoted, "".join((*open_, line))))
        open_ = []
    if open_:
        found.append((depth, "".join(open_)))
    return found


def _width(lines: Iterable[str]) -> int:
    """Where a program wrapped the lines; 0 if it did not."""
    lengths = sorted(len(line.rstrip()) for line in lines if line.strip())
    long = [length for length in lengths if length >= NARROWEST]
    if not long or long[-1] > WIDEST:
        # A line that nobody wrapped: the others are as their writer ended them, but for the usual.
        long = [length for length in long if length <= 80]
    return long[-1] if long and len(long) >= 2 else 0


def _blocks(lines: Lines, width: int) -> Iterator[Block]:
    paragraph: Lines = []
    for line in [*lines, ""]:
        if line.rstrip() == SIGNATURE or LINE.match(line):
            yield from _paragraph(paragraph, width)
            yield Rule()
            paragraph = []
        elif line.strip():
            paragraph.append(line.rstrip())
        else:
            yield from _paragraph(paragraph, width)
            paragraph = []


def _paragraph(lines: Lines, width: int) -> Iterator[Block]:
    if not lines:
        return
    if len(lines) > 1 and sum(bool(GAP.search(line.strip())) for line in lines) >= 0.8 * len(lines):
        yield Code(text="\n".join(_dedented(lines)))
        return
    start = next((n for n, line in enumerate(lines) if ITEM.match(line)), len(lines))
    if start == len(lines) or (start and len(lines) - start == 1 and not lines[start][0].isspace()):
        yield Paragraph([Span(_joined(lines, width))])
        return
    if start:
        yield Paragraph([Span(_joined(lines[:start], width))])
    yield from _items(lines[start:], width)


def _dedented(lines: Lines) -> Lines:
    margin = min(len(line) - len(line.lstrip()) for line in lines)
    return [line[margin:] for line in lines]


def _items(lines: Lines, width: int) -> Iterator[Block]:
    """Items; lines that begin with no sign go on with the item before."""
    margins: list[int] = []
    starts = [number for number, line in enumerate(lines) if ITEM.match(line)]
    for start, end in pairwise([*starts, len(lines)]):
        match = ITEM.match(lines[start])
        if match is None:
            continue
        margin = len(match[1])
        while margins and margins[-1] > margin:
            margins.pop()
        if not margins or margins[-1] < margin:
            margins.append(margin)
        marker = match[2] if match[2][0].isalnum() else "-"
        own = [lines[start][match.end() :], *lines[start + 1 : end]]
        yield ListItem(
            [Span(_joined(own, width, hangs=True))], depth=len(margins) - 1, marker=marker
        )


def _joined(lines: Lines, width: int, *, hangs: bool = False) -> str:
    """Lines as one text: a line goes on where the next word had no room in it.

    `hangs`: lines that begin with a space were wrapped by hand, to hang below the first.
    """
    parts = [lines[0].strip()]
    for line, following in pairwise(lines):
        word = following.split(maxsplit=1)[0]
        was_wrapped = width and len(line) <= width < len(line) + 1 + len(word)
        was_wrapped = was_wrapped or (hangs and following[0].isspace())
        parts += (" " if was_wrapped else "\n", following.strip())
    return "".join(parts)
