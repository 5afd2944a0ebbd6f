"""One page of a PDF as the layout engine sees it, from PDFium: words with places, and the rest.

Words are made of PDFium's characters: their origins give exact baselines, which carry most of what
the layout finds out. Style, font and marked content are asked once for each text object.
"""

from typing import Any

import pypdfium2

from .. import errors
from ..layout.page import SourcePage, Word
from .pdf_annotations import annotations
from .pdf_drawings import drawings
from .pdf_frames import page_frame
from .pdf_letters import letters
from .word_making import words_of


def open_forms(document: pypdfium2.PdfDocument) -> None:
    """Make the values of form fields readable; call it before the first page is loaded."""
    with errors.engine_at_work():
        if document.formenv is None and document.get_formtype():
            document.init_forms()


def source_page(document: pypdfium2.PdfDocument, number: int) -> SourcePage:
    """Page `number`, counting from 1. Raises EngineError for a page that is damaged."""
    with errors.engine_at_work():
        page = document[number - 1]
    try:
        return page_content(page, number, document.formenv)
    finally:
        page.close()


def page_content(page: Any, number: int, forms: Any) -> SourcePage:
    """What an open page holds. Raises EngineError if it is damaged."""
    with errors.engine_at_work():
        frame = page_frame(page)
        found = SourcePage(number=number, width=frame.width, height=frame.height)
        typed = letters(page, frame)
        found.rulings, found.shapes = drawings(page, frame)
        annotations(page, frame, forms, found)
    found.words = [word for word in words_of(typed, frame) if _is_on(found, word)]
    return found


def _is_on(page: SourcePage, word: Word) -> bool:
    """Whether any of a word can be seen: text beside the page is no text of it."""
    across = word.x1 > 0 and word.x0 < page.width
    return across and word.bottom > 0 and word.top < page.height
