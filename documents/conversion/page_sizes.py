"""How many pages a file has and how large they are; of others what they hold in a few words."""

import time
from pathlib import Path
from typing import Any

from PIL import Image

from . import errors
from .detection import detect
from .formats import IMAGES
from .outline import outline
from .page_pictures import as_damage, has_possible_size, loaded
from .readers.pdf_pages import LETTER
from .readers.pdf_pages import opened as opened_pdf
from .readers.pictures import MAX_PIXELS, frame_count
from .readers.pictures import opened as opened_picture

MAX_NAMED = 10_000  # pages
# To know how a page of a PDF is turned it must be loaded, which takes a while for drawings.
ROTATION_SECONDS = 1.0
ORIENTATION = 0x0112  # of EXIF
# Degrees clockwise that each orientation asks for; some are mirrored, too.
TURNS = {3: 180, 4: 180, 5: 270, 6: 90, 7: 90, 8: 270}
SIDEWAYS = frozenset({5, 6, 7, 8})

Page = dict[str, Any]


def measure(path: Path, filename: str) -> dict[str, Any]:
    """The pages of a file as `draw` shows them.

    Returns `count`, 0 for formats without pictures of pages; `unit`, pt or px; `pages`, the first
    MAX_NAMED of them with `width`, `height` and `rotation`: degrees clockwise by which the page
    was turned to be upright, None where finding out would take too long; and `outline`.
    Raises ConversionError: those of detect.
    """
    format_name = detect(path, filename).format
    with as_damage(filename, "what is in it"):
        if format_name == "pdf":
            return _of_pdf(path, filename)
        if format_name in IMAGES:
            return _of_pictures(path, format_name)
        found = outline(path, filename, format_name)
    return {"count": 0, "unit": "pt", "pages": [], "outline": found}


def _of_pdf(path: Path, filename: str) -> dict[str, Any]:
    _, document = opened_pdf(path, filename)
    with document:
        numbers = range(min(len(document), MAX_NAMED))
        sizes = [_size_of_page(document, number) for number in numbers]
        until = time.monotonic() + ROTATION_SECONDS
        rotations = [
            _rotation_of_page(document, number) if time.monotonic() < until else None
            for number in numbers
        ]
        pages = [_page(*size, turn) for size, turn in zip(sizes, rotations, strict=True)]
        return {"count": len(document), "unit": "pt", "pages": pages, "outline": None}


def _size_of_page(document: Any, number: int) -> tuple[float, float]:
    try:
        with errors.engine_at_work():
            size: tuple[float, float] = document.get_page_size(number)
    except errors.EngineError:  # other pages are worth having
        return LETTER[2:]
    return size if has_possible_size(size) else LETTER[2:]


def _rotation_of_page(document: Any, number: int) -> int | None:
    try:
        with errors.engine_at_work(), loaded(document, number + 1) as page:
            rotation: int = page.get_rotation()
    except errors.EngineError:
        return None
    return rotation


def _of_pictures(path: Path, format_name: str) -> dict[str, Any]:
    with opened_picture(path, format_name) as image:
        count = frame_count(image)
        named = min(count, MAX_NAMED)
        if format_name == "tiff":
            pages = [_of_frame(image, number) for number in range(named)]
        else:  # frames of an animation are of one size, and looking at one decodes those before
            pages = [_of_frame(image, 0)] * named
    return {"count": count, "unit": "px", "pages": pages, "outline": None}


def _of_frame(image: Image.Image, number: int) -> Page:
    with errors.engine_at_work():
        image.seek(number)
        width, height = image.size
        # To find it in a PNG, all of it is decoded.
        is_small = width * height <= MAX_PIXELS
        orientation = image.getexif().get(ORIENTATION, 1) if is_small else 1
    # Pillow turns the frames of a TIFF by itself.
    if orientation in SIDEWAYS and image.format != "TIFF":
        width, height = height, width
    return _page(width, height, TURNS.get(orientation, 0))


def _page(width: float, height: float, rotation: int | None) -> Page:
    return {"width": round(width, 2), "height": round(height, 2), "rotation": rotation}
