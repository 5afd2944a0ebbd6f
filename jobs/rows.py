"""The documents of one job as its pages show them: chosen, ordered, counted, judged."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Count, Min, Q, QuerySet, Sum

from jobs import partition
from jobs.models import IN_STATE, DocumentStatus, Job, JobDocument

# Filter of the documents tab: name in the URL -> the documents that it shows.
STATES: Mapping[str, Q] = {
    "all": Q(),
    "failed": IN_STATE[DocumentStatus.FAILED],
    "running": IN_STATE[DocumentStatus.RUNNING],
    "waiting": IN_STATE[DocumentStatus.PENDING],
    "completed": IN_STATE[DocumentStatus.COMPLETED],
    "cancelled": IN_STATE[DocumentStatus.CANCELLED],
}
# Filter of the review tab: name in the URL -> which documents.
REVIEWS: Mapping[str, Q] = {
    "all": Q(),
    "completed": Q(status=DocumentStatus.COMPLETED),
    "failed": Q(status=DocumentStatus.FAILED),
    "rag_ready": Q(is_rag_ready=True),
    "not_ready": Q(status=DocumentStatus.COMPLETED, is_rag_ready=False),
}
_LONGEST_SEARCH = 200


@dataclass(frozen=True)
class RowQuery:
    """Which documents the page shows, as its URL says it; what makes no sense is left out."""

    state: str = "all"  # a key of STATES
    search: str = ""  # part of name or folder, any case

    @classmethod
    def parse(cls, values: Mapping[str, str]) -> Self:
        state = values.get("state", "").lower()
        return cls(
            state=state if state in STATES else cls.state,
            search=values.get("search", "").strip()[:_LONGEST_SEARCH],
        )

    @property
    def is_filtered(self) -> bool:
        return self != RowQuery()

    @property
    def parameters(self) -> str:
        """For a URL, each with an “&” before it; "" when nothing is filtered."""
        chosen = {
            name: value for name, value in vars(self).items() if value != getattr(RowQuery, name)
        }
        return f"&{urlencode(chosen)}" if chosen else ""


class ByAttention:
    """The documents of a job that failed, then those that run, then the rest in their order.

    Every part is in the order of an index, so a page of 10,000 documents is read without sorting
    them. Made for Paginator: it counts, and a slice of it is a list.
    """

    def __init__(self, parts: list[tuple[QuerySet[JobDocument], int]]) -> None:
        """`parts` are queries with their lengths."""
        self._parts = parts

    def count(self) -> int:
        return sum(length for _, length in self._parts)

    def __len__(self) -> int:
        return self.count()

    def __getitem__(self, wanted: slice) -> list[JobDocument]:
        start, stop, _ = wanted.indices(self.count())
        found: list[JobDocument] = []
        for rows, length in self._parts:
            if start < length and stop > 0:
                found += rows.order_by("position")[max(start, 0) : min(stop, length)]
            start, stop = start - length, stop - length
        return found


def by_attention(job: Job, query: RowQuery, counts: Mapping[str, int]) -> ByAttention:
    """What `query` asks for.

    Args:
        counts: what `state_counts` tells; it spares a query as long as nothing is searched.
    """
    rows = JobDocument.objects.filter(job=job).defer("quality_scores")
    if query.search:
        rows = rows.named(query.search)
        counts = _count_states(rows)
    if query.state != "all":
        return ByAttention([(rows.filter(STATES[query.state]), counts[query.state])])
    rest = counts["all"] - counts["failed"] - counts["running"]
    return ByAttention(
        [
            (rows.filter(STATES["failed"]), counts["failed"]),
            (rows.filter(STATES["running"]), counts["running"]),
            (rows.filter(~STATES["failed"] & ~STATES["running"]), rest),
        ]
    )


def _count_states(rows: QuerySet[JobDocument]) -> dict[str, int]:
    return rows.aggregate(
        **{name: Count("pk", filter=condition or None) for name, condition in STATES.items()}
    )


def state_counts(job: Job) -> dict[str, int]:
    """How many documents each of STATES has; no query.

    Args:
        job: read with `partition.counted`.
    """
    parts = partition.of(job)
    return {"all": parts.total} | {name: getattr(parts, name) for name in STATES if name != "all"}


def totals(job: Job) -> dict[str, Any]:
    """Sums over the documents of `job`, in one query.

    Their pages and bytes; and for estimates what was done since the job was started and what is
    left.
    """
    left = Q(status__in=[DocumentStatus.PENDING, DocumentStatus.RUNNING])
    done = Q(completed_at__gte=job.started_at) if job.started_at else Q(pk__isnull=True)
    return JobDocument.objects.filter(job=job).aggregate(
        pages=Sum("page_count"),
        ocr_pages=Sum("ocr_page_count"),
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


def to_review(job: Job, review: str) -> QuerySet[JobDocument]:
    """The documents of a filter of REVIEWS, in their order."""
    rows = JobDocument.objects.filter(REVIEWS[review], job=job)
    return rows.defer("warnings").order_by("position")


def review_counts(job: Job) -> dict[str, int]:
    """How many documents each of REVIEWS has; no query."""
    return {
        "all": job.total_documents,
        "completed": job.completed_documents,
        "failed": job.failed_documents,
        "rag_ready": job.ready_documents,
        "not_ready": job.not_ready_documents,
    }


def neighbours(row: JobDocument, review: str) -> tuple[JobDocument | None, JobDocument | None]:
    """The documents before and after `row` in its job, among those of a filter of REVIEWS."""
    rows = JobDocument.objects.filter(REVIEWS[review], job=row.job_id)
    rows = rows.only("pk", "filename", "path", "job_id")
    previous = rows.filter(position__lt=row.position).order_by("-position").first()
    return previous, rows.filter(position__gt=row.position).order_by("position").first()
