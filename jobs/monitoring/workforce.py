"""Who works on what, and what waits: as the admins of one organization may see it.

Workers serve all organizations. Documents of one's own are named; of the others only their number
is told.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Prefetch, Sum

from curatore.core.htmx import version_of
from jobs import partition
from jobs.engine import workers
from jobs.models import Job, JobDocument, Worker
from jobs.monitoring import diagnosis
from orgsettings.models import Organization


@dataclass(frozen=True)
class WorkerRow:
    """One worker process."""

    worker: Worker
    is_alive: bool
    own: list[JobDocument]  # being converted now, of the asking organization
    elsewhere: int  # being converted now, of other organizations


@dataclass(frozen=True)
class ActiveJob:
    job: Job
    waiting: int  # documents that nobody converts yet
    why: str  # what it waits for; "" while it goes on


@dataclass(frozen=True)
class Workforce:
    workers: list[WorkerRow]
    jobs: list[ActiveJob]  # of the organization, the oldest first
    waiting: int  # documents of the organization that nobody converts yet
    waiting_elsewhere: int  # of other organizations

    @property
    def alive(self) -> int:
        return sum(row.is_alive for row in self.workers)

    @property
    def busy(self) -> int:
        return sum(row.is_alive and bool(row.own or row.elsewhere) for row in self.workers)

    @property
    def version(self) -> str:
        """Changes when something that is shown does; signs of life count by the minute."""
        shown = (
            [
                (
                    str(row.worker.pk),
                    row.is_alive,
                    row.worker.last_seen_at.replace(second=0, microsecond=0),
                    [str(document.pk) for document in row.own],
                    row.elsewhere,
                )
                for row in self.workers
            ],
            [(str(entry.job.pk), entry.job.version, entry.why) for entry in self.jobs],
            self.waiting_elsewhere,
        )
        return version_of(shown)


def of_organization(organization: Organization, now: datetime) -> Workforce:
    """Up to seven queries, whatever the numbers of jobs and documents."""
    rows = [_row(worker, organization, now) for worker in _workers()]
    active = partition.counted(Job.objects.for_org(organization).active())
    jobs = list(active.order_by("queued_at", "pk"))
    reasons = diagnosis.reasons(jobs, now)
    entries = [ActiveJob(job, partition.of(job).waiting, reasons[job.pk]) for job in jobs]
    waiting = sum(entry.waiting for entry in entries)
    return Workforce(rows, entries, waiting, _waiting_elsewhere(organization))


def _workers() -> Sequence[Worker]:
    begun = (
        JobDocument.objects.running()
        .filter(started_at__isnull=False)
        .select_related("job")
        .only("filename", "path", "started_at", "worker", "job__name", "job__organization")
        .order_by("started_at")
    )
    return list(Worker.objects.prefetch_related(Prefetch("holds", begun, to_attr="begun")))


def _row(worker: Worker, organization: Organization, now: datetime) -> WorkerRow:
    begun = worker.begun  # type: ignore[attr-defined]  # of the prefetch
    own = [row for row in begun if row.job.organization_id == organization.pk]
    return WorkerRow(worker, workers.is_alive(worker, now), own, len(begun) - len(own))


def _waiting_elsewhere(organization: Organization) -> int:
    """From the counters of the active jobs: there are few, however many documents they have."""
    others = partition.counted(Job.objects.active().exclude(organization=organization)).order_by()
    ended = F("completed_documents") + F("failed_documents") + F("cancelled_documents")
    waiting = Sum(F("total_documents") - ended - F("begun_documents"))
    return others.aggregate(waiting=waiting)["waiting"] or 0
