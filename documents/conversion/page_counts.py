"""How many pages a file has, found without reading them: before anything is converted."""

import re
import zipfile
from pathlib import Path

from . import errors
from .detection import detect
from .formats import FORMATS, IMAGES
from .readers.pdf_pages import opened as opened_pdf
from .readers.pictures import frame_count
from .readers.pictures import opened as opened_picture

SLIDE = re.compile(r"ppt/slides/slide\d+\.xml")
# Word writes down how many pages it made; other programs may not.
PROPERTIES, PROPERTIES_BYTES = "docProps/app.xml", 65_536
PAGES = re.compile(rb"<Pages>(\d{1,5})</Pages>")


def count_pages(path: Path, filename: str) -> int | None:
    """Pages of a PDF, slides, frames of a picture; what a DOCX says itself. None if nobody knows.

    Raises ConversionError: those of detect, and encrypted_file and corrupt_file.
    """
    name = detect(path, filename).format
    try:
        with errors.engine_at_work():
            return _count(path, filename, name)
    except errors.EngineError as problem:
        raise errors.corrupt_file(filename, FORMATS[name].label, str(problem)) from problem


def _count(path: Path, filename: str, name: str) -> int | None:
    if name == "pdf":
        _, document = opened_pdf(path, filename)
        with document:
            return len(document)
    if name in IMAGES:
        with opened_picture(path, name) as image:
            return frame_count(image)
    if name not in {"pptx", "docx"}:
        return None
    with zipfile.ZipFile(path) as archive:
        if name == "pptx":
            return sum(bool(SLIDE.fullmatch(entry)) for entry in set(archive.namelist())) or None
        return _told_by_word(archive)


def _told_by_word(archive: zipfile.ZipFile) -> int | None:
    if PROPERTIES not in archive.namelist():
        return None
    with archive.open(PROPERTIES) as file:
        found = PAGES.search(file.read(PROPERTIES_BYTES))
    return int(found[1]) or None if found else None
