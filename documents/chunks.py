"""Cut Markdown into chunks for retrieval: along headings, paragraphs and sentences.

Tokens are counted without a language model, so that the numbers depend on no vendor and nothing is
downloaded: a word counts one token for each 6 letters begun (4 if it is not ASCII), a number one
for each 3 digits, and each Chinese, Japanese or Korean character and each other sign counts one.
That is 0 to 40 % above what the tokenizers of current models count: chunks fit.
"""

import bisect
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from semantic_text_splitter import MarkdownSplitter

from documents.conversion.markdown import FENCE, HEADING, PAGE_MARK

_PIECE = re.compile(r"[^\W\d_]+|\d+|[^\w\s]|_+")
_FIRST_IDEOGRAPH = "\u2e80"  # from here on scripts write words without spaces
# A page's mark with the blank lines around it: the text of two pages is one text.
_MARK_LINE = re.compile(rf"{PAGE_MARK.pattern}[ \t]*\n*")


@dataclass(frozen=True)
class Chunk:
    """A piece of a document.

    `headings` and `page` are those where its first new text stands, behind what it repeats of the
    chunk before; both are empty or None where the document has none.
    """

    id: str  # the same for the same text in the same place of the same document
    index: int  # from 0
    text: str
    tokens: int
    headings: list[str]
    page: int | None
    last_page: int | None


def count_tokens(text: str) -> int:
    return sum(_tokens_of(match[0]) for match in _PIECE.finditer(text))


def chunks(markdown: str, *, document: str, size: int, overlap: int) -> Iterator[Chunk]:
    """Chunks of at most `size` tokens, each repeating at most `overlap` tokens of the one before.

    Args:
        document: identifies the document; part of the ids.
    """
    text, pages = _without_page_marks(markdown)
    marks = _headings(text)
    splitter = MarkdownSplitter.from_callback(count_tokens, size, overlap)
    seen: dict[str, int] = {}
    end = 0
    for index, (start, piece) in enumerate(splitter.chunk_indices(text)):
        fresh = _first_text(text, max(start, end), start + len(piece))
        end = start + len(piece)
        path = _path(marks, fresh)
        yield Chunk(
            id=_id(document, path, piece, seen),
            index=index,
            text=piece,
            tokens=count_tokens(piece),
            headings=path,
            page=_page(pages, fresh),
            last_page=_page(pages, end - 1),
        )


def _tokens_of(piece: str) -> int:
    first = piece[0]
    if first.isdigit():
        return -(-len(piece) // 3)
    if piece.isascii():
        return -(-len(piece) // 6)
    return len(piece) if first >= _FIRST_IDEOGRAPH else -(-len(piece) // 4)


def _without_page_marks(markdown: str) -> tuple[str, list[tuple[int, int]]]:
    """The text without marks, and where in it which page begins: (offset, page number)."""
    parts: list[str] = []
    pages: list[tuple[int, int]] = []
    length = position = 0
    for mark in _MARK_LINE.finditer(markdown):
        parts.append(markdown[position : mark.start()])
        length += len(parts[-1])
        pages.append((length, int(mark[1])))
        position = mark.end()
    parts.append(markdown[position:])
    return "".join(parts), pages


def _headings(text: str) -> list[tuple[int, list[str]]]:
    """Where which headings begin to hold: (offset, the heading with those above it)."""
    marks: list[tuple[int, list[str]]] = []
    path: list[tuple[int, str]] = []
    fence = ""
    starts = [0, *(match.end() for match in re.finditer("\n", text)), len(text) + 1]
    for start, following in pairwise(starts):
        line = text[start : following - 1]
        if mark := FENCE.match(line):
            fence = "" if fence and mark[1].startswith(fence) else fence or mark[1]
        elif not fence and (heading := HEADING.match(line)):
            level = len(heading[1])
            path = [*(above for above in path if above[0] < level), (level, heading[2].strip())]
            marks.append((start, [title for _, title in path]))
    return marks


def _first_text(text: str, start: int, end: int) -> int:
    """The offset of the first character that is no white space; `start` if there is none."""
    while start < end and text[start].isspace():
        start += 1
    return min(start, end - 1)


def _path(marks: list[tuple[int, list[str]]], offset: int) -> list[str]:
    number = bisect.bisect_right(marks, offset, key=lambda mark: mark[0])
    return marks[number - 1][1] if number else []


def _page(pages: list[tuple[int, int]], offset: int) -> int | None:
    number = bisect.bisect_right(pages, offset, key=lambda page: page[0])
    return pages[number - 1][1] if number else None


def _id(document: str, path: list[str], text: str, seen: dict[str, int]) -> str:
    """Of what the chunk is, not of where it is: an edit elsewhere leaves it as it was."""
    known = "\n".join([document, *path, text])
    seen[known] = seen.get(known, 0) + 1
    return hashlib.sha256(f"{known}\n{seen[known]}".encode()).hexdigest()[:32]
