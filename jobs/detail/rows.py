"""The documents of one job in numbers and lists, as its pages show them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Min, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from jobs.models import DocumentStatus, Job, JobDocument, Review


@dataclass(frozen=True)
class Work:
    """What of a job was done since it was started, and what is left."""

    done_since_start: int  # documents
    bytes_since_start: int
    bytes_left: int


@dataclass(frozen=True)
class Totals(Work):
    """Sums over the documents of a job."""

    low: int  # below the conversion threshold
    ready_for_export: int  # RAG-ready, and not left out
    pages: int
    ocr_pages: int
    bytes: int
    reused: int  # results copied from earlier jobs
    with_pages_since_start: int  # documents that have pages at all
    pages_since_start: int
    pages_at_work: int  # of those being converted


def totals(job: Job) -> Totals:
    """In one query."""
    least = job.options.quality_thresholds.conversion_threshold
    done = Q(completed_at__gte=job.started_at) if job.started_at else Q(pk__isnull=True)
    found = JobDocument.objects.filter(job=job).aggregate(
        **_work(done),
        low=Count("pk", filter=Q(conversion_score__lt=least)),
        ready_for_export=Count("pk", filter=Q(is_rag_ready=True) & ~Q(review=Review.EXCLUDED)),
        pages=_sum("page_count"),
        ocr_pages=_sum("ocr_page_count"),
        reused=Count("pk", filter=Q(is_reused=True, status=DocumentStatus.COMPLETED)),
        bytes=_sum("file_size"),
        with_pages_since_start=Count("page_count", filter=done),
        pages_since_start=_sum("page_count", filter=done),
        pages_at_work=_sum("pages_done"),
    )
    return Totals(**found)


def work_of_many(jobs: Collection[UUID]) -> dict[UUID, Work]:
    """The same of several started jobs, as far as it is about work. One query."""
    rows = JobDocument.objects.filter(job__in=jobs).order_by().values("job")
    work = _work(Q(completed_at__gte=F("job__started_at")))
    found: Iterable[Mapping[str, Any]] = rows.annotate(**work)
    return {row["job"]: Work(**{name: row[name] for name in work}) for row in found}


def _work(done: Q) -> dict[str, Any]:
    left = Q(status__in=[DocumentStatus.PENDING, DocumentStatus.RUNNING])
    return {
        "done_since_start": Count("pk", filter=done),
        "bytes_since_start": _sum("file_size", filter=done),
        "bytes_left": _sum("file_size", filter=left),
    }


def _sum(field: str, *, filter: Q | None = None) -> Coalesce:
    return Coalesce(Sum(field, filter=filter), 0)


def failures(job: Job) -> list[dict[str, Any]]:
    """Why documents of `job` failed: one entry for each cause, the commonest first.

    Each has `error_code`, `count`, and `message` and `hint` as one such document has them.
    """
    grouped = (
        JobDocument.objects.filter(job=job, status=DocumentStatus.FAILED)
        .order_by()
        .values("error_code")
        .annotate(count=Count("pk"), message=Min("error_message"), hint=Min("error_hint"))
    )
    return [dict(cause) for cause in grouped.order_by("-count", "error_code")]


def of_cause(job: Job, error_code: str) -> QuerySet[JobDocument, UUID]:
    """A query for the ids of the documents of `job` that failed for this cause."""
    failed = JobDocument.objects.filter(job=job, status=DocumentStatus.FAILED)
    return failed.filter(error_code=error_code).values_list("pk", flat=True)


def engines(job: Job) -> list[tuple[str, int]]:
    """What read the documents of `job`, and how many each; the commonest first."""
    read = JobDocument.objects.filter(job=job).exclude(engine="").order_by()
    counted = read.values_list("engine").annotate(count=Count("pk"))
    return list(counted.order_by("-count", "engine"))


def file_names(job: Job, words: str, most: int) -> QuerySet[JobDocument, str]:
    """Up to `most` file names of documents of `job` with `words` in them, any case."""
    rows = JobDocument.objects.filter(job=job, filename__icontains=words)
    return rows.order_by("filename").values_list("filename", flat=True).distinct()[:most]


def completed(job: Job) -> QuerySet[JobDocument]:
    """The documents of `job` that have a result, in their order."""
    rows = JobDocument.objects.filter(job=job).completed()
    rows = rows.select_related("reviewed_by").defer("warnings", "quality_scores")
    return rows.order_by("position")
