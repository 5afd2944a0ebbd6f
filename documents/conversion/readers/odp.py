"""OpenDocument presentations (ODP): each slide is a page, in the order people read it.

Hidden slides are kept apart as hidden, comments as comments, both with a warning; what runs along
the edge of slides is a footer. Speaker notes stand under their slide (ODF 1.3 part 3, 3.7, 10.9).
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from lxml import etree

from .. import errors
from ..document import Block, Box, Document, Heading, ListItem, PageInfo, Paragraph, Part, Span
from .elements import name_of
from .odf_flow import Flow
from .odf_lists import length
from .odf_names import DRAW, FO, OFFICE, PRESENTATION, STYLE, SVG, TRUE
from .odf_source import source_text
from .opendocument import parts, properties, warnings
from .packages import Package
from .placing import Placed, arranged
from .slides import PictureFile, Slides
from .spans import joined
from .told import counted

RUNNING = {"footer": "footer", "date-time": "footer", "page-number": "footer", "header": "header"}
MAX_DEPTH = 30  # groups in groups
MOVED = re.compile(r"translate ?\( ?(-?[\d.]{1,12}\w\w) (-?[\d.]{1,12}\w\w) ?\)")


def read_presentation(package: Package) -> Slides:
    """The presentation in `package`. Raises EngineError if it holds none."""
    root, common = parts(package)
    body = root.find(f"{OFFICE}body/{OFFICE}presentation")
    if body is None:
        raise errors.EngineError("content.xml holds no presentation")
    reader = _Reader(Flow(package, root, common), common, body)
    for number, page in enumerate(body.iterchildren(f"{DRAW}page"), start=1):
        reader.read(page, number)
    reader.document.title, reader.document.language = properties(package, common)
    return Slides(reader.finished(), reader.pictures, source_text(body, reader.hidden))


class _Reader:
    """Reads slides one after the other into one document."""

    def __init__(self, flow: Flow, common: etree._Element, body: etree._Element) -> None:
        self._flow = flow
        self._sizes = _page_sizes(common)
        self._declared = {
            (name_of(e).removesuffix("-decl"), e.get(f"{PRESENTATION}name", "")): e.text or ""
            for e in body
            if name_of(e).endswith("-decl")
        }
        self._hidden_slides: list[int] = []
        self._title_level = 1
        self.document = Document()
        self.pictures: list[PictureFile] = []
        self.hidden: set[etree._Element] = set()

    def read(self, page: etree._Element, number: int) -> None:
        """Add one slide."""
        width, height = self._sizes.get(page.get(f"{DRAW}master-page-name", ""), (0.0, 0.0))
        self.document.pages.append(PageInfo(number, width=width, height=height))
        known = len(self._flow.objects.pictures)
        titles: list[Block] = []
        kinds = {shape.get(f"{PRESENTATION}class") for shape in _shapes(page)}
        running: list[Block] = []
        placed = [self._placed(shape, titles, running, 0) for shape in _shapes(page)]
        found = [*titles, *arranged(placed), *running, *self._lines(page), *self._notes(page)]
        style = self._flow.styles.of("drawing-page", page.get(f"{DRAW}style-name"))
        if style.page_visibility == "hidden":
            self._hidden_slides.append(number)
            self.hidden.add(page)
            found = [replace(b, part="hidden") if b.part != "comment" else b for b in found]
        for block in found:
            block.page = number
            self.document.blocks.append(block)
        if number == 1 and "subtitle" in kinds:
            self._title_level = 2
        new = self._flow.objects.pictures[known:]
        self.pictures += [PictureFile(number, part) for part in new]

    def finished(self) -> Document:
        """The document, with warnings of what was left out."""
        if self._hidden_slides:
            numbers = ", ".join(map(str, self._hidden_slides))
            left_out = counted(len(self._hidden_slides), "hidden slide")
            self.document.warnings.append(f"{left_out} left out: {numbers}.")
        self.document.warnings += warnings(self._flow.counts)
        return self.document

    def _placed(
        self, shape: etree._Element, titles: list[Block], running: list[Block], depth: int
    ) -> Placed:
        if name_of(shape) == "g" and depth < MAX_DEPTH:
            members = [self._placed(s, titles, running, depth + 1) for s in _shapes(shape)]
            return Placed(members=members)
        kind = shape.get(f"{PRESENTATION}class", "")
        if shape.get(f"{PRESENTATION}placeholder") == TRUE:  # it shows what to enter
            return Placed()
        box = _box(shape)
        blocks = self._blocks(shape)
        part: Part = "header" if kind == "header" else "footer"
        for block in blocks:
            block.box = box
            if kind in RUNNING:
                block.part = part
        if kind == "title":
            titles += _title(blocks, self._title_level)
        elif kind in RUNNING:
            running += blocks
        else:
            return Placed(blocks, box)
        return Placed()

    def _blocks(self, shape: etree._Element) -> list[Block]:
        if name_of(shape) == "annotation":
            return list(self._flow.comment(shape))
        return list(self._flow.frame(shape))

    def _lines(self, page: etree._Element) -> Iterator[Block]:
        """What its master shows along the edge of a slide: header, footer and date."""
        style = self._flow.styles.of("drawing-page", page.get(f"{DRAW}style-name"))
        for kind in ("header", "footer", "date-time"):
            name = page.get(f"{PRESENTATION}use-{kind}-name")
            text = self._declared.get((kind, name or ""), "").strip()
            if name and text and kind in style.shown_lines:
                yield Paragraph([Span(text)], part="header" if kind == "header" else "footer")

    def _notes(self, page: etree._Element) -> list[Block]:
        notes = page.find(f"{PRESENTATION}notes")
        blocks: list[Block] = []
        for frame in _shapes(notes) if notes is not None else ():
            kind = frame.get(f"{PRESENTATION}class", "notes")
            is_empty = frame.get(f"{PRESENTATION}placeholder") == TRUE
            if not is_empty and kind not in {*RUNNING, "page"}:
                blocks += self._flow.frame(frame)
        for block in blocks:
            block.part = "speaker_notes"
        return blocks


def _shapes(container: etree._Element) -> Iterator[etree._Element]:
    """What stands on a slide, in a group or on a page of notes; links around shapes dissolve."""
    for child in container:
        if child.tag == f"{DRAW}a":
            yield from (shape for shape in child if name_of(shape))
        elif name_of(child) == "annotation" or str(child.tag).startswith(DRAW):
            yield child


def _title(blocks: list[Block], level: int) -> list[Block]:
    """The paragraphs of a title as one heading."""
    texts = [b for b in blocks if isinstance(b, (Paragraph, Heading, ListItem))]
    spans = joined(span for block in texts for span in [*block.spans, Span(" ")])
    if not spans:
        return blocks
    spans = [replace(span, bold=False, text=span.text.replace("\n", " ")) for span in spans]
    others = [block for block in blocks if block not in texts]
    return [Heading(spans, level, box=texts[0].box), *others]


def _box(shape: etree._Element) -> Box | None:
    """Where a shape stands; one that is turned at least begins where it was moved to."""
    width, height = length(shape.get(f"{SVG}width")), length(shape.get(f"{SVG}height"))
    x, y = shape.get(f"{SVG}x"), shape.get(f"{SVG}y")
    moved = MOVED.search(shape.get(f"{DRAW}transform", "")) if x is None else None
    if moved is not None:
        x, y = moved[1], moved[2]
    if x is None:
        x, y = shape.get(f"{SVG}x1"), shape.get(f"{SVG}y1")
    if x is None:
        return None
    left, top = length(x), length(y)
    return Box(left, top, left + width, top + height)


def _page_sizes(common: etree._Element) -> dict[str, tuple[float, float]]:
    """Width and height in points, by the names of master pages."""
    layouts: dict[str, tuple[float, float]] = {}
    for layout in common.iter(f"{STYLE}page-layout"):
        page = layout.find(f"{STYLE}page-layout-properties")
        if page is not None:
            size = length(page.get(f"{FO}page-width")), length(page.get(f"{FO}page-height"))
            layouts[layout.get(f"{STYLE}name", "")] = size
    return {
        master.get(f"{STYLE}name", ""): layouts.get(
            master.get(f"{STYLE}page-layout-name", ""), (0.0, 0.0)
        )
        for master in common.iter(f"{STYLE}master-page")
    }
