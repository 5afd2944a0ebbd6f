"""Jupyter notebooks: their text, their code, and what it printed (nbformat 3 and 4)."""

import re
from collections.abc import Iterator
from typing import Any

from ..document import Block, Code, Document, Heading, Span
from ..markdown import split_blocks
from .bridge import blocks_of
from .data import loads

ANSI = re.compile(r"\x1b\[[0-9;]{0,20}[A-Za-z]")
MAX_OUTPUT = 100_000  # characters of what one cell printed


def read_text(text: str) -> Document:
    """A notebook as a Document. Raises ValueError for what is none."""
    book = loads(text)
    if not isinstance(book, dict):
        raise ValueError("It holds no notebook.")
    language = _language(book)
    cells = book.get("cells")
    if cells is None:
        sheets = [sheet for sheet in _list(book.get("worksheets")) if isinstance(sheet, dict)]
        cells = [cell for sheet in sheets for cell in _list(sheet.get("cells"))]
    blocks = [b for cell in _list(cells) if isinstance(cell, dict) for b in _cell(cell, language)]
    return Document(blocks)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _language(book: dict[str, Any]) -> str:
    metadata = book.get("metadata")
    for name in ("language_info", "kernelspec"):
        info = metadata.get(name) if isinstance(metadata, dict) else None
        found = (info.get("name") or info.get("language")) if isinstance(info, dict) else None
        if isinstance(found, str) and name == "language_info":
            return found
        if isinstance(info, dict) and isinstance(info.get("language"), str):
            return str(info["language"])
    return "python"


def _text(value: Any) -> str:
    """Text of a notebook is a string or a list of its lines."""
    return "".join(str(line) for line in value) if isinstance(value, list) else str(value or "")


def _cell(cell: dict[str, Any], language: str) -> Iterator[Block]:
    source = _text(cell.get("source", cell.get("input")))
    kind = cell.get("cell_type")
    if kind == "markdown":
        yield from blocks_of(split_blocks(source))
    elif kind == "heading":
        level = str(cell.get("level", 1))
        yield Heading([Span(source)], min(max(int(level[:2]) if level.isdigit() else 1, 1), 6))
    elif kind == "code":
        if source.strip():
            yield Code(source.strip("\n"), language)
        for output in _list(cell.get("outputs")):
            if isinstance(output, dict):
                yield from _output(output)
    elif source.strip():
        yield Code(source.strip("\n"))


def _output(output: dict[str, Any]) -> Iterator[Block]:
    data = output.get("data", output)
    if output.get("output_type") in {"error", "pyerr"}:
        said = f"{output.get('ename', 'Error')}: {output.get('evalue', '')}"
    elif isinstance(data, dict) and "text/markdown" in data:
        yield from blocks_of(split_blocks(_text(data["text/markdown"])))
        return
    else:
        said = _text(data.get("text/plain", data.get("text"))) if isinstance(data, dict) else ""
    said = ANSI.sub("", said).strip("\n")[:MAX_OUTPUT]
    if said.strip():
        yield Code(said)
