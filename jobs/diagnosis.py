"""Why a job waits, in words; and whether anybody is there to work."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from jobs import workers
from jobs.models import Job, JobDocument, Worker
from jobs.queue import due_tokens


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
        return (
            "No worker is running. Ask the operator to start one with “manage.py worker”;"
            " the job goes on by itself then."
        )
    if held.exists():
        return "Its worker gave no sign of life; its documents are taken back within a minute."
    ahead = _ahead(job)
    if ahead:
        documents = "1 document" if ahead == 1 else f"{ahead} documents"
        return f"All workers are busy with {documents} of other jobs; this job takes its turn."
    return "Waiting for a worker to take it, which takes a few seconds."


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
