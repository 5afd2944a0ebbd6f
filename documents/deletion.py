"""Deleting a document: its row and its bytes; results made from it stay with their jobs."""

from typing import Any

from django.db import transaction

from curatore.errors import DomainError
from documents import discards, page_cache
from documents.models import Document


class DocumentInUse(DomainError):
    code = "document_in_use"


def delete(document: Document) -> None:
    """Delete the row and the stored bytes.

    Raises:
        DocumentInUse: a job that has not ended yet needs it; a draft does, too.
    """
    with transaction.atomic():
        # Held until the commit: whoever adds it to a job holds it, too, and sees that it is gone.
        current: Any = Document.objects.select_for_update().filter(pk=document.pk).first()
        if current is None:  # somebody else was first
            return
        using = current.job_documents.in_unfinished_jobs().select_related("job").first()
        if using is not None:
            raise DocumentInUse(
                f"“{document.filename}” is used by the job “{using.job.name}”, which is"
                f" {using.job.status}. Wait for its end, or cancel or delete that job first."
            )
        current.job_documents.note_change()  # before their rows lose sight of it
        erase(current)


def erase(document: Document) -> None:
    """Delete a row that its transaction holds, the stored bytes, and what was drawn of them."""
    discards.discard(str(document.file.name), document.organization_id)
    page_cache.discard(document)
    document.delete()
