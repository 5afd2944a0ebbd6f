"""Recovery: documents are reclaimed from workers that died, hang, or do not confirm a stop.

Fencing (attempts.py) makes it safe to be wrong about a worker: whatever it still delivers is
refused.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from jobs import results
from jobs.engine import attempts
from jobs.engine.attempts import LockedAttempt
from jobs.locking import lock
from jobs.models import JobDocument, Worker


def reclaim_expired(now: datetime) -> int:
    """Take documents from workers without a sign of life for JOB_WORKER_HEALTH_TIMEOUT seconds.

    Each waits again, or is FAILED after its last attempt, or CANCELLED with its job. Returns how
    many were taken.
    """
    rows = JobDocument.objects.running().filter(lease_expires_at__lt=now)
    return _reclaim(rows, now, "its worker gave no sign of life")


def reclaim_from(workers: Iterable[Worker], now: datetime) -> int:
    """As `reclaim_expired`, from workers known to be dead, without waiting for their leases."""
    rows = JobDocument.objects.running().filter(worker__in=list(workers))
    return _reclaim(rows, now, "its worker died")


def revoke_overdue_cancellations(now: datetime) -> int:
    """Cancel documents whose workers did not confirm within JOB_CANCELLATION_TIMEOUT seconds."""
    rows = JobDocument.objects.running().filter(job__cancel_requested_at__lt=_overdue(now))
    return _reclaim(rows, now, "its worker did not confirm the cancellation")


def _reclaim(rows: QuerySet[JobDocument], now: datetime, cause: str) -> int:
    return sum(_reclaim_one(rows, row, now, cause) for row in rows.select_related("job"))


def _reclaim_one(rows: QuerySet[JobDocument], seen: JobDocument, now: datetime, cause: str) -> bool:
    with transaction.atomic():
        job = lock(seen.job)
        # Asked again under the lock: the worker may have ended it or renewed its lease meanwhile.
        row = rows.filter(pk=seen.pk, attempt_id=seen.attempt_id).first()
        if row is None or row.attempt_id is None:
            return False
        # Perhaps it died between writing the result and saying so.
        lost = row.attempt_id
        transaction.on_commit(lambda: results.remove_lost(row, lost))
        _settle(LockedAttempt(row.attempt_id, job, row), now, cause)
    return True


def _settle(locked: LockedAttempt, now: datetime, cause: str) -> None:
    """Decide what becomes of a document whose worker is gone."""
    row, cancelled_at = locked.row, locked.job.cancel_requested_at
    if cancelled_at is not None:
        attempts.end_cancelled(locked, now, confirmed=cancelled_at >= _overdue(now))
        return
    begun = row.started_at is not None
    if not begun or attempts.may_retry(locked):
        attempts.requeue(locked, now, cause, counts=begun, behind=begun)
        return
    times = "once" if row.attempts == 1 else f"{row.attempts} times"
    attempts.end_failed(
        locked,
        now,
        code="worker_lost",
        message=f"The worker died or hung {times} on this document.",
        hint="Check that the file opens elsewhere, then retry it; if it fails again, report it.",
    )


def _overdue(now: datetime) -> datetime:
    return now - timedelta(seconds=settings.JOB_CANCELLATION_TIMEOUT)
