"""How many pages a draft has and how long it will take, told from what the latest jobs took."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum

from curatore.core.htmx import version_of
from documents.conversion.formats import BY_EXTENSION
from documents.page_counts import ALWAYS_COUNTED
from jobs import reuse
from jobs.detail.estimates import Remaining, remaining_of_many
from jobs.engine import workers
from jobs.models import TERMINAL, Job, JobDocument
from jobs.monitoring.measurements import kept_or_new
from orgsettings.models import Organization

_LOOK_BACK = timedelta(days=30)
_JOBS, _DOCUMENTS = 50, 2000  # the latest, of which is measured
_ENOUGH = 3  # documents of a kind, before anything is told of others
_KNOWN = 0.9  # share of the documents that must be of such kinds
_DOUBT = 0.15  # in both directions
_WIDEST = 4  # a longest time beyond so many shortest ones says nothing
_COUNTED = frozenset(
    kind.media_type for kind in BY_EXTENSION.values() if kind.name in ALWAYS_COUNTED
)

# Of documents of one media type: count, seconds, size (bytes), with_pages, pages, paged_seconds.
Speed = Mapping[str, Any]


@dataclass(frozen=True)
class Forecast:
    pages: int | None  # of those that have pages; None if nobody knows of all
    time: Remaining | None  # None if nobody can tell

    @property
    def version(self) -> str:
        """Changes with whatever of it people are told: the time to the second."""
        range_ = self.time and (round(self.time.shortest), round(self.time.longest))
        return version_of((self.pages, range_))


def of_running(job: Job, now: datetime) -> Forecast | None:
    """What is left of a running job; None of others."""
    left = remaining_of_many([job], now).get(job.pk)
    return Forecast(None, left) if left else None


def forecast(job: Job, now: datetime) -> Forecast:
    """The pages of the draft, and the range of time that it will probably take. Five queries.

    Documents whose earlier results will be reused take no time.
    """
    kinds = _kinds(JobDocument.objects.filter(job=job))
    uncounted = any(kind["uncounted"] for kind in kinds if kind["kind"] in _COUNTED)
    pages = sum(kind["pages"] or 0 for kind in kinds)
    return Forecast(
        pages=None if uncounted else pages or None,
        time=_time(_kinds_to_convert(job, kinds), job, now) if kinds else None,
    )


def _kinds_to_convert(job: Job, kinds: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """`kinds`, which are those of all documents, without those of which results are reused."""
    if not job.reuse_results:
        return kinds
    reused = reuse.reusable(job).values("pk")
    return _kinds(JobDocument.objects.filter(job=job).exclude(pk__in=reused))


def _kinds(documents: QuerySet[JobDocument]) -> list[dict[str, Any]]:
    """Sums of `documents` by media type."""
    kinds: Iterable[Any] = (
        documents.order_by()
        .values(kind=F("document__media_type"))
        .annotate(
            count=Count("pk"),
            size=Sum("file_size"),
            pages=Sum("document__stored__page_count"),
            uncounted=Count("pk", filter=Q(document__stored__page_count=None)),
        )
    )
    return list(kinds)


def _time(kinds: Sequence[Mapping[str, Any]], job: Job, now: datetime) -> Remaining | None:
    if not kinds:
        return Remaining(0, 0)
    total = sum(kind["count"] for kind in kinds)
    hands = min(workers.alive(now).count(), total)
    speeds = kept_or_new(job.organization, "speeds", now, lambda: _measured(job.organization, now))
    known = [kind for kind in kinds if kind["kind"] in speeds]
    documents = sum(kind["count"] for kind in known)
    if not hands or documents < _KNOWN * total:
        return None
    guesses = [_guesses(kind, speeds[kind["kind"]]) for kind in known]
    share = hands * documents / total
    shortest = sum(min(guess) for guess in guesses) * (1 - _DOUBT) / share
    longest = sum(max(guess) for guess in guesses) * (1 + _DOUBT) / share
    return None if longest > _WIDEST * shortest else Remaining(shortest, longest)


def _guesses(kind: Mapping[str, Any], speed: Speed) -> list[float]:
    """Seconds of one worker: by pages where they are known, else by documents and by bytes."""
    if kind["pages"] and not kind["uncounted"] and speed["with_pages"] >= _ENOUGH:
        return [speed["paged_seconds"] * kind["pages"] / speed["pages"]]
    return [
        speed["seconds"] * kind["count"] / speed["count"],
        speed["seconds"] * kind["size"] / speed["size"],
    ]


def _measured(organization: Organization, now: datetime) -> dict[str, Speed]:
    """What the latest documents took, by media type; of types with enough of them."""
    ended = Job.objects.for_org(organization).filter(
        completed_at__gte=now - _LOOK_BACK, status__in=TERMINAL
    )
    latest = list(ended.order_by("-completed_at").values_list("pk", flat=True)[:_JOBS])
    rows = JobDocument.objects.filter(
        job__in=latest, processing_time_seconds__gt=0, is_reused=False
    ).completed()
    measured = rows.filter(pk__in=rows.order_by("-completed_at").values("pk")[:_DOCUMENTS])
    paged = Q(page_count__gt=0)
    speeds = (
        measured.order_by()
        .values("media_type")
        .annotate(
            count=Count("pk"),
            seconds=Sum("processing_time_seconds"),
            size=Sum("file_size"),
            with_pages=Count("pk", filter=paged),
            pages=Sum("page_count", filter=paged),
            paged_seconds=Sum("processing_time_seconds", filter=paged),
        )
    )
    return {speed["media_type"]: dict(speed) for speed in speeds if speed["count"] >= _ENOUGH}
