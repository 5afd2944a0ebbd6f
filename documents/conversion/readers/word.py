"""Word files (DOCX, DOCM): Office Open XML, taken apart part by part (ECMA-376 part 1, 17).

The text is read as Word shows it with all changes accepted. What is left out is said in warnings.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from lxml import etree

from ..document import (
    Block,
    Code,
    Document,
    Formula,
    Heading,
    ListItem,
    Note,
    Paragraph,
    Picture,
    Span,
    Table,
    plain,
)
from ..options import ConversionOptions
from ..reading import Reading, Report
from ..scoring.source_text import bare_text
from .bold_lines import with_headings
from .charts import chart_table
from .diagrams import DIAGRAM, diagram_items
from .elements import name_of
from .embedded_pictures import is_wanted, read_pictures
from .flat import TITLE, code_joined, flattened, leveled, says_more
from .lists import Lists
from .numerals import roman
from .open_xml import RELATION, relations
from .packages import Package
from .spans import joined
from .word_numbers import BULLET, Numbering
from .word_parts import main_part, structured
from .word_styles import CODE_NAME, WORD, Shape, Style, Styles, shape_of, value
from .word_tables import read_table
from .word_text import DRAWING, Inline, TextReader, shown

ENGINE = "lxml"
MAX_DEPTH = 12  # tables and text boxes in each other
CORE = "{http://purl.org/dc/elements/1.1/}"
WORDPROCESSING_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
VECTOR = "{urn:schemas-microsoft-com:vml}"
NO_LIST = "0"  # numId of a paragraph that leaves the list of its style
BODY_TEXT = 9  # outline level of a paragraph that is no heading
TOC_NAME = re.compile(r"toc ([1-9])")
# Paragraphs that begin with a typed bullet look like items of a list.
TYPED_BULLET = re.compile(r"[•◦▪‣●○■□▸►➢➤–][\t ]\s*")
PICTURE_NAME = re.compile(
    r"(?:Picture|Image|Grafik|Bild) \d+|\S{1,200}\.(?:png|jpe?g|gif|emf|wmf)", re.I
)


@dataclass(slots=True)
class Story:
    """One part with text of its own: the body, a header, the notes. It has its own links."""

    name: str
    targets: dict[str, str]  # relationship ids to parts of the file
    text: TextReader


@dataclass(slots=True)
class Found:
    """What was met on the way and stands elsewhere in the file."""

    notes: list[tuple[str, str]] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)  # parts of the file


class WordReader:
    """One file on its way: its parts, styles and counters."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.main = main_part(package)
        folder = PurePosixPath(self.main).parent
        self.styles = Styles(
            package.tree(f"{folder}/styles.xml"), package.tree(f"{folder}/fontTable.xml")
        )
        self.numbering = Numbering(package.tree(f"{folder}/numbering.xml"))
        self.lists = Lists()
        self.counts: Counter[str] = Counter()
        self.found = Found()
        self.labels: dict[tuple[str, str], str] = {}
        self._notes: dict[str, dict[str, etree._Element]] = {}
        self._note_stories: dict[str, Story] = {}
        self._held: list[Span] = []  # text whose paragraph mark was deleted

    def read(self) -> Document:
        """The whole file."""
        root = self.package.tree(self.main)
        body = None if root is None else root.find(f"{WORD}body")
        if body is None:
            return Document()
        story = self.story(self.main)
        blocks = list(code_joined(self.blocks(story, body, 0)))
        blocks += self.rest_of_notes()
        headers, footers = self.running_parts(story, body)
        document = Document(
            blocks=[*headers, *with_headings(leveled(blocks)), *footers],
            language=self.styles.language,
            title=self.title(),
        )
        document.warnings += self.warnings()
        return document

    def story(self, name: str) -> Story:
        """A part of the file, to be read from its beginning."""
        related = relations(self.package, name)
        inner = {key: found.target for key, found in related.items() if not found.is_external}
        outer = {key: found.target for key, found in related.items() if found.is_external}
        return Story(name, inner, TextReader(self.styles, outer, self.counts))

    def blocks(self, story: Story, container: etree._Element, depth: int) -> Iterator[Block]:
        """The blocks of a body, a cell, a text box or a note."""
        if depth > MAX_DEPTH:
            yield from self._flat(container)
            return
        for element in structured(container):
            name = name_of(element)
            if name == "p":
                yield from self.paragraph(story, element, depth)
            elif name == "tbl":
                yield from self.table(story, element, depth)
            elif name == "altChunk":
                self.counts["chunks"] += 1
            if depth == 0:
                yield from self.called()

    def table(self, story: Story, element: etree._Element, depth: int) -> Iterator[Block]:
        """The blocks of one `w:tbl`."""

        def read_cell(cell: etree._Element) -> list[Block]:
            lists, self.lists = self.lists, Lists()
            blocks = list(code_joined(self.blocks(story, cell, depth + 1)))
            self.lists = lists
            return blocks

        return read_table(element, read_cell, self.counts)

    def paragraph(self, story: Story, element: etree._Element, depth: int) -> Iterator[Block]:
        """The block of one `w:p`, and what hangs on it: formulas, text boxes, pictures."""
        properties = element.find(f"{WORD}pPr")
        name = value(properties, "pStyle")
        style = self.styles.paragraph(name)
        inline = story.text.read(element, style.look.over(self.styles.base))
        self.found.notes += inline.notes
        self.found.comments += inline.comments
        spans = [self._labeled(span) for span in inline.spans]
        if _mark_is_deleted(properties):
            self._held += spans
        else:
            spans, self._held = [*self._held, *spans], []
            block = self._block(properties, style, name or "", spans)
            if block is not None:
                yield block
        for formula in inline.displayed:
            yield Formula(formula)
        yield from self._drawn(story, inline, depth)

    def _block(
        self, properties: etree._Element | None, style: Style, style_id: str, spans: list[Span]
    ) -> Block | None:
        shape = shape_of(properties).over(style.shape)
        is_code = _is_code(spans, style)
        marker, level = self._number(shape, style_id)
        text = [replace_code(span) for span in spans] if is_code else joined(spans)
        if not plain(text).strip() and not any(s.note or s.formula for s in text):
            return Code("") if _is_code_style(style) else None
        if style.name == "title":
            return Heading(_without_weight(text), TITLE)
        if shape.outline is not None and shape.outline < BODY_TEXT:
            self.lists.end()
            return Heading(_without_weight(_numbered(marker, text)), shape.outline + 1)
        if marker == "" and shape.indent is None:
            shape = replace(shape, indent=self._indent(shape, level))
        if is_code and not marker:
            inside = 0 if marker is None else self.lists.continued(shape.indent)
            return Code(plain(text).expandtabs(4), inside=inside)
        if marker:
            indent = self._indent(shape, level)
            return ListItem(text, self.lists.place(shape.number or "", level, indent), marker)
        return self._running_text(text, style, shape)

    def _running_text(self, text: list[Span], style: Style, shape: Shape) -> Block:
        if match := TOC_NAME.fullmatch(style.name):
            self.lists.end()
            return ListItem(text, int(match[1]) - 1)
        first = text[0]
        if (match := TYPED_BULLET.match(first.text)) and first.note is None and not first.formula:
            text = joined([Span(first.text[match.end() :], first.bold, first.italic), *text[1:]])
            return ListItem(text, self.lists.place("typed", 0, shape.indent or 0.0))
        inside = self.lists.continued(shape.indent)
        is_quote = any(name in {"quote", "intense quote", "quotations"} for name in style.names)
        return Paragraph(text, inside=inside, quoted=int(is_quote))

    def _number(self, shape: Shape, style_id: str) -> tuple[str | None, int]:
        """The number or bullet that Word shows before a paragraph, and its level in its list."""
        if shape.number is None or shape.number == NO_LIST:
            return None, 0
        level = shape.level
        if level is None:
            level = self.numbering.level_of_style(shape.number, style_id) or 0
        return self.numbering.next(shape.number, level), level

    def _indent(self, shape: Shape, level: int) -> float:
        if shape.indent is not None:
            return shape.indent
        given = self.numbering.level(shape.number or "", level)
        return given.indent if given and given.indent is not None else 36.0 * (level + 1)

    def _drawn(self, story: Story, inline: Inline, depth: int) -> Iterator[Block]:
        for box in inline.boxes:
            # A box begins lists of its own and does not end those around it.
            lists, self.lists = self.lists, Lists()
            yield from self.blocks(story, box, depth + 1)
            self.lists = lists
        for drawing in inline.drawings:
            yield from self._picture(story, drawing)
            yield from self._graphics(story, drawing)

    def _picture(self, story: Story, drawing: etree._Element) -> Iterator[Block]:
        said = [""]
        for element in shown(drawing):
            if not isinstance(element.tag, str):
                continue
            if element.tag == f"{WORDPROCESSING_DRAWING}docPr":
                said.append(element.get("descr", ""))
            elif element.tag == f"{VECTOR}shape":
                said.append(element.get("alt", ""))
            elif element.tag == f"{DRAWING}blip":
                self._keep_picture(story, element.get(f"{RELATION}embed", ""))
            elif element.tag == f"{VECTOR}imagedata":
                self._keep_picture(story, element.get(f"{RELATION}id", ""))
        description = " ".join(max(said, key=len).split())
        if description and not _is_file_name(description):
            yield Picture(description)

    def _graphics(self, story: Story, drawing: etree._Element) -> Iterator[Block]:
        """Charts as tables of their data, diagrams as lists of their points."""
        for element in shown(drawing):
            if element.tag == f"{CHART}chart":
                root = self.package.tree(story.targets.get(element.get(f"{RELATION}id", ""), ""))
                table = chart_table(root) if root is not None else None
                if table is not None:
                    yield table
            elif element.tag == f"{DIAGRAM}relIds":
                root = self.package.tree(story.targets.get(element.get(f"{RELATION}dm", ""), ""))
                if root is not None:
                    yield from diagram_items(root, {})

    def _keep_picture(self, story: Story, relation: str) -> None:
        target = story.targets.get(relation)
        if target in self.package.names and target not in self.found.pictures:
            self.found.pictures.append(target)

    def _labeled(self, span: Span) -> Span:
        """A call of a note with the label that its Note will have."""
        if span.note is None:
            return span
        kind, _, name = span.note.partition(" ")
        return Span("", note=self.label(kind, name))

    def label(self, kind: str, name: str) -> str:
        """Foot notes are counted 1, 2, 3 and end notes i, ii, iii, as they are called."""
        if (kind, name) not in self.labels:
            count = 1 + sum(known == kind for known, _ in self.labels)
            self.labels[kind, name] = str(count) if kind == "footnote" else roman(count)
        return self.labels[kind, name]

    def called(self) -> Iterator[Block]:
        """The notes and comments that were called since this was last asked."""
        notes, self.found.notes = self.found.notes, []
        for kind, name in notes:
            note = self.note(kind, name)
            if note is not None:
                yield note
        comments, self.found.comments = self.found.comments, []
        for name in comments:
            comment = self.comment(name)
            if comment is not None:
                yield comment

    def rest_of_notes(self) -> Iterator[Block]:
        """Notes that notes call."""
        yield from self.called()

    def note(self, kind: str, name: str) -> Note | None:
        element = self._stored(kind).pop(name, None)
        if element is None:
            return None
        spans = self._as_spans(self._note_stories[kind], element)
        return Note(spans, self.label(kind, name), part="note") if spans else None

    def comment(self, name: str) -> Paragraph | None:
        element = self._stored("comment").pop(name, None)
        if element is None:
            return None
        spans = self._as_spans(self._note_stories["comment"], element)
        author = " ".join(element.get(f"{WORD}author", "").split())
        self.counts["comments"] += 1
        return Paragraph([Span(f"{author}: " if author else ""), *spans], part="comment")

    def _stored(self, kind: str) -> dict[str, etree._Element]:
        """All notes of a kind by their ids."""
        if kind not in self._notes:
            part = f"{PurePosixPath(self.main).parent}/{kind}s.xml"
            root = self.package.tree(part)
            self._note_stories[kind] = self.story(part)
            self._notes[kind] = {
                element.get(f"{WORD}id", ""): element
                for element in (() if root is None else root.iterchildren(f"{WORD}{kind}"))
                if element.get(f"{WORD}type", "normal") == "normal"
            }
        return self._notes[kind]

    def _as_spans(self, story: Story, container: etree._Element) -> list[Span]:
        lists, self.lists = self.lists, Lists()
        blocks = list(self.blocks(story, container, MAX_DEPTH - 2))
        self.lists = lists
        return flattened(blocks)

    def running_parts(self, story: Story, body: etree._Element) -> tuple[list[Block], list[Block]]:
        """Headers and footers, each once, where they say more than the number of a page."""
        headers: list[Block] = []
        footers: list[Block] = []
        seen: set[str] = set()
        for section in body.iter(f"{WORD}sectPr"):
            for kind, blocks in (("header", headers), ("footer", footers)):
                for reference in section.iterchildren(f"{WORD}{kind}Reference"):
                    part = story.targets.get(reference.get(f"{RELATION}id", ""))
                    if part is not None and part not in seen:
                        seen.add(part)
                        blocks.extend(self._running_part(part, seen))
        return headers, footers

    def _running_part(self, part: str, seen: set[str]) -> Iterator[Block]:
        root = self.package.tree(part)
        if root is None:
            return
        self.lists = Lists()
        for block in self.blocks(self.story(part), root, 1):
            text = flattened([block])
            said = plain(text).casefold()
            if not says_more(said) or said in seen:
                continue
            seen.add(said)
            yield block if isinstance(block, Table) else Paragraph(text)

    def title(self) -> str | None:
        """The title in the file's properties."""
        root = self.package.tree("docProps/core.xml")
        title = None if root is None else root.findtext(f"{CORE}title")
        return " ".join(title.split()) or None if title else None

    def warnings(self) -> Iterator[str]:
        """What was left out, or how it was read."""
        counts = self.counts
        if counts["deletions"] or counts["insertions"]:
            yield (
                f"The document holds recorded changes ({counts['insertions']} insertions, "
                f"{counts['deletions']} deletions): it was read as if all were accepted."
            )
        if counts["comments"]:
            yield f"{counts['comments']} comments are not part of the text."
        if counts["hidden"]:
            yield "Text that is marked as hidden was left out."
        if counts["chunks"]:
            yield f"{counts['chunks']} embedded documents were left out."
        if counts["deep"]:
            yield "Tables that are nested very deeply were read as plain text."

    def _flat(self, container: etree._Element) -> Iterator[Block]:
        """What lies deeper than anybody would look, as one paragraph."""
        text = " ".join(part.text or "" for part in container.iter(f"{WORD}t"))
        self.counts["deep"] += 1
        if text.strip():
            yield Paragraph(joined([Span(text)]))


def replace_code(span: Span) -> Span:
    """A span of a code paragraph: its text as it stands."""
    return Span(span.text, code=True)


def _mark_is_deleted(properties: etree._Element | None) -> bool:
    mark = None if properties is None else properties.find(f"{WORD}rPr")
    return mark is not None and any(
        mark.find(WORD + name) is not None for name in ("del", "moveFrom")
    )


def _is_code(spans: list[Span], style: Style) -> bool:
    said = [span for span in spans if span.text.strip()]
    if not said or any(span.note or span.formula for span in spans):
        return False
    return all(span.code for span in said) or _is_code_style(style)


def _is_code_style(style: Style) -> bool:
    return any(CODE_NAME.search(name) for name in style.names)


def _numbered(marker: str | None, text: list[Span]) -> list[Span]:
    return [Span(f"{marker} "), *text] if marker and marker != BULLET else text


def _without_weight(spans: list[Span]) -> list[Span]:
    """The spans of a heading: it is bold by itself."""
    for span in spans:
        span.bold = False
    return joined(spans)


def _is_file_name(text: str) -> bool:
    """Word's own words for a picture that nobody described."""
    return PICTURE_NAME.fullmatch(text) is not None


def read(
    path: Path, filename: str, options: ConversionOptions, report: Report, *, format_name: str
) -> Reading:
    """Read a Word file; its pictures only if there is hardly any text, or if OCR is forced.

    Raises EngineError for one that is damaged.
    """
    source = bare_text(path, b"", format_name)
    with Package.open(path) as package:
        reader = WordReader(package)
        reading = Reading(reader.read(), ENGINE, source)
        if is_wanted(reading, options):
            pictures = ((None, package.read(part)) for part in reader.found.pictures)
            read_pictures(pictures, reading, options, report)
    return reading
