"""Texts, slides, web pages, mail and books: docling.rs gives a tree, rendered as Markdown."""

import contextlib
import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import olefile

from .. import errors
from ..encoding import decode_text, narrowed
from ..extraction import Extraction, Page, Report
from ..formats import FORMATS
from ..markdown import escape_tags, kind, split_blocks
from ..options import ConversionOptions
from ..scoring.source_text import bare_text
from .mail_bytes import mail_bytes
from .pictures import read_frame

if TYPE_CHECKING:
    from docling_core.types.doc.document import DoclingDocument

# A paragraph of its own before each slide; no document says so by itself.
SLIDE_MARK = "curatore-slide-boundary"
SLIDES = frozenset({"pptx", "odp"})
FEW_LETTERS = 40
DECLARATION_BYTES = 4096  # of a web page; there it says what its encoding is
RECIPIENT_PROPERTIES = {"To": "0E04", "Cc": "0E03"}  # [MS-OXOMSG] 2.2.3
CHARSET = re.compile(rb"""(<meta[^<>]+charset\s*=\s*["']?|encoding\s*=\s*["'])([\w.:-]+)""", re.I)


def read_office(
    path: Path, filename: str, options: ConversionOptions, report: Report, *, format_name: str
) -> Extraction:
    """Read any of docling.rs's formats; slides become pages.

    Pictures are read by OCR if there is hardly any text beside them, or if OCR is forced.
    """
    data = path.read_bytes()
    if format_name == "html":
        data = _as_utf8(data)
    elif format_name == "rtf":
        data = narrowed(data).lstrip()
    elif format_name == "eml":
        data = mail_bytes(data)
    document = _document(data, filename, format_name)
    with errors.engine_at_work():
        if format_name in SLIDES:
            _mark_slides(document)
        text = document.export_to_markdown(
            escape_html=False, escape_underscores=False, compact_tables=True, image_placeholder=""
        )
    blocks = [_escaped(block) for block in split_blocks(text)]
    if format_name == "msg":
        blocks = _with_recipients(path, blocks)
    pages = _slides(blocks) if format_name in SLIDES else [Page(None, blocks)]
    source_text = bare_text(path, data, format_name)
    extraction = Extraction(pages, "docling-rs", source_text)
    letters = sum(char.isalnum() for char in extraction.text)
    if letters < FEW_LETTERS or (options.ocr_enabled and options.ocr_force):
        _read_pictures(document, extraction, options, report)
    return extraction


def _read_pictures(
    document: "DoclingDocument",
    extraction: Extraction,
    options: ConversionOptions,
    report: Report,
) -> None:
    """Add the text in the pictures of a document to the pages they are on."""
    pictures = [picture for picture in document.pictures if picture.image is not None]
    for picture in pictures:
        place = picture.prov[0].page_no - 1 if picture.prov else 0
        page = extraction.pages[min(place, len(extraction.pages) - 1)]
        if not options.ocr_enabled:
            page.unread = True
            continue
        report("ocr", None, None)  # pictures are no pages
        try:
            with errors.engine_at_work():
                image = picture.image.pil_image if picture.image else None
            reading = read_frame(image, options) if image else None
        except errors.EngineError:
            reading = None
        if reading is None:
            page.unread = True
            continue
        if reading.blocks:
            page.blocks += reading.blocks
            page.ocr_confidence = min(page.ocr_confidence or 1.0, reading.confidence)
            extraction.engine = "docling-rs+tesseract"
    if not extraction.text.strip() and pictures:
        extraction.pages[0].unread = True


def _with_recipients(path: Path, blocks: list[str]) -> list[str]:
    """`blocks` of an Outlook message with its To and Cc lines, which docling.rs leaves out."""
    lines = []
    with errors.engine_at_work(), olefile.OleFileIO(path) as container:
        for label, tag in RECIPIENT_PROPERTIES.items():
            for suffix, encoding in (("001F", "utf-16-le"), ("001E", "cp1252")):
                stream = f"__substg1.0_{tag}{suffix}"
                if container.exists(stream):
                    names = container.openstream(stream).read().decode(encoding, "replace")
                    lines.append(f"{label}: {escape_tags(names.strip(chr(0)))}")
    place = next((i for i, block in enumerate(blocks) if block.startswith("From: ")), -1) + 1
    return [*blocks[:place], *lines, *blocks[place:]]


@lru_cache(maxsize=1)
def _converter() -> Any:
    from docling_rs import DocumentConverter

    # No models, no network.
    return DocumentConverter(
        do_ocr=False, do_table_structure=False, image_sources="none", list_attachments=True
    )


def _document(data: bytes, filename: str, format_name: str) -> "DoclingDocument":
    import docling_rs

    format_ = FORMATS[format_name]
    try:
        with errors.engine_at_work(docling_rs.EncryptionError):
            return _converter().convert_bytes(f"document{format_.extensions[0]}", data).document
    except docling_rs.EncryptionError as problem:
        raise errors.encrypted_file(filename, str(problem)) from problem


def _as_utf8(page: bytes) -> bytes:
    """An HTML page in UTF-8; its own word about its encoding comes first."""
    declared = CHARSET.search(page[:DECLARATION_BYTES])
    text = None
    if declared is not None:
        with contextlib.suppress(LookupError, UnicodeError):
            text = page.decode(declared[2].decode("ascii"))
    if text is None:
        decoded = decode_text(page)
        text = decoded.text if decoded else page.decode("utf-8", "replace")
    encoded = text.encode("utf-8", "replace")
    head, rest = encoded[:DECLARATION_BYTES], encoded[DECLARATION_BYTES:]
    return CHARSET.sub(rb"\1utf-8", head, count=1) + rest


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
    return pages or [Page(1, [])]
