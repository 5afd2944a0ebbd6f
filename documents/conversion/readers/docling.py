"""docling.rs: its native result as a Document, walked once.

The engine writes a DoclingDocument as JSON (docling-core 2, schema 1.10). Its Python package would
check that against a model and bring docling-core along, which takes most of the time of a small
file; neither is needed to read it.
"""

import base64
import importlib.machinery
import importlib.util
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial
from pathlib import Path
from typing import Any

from .. import errors
from ..document import (
    Block,
    Cell,
    Code,
    Document,
    Formula,
    Heading,
    ListItem,
    Note,
    Paragraph,
    Part,
    Picture,
    Span,
    Table,
    plain,
    text_of,
)
from ..markdown import clean_text
from .bridge import spans_of
from .sheet_tables import EMPTY

PACKAGE = "docling_rs"
DEEPEST = 60  # items in each other; what stands deeper belongs to the level above
SLIDE = "slide-"  # groups of that name are slides
MOST_MISSING = 1000  # empty cells in a row that the engine leaves out
LISTS = frozenset({"list", "ordered_list"})
TEXTS = frozenset({"text", "paragraph", "reference", "caption"})
CHECK_BOXES = {"checkbox_selected": True, "checkbox_unselected": False}
RUNNING: dict[str, Part] = {"page_header": "header", "page_footer": "footer"}
NO_SPACE_BEFORE = tuple(".,;:!?)]}»”’%…")
NO_SPACE_AFTER = tuple("([{«„‚¿¡")
# In these formats the engine writes the styles of letters as Markdown.
WRITTEN_AS_MARKDOWN = frozenset({"rtf", "doc"})

Item = Mapping[str, Any]


@cache
def _native() -> Any:
    """The engine itself, without the package around it."""
    package = importlib.util.find_spec(PACKAGE)
    folders = package.submodule_search_locations if package else None
    for folder in folders or ():
        for suffix in importlib.machinery.EXTENSION_SUFFIXES:
            path = Path(folder) / f"_native{suffix}"
            if path.exists():
                spec = importlib.util.spec_from_file_location(f"{PACKAGE}._native", path)
                if spec is not None and spec.loader is not None:
                    module = importlib.util.module_from_spec(spec)
                    spec.loader.exec_module(module)
                    return module
    raise ImportError(f"{PACKAGE} has no native module")


@cache
def _converter() -> Any:
    # No models, no network.
    return _native().DocumentConverter(
        do_ocr=False, do_table_structure=False, image_sources="none", list_attachments=True
    )


@dataclass(frozen=True)
class Found:
    """A Document, and the pictures in it, each with its page; unpacked only when asked for."""

    document: Document
    pictures: Iterator[tuple[bytes, int | None]]


def convert(data: bytes, filename: str, extension: str, format_name: str) -> Found:
    """Have the engine read `data`; raises encrypted_file, EngineError."""
    encrypted = _native().EncryptionError
    try:
        with errors.engine_at_work(encrypted):
            native = _converter().convert_bytes(f"document{extension}", data)
            result = json.loads(native.document_json)
    except encrypted as problem:
        raise errors.encrypted_file(filename, str(problem)) from problem
    # Not the engine's work: a fault in here is ours.
    return _Walk(result, format_name).found()


@dataclass(frozen=True)
class _Place:
    """Where an item stands: in which lists, and in what else."""

    level: int = 0  # of items in each other
    depth: int = -1  # of lists
    numbers: list[int] = field(default_factory=lambda: [0])  # the last one of the innermost list
    part: Part = "body"
    page: int | None = None
    inside: int = 0


class _Walk:
    def __init__(self, result: Item, format_name: str) -> None:
        self._result = result
        self._is_markdown = format_name in WRITTEN_AS_MARKDOWN
        kinds = ("groups", "texts", "tables", "pictures", "key_value_items", "form_items")
        self._items: dict[str, Item] = {
            item["self_ref"]: item for kind in kinds for item in result.get(kind) or ()
        }
        self._shown: set[str] = {  # captions, which stand at what they belong to
            caption["$ref"]
            for kind in ("tables", "pictures")
            for item in result.get(kind) or ()
            for caption in item.get("captions") or ()
        }
        self._slides = 0

    def found(self) -> Found:
        document = Document()
        for root in ("body", "furniture"):
            document.blocks += self._walked(self._result[root], _Place())
        titles = [
            item for item in self._result.get("texts") or ()
            if item["label"] == "title" and item.get("content_layer") == "furniture"
        ]  # fmt: skip
        document.title = clean_text(titles[0]["text"]) if titles else None
        return Found(document, self._pictures())

    def _pictures(self) -> Iterator[tuple[bytes, int | None]]:
        for item in self._result.get("pictures") or ():
            uri = str((item.get("image") or {}).get("uri") or "")
            head, _, data = uri.partition(",")
            if head.startswith("data:") and head.endswith("base64"):
                yield base64.b64decode(data), _page(item)

    def _walked(self, root: Item, place: _Place) -> Iterator[Block]:
        """The blocks of all that stands in `root`, in order."""
        waiting = [(child, place) for child in self._children(root)][::-1]
        while waiting:
            item, place = waiting.pop()
            if item["self_ref"] in self._shown:
                continue
            blocks, inner, children = self._read(item, self._placed(item, place))
            yield from blocks
            waiting += [(child, inner) for child in children][::-1]

    def _children(self, item: Item) -> list[Item]:
        refs = [child["$ref"] for child in item.get("children") or ()]
        return [self._items[ref] for ref in refs if ref in self._items]

    def _placed(self, item: Item, place: _Place) -> _Place:
        page = _page(item) or place.page
        if str(item.get("name") or "").startswith(SLIDE):
            self._slides += 1
            page = self._slides
        return replace(place, page=page, part=_part(item, place), level=place.level + 1)

    def _read(  # noqa: PLR0911 - one return for each kind of item
        self, item: Item, place: _Place
    ) -> tuple[list[Block], _Place, list[Item]]:
        """The blocks of one item, and what stands in it with its place."""
        label = item["label"]
        children = self._children(item)
        if label in LISTS:
            is_deeper = place.level < DEEPEST
            inner = replace(place, depth=place.depth + is_deeper, numbers=[0])
            return [], inner, children
        if label == "list_item":
            children, spans = self._spans(item, children)
            block = ListItem(spans, place.depth, _marker(item, place.numbers), **_where(place))
            block.depth = max(0, place.depth)
            return [block], replace(place, inside=place.depth + 1), children
        if label == "inline":
            return [Paragraph(self._inline(children), **_where(place))], place, []
        if label in {"table", "document_index"}:
            return self._table(item, place), place, []
        if label in {"picture", "chart"}:
            return self._picture(item, place), place, children
        if "text" not in item:
            return [], place, children
        children, spans = self._spans(item, children)
        return [_text_block(item, spans, place)], place, children

    def _spans(self, item: Item, children: list[Item]) -> tuple[list[Item], list[Span]]:
        """The text of an item, which may stand in a group within it; and the other children."""
        if not item["text"].strip() and children and children[0]["label"] == "inline":
            return children[1:], self._inline(self._children(children[0]))
        return children, self._styled(item)

    def _inline(self, items: Sequence[Item]) -> list[Span]:
        """Pieces of one line. The engine has cut the spaces between them."""
        spans: list[Span] = []
        for item in items:
            pieces = self._styled(item)
            if spans and pieces and _is_apart(spans[-1], pieces[0]):
                spans.append(Span(" "))
            spans += pieces
        return spans

    def _styled(self, item: Item) -> list[Span]:
        text = clean_text(item.get("text") or "")
        if self._is_markdown and any(sign in text for sign in "*_[`~"):
            return spans_of(text)
        style = item.get("formatting") or {}
        script = style.get("script")
        span = Span(
            text,
            bold=bool(style.get("bold")),
            italic=bool(style.get("italic")),
            strike=bool(style.get("strikethrough")),
            raised=script == "super",
            lowered=script == "sub",
            code=item["label"] == "code",
            formula=item["label"] == "formula",
            link=str(item["hyperlink"]) if item.get("hyperlink") else None,
        )
        return [span] if text else []

    def _picture(self, item: Item, place: _Place) -> list[Block]:
        """A picture with its description; of a chart its numbers, too."""
        meta = item.get("meta") or {}
        words = str((meta.get("description") or {}).get("text") or "")
        picture = Picture(clean_text(words), self._caption(item), **_where(place))
        chart = (meta.get("tabular_chart") or {}).get("chart_data")
        numbers = self._table({"data": chart}, place) if chart else []
        return [picture, *numbers]

    def _caption(self, item: Item) -> list[Span]:
        refs = [caption["$ref"] for caption in item.get("captions") or ()]
        captions = [self._items[ref] for ref in refs if ref in self._items]
        return self._inline(captions)

    def _table(self, item: Item, place: _Place) -> list[Block]:
        data = item["data"]
        cells = sorted(
            data.get("table_cells") or (),
            key=lambda cell: (cell["start_row_offset_idx"], cell["start_col_offset_idx"]),
        )
        contents = [self._content(cell, place) for cell in cells]
        is_frame = data.get("num_rows") == 1 or data.get("num_cols") == 1
        if is_frame and any(_is_more_than_text(blocks) for blocks in contents):
            return [block for blocks in contents for block in blocks]
        grid = _Grid(cells)
        for cell, blocks in zip(cells, contents, strict=True):
            spans = _line(blocks) if blocks else _spanned(clean_text(cell.get("text") or ""))
            grid.put(cell, spans)
        return [Table(grid.rows, grid.header_rows, self._caption(item), **_where(place))]

    def _content(self, cell: Item, place: _Place) -> list[Block]:
        """The blocks of a cell that holds more than a line of text; none of others."""
        ref = str((cell.get("ref") or {}).get("$ref"))
        group = self._items.get(ref)
        if group is None or place.level >= DEEPEST:
            return []
        inner = _Place(level=place.level + DEEPEST // 6, part=place.part, page=place.page)
        return list(self._walked(group, inner))


def _where(place: _Place) -> dict[str, Any]:
    return {"page": place.page, "part": place.part, "inside": place.inside}


def _page(item: Item) -> int | None:
    provenance = item.get("prov") or ()
    return int(provenance[0]["page_no"]) if provenance else None


def _part(item: Item, place: _Place) -> Part:
    label, layer = item["label"], item.get("content_layer", "body")
    if label == "comment_section" or place.part == "comment":
        return "comment"
    if label == "footnote":
        return "note"
    if layer == "notes":
        return "speaker_notes"
    if layer == "body":
        return place.part
    return RUNNING.get(label, "header" if layer == "furniture" else "hidden")


def _marker(item: Item, numbers: list[int]) -> str:
    """The marker of an item; where the engine names none, the next number of its list."""
    marker = str(item.get("marker") or "").strip()
    if not item.get("enumerated"):
        return marker or "-"
    numbers[0] += 1
    digits = marker.rstrip(".)")
    if digits.isascii() and digits.isdigit() and len(digits) < 10:
        numbers[0] = int(digits)
    return marker or f"{numbers[0]}."


def _text_block(item: Item, spans: list[Span], place: _Place) -> Block:
    label, level = item["label"], int(item.get("level") or 1)
    language = str(item.get("code_language") or "unknown").lower().replace("unknown", "")
    blocks: dict[str, Callable[..., Block]] = {
        "title": partial(Heading, spans, 1),
        "section_header": partial(Heading, spans, level + 1),
        "code": partial(Code, plain(spans), language),
        "formula": partial(Formula, plain(spans)),
        "footnote": partial(Note, spans),
    }
    if label in CHECK_BOXES:
        return ListItem(spans, checked=CHECK_BOXES[label], **_where(place))
    return blocks.get(label, partial(Paragraph, spans))(**_where(place))


def _is_apart(before: Span, after: Span) -> bool:
    """Whether a space stood between two pieces of a line, as far as that can be told."""
    if after.raised or after.lowered or before.text[-1:].isspace() or after.text[:1].isspace():
        return False
    return not (after.text.startswith(NO_SPACE_BEFORE) or before.text.endswith(NO_SPACE_AFTER))


class _Grid:
    """Rows of cells; the engine names the places of cells, and leaves out some that are empty."""

    def __init__(self, cells: Sequence[Item]) -> None:
        count = max((cell["start_row_offset_idx"] + 1 for cell in cells), default=0)
        self.rows: list[list[Cell]] = [[] for _ in range(count)]
        self.header_rows = 1
        self._hanging: list[tuple[int, int, int]] = []  # column, end, last row of tall cells
        self._row, self._column = -1, 0

    def put(self, cell: Item, spans: list[Span]) -> None:
        """Put down a cell; they come row by row, from left to right."""
        row, column = cell["start_row_offset_idx"], cell["start_col_offset_idx"]
        if row != self._row:
            self._row, self._column = row, 0
            self._hanging = sorted(tall for tall in self._hanging if tall[2] >= row)
        for start, end, _ in self._hanging:
            self._fill(min(start, column))
            if self._column == start < column:
                self._column = end
        self._fill(column)
        tall, wide = max(1, cell["row_span"]), max(1, cell["col_span"])
        self.rows[row].append(Cell(spans, tall, wide))
        self._column = column + wide
        if tall > 1:
            self._hanging.append((column, column + wide, row + tall - 1))
        if cell.get("column_header"):
            self.header_rows = row + 1

    def _fill(self, column: int) -> None:
        gap = column - self._column
        if 0 < gap <= MOST_MISSING:
            self.rows[self._row] += [EMPTY] * gap
            self._column = column


def _is_more_than_text(blocks: Sequence[Block]) -> bool:
    return any(isinstance(block, (Heading, ListItem, Table, Code)) for block in blocks)


def _line(blocks: Sequence[Block]) -> list[Span]:
    """The blocks of a cell as lines of one text."""
    spans: list[Span] = []
    for block in blocks:
        own = getattr(block, "spans", None)
        pieces = list(own) if own is not None else _spanned(text_of(block).strip())
        if spans and pieces:
            spans.append(Span("\n"))
        spans += pieces
    return spans


def _spanned(text: str) -> list[Span]:
    return [Span(text)] if text else []
