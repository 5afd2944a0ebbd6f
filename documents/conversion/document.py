"""The document model: what a reader found, as blocks in reading order, before any Markdown.

Readers make Documents, clean-up changes them, the writer turns them into Markdown, and each result
keeps its Document as JSON. Plain data: nothing in here knows a format or an engine.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, Literal, NamedTuple, Self

# Where a block belongs. `header` and `footer` are running lines that were taken out of the body;
# `hidden` is what the file's own program does not show.
Part = Literal["body", "header", "footer", "note", "speaker_notes", "comment", "hidden"]


class Box(NamedTuple):
    """A rectangle on a page, in points (1/72 inch) from its top left corner as people see it."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(slots=True)
class Span:
    """A piece of text in one style. A line break that people see is a newline in `text`.

    `note` is the label of the Note that is called here; such a span has no other text.
    """

    text: str
    bold: bool = False
    italic: bool = False
    code: bool = False
    strike: bool = False
    raised: bool = False
    lowered: bool = False
    formula: bool = False  # LaTeX, without dollar signs
    link: str | None = None
    note: str | None = None


@dataclass(slots=True, kw_only=True)
class Block:
    """What all blocks have.

    `page` counts from 1, None in files without pages. `quoted` is how many quotes it stands in,
    `inside` how many levels of the list above it belongs to (a second paragraph of an item has 1).
    `confidence` (0-1) is set where text recognition read it.
    """

    kind: ClassVar[str]

    page: int | None = None
    box: Box | None = None
    part: Part = "body"
    quoted: int = 0
    inside: int = 0
    confidence: float | None = None


@dataclass(slots=True)
class Heading(Block):
    """A heading; levels count from 1."""

    kind: ClassVar[str] = "heading"

    spans: list[Span]
    level: int = 1


@dataclass(slots=True)
class Paragraph(Block):
    kind: ClassVar[str] = "paragraph"

    spans: list[Span]


@dataclass(slots=True)
class ListItem(Block):
    """One item; `depth` counts from 0, `marker` is a bullet or the number as the source shows it.

    `checked` is the state of its check box, None if it has none.
    """

    kind: ClassVar[str] = "item"

    spans: list[Span]
    depth: int = 0
    marker: str = "-"
    checked: bool | None = None


@dataclass(slots=True)
class Cell:
    """One cell at the place of its upper left corner; the places it spans have no cell."""

    spans: list[Span]
    row_span: int = 1
    column_span: int = 1


@dataclass(slots=True)
class Table(Block):
    """Rows of cells; the first `header_rows` are its header."""

    kind: ClassVar[str] = "table"

    rows: list[list[Cell]]
    header_rows: int = 1
    caption: list[Span] = field(default_factory=list)


@dataclass(slots=True)
class Code(Block):
    kind: ClassVar[str] = "code"

    text: str
    language: str = ""


@dataclass(slots=True)
class Markup(Block):
    """Markdown that somebody else wrote, kept as it stands; one block, without blank lines."""

    kind: ClassVar[str] = "markup"

    text: str


@dataclass(slots=True)
class Formula(Block):
    """A displayed formula as LaTeX, without dollar signs."""

    kind: ClassVar[str] = "formula"

    text: str


@dataclass(slots=True)
class Picture(Block):
    """A picture that says something: its description (alternative text), its caption, or both."""

    kind: ClassVar[str] = "picture"

    description: str = ""
    caption: list[Span] = field(default_factory=list)


@dataclass(slots=True)
class Note(Block):
    """A foot or end note; the span that calls it has the same `label`."""

    kind: ClassVar[str] = "note"

    spans: list[Span]
    label: str = ""


@dataclass(slots=True)
class Rule(Block):
    """A line that parts what is above from what is below."""

    kind: ClassVar[str] = "rule"


_KINDS = (Heading, Paragraph, ListItem, Table, Code, Markup, Formula, Picture, Note, Rule)
KINDS: dict[str, type[Block]] = {kind.kind: kind for kind in _KINDS}


@dataclass(slots=True)
class PageInfo:
    """One page, slide or frame: its size in points (0 if it has none) and how it was read.

    `ocr_confidence` (0-1) is set if text recognition read it; `unread` says that it holds something
    no text was got from, and `trouble` why if that is known; `too_large` if it is its size.
    """

    number: int
    width: float = 0.0
    height: float = 0.0
    ocr_confidence: float | None = None
    unread: bool = False
    trouble: str | None = None
    too_large: bool = False


@dataclass(slots=True)
class Document:
    """Blocks in reading order; `pages` is empty for formats without pages."""

    blocks: list[Block] = field(default_factory=list)
    pages: list[PageInfo] = field(default_factory=list)
    language: str | None = None
    title: str | None = None
    warnings: list[str] = field(default_factory=list)

    def body(self) -> Iterator[Block]:
        """The blocks that are part of the text: all but running lines, comments and hidden ones."""
        return (b for b in self.blocks if b.part not in {"header", "footer", "comment", "hidden"})

    def text(self) -> str:
        """All words that people see, running lines too, without structure: to count and compare."""
        shown = (block for block in self.blocks if block.part not in {"comment", "hidden"})
        return "\n".join(map(text_of, shown))

    def as_dict(self) -> dict[str, Any]:
        """Everything, as JSON types; what has its usual value is left out."""
        return {
            "blocks": [{"kind": b.kind, **_slim(b)} for b in self.blocks],
            "pages": [_slim(page) for page in self.pages],
            "language": self.language,
            "title": self.title,
            "warnings": list(self.warnings),
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """The document that `as_dict` described."""
        return cls(
            blocks=[_block(block) for block in values["blocks"]],
            pages=[PageInfo(**page) for page in values["pages"]],
            language=values["language"],
            title=values["title"],
            warnings=list(values["warnings"]),
        )


def plain(spans: list[Span]) -> str:
    """The text of `spans` without their styles."""
    return spans[0].text if len(spans) == 1 else "".join([span.text for span in spans])


def text_of(block: Block) -> str:
    """The words of one block; cells and captions stand in lines of their own."""
    match block:
        case Table():
            rows = ["\n".join([plain(cell.spans) for cell in row]) for row in block.rows]
            return "\n".join((plain(block.caption), *rows))
        case ListItem():
            return f"{block.marker} {plain(block.spans)}"
        case Picture():
            return f"{block.description}\n{plain(block.caption)}"
        case Code() | Markup() | Formula():
            return block.text
        case Heading() | Paragraph() | Note():
            return plain(block.spans)
    return ""


def _slim(thing: Any) -> dict[str, Any]:
    if type(thing) is Span and thing == Span(thing.text):  # as most are
        return {"text": thing.text}
    values = {f.name: getattr(thing, f.name) for f in fields(thing)}
    usual = {f.name: f.default for f in fields(thing)}
    return {
        name: _json(value)
        for name, value in values.items()
        if value != usual[name] and not (value == [] and name == "caption")
    }


def _json(value: Any) -> Any:
    if isinstance(value, Box):
        return [round(edge, 1) for edge in value]
    if isinstance(value, list):
        return [_json(entry) for entry in value]
    return _slim(value) if isinstance(value, (Span, Cell)) else value


def _block(values: Mapping[str, Any]) -> Block:
    given = {name: value for name, value in values.items() if name != "kind"}
    if "box" in given:
        given["box"] = Box(*given["box"])
    for name in ("spans", "caption"):
        if name in given:
            given[name] = _spans(given[name])
    if "rows" in given:
        given["rows"] = [
            [Cell(**{**cell, "spans": _spans(cell["spans"])}) for cell in row]
            for row in given["rows"]
        ]
    return KINDS[values["kind"]](**given)


def _spans(values: list[Mapping[str, Any]]) -> list[Span]:
    return [Span(**span) for span in values]
