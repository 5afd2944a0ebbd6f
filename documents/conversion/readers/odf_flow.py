"""Running text of OpenDocument files: headings, paragraphs, lists, tables, what is anchored there.

ODF 1.3 part 3, sections 4 and 5. Texts, slides, notes and running lines all hold it.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import NamedTuple

from lxml import etree

from ..document import (
    Block,
    Code,
    Formula,
    Heading,
    ListItem,
    Note,
    Paragraph,
    Rule,
    Span,
    plain,
)
from .elements import name_of, whole
from .flat import flattened
from .lists import Lists
from .odf_blocks import BOXES, checked, code_joined, is_code, parted
from .odf_captions import Captions
from .odf_lists import BULLET, LARGEST_NUMBER, LEVELS, Counts, Numbering
from .odf_names import DC, DRAW, TABLE, TEXT, TRUE
from .odf_objects import Objects, described
from .odf_styles import MAX_HEADING, Look, Style, Styles
from .odf_tables import read_table
from .odf_text import Inline, TextReader
from .packages import Package
from .spans import joined

MAX_DEPTH = 30  # lists, tables, sections and text boxes in each other
INDEX_LEVEL = re.compile(r"(?:contents|index) ([1-9]|10)$")
INDEXES = frozenset({
    "table-of-content", "illustration-index", "table-index", "object-index", "user-index",
    "alphabetical-index", "bibliography",
})  # fmt: skip
SKIPPED = frozenset({
    "sequence-decls", "variable-decls", "user-field-decls", "dde-connection-decls", "forms",
    "alphabetical-index-auto-mark-file", "soft-page-break", "change", "change-start", "change-end",
    "title", "desc", "glue-point", "enhanced-geometry", "event-listeners", "image-map",
    "section-source", "calculation-settings",
})  # fmt: skip
RULE_STYLES = ("horizontal line", "horizontal rule")
QUOTE_STYLES = ("quotations", "quote", "intense quote")


class Item(NamedTuple):
    """The place of a paragraph in a list."""

    style: str
    level: int
    counts: Counts
    start: int | None = None
    is_first: bool = True


class Flow:
    """Reads one part: its styles, lists and counters."""

    def __init__(self, package: Package, part: etree._Element, common: etree._Element) -> None:
        self.counts: Counter[str] = Counter()
        self.styles = Styles(part, common)
        self.objects = Objects(package, part, self.counts)
        self._numbering = Numbering(common, part)
        self._lists = Lists()
        self._inside: dict[int, int] = {}  # how many levels belong to the last item of a level
        self._text = TextReader(self.styles, self.counts, self.objects.inline)
        self._captions = Captions()
        self._page_numbers: dict[int, Block] = {}
        self.title_level: int | None = None
        self._readers: dict[str, Callable[[etree._Element, int], Iterator[Block]]] = {
            "p": self._text_block,
            "h": self._text_block,
            "list": self._outer_list,
            "numbered-paragraph": self._numbered_paragraph,
            "table": self._table,
            "annotation": self.comment,
            "tracked-changes": self._changes,
            **dict.fromkeys(INDEXES, self._index),
        }

    def blocks(self, container: etree._Element, depth: int = 0) -> list[Block]:
        """What stands in a body, a section, a cell, a text box or a note."""
        found = (block for child in container for block in self._element(child, depth))
        return self._captions.joined(code_joined(found))

    def has_page_number(self, block: Block) -> bool:
        """Whether a block shows the number of its page."""
        return id(block) in self._page_numbers

    @contextmanager
    def apart(self) -> Iterator[None]:
        """While this lasts, lists begin anew and do not end those around them."""
        lists, self._lists = self._lists, Lists()
        yield
        self._lists = lists

    def _element(self, element: etree._Element, depth: int) -> Iterator[Block]:
        name = name_of(element)
        if not name or name in SKIPPED:
            return
        read = self._readers.get(name)
        if depth > MAX_DEPTH:
            yield from self._flat(element)
        elif element.tag.startswith(DRAW) and name not in {"text-box", "a"}:
            yield from self.frame(element, depth + 1)
        elif read is not None:
            yield from read(element, depth)
        elif not self._is_hidden(element):
            yield from self.blocks(element, depth + 1)

    def _is_hidden(self, section: etree._Element) -> bool:
        display = section.get(f"{TEXT}display")
        if display == "none" or (display and section.get(f"{TEXT}is-hidden") == TRUE):
            self.counts["hidden"] += 1
            return True
        return False

    def _text_block(self, element: etree._Element, depth: int) -> Iterator[Block]:
        return self._paragraph(element, None, depth)

    def _outer_list(self, element: etree._Element, depth: int) -> Iterator[Block]:
        style = element.get(f"{TEXT}style-name") or self._list_style(element)
        counts = self._numbering.opened(element, style)
        self._inside.clear()
        return self._list(element, Item(style, 1, counts), depth + 1)

    def _list_style(self, element: etree._Element) -> str:
        """The list style of the first paragraph, where the list names none."""
        first = next(element.iter(f"{TEXT}p", f"{TEXT}h"), None)
        if first is None:
            return ""
        return self.styles.paragraph(first.get(f"{TEXT}style-name")).list_style or ""

    def _list(self, element: etree._Element, place: Item, depth: int) -> Iterator[Block]:
        for entry in element:
            if depth > MAX_DEPTH:
                yield from self._flat(entry)
            elif name_of(entry) == "list-item":
                start = entry.get(f"{TEXT}start-value")
                number = None if start is None else whole(start, 1, LARGEST_NUMBER)
                yield from self._item(entry, place._replace(start=number), depth)
            elif name_of(entry) == "list-header":
                yield from self._item(entry, place._replace(is_first=False), depth)

    def _item(self, entry: etree._Element, place: Item, depth: int) -> Iterator[Block]:
        inside = 0 if place.is_first else self._inside.get(place.level, 0)
        for child in entry:
            name = name_of(child)
            if name == "list":
                style = child.get(f"{TEXT}style-name") or place.style
                level = min(place.level + 1, LEVELS)
                yield from self._list(child, Item(style, level, place.counts), depth + 1)
                continue
            is_text = name in {"p", "h"}
            found = (
                self._paragraph(child, place, depth) if is_text else self._element(child, depth + 1)
            )
            for block in found:
                if isinstance(block, ListItem) and is_text and place.is_first:
                    inside = self._inside[place.level] = block.depth + 1
                elif block.part == "body" and not isinstance(block, ListItem):
                    block.inside += inside
                yield block
            if is_text:
                place = place._replace(is_first=False, start=None)

    def _numbered_paragraph(self, element: etree._Element, depth: int) -> Iterator[Block]:
        style = element.get(f"{TEXT}style-name") or self._list_style(element)
        counts = self._numbering.by_name(element.get(f"{TEXT}list-id", ""), style)
        level = max(1, whole(element.get(f"{TEXT}level"), 1, LEVELS))
        start = element.get(f"{TEXT}start-value")
        number = None if start is None else whole(start, 1, LARGEST_NUMBER)
        yield from self._item(element, Item(style, level, counts, number), depth)

    def _paragraph(self, element: etree._Element, item: Item | None, depth: int) -> Iterator[Block]:
        style = self.styles.paragraph(element.get(f"{TEXT}style-name"))
        look = replace(style.direct, code=style.look.code, hidden=style.look.hidden)
        inline = self._text.read(element, look)
        if inline.is_hidden:
            self.counts["hidden"] += 1
            return
        block = self._block(element, style, inline, item)
        if block is not None:
            if inline.has_page_number:
                self._page_numbers[id(block)] = block
            yield block
        yield from self._hanging(inline, depth)

    def _hanging(self, inline: Inline, depth: int) -> Iterator[Block]:
        """What a paragraph calls, and what is anchored in it."""
        with self.apart():
            for label, body in inline.notes:
                own, others = parted(self.blocks(body, depth + 1))
                if spans := flattened(own):
                    yield Note(spans, label, part="note")
                yield from others
            for comment in inline.comments:
                yield from self.comment(comment, depth)
            for frame in inline.frames:
                yield from self.frame(frame, depth + 1)

    def _block(
        self, element: etree._Element, style: Style, inline: Inline, item: Item | None
    ) -> Block | None:
        as_code = is_code(inline.spans, style)
        level = self._heading_level(element, style)
        marker = self._marker(element, style, item, level)
        spans = joined(inline.spans)
        if not spans:
            return Code("") if as_code else Rule() if style.is_a(*RULE_STYLES) else None
        if level is not None:
            self._lists.end()
            label = [Span(f"{marker} ")] if marker and marker != BULLET else []
            return Heading([*label, *(replace(span, bold=False) for span in spans)], level)
        if as_code and not marker:
            return Code(plain(inline.spans).expandtabs(4))
        if all(span.formula for span in spans) and len(spans) == 1 and not marker:
            return Formula(spans[0].text)
        if item is not None and marker:
            indent = self._numbering.level(item.style, item.level).indent
            return checked(spans, self._lists.place(item.style, item.level, indent), marker)
        text = self._running_text(spans, style)
        if item is None:
            # Indented like an item above, it belongs to that; quotations are always indented.
            is_part = isinstance(text, Paragraph) and not text.quoted
            text.inside = self._lists.continued(style.indent if is_part else None)
        return text

    def _running_text(self, spans: list[Span], style: Style) -> Block:
        if spans[0].text[:1] in BOXES:
            return checked(spans, 0, BULLET)
        paragraph = Paragraph(spans, quoted=int(style.is_a(*QUOTE_STYLES)))
        self._captions.note(paragraph, style)
        return paragraph

    def _heading_level(self, element: etree._Element, style: Style) -> int | None:
        """The level of a heading; 0 is the title of the document, None is no heading."""
        if name_of(element) == "h":
            usual = style.outline or 1
            return max(1, whole(element.get(f"{TEXT}outline-level"), usual, MAX_HEADING))
        if style.outline:
            return style.outline
        if style.is_a("title") and not style.is_a("subtitle"):
            self.title_level = 1
            return 0
        return None

    def _marker(
        self, element: etree._Element, style: Style, item: Item | None, level: int | None
    ) -> str:
        """The number or bullet that stands before a paragraph; empty if none does."""
        if item is not None:
            if not item.is_first or not style.is_numbered:
                self._numbering.passed(item.counts, item.level)
                return ""
            return self._numbering.marker(item.counts, item.style, item.level, item.start)
        if name_of(element) != "h" or not level or element.get(f"{TEXT}is-list-header") == TRUE:
            return ""
        start = element.get(f"{TEXT}start-value")
        if start is None and element.get(f"{TEXT}restart-numbering") == TRUE:
            start = "1"
        number = None if start is None else whole(start, 1, LARGEST_NUMBER)
        return self._numbering.heading(min(level, LEVELS), style.list_style, number)

    def _table(self, element: etree._Element, depth: int) -> Iterator[Block]:
        self._lists.end()
        called: list[Block] = []

        def read_cell(cell: etree._Element) -> list[Block]:
            with self.apart():
                own, others = parted(self.blocks(cell, depth + 1))
            called.extend(others)
            return own

        if element.get(f"{TABLE}display") != "false":
            yield from read_table(element, read_cell)
            yield from called

    def _index(self, element: etree._Element, depth: int) -> Iterator[Block]:
        """A table of contents or another index, as a list."""
        for paragraph in element.iter(f"{TEXT}p", f"{TEXT}h"):
            style = self.styles.paragraph(paragraph.get(f"{TEXT}style-name"))
            inline = self._text.read(paragraph, Look())
            spans = joined(inline.spans)
            around = paragraph.getparent()
            if not spans:
                continue
            if around is not None and name_of(around) == "index-title":
                yield Paragraph(spans)
                continue
            levels = (INDEX_LEVEL.search(name) for name in style.names)
            level = next((int(match[1]) for match in levels if match), 1)
            yield ListItem(spans, depth=level - 1)
        self._lists.end()

    def comment(self, comment: etree._Element, depth: int = 0) -> Iterator[Block]:
        author = " ".join((comment.findtext(f"{DC}creator") or "").split())
        with self.apart():
            texts = (e for e in comment if name_of(e) in {"p", "list"})
            words = flattened([b for text in texts for b in self._element(text, depth + 1)])
        self.counts["comments"] += 1
        yield Paragraph([Span(f"{author}: " if author else ""), *words], part="comment")

    def frame(self, frame: etree._Element, depth: int = 0) -> Iterator[Block]:
        """What a frame, a drawing or a group of them holds."""
        name = name_of(frame)
        with self.apart():
            if depth > MAX_DEPTH:
                yield from self._flat(frame)
            elif name == "frame":
                yield from self._framed(frame, depth)
            elif name == "control":
                span = self.objects.inline(frame)
                if span is not None:
                    yield self._running_text(joined([span]), Style())
            else:
                blocks = self.blocks(frame, depth)
                yield from blocks or described(frame)

    def _framed(self, frame: etree._Element, depth: int) -> Iterator[Block]:
        """A frame holds the same in several forms; the first that is known here counts."""
        for child in frame:
            if child.tag == f"{DRAW}text-box":
                yield from self.blocks(child, depth + 1)
                return
            if child.tag == f"{TABLE}table":
                yield from self._table(child, depth + 1)
                return
        if latex := self.objects.formula(frame):
            yield Formula(latex)
            return
        yield from self.objects.blocks(frame)

    def _changes(self, changes: etree._Element, _depth: int) -> Iterator[Block]:
        """Recorded changes are counted; what was deleted is kept in here and not read."""
        for region in changes.iter(f"{TEXT}insertion", f"{TEXT}deletion"):
            self.counts[name_of(region) + "s"] += 1
        return iter(())

    def _flat(self, element: etree._Element) -> Iterator[Block]:
        """What lies deeper than anybody would look, as one paragraph."""
        spans = joined([Span(" ".join(map(str, element.itertext())))])
        self.counts["deep"] += 1
        if spans:
            yield Paragraph(spans)
