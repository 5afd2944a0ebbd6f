"""Presentations of PowerPoint: each slide is a page, what stands on it in the order it is read.

Hidden slides and shapes are kept apart as hidden, comments as comments, both with a warning; what
runs along the edge of slides is a footer. Speaker notes stand under their slide.
"""

from collections import Counter
from dataclasses import replace
from typing import NamedTuple

from lxml import etree

from .. import errors
from ..document import Block, Document, Heading, PageInfo, Part, Picture, Span
from .charts import chart_table
from .diagrams import diagram_items
from .elements import name_of
from .open_xml import Relation, first_of, reference, relations
from .packages import Package
from .placing import Placed, arranged
from .slide_comments import comments
from .slide_layouts import RUNNING, TITLES, Layout, Layouts
from .slide_shapes import DRAWING, SLIDE, Shape, flat, points, shapes
from .slide_tables import read_table
from .slide_text import link_of, text_blocks
from .told import counted

FILE_NAME = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".emf", ".wmf", ".svg")
DECORATION = "{http://schemas.microsoft.com/office/drawing/2017/decorative}decorative"
FALSE = frozenset({"0", "false"})
USUAL_MAIN = "ppt/presentation.xml"


class PictureFile(NamedTuple):
    """A picture on a page, by the name of its part."""

    page: int
    part: str


class Slides(NamedTuple):
    """A presentation and the pictures on its slides."""

    document: Document
    pictures: list[PictureFile]


def read_powerpoint(package: Package) -> Slides:
    """The presentation in `package`. Raises EngineError if it holds none."""
    main = first_of(relations(package, ""), "officeDocument") or USUAL_MAIN
    root = package.tree(main)
    if root is None:
        raise errors.EngineError(f"{main} is missing or damaged")
    related = relations(package, main)
    listed = root.find(f"{SLIDE}sldIdLst")
    parts = [related.get(reference(entry)) for entry in (listed if listed is not None else ())]
    size = root.find(f"{SLIDE}sldSz")
    width, height = (points(size.get("cx")), points(size.get("cy"))) if size is not None else (0, 0)
    layouts = Layouts(package, root.find(f"{SLIDE}defaultTextStyle"))
    reader = _Reader(package, layouts)
    for number, relation in enumerate(parts, start=1):
        reader.page = PageInfo(number, width=width, height=height)
        reader.read(relation.target if relation is not None else "")
    return Slides(reader.finished(), reader.pictures)


class _Reader:
    """Reads slides one after the other into one document."""

    def __init__(self, package: Package, layouts: Layouts) -> None:
        self._package, self._layouts = package, layouts
        self._document = Document()
        self._related: dict[str, Relation] = {}
        self._hidden_slides: list[int] = []
        self._counts: Counter[str] = Counter()
        self._title_level = 1
        self.page = PageInfo(0)
        self.pictures: list[PictureFile] = []

    def read(self, part: str) -> None:
        """Add the slide in `part`."""
        self._document.pages.append(self.page)
        root = self._package.tree(part)
        if root is None:
            self.page.unread, self.page.trouble = True, "it is damaged"
            return
        self._related = relations(self._package, part)
        layout = self._layouts.of(first_of(self._related, "slideLayout"))
        titles, placed, running = self._shapes(root, layout)
        blocks = [*titles, *arranged(placed), *running, *self._notes()]
        found = comments(self._package, self._related)
        self._counts["comments"] += len(found)
        if root.get("show") in FALSE:
            self._hidden_slides.append(self.page.number)
            blocks = [replace(block, part="hidden") for block in blocks]
        for block in (*blocks, *found):
            block.page = self.page.number
            self._document.blocks.append(block)
        if layout.is_title and self.page.number == 1:
            self._title_level = 2

    def finished(self) -> Document:
        """The document, with warnings of what was left out."""
        counts, warnings = self._counts, self._document.warnings
        if self._hidden_slides:
            numbers = ", ".join(map(str, self._hidden_slides))
            count = len(self._hidden_slides)
            warnings.append(f"{counted(count, 'hidden slide')} left out: {numbers}.")
        for kind in ("hidden shape", "comment", "embedded object"):
            if counts[kind + "s"]:
                verb = "not read" if kind == "embedded object" else "left out"
                warnings.append(f"{counted(counts[kind + 's'], kind)} {verb}.")
        titles = (b for b in self._document.blocks if isinstance(b, Heading) and b.part == "body")
        first = next(titles, None)
        if first is not None and first.page == 1:
            self._document.title = "".join(span.text for span in first.spans)
        return self._document

    def _shapes(
        self, root: etree._Element, layout: Layout
    ) -> tuple[list[Block], list[Placed], list[Block]]:
        """Titles, what stands anywhere, and running lines."""
        titles: list[Block] = []
        running: list[Block] = []

        def placed(shape: Shape) -> Placed:
            if shape.inside:
                group = Placed(members=[placed(member) for member in shape.inside])
                group.members.append(Placed(_described(shape), shape.box))
                return group
            kind = shape.placeholder.kind if shape.placeholder is not None else ""
            box = layout.box(shape)
            blocks = self._blocks(shape, layout)
            part: Part = "header" if kind == "hdr" else "footer" if kind in RUNNING else "body"
            for block in blocks:
                block.box = box
                block.part = "hidden" if shape.is_hidden else part
            if shape.is_hidden and blocks:
                self._counts["hidden shapes"] += 1
            if kind in TITLES:
                titles.extend(self._titles(blocks))
                return Placed()
            if kind in RUNNING:
                running.extend(blocks)
                return Placed()
            return Placed(blocks, box)

        tree = root.find(f"{SLIDE}cSld/{SLIDE}spTree")
        return titles, [placed(shape) for shape in shapes(tree)], running

    def _titles(self, blocks: list[Block]) -> list[Block]:
        """The paragraphs of a title as one heading."""
        spans = [span for block in blocks for span in [*getattr(block, "spans", []), Span(" ")]]
        if not spans:
            return blocks
        level = self._title_level
        first = blocks[0]
        spans = [
            replace(span, bold=False, text=span.text.replace("\n", " ")) for span in spans[:-1]
        ]
        return [Heading(spans, level=level, box=first.box, part=first.part)]

    def _blocks(self, shape: Shape, layout: Layout) -> list[Block]:
        if shape.kind == "graphicFrame":
            return self._frame(shape)
        if shape.kind == "pic":
            return self._picture(shape)
        body = shape.element.find(f"{SLIDE}txBody")
        blocks = text_blocks(body, layout.styles(shape), self._related)
        click = shape.element.find(f"./*/{SLIDE}cNvPr")
        link = link_of(click, self._related) if click is not None else None
        for span in (span for block in blocks for span in getattr(block, "spans", ()) if link):
            span.link = span.link or link
        return blocks or _described(shape)

    def _frame(self, shape: Shape) -> list[Block]:
        """A table, a chart, a diagram, or an object of another program."""
        data = shape.element.find(f"{DRAWING}graphic/{DRAWING}graphicData")
        found: list[Block] = []
        for child in data if data is not None else ():
            match name_of(child):
                case "tbl":
                    found += read_table(child, self._related)
                case "chart":
                    found += self._chart(reference(child))
                case "relIds":
                    found += self._diagram(reference(child, "dm"))
                case "oleObj" | "AlternateContent":
                    found += self._object(child)
        return found or _described(shape)

    def _tree(self, name: str) -> etree._Element | None:
        relation = self._related.get(name)
        return self._package.tree(relation.target) if relation is not None else None

    def _chart(self, name: str) -> list[Block]:
        root = self._tree(name)
        table = chart_table(root) if root is not None else None
        return [table] if table is not None else []

    def _diagram(self, name: str) -> list[Block]:
        root = self._tree(name)
        return list(diagram_items(root, self._related)) if root is not None else []

    def _object(self, element: etree._Element) -> list[Block]:
        found = next(element.iter(f"{SLIDE}oleObj"), None)
        if found is None:
            return []
        self._counts["embedded objects"] += 1
        name = found.get("name") or found.get("progId") or ""
        return [Picture(description=f"Embedded object: {name}")] if name else []

    def _picture(self, shape: Shape) -> list[Block]:
        fill = next(shape.element.iter(f"{DRAWING}blip"), None)
        relation = self._related.get(reference(fill, "embed")) if fill is not None else None
        if relation is not None and not relation.is_external:
            self.pictures.append(PictureFile(self.page.number, relation.target))
        return _described(shape)

    def _notes(self) -> list[Block]:
        part = first_of(self._related, "notesSlide")
        root = self._package.tree(part) if part else None
        if part is None or root is None:
            return []
        related = relations(self._package, part)
        blocks: list[Block] = []
        for shape in flat(shapes(root.find(f"{SLIDE}cSld/{SLIDE}spTree"))):
            kind = shape.placeholder.kind if shape.placeholder is not None else ""
            if kind not in {*RUNNING, "sldImg"}:
                blocks += text_blocks(shape.element.find(f"{SLIDE}txBody"), (), related)
        for block in blocks:
            block.part = "speaker_notes"
        return blocks


def _described(shape: Shape) -> list[Block]:
    """A picture for a shape without words that somebody has described."""
    words = shape.description
    # Some programs describe a picture by the name of its file.
    if not words or (words.lower().endswith(FILE_NAME) and "\n" not in words):
        return []
    mark = next(shape.element.iter(DECORATION), None)
    if mark is not None and mark.get("val", "1") not in FALSE:
        return []
    return [Picture(description=words)]
