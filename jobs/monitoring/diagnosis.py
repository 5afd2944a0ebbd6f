"""Why a job waits, in words; and whether anybody is there to work."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Q
from django.utils import timezone

from jobs import line
from jobs.engine import sharing, workers
from jobs.models import DocumentStatus, Job, JobDocument, Worker
from jobs.queue import due_tokens

_NOBODY = (
    "No worker is running. Ask the operator to start one with “manage.py worker”;"
    " the job then continues automatically."
)
_IN_LINE = (
    "Waiting for a place: {place}. It starts automatically when its turn comes, as active jobs end."
)
_STUCK = "Its worker gave no sign of life; its documents are taken back within a minute."


@dataclass(frozen=True)
class WorkerState:
    """One worker process, as its last sign of life tells."""

    name: str
    seconds_since_seen: int
    is_alive: bool
    document: str  # being converted; "" when idle


@dataclass(frozen=True)
class Holding:
    """What workers convert for one organization."""

    organization: str
    workers: int
    long_documents: list[JobDocument]  # begun so long ago that others need not wait for them


def worker_states(now: datetime) -> list[WorkerState]:
    """All known workers. Two queries."""
    states = []
    for worker in Worker.objects.prefetch_related("holds"):
        begun = [row.filename for row in worker.holds.all() if row.started_at is not None]
        states.append(
            WorkerState(
                str(worker),
                max(int((now - worker.last_seen_at).total_seconds()), 0),
                worker.last_seen_at >= workers.oldest_sign(now),
                begun[0] if begun else "",
            )
        )
    return states


def holdings(now: datetime) -> list[Holding]:
    """The organizations that workers work for, most workers first. One query."""
    by_organization: dict[str, list[JobDocument]] = {}
    begun = JobDocument.objects.running().filter(started_at__lte=now)
    for row in begun.select_related("job__organization").order_by("started_at"):
        by_organization.setdefault(str(row.job.organization), []).append(row)
    found = [
        Holding(
            name,
            len({row.worker_id for row in rows}),
            [row for row in rows if sharing.is_long(row.started_at, now)],
        )
        for name, rows in by_organization.items()
    ]
    return sorted(found, key=lambda holding: -holding.workers)


def without_worker() -> dict[str, int]:
    """Documents that wait, of each organization that no worker works for. One query."""
    jobs = sharing.starving().order_by().values("organization__name")
    counted = jobs.annotate(
        waiting=Count("job_documents", filter=Q(job_documents__status=DocumentStatus.PENDING))
    )
    return dict(counted.values_list("organization__name", "waiting"))


def why_waiting(job: Job, now: datetime | None = None) -> str:
    """What a started job waits for, or one in line, in words; "" when it does not wait.

    Two or three queries.
    """
    now = now or timezone.now()
    if job.is_in_line:
        return _in_line(job, now)
    if not job.is_active or job.is_cancelling:
        return ""
    held = JobDocument.objects.running().filter(job=job)
    if held.filter(lease_expires_at__gte=now).exists():
        return ""
    if not workers.alive(now).exists():
        return _NOBODY
    return _STUCK if held.exists() else _behind(job, _held_for_each(), now)


def _in_line(job: Job, now: datetime) -> str:
    place = line.place(job)
    if place is None:
        return ""  # it left the line a moment ago
    sentence = _IN_LINE.format(place=line.in_words(place))
    return sentence if workers.alive(now).exists() else f"{sentence} {_NOBODY}"


def reasons(jobs: Sequence[Job], now: datetime) -> dict[UUID, str]:
    """`why_waiting` for each of `jobs`. Three queries for all of them."""
    running = JobDocument.objects.running().order_by()
    held = {
        row["job"]: row
        for row in running.filter(job__in=jobs)
        .values("job")
        .annotate(all=Count("pk"), fresh=Count("pk", filter=Q(lease_expires_at__gte=now)))
    }
    anybody, held_for = workers.alive(now).exists(), _held_for_each()
    none = {"all": 0, "fresh": 0}
    found = {}
    for job in jobs:
        own = held.get(job.pk, none)
        if not job.is_active or job.is_cancelling or own["fresh"]:
            found[job.pk] = ""
        elif not anybody:
            found[job.pk] = _NOBODY
        else:
            found[job.pk] = _STUCK if own["all"] else _behind(job, held_for, now)
    return found


def _held_for_each() -> dict[UUID, Any]:
    """What workers hold for each organization: documents, workers, when the last was begun."""
    held = JobDocument.objects.running().order_by().values("job__organization")
    counted = held.annotate(
        documents=Count("pk"), workers=Count("worker", distinct=True), latest=Max("started_at")
    )
    return {row["job__organization"]: row for row in counted}


def _behind(job: Job, held_for: dict[UUID, Any], now: datetime) -> str:
    """In words: a job that no worker works for waits for what workers hold for others."""
    if not held_for:
        return "Waiting for a worker to take it, which takes a few seconds."
    ahead = sum(held["documents"] for held in held_for.values())
    documents = "1 document" if ahead == 1 else f"{ahead} documents"
    busy = f"All workers are busy with {documents} of other jobs"
    somebody_gives_way = job.organization_id not in held_for and any(
        held["workers"] > 1 and sharing.is_long(held["latest"], now) for held in held_for.values()
    )
    if somebody_gives_way:
        return f"{busy} that take long; one of them makes room for this job within a few seconds."
    return f"{busy}; this job takes its turn."


def lines() -> list[tuple[Job, int]]:
    """The jobs in line and their places, the organizations one after the other. One query."""
    waiting = Job.objects.in_line().select_related("organization")
    found: list[tuple[Job, int]] = []
    place = 0
    for job in waiting.order_by("organization__name", "waiting_since"):
        same = bool(found) and found[-1][0].organization_id == job.organization_id
        place = place + 1 if same else 1
        found.append((job, place))
    return found


def summary(now: datetime) -> dict[str, int]:
    """The queue in numbers: jobs active and in line, documents waiting and running, tokens due."""
    return {
        "active_jobs": Job.objects.active().count(),
        "jobs_in_line": Job.objects.in_line().count(),
        "waiting_documents": JobDocument.objects.due().count(),
        "running_documents": JobDocument.objects.running().count(),
        "expired_leases": JobDocument.objects.running().filter(lease_expires_at__lt=now).count(),
        "due_tokens": due_tokens(now).count(),
    }
