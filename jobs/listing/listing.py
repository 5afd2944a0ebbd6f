"""The list of jobs: tabs, counts, search, order, pages; its cost does not grow with their number.

Whatever is asked for, no more than CAP jobs are counted for a tab, searched, or put in order:
counts stop there, and a list that would be longer reaches back to the CAP-th newest job. Older ones
are reached by dates, for which the page offers a link.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django.core.paginator import Page
from django.db.models import (
    Count,
    DurationField,
    ExpressionWrapper,
    F,
    FloatField,
    IntegerField,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce, Now, NullIf

from curatore.core.paging import page_of
from jobs.listing.list_query import ORDERINGS, TABS, ListQuery
from jobs.listing.search import ids_beginning_with, matching
from jobs.models import Job, JobQuerySet
from orgsettings.models import Organization, User

CAP = 10_000

_DURATION = ExpressionWrapper(
    Coalesce("completed_at", "cancelled_at", Now()) - F("started_at"),
    output_field=DurationField(),
)
# The mean score, as Job.average_score tells it; NULL while no document is completed.
_QUALITY = ExpressionWrapper(
    1.0 * F("score_sum") / NullIf("completed_documents", 0), output_field=FloatField()
)
# Of so many digits, the beginning of a job's id is taken for nothing else.
_LONG_PREFIX = 8


class CappedCount(Subquery):
    """How many rows a queryset has, counted up to CAP + 1."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS capped)"
    output_field = IntegerField()

    def __init__(self, rows: QuerySet[Any]) -> None:
        # A constant, so that an index is enough.
        super().__init__(rows.order_by().annotate(one=Value(1)).values("one")[: CAP + 1])


@dataclass(frozen=True)
class Listing:
    cap: ClassVar[int] = CAP

    counts: dict[str, int]  # of each tab; CAP + 1 stands for “more than CAP”
    page: Page[Job]
    jobs: list[Job]  # of the page
    new: int  # jobs that came since the page was shown, kept back; CAP + 1 as above
    # Only jobs from then on were looked at, as there are more than CAP; None: all were.
    reaches_back_to: datetime | None

    @property
    def is_cut(self) -> bool:
        """Whether jobs match that no page of the list shows."""
        return self.reaches_back_to is not None or self.page.paginator.count >= CAP


def selected(user: User, query: ListQuery, now: datetime) -> JobQuerySet:
    """The jobs that `user` may see of the owner and from the time that `query` names."""
    jobs = Job.objects.for_user(user)
    if query.owner == "me":
        jobs = jobs.filter(user=user)
    start, end = query.created_between(now)
    if start:
        jobs = jobs.filter(created_at__gte=start)
    return jobs.filter(created_at__lt=end) if end else jobs


def read(
    user: User, query: ListQuery, now: datetime, shown_since: datetime | None = None
) -> Listing:
    """One page of the list; jobs created after `shown_since` are only counted."""
    jobs = selected(user, query, now)
    reach = None
    if query.search:
        jobs, reach = found(jobs, query.search)
        counts = _counts(jobs, query.status, shown_since)
    else:
        counts = _capped_counts(user.membership.organization, jobs, query.status, shown_since)
    new = counts.pop("new")
    rows = jobs.filter(TABS[query.status].jobs)
    if counts[query.status] > CAP and query.sort != "created":
        rows, reach = newest(rows)
    if new:
        rows = rows.filter(created_at__lte=shown_since)
    total = min(counts[query.status] - new, CAP)
    page = page_of(_ordered(rows, query.sort), query.size, query.page, count=total)
    return Listing(counts, page, list(page.object_list), new, reach)


def newest(jobs: JobQuerySet) -> tuple[JobQuerySet, datetime | None]:
    """The newest CAP of `jobs`, and when the oldest of them was made; None if these are all."""
    moments = jobs.order_by("-created_at").values_list("created_at", flat=True)
    last_and_next = list(moments[CAP - 1 : CAP + 1])
    if len(last_and_next) < 2:
        return jobs, None
    return jobs.filter(created_at__gte=last_and_next[0]), last_and_next[0]


def found(jobs: JobQuerySet, words: str) -> tuple[JobQuerySet, datetime | None]:
    """Those of the newest CAP of `jobs` that have `words` in them; see `newest`.

    Searched are name, description, the documents' file names, any case, and the beginning of the
    job's id. When `words` are a good part of an id, however old, that job alone is found.
    """
    ids = ids_beginning_with(words)
    if ids and len(words.replace("-", "")) >= _LONG_PREFIX:
        same = list(jobs.order_by().filter(pk__range=ids).values_list("pk", flat=True)[:CAP])
        if same:
            return jobs.filter(pk__in=same), None
    jobs, oldest = newest(jobs)
    return matching(jobs, words, one_by_one=True), oldest


def _new(jobs: QuerySet[Job], status: str, shown_since: datetime | None) -> QuerySet[Job]:
    if shown_since is None:
        return jobs.none()
    return jobs.filter(TABS[status].jobs, created_at__gt=shown_since)


def _capped_counts(
    org: Organization, jobs: QuerySet[Job], status: str, shown_since: datetime | None
) -> dict[str, int]:
    """The counts of all tabs and of what is new, in one query; each from an index."""
    parts = {name: CappedCount(jobs.filter(tab.jobs)) for name, tab in TABS.items()}
    if shown_since is not None:
        parts["new"] = CappedCount(_new(jobs, status, shown_since))
    counts = Organization.objects.filter(pk=org.pk).values_list(*parts.values()).get()
    return {"new": 0} | dict(zip(parts, counts, strict=True))


def _counts(jobs: QuerySet[Job], status: str, shown_since: datetime | None) -> dict[str, int]:
    """The same of jobs that were searched, which are looked at once."""
    counts = {name: Count("pk", filter=tab.jobs or None) for name, tab in TABS.items()}
    if shown_since is not None:
        counts["new"] = Count("pk", filter=TABS[status].jobs & Q(created_at__gt=shown_since))
    return {"new": 0} | jobs.order_by().aggregate(**counts)


def _ordered(jobs: QuerySet[Job], ordering: str) -> QuerySet[Job]:
    """`jobs` by a key of ORDERINGS; last come those without a duration or a score to sort by."""
    if ordering.endswith("duration"):
        jobs = jobs.annotate(duration=_DURATION)
    elif ordering.endswith("quality"):
        jobs = jobs.annotate(quality=_QUALITY)
    return jobs.select_related("user").order_by(*ORDERINGS[ordering])
