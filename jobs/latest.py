"""Results of documents: the latest one, out of all jobs that converted it."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from documents.models import Document, DocumentQuerySet
from jobs.models import JobDocument, JobDocumentQuerySet
from jobs.results import ResultMissing


def latest_results(documents: Collection[Document]) -> dict[UUID, JobDocument]:
    """For each document that has one, its newest completed row, whoever's job made it.

    Results belong to the organization as its documents do: who may see a document may read them.

    One query, whatever the number of documents; the rows come with their job.
    """
    rows = latest_rows(documents).select_related("job").order_by()
    return {row.document_id: row for row in rows if row.document_id}


def latest_rows(documents: Collection[Document] | QuerySet[Document]) -> JobDocumentQuerySet:
    """As `latest_results`, as a query."""
    newest = (
        JobDocument.objects.completed()
        .filter(document=OuterRef("document"))
        .order_by("-completed_at", "-pk")
        .values("pk")[:1]
    )
    return JobDocument.objects.completed().filter(document__in=documents, pk=Subquery(newest))


def of_same_bytes() -> JobDocumentQuerySet:
    """Completed rows of other documents with the bytes of the outer query's, the newest first."""
    same = JobDocument.objects.completed().filter(document__stored=OuterRef("stored"))
    return same.exclude(document=OuterRef("pk")).order_by("-completed_at", "-pk")


def in_bulk(ids: Collection[UUID]) -> dict[UUID, JobDocument]:
    """Rows by their ids, with their jobs."""
    return JobDocument.objects.select_related("job").in_bulk(ids)


def latest_result(document: Document) -> JobDocument:
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
    newest = JobDocument.objects.filter(document=OuterRef("pk")).order_by("-created_at", "-pk")
    status = Coalesce(Subquery(newest.values("status")[:1]), Value(NEW))
    return documents.alias(newest_status=status).filter(newest_status__in=wanted)
