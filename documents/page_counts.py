"""How many pages uploads have, counted in a limited child when their bytes are stored."""

from time import monotonic

from documents import text_work
from documents.conversion import ConversionError
from documents.conversion.formats import IMAGES, claimed_by
from documents.files import local_file
from documents.models import Document
from documents.text_work import TakesTooLong

# Formats of which it can be told before they are converted; see conversion/page_counts.py.
ALWAYS_COUNTED = frozenset({"pdf", "pptx", *IMAGES})
COUNTED = ALWAYS_COUNTED | {"docx"}  # which may say so itself, or not
SECONDS = 10.0  # of one request: what comes later goes uncounted, and is taken in all the same


class PageCounter:
    """Counts the pages of the files of one request, as long as that does not hold it up."""

    def __init__(self) -> None:
        self._left = SECONDS

    def pages(self, document: Document) -> int | None:
        """How many pages the stored bytes have; None if nobody knows, or not in time."""
        known = claimed_by(document.filename)
        if known is None or known.name not in COUNTED or self._left <= 0:
            return None
        begun = monotonic()
        try:
            with local_file(document) as path:
                pages: int | None = text_work.on_file(
                    "count_pages", path, filename=document.filename
                )
        except (ConversionError, TakesTooLong):
            return None  # its conversion says what is wrong with it
        finally:
            self._left -= monotonic() - begun
        return pages
