"""PDF: page by page from the text layer, or by OCR where there is none or it is broken."""

from pathlib import Path
from typing import Any

import pypdfium2
from PIL import ImageStat

from . import errors
from .extraction import Extraction, Page, Report
from .ocr import RENDER_DPI, check_language, read_picture
from .options import ConversionOptions
from .pdf_blocks import page_blocks

BATCH_PAGES = 50  # bounds the memory; headings are compared with each other within one batch
MAX_PAGE_PIXELS = 40_000_000
GLANCE_DPI = 36
FEW_CHARACTERS = 20
SPARSE_CHARACTERS = 200
LARGE_PICTURE = 0.4  # of the page


def read_pdf(path: Path, filename: str, options: ConversionOptions, report: Report) -> Extraction:
    """Read all pages of a PDF; the memory needed does not grow with their number."""
    document = _open(path, filename)
    try:
        total = len(document)
        if total == 0:
            raise errors.corrupt_file(filename, "PDF", "The document has no pages.")
        return _Reader(document, total, options, report).read(path)
    finally:
        document.close()


def _open(path: Path, filename: str) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as problem:
        if "password" in str(problem).lower():
            raise errors.encrypted_file(filename, str(problem)) from problem
        raise errors.corrupt_file(filename, "PDF", str(problem)) from problem


def _layout_parser(pages: int) -> Any:
    from liteparse import LiteParse

    return LiteParse(
        max_pages=pages,  # by itself it reads the first 1,000
        ocr_enabled=False,
        num_workers=1,
        quiet=True,
        continue_on_page_error=True,
        extract_blocks=True,
        extract_annotations=True,
        extract_form_fields=True,
        emit_word_boxes=True,
        include_complexity=True,
        # Removed later by a rule that sees all pages, or kept if auto_optimize is off.
        keep_headers_footers=True,
    )


class _Reader:
    """One PDF on its way; collects pages, the raw text layer and how many pages were OCRed."""

    def __init__(
        self,
        document: pypdfium2.PdfDocument,
        total: int,
        options: ConversionOptions,
        report: Report,
    ) -> None:
        self.document = document
        self.total = total
        self.options = options
        self.report = report
        self.layers: list[str] = []

    def read(self, path: Path) -> Extraction:
        if self.options.ocr_enabled and self.options.ocr_force:
            pages = [self._read_by_ocr(number) for number in range(1, self.total + 1)]
        else:
            pages = self._read_layers(path)
        used = [page.ocr_confidence is not None for page in pages]
        engines = (["liteparse"] if not all(used) else []) + (["tesseract"] if any(used) else [])
        return Extraction(pages, "+".join(engines), source_text="\n".join(self.layers) or None)

    def _read_layers(self, path: Path) -> list[Page]:
        pages: dict[int, Page] = {}
        # The bytes, not the path: the parser would judge by the name, and stored files have none.
        for batch in _layout_parser(self.total).parse_batches(path.read_bytes(), BATCH_PAGES):
            for parsed in batch.result.pages:
                self.report("extract", parsed.page_num - 1, self.total)
                pages[parsed.page_num] = self._read_page(parsed)
        # A page that the layout parser had to skip is read as a picture.
        return [pages.get(n) or self._read_as_picture(n) for n in range(1, self.total + 1)]

    def _read_page(self, parsed: Any) -> Page:
        number, facts = parsed.page_num, parsed.complexity
        layer = self._text_layer(number)
        written = Page(number, page_blocks(parsed))
        if facts.text_length < FEW_CHARACTERS and self._is_blank(number):
            return written
        if not _needs_ocr(facts):
            self.layers.append(layer)
            return written
        seen = self._read_as_picture(number)
        if not facts.is_garbled and _size(seen) <= _size(written):
            self.layers.append(layer)
            written.unread = seen.unread and not self.options.ocr_enabled
            return written
        return seen

    def _read_as_picture(self, number: int) -> Page:
        if not self.options.ocr_enabled:
            return Page(number, [], unread=True)
        return self._read_by_ocr(number)

    def _read_by_ocr(self, number: int) -> Page:
        check_language(self.options.ocr_language)
        self.report("ocr", number - 1, self.total)
        page = self.document[number - 1]
        width, height = page.get_size()
        largest = (MAX_PAGE_PIXELS / max(1.0, width * height)) ** 0.5
        scale = min(RENDER_DPI / 72, largest)
        picture = page.render(scale=scale, grayscale=True).to_pil()
        page.close()
        if _is_plain(picture):
            return Page(number, [])
        reading = read_picture(picture, options=self.options, dpi=max(70, round(scale * 72)))
        confidence = reading.confidence
        return Page(number, reading.blocks, ocr_confidence=confidence, unread=not reading.blocks)

    def _text_layer(self, number: int) -> str:
        page = self.document[number - 1]
        text_page = page.get_textpage()
        try:
            return text_page.get_text_range()
        finally:
            text_page.close()
            page.close()

    def _is_blank(self, number: int) -> bool:
        page = self.document[number - 1]
        width, height = page.get_size()
        scale = min(GLANCE_DPI / 72, (MAX_PAGE_PIXELS / max(1.0, width * height)) ** 0.5)
        try:
            return _is_plain(page.render(scale=scale, grayscale=True).to_pil())
        finally:
            page.close()


def _needs_ocr(facts: Any) -> bool:
    """Whether a page holds text that its text layer does not, or has a broken text layer."""
    if facts.is_garbled or facts.text_length < FEW_CHARACTERS:
        return True
    is_sparse = facts.text_length < SPARSE_CHARACTERS
    return is_sparse and (facts.full_page_image or facts.largest_image_coverage > LARGE_PICTURE)


def _size(page: Page) -> int:
    return sum(char.isalnum() for block in page.blocks for char in block)


def _is_plain(picture: Any) -> bool:
    """Whether every pixel has (nearly) the same shade: a blank page has nothing to read."""
    lowest, highest = ImageStat.Stat(picture).extrema[0]
    return highest - lowest < 8
