"""Pages as people see them: a PNG of one page of a PDF, or of one frame of a picture file."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pypdfium2
from PIL import Image, ImageChops, ImageOps

from . import errors
from .detection import detect
from .formats import IMAGES
from .readers.pdf_pages import MAX_SIDE as MAX_POINTS
from .readers.pdf_pages import opened as opened_pdf
from .readers.pdf_pages import resize
from .readers.pictures import MAX_PIXELS, frame_count, on_paper
from .readers.pictures import opened as opened_picture
from .troubles import too_many_pixels

MAX_DRAWN_PIXELS = 16_000_000  # a page that is long for its width gets a narrower picture
MAX_DRAWN_SIDE = 16_384  # pixels; browsers show no more
QUICK = 1  # how hard PNG is compressed: others take three times as long for a tenth less
GRAY = frozenset({"1", "L", "LA"})


def draw(path: Path, filename: str, number: int, width: int, target: str) -> dict[str, Any]:
    """Draw page `number` (from 1) of a file as a PNG into the empty file `target`.

    The picture has `width` pixels, or less: a picture file is not made larger than it is, and
    no picture has more than MAX_DRAWN_PIXELS.

    Returns `count`, the number of pages, 0 for formats without pictures of them; and `is_drawn`,
    which is false if there is no such page.
    Raises ConversionError: those of detect, and too_large.
    """
    format_name = detect(path, filename).format
    with as_damage(filename, f"page {number}"):
        if format_name == "pdf":
            count, picture = _pdf_page(path, filename, number, width)
        elif format_name in IMAGES:
            count, picture = _frame(path, filename, format_name, number, width)
        else:
            count, picture = 0, None
        if picture is not None:
            _save(_without_needless_colors(picture), target)
    return {"count": count, "is_drawn": picture is not None}


@contextmanager
def as_damage(filename: str, what: str) -> Iterator[None]:
    """Say of whatever an engine raises in here that `what` is damaged."""
    try:
        yield
    except errors.EngineError as problem:
        raise errors.ConversionError(
            "corrupt_file",
            f"The file “{filename}” is damaged: {what} cannot be read.",
            "Open it in the program it was made with, save it again and upload the new copy.",
            detail=str(problem),
        ) from problem


def has_possible_size(size: tuple[float, float]) -> bool:
    """Whether a page of so many points can be drawn; others are taken for letter paper."""
    return max(size) <= MAX_POINTS


def _pdf_page(path: Path, filename: str, number: int, width: int) -> tuple[int, Image.Image | None]:
    _, document = opened_pdf(path, filename)
    with document:
        count = len(document)
        if number > count:
            return count, None
        with errors.engine_at_work():
            document.init_forms()  # what is filled into forms is drawn, too
            if not has_possible_size(document.get_page_size(number - 1)):
                with loaded(document, number) as page:
                    resize(page)
            with loaded(document, number) as page:
                # Pixels that are begun are drawn: a half less is not one more.
                scale = _scale(page.get_size(), width - 0.5)
                return count, page.render(scale=scale).to_pil()


@contextmanager
def loaded(document: pypdfium2.PdfDocument, number: int) -> Iterator[Any]:
    """Page `number` (from 1) of a PDF, closed afterwards."""
    page = document[number - 1]
    try:
        yield page
    finally:
        page.close()


def _scale(size: tuple[float, float], width: float) -> float:
    """Pixels for each unit of a page of this size."""
    across, down = (max(side, 1e-3) for side in size)
    most = min((MAX_DRAWN_PIXELS / (across * down)) ** 0.5, MAX_DRAWN_SIDE / max(across, down))
    return min(width / across, most)


def _frame(
    path: Path, filename: str, format_name: str, number: int, width: int
) -> tuple[int, Image.Image | None]:
    with opened_picture(path, format_name) as image:
        count = frame_count(image)
        if number > count:
            return count, None
        with errors.engine_at_work():
            image.seek(number - 1)
            if image.width * image.height > MAX_PIXELS:
                why = too_many_pixels(image.width, image.height).words
                raise errors.too_large(filename, why)
            return count, _upright(image, width)


def _upright(image: Image.Image, width: int) -> Image.Image:
    """The frame as its camera meant it, on white paper, at most `width` pixels wide."""
    # Of JPEG no more is decoded than is needed, however it is turned.
    smallest = min(width, MAX_DRAWN_SIDE) / min(image.size)
    image.draft(None, (round(image.width * smallest), round(image.height * smallest)))
    ImageOps.exif_transpose(image, in_place=True)
    picture = on_paper(image)
    picture = picture.convert("L" if picture.mode in GRAY else "RGB")
    scale = min(_scale(picture.size, width), 1.0)
    if scale == 1.0:
        return picture
    across, down = (max(1, round(side * scale)) for side in picture.size)
    return picture.resize((across, down), Image.Resampling.LANCZOS, reducing_gap=2.0)


def _without_needless_colors(picture: Image.Image) -> Image.Image:
    """The picture in shades of gray if it has no others: a third of the bytes."""
    if picture.mode != "RGB":
        return picture
    red, green, blue = picture.split()
    differences = (ImageChops.difference(red, other) for other in (green, blue))
    is_gray = all(difference.getbbox() is None for difference in differences)
    return red if is_gray else picture


def _save(picture: Image.Image, target: str) -> None:
    # Not made here: whoever does not wait any more has removed it.
    with Path(target).open("r+b") as file:
        picture.save(file, "PNG", compress_level=QUICK)
