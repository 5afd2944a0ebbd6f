"""The original of a result: its pages as pictures, or what else can be said of it."""

from typing import Any

from curatore.core.errors import DomainError
from documents import pictures
from jobs.models import JobDocument
from orgsettings.pages import MemberRequest


def context(request: MemberRequest, row: JobDocument) -> dict[str, Any]:
    """For templates/jobs/_original.html: `document` (None if it was deleted), `pages`, `number`.

    Without pages `trouble` says why, if there is more to say than that its format has none.
    """
    document = row.document
    if document is None:
        return {"document": None}
    try:
        pages = pictures.page_sizes(document)
    except DomainError as refusal:
        return {"document": document, "trouble": str(refusal)}
    return {
        "document": document,
        "pages": pages,
        "number": _number(request.GET.get("page", ""), pages.count),
        "sizes": [[round(page.width, 1), round(page.height, 1)] for page in pages.pages],
        "is_drawn": pages.count > 0,
    }


def _number(wanted: str, count: int) -> int:
    """The page to begin with, from 1: as the URL says, or the nearest there is."""
    digits = wanted if wanted.isascii() and wanted.isdigit() and len(wanted) < 10 else "1"
    return min(max(int(digits), 1), max(count, 1))
