"""What an uploaded document equals: others of the organization with the same bytes."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Subquery

from documents.models import Document
from jobs import latest


@dataclass(frozen=True)
class SameContent:
    document: Document  # the earliest other one with these bytes
    result: Any  # the newest of these bytes, of another document; None if there is none


def same_content(documents: Iterable[UUID]) -> dict[UUID, SameContent]:
    """For each of these ids that has one. One query, and two more if any has.

    Results are a row of jobs.models.JobDocument with its job, as everybody in the organization may
    see them.
    """
    others = Document.objects.filter(stored=OuterRef("stored")).exclude(pk=OuterRef("pk"))
    pairs = (
        Document.objects.filter(pk__in=documents)
        .order_by()
        .annotate(
            equal=Subquery(others.order_by("created_at", "pk").values("pk")[:1]),
            result=Subquery(latest.of_same_bytes().values("pk")[:1]),
        )
        .exclude(equal=None)
        .values_list("pk", "equal", "result")
    )
    found = list(pairs)
    if not found:
        return {}
    known = Document.objects.in_bulk([equal for _, equal, _ in found])
    rows = latest.in_bulk([result for _, _, result in found if result])
    return {
        pk: SameContent(known[equal], rows.get(result))
        for pk, equal, result in found
        if equal in known
    }
