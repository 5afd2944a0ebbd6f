"""What people do to have a job run: start it, run documents again, take it out of the line.

When no place is free (jobs/limit.py), start and retry are refused, or the job joins the line
(jobs/line.py): its state stays until its turn comes, and then jobs/serving.py starts it. See
jobs/lifecycle.py for the states and for the order of locks.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from curatore.core.errors import DomainError
from documents.models import Document
from jobs import file_passwords, limit, line, logs, queueing, serving
from jobs.locking import JobGone, LockedJob, lock
from jobs.models import Job, JobDocument
from jobs.queueing import NextRun
from orgsettings.models import User
from orgsettings.options import Options


class NotStartable(DomainError):
    code = "job_not_startable"


class NotWaiting(DomainError):
    code = "job_not_waiting"


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
        current, has_place = limit.ask_for_place(job, or_wait=or_wait)
        if not current.is_draft:
            raise NotStartable(f"The job cannot be started: it is {current.status}.")
        if not current.total_documents:
            raise NoDocuments("The job has no documents. Add at least one, then start it.")
        if has_place:
            queueing.start(current, by=by)
        else:
            _join_line(current, by=by)
    job.refresh_from_db()


def retry(
    job: Job,
    *,
    by: User | None,
    rows: Iterable[UUID] | None = None,
    options: Options | None = None,
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
        current, has_place = limit.ask_for_place(job, or_wait=or_wait)
        again = queueing.to_run_again(current, rows)
        count = again.count()
        run = NextRun.with_options(current, options or {}, of_rows=rows is not None)
        if password:
            file_passwords.keep(again.values_list("pk", flat=True), password, timezone.now())
        if has_place:
            queueing.run_again(current, again, run, by=by, with_password=bool(password))
        else:
            # Without a choice it is what failed or was cancelled by the time that its turn comes.
            ids = None if rows is None else [str(pk) for pk in again.values_list("pk", flat=True)]
            _join_line(current, by=by, retry={"rows": ids, **run.as_json()})
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
        current, _ = limit.ask_for_place(job, or_wait=False)
        _put_in_place(current, row, document, by=by)
        again = queueing.to_run_again(current, [row.pk])
        queueing.run_again(current, again, NextRun.with_options(current, {}, of_rows=True), by=by)
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
        serving.send_away(
            current, "job.withdrawn", f"Job taken out of the line by {logs.name_of(by)}"
        )
    job.refresh_from_db()


def _join_line(job: LockedJob, *, by: User | None, retry: dict[str, Any] | None = None) -> None:
    line.join(job, by=by, now=timezone.now(), retry=retry)
    serving.serve_at_commit(job.organization_id)  # a place may be free for those before it


def _put_in_place(job: LockedJob, row: JobDocument, document: Document, *, by: User | None) -> None:
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
