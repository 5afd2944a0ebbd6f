"""How many pages uploads have, counted in a limited child when their bytes are stored.

Those from before there were counts, and those for which there was no time, can be counted later.
"""

from dataclasses import dataclass
from time import monotonic
from uuid import UUID

from django.db.models import QuerySet

from documents import text_work
from documents.conversion import ConversionError
from documents.conversion.formats import BY_EXTENSION, IMAGES, claimed_by
from documents.files import local_file
from documents.models import Document, StoredFile
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


@dataclass(frozen=True)
class LateCount:
    """What one run of `count_later` did."""

    counted: int
    unknown: int  # of these files nobody can tell
    last: UUID | None  # the last file looked at; None if there was none
    left: int  # files that come after it


def count_later(*, limit: int, after: UUID | None = None) -> LateCount:
    """Count the pages of stored files that have no count, the next `limit` of them.

    Args:
        after: the last one of an earlier run. Files of which nobody can tell are passed by then.
    """
    files = _uncounted(after)
    chosen = list(files[:limit])
    counted = sum(_count(stored) for stored in chosen)
    last = chosen[-1].pk if chosen else None
    left = _uncounted(last).count() if last else 0
    return LateCount(counted, len(chosen) - counted, last, left)


def _uncounted(after: UUID | None) -> QuerySet[StoredFile]:
    """In the order of their ids."""
    kinds = {kind.media_type for kind in BY_EXTENSION.values() if kind.name in COUNTED}
    named = Document.objects.filter(media_type__in=kinds).order_by()
    files = StoredFile.objects.filter(page_count=None, pk__in=named.values("stored"))
    return (files.filter(pk__gt=after) if after else files).order_by("pk")


def _count(stored: StoredFile) -> bool:
    """Whether the pages of the file could be counted, under one of the names that it has."""
    for document in stored.documents.order_by("created_at", "pk"):
        pages = PageCounter().pages(document)
        if pages is not None:
            StoredFile.objects.filter(pk=stored.pk).update(page_count=pages)
            return True
    return False
