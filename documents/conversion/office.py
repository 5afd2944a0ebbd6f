"""Office, web, mail and book formats, by docling.rs: a document tree, rendered as Markdown."""

import re
import struct
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import olefile

from . import errors
from .encoding import decode_text
from .extraction import Extraction, Page
from .formats import FORMATS
from .markdown import escape_tags, kind, split_blocks
from .source_text import bare_text

if TYPE_CHECKING:
    from docling_core.types.doc.document import DoclingDocument

# Cannot occur in a document: control characters are removed from what the engine gives.
SLIDE_MARK = "curatore-slide-boundary"
SHEETS = frozenset({"xlsx", "xls", "ods"})
SLIDES = frozenset({"pptx", "odp"})
TEXT_FORMATS = frozenset({"html", "csv", "tsv"})
CHARSET = re.compile(rb"""(<meta[^>]+charset\s*=\s*["']?|encoding\s*=\s*["'])([\w.:-]+)""", re.I)
BOUND_SHEET = 0x0085  # record that names a sheet, [MS-XLS] 2.4.28


def read_office(path: Path, filename: str, *, format_name: str) -> Extraction:
    """Read any of docling.rs's formats; slides become pages, sheets get headings."""
    data = path.read_bytes()
    if format_name in TEXT_FORMATS:
        data = _as_utf8(data, is_html=format_name == "html")
    document = _document(data, filename, format_name)
    if format_name in SLIDES:
        _mark_slides(document)
    if format_name in SHEETS:
        _name_sheets(document, _sheet_names(path) if format_name == "xls" else None)
    text = document.export_to_markdown(
        escape_html=False, escape_underscores=False, compact_tables=True, image_placeholder=""
    )
    blocks = [_escaped(block) for block in split_blocks(text)]
    pages = _slides(blocks) if format_name in SLIDES else [Page(None, blocks)]
    return Extraction(pages, "docling-rs", source_text=bare_text(path, data, format_name))


@lru_cache(maxsize=1)
def _converter() -> Any:
    from docling_rs import DocumentConverter

    # No models, no network: pictures stay out of the text.
    return DocumentConverter(do_ocr=False, do_table_structure=False, image_sources="none")


def _document(data: bytes, filename: str, format_name: str) -> "DoclingDocument":
    import docling_rs

    format_ = FORMATS[format_name]
    try:
        return _converter().convert_bytes(f"document{format_.extensions[0]}", data).document
    except docling_rs.EncryptionError as problem:
        raise errors.encrypted_file(filename, str(problem)) from problem
    except (docling_rs.ConversionError, ValueError) as problem:
        raise errors.corrupt_file(filename, format_.label, str(problem)) from problem


def _as_utf8(data: bytes, *, is_html: bool) -> bytes:
    """Text in any encoding as UTF-8; an HTML page's own word about its encoding comes first."""
    declared = CHARSET.search(data[:4096]) if is_html else None
    text = None
    if declared is not None:
        try:
            text = data.decode(declared[2].decode("ascii"))
        except (LookupError, UnicodeDecodeError):
            text = None
    if text is None:
        decoded = decode_text(data)
        text = decoded.text if decoded else data.decode("utf-8", "replace")
    encoded = text.encode("utf-8", "replace")
    return CHARSET.sub(rb"\1utf-8", encoded, count=1) if declared else encoded


def _escaped(block: str) -> str:
    return block if kind(block) == "code" else escape_tags(block)


def _mark_slides(document: "DoclingDocument") -> None:
    from docling_core.types.doc import DocItemLabel

    for group in [child.resolve(document) for child in document.body.children]:
        if getattr(group, "name", "").startswith("slide-"):
            document.insert_text(group, DocItemLabel.TEXT, SLIDE_MARK, after=False)


def _slides(blocks: list[str]) -> list[Page]:
    pages: list[Page] = []
    for block in blocks:
        if block == SLIDE_MARK:
            pages.append(Page(len(pages) + 1, []))
            continue
        if not pages:
            pages.append(Page(1, []))
        pages[-1].blocks.append(block)
    return pages


def _name_sheets(document: "DoclingDocument", names: list[str] | None) -> None:
    """A heading with its name before each sheet that holds anything."""
    sheets = [child.resolve(document) for child in document.body.children]
    if names is not None:
        titled = list(zip(sheets, names, strict=True)) if len(sheets) == len(names) else []
    else:
        titled = [
            (sheet, sheet.name.removeprefix("sheet: "))
            for sheet in sheets
            if getattr(sheet, "name", "") and sheet.children
        ]
    for sheet, name in titled:
        document.insert_heading(sheet, name, level=1, after=False)


def _sheet_names(path: Path) -> list[str]:
    """Names of the sheets of an XLS workbook, which docling.rs leaves out; empty if unreadable."""
    with olefile.OleFileIO(path) as container:
        name = next((n for n in ("Workbook", "Book") if container.exists(n)), None)
        stream = container.openstream(name).read() if name else b""
    names, place = [], 0
    while place + 4 <= len(stream):
        record, length = struct.unpack_from("<HH", stream, place)
        body = stream[place + 4 : place + 4 + length]
        if record == BOUND_SHEET and length > 8:
            encoding = "utf-16-le" if body[7] & 1 else "latin-1"
            width = 2 if body[7] & 1 else 1
            names.append(body[8 : 8 + body[6] * width].decode(encoding, "replace"))
        place += 4 + length
    return names
