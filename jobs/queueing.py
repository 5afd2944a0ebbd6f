"""The moves to QUEUED of a job that has its place: a draft's start, an ended job's next run."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple, Self
from uuid import UUID

from django.db.models import F, QuerySet
from django.utils import timezone

from curatore.core.errors import DomainError
from jobs import line, logs, queue
from jobs.locking import LockedJob
from jobs.models import NEVER_TRIED, DocumentStatus, JobDocument, JobStatus
from orgsettings import options as processing_options
from orgsettings.models import User
from orgsettings.options import Options


class NothingToRetry(DomainError):
    code = "nothing_to_retry"


class NextRun(NamedTuple):
    """With which options documents of an ended job run again; `Job.waiting_retry` keeps it."""

    options: Options  # of the job, complete
    chosen: Options | None = None  # by whoever asked, as the log tells; None: nothing
    override: Options | None = None  # of the documents alone; None: what they have stays

    @classmethod
    def with_options(cls, job: LockedJob, chosen: Options, *, of_rows: bool) -> Self:
        """With what was `chosen` for the job, or `of_rows` for single documents of it.

        Raises:
            OptionsError: those documents cannot have them, or they do not fit together.
        """
        of_job = job.processing_options
        if not chosen:
            return cls(processing_options.complete({}, of_job))
        if not of_rows:  # what was chosen for single documents before gives way
            return cls(processing_options.complete(chosen, of_job), chosen, {})
        override = processing_options.without_defaults(
            processing_options.for_documents(chosen), of_job
        )
        return cls(processing_options.complete({}, of_job), chosen, override)

    @classmethod
    def kept(cls, waiting_retry: Mapping[str, Any]) -> Self:
        """The opposite of `as_json`; what else stands there is left alone."""
        return cls(**{name: waiting_retry[name] for name in cls._fields if name in waiting_retry})

    def as_json(self) -> dict[str, Any]:
        return {name: value for name, value in self._asdict().items() if value is not None}


def start(job: LockedJob, *, by: User | None) -> None:
    """Hand a draft to the workers."""
    now = timezone.now()
    line.leave(job, now, **_queued(now))
    _call_workers(job, "job.queued", "Job queued", count=job.total_documents, by=by, now=now)


def to_run_again(job: LockedJob, rows: Iterable[UUID] | None) -> QuerySet[JobDocument]:
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


def run_again(
    job: LockedJob,
    again: QuerySet[JobDocument],
    run: NextRun,
    *,
    by: User | None,
    with_password: bool = False,
) -> None:
    """Hand the documents `again`, as `to_run_again` found them, to the workers once more."""
    now = timezone.now()
    failed = again.filter(status=DocumentStatus.FAILED).count()
    override = {} if run.override is None else {"options_override": run.override}
    count = again.update(**NEVER_TRIED, **override)
    line.leave(
        job,
        now,
        **_queued(now),
        failed_documents=F("failed_documents") - failed,
        cancelled_documents=F("cancelled_documents") - (count - failed),
        processing_options=run.options,
        started_at=None,
        completed_at=None,
        cancelled_at=None,
        cancel_requested_at=None,
        cancellation=None,
        last_claimed_at=None,  # a new start: the fair order owes it a turn
    )
    told: dict[str, Any] = {"options": run.chosen} if run.chosen else {}
    told |= {"with_password": True} if with_password else {}
    _call_workers(job, "job.retried", "Job queued again", count=count, by=by, now=now, **told)


def _queued(now: datetime) -> dict[str, Any]:
    return {"status": JobStatus.QUEUED, "queued_at": now, "error_message": ""}


def _call_workers(
    job: LockedJob,
    event: str,
    message: str,
    *,
    count: int,
    by: User | None,
    now: datetime,
    **told: Any,
) -> None:
    documents = "1 document" if count == 1 else f"{count} documents"
    logs.write(
        job,
        event,
        f"{message} with {documents}",
        now=now,
        task_count=count,
        by=by.username if by else None,
        **told,
    )
    # The queue is a table of this database: job and wakeups commit together or not at all.
    queue.add_wakeups(count)
