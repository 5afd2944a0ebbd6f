"""PDF: page by page from the text layer, or by OCR where there is none or it is broken."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from .. import errors
from ..extraction import DAMAGED, Extraction, Page, Report
from ..ocr import check_language
from ..ocr.blocks import read_picture
from ..options import ConversionOptions
from ..reading import Reading
from ..scoring.plausibility import plausibility
from ..scoring.score import STRAY
from .bridge import reading_of
from .pdf_blocks import page_blocks
from .pdf_pages import PdfPages, is_plain

BATCH_PAGES = 50  # bounds the memory; headings are compared with each other within one batch
MOST_BATCHES = 100  # each looks through the whole file: very many pages come in larger ones
FEW_CHARACTERS = 20
SPARSE_CHARACTERS = 200
LARGE_PICTURE = 0.4  # of the page
BROKEN = 0.3  # share of plausible words below which a layer is not believed
SIGN, MANY_SIGNS = re.compile(r"[^\w\s]"), 0.3
SOUND = 0.9  # share above which it is not worth a warning
DOUBTED = 0.8  # what a layer counts that the layout parser calls garbled
MIN_DPI = 70  # Tesseract believes no less


def read(
    path: Path, filename: str, options: ConversionOptions, report: Report, *, format_name: str
) -> Reading:
    """Read all pages of a PDF; the memory needed does not grow with their number."""
    with PdfPages.open(path, filename) as pages:
        reader = _Reader(pages, options, report)
        extraction = reader.read()
        extraction.warnings += [
            f"Page {number} has an impossible size; it was read as a sheet of letter paper."
            for number in pages.resized
        ]
        extraction.warnings += [
            f"Page {number} has a damaged text layer, and nothing better was found; check its text."
            for number in reader.damaged_layers
        ]
        return reading_of(extraction)


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

    def __init__(self, source: PdfPages, options: ConversionOptions, report: Report) -> None:
        self.source = source
        self.total = len(source)
        self.options = options
        self.report = report
        self.layers: list[str] = []
        self.damaged_layers: list[int] = []

    def read(self) -> Extraction:
        numbers = range(1, self.total + 1)
        if self.options.ocr_enabled and self.options.ocr_force:
            pages = [_unless_damaged(self._read_by_ocr, number) for number in numbers]
        else:
            pages = self._read_layers()
        used = [page.ocr_confidence is not None for page in pages]
        engines = (["liteparse"] if not all(used) else []) + (["tesseract"] if any(used) else [])
        return Extraction(pages, "+".join(engines), source_text="\n".join(self.layers) or None)

    def _read_layers(self) -> list[Page]:
        pages: dict[int, Page] = {}
        for parsed in self._parsed():
            self.report("extract", parsed.page_num - 1, self.total)
            pages[parsed.page_num] = _unless_damaged(self._read_page, parsed.page_num, parsed)
        # A page that the layout parser had to skip is read as a picture.
        return [
            pages.get(number) or _unless_damaged(self._read_as_picture, number)
            for number in range(1, self.total + 1)
        ]

    def _parsed(self) -> Iterator[Any]:
        """The pages that the layout parser can take apart; it may give up on the way."""
        try:
            with errors.engine_at_work():
                size = max(BATCH_PAGES, self.total // MOST_BATCHES)
                batches = _layout_parser(self.total).parse_batches(self.source.data, size)
            while batch := _next(batches):
                yield from batch.result.pages
        except errors.EngineError:
            return

    def _read_page(self, number: int, parsed: Any) -> Page:
        facts = parsed.complexity
        written = Page(number, page_blocks(parsed))
        if not facts.text_length and self.source.is_empty(number):
            return written
        layer = self.source.text_layer(number)
        if facts.text_length < FEW_CHARACTERS and self.source.looks_blank(number):
            return self._blank(written)
        is_doubtful = facts.is_garbled or _is_broken(written)
        if not is_doubtful and not _needs_ocr(facts):
            self.layers.append(layer)
            return written
        if is_doubtful:
            return self._better(written)
        seen = self._read_as_picture(number)
        if _worth(seen) > _worth(written):
            return seen
        self.layers.append(layer)
        written.unread = seen.unread and not self.options.ocr_enabled
        return written

    def _better(self, written: Page) -> Page:
        """A doubtful text layer, or what text recognition makes of the same page."""
        number = written.number or 1
        # A program has drawn these letters: they have no grain and do not lie on their side.
        seen = self._read_as_picture(number, tries=1)
        if _worth(seen) >= DOUBTED * _worth(written):
            return seen
        if _share(written) < SOUND:
            self.damaged_layers.append(number)
        return written

    def _read_as_picture(self, number: int, tries: int | None = None) -> Page:
        if not self.options.ocr_enabled:
            return Page(number, [], unread=True)
        return self._read_by_ocr(number, tries)

    def _read_by_ocr(self, number: int, tries: int | None = None) -> Page:
        check_language(self.options.ocr_language)
        self.report("ocr", number - 1, self.total)
        if self.source.is_empty(number):
            return Page(number, [])
        picture, dpi = self.source.picture(number)
        if is_plain(picture):
            return self._blank(Page(number, []))
        dpi = max(MIN_DPI, dpi)
        reading = read_picture(picture, options=self.options, dpi=dpi, tries=tries)
        if reading.is_blank:
            return self._blank(Page(number, []))
        is_unread = not reading.blocks
        return Page(number, reading.blocks, ocr_confidence=reading.confidence, unread=is_unread)

    def _blank(self, page: Page) -> Page:
        """A page on which nothing is drawn; not blank if that is for want of its picture."""
        page.trouble = self.source.hidden_content(page.number or 1)
        page.unread = page.trouble is not None
        return page


def _next(batches: Iterator[Any]) -> Any:
    with errors.engine_at_work():
        return next(batches, None)


def _unless_damaged(read: Callable[..., Page], number: int, *further: Any) -> Page:
    """The page as it was read, or the fact that it cannot be: other pages are worth having."""
    try:
        return read(number, *further)
    except errors.EngineError:
        return Page(number, [], unread=True, trouble=DAMAGED)


def _needs_ocr(facts: Any) -> bool:
    """Whether a page may hold text that its text layer does not."""
    if facts.text_length < FEW_CHARACTERS:
        return True
    is_sparse = facts.text_length < SPARSE_CHARACTERS
    return is_sparse and (facts.full_page_image or facts.largest_image_coverage > LARGE_PICTURE)


def _is_broken(page: Page) -> bool:
    """Whether most of a text layer is no writing in any script."""
    text = "\n".join(page.blocks)
    # Most pages are sound, which takes no time to see.
    is_odd = STRAY.search(text) is not None or len(SIGN.findall(text)) > MANY_SIGNS * len(text)
    return is_odd and plausibility(text) < BROKEN


def _worth(page: Page) -> float:
    """How many characters of a page are likely to be right.

    Tesseract takes any script for the one it knows, and then is not sure of what it reads.
    """
    size = sum(char.isalnum() for block in page.blocks for char in block)
    if page.ocr_confidence is not None:
        return size * page.ocr_confidence
    return size * _share(page)


def _share(page: Page) -> float:
    return plausibility("\n".join(page.blocks))
