"""Texts and slides, as docling.rs reads them."""

import io
from pathlib import Path

from PIL import Image

from .. import errors
from ..document import PageInfo
from ..encoding import narrowed
from ..formats import FORMATS
from ..options import ConversionOptions
from ..reading import Reading, Report
from ..scoring.source_text import bare_text
from . import docling
from .bridge import blocks_of
from .pictures import read_frame

SLIDES = frozenset({"pptx", "odp"})
FEW_LETTERS = 40


def read(
    path: Path, filename: str, options: ConversionOptions, report: Report, *, format_name: str
) -> Reading:
    """Read any of docling.rs's formats; slides become pages.

    Pictures are read by OCR if there is hardly any text beside them, or if OCR is forced.
    """
    data = path.read_bytes()
    if format_name == "rtf":
        data = narrowed(data).lstrip()
    found = docling.convert(data, filename, FORMATS[format_name].extensions[0], format_name)
    document = found.document
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
            seen = read_frame(image, options)
        except errors.EngineError:
            target.unread = True
            continue
        if seen.blocks:
            number = page.number if page else None
            reading.document.blocks += blocks_of(seen.blocks, number)
            target.ocr_confidence = min(target.ocr_confidence or 1.0, seen.confidence)
            reading.engine = "docling-rs+tesseract"
    if pictures and not reading.document.text().strip():
        (pages[0] if pages else reading).unread = True
