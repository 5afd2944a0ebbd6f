"""The layout blocks of one PDF page as Markdown: lists, tables, links, paragraphs, form values."""

import re
import statistics
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from .markdown import clean_text, escape_tags, table

MAX_HEADING = 200  # characters; longer ones are bold paragraphs
PARAGRAPH_GAP = 1.3  # distance of two lines against the usual one
LINK_SCHEMES = ("http://", "https://", "mailto:")
MIN_ANCHOR = 20  # characters of a line that are looked up in the text of its block
# Alef, alef with a sign, lam: no word has these. It is the ligature of lam and the second alef,
# which the text layer names in reading order and the layout parser has turned round.
TURNED_LAM_ALEF = re.compile("\u0627([\u0622\u0623\u0625])\u0644")


def page_blocks(page: Any) -> list[str]:
    """Markdown blocks of a page that liteparse has taken apart, in reading order."""
    blocks: list[str] = []
    previous = None
    for block in page.blocks or []:
        for kind, text in _rendered(block, page):
            if kind == "list_item" and previous == "list_item":
                blocks[-1] += "\n" + text
            else:
                blocks.append(text)
            previous = kind
    blocks += _form_values(page, "\n".join(blocks))
    return _linked(blocks, page)


def _rendered(block: Any, page: Any) -> Iterator[tuple[str, str]]:
    """The kind and the Markdown of each part of one layout block."""
    match block.kind:
        case "heading" | "paragraph":
            yield from _text_parts(block, page)
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
    if not re.fullmatch(r"-|\d{1,9}[.)]", marker):
        marker = f"- {marker}" if block.ordered else "-"
    return "   " * (block.level or 0) + f"{marker} {escape_tags(block.text or '')}"


def _text_parts(block: Any, page: Any) -> Iterator[tuple[str, str]]:
    text = TURNED_LAM_ALEF.sub("\u0627\u0644\\1", (block.text or "").strip())
    if not text:
        return
    items = _numbered_items(text, page)
    if items:
        yield from (("list_item", escape_tags(item)) for item in items)
        return
    if block.kind == "heading" and len(text) <= MAX_HEADING:
        yield "heading", "#" * max(1, min(6, block.level or 1)) + " " + escape_tags(text)
        return
    for part in _paragraphs(text, block, page):
        yield "paragraph", escape_tags(part)


def _numbered_items(text: str, page: Any) -> list[str]:
    """The items of a numbered list that was taken for one block; empty if it is none.

    Each number must stand at the start of a line on the page, so that a sentence such as "see
    1. and 2." stays one.
    """
    starts = {match[1] for item in page.text_items if (match := re.match(r"(\d+[.)]) ", item.text))}
    items: list[str] = []
    rest = text
    for number in range(1, 1000):
        match = re.match(rf"{number}([.)]) ", rest)
        if match is None or match[0].strip() not in starts:
            break
        following = re.search(rf" (?={number + 1}[.)] )", rest)
        items.append(rest[: following.start()] if following else rest)
        rest = rest[following.end() :] if following else ""
    return items if len(items) > 1 and not rest else []


def _paragraphs(text: str, block: Any, page: Any) -> list[str]:
    """`text` cut where the page leaves more room between two lines than usual."""
    lines = _lines_inside(block, page)
    gaps = [below[0] - above[0] for above, below in pairwise(lines)]
    if len(gaps) < 2:
        return [text]
    usual = statistics.median_low(gaps)
    parts = []
    for gap, (_, first_words) in zip(gaps, lines[1:], strict=True):
        place = text.find(first_words[:MIN_ANCHOR]) if gap > PARAGRAPH_GAP * usual else -1
        if place > 0 and text[place - 1] == " ":
            parts.append(text[: place - 1])
            text = text[place:]
    return [*parts, text]


def _lines_inside(block: Any, page: Any) -> list[tuple[float, str]]:
    """Top and text of each line within a block, from above."""
    if block.bbox is None:
        return []
    box = block.bbox
    lines: dict[int, tuple[float, str]] = {}  # top -> left and text
    for item in page.text_items:
        is_inside = (
            box.y - 1 <= item.y <= box.y + box.height and box.x - 1 <= item.x <= box.x + box.width
        )
        if is_inside and item.text.strip():
            top = round(item.y)
            known = next((y for y in lines if abs(y - top) <= 2), None)
            if known is None:
                lines[top] = (item.x, item.text.strip())
            elif item.x < lines[known][0]:
                lines[known] = (item.x, item.text.strip())
    return [(top, text) for top, (_, text) in sorted(lines.items())]


def _linked(blocks: list[str], page: Any) -> list[str]:
    """`blocks` with the links of the page around the words they lie on."""
    for annotation in page.annotations or []:
        uri = (annotation.uri or "").strip()
        if annotation.rect is None or not uri.lower().startswith(LINK_SCHEMES):
            continue
        words = clean_text(" ".join(_words_inside(annotation.rect, page)))
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


def _words_inside(rect: Any, page: Any) -> Iterator[str]:
    for item in page.text_items:
        for word in item.words:
            x, y = word.x + word.width / 2, word.y + word.height / 2
            if rect.x <= x <= rect.x + rect.width and rect.y <= y <= rect.y + rect.height:
                yield word.text


def _form_values(page: Any, text: str) -> list[str]:
    """What people have typed into the fields of a form: it is not part of the text layer."""
    lines = []
    for form in page.form_fields or []:
        value = clean_text(form.value or "").strip()
        label = clean_text(form.alternate_name or form.name or "").strip()
        if form.type in {"text", "combobox", "listbox"} and value and value not in text:
            lines.append(escape_tags(f"- {label}: {value}" if label else f"- {value}"))
    return ["\n".join(lines)] if lines else []
