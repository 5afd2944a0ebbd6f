"""Documents in the format of docling, for its own loaders and those of LangChain and LlamaIndex.

What is written is DoclingDocument of docling-core, schema version 1.3, which later ones read:
https://docling-project.github.io/docling/concepts/docling_document/. Boxes are in points from the
top left corner. A heading of level 1 is a title and one of level n a section header of level n - 1,
as docling's own reader of Markdown has it. docling knows one style for a text: styles of a part of
it are left out, formulas within it stand in dollar signs, and calls of notes as [^label].
"""

import mimetypes
from collections.abc import Sequence
from pathlib import PurePath
from typing import Any

from ..document import (
    Block,
    Box,
    Code,
    Document,
    Formula,
    Heading,
    ListItem,
    Markup,
    Note,
    PageInfo,
    Paragraph,
    Picture,
    Span,
    Table,
)
from ..writer import NUMBERED, block_markdown
from .markup import blocks_of
from .placing import placed

VERSION = "1.3.0"
DEEPEST_LIST = 32  # readers walk the tree by recursion
HIGHEST_LEVEL = 100  # of a section header
LAYERS = {
    "body": "body",
    "note": "body",
    "header": "furniture",
    "footer": "furniture",
    "speaker_notes": "notes",
    "comment": "notes",
    "hidden": "invisible",
}
LABELS = {"header": "page_header", "footer": "page_footer", "note": "footnote"}
# As docling-core spells them.
LANGUAGES = [
    "Ada", "Awk", "Bash", "bc", "C", "C#", "C++", "CMake", "COBOL", "CSS", "Ceylon", "Clojure",
    "Crystal", "Cuda", "Cython", "D", "Dart", "dc", "Dockerfile", "Elixir", "Erlang", "FORTRAN",
    "Forth", "Go", "HTML", "Haskell", "Haxe", "Java", "JavaScript", "JSON", "Julia", "Kotlin",
    "Lisp", "Lua", "Matlab", "MoonScript", "Nim", "OCaml", "ObjectiveC", "Octave", "PHP",
    "Pascal", "Perl", "Prolog", "Python", "Racket", "Ruby", "Rust", "SML", "SQL", "Scala",
    "Scheme", "Swift", "TypeScript", "VisualBasic", "XML", "YAML",
]  # fmt: skip
_LANGUAGE = {name.lower(): name for name in LANGUAGES}
# Types that docling-core knows beside those of Python's own table; it refuses all others.
_KNOWN_TYPES = {
    *mimetypes.MimeTypes(filenames=()).types_map[True].values(),
    "text/markdown",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_BODY = "#/body"


def docling(document: Document, *, filename: str, media_type: str, sha256: str) -> dict[str, Any]:
    """`document` as JSON types.

    Args:
        filename: of the file that it was read from, as are `media_type` and `sha256`, which is
            empty if nobody knows it.
    """
    tree = _Tree(document.pages)
    for block in document.blocks:
        for plain in blocks_of(block) if isinstance(block, Markup) else (block,):
            tree.add(plain)
    return {
        "schema_name": "DoclingDocument",
        "version": VERSION,
        "name": PurePath(filename).stem,
        "origin": _origin(filename, media_type, sha256),
        "furniture": _node("#/furniture", None, "furniture") | _ROOT,
        "body": tree.body | _ROOT,
        "groups": tree.items["groups"],
        "texts": tree.items["texts"],
        "pictures": tree.items["pictures"],
        "tables": tree.items["tables"],
        "key_value_items": [],
        "form_items": [],
        "pages": {str(page.number): _page(page) for page in document.pages},
    }


_ROOT = {"name": "_root_", "label": "unspecified"}


def _origin(filename: str, media_type: str, sha256: str) -> dict[str, Any]:
    known = media_type if media_type in _KNOWN_TYPES else "application/octet-stream"
    # docling keeps the last 64 bits of the hash.
    return {
        "mimetype": known,
        "binary_hash": int(sha256[-16:] or "0", 16),
        "filename": filename,
    }


def _page(page: PageInfo) -> dict[str, Any]:
    return {"size": {"width": page.width, "height": page.height}, "page_no": page.number}


def _node(reference: str, parent: str | None, layer: str) -> dict[str, Any]:
    node: dict[str, Any] = {"self_ref": reference, "children": [], "content_layer": layer}
    return node | ({"parent": {"$ref": parent}} if parent else {})


class _Tree:
    """Takes blocks in their order; knows the lists that are open."""

    def __init__(self, pages: Sequence[PageInfo]) -> None:
        self.body = _node(_BODY, None, "body")
        self.items: dict[str, list[dict[str, Any]]] = {
            "groups": [],
            "texts": [],
            "pictures": [],
            "tables": [],
        }
        self._pages = {page.number: page for page in pages}
        # Depth, group and last item of each open list.
        self._lists: list[tuple[int, dict[str, Any], dict[str, Any]]] = []

    def add(self, block: Block) -> None:
        if isinstance(block, ListItem) and block.part not in LABELS:
            self._item(block)
            return
        if block.part in {"body", "speaker_notes"}:  # running lines do not end a list
            del self._lists[block.inside :]
        parent = self._lists[-1][2] if self._lists and block.inside else self.body
        match block:
            case Table():
                self._table(block, parent)
            case Picture():
                self._picture(block, parent)
            case Code() | Formula() | Markup():
                self._verbatim(block, parent)
            case Heading() | Paragraph() | ListItem() | Note():
                self._words(block, parent)

    def _verbatim(self, block: Code | Formula | Markup, parent: dict[str, Any]) -> None:
        match block:
            case Code():
                language = _LANGUAGE.get(block.language.lower(), "unknown")
                self._text(block, "code", block.text, parent, code_language=language)
            case Formula():
                self._text(block, "formula", block.text, parent)
            case _:
                self._text(block, LABELS.get(block.part, "text"), block.text, parent)

    def _words(self, block: Heading | Paragraph | ListItem | Note, parent: dict[str, Any]) -> None:
        label = LABELS.get(block.part, "text")
        match block:
            case Heading() if label == "text":
                self._heading(block, parent)
            case Note():
                call = f"[^{block.label}]: " if block.label else ""
                self._styled(block, "footnote", block.spans, parent, before=call)
            case ListItem():
                self._styled(block, label, block.spans, parent, before=f"{block.marker} ")
            case _:
                self._styled(block, label, block.spans, parent)

    def _heading(self, block: Heading, parent: dict[str, Any]) -> None:
        if block.level <= 1:
            self._styled(block, "title", block.spans, parent)
            return
        level = min(block.level - 1, HIGHEST_LEVEL)
        self._styled(block, "section_header", block.spans, parent, level=level)

    def _item(self, block: ListItem) -> None:
        depth = min(block.depth, DEEPEST_LIST)
        while self._lists and self._lists[-1][0] > depth:
            self._lists.pop()
        if self._lists and self._lists[-1][0] == depth:
            group = self._lists.pop()[1]
        else:
            parent = self._lists[-1][2] if self._lists else self.body
            layer = LAYERS[block.part]
            group = self._new("groups", layer, parent, name="list", label="list")
        marker = block.marker.strip()
        box = "" if block.checked is None else "[x] " if block.checked else "[ ] "
        self._styled(
            block,
            "list_item",
            block.spans,
            group,
            before=box,
            enumerated=bool(NUMBERED.match(marker)),
            marker=marker or "-",
        )
        self._lists.append((depth, group, self.items["texts"][-1]))

    def _table(self, block: Table, parent: dict[str, Any]) -> None:
        found = placed(block)
        if found is None:
            self._text(block, "text", block_markdown(block), parent)
            return
        cells, width = found
        data = {
            "table_cells": [
                {
                    "row_span": cell.row_end - cell.row,
                    "col_span": max(1, cell.column_end - cell.column),
                    "start_row_offset_idx": cell.row,
                    "end_row_offset_idx": cell.row_end,
                    "start_col_offset_idx": cell.column,
                    "end_col_offset_idx": max(cell.column + 1, cell.column_end),
                    "text": _words(cell.cell.spans).replace("\n", " "),
                    "column_header": cell.row < block.header_rows,
                    "row_header": False,
                    "row_section": False,
                }
                for cell in cells
            ],
            "num_rows": len(block.rows),
            "num_cols": width,
        }
        self._captioned("tables", block, block.caption, parent, label="table", data=data)

    def _picture(self, block: Picture, parent: dict[str, Any]) -> None:
        told = {"kind": "description", "text": block.description, "provenance": "source"}
        self._captioned(
            "pictures",
            block,
            block.caption,
            parent,
            label="picture",
            annotations=[told] if block.description else [],
        )

    def _captioned(
        self,
        kind: str,
        block: Block,
        caption: list[Span],
        parent: dict[str, Any],
        **facts: Any,
    ) -> None:
        layer = LAYERS[block.part]
        item = self._new(kind, layer, parent, prov=self._places(block, ""), **facts)
        item |= {"captions": [], "references": [], "footnotes": []}
        if text := _words(caption):
            words = self._text(block, "caption", text, item)
            item["captions"].append({"$ref": words["self_ref"]})

    def _styled(
        self,
        block: Block,
        label: str,
        spans: list[Span],
        parent: dict[str, Any],
        *,
        before: str = "",
        **facts: Any,
    ) -> None:
        self._text(block, label, before + _words(spans), parent, **_style(spans), **facts)

    def _text(
        self, block: Block, label: str, text: str, parent: dict[str, Any], **facts: Any
    ) -> dict[str, Any]:
        return self._new(
            "texts",
            LAYERS[block.part],
            parent,
            label=label,
            prov=self._places(block, text),
            orig=text,
            text=text,
            **facts,
        )

    def _new(self, kind: str, layer: str, parent: dict[str, Any], **facts: Any) -> dict[str, Any]:
        reference = f"#/{kind}/{len(self.items[kind])}"
        item = _node(reference, parent["self_ref"], layer) | facts
        self.items[kind].append(item)
        parent["children"].append({"$ref": reference})
        return item

    def _places(self, block: Block, text: str) -> list[dict[str, Any]]:
        """Where the block stands; the whole page if nobody knows better."""
        page = self._pages.get(block.page) if block.page is not None else None
        if page is None:
            return []
        box = block.box or Box(0.0, 0.0, page.width, page.height)
        edges = {
            "l": _within(box.left, page.width),
            "t": _within(box.top, page.height),
            "r": _within(box.right, page.width),
            "b": _within(box.bottom, page.height),
            "coord_origin": "TOPLEFT",
        }
        return [{"page_no": page.number, "bbox": edges, "charspan": [0, len(text)]}]


def _within(edge: float, end: float) -> float:
    """What stands over the edge of the page is cut there: docling-core would, with a warning."""
    return max(0.0, min(round(edge, 1), end))


def _words(spans: Sequence[Span]) -> str:
    return "".join(map(_word, spans)).strip()


def _word(span: Span) -> str:
    if span.note is not None:
        return f"[^{span.note}]"
    return f"${span.text}$" if span.formula else span.text


def _style(spans: Sequence[Span]) -> dict[str, Any]:
    """The style and the link that all of `spans` have in common."""
    shown = [span for span in spans if span.text.strip()]
    if not shown:
        return {}
    facts: dict[str, Any] = {}
    first = shown[0]
    if first.link and "://" in first.link and all(span.link == first.link for span in shown):
        facts["hyperlink"] = first.link
    style = {
        "bold": all(span.bold for span in shown),
        "italic": all(span.italic for span in shown),
        "strikethrough": all(span.strike for span in shown),
    }
    return facts | ({"formatting": style} if any(style.values()) else {})
