"""Claims: which documents a worker takes next.

The order is fair: the organization with the fewest workers busy for it comes first, of equals the
one that waited longest since a worker last took documents of it; within the organization its jobs
by the same rule; within the job its documents in their order, those that came back behind the
others. So a job of ten documents starts at once beside one of ten thousand, and each organization
gets its share of the workers. What is done about documents that hold them long: sharing.py.
"""

import uuid
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from jobs import lifecycle
from jobs.engine.attempts import Attempt, begin, lease_end
from jobs.locking import LockedJob, lock_among
from jobs.models import DocumentStatus, Job, JobDocument, Worker

# Small documents are taken several at a time, so that the queue does not cost more than the work;
# never more than an eighth of what waits, so that no worker idles while another has a full hand.
BATCH_DOCUMENTS = 8
BATCH_BYTES = 2 * 1024 * 1024
_LOOK_AHEAD = BATCH_DOCUMENTS * 8


def claim(worker: Worker, now: datetime) -> list[Attempt]:
    """Take the next documents for `worker`; the first is begun. Empty: nothing waits.

    O(active jobs), however many documents wait.
    """
    while job_id := _next_job():
        with transaction.atomic():
            job = lock_among(Job.objects.active(), job_id)
            if job is None or job.cancel_requested_at is not None:
                continue  # it ended or was cancelled between the two looks
            attempts = [_take(job, row, worker, now) for row in _batch(job)]
            if attempts:
                lifecycle.mark_running(job, now)
                begin(attempts[0], job, now)
                return attempts
    return []


def _next_job() -> uuid.UUID | None:
    held = JobDocument.objects.running().order_by()
    served = Job.objects.filter(
        organization=OuterRef("organization"), last_claimed_at__isnull=False
    ).order_by("-last_claimed_at")
    waiting = JobDocument.objects.waiting().filter(job=OuterRef("pk"))
    return (
        Job.objects.active()
        .filter(Exists(waiting), cancel_requested_at__isnull=True)
        .annotate(
            org_workers=_workers(
                held.filter(job__organization=OuterRef("organization")), "job__organization"
            ),
            org_served=Subquery(served.values("last_claimed_at")[:1]),
            job_workers=_workers(held.filter(job=OuterRef("pk")), "job"),
        )
        .order_by(
            "org_workers",
            F("org_served").asc(nulls_first=True),
            "job_workers",
            F("last_claimed_at").asc(nulls_first=True),
            "queued_at",
        )
        .values_list("pk", flat=True)
        .first()
    )


def _workers(held: QuerySet[JobDocument], group: str) -> Coalesce:
    """How many workers hold documents of the group that the outer query stands on."""
    count = held.values(group).annotate(n=Count("worker", distinct=True)).values("n")
    return Coalesce(Subquery(count), 0)


def _batch(job: LockedJob) -> list[JobDocument]:
    ahead = list(
        JobDocument.objects.filter(job=job)
        .waiting()
        .select_related("document__stored")
        .order_by("returns", "position")[:_LOOK_AHEAD]
    )
    batch: list[JobDocument] = []
    size = 0
    for row in ahead[: max(1, len(ahead) // BATCH_DOCUMENTS)]:
        size += row.file_size
        if batch and size > BATCH_BYTES:
            break
        batch.append(row)
    return batch


def _take(job: LockedJob, row: JobDocument, worker: Worker, now: datetime) -> Attempt:
    attempt = Attempt(uuid.uuid4(), job, row)
    JobDocument.objects.filter(pk=row.pk).update(
        status=DocumentStatus.RUNNING,
        attempt_id=attempt.id,
        worker=worker,
        lease_expires_at=lease_end(now),
        started_at=None,  # taken, not begun
    )
    return attempt
