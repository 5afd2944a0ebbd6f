"""The documents of one job in numbers and lists, as its pages show them."""

from typing import Any
from uuid import UUID

from django.db.models import Count, Min, Q, QuerySet, Sum

from jobs.models import DocumentStatus, Job, JobDocument, Review


def totals(job: Job) -> dict[str, Any]:
    """Sums over the documents of `job`, in one query.

    How many are below the conversion threshold, and how many RAG-ready ones exports hold; their
    pages and bytes; how many results were reused; and for estimates what was done since the job was
    started and what is left.
    """
    least = job.processing_options["quality_thresholds"]["conversion_threshold"]
    left = Q(status__in=[DocumentStatus.PENDING, DocumentStatus.RUNNING])
    done = Q(completed_at__gte=job.started_at) if job.started_at else Q(pk__isnull=True)
    return JobDocument.objects.filter(job=job).aggregate(
        low=Count("pk", filter=Q(conversion_score__lt=least)),
        ready_for_export=Count("pk", filter=Q(is_rag_ready=True) & ~Q(review=Review.EXCLUDED)),
        pages=Sum("page_count"),
        ocr_pages=Sum("ocr_page_count"),
        reused=Count("pk", filter=Q(is_reused=True, status=DocumentStatus.COMPLETED)),
        bytes=Sum("file_size"),
        done_since_start=Count("pk", filter=done),
        bytes_since_start=Sum("file_size", filter=done),
        bytes_left=Sum("file_size", filter=left),
        with_pages_since_start=Count("page_count", filter=done),
        pages_since_start=Sum("page_count", filter=done),
        pages_at_work=Sum("pages_done"),
    )


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
