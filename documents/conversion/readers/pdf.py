"""PDF: page by page from the text layer, or by OCR where there is none or it is broken.

Words and rulings of all pages, whoever found them, go through one layout engine.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pypdfium2 import raw

from .. import errors
from ..document import Document, PageInfo
from ..layout import engine
from ..layout.page import SourcePage
from ..layout.tags import Tree
from ..ocr import check_language
from ..ocr.scan import Scan, read_scan
from ..options import ConversionOptions
from ..reading import Reading, Report
from ..scoring.legibility import STRAY
from ..scoring.plausibility import plausibility
from ..troubles import DAMAGED
from .pdf_pages import PdfPages, has_nothing, has_only_text, is_plain
from .pdf_tags import tree_of
from .pdf_words import open_forms, page_content

FEW_CHARACTERS = 20
SPARSE_CHARACTERS = 200
LARGE_PICTURE = 0.4  # of the page
MOST_PICTURES = 500  # of one page; what is larger than all of them shows early
BROKEN = 0.3  # share of plausible words below which a layer is not believed
GARBLED = 0.1  # share of characters that no writing has
GLANCE = 1_000  # characters
LATIN_WORD = re.compile(r"[A-Za-z\u00c0-\u024f]{3,40}")
VOWEL = re.compile(r"[aeiouy\u00c0-\u024f]", re.IGNORECASE)
FEW_WORDS, MANY_WITHOUT = 10, 0.3  # Czech and Polish have one in thirty, at most
LATIN = "A-Za-z\u00c0-\u024f"
MIXED = re.compile(rf"[{LATIN}](?![{LATIN}])[^\W\d_]|(?![{LATIN}])[^\W\d_][{LATIN}]")
MANY_MIXED = 0.01  # of the characters
SOUND = 0.9  # share above which it is not worth a warning
DOUBTED = 0.8  # what a doubtful layer counts against what text recognition reads
MIN_DPI = 70  # Tesseract believes no less


def read(
    path: Path, filename: str, options: ConversionOptions, report: Report, *, format_name: str
) -> Reading:
    """Read all pages of a PDF; the words of at most 50 of them are kept at a time."""
    with PdfPages.open(path, filename) as pages:
        reader = _Reader(pages, options, report)
        return reader.read()


@dataclass
class _Layer:
    """What one page of the file holds: words with places, bare text, and how well it is read."""

    page: SourcePage
    text: str = ""
    tree: Tree | None = None
    is_empty: bool = False
    has_only_text: bool = False
    picture_share: float = 0.0  # of the page, of its largest picture

    @property
    def written(self) -> str:
        return " ".join(word.text for word in self.page.words)


@dataclass
class _Reader:
    """One PDF on its way; collects what is told about its pages."""

    source: PdfPages
    options: ConversionOptions
    report: Report
    infos: list[PageInfo] = field(default_factory=list)
    layers: list[str] = field(default_factory=list)
    trees: dict[int, Tree] = field(default_factory=dict)
    damaged_layers: list[int] = field(default_factory=list)
    is_tagged: bool = False
    language: str | None = None  # of the last page that was recognized

    def read(self) -> Reading:
        open_forms(self.source.document)
        self.is_tagged = bool(raw.FPDFCatalog_IsTagged(self.source.document))
        blocks = engine.read(self._pages(), lambda number: self.trees.pop(number, None))
        if not self.options.auto_optimize:
            for block in blocks:
                if block.part in {"header", "footer"}:
                    block.part = "body"
        used = [info.ocr_confidence is not None for info in self.infos]
        names = (["pdfium"] if not all(used) else []) + (["tesseract"] if any(used) else [])
        document = Document(blocks, self.infos, warnings=list(self._warnings()))
        return Reading(document, "+".join(names), source_text="\n".join(self.layers) or None)

    def _warnings(self) -> Iterator[str]:
        for number in self.source.resized:
            yield f"Page {number} has an impossible size; it was read as a sheet of letter paper."
        for number in self.damaged_layers:
            yield (
                f"Page {number} has a damaged text layer, and nothing better was found;"
                " check its text."
            )

    def _pages(self) -> Iterator[SourcePage]:
        for number in range(1, len(self.source) + 1):
            info = PageInfo(number)
            self.infos.append(info)
            self.report("extract", number - 1, len(self.source))
            try:
                page = self._page(info)
            except errors.EngineError:
                # Other pages are worth having.
                info.unread, info.trouble = True, DAMAGED.words
                continue
            info.width, info.height = page.width, page.height
            yield page

    def _page(self, info: PageInfo) -> SourcePage:
        number = info.number
        if self.options.ocr_enabled and self.options.ocr_force:
            return self._recognized(info) or SourcePage(number, *self.source.size(number))
        layer = self._layer(number)
        text = layer.written
        if not text and layer.is_empty:
            return layer.page
        if len(text) < FEW_CHARACTERS and self.source.looks_blank(number):
            self._note_blank(info)
            return layer.page
        is_doubtful = len(text) >= FEW_CHARACTERS and _is_doubtful(text)
        if not is_doubtful and not _needs_ocr(layer, text):
            return self._kept(layer)
        return self._better(layer, info, is_doubtful)

    def _better(self, layer: _Layer, info: PageInfo, is_doubtful: bool) -> SourcePage:
        """A doubtful or sparse text layer, or what recognition makes of the same page."""
        text = layer.written
        share = plausibility(text)
        worth = share * _letters(text) * (DOUBTED if is_doubtful else 1)
        # A program has drawn doubtful letters: they have no grain and do not lie on their side.
        seen = PageInfo(info.number)
        page = self._recognized(seen, tries=1 if is_doubtful else None)
        read = (seen.ocr_confidence or 0.0) * _letters(_text_of(page)) if page else 0.0
        if page is not None and (read >= worth if is_doubtful else read > worth):
            info.ocr_confidence = seen.ocr_confidence
            info.unread, info.trouble = seen.unread, seen.trouble
            return page
        if is_doubtful and share < SOUND:
            self.damaged_layers.append(info.number)
        info.unread = seen.unread and not self.options.ocr_enabled
        return layer.page if is_doubtful else self._kept(layer)

    def _kept(self, layer: _Layer) -> SourcePage:
        self.layers.append(layer.text)
        if layer.tree is not None:
            self.trees[layer.page.number] = layer.tree
        return layer.page

    def _layer(self, number: int) -> _Layer:
        with self.source.opened_page(number) as page:
            found = page_content(page, number, self.source.document.formenv)
            layer = _Layer(found, tree=tree_of(page) if self.is_tagged else None)
            letters = sum(len(word.text) for word in found.words)
            if letters < FEW_CHARACTERS:
                layer.is_empty = has_nothing(page)
                layer.has_only_text = has_only_text(page)
            if letters < SPARSE_CHARACTERS:
                layer.picture_share = _largest_picture(page)
        if found.words:
            layer.text = self.source.text_layer(number)
        return layer

    def _recognized(self, info: PageInfo, tries: int | None = None) -> SourcePage | None:
        """What text recognition reads; None if it must not."""
        number = info.number
        if not self.options.ocr_enabled:
            info.unread = True
            return None
        check_language(self.options.ocr_language)
        self.report("ocr", number - 1, len(self.source))
        width, height = self.source.size(number)
        if self.source.is_empty(number):
            return SourcePage(number, width, height)
        picture, dpi = self.source.picture(number)
        if is_plain(picture):
            self._note_blank(info)
            return SourcePage(number, width, height)
        scan = self._scan(picture, number, max(MIN_DPI, dpi), tries)
        if not scan.is_blank:
            info.ocr_confidence, info.unread = scan.confidence, scan.is_empty
        return scan.page

    def _scan(self, picture: Any, number: int, dpi: int, tries: int | None) -> Scan:
        scan = read_scan(
            picture, number, options=self.options, dpi=dpi, tries=tries, likely=self.language
        )
        self.language = scan.language or self.language
        return scan

    def _note_blank(self, info: PageInfo) -> None:
        """A page on which nothing is drawn; not blank if that is for want of its picture."""
        trouble = self.source.hidden_content(info.number)
        if trouble is not None:
            info.unread, info.trouble = True, trouble.words
            info.too_large = trouble.is_too_large


def _needs_ocr(layer: _Layer, text: str) -> bool:
    """Whether a page may hold text that its text layer does not."""
    if len(text) < FEW_CHARACTERS:
        return not text or not layer.has_only_text or STRAY.search(text) is not None
    return len(text) < SPARSE_CHARACTERS and layer.picture_share > LARGE_PICTURE


def _is_doubtful(text: str) -> bool:
    """Whether most of a text layer is no writing in any script, or much of it is unreadable.

    A wrong table of characters gives signs that nobody writes, words without vowels, or letters of
    one alphabet inside the words of another.
    """
    strays = len(STRAY.findall(text))
    if strays > GARBLED * len(text) or _lacks_vowels(text):
        return True
    if len(MIXED.findall(text)) > MANY_MIXED * len(text):
        return plausibility(text) < SOUND
    # Most pages are sound, which a part of them shows.
    is_odd = strays > 0 or plausibility(text[:GLANCE]) < BROKEN
    return is_odd and plausibility(text) < BROKEN


def _lacks_vowels(text: str) -> bool:
    words = [word for word in LATIN_WORD.findall(text) if not word.isupper()]
    without = sum(VOWEL.search(word) is None for word in words)
    return len(words) >= FEW_WORDS and without > MANY_WITHOUT * len(words)


def _text_of(page: SourcePage) -> str:
    return " ".join(word.text for word in page.words)


def _letters(text: str) -> int:
    return sum(map(str.isalnum, text))


def _largest_picture(page: Any) -> float:
    """The share of a page that its largest picture covers."""
    width, height = page.get_size()
    area, largest = max(1.0, width * height), 0.0
    with errors.engine_at_work():
        pictures = page.get_objects([raw.FPDF_PAGEOBJ_IMAGE])
        for picture, _ in zip(pictures, range(MOST_PICTURES), strict=False):
            left, bottom, right, top = picture.get_bounds()
            largest = max(largest, (right - left) * (top - bottom))
    return largest / area
