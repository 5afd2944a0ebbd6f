"""Results of documents: the latest one, out of all jobs that converted it, and its Markdown."""

from codecs import utf_8_decode
from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery, Value
from django.db.models.fields.files import FieldFile
from django.db.models.functions import Coalesce

from curatore.core.errors import DomainError
from documents.models import Document, DocumentQuerySet

_LONGEST_CHARACTER = 4  # bytes, in UTF-8


class ResultMissing(DomainError):
    code = "result_not_found"
    status = 404


def latest_results(documents: Collection[Document]) -> dict[UUID, Any]:
    """For each document that has one, its newest completed row, whoever's job made it.

    Results belong to the organization as its documents do: who may see a document may read them.

    One query, whatever the number of documents; the rows come with their job.
    """
    rows = latest_rows(documents).select_related("job").order_by()
    return {row.document_id: row for row in rows}


def latest_rows(documents: "Collection[Document] | QuerySet[Any]") -> "QuerySet[Any]":
    """As `latest_results`, as a query.

    The rows are jobs.models.JobDocument, reached by the reverse relation, since jobs are built
    upon documents.
    """
    newest = (
        _rows()
        .completed()
        .filter(document=OuterRef("document"))
        .order_by("-completed_at", "-pk")
        .values("pk")[:1]
    )
    return _rows().completed().filter(document__in=documents, pk=Subquery(newest))


def of_same_bytes() -> "QuerySet[Any]":
    """Completed rows of other documents with the bytes of the outer query's, the newest first."""
    same = _rows().completed().filter(document__stored=OuterRef("stored"))
    return same.exclude(document=OuterRef("pk")).order_by("-completed_at", "-pk")


def in_bulk(ids: Collection[UUID]) -> dict[UUID, Any]:
    """Rows by their ids, with their jobs."""
    return _rows().select_related("job").in_bulk(ids)


def latest_result(document: Document) -> Any:
    """The newest completed row of `document`.

    Raises:
        ResultMissing: there is none.
    """
    row = latest_results([document]).get(document.pk)
    if row is None:
        raise ResultMissing(f"“{document.filename}” has no result yet. Convert it in a job.")
    return row


NEW = "NEW"  # the status of a document that is in no job


def with_status(documents: DocumentQuerySet, wanted: Collection[str]) -> DocumentQuerySet:
    """Those of `documents` whose newest row has one of the statuses.

    Args:
        wanted: statuses of jobs.models.DocumentStatus, or NEW.
    """
    newest = _rows().filter(document=OuterRef("pk")).order_by("-created_at", "-pk")
    status = Coalesce(Subquery(newest.values("status")[:1]), Value(NEW))
    return documents.alias(newest_status=status).filter(newest_status__in=wanted)


def read(stored: FieldFile, filename: str, *, at_most: int | None = None) -> str:
    """The Markdown in `stored`, which was made from the document `filename`.

    Args:
        at_most: characters wanted. There may come more, never fewer if the text has as many.

    Raises:
        ResultMissing: the file is gone.
    """
    try:
        with stored.storage.open(str(stored.name)) as file:
            content = file.read() if at_most is None else file.read(_LONGEST_CHARACTER * at_most)
    except FileNotFoundError as missing:
        raise ResultMissing(
            f"The result of “{filename}” is missing from the storage. Run the document again."
        ) from missing
    return utf_8_decode(content, "strict", at_most is None)[0]  # the last character may be cut


def _rows() -> Any:
    rows: Any = Document._meta.get_field("job_documents").related_model
    return rows.objects.all()
