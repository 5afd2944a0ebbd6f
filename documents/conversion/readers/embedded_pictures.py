"""Text in the pictures of a document, for those that hold hardly any other."""

import io
from collections.abc import Iterable

from PIL import Image

from .. import errors
from ..options import ConversionOptions
from ..reading import Reading, Report
from .pictures import read_embedded

FEW_LETTERS = 40
MAX_PICTURES = 2000


def is_wanted(reading: Reading, options: ConversionOptions) -> bool:
    """Whether the pictures are to be looked at: there is hardly any text, or OCR is forced."""
    letters = sum(char.isalnum() for char in reading.document.text())
    return letters < FEW_LETTERS or (options.ocr_enabled and options.ocr_force)


def read_pictures(
    pictures: Iterable[tuple[int | None, bytes]],
    reading: Reading,
    options: ConversionOptions,
    report: Report,
) -> None:
    """Add the text of pictures, each with its page or None, to the pages they are on."""
    pages = {page.number: page for page in reading.document.pages}
    has_pictures = False
    for place, (number, data) in enumerate(pictures):
        has_pictures = True
        target = pages.get(number or 0, reading)
        if not options.ocr_enabled or place >= MAX_PICTURES:
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
                block.page = number
            reading.document.blocks += seen
            target.ocr_confidence = min(target.ocr_confidence or 1.0, confidence)
            reading.engine = f"{reading.engine.partition('+')[0]}+tesseract"
    if has_pictures and not reading.document.text().strip():
        next(iter(pages.values()), reading).unread = True
