"""Sample files of light markup and of data: RST, AsciiDoc, Org, JSON, XML, FB2 and more."""

import html
import json
from collections.abc import Callable
from pathlib import Path

from .content import (
    BOOK,
    CONTACT,
    DRAWING,
    MEETING,
    REPORT,
    WORKBOOK,
    Block,
    Heading,
    Items,
    Link,
    Paragraph,
    Table,
)
from .markup import as_markdown

UNDERLINES = "=-~"


def write_written(folder: Path) -> None:
    rows = WORKBOOK["Inventory"].rows
    records = [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
    lines = "\n".join(json.dumps(record, ensure_ascii=False) for record in records)
    files = {
        "report.rst": "\n\n".join(map(as_rst, REPORT)),
        "report.adoc": "\n\n".join(map(as_asciidoc, REPORT)),
        "report.org": "\n\n".join(map(as_org, REPORT)),
        "report.ipynb": as_notebook(),
        "report.fb2": as_fictionbook(),
        "inventory.json": json.dumps(records, ensure_ascii=False, indent=2),
        "inventory.jsonl": lines,
        "inventory.xml": as_xml(records),
        "contact.vcf": "\r\n".join(("BEGIN:VCARD", "VERSION:4.0", *CONTACT, "END:VCARD")),
        "meeting.ics": "\r\n".join(
            ("BEGIN:VCALENDAR", "VERSION:2.0", "BEGIN:VEVENT", *MEETING, "END:VEVENT",
             "END:VCALENDAR")
        ),
        "plan.svg": as_svg(),
    }  # fmt: skip
    for name, text in files.items():
        (folder / name).write_text(f"{text}\n", encoding="utf-8", newline="")


def as_rst(block: Block) -> str:
    match block:
        case Heading():
            return f"{block.text}\n{UNDERLINES[block.level - 1] * len(block.text)}"
        case Paragraph():
            return block.text
        case Link():
            return f"{block.before}`{block.text} <{block.url}>`__{block.after}"
        case Items():
            return _items(block, lambda number: f"{number}.", "-")
        case Table():
            entries = "\n".join(map(_list_row, block.rows))
            return f".. list-table::\n   :header-rows: 1\n\n{entries}"


def _list_row(row: tuple[str, ...]) -> str:
    first, *others = row
    return "\n".join([f"   * - {first}", *(f"     - {cell}" for cell in others)])


def as_asciidoc(block: Block) -> str:
    match block:
        case Heading():
            return f"{'=' * block.level} {block.text}"
        case Paragraph():
            return block.text
        case Link():
            return f"{block.before}{block.url}[{block.text}]{block.after}"
        case Items():
            return _items(block, lambda number: ".", "*")
        case Table():
            head, *body = (" ".join(f"|{cell}" for cell in row) for row in block.rows)
            return "\n".join(["|===", head, "", *body, "|==="])


def as_org(block: Block) -> str:
    match block:
        case Heading():
            return f"{'*' * block.level} {block.text}"
        case Paragraph():
            return block.text
        case Link():
            return f"{block.before}[[{block.url}][{block.text}]]{block.after}"
        case Items():
            return _items(block, lambda number: f"{number}.", "-")
        case Table():
            head, *body = (f"| {' | '.join(row)} |" for row in block.rows)
            return "\n".join([head, "|" + "+".join("---" for _ in block.rows[0]) + "|", *body])


def _items(block: Items, number: Callable[[int], str], bullet: str) -> str:
    marks = [number(n) if block.ordered else bullet for n in range(1, len(block.items) + 1)]
    return "\n".join(f"{mark} {item}" for mark, item in zip(marks, block.items, strict=True))


def as_notebook() -> str:
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": as_markdown(block)} for block in REPORT
    ]
    book = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(book, indent=1)


def as_fictionbook() -> str:
    """A title and chapters of one paragraph each."""
    chapters = "".join(
        f"<section><title><p>{html.escape(title)}</p></title><p>{html.escape(text)}</p></section>"
        for title, text in BOOK
    )
    space = 'xmlns="http://www.gribuser.ru/xml/fictionbook/2.0"'
    return f'<?xml version="1.0"?>\n<FictionBook {space}><body>{chapters}</body></FictionBook>'


def as_xml(records: list[dict[str, str]]) -> str:
    items = "".join(
        "<item>" + "".join(f"<{k}>{html.escape(v)}</{k}>" for k, v in record.items()) + "</item>\n"
        for record in records
    )
    return f'<?xml version="1.0" encoding="utf-8"?>\n<inventory>\n{items}</inventory>'


def as_svg() -> str:
    texts = "".join(
        f'<text x="10" y="{20 * n}">{html.escape(text)}</text>'
        for n, text in enumerate(DRAWING, start=1)
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="300" height="200">{texts}</svg>'
