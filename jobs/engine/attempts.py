"""Attempts: how a worker keeps the documents it took, and brings them to an end.

    PENDING --claim--> RUNNING --end--> COMPLETED | FAILED | CANCELLED
                          |
                          +--released, or reclaimed--> PENDING

An attempt is the right of one worker to one document, named by an `attempt_id` and kept alive by a
lease. Every step is an UPDATE on condition that the attempt still holds the document: a worker that
was given up for dead and comes back changes nothing (fencing). All of it happens under the lock of
the document's job (LockedAttempt), so the job's counters are always those of its rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet

from documents.conversion import Conversion, ConversionError, Progress, is_rag_ready
from jobs import lifecycle, logs, reuse
from jobs.locking import LockedJob, lock
from jobs.models import UNHELD, DocumentStatus, Job, JobDocument, LogLevel, Stage
from jobs.results import StoredResult
from jobs.scores import Verdict
from orgsettings.options import ProcessingOptions

# What a conversion reports -> its stage for people; anything else is Converting.
_STAGES = {"ocr": Stage.OCR, "score": Stage.SCORING}


class AttemptLost(Exception):
    """The document was taken away from this attempt: its result must not be used."""


@dataclass(frozen=True)
class Attempt:
    id: UUID
    job: Job  # as it was when the document was taken
    row: JobDocument  # likewise; `begin` keeps its start in step

    @property
    def options(self) -> ProcessingOptions:
        """Those of the job, but for what was chosen for this document alone."""
        return ProcessingOptions.of(self.row.options_override, self.job.processing_options)


@dataclass(frozen=True)
class LockedAttempt:
    """An attempt whose job is locked: from here to the commit it may be brought a step further."""

    id: UUID
    job: LockedJob
    row: JobDocument

    def log(
        self, event: str, message: str, level: LogLevel, now: datetime, /, **metadata: Any
    ) -> None:
        logs.write(self.job, event, message, level=level, document=self.row, now=now, **metadata)


def lease_end(now: datetime) -> datetime:
    return now + timedelta(seconds=settings.JOB_WORKER_HEALTH_TIMEOUT)


def begin(attempt: Attempt, job: LockedJob, now: datetime) -> None:
    """Count the attempt before the work starts: a document that kills workers cannot loop."""
    row = attempt.row
    locked = LockedAttempt(attempt.id, job, row)
    if _held(locked).update(attempts=F("attempts") + 1, started_at=now):
        row.attempts += 1
        row.started_at = now
        locked.log(
            "document.started",
            f"Document processing started: {row.full_name}",
            LogLevel.INFO,
            now,
            attempt=row.attempts,
        )


def renew(attempts: Sequence[Attempt], now: datetime) -> None:
    """Prolong the leases, which is also the worker's sign of life.

    Raises:
        AttemptLost: one of the documents was taken away.
    """
    ids = [attempt.id for attempt in attempts]
    held = JobDocument.objects.running().filter(attempt_id__in=ids)
    if held.update(lease_expires_at=lease_end(now)) < len(ids):
        raise AttemptLost


def note_progress(attempt: Attempt, progress: Progress) -> None:
    """Let everybody see what is done with the document, and how many of its pages are done.

    Raises:
        AttemptLost: the document was taken away; nothing was written.
    """
    with transaction.atomic():
        # First the job, as everywhere: raising its version also takes the lock of its row.
        Job.objects.filter(pk=attempt.job.pk).change()
        noted = _held(attempt).update(
            stage=_STAGES.get(progress.stage, Stage.CONVERTING),
            pages_done=progress.done,
            pages_total=progress.total,
        )
        if not noted:
            raise AttemptLost  # which takes the new version back


def is_being_cancelled(job: Job) -> bool:
    return Job.objects.filter(pk=job.pk, cancel_requested_at__isnull=False).exists()


def succeed(
    attempt: Attempt,
    conversion: Conversion,
    stored: StoredResult,
    now: datetime,
    *,
    reused: JobDocument | None = None,
    needed_password: bool = False,
    then: Attempt | None = None,
) -> None:
    """Make the result visible, and begin `then`, the next document of the batch.

    May be called again after a lost connection: a result that counts already is left alone.

    Args:
        reused: the row of an earlier job that the result was copied from.
        needed_password: the file was opened by one, so nobody else gets its result by its bytes.

    Raises:
        AttemptLost: the document was taken away; the stored result is nobody's.
    """
    ready = is_rag_ready(conversion.quality, attempt.job.options.quality_thresholds)
    fields = _result_fields(conversion, stored) | {
        "is_rag_ready": ready,
        "recipe": "" if needed_password else reuse.recipe_of(attempt.options),
        "is_reused": reused is not None,
    }
    with transaction.atomic():
        locked = LockedAttempt(attempt.id, lock(attempt.job), attempt.row)
        try:
            _end(locked, DocumentStatus.COMPLETED, now, **fields)
        except AttemptLost:
            if JobDocument.objects.filter(pk=attempt.row.pk, result_file=stored.name).exists():
                return
            raise
        if reused is not None:
            _tell_of_reuse(locked, reused, now)
        _tell_of_result(locked, conversion, ready, now)
        if then:
            begin(then, locked.job, now)
        verdict = Verdict(conversion.quality.conversion_score, ready)
        lifecycle.count_ended(locked.job, DocumentStatus.COMPLETED, now, verdict=verdict)


def fail(
    attempt: Attempt, error: ConversionError, now: datetime, *, then: Attempt | None = None
) -> None:
    """End the document as FAILED; or let it wait again, if another attempt may help and is left.

    A time-out keeps a worker for as long as the job allows, so it is tried again once at most.

    Raises:
        AttemptLost: the document was taken away.
    """
    with transaction.atomic():
        job = lock(attempt.job)
        locked = LockedAttempt(attempt.id, job, JobDocument.objects.get(pk=attempt.row.pk))
        _settle_failure(locked, error, now)
        if then:
            begin(then, job, now)


def release(
    attempts: Sequence[Attempt], now: datetime, reason: str, *, behind: bool = False
) -> None:
    """Let documents wait again that this worker will not finish; no attempt is held against them.

    Of a job that is being cancelled they become CANCELLED. Attempts that were lost are skipped.
    `behind`: they wait behind the other documents of their job.
    """
    for attempt in attempts:
        with transaction.atomic():
            job = lock(attempt.job)
            row = _held(attempt).first()
            if row is None:
                continue
            locked = LockedAttempt(attempt.id, job, row)
            if job.cancel_requested_at is not None:
                end_cancelled(locked, now)
            else:
                requeue(locked, now, reason, counts=False, behind=behind)


def _tell_of_reuse(locked: LockedAttempt, reused: JobDocument, now: datetime) -> None:
    day = f"{reused.completed_at or reused.created_at:%Y-%m-%d}"
    locked.log(
        "document.reused",
        f"Earlier result reused: {locked.row.full_name} has the same content as"
        f" {reused.full_name}, converted on {day} with the same options",
        LogLevel.INFO,
        now,
        reused_job=str(reused.job_id),
        reused_document=str(reused.pk),
    )


def _tell_of_result(
    locked: LockedAttempt, conversion: Conversion, ready: bool, now: datetime
) -> None:
    score = conversion.quality.conversion_score
    for warning in conversion.warnings:
        locked.log("document.warning", warning, LogLevel.WARNING, now)
    locked.log(
        "document.completed",
        f"Document processed successfully: {locked.row.full_name} (score {score}/100,"
        f" {'' if ready else 'not '}RAG-ready)",
        LogLevel.SUCCESS,
        now,
        conversion_score=score,
        is_rag_ready=ready,
        engine=conversion.engine,
    )


def _settle_failure(locked: LockedAttempt, error: ConversionError, now: datetime) -> None:
    """Let the document wait again, if another attempt may help and is left; else end it."""
    timed_out = error.code == "conversion_timeout"
    is_second_time = timed_out and locked.row.timed_out
    again = not (error.permanent or is_second_time) and may_retry(locked)
    message = error.message
    if timed_out and again:
        _held(locked).update(timed_out=True)
        message += " It is tried again only once."
    elif is_second_time:
        message += " This was the second time, so it was not tried again."
    if again:
        requeue(locked, now, message, counts=True, behind=True)
    else:
        end_failed(locked, now, code=error.code, message=message, hint=error.hint)


# --- steps that recovery shares ------------------------------------------------------------------


def may_retry(locked: LockedAttempt) -> bool:
    """Whether the document may be begun once more: a first attempt and max_retries further ones."""
    return locked.row.attempts <= locked.job.options.processing_settings.max_retries


def end_failed(locked: LockedAttempt, now: datetime, *, code: str, message: str, hint: str) -> None:
    """Raises AttemptLost: the attempt does not hold the document any more."""
    row = locked.row
    fields = {"error_code": code, "error_message": message, "error_hint": hint}
    _end(locked, DocumentStatus.FAILED, now, **fields)
    locked.log(
        "document.failed",
        f"Document processing failed: {row.full_name}: {message} {hint}".rstrip(),
        LogLevel.ERROR,
        now,
        error_code=code,
        attempt=row.attempts,
    )
    lifecycle.count_ended(locked.job, DocumentStatus.FAILED, now)


def end_cancelled(locked: LockedAttempt, now: datetime, *, confirmed: bool = True) -> None:
    """Raises AttemptLost: the attempt does not hold the document any more."""
    _end(locked, DocumentStatus.CANCELLED, now)
    doubt = "" if confirmed else " (its worker did not confirm in time)"
    locked.log(
        "document.cancelled",
        f"Document processing stopped: {locked.row.full_name}{doubt}",
        LogLevel.WARNING,
        now,
    )
    if not confirmed:
        lifecycle.note_unconfirmed(locked.job)
    lifecycle.count_ended(locked.job, DocumentStatus.CANCELLED, now)


def requeue(
    locked: LockedAttempt, now: datetime, reason: str, *, counts: bool, behind: bool
) -> None:
    """Let the document wait again.

    `counts` says whether the attempt is held against it, `behind` whether it has to let the other
    documents of its job go first.

    Raises:
        AttemptLost: the attempt does not hold the document any more.
    """
    row = locked.row
    begun = row.started_at is not None
    waits = _held(locked).update(
        status=DocumentStatus.PENDING,
        started_at=None,
        attempts=row.attempts - 1 if begun and not counts else row.attempts,
        returns=row.returns + behind,
        **UNHELD,
    )
    if not waits:
        raise AttemptLost
    # A page that shows the document as running must hear of it.
    Job.objects.filter(pk=locked.job.pk).change()
    if begun:
        locked.log(
            "document.retried" if counts else "document.handed_back",
            f"Document waits for another attempt: {row.full_name}: {reason}",
            LogLevel.WARNING,
            now,
            attempt=row.attempts,
        )


def _end(locked: LockedAttempt, status: DocumentStatus, now: datetime, **fields: Any) -> None:
    """Write the document's end, if the attempt still holds it."""
    started_at = locked.row.started_at
    ended = _held(locked).update(
        status=status,
        completed_at=now,
        processing_time_seconds=(now - started_at).total_seconds() if started_at else None,
        **UNHELD,
        **fields,
    )
    if not ended:
        raise AttemptLost


def _result_fields(conversion: Conversion, stored: StoredResult) -> dict[str, Any]:
    return {
        "engine": conversion.engine,
        "media_type": conversion.media_type,
        "page_count": conversion.page_count,
        "ocr_page_count": conversion.ocr_page_count,
        "conversion_score": conversion.quality.conversion_score,
        "quality_scores": conversion.quality.as_dict(),
        "warnings": list(conversion.warnings),
        "result_file": stored.name,
        "result_size": stored.size,
        "result_document_size": stored.document_size,
        "result_tokens": stored.tokens,
        "result_sha256": stored.sha256,
    }


def _held(attempt: Attempt | LockedAttempt) -> QuerySet[JobDocument]:
    """The document's row, on condition that this attempt holds it."""
    return JobDocument.objects.running().filter(pk=attempt.row.pk, attempt_id=attempt.id)
