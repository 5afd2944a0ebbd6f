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
from jobs.queue import due_wakeups

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
                workers.is_alive(worker, now),
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

    Up to three queries.
    """
    now = now or timezone.now()
    return _in_line(job, now) if job.is_in_line else reasons([job], now)[job.pk]


def _in_line(job: Job, now: datetime) -> str:
    place = line.place(job)
    if place is None:
        return ""  # it left the line a moment ago
    sentence = _IN_LINE.format(place=line.in_words(place))
    return sentence if workers.alive(now).exists() else f"{sentence} {_NOBODY}"


def reasons(jobs: Sequence[Job], now: datetime) -> dict[UUID, str]:
    """What each of `jobs` waits for, but for a place in line. Up to three queries for all."""
    found = {job.pk: "" for job in jobs}
    active = [job for job in jobs if job.is_active and not job.is_cancelling]
    held = _held_by(active, now) if active else {}
    waiting = [job for job in active if not held.get(job.pk)]
    if not waiting:
        return found
    if not workers.alive(now).exists():
        return found | {job.pk: _NOBODY for job in waiting}
    stuck = {job.pk: _STUCK for job in waiting if job.pk in held}
    held_for = _held_for_each() if len(stuck) < len(waiting) else {}
    return found | {job.pk: stuck.get(job.pk) or _behind(job, held_for, now) for job in waiting}


def _held_by(jobs: Sequence[Job], now: datetime) -> dict[UUID, int]:
    """Of each job that workers hold documents of: how many leases of them are still good."""
    running = JobDocument.objects.running().order_by().filter(job__in=jobs).values("job")
    fresh = running.annotate(fresh=Count("pk", filter=Q(lease_expires_at__gte=now)))
    return dict(fresh.values_list("job", "fresh"))


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
    """The queue in numbers: jobs active and in line, documents waiting and running, wakeups due."""
    return {
        "active_jobs": Job.objects.active().count(),
        "jobs_in_line": Job.objects.in_line().count(),
        "waiting_documents": JobDocument.objects.due().count(),
        "running_documents": JobDocument.objects.running().count(),
        "expired_leases": JobDocument.objects.running().filter(lease_expires_at__lt=now).count(),
        "due_tokens": due_wakeups(now).count(),
    }
