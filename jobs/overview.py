"""What pages show of many jobs at once: tabs, rows, averages, capacity."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import (
    Avg,
    Count,
    DurationField,
    ExpressionWrapper,
    F,
    OrderBy,
    Q,
    QuerySet,
)
from django.db.models.functions import Coalesce, Now

from jobs.models import ACTIVE, Job, JobDocument, JobStatus
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
