"""What pages show of many jobs at once: tabs, rows, averages, capacity."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import (
    Avg,
    Case,
    Count,
    DurationField,
    ExpressionWrapper,
    F,
    Min,
    OrderBy,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Now

from jobs.models import ACTIVE, DocumentStatus, Job, JobDocument, JobStatus
from orgsettings.models import OrgSettings, User

# A job needs attention when it failed, or when some of its documents did.
NEEDS_ATTENTION = Q(status=JobStatus.FAILED) | Q(status=JobStatus.COMPLETED, failed_documents__gt=0)

# Tabs of the list: name in the URL -> which jobs.
TABS: Mapping[str, Q] = {
    "all": Q(),
    "attention": NEEDS_ATTENTION,
    "running": Q(status=JobStatus.RUNNING),
    "queued": Q(status=JobStatus.QUEUED),
    "completed": Q(status=JobStatus.COMPLETED),
    "failed": Q(status=JobStatus.FAILED),
    "cancelled": Q(status=JobStatus.CANCELLED),
    "pending": Q(status=JobStatus.PENDING),
}

_DURATION = ExpressionWrapper(
    Coalesce("completed_at", "cancelled_at", Now()) - F("started_at"),
    output_field=DurationField(),
)
ORDERINGS: Mapping[str, tuple[str | OrderBy, ...]] = {
    "-created": ("-created_at", "-pk"),
    "created": ("created_at", "pk"),
    "name": ("name", "-created_at", "-pk"),
    "-name": ("-name", "-created_at", "-pk"),
    "-duration": (F("duration").desc(nulls_last=True), "-created_at", "-pk"),
    "duration": (F("duration").asc(nulls_last=True), "-created_at", "-pk"),
}


def tab_counts(jobs: QuerySet[Job]) -> dict[str, int]:
    """How many of `jobs` each tab holds, in one query."""
    counts = {
        name: Count("pk", filter=condition) if condition else Count("pk")
        for name, condition in TABS.items()
    }
    return jobs.order_by().aggregate(**counts)


def ordered(jobs: QuerySet[Job], ordering: str) -> QuerySet[Job]:
    """`jobs` by a key of ORDERINGS; jobs that never ran come last when sorted by duration."""
    if ordering.endswith("duration"):
        jobs = jobs.annotate(duration=_DURATION)
    return jobs.order_by(*ORDERINGS[ordering])


def average_scores(jobs: Iterable[Job]) -> dict[UUID, int]:
    """The mean conversion score, 0 to 100, of each job that has one."""
    scored = (
        JobDocument.objects.filter(job__in=list(jobs), conversion_score__isnull=False)
        .order_by()
        .values("job")
        .annotate(average=Avg("conversion_score"))
    )
    return {row["job"]: round(row["average"]) for row in scored}


@dataclass(frozen=True)
class Capacity:
    """The active jobs of an organization against its limit."""

    active: int
    limit: int
    jobs: list[Job]  # those of the active jobs that the asking user may see, oldest first

    @property
    def is_full(self) -> bool:
        return self.active >= self.limit

    @property
    def level(self) -> str:
        """How it is coloured: full, high (from 80 %), or free."""
        if self.is_full:
            return "full"
        return "high" if self.active * 10 >= self.limit * 8 else "free"

    @property
    def version(self) -> str:
        """Changes whenever something that is shown of it changes."""
        jobs = ",".join(f"{job.pk.hex[:8]}:{job.version}" for job in self.jobs)
        return f"{self.active}/{self.limit};{jobs}"


def capacity(user: User) -> Capacity:
    """Two queries, whatever the number of jobs: at most ten can be active at once."""
    membership = user.membership
    active = list(
        Job.objects.for_org(membership.organization)
        .filter(status__in=ACTIVE)
        .order_by("queued_at", "pk")
    )
    limit = OrgSettings.objects.get(organization=membership.organization_id).concurrency_limit
    seen = [job for job in active if membership.sees_everything or job.user_id == user.pk]
    return Capacity(len(active), limit, seen)


def failures(job: Job) -> list[dict[str, Any]]:
    """Why documents of `job` failed: one entry for each cause, the commonest first.

    Each has `error_code`, `count`, and `message` and `hint` as one such document has them.
    """
    grouped = (
        JobDocument.objects.filter(job=job)
        .exclude(error_code="")
        .order_by()
        .values("error_code")
        .annotate(count=Count("pk"), message=Min("error_message"), hint=Min("error_hint"))
    )
    return [dict(cause) for cause in grouped.order_by("-count", "error_code")]


def rows_by_attention(job: Job) -> QuerySet[JobDocument]:
    """The documents of `job`: failed first, then running, then the rest in their order."""
    rank = Case(
        When(status=DocumentStatus.FAILED, then=Value(0)),
        When(status=DocumentStatus.RUNNING, then=Value(1)),
        default=Value(2),
    )
    return JobDocument.objects.filter(job=job).order_by(rank, "position")


def document_counts(job: Job) -> dict[str, Any]:
    """Of the job's documents: how many run and are RAG-ready, their pages, their mean score."""
    return JobDocument.objects.filter(job=job).aggregate(
        running=Count("pk", filter=Q(status=DocumentStatus.RUNNING)),
        ready=Count("pk", filter=Q(is_rag_ready=True)),
        pages=Sum("page_count"),
        ocr_pages=Sum("ocr_page_count"),
        bytes=Sum("file_size"),
        average=Avg("conversion_score"),
    )


def neighbours(row: JobDocument) -> tuple[JobDocument | None, JobDocument | None]:
    """The documents before and after `row` in its job."""
    rows = JobDocument.objects.filter(job=row.job_id).only("pk", "filename", "job_id")
    previous = rows.filter(position__lt=row.position).order_by("-position").first()
    return previous, rows.filter(position__gt=row.position).order_by("position").first()


@dataclass(frozen=True)
class Measure:
    """One score of a document against the threshold of its job."""

    name: str
    value: float | None  # None: nobody could judge it
    top: int  # the best value there is
    threshold: float

    @property
    def is_met(self) -> bool:
        return self.value is None or self.value >= self.threshold


def measures(row: JobDocument, job: Job) -> list[Measure]:
    """The scores that decide whether `row` is RAG-ready."""
    scores = row.quality_scores or {}
    thresholds = job.processing_options["quality_thresholds"]
    rated = ("clarity", "completeness", "relevance", "markdown")
    return [
        Measure("conversion", row.conversion_score, 100, thresholds["conversion_threshold"]),
        *(Measure(name, scores.get(name), 10, thresholds[f"{name}_threshold"]) for name in rated),
    ]
