"""What a text holds that can be counted: words in order, headings, items, rows, notes.

The same is counted of a source, by other means than its conversion (source_facts.py), and of the
Markdown that came of it. Texts are compared by their letters and digits alone.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from ..markdown import FENCE, HEADING, heading_text, is_delimiter, kind, split_blocks, split_row
from .words import bare, words_of

SIGNS = re.compile(r"[\W_]+")
# Bullets, numbers, and letters or clauses, which Markdown has no other way to say.
MARKER = re.compile(
    r"^\s*(?:[-*+]|\d{1,9}[.)]|\([a-z]{1,4}\)|[a-z]{1,4}[.)]|\d{1,3}(?:\.\d{1,3}){1,6}\.?)\s+"
    r"(?:\[[ xX]\]\s+)?",
    re.I,
)
NOTE = re.compile(r"^\[\^([^\]\n]{1,60})\]:[ \t]*", re.M)
# Numbers before headings and items stand in one of the two only.
NUMBER = re.compile(r"\s*\(?(?:\d{1,3}(?:\.\d{1,3}){0,6}|[a-z]|[ivxlc]{1,6})[.)]?\s+(?=\S)", re.I)
LONGEST_KEY = 60  # letters by which a heading or an item is known


@dataclass
class Facts:
    """What was counted; a list is None where there was no way to count.

    `headings`, `items` and `notes` hold keys of their texts, `rows` tuples of keys of their cells
    that are not empty. `is_ordered` says that the words stand in the order in which people read
    them, `is_trusted` that they are words that people see (as in office files, not in the text
    layer of a page), and `by_ocr` that they are what text recognition made of pictures.
    """

    words: list[str] = field(default_factory=list)
    headings: list[str] | None = None
    items: list[str] | None = None
    rows: list[tuple[str, ...]] | None = None
    notes: list[str] | None = None
    is_ordered: bool = True
    is_trusted: bool = False
    by_ocr: bool = False


def key(text: str) -> str:
    """The letters and digits of a text, by which it is found again."""
    return SIGNS.sub("", text.casefold())[:LONGEST_KEY]


def named_key(text: str) -> str:
    """The key of a heading or an item, without the number before it."""
    return key(NUMBER.sub("", text, count=1) if NUMBER.match(text) else text)


def row_key(cells: Iterable[str]) -> tuple[str, ...]:
    """The keys of the cells of a row that hold something."""
    return tuple(found for cell in cells if (found := key(cell)))


def of_markdown(markdown: str) -> Facts:
    """What a Markdown text holds."""
    facts = Facts(words=words_of(markdown), headings=[], items=[], rows=[], notes=[])
    for block in split_blocks(markdown):
        _count(facts, block)
    return facts


def _count(facts: Facts, block: str) -> None:
    lines = [line.lstrip("> ") if line.startswith(">") else line for line in block.split("\n")]
    what = kind(lines[0]) if lines[0].strip() else "paragraph"
    if what == "code" or FENCE.match(lines[0].strip()):
        return
    if what == "table" or lines[0].lstrip().startswith("|"):
        _add_rows(facts, lines)
        return
    for line in lines:
        _count_line(facts, line)


def _count_line(facts: Facts, line: str) -> None:
    if match := HEADING.match(line):
        _add(facts.headings, heading_text(match))
    elif match := NOTE.match(line):
        _add(facts.notes, line[match.end() :])
    elif match := MARKER.match(line):
        _add(facts.items, line[match.end() :])
    elif line.lstrip().startswith("|"):
        _add_rows(facts, [line])


def _add(keys: list[str] | None, text: str) -> None:
    if keys is not None and (found := named_key(bare(text))):
        keys.append(found)


def _add_rows(facts: Facts, lines: list[str]) -> None:
    rows = (
        [bare(cell) for cell in split_row(line)] for line in lines if not is_delimiter(line.strip())
    )
    if facts.rows is not None:
        facts.rows += [found for row in rows if (found := row_key(row))]


def pairs(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each word with the next."""
    return pairwise(words)
