"""Texts, slides, web pages, mail and books, as docling.rs reads them."""

import contextlib
import io
import re
from pathlib import Path

import olefile
from PIL import Image

from .. import errors
from ..document import Block, Document, PageInfo, Paragraph, Span
from ..encoding import decode_text, narrowed
from ..formats import FORMATS
from ..markdown import clean_text
from ..options import ConversionOptions
from ..reading import Reading, Report
from ..scoring.source_text import bare_text
from . import docling
from .mail_bytes import mail_bytes
from .pictures import read_embedded

SLIDES = frozenset({"pptx", "odp"})
FEW_LETTERS = 40
DECLARATION_BYTES = 4096  # of a web page; there it says what its encoding is
RECIPIENT_PROPERTIES = {"To": "0E04", "Cc": "0E03"}  # [MS-OXOMSG] 2.2.3
CHARSET = re.compile(rb"""(<meta[^<>]+charset\s*=\s*["']?|encoding\s*=\s*["'])([\w.:-]+)""", re.I)


def read(
    path: Path, filename: str, options: ConversionOptions, report: Report, *, format_name: str
) -> Reading:
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
    found = docling.convert(data, filename, FORMATS[format_name].extensions[0], format_name)
    document = found.document
    if format_name == "msg":
        _add_recipients(path, document)
    if format_name in SLIDES:
        count = max((block.page or 1 for block in document.blocks), default=1)
        document.pages = [PageInfo(number) for number in range(1, count + 1)]
    else:
        for block in document.blocks:
            block.page = None
    reading = Reading(document, "docling-rs", bare_text(path, data, format_name))
    letters = sum(char.isalnum() for char in document.text())
    if letters < FEW_LETTERS or (options.ocr_enabled and options.ocr_force):
        _read_pictures(list(found.pictures), reading, options, report)
    return reading


def _read_pictures(
    pictures: list[tuple[bytes, int | None]],
    reading: Reading,
    options: ConversionOptions,
    report: Report,
) -> None:
    """Add the text in the pictures of a document to the pages they are on."""
    pages = reading.document.pages
    for data, place in pictures:
        page = pages[min(place or 1, len(pages)) - 1] if pages else None
        target = page or reading
        if not options.ocr_enabled:
            target.unread = True
            continue
        report("ocr", None, None)  # pictures are no pages
        try:
            with errors.engine_at_work():
                image = Image.open(io.BytesIO(data))
            seen, confidence = read_embedded(image, options)
        except errors.EngineError:
            target.unread = True
            continue
        if seen:
            for block in seen:
                block.page = page.number if page else None
            reading.document.blocks += seen
            target.ocr_confidence = min(target.ocr_confidence or 1.0, confidence)
            reading.engine = "docling-rs+tesseract"
    if pictures and not reading.document.text().strip():
        (pages[0] if pages else reading).unread = True


def _add_recipients(path: Path, document: Document) -> None:
    """Put the To and Cc lines of an Outlook message, which docling.rs leaves out, below From."""
    lines: list[Block] = []
    with errors.engine_at_work(), olefile.OleFileIO(path) as container:
        for label, tag in RECIPIENT_PROPERTIES.items():
            for suffix, encoding in (("001F", "utf-16-le"), ("001E", "cp1252")):
                stream = f"__substg1.0_{tag}{suffix}"
                if container.exists(stream):
                    names = container.openstream(stream).read().decode(encoding, "replace")
                    shown = clean_text(names.strip(chr(0)))
                    lines.append(Paragraph([Span(f"{label}: {shown}")]))
    place = next((i for i, b in enumerate(document.blocks) if _is_sender(b)), -1) + 1
    document.blocks[place:place] = lines


def _is_sender(block: Block) -> bool:
    return isinstance(block, Paragraph) and bool(block.spans) and (
        block.spans[0].text.startswith("From: ")
    )  # fmt: skip


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
