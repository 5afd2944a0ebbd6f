"""Picture files: every frame is a page, and OCR reads it."""

from collections.abc import Iterator
from pathlib import Path

from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

from . import errors
from .extraction import Extraction, Page, Report
from .formats import FORMATS
from .ocr import RENDER_DPI, Reading, check_language, read_picture
from .options import ConversionOptions

MAX_PIXELS = 100_000_000
SMALL = 1500  # pixels; letters in smaller pictures are usually too low for Tesseract
ASSUMED_DPI = 150


def read_pictures(
    path: Path, filename: str, options: ConversionOptions, report: Report, *, format_name: str
) -> Extraction:
    """Read all frames of a picture file, one at a time."""
    if not options.ocr_enabled:
        raise errors.ocr_disabled(filename)
    check_language(options.ocr_language)
    # Pillow would only warn at this size; ours is a clear refusal.
    Image.MAX_IMAGE_PIXELS = None
    pages: list[Page] = []
    try:
        with Image.open(path, formats=[format_name]) as image:
            total = getattr(image, "n_frames", 1)
            for number, frame in enumerate(_frames(image, filename), start=1):
                report("ocr", number - 1, total)
                reading = read_frame(frame, options)
                page = Page(number, reading.blocks, ocr_confidence=reading.confidence)
                page.unread = not page.blocks
                if not pages or page.blocks != pages[-1].blocks:  # animations repeat themselves
                    pages.append(page)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as problem:
        label = FORMATS[format_name].label
        raise errors.corrupt_file(filename, label, str(problem)) from problem
    return Extraction(pages=pages, engine="tesseract")


def _frames(image: Image.Image, filename: str) -> Iterator[Image.Image]:
    for frame in ImageSequence.Iterator(image):
        if frame.width * frame.height > MAX_PIXELS:
            size = f"{frame.width} x {frame.height} pixels"
            raise errors.too_large(filename, f"the picture has {size}")
        yield frame


def read_frame(frame: Image.Image, options: ConversionOptions) -> Reading:
    """Read one picture of any mode; raises ConversionError ocr_language_missing."""
    picture = _upright_grey(frame)
    dpi = _resolution(frame)
    if max(picture.size) < SMALL:
        picture = picture.resize((picture.width * 2, picture.height * 2), Image.Resampling.LANCZOS)
        dpi *= 2
    return read_picture(picture, options=options, dpi=min(dpi, 2 * RENDER_DPI))


def _upright_grey(frame: Image.Image) -> Image.Image:
    """The frame as its camera meant it, on white paper, in shades of grey."""
    picture = ImageOps.exif_transpose(frame)
    if picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info:
        paper = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(paper, picture.convert("RGBA"))
    return picture.convert("L")


def _resolution(frame: Image.Image) -> int:
    """Dots per inch that the file states, if that can be true."""
    stated = frame.info.get("dpi", (0, 0))[0]
    return round(float(stated)) if 70 <= float(stated) <= 1200 else ASSUMED_DPI
