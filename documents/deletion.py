"""Deleting a document: its row, and its bytes unless others use them.

Results made from it stay with their jobs.
"""

from typing import Any

from django.db import transaction

from curatore.core.errors import DomainError
from documents import discards, page_cache
from documents.models import Document, StoredFile


class DocumentInUse(DomainError):
    code = "document_in_use"


def delete(document: Document) -> None:
    """Delete the row, and the stored bytes if no other document has them.

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
        remove(current)


def remove(document: Document) -> int:
    """Delete a row that the transaction holds, with its bytes if it is their last document.

    Returns how many bytes will be removed from the storage.
    """
    # Held until the commit, so that of the last two documents one sees that it is the last, and
    # nobody names the bytes anew: see documents/uploads.py.
    stored = StoredFile.objects.select_for_update().get(pk=document.stored_id)
    if stored.documents.exclude(pk=document.pk).exists():
        document.delete()
        return 0
    discards.discard(str(stored.file.name), stored.organization_id)
    page_cache.discard(document)
    document.delete()
    stored.delete()
    return stored.file_size
