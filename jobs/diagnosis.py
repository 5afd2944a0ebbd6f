"""Why a job waits, in words; and whether anybody is there to work."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q
from django.utils import timezone

from jobs import workers
from jobs.models import Job, JobDocument, Worker
from jobs.queue import due_tokens

_NOBODY = (
    "No worker is running. Ask the operator to start one with “manage.py worker”;"
    " the job goes on by itself then."
)
_STUCK = "Its worker gave no sign of life; its documents are taken back within a minute."


@dataclass(frozen=True)
class WorkerState:
    """One worker process, as its last sign of life tells."""

    name: str
    seconds_since_seen: int
    is_alive: bool
    document: str  # being converted; "" when idle


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


def why_waiting(job: Job, now: datetime | None = None) -> str:
    """A sentence that says what a started job waits for; "" when it does not wait.

    Two or three queries.
    """
    now = now or timezone.now()
    if not job.is_active or job.is_cancelling:
        return ""
    held = JobDocument.objects.running().filter(job=job)
    if held.filter(lease_expires_at__gte=now).exists():
        return ""
    if not workers.alive(now).exists():
        return _NOBODY
    return _STUCK if held.exists() else _behind(_ahead(job))


def reasons(jobs: Sequence[Job], now: datetime) -> dict[UUID, str]:
    """`why_waiting` for each of `jobs`. Three queries for all of them."""
    running = JobDocument.objects.running().order_by()
    held = {
        row["job"]: row
        for row in running.filter(job__in=jobs)
        .values("job")
        .annotate(all=Count("pk"), fresh=Count("pk", filter=Q(lease_expires_at__gte=now)))
    }
    anybody, busy = workers.alive(now).exists(), running.count()
    none = {"all": 0, "fresh": 0}
    found = {}
    for job in jobs:
        own = held.get(job.pk, none)
        if not job.is_active or job.is_cancelling or own["fresh"]:
            found[job.pk] = ""
        elif not anybody:
            found[job.pk] = _NOBODY
        else:
            found[job.pk] = _STUCK if own["all"] else _behind(busy)
    return found


def _behind(ahead: int) -> str:
    if not ahead:
        return "Waiting for a worker to take it, which takes a few seconds."
    documents = "1 document" if ahead == 1 else f"{ahead} documents"
    return f"All workers are busy with {documents} of other jobs; this job takes its turn."


def summary(now: datetime) -> dict[str, int]:
    """The queue in numbers: active jobs, documents waiting and running, tokens due."""
    return {
        "active_jobs": Job.objects.active().count(),
        "waiting_documents": JobDocument.objects.due().count(),
        "running_documents": JobDocument.objects.running().count(),
        "expired_leases": JobDocument.objects.running().filter(lease_expires_at__lt=now).count(),
        "due_tokens": due_tokens(now).count(),
    }


def _ahead(job: Job) -> int:
    """Documents that workers hold for other jobs."""
    return JobDocument.objects.running().filter(~Q(job=job)).count()
