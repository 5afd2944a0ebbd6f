"""Result files: the Markdown of one document of one job."""

import hashlib
from dataclasses import dataclass
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import Storage

from documents import results
from documents.conversion.chunking import count_tokens
from documents.results import ResultMissing
from jobs.models import JobDocument


@dataclass(frozen=True)
class StoredResult:
    name: str  # in the storage
    size: int  # bytes
    tokens: int  # as documents/conversion/chunking.py counts them
    sha256: str  # hexadecimal


def storage() -> Storage:
    """Where results lie."""
    return JobDocument._meta.get_field("result_file").storage


def write(
    row: JobDocument, attempt_id: UUID, markdown: str, *, tokens: int | None = None
) -> StoredResult:
    """Store the Markdown under the attempt's own name; nobody sees it until the row names it.

    Args:
        tokens: how many it has; counted here if nobody knows, which a web thread must not do.
    """
    content = markdown.encode()
    name = _name(row, attempt_id)
    try:
        stored = storage().save(name, ContentFile(content))
    except BaseException:
        storage().delete(name)  # what a full disk left of it
        raise
    return StoredResult(
        name=stored,
        size=len(content),
        tokens=count_tokens(markdown) if tokens is None else tokens,
        sha256=hashlib.sha256(content).hexdigest(),
    )


def remove_lost(row: JobDocument, attempt_id: UUID) -> None:
    """Remove what an attempt may have written that does not hold the document any more."""
    storage().delete(_name(row, attempt_id))


def read(row: JobDocument, *, at_most: int | None = None) -> str:
    """The Markdown of a completed document, or its first characters: see documents.results.read.

    Raises:
        ResultMissing: it has no result, or the file is gone.
    """
    if not row.result_file:
        raise ResultMissing(f"“{row.filename}” has no result: it is {row.status}.")
    return results.read(row.result_file, row.filename, at_most=at_most)


def _name(row: JobDocument, attempt_id: UUID) -> str:
    field = JobDocument._meta.get_field("result_file")
    return field.generate_filename(row, f"{attempt_id}.md")
