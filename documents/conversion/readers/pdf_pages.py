"""The pages of a PDF as PDFium sees them: raw text layers, pages as pictures, blank pages."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import pypdfium2
from PIL import Image, ImageStat
from pypdfium2 import raw

from .. import errors
from ..detection import HEAD_BYTES, PDF_MARK
from ..ocr import RENDER_DPI
from ..sandbox import memory
from ..troubles import DAMAGED, Trouble, too_many_pixels
from .pictures import MAX_PIXELS

FEW_OBJECTS = 100  # on a page of few words
MAX_PAGE_PIXELS = 40_000_000
MAX_SIDE = 100_000  # points, 35 metres; readers of PDF allow a seventh of that
LETTER = (0, 0, 612, 792)  # what PDFium takes for a page that has no size
GLANCE_DPI = 36
BYTES_PER_PIXEL = 4
MAX_LOOKED_AT = 20  # pictures of a page that seems to be blank


class PdfPages:
    """An open PDF; pages count from 1. Every method raises EngineError for a page that is damaged.

    `data` is what other readers should read: it begins with the PDF, whatever the file begins
    with, and all its pages have a possible size. `resized` names those that had none.
    """

    def __init__(self, data: bytes, document: pypdfium2.PdfDocument) -> None:
        self.document = document
        self.resized = self._resize()
        self.data = self._saved() if self.resized else data

    @classmethod
    def open(cls, path: Path, filename: str) -> Self:
        """Raises ConversionError: corrupt_file, encrypted_file."""
        data, document = opened(path, filename)
        return cls(data, document)

    def __len__(self) -> int:
        return len(self.document)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.document.close()

    def is_empty(self, number: int) -> bool:
        """Whether there is nothing on the page, not even something that is not seen."""
        with self.opened_page(number) as page:
            return has_nothing(page)

    def size(self, number: int) -> tuple[float, float]:
        """Width and height of the page as people see it, in points."""
        with errors.engine_at_work():
            width, height = self.document.get_page_size(number - 1)
        return width, height

    def text_layer(self, number: int) -> str:
        with self.opened_page(number) as page:
            text_page = page.get_textpage()
            try:
                return text_page.get_text_range()
            finally:
                text_page.close()

    def picture(self, number: int) -> tuple[Image.Image, int]:
        """The page in shades of gray, and its dots per inch."""
        with self.opened_page(number) as page:
            return _drawn(page, RENDER_DPI)

    def hidden_content(self, number: int) -> Trouble | None:
        """Why a page that looks blank is not: it has a picture that cannot be drawn."""
        with self.opened_page(number) as page:
            kinds = [raw.FPDF_PAGEOBJ_IMAGE]
            for image, _ in zip(page.get_objects(kinds), range(MAX_LOOKED_AT), strict=False):
                if trouble := _trouble_with(image):
                    return trouble
        return None

    def looks_blank(self, number: int) -> bool:
        with self.opened_page(number) as page:
            return is_plain(_drawn(page, GLANCE_DPI)[0])

    @contextmanager
    def opened_page(self, number: int) -> Iterator[Any]:
        with errors.engine_at_work():
            page = self.document[number - 1]
            try:
                yield page
            finally:
                page.close()

    def _resize(self) -> list[int]:
        """Give a possible size to pages that have none, and return their numbers."""
        numbers = range(1, len(self) + 1)
        resized = [number for number in numbers if self._largest_side(number) > MAX_SIDE]
        for number in resized:
            with self.opened_page(number) as page:
                resize(page)
        return resized

    def _largest_side(self, number: int) -> float:
        try:
            return max(self.document.get_page_size(number - 1))
        except pypdfium2.PdfiumError:  # it will be missed when it is read
            return 0

    def _saved(self) -> bytes:
        buffer = io.BytesIO()
        with errors.engine_at_work():
            self.document.save(buffer)
        return buffer.getvalue()


def opened(path: Path, filename: str) -> tuple[bytes, pypdfium2.PdfDocument]:
    """The PDF in a file, from its first byte on, and the same opened.

    Raises ConversionError: corrupt_file, encrypted_file.
    """
    data = path.read_bytes()
    # Lines of mail programs or web servers before it would make another format of it.
    data = data[max(0, data.find(PDF_MARK, 0, HEAD_BYTES)) :]
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as problem:
        if "password" in str(problem).lower():
            raise errors.encrypted_file(filename, str(problem)) from problem
        raise errors.corrupt_file(filename, "PDF", str(problem)) from problem
    if len(document) == 0:
        raise errors.corrupt_file(filename, "PDF", "The document has no pages.")
    return data, document


def resize(page: Any) -> None:
    """Give a page without a possible size that of letter paper."""
    page.set_mediabox(*LETTER)
    page.set_cropbox(*LETTER)


def _drawn(page: Any, dpi: int) -> tuple[Image.Image, int]:
    width, height = page.get_size()
    largest = (MAX_PAGE_PIXELS / max(1.0, width * height)) ** 0.5
    scale = min(dpi / 72, largest)
    return page.render(scale=scale, grayscale=True).to_pil(), round(scale * 72)


def _trouble_with(image: Any) -> Trouble | None:
    width, height = image.get_px_size()
    if width * height > MAX_PIXELS:
        return too_many_pixels(width, height)
    try:
        with errors.engine_at_work():
            image.get_bitmap()
    except errors.EngineError:
        if BYTES_PER_PIXEL * width * height > memory.room():
            raise MemoryError from None  # PDFium does not tell the one from the other
        return DAMAGED
    return None


def has_nothing(page: Any) -> bool:
    """Whether there is nothing on an open page, not even something that is not seen."""
    count_objects, count_notes = raw.FPDFPage_CountObjects, raw.FPDFPage_GetAnnotCount
    return bool(count_objects(page) == 0 and count_notes(page) == 0)


def has_only_text(page: Any) -> bool:
    """Whether all that is drawn on an open page is letters: then nothing else can be read there."""
    count = raw.FPDFPage_CountObjects(page)
    if not 0 < count <= FEW_OBJECTS:
        return False
    objects = (raw.FPDFPage_GetObject(page, place) for place in range(count))
    return all(raw.FPDFPageObj_GetType(found) == raw.FPDF_PAGEOBJ_TEXT for found in objects)


def is_plain(picture: Image.Image) -> bool:
    """Whether every pixel has (nearly) the same shade: a blank page has nothing to read."""
    lowest, highest = ImageStat.Stat(picture).extrema[0]
    return highest - lowest < 8
