"""Clean-up for retrieval: the rules of `auto_optimize`, each one deterministic.

1. Running headers and footers: a short block among the first or last two of a page that comes back
   on at least three pages and on half of all pages is taken out; one number in it may count pages.
   A page that holds nothing else keeps all of it.
2. Page numbers: a first or last block such as "Page 3 of 9" is taken out; a bare number only if at
   least two pages have one in that place.
3. In Markdown that others wrote, words broken at the end of a line are joined, then the lines of a
   paragraph.
4. A paragraph that a page break cut in two is joined on the earlier page.
5. Headings begin at level 1 and never skip a level on the way down.

Rules 1, 2 and 4 are for texts without places: where blocks have boxes, layout/running.py and
layout/joining.py have told more surely by these.

What is taken out stays in the Document as header or footer, and the warnings name it.
docs/conversion.md explains the rules with examples.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from .document import Block, Code, Document, Heading, Markup, Paragraph, Part, Span, Table, text_of
from .markdown import kind

RUNNING = frozenset(("header", "footer"))
MAX_RUNNING_LENGTH = 120  # characters
MIN_RUNNING_PAGES = 3
EDGE_BLOCKS = 2
MOST_NAMED = 3  # running lines in a warning
LONGEST_NAMED = 60  # characters

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

Pages = list[tuple[int, list[Block]]]


def clean_up(document: Document) -> None:
    """Apply all rules to `document` in place."""
    # Readers that know places have told running lines and joined pages by these.
    has_places = any(block.box for block in document.blocks)
    if document.pages:
        pages = _body_by_page(document)
        gone = [block for block in document.blocks if block.box and block.part in RUNNING]
        if not has_places:
            gone = [*_remove_running_lines(pages), *_remove_page_numbers(pages)]
        if gone:
            document.warnings.append(_said(gone))
    for block in document.blocks:
        if isinstance(block, Markup):
            block.text = _unwrap(block.text, always=bool(document.pages))
    if document.pages and not has_places:
        _join_across_pages(document)
    _level_headings([block for block in document.blocks if isinstance(block, Heading)])


def _body_by_page(document: Document) -> Pages:
    blocks: dict[int, list[Block]] = defaultdict(list)
    for block in document.blocks:
        if block.part == "body":
            blocks[block.page or 1].append(block)
    return [(page.number, blocks[page.number]) for page in document.pages]


def _edges(blocks: Sequence[Block]) -> list[int]:
    """Positions of the blocks at the top and at the bottom of a page."""
    count = len(blocks)
    return sorted({*range(min(EDGE_BLOCKS, count)), *range(max(0, count - EDGE_BLOCKS), count)})


def _running_keys(block: Block, page: int) -> set[str]:
    """What must be the same on other pages: the text, or the text with one number as page + n."""
    shown = text_of(block)
    if len(shown) > MAX_RUNNING_LENGTH or isinstance(block, (Table, Code)):
        return set()
    if isinstance(block, Markup) and kind(block.text) in {"table", "code", "comment"}:
        return set()
    text = " ".join(shown.split()).casefold()
    if isinstance(block, Heading):  # chapters may count with the pages, too
        return {text}
    numbers = NUMBER.finditer(text)
    return {text} | {
        f"{text[: n.start()]}page{int(n[0]) - page:+d}{text[n.end() :]}" for n in numbers
    }


def _remove_running_lines(pages: Pages) -> Iterator[Block]:
    keys = [{i: _running_keys(blocks[i], page) for i in _edges(blocks)} for page, blocks in pages]
    seen = Counter(key for of_page in keys for key in set().union(*of_page.values()))
    needed = max(MIN_RUNNING_PAGES, len(pages) / 2)
    running = {key for key, count in seen.items() if count >= needed}
    for (_, blocks), of_page in zip(pages, keys, strict=True):
        doomed = [i for i, own in of_page.items() if running & own]
        if len(doomed) < len(blocks):  # a page of nothing else is a form, not a header
            yield from _taken_out(blocks, doomed)


def _remove_page_numbers(pages: Pages) -> Iterator[Block]:
    for place in (0, -1):
        holders = [blocks for _, blocks in pages if blocks]
        bare = [blocks for blocks in holders if BARE_NUMBER.fullmatch(text_of(blocks[place]))]
        named = [blocks for blocks in holders if PAGE_NUMBER.fullmatch(text_of(blocks[place]))]
        for blocks in named + (bare if len(bare) > 1 else []):
            yield from _taken_out(blocks, [place % len(blocks)])


def _taken_out(blocks: list[Block], places: Sequence[int]) -> Iterator[Block]:
    """Take the blocks at `places`, which rise, from `blocks`: they are running lines."""
    middle = len(blocks) / 2
    for place in places:
        part: Part = "header" if place < middle else "footer"
        blocks[place].part = part
        yield blocks[place]
    for place in reversed(places):
        del blocks[place]


def _said(gone: Sequence[Block]) -> str:
    """One sentence about running lines; those with a number in them count as one."""
    counts = Counter(NUMBER.sub("#", " ".join(text_of(block).split())) for block in gone)
    examples = {NUMBER.sub("#", " ".join(text_of(b).split())): text_of(b) for b in reversed(gone)}
    named = ", ".join(
        f"“{' '.join(examples[key].split())[:LONGEST_NAMED]}” ({count}×)"
        for key, count in counts.most_common(MOST_NAMED)
    )
    more = f" and {len(counts) - MOST_NAMED} others" if len(counts) > MOST_NAMED else ""
    return f"Running headers, footers and page numbers were left out: {named}{more}."


def _unwrap(text: str, *, always: bool) -> str:
    if kind(text) != "paragraph" or "\n" not in text:
        return text
    joined = BROKEN_WORD.sub(_joint, text)
    lines = joined.split("\n")
    if any(line.endswith(("  ", "\\")) for line in lines[:-1]):
        return text
    wrapped = all(len(line) >= WRAPPED_LINE for line in lines[:-1])
    return " ".join(line.strip() for line in lines) if always or wrapped else text


def _joint(match: re.Match[str]) -> str:
    """Nothing between two halves of a word; the hyphen stays before a capital: Anglo-\\nSaxon."""
    return "-" if match.string[match.end()].isupper() else ""


def _join_across_pages(document: Document) -> None:
    # A paragraph may go on over thousands of pages: its pieces are joined once, at its end.
    joined: list[Block] = []
    pieces: list[Block] = []
    last: Block | None = None  # of the body
    for block in document.blocks:
        if block.part != "body":
            joined.append(block)
            continue
        if last is not None and block.page != last.page and _continues(last, block):
            pieces.append(block)
        else:
            _close(pieces)
            pieces = [block]
            joined.append(block)
        last = block
    _close(pieces)
    document.blocks = joined


def _close(pieces: Sequence[Block]) -> None:
    """Put the paragraph made of `pieces` where it began."""
    if len(pieces) < 2:
        return
    first = pieces[0]
    if isinstance(first, Markup):
        whole = "\n".join(text_of(piece) for piece in pieces)
        first.text = BROKEN_WORD.sub(_joint, whole).replace("\n", " ")
    elif isinstance(first, Paragraph):
        first.spans = list(_glued(pieces))


def _glued(pieces: Sequence[Block]) -> Iterator[Span]:
    for number, piece in enumerate(pieces):
        spans = piece.spans if isinstance(piece, Paragraph) else [Span(text_of(piece))]
        yield from spans
        following = text_of(pieces[number + 1]) if number + 1 < len(pieces) else ""
        if not following or not spans:
            continue
        ends = f"{spans[-1].text[-3:]}\n{following[:1]}"
        whole = BROKEN_WORD.sub(_joint, ends)
        if whole == ends:
            yield Span(" ")
        elif "-" not in whole:
            spans[-1].text = spans[-1].text[:-1]


def _continues(last: Block, block: Block) -> bool:
    """Whether `block` goes on with the paragraph that `last` is or ends."""
    if type(last) is not type(block) or not isinstance(block, (Paragraph, Markup)):
        return False
    end, start = text_of(last), text_of(block)
    is_paragraph = isinstance(block, Paragraph) or (kind(end) == kind(start) == "paragraph")
    return is_paragraph and start[:1].islower() and SENTENCE_END.search(end) is None


def _level_headings(headings: Sequence[Heading]) -> None:
    top = min((heading.level for heading in headings), default=1)
    open_levels: list[int] = []  # the original levels of the headings that are open
    for heading in headings:
        level = heading.level
        while open_levels and open_levels[-1] >= level:
            open_levels.pop()
        open_levels.append(level)
        heading.level = min(len(open_levels), level - top + 1)
