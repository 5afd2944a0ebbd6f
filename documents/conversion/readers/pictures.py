"""Picture files: every frame is a page, and OCR reads it."""

import math
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps

from .. import errors
from ..extraction import DAMAGED, Extraction, Page, Report, too_many_pixels
from ..ocr import RENDER_DPI, check_language
from ..ocr.blocks import Reading, read_picture
from ..options import ConversionOptions
from ..reading import Reading as FileReading
from .bridge import reading_of

MAX_PIXELS = 100_000_000
SMALL = 1500  # pixels; letters in smaller pictures are usually too low for Tesseract
ASSUMED_DPI = 150
ANIMATED = frozenset({"gif", "png", "webp"})  # frames of TIFF are pages, also twins
DEEP_GRAY = ("I", "F")  # modes that begin so have more than 8 bits
# White in files of so many bits: fractions of one, then 8, 10, 12 and 16. Scanners with 12 bits
# store them in 16, and do not say so.
WHITES = (1, 255, 1023, 4095, 65_535)


def read(
    path: Path, filename: str, options: ConversionOptions, report: Report, *, format_name: str
) -> FileReading:
    """Read all frames of a picture file, one at a time."""
    if not options.ocr_enabled:
        raise errors.ocr_disabled(filename)
    check_language(options.ocr_language)
    image = opened(path, format_name)
    pages: list[Page] = []
    with image:
        total = frame_count(image)
        for number, is_found in enumerate(_frames(image), start=1):
            report("ocr", number - 1, total)
            page = _read_page(image, number, options) if is_found else _damaged(number)
            if not (format_name in ANIMATED and pages and _repeats(page, pages[-1])):
                pages.append(page)
    return reading_of(Extraction(pages=pages, engine="tesseract"))


def _repeats(page: Page, before: Page) -> bool:
    """Whether a frame shows what the one before it shows, as those of animations do."""
    return page.trouble is None and page.blocks == before.blocks


def opened(path: Path, format_name: str) -> Image.Image:
    """The picture file, of which nothing is decoded yet. Raises EngineError if it is damaged."""
    # Pillow would only warn at this size; ours is a clear refusal.
    Image.MAX_IMAGE_PIXELS = None
    with errors.engine_at_work():
        return Image.open(path, formats=[format_name])


def frame_count(image: Image.Image) -> int:
    """How many frames the file says it has; those that can be found if that is damaged."""
    try:
        with errors.engine_at_work():
            return getattr(image, "n_frames", 1)
    except errors.EngineError:
        return sum(_frames(image))


def _frames(image: Image.Image) -> Iterator[bool]:
    """Turn to one frame after the other; False for one that is lost with all behind it."""
    for number in count():
        try:
            with errors.engine_at_work(EOFError):
                image.seek(number)
        except EOFError:
            return
        except errors.EngineError:
            yield False
            return
        yield True


def _read_page(image: Image.Image, number: int, options: ConversionOptions) -> Page:
    if image.width * image.height > MAX_PIXELS:
        trouble = too_many_pixels(image.width, image.height)
        return Page(number, [], unread=True, trouble=trouble)
    if 0 in image.size:
        return _damaged(number)
    try:
        reading = read_frame(image, options)
    except errors.EngineError:
        return _damaged(number)
    return page_of(reading, number)


def page_of(reading: Reading, number: int) -> Page:
    """A reading as a page; a blank back side is a page on which nothing had to be read."""
    if reading.is_blank:
        return Page(number, [])
    is_unread = not reading.blocks
    return Page(number, reading.blocks, ocr_confidence=reading.confidence, unread=is_unread)


def _damaged(number: int) -> Page:
    return Page(number, [], unread=True, trouble=DAMAGED)


def read_frame(frame: Image.Image, options: ConversionOptions) -> Reading:
    """Read one picture of any mode.

    Raises ConversionError ocr_language_missing, EngineError if its data is damaged.
    """
    with errors.engine_at_work():
        picture = _upright_gray(frame)
        dpi = _resolution(frame)
    if max(picture.size) < SMALL:
        picture = picture.resize((picture.width * 2, picture.height * 2), Image.Resampling.LANCZOS)
        dpi *= 2
    return read_picture(picture, options=options, dpi=min(dpi, 2 * RENDER_DPI))


def _upright_gray(frame: Image.Image) -> Image.Image:
    """The frame as its camera meant it, on white paper, in shades of gray."""
    return on_paper(ImageOps.exif_transpose(frame)).convert("L")


def on_paper(picture: Image.Image) -> Image.Image:
    """A picture with white where it is transparent, in shades of 8 bits."""
    if picture.mode.startswith(DEEP_GRAY):
        return _of_eight_bits(picture)
    if picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info:
        paper = Image.new("RGBA", picture.size, "white")
        return Image.alpha_composite(paper, picture.convert("RGBA"))
    return picture


def _of_eight_bits(picture: Image.Image) -> Image.Image:
    """Deep gray, of which Pillow would make white whatever is lighter than the first 255 shades.

    The shade that such a picture may name as transparent is white in scans.
    """
    shades = picture.convert("I") if picture.mode.startswith("I;") else picture
    lightest: Any = shades.getextrema()[1]  # a number: there is one channel
    white = next((shade for shade in WHITES if lightest <= shade), lightest)
    scale = 255 / white if math.isfinite(white) else 1.0
    return shades.point(lambda shade: shade * scale).convert("L")


def _resolution(frame: Image.Image) -> int:
    """Dots per inch that the file states, if that can be true."""
    stated = frame.info.get("dpi", (0, 0))[0]
    return round(float(stated)) if 70 <= float(stated) <= 1200 else ASSUMED_DPI
