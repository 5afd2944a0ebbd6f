"""The layout blocks of one PDF page as Markdown: lists, tables, links, paragraphs, form values."""

import math
import re
import statistics
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import islice, pairwise
from typing import Any

from ..markdown import clean_text, escape_tags, table

MAX_HEADING = 200  # characters; longer ones are bold paragraphs
PARAGRAPH_GAP = 1.3  # distance of two lines against the usual one
LINK_SCHEMES = ("http://", "https://", "mailto:")
MAX_LINKS = 2000  # of one page; each is looked for in all of its text
MIN_ANCHOR = 20  # characters of a line that are looked up in the text of its block
# Alef, alef with a sign, lam: no word has these. It is the ligature of lam and the second alef,
# which the text layer names in reading order and the layout parser has turned round.
TURNED_LAM_ALEF = re.compile("\u0627([\u0622\u0623\u0625])\u0644")
ITEM_NUMBER = re.compile(r"\A(\d+[.)]) ")
MARKER = re.compile(r"-|\d{1,9}[.)]")


class _Places:
    """The text of one page by its place: each look-up reads what is near, not the whole page."""

    def __init__(self, items: Sequence[Any]) -> None:
        self._items = items
        self._tops = sorted((item.y, number) for number, item in enumerate(items))
        words = (word for item in items for word in item.words)
        # Middle, place in the order of reading, text; sorted by height.
        self._words = sorted(
            (word.y + word.height / 2, number, word.x + word.width / 2, word.text)
            for number, word in enumerate(words)
        )

    def starting_between(self, top: float, bottom: float) -> Iterator[Any]:
        """Items whose upper edge lies between `top` and `bottom`, in the order of reading."""
        first = bisect_left(self._tops, (top,))
        last = bisect_right(self._tops, (bottom, math.inf))
        return (self._items[number] for number in sorted(n for _, n in self._tops[first:last]))

    def words_inside(self, rect: Any) -> list[str]:
        """Words whose middle lies within `rect`, in the order of reading."""
        first = bisect_left(self._words, (rect.y,))
        last = bisect_right(self._words, (rect.y + rect.height, math.inf))
        inside = [
            (number, text)
            for _, number, x, text in self._words[first:last]
            if rect.x <= x <= rect.x + rect.width
        ]
        return [text for _, text in sorted(inside)]

    @cached_property
    def numbers(self) -> set[str]:
        """Numbers such as "1." that a line of the page begins with."""
        found = (ITEM_NUMBER.match(item.text) for item in self._items)
        return {match[1] for match in found if match}


def page_blocks(page: Any) -> list[str]:
    """Markdown blocks of a page that liteparse has taken apart, in reading order."""
    blocks: list[str] = []
    previous = None
    places = _Places(page.text_items)
    for block in page.blocks or []:
        for kind, text in _rendered(block, places):
            if kind == "list_item" and previous == "list_item":
                blocks[-1] += "\n" + text
            else:
                blocks.append(text)
            previous = kind
    blocks += _form_values(page, "\n".join(blocks))
    return _linked(blocks, page.annotations or [], places)


def _rendered(block: Any, places: _Places) -> Iterator[tuple[str, str]]:
    """The kind and the Markdown of each part of one layout block."""
    match block.kind:
        case "heading" | "paragraph":
            yield from _text_parts(block, places)
        case "list_item":
            yield "list_item", _list_item(block)
        case "table":
            rows = [block.header or [], *(block.rows or [])]
            yield "table", escape_tags(table([[cell.text for cell in row] for row in rows if row]))
        case "code" | "grid_fallback":
            lines = "\n".join(block.lines or [])
            if lines.strip():
                yield "code", f"```{block.lang or 'text'}\n{lines}\n```"


def _list_item(block: Any) -> str:
    marker = block.marker.strip() if block.ordered and block.marker else "-"
    if not MARKER.fullmatch(marker):
        marker = f"- {marker}" if block.ordered else "-"
    return "   " * (block.level or 0) + f"{marker} {escape_tags(block.text or '')}"


def _text_parts(block: Any, places: _Places) -> Iterator[tuple[str, str]]:
    text = TURNED_LAM_ALEF.sub("\u0627\u0644\\1", (block.text or "").strip())
    if not text:
        return
    items = _numbered_items(text, places)
    if items:
        yield from (("list_item", escape_tags(item)) for item in items)
        return
    if block.kind == "heading" and len(text) <= MAX_HEADING:
        yield "heading", "#" * max(1, min(6, block.level or 1)) + " " + escape_tags(text)
        return
    for part in _paragraphs(text, block, places):
        yield "paragraph", escape_tags(part)


def _numbered_items(text: str, places: _Places) -> list[str]:
    """The items of a numbered list that was taken for one block; empty if it is none.

    Each number must stand at the start of a line on the page, so that a sentence such as "see
    1. and 2." stays one.
    """
    items: list[str] = []
    start = 0
    for number in range(1, 1000):
        marker = next(
            (m for m in (f"{number}.", f"{number})") if text.startswith(f"{m} ", start)), ""
        )
        if marker not in places.numbers:
            break
        following = [text.find(f" {number + 1}{sign} ", start) for sign in ".)"]
        end = min((place for place in following if place >= 0), default=len(text))
        items.append(text[start:end])
        start = end + 1
    return items if len(items) > 1 and start > len(text) else []


def _paragraphs(text: str, block: Any, places: _Places) -> list[str]:
    """`text` cut where the page leaves more room between two lines than usual."""
    lines = _lines_inside(block, places)
    gaps = [below[0] - above[0] for above, below in pairwise(lines)]
    if len(gaps) < 2:
        return [text]
    usual = statistics.median_low(gaps)
    parts = []
    start = 0
    for gap, (_, first_words) in zip(gaps, lines[1:], strict=True):
        if gap <= PARAGRAPH_GAP * usual:
            continue
        place = text.find(first_words[:MIN_ANCHOR], start)
        if place > start and text[place - 1] == " ":
            parts.append(text[start : place - 1])
            start = place
    return [*parts, text[start:]]


def _lines_inside(block: Any, places: _Places) -> list[tuple[float, str]]:
    """Top and text of each line within a block, from above."""
    if block.bbox is None:
        return []
    box = block.bbox
    lines: dict[int, tuple[float, str]] = {}  # top -> left and text
    for item in places.starting_between(box.y - 1, box.y + box.height):
        text = item.text.strip()
        if not (box.x - 1 <= item.x <= box.x + box.width and text):
            continue
        top = round(item.y)
        known = next((y for y in range(top - 2, top + 3) if y in lines), None)
        if known is None:
            lines[top] = (item.x, text)
        elif item.x < lines[known][0]:
            lines[known] = (item.x, text)
    return [(top, text) for top, (_, text) in sorted(lines.items())]


def _linked(blocks: list[str], annotations: Iterable[Any], places: _Places) -> list[str]:
    """`blocks` with the links of the page around the words they lie on."""
    for annotation in islice(annotations, MAX_LINKS):
        uri = (annotation.uri or "").strip()
        if annotation.rect is None or not uri.lower().startswith(LINK_SCHEMES):
            continue
        words = clean_text(" ".join(places.words_inside(annotation.rect)))
        target = uri.replace(" ", "%20").replace("(", "%28").replace(")", "%29")
        place = next((i for i, block in enumerate(blocks) if words and words in block), None)
        if (
            place is not None
            and f"]({target})" not in blocks[place]
            and not _is_code(blocks[place])
        ):
            blocks[place] = blocks[place].replace(words, f"[{words}]({target})", 1)
    return blocks


def _is_code(block: str) -> bool:
    return block.startswith("```")


def _form_values(page: Any, text: str) -> list[str]:
    """What people have typed into the fields of a form: it is not part of the text layer."""
    lines = []
    for form in page.form_fields or []:
        value = clean_text(form.value or "").strip()
        label = clean_text(form.alternate_name or form.name or "").strip()
        if form.type in {"text", "combobox", "listbox"} and value and value not in text:
            lines.append(escape_tags(f"- {label}: {value}" if label else f"- {value}"))
    return ["\n".join(lines)] if lines else []
