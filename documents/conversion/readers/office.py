"""Word and PowerPoint files of before 2007, as docling.rs reads them."""

from pathlib import Path

from ..document import PageInfo
from ..formats import FORMATS
from ..options import ConversionOptions
from ..reading import Reading, Report
from . import docling
from .embedded_pictures import is_wanted, read_pictures

ENGINE = "docling-rs"


def read(
    path: Path, filename: str, options: ConversionOptions, report: Report, *, format_name: str
) -> Reading:
    """Read a DOC or PPT file; slides become pages.

    Pictures are read by OCR if there is hardly any text beside them, or if OCR is forced.
    """
    extension = FORMATS[format_name].extensions[0]
    found = docling.convert(path.read_bytes(), filename, extension, format_name)
    document = found.document
    if format_name == "ppt":
        count = max((block.page or 1 for block in document.blocks), default=1)
        document.pages = [PageInfo(number) for number in range(1, count + 1)]
    else:
        for block in document.blocks:
            block.page = None
    reading = Reading(document, ENGINE)
    if is_wanted(reading, options):
        known = {page.number for page in document.pages}
        pictures = ((place if place in known else None, data) for data, place in found.pictures)
        read_pictures(pictures, reading, options, report)
    return reading
