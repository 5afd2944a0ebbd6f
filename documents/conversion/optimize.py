"""Clean-up for retrieval: the rules of `auto_optimize`, each one deterministic.

1. Running headers and footers: a short block among the first or last two of a page that comes back
   on at least three pages and on half of all pages is removed; one number in it may count pages.
   A page that holds nothing else keeps all of it.
2. Page numbers: a first or last block such as "Page 3 of 9" is removed; a bare number only if at
   least two pages have one in that place.
3. Words broken at the end of a line are joined, then the lines of a paragraph.
4. A paragraph that a page break cut in two is joined on the earlier page.
5. Headings begin at level 1 and never skip a level on the way down.

docs/conversion.md explains them with examples.
"""

import re
from collections import Counter

from .extraction import Extraction, Page
from .markdown import HEADING, kind

MAX_RUNNING_LENGTH = 120  # characters
MIN_RUNNING_PAGES = 3
EDGE_BLOCKS = 2

PAGE_WORDS = r"(?:page|p\.|seite|s\.|página|pág\.|pagina|strona|sida|side|стр\.)"
PAGE_NUMBER = re.compile(
    rf"\A[-–—\s]*{PAGE_WORDS}\s*\d{{1,4}}(?:\s*(?:of|/|von|de|sur|di|van|z|av|из)\s*\d{{1,4}})?[-–—\s]*"
    r"|\A[-–—\s]*\d{1,4}\s*(?:of|/|von|sur)\s*\d{1,4}[-–—\s]*",
    re.I,
)
NUMBER = re.compile(r"[0-9]{1,6}")
BARE_NUMBER = re.compile(r"\A[-–—\s]*(?:\d{1,4}|[ivxlc]{1,6})[-–—\s]*", re.I)
BROKEN_WORD = re.compile(r"(?<=[^\W\d_]{2})[-\u2010]\n(?=[^\W\d_])")
SENTENCE_END = re.compile(r"[.!?:;…。！？؟][\"'”’»)\]]*$")
# Lines that were wrapped by a program are nearly full; verse and addresses are not.
WRAPPED_LINE = 50  # characters


def optimize(extraction: Extraction) -> None:
    """Apply all rules to `extraction` in place."""
    pages = extraction.pages
    is_paged = extraction.page_count is not None
    if is_paged:
        _remove_running_lines(pages)
        _remove_page_numbers(pages)
    for page in pages:
        page.blocks = [_unwrap(block, always=is_paged) for block in page.blocks]
    if is_paged:
        _join_across_pages(pages)
    _level_headings(pages)


def _edges(page: Page) -> list[int]:
    """Positions of the blocks at the top and at the bottom of a page."""
    count = len(page.blocks)
    return sorted({*range(min(EDGE_BLOCKS, count)), *range(max(0, count - EDGE_BLOCKS), count)})


def _running_keys(block: str, page: Page) -> set[str]:
    """What must be the same on other pages: the text, or the text with one number as page + n."""
    if len(block) > MAX_RUNNING_LENGTH or kind(block) in {"table", "code", "comment"}:
        return set()
    text = " ".join(block.split()).casefold()
    if kind(block) == "heading":  # chapters may count with the pages, too
        return {text}
    numbers = NUMBER.finditer(text)
    return {text} | {
        f"{text[: n.start()]}page{int(n[0]) - (page.number or 0):+d}{text[n.end() :]}"
        for n in numbers
    }


def _remove_running_lines(pages: list[Page]) -> None:
    seen: Counter[str] = Counter()
    for page in pages:
        seen.update(set().union(*(_running_keys(page.blocks[i], page) for i in _edges(page))))
    needed = max(MIN_RUNNING_PAGES, len(pages) / 2)
    running = {key for key, count in seen.items() if count >= needed}
    for page in pages:
        doomed = {i for i in _edges(page) if running & _running_keys(page.blocks[i], page)}
        if len(doomed) < len(page.blocks):  # a page of nothing else is a form, not a header
            page.blocks = [block for i, block in enumerate(page.blocks) if i not in doomed]


def _remove_page_numbers(pages: list[Page]) -> None:
    for place in (0, -1):
        holders = [page for page in pages if page.blocks]
        bare = [page for page in holders if BARE_NUMBER.fullmatch(page.blocks[place])]
        named = [page for page in holders if PAGE_NUMBER.fullmatch(page.blocks[place])]
        for page in named + (bare if len(bare) > 1 else []):
            del page.blocks[place]


def _unwrap(block: str, *, always: bool) -> str:
    if kind(block) != "paragraph" or "\n" not in block:
        return block
    joined = BROKEN_WORD.sub(_joint, block)
    lines = joined.split("\n")
    if any(line.endswith(("  ", "\\")) for line in lines[:-1]):
        return block
    wrapped = all(len(line) >= WRAPPED_LINE for line in lines[:-1])
    return " ".join(line.strip() for line in lines) if always or wrapped else block


def _joint(match: re.Match[str]) -> str:
    """Nothing between two halves of a word; the hyphen stays before a capital: Anglo-\\nSaxon."""
    return "-" if match.string[match.end()].isupper() else ""


def _join_across_pages(pages: list[Page]) -> None:
    # A paragraph may go on over thousands of pages: its pieces are joined once, at its end.
    holder: Page | None = None
    pieces: list[str] = []
    for page in pages:
        if not page.blocks:
            continue
        if holder is not None and _continues(pieces[-1], page.blocks[0], is_first=len(pieces) == 1):
            pieces.append(page.blocks.pop(0))
        # A page whose only block went to the page before ends no paragraph of its own.
        if page.blocks:
            _close(holder, pieces)
            holder, pieces = page, [page.blocks[-1]]
    _close(holder, pieces)


def _close(holder: Page | None, pieces: list[str]) -> None:
    """Put the paragraph made of `pieces` at the end of the page where it began."""
    if holder is not None and len(pieces) > 1:
        holder.blocks[-1] = BROKEN_WORD.sub(_joint, "\n".join(pieces)).replace("\n", " ")


def _continues(end: str, start: str, *, is_first: bool) -> bool:
    """Whether `start` goes on with the paragraph whose last piece so far is `end`."""
    if (is_first and kind(end) != "paragraph") or kind(start) != "paragraph":
        return False
    return start[0].islower() and SENTENCE_END.search(end) is None


def _level_headings(pages: list[Page]) -> None:
    levels = [
        len(match[1]) for page in pages for block in page.blocks if (match := HEADING.match(block))
    ]
    if not levels:
        return
    top = min(levels)
    open_levels: list[int] = []  # the original levels of the headings that are open
    for page in pages:
        for place, block in enumerate(page.blocks):
            match = HEADING.match(block.split("\n", 1)[0])
            if match is None:
                continue
            level = len(match[1])
            while open_levels and open_levels[-1] >= level:
                open_levels.pop()
            open_levels.append(level)
            deep = min(len(open_levels), level - top + 1)
            page.blocks[place] = "#" * deep + block[level:]
