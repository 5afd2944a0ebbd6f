"""The only place where a job changes its state.

    PENDING --start--> QUEUED --first document taken--> RUNNING --last document ends--> COMPLETED
                                                                                      | FAILED
    PENDING | QUEUED | RUNNING --cancel, verified--> CANCELLED
    COMPLETED | FAILED | CANCELLED --retry--> QUEUED

Every move happens in one transaction that holds the job's row, together with its log line.
Whoever needs several locks takes them in this order: OrgSettings, Job, JobDocument, StorageUsage.
Documents of a started job change only under the lock of their job (jobs/attempts.py), so counters
are always those of the rows.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from curatore.errors import DomainError
from documents import discards
from jobs import logs, queue, scores
from jobs.models import UNHELD, DocumentStatus, Job, JobDocument, JobStatus, LogLevel
from orgsettings import options as processing_options
from orgsettings.models import OrgSettings, User

# A client that was refused because of the limit may ask again after so many seconds.
RETRY_AFTER_SECONDS = 10


class ConcurrencyLimitReached(DomainError):
    code = "concurrency_limit_reached"


class NotStartable(DomainError):
    code = "job_not_startable"


class NotCancellable(DomainError):
    code = "job_not_cancellable"


class NotDeletable(DomainError):
    code = "job_not_deletable"


class JobGone(DomainError):
    code = "not_found"
    status = 404


class NothingToRetry(DomainError):
    code = "nothing_to_retry"


class NoDocuments(DomainError):
    code = "job_without_documents"


def lock(job: Job) -> Job:
    """The job's row as it is now, held until the transaction ends.

    Raises:
        JobGone: it was deleted since the caller read it.
    """
    current = Job.objects.select_for_update().filter(pk=job.pk).first()
    if current is None:
        raise JobGone("The job was deleted meanwhile.")
    return current


def expiry(end: datetime, retention_days: int | None) -> datetime | None:
    """When a job that ended (or, as a draft, was made) at `end` is deleted; None for never."""
    return None if retention_days is None else end + timedelta(days=retention_days)


def start(job: Job, *, by: User | None) -> None:
    """PENDING to QUEUED: hand the job to the workers.

    Raises:
        NotStartable: it is no draft any more.
        NoDocuments: the draft is empty.
        ConcurrencyLimitReached: the organization has as many active jobs as it may.
    """
    with transaction.atomic():
        _hold_place(job)
        current = lock(job)
        if not current.is_draft:
            raise NotStartable(f"The job cannot be started: it is {current.status}.")
        if not current.total_documents:
            raise NoDocuments("The job has no documents. Add at least one, then start it.")
        _queue(current, "job.queued", "Job queued", by=by, count=current.total_documents)
    job.refresh_from_db()


def retry(
    job: Job,
    *,
    by: User | None,
    rows: Iterable[UUID] | None = None,
    options: Mapping[str, Any] | None = None,
) -> int:
    """Run failed and cancelled documents of an ended job again; returns how many.

    Args:
        rows: ids of the JobDocuments to run again, or a query for them; None for all that failed
            or were cancelled.
        options: canonical and partial; they replace the job's own.

    Raises:
        NothingToRetry: the job has not ended, or none of the chosen documents failed.
        ConcurrencyLimitReached: as for `start`.
    """
    with transaction.atomic():
        _hold_place(job)
        current = lock(job)
        again = JobDocument.objects.filter(
            job=job,
            status__in=[DocumentStatus.FAILED, DocumentStatus.CANCELLED],
            document__isnull=False,
        )
        if rows is not None:
            again = again.filter(pk__in=rows)
        failed = again.filter(status=DocumentStatus.FAILED).count()
        count = again.count()
        if not current.is_terminal or not count:
            raise NothingToRetry("There is no failed or cancelled document to run again.")
        again.update(
            status=DocumentStatus.PENDING,
            attempts=0,
            returns=0,
            timed_out=False,
            error_code="",
            error_message="",
            error_hint="",
            started_at=None,
            completed_at=None,
            processing_time_seconds=None,
        )
        _queue(
            current,
            "job.retried",
            "Job queued again",
            by=by,
            count=count,
            failed_documents=F("failed_documents") - failed,
            cancelled_documents=F("cancelled_documents") - (count - failed),
            processing_options=processing_options.complete(
                options or {}, current.processing_options
            ),
            started_at=None,
            completed_at=None,
            cancelled_at=None,
            cancel_requested_at=None,
            cancellation=None,
            error_message="",
            last_claimed_at=None,
        )
    job.refresh_from_db()
    return count


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


def _begin_cancelling(job: Job, by: User | None, now: datetime) -> None:
    rows = JobDocument.objects.filter(job=job)
    kept = job.completed_documents
    revoked = rows.not_begun().update(status=DocumentStatus.CANCELLED, completed_at=now, **UNHELD)
    running = rows.running().count()
    who = by.username if by else "the system"
    Job.objects.filter(pk=job.pk).update(
        cancel_requested_at=now,
        cancelled_documents=F("cancelled_documents") + revoked,
        version=F("version") + 1,
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


def note_unconfirmed(job: Job) -> None:
    """Let the receipt say that a worker did not confirm the cancellation. Under the lock."""
    job.cancellation = (job.cancellation or {}) | {"verification_timeout": True}
    Job.objects.filter(pk=job.pk).update(cancellation=job.cancellation)


def mark_running(job: Job, now: datetime) -> None:
    """QUEUED to RUNNING when a worker takes documents; notes whose turn it was. Under the lock."""
    if job.status == JobStatus.QUEUED:
        logs.write(job, "job.started", "Job processing started", now=now)
    Job.objects.filter(pk=job.pk).update(
        status=JobStatus.RUNNING,
        started_at=job.started_at or now,
        last_claimed_at=now,
        version=F("version") + 1,
    )


def count_ended(job: Job, status: str, now: datetime, *, score: int | None = None) -> None:
    """Count one more document that ended as `status`; with the last the job ends. Under the lock.

    `job` is the row as `lock` returned it; its counters are kept in step.

    Args:
        score: the conversion score of a completed document.
    """
    counter = {
        DocumentStatus.COMPLETED: "completed_documents",
        DocumentStatus.FAILED: "failed_documents",
        DocumentStatus.CANCELLED: "cancelled_documents",
    }[DocumentStatus(status)]
    setattr(job, counter, getattr(job, counter) + 1)
    changed = {counter: getattr(job, counter)}
    if score is not None:
        job.score_sum += score
        job.score_bands = scores.counted(job.score_bands, more=score)
        changed |= {"score_sum": job.score_sum, "score_bands": job.score_bands}
    Job.objects.filter(pk=job.pk).update(**changed, version=F("version") + 1)
    _end_if_done(job, now)


def note_new_score(job: Job, before: int, after: int) -> None:
    """A completed document was scored anew, such as after an edit. Under the lock."""
    job.score_sum += after - before
    Job.objects.filter(pk=job.pk).update(
        score_sum=job.score_sum,
        score_bands=scores.counted(job.score_bands, more=after, less=before),
        is_low_quality=scores.is_low(job.average_score, job.processing_options),
        version=F("version") + 1,
    )


def count_lost(job: Job, score: int) -> None:
    """A completed document lost its result and counts as failed from now on. Under the lock."""
    job.completed_documents -= 1
    job.failed_documents += 1
    job.score_sum -= score
    trouble = _some_failed(job)
    Job.objects.filter(pk=job.pk).update(
        completed_documents=job.completed_documents,
        failed_documents=job.failed_documents,
        score_sum=job.score_sum,
        score_bands=scores.counted(job.score_bands, less=score),
        is_low_quality=scores.is_low(job.average_score, job.processing_options),
        error_message=trouble if job.status == JobStatus.COMPLETED else job.error_message,
        version=F("version") + 1,
    )


def _end_if_done(job: Job, now: datetime) -> None:
    """End the job if all of its documents ended. Under the lock, with the row's own counters."""
    if job.ended_documents < job.total_documents:
        return
    if job.cancel_requested_at is not None:
        _end_cancelled(job, now)
    elif job.completed_documents:
        _end(job, JobStatus.COMPLETED, now)
    else:
        _end(job, JobStatus.FAILED, now)


def _end(job: Job, status: JobStatus, now: datetime) -> None:
    failed, total = job.failed_documents, job.total_documents
    trouble = _some_failed(job) if failed else ""
    if status == JobStatus.FAILED:
        trouble = f"All {failed} documents failed"
    is_low = scores.is_low(job.average_score, job.processing_options)
    _move(job, status, completed_at=now, error_message=trouble, is_low_quality=is_low, now=now)
    logs.write(
        job,
        f"job.{status.lower()}",
        f"Job {status.lower()}: {job.completed_documents} succeeded, {failed} failed",
        level=LogLevel.ERROR if status == JobStatus.FAILED else LogLevel.SUCCESS,
        now=now,
        total=total,
        completed=job.completed_documents,
        failed=failed,
    )


def _some_failed(job: Job) -> str:
    return f"{job.failed_documents}/{job.total_documents} documents failed"


def _end_cancelled(job: Job, now: datetime) -> None:
    receipt = job.cancellation or {}
    finished_meanwhile = job.completed_documents - receipt.get("kept_at_request", 0)
    receipt |= {
        "documents_stopped": max(receipt.get("running_at_request", 0) - finished_meanwhile, 0),
        "documents_kept": job.completed_documents,
        "seconds": round((now - (job.cancel_requested_at or now)).total_seconds(), 3),
    }
    _move(job, JobStatus.CANCELLED, cancelled_at=now, cancellation=receipt, now=now)
    logs.write(
        job,
        "job.cancelled",
        f"Job cancelled after {receipt['seconds']:.1f} s: {job.cancelled_documents} documents were"
        f" not converted, {job.completed_documents} results were kept",
        level=LogLevel.WARNING,
        now=now,
        **receipt,
    )


def _move(job: Job, status: JobStatus, *, now: datetime, **fields: Any) -> None:
    Job.objects.filter(pk=job.pk).update(
        status=status,
        expires_at=expiry(now, job.retention_days),
        version=F("version") + 1,
        **fields,
    )


def _queue(
    job: Job, event: str, message: str, *, by: User | None, count: int, **fields: Any
) -> None:
    now = timezone.now()
    Job.objects.filter(pk=job.pk).update(
        status=JobStatus.QUEUED,
        queued_at=now,
        expires_at=expiry(now, job.retention_days),
        version=F("version") + 1,
        **fields,
    )
    documents = "1 document" if count == 1 else f"{count} documents"
    logs.write(
        job,
        event,
        f"{message} with {documents}",
        now=now,
        task_count=count,
        by=by.username if by else None,
    )
    # The queue is a table of this database: job and tokens commit together or not at all.
    queue.add_tokens(count)


def _hold_place(job: Job) -> None:
    """Lock the organization's settings and refuse if it has as many active jobs as it may.

    The lock lasts until the commit: otherwise two requests could both count the last free place.
    """
    settings = OrgSettings.objects.select_for_update().get(organization=job.organization_id)
    limit = settings.concurrency_limit
    active = Job.objects.filter(organization=job.organization_id).active().exclude(pk=job.pk)
    count = active.count()
    if count >= limit:
        raise ConcurrencyLimitReached(
            f"Concurrency limit reached ({count}/{limit} active jobs)."
            " Wait for a job to end, cancel one, or ask an admin to raise the limit.",
            limit=limit,
            active=count,
            retry_after=RETRY_AFTER_SECONDS,
        )


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


def erase(job: Job) -> None:
    """Delete the rows and stored files of an inactive job. Under its lock."""
    discards.discard(f"results/{job.pk}/", job.organization_id)
    job.delete()
