"""How jobs get a place among the active ones of their organization: by hand, or from the line.

When no place is free, start and retry are refused, or the job joins the line (jobs/line.py): its
state stays until its turn comes, and then it is started by itself. See jobs/lifecycle.py for the
states and for the order of locks.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from curatore.core.errors import DomainError
from documents.models import Document
from jobs import file_passwords, line, logs, queue
from jobs.locking import JobGone, lock
from jobs.models import DocumentStatus, Job, JobDocument, JobStatus, LogLevel, expiry
from orgsettings import options as processing_options
from orgsettings.models import OrgSettings, User

# A client that was refused because of the limit may ask again after so many seconds.
RETRY_AFTER_SECONDS = 10


class ConcurrencyLimitReached(DomainError):
    code = "concurrency_limit_reached"
    needs_own_page = True


class NotStartable(DomainError):
    code = "job_not_startable"


class NotWaiting(DomainError):
    code = "job_not_waiting"


class NothingToRetry(DomainError):
    code = "nothing_to_retry"


class DocumentAlreadyInJob(DomainError):
    code = "document_already_in_job"


class NoDocuments(DomainError):
    code = "job_without_documents"


def start(job: Job, *, by: User | None, or_wait: bool = False) -> None:
    """PENDING to QUEUED: hand the job to the workers.

    Args:
        or_wait: let it wait in line when no place is free; `job.is_in_line` tells then.

    Raises:
        NotStartable: it is no draft any more.
        NoDocuments: the draft is empty.
        ConcurrencyLimitReached: the organization has as many active jobs as it may, or others wait
            for the place that is free.
    """
    with transaction.atomic():
        current, has_place = _ask_for_place(job, or_wait=or_wait)
        if not current.is_draft:
            raise NotStartable(f"The job cannot be started: it is {current.status}.")
        if not current.total_documents:
            raise NoDocuments("The job has no documents. Add at least one, then start it.")
        if has_place:
            _start(current, by=by)
        else:
            _join_line(current, by=by)
    job.refresh_from_db()


def retry(
    job: Job,
    *,
    by: User | None,
    rows: Iterable[UUID] | None = None,
    options: Mapping[str, Any] | None = None,
    password: str = "",
    or_wait: bool = False,
) -> int:
    """Run failed and cancelled documents of an ended job again; returns how many.

    Args:
        rows: ids of the JobDocuments to run again, or a query for them; None for all that failed
            or were cancelled.
        options: canonical and partial. For chosen `rows` they are of these documents alone, until
            others are chosen for them; else they replace the job's own.
        password: opens protected files among them, in their next attempt only.
        or_wait: as for `start`; the job stays as it is until its turn comes.

    Raises:
        NothingToRetry: the job has not ended, or none of the chosen documents failed.
        ConcurrencyLimitReached: as for `start`.
        OptionsError: chosen rows cannot have these options, or they do not fit together.
    """
    with transaction.atomic():
        current, has_place = _ask_for_place(job, or_wait=or_wait)
        again = _to_run_again(current, rows)
        count = again.count()
        wanted = _options_of_retry(current, options or {}, of_rows=rows is not None)
        if password:
            file_passwords.keep(again.values_list("pk", flat=True), password, timezone.now())
        if has_place:
            _run_again(current, again, wanted, by=by, with_password=bool(password))
        else:
            # Without a choice it is what failed or was cancelled by the time that its turn comes.
            ids = None if rows is None else [str(pk) for pk in again.values_list("pk", flat=True)]
            _join_line(current, by=by, retry={"rows": ids, **wanted})
    job.refresh_from_db()
    return count


def replace(job: Job, row: JobDocument, document: Document, *, by: User | None) -> None:
    """Put another document in the place of one that failed or was cancelled, and convert it.

    Raises:
        DocumentAlreadyInJob: another row has it.
        JobGone: it, or the document, was deleted meanwhile.
        NothingToRetry, ConcurrencyLimitReached: as for `retry`.
    """
    with transaction.atomic():
        current, _ = _ask_for_place(job, or_wait=False)
        if not Document.objects.select_for_update(no_key=True).filter(pk=document.pk).exists():
            raise JobGone("The document was deleted meanwhile. Upload it again.")
        others = JobDocument.objects.filter(job=job, document=document).exclude(pk=row.pk)
        if others.exists():
            raise DocumentAlreadyInJob(f"“{document.full_name}” is in this job already.")
        JobDocument.objects.filter(pk=row.pk).update(
            document=document,
            filename=document.filename,
            path=document.path,
            file_size=document.file_size,
        )
        logs.write(
            job,
            "document.replaced",
            f"“{row.full_name}” was replaced by “{document.full_name}”",
            document=row,
            now=timezone.now(),
            by=by.username if by else None,
        )
        again = _to_run_again(current, [row.pk])
        _run_again(current, again, _options_of_retry(current, {}, of_rows=True), by=by)
    job.refresh_from_db()


def withdraw(job: Job, *, by: User | None) -> None:
    """Take the job out of the line: it is the draft, or the ended job, that it was.

    Raises:
        NotWaiting: it is not in line, perhaps because it was started a moment ago.
    """
    with transaction.atomic():
        current = lock(job)
        if not current.is_in_line:
            raise NotWaiting("The job does not wait for a place.")
        who = by.username if by else "the system"
        _leave_line(current, "job.withdrawn", f"Job taken out of the line by {who}")
    job.refresh_from_db()


def serve_line_at_commit(organization_id: UUID) -> None:
    """Let the first in line take a place that may become free by this transaction.

    After its commit, since locks have an order. What goes wrong there must not look like a failure
    of the transaction: the watchdog serves the line, too.
    """
    transaction.on_commit(lambda: serve_line(organization_id), robust=True)


def serve_line(organization_id: UUID) -> None:
    """Start jobs of the organization's line, the first first, while places are free.

    Safe to be called at any time and by several at once.
    """
    while line.of(organization_id).exists() and _serve_first(organization_id):
        pass


def serve_lines() -> None:
    """The same for every organization."""
    waiting = Job.objects.in_line().order_by().values_list("organization", flat=True)
    for organization_id in waiting.distinct():
        serve_line(organization_id)


def _ask_for_place(job: Job, *, or_wait: bool) -> tuple[Job, bool]:
    """The job's row, locked, and whether it gets a place among the active jobs.

    The organization's settings stay locked until the commit: otherwise two requests could both
    count the last free place. A free place belongs to the first in line, if there is one.

    Raises:
        JobGone: it was deleted meanwhile.
        ConcurrencyLimitReached: it gets no place, and `or_wait` is not set.
    """
    limit = _lock_limit(job.organization_id)
    current = lock(job)
    active = _active(job.organization_id).exclude(pk=job.pk).count()
    ahead = line.ahead_of(current)
    if active < limit and not ahead:
        return current, True
    if or_wait:
        return current, False
    waiting = f", {ahead} waiting for a place" if ahead else ""
    raise ConcurrencyLimitReached(
        f"Concurrency limit reached ({active}/{limit} active jobs{waiting})."
        " Wait for a job to end, cancel one, or ask an admin to raise the limit.",
        limit=limit,
        active=active,
        retry_after=RETRY_AFTER_SECONDS,
    )


def _serve_first(organization_id: UUID) -> bool:
    """Start the first in line, or send it away; False when nobody waits or no place is free."""
    with transaction.atomic():
        limit = _lock_limit(organization_id)
        first = line.of(organization_id).values_list("pk", flat=True).first()
        if first is None or _active(organization_id).count() >= limit:
            return False
        waiting = Job.objects.in_line().select_related("organization", "waiting_by__membership")
        job = waiting.select_for_update(of=("self",)).filter(pk=first).first()
        if job:  # neither withdrawn nor deleted between the two looks
            _serve(job)
    return True


def _serve(job: Job) -> None:
    """Do what the job waits for, if whoever put it into the line could still do it by hand."""
    try:
        line.require_asker(job)
        if job.waiting_retry is None:
            _start(job, by=job.waiting_by)
        else:
            again = _to_run_again(job, job.waiting_retry["rows"])
            _run_again(job, again, job.waiting_retry, by=job.waiting_by)
    except DomainError as why:
        trouble = f"{line.NOT_STARTED}{why}"
        _leave_line(job, "job.not_started", trouble, error_message=trouble)


def _lock_limit(organization_id: UUID) -> int:
    """How many jobs may be active; it and their number stay the same until the commit."""
    settings = OrgSettings.objects.select_for_update().get(organization=organization_id)
    return settings.concurrency_limit


def _active(organization_id: UUID) -> QuerySet[Job]:
    return Job.objects.filter(organization=organization_id).active()


def _join_line(job: Job, *, by: User | None, retry: Mapping[str, Any] | None = None) -> None:
    line.join(job, by=by, now=timezone.now(), retry=retry)
    serve_line_at_commit(job.organization_id)  # a place may be free for those before it


def _leave_line(job: Job, event: str, message: str, **fields: Any) -> None:
    """Let the job be what it was before it waited; its retention begins anew. Under its lock."""
    now = timezone.now()
    Job.objects.filter(pk=job.pk).update(
        expires_at=expiry(now, job.retention_days),
        version=F("version") + 1,
        **(line.OUTSIDE | fields),
    )
    logs.write(job, event, message, level=LogLevel.WARNING, now=now)


def _start(job: Job, *, by: User | None) -> None:
    _queue(job, "job.queued", "Job queued", by=by, count=job.total_documents)


def _to_run_again(job: Job, rows: Iterable[UUID] | None) -> QuerySet[JobDocument]:
    """The documents of the ended `job` that can run again: all, or those of `rows`.

    Raises:
        NothingToRetry: there is none.
    """
    again = JobDocument.objects.filter(
        job=job,
        status__in=[DocumentStatus.FAILED, DocumentStatus.CANCELLED],
        document__isnull=False,
    )
    if rows is not None:
        again = again.filter(pk__in=rows)
    if not job.is_terminal or not again.exists():
        raise NothingToRetry("There is no failed or cancelled document to run again.")
    return again


def _options_of_retry(
    job: Job, chosen: Mapping[str, Any], *, of_rows: bool
) -> dict[str, dict[str, Any]]:
    """What is kept while the retry waits: complete `options` of the job.

    If any were chosen, `chosen` as well, and as `override` what the documents alone get of them.

    Raises:
        OptionsError: those documents cannot have them, or they do not fit together.
    """
    if not chosen:
        return {"options": processing_options.complete({}, job.processing_options)}
    if not of_rows:  # what was chosen for single documents gives way
        complete = processing_options.complete(chosen, job.processing_options)
        return {"chosen": dict(chosen), "options": complete, "override": {}}
    override = processing_options.without_defaults(
        processing_options.for_documents(dict(chosen)), job.processing_options
    )
    complete = processing_options.complete({}, job.processing_options)
    return {"chosen": dict(chosen), "options": complete, "override": override}


def _run_again(
    job: Job,
    again: QuerySet[JobDocument],
    wanted: Mapping[str, Any],
    *,
    by: User | None,
    with_password: bool = False,
) -> None:
    """Args: `wanted` is what _options_of_retry says."""
    failed = again.filter(status=DocumentStatus.FAILED).count()
    override = {"options_override": wanted["override"]} if "override" in wanted else {}
    count = again.update(
        **override,
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
        job,
        "job.retried",
        "Job queued again",
        by=by,
        count=count,
        told={"options": wanted.get("chosen"), "with_password": with_password},
        failed_documents=F("failed_documents") - failed,
        cancelled_documents=F("cancelled_documents") - (count - failed),
        processing_options=wanted["options"],
        started_at=None,
        completed_at=None,
        cancelled_at=None,
        cancel_requested_at=None,
        cancellation=None,
        last_claimed_at=None,
    )


def _queue(
    job: Job,
    event: str,
    message: str,
    *,
    by: User | None,
    count: int,
    told: Mapping[str, Any] | None = None,
    **fields: Any,
) -> None:
    now = timezone.now()
    Job.objects.filter(pk=job.pk).update(
        status=JobStatus.QUEUED,
        queued_at=now,
        expires_at=expiry(now, job.retention_days),
        error_message="",
        version=F("version") + 1,
        **(line.OUTSIDE | fields),
    )
    documents = "1 document" if count == 1 else f"{count} documents"
    logs.write(
        job,
        event,
        f"{message} with {documents}",
        now=now,
        task_count=count,
        by=by.username if by else None,
        **{name: value for name, value in (told or {}).items() if value},
    )
    # The queue is a table of this database: job and tokens commit together or not at all.
    queue.add_tokens(count)
