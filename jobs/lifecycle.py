"""How a job changes its state.

    PENDING --start--> QUEUED --first document taken--> RUNNING --last document ends--> COMPLETED
                                                                                      | FAILED
    PENDING | QUEUED | RUNNING --cancel, verified--> CANCELLED
    COMPLETED | FAILED | CANCELLED --retry--> QUEUED

What leads to QUEUED needs a place among the active jobs of the organization: people ask for it in
jobs/starts.py, the line in jobs/serving.py, and jobs/queueing.py makes the move.

Every move happens in one transaction that holds the job's row, together with its log line.
Whoever needs several locks takes them in this order: OrgSettings, Job, JobDocument, StorageUsage.
Documents of a started job change only under the lock of their job (engine/attempts.py), so
counters are always those of the rows.
"""

from datetime import datetime
from typing import Any, TypedDict, cast

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from curatore.core.errors import DomainError
from documents import discards
from jobs import file_passwords, line, logs, scores, serving
from jobs.locking import LockedJob, lock
from jobs.models import (
    UNHELD,
    DocumentStatus,
    Job,
    JobDocument,
    JobStatus,
    LogLevel,
    Review,
)
from jobs.scores import Verdict
from orgsettings.models import User


class NotCancellable(DomainError):
    code = "job_not_cancellable"


class NotDeletable(DomainError):
    code = "job_not_deletable"


class CancelReceipt(TypedDict, total=False):
    """What a cancellation came to, as the job keeps it; the last three are there from its end."""

    requested_by: str  # a user name, or “the system”
    requested_at: str  # ISO 8601
    waiting_cancelled: int  # documents that no worker had begun
    running_at_request: int
    kept_at_request: int  # results
    verification_timeout: bool  # a worker did not confirm in time
    documents_stopped: int
    documents_kept: int
    seconds: float


def request_cancel(job: Job, *, by: User | None) -> None:
    """Stop the job: waiting documents at once; workers stop the running ones within seconds.

    The job is CANCELLED when the last running document was seen stopped, perhaps at once.
    Asking again while it stops changes nothing.

    Raises:
        NotCancellable: it ended already.
    """
    now = timezone.now()
    with transaction.atomic():
        current = lock(job)
        if current.is_terminal:
            raise NotCancellable(f"The job cannot be cancelled: it is {current.status}.")
        if current.cancel_requested_at is None:
            _begin_cancelling(current, by, now)
    job.refresh_from_db()


def _begin_cancelling(job: LockedJob, by: User | None, now: datetime) -> None:
    rows = JobDocument.objects.filter(job=job)
    kept = job.completed_documents
    revoked = rows.not_begun().update(status=DocumentStatus.CANCELLED, completed_at=now, **UNHELD)
    running = rows.running().count()
    who = logs.name_of(by)
    Job.objects.filter(pk=job.pk).change(
        cancel_requested_at=now,
        cancelled_documents=F("cancelled_documents") + revoked,
        cancellation={
            "requested_by": who,
            "requested_at": now.isoformat(),
            "waiting_cancelled": revoked,
            "running_at_request": running,
            "kept_at_request": kept,
            "verification_timeout": False,
        },
    )
    logs.write(
        job,
        "job.cancel_requested",
        f"Cancellation requested by {who}: {revoked} waiting documents were cancelled,"
        f" {running} running documents are being stopped",
        level=LogLevel.WARNING,
        now=now,
        requested_by=who,
        waiting_cancelled=revoked,
        running=running,
    )
    job.refresh_from_db()
    _end_if_done(job, now)


def note_unconfirmed(job: LockedJob) -> None:
    """Let the receipt say that a worker did not confirm the cancellation."""
    job.cancellation = (job.cancellation or {}) | {"verification_timeout": True}
    Job.objects.filter(pk=job.pk).change(cancellation=job.cancellation)


def mark_running(job: LockedJob, now: datetime) -> None:
    """QUEUED to RUNNING when a worker takes documents; notes whose turn it was."""
    if job.status == JobStatus.QUEUED:
        logs.write(job, "job.started", "Job processing started", now=now)
    Job.objects.filter(pk=job.pk).change(
        status=JobStatus.RUNNING,
        started_at=job.started_at or now,
        last_claimed_at=now,
    )


def count_ended(
    job: LockedJob, status: str, now: datetime, *, verdict: Verdict | None = None
) -> None:
    """Count one more document that ended as `status`; with the last the job ends.

    The counters of `job` are kept in step.

    Args:
        verdict: on a completed document.
    """
    counter = {
        DocumentStatus.COMPLETED: "completed_documents",
        DocumentStatus.FAILED: "failed_documents",
        DocumentStatus.CANCELLED: "cancelled_documents",
    }[DocumentStatus(status)]
    setattr(job, counter, getattr(job, counter) + 1)
    changed = {counter: getattr(job, counter)}
    if verdict is not None:
        changed |= _judged(job, more=verdict)
    Job.objects.filter(pk=job.pk).change(**changed)
    _end_if_done(job, now)


def note_new_verdict(job: LockedJob, before: Verdict, after: Verdict) -> None:
    """A completed document was scored anew, such as after an edit."""
    Job.objects.filter(pk=job.pk).change(
        **_judged(job, more=after, less=before),
        is_low_quality=scores.is_low(job.average_score, job.options),
    )


def count_lost(job: LockedJob, lost: JobDocument) -> None:
    """A completed document lost its result and counts as failed from now on.

    Args:
        lost: the document as it was with its result.
    """
    verdict = Verdict(lost.conversion_score or 0, lost.is_rag_ready)
    job.completed_documents -= 1
    job.failed_documents += 1
    trouble = _some_failed(job)
    Job.objects.filter(pk=job.pk).change(
        completed_documents=job.completed_documents,
        failed_documents=job.failed_documents,
        accepted_documents=job.accepted_documents - (lost.review == Review.ACCEPTED),
        excluded_documents=job.excluded_documents - (lost.review == Review.EXCLUDED),
        **_judged(job, less=verdict),
        is_low_quality=scores.is_low(job.average_score, job.options),
        error_message=trouble if job.status == JobStatus.COMPLETED else job.error_message,
    )


def _judged(
    job: LockedJob, *, more: Verdict | None = None, less: Verdict | None = None
) -> dict[str, Any]:
    """What the job keeps of its results with one more, one less, or both; `job` is kept in step."""
    for verdict, sign in ((more, 1), (less, -1)):
        if verdict is not None:
            job.score_sum += sign * verdict.score
            job.not_ready_documents += sign * (not verdict.is_ready)
    job.score_bands = scores.counted(
        job.score_bands, more=more and more.score, less=less and less.score
    )
    return {
        "score_sum": job.score_sum,
        "score_bands": job.score_bands,
        "not_ready_documents": job.not_ready_documents,
    }


def _end_if_done(job: LockedJob, now: datetime) -> None:
    """End the job if all of its documents ended."""
    if job.ended_documents < job.total_documents:
        return
    if job.cancel_requested_at is not None:
        _end_cancelled(job, now)
    elif job.completed_documents:
        _end(job, JobStatus.COMPLETED, now)
    else:
        _end(job, JobStatus.FAILED, now)


def _end(job: LockedJob, status: JobStatus, now: datetime) -> None:
    failed, total = job.failed_documents, job.total_documents
    trouble = _some_failed(job) if failed else ""
    if status == JobStatus.FAILED:
        trouble = f"All {failed} documents failed"
    is_low = scores.is_low(job.average_score, job.options)
    _move(job, status, now, completed_at=now, error_message=trouble, is_low_quality=is_low)
    reused = _reused(job)
    logs.write(
        job,
        f"job.{status.lower()}",
        f"Job {status.lower()}: {job.completed_documents} succeeded, {failed} failed"
        + (f", {reused} reused" if reused else ""),
        level=LogLevel.ERROR if status == JobStatus.FAILED else LogLevel.SUCCESS,
        now=now,
        total=total,
        completed=job.completed_documents,
        failed=failed,
    )


def _reused(job: Job) -> int:
    """How many of its results are copies of earlier ones."""
    if not job.reuse_results:
        return 0
    return JobDocument.objects.filter(job=job, is_reused=True).completed().count()


def _some_failed(job: Job) -> str:
    return f"{job.failed_documents}/{job.total_documents} documents failed"


def _end_cancelled(job: LockedJob, now: datetime) -> None:
    receipt = cast(CancelReceipt, job.cancellation or {})
    finished_meanwhile = job.completed_documents - receipt.get("kept_at_request", 0)
    receipt |= {
        "documents_stopped": max(receipt.get("running_at_request", 0) - finished_meanwhile, 0),
        "documents_kept": job.completed_documents,
        "seconds": round((now - (job.cancel_requested_at or now)).total_seconds(), 3),
    }
    _move(job, JobStatus.CANCELLED, now, cancelled_at=now, cancellation=receipt)
    logs.write(
        job,
        "job.cancelled",
        f"Job cancelled after {receipt['seconds']:.1f} s: {job.cancelled_documents} documents were"
        f" not converted, {job.completed_documents} results were kept",
        level=LogLevel.WARNING,
        now=now,
        **receipt,
    )


def _move(job: LockedJob, status: JobStatus, now: datetime, **fields: Any) -> None:
    file_passwords.forget(job.pk)
    line.leave(job, now, status=status, **fields)
    serving.serve_at_commit(job.organization_id)


def delete(job: Job, *, by: User | None) -> None:
    """Delete a draft or ended job with its rows, log and result files; uploads stay.

    Raises:
        NotDeletable: it is active.
    """
    with transaction.atomic():
        current = lock(job)
        if current.is_active:
            raise NotDeletable("The job is active. Cancel it first, then delete it.")
        erase(current)


def erase(job: LockedJob) -> None:
    """Delete the rows and stored files of an inactive job."""
    discards.discard(f"results/{job.pk}/", job.organization_id)
    job.delete()
