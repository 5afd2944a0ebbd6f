"""The line of an organization: jobs that wait for a place among its active ones.

First in, first out. A draft waits to be started, an ended job to run some of its documents again.
Whoever joins holds the organization's settings, as whoever starts (jobs/limit.py), so nobody
overtakes. A job that waits is not active, and is not changed by anybody until it leaves the line.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.humanize.templatetags.humanize import ordinal
from django.db.models import Max, Q

from curatore.core.errors import PermissionRefused
from jobs import access, logs
from jobs.locking import LockedJob
from jobs.models import Job, JobLog, JobQuerySet, expiry
from orgsettings.models import User

# The columns of a job that does not wait.
_OUTSIDE: dict[str, Any] = {"waiting_since": None, "waiting_by": None, "waiting_retry": None}
NOT_STARTED = "job.not_started"  # the event in the log of a job that left the line unserved


def of(organization_id: UUID) -> JobQuerySet:
    """The jobs in the line, the first first."""
    return Job.objects.filter(organization=organization_id).in_line().order_by("waiting_since")


def ahead_of(job: Job) -> int:
    """How many jobs come before `job`: all that wait, if it does not. One query."""
    before = Q(waiting_since__lt=job.waiting_since) if job.waiting_since else Q()
    return of(job.organization_id).filter(before).count()


def place(job: Job) -> int | None:
    """Its place in its line, from 1; None if it does not wait. One query if it does."""
    if not job.is_in_line:
        return None
    up_to_it = of(job.organization_id).filter(waiting_since__lte=job.waiting_since)
    return up_to_it.count() or None  # all left since `job` was read


def places(jobs: Iterable[Job]) -> dict[UUID, int]:
    """The same for those of `jobs` that wait; one query if any does. All are of one organization.

    O(line), however many are asked for.
    """
    waiting = {job.pk: job for job in jobs if job.is_in_line}
    if not waiting:
        return {}
    some = next(iter(waiting.values()))
    line = of(some.organization_id).values_list("pk", flat=True)
    return {pk: number for number, pk in enumerate(line, start=1) if pk in waiting}


def in_words(place: int | None) -> str:
    """“2nd in line”."""
    return f"{ordinal(place)} in line"


def trouble(job: Job) -> str:
    """Why `job` was not started, or retried, when its turn came; "" if that did not happen."""
    if job.is_in_line or job.is_active:
        return ""
    return job.error_message if _was_not_started(job) else ""


def _was_not_started(job: Job) -> bool:
    """Whether its error message is of its turn. One query if it has any."""
    if not job.error_message:
        return False
    told = JobLog.objects.filter(job=job, event=NOT_STARTED, message=job.error_message)
    return told.exists()


def join(
    job: LockedJob, *, by: User | None, now: datetime, retry: Mapping[str, Any] | None = None
) -> None:
    """Put `job` at the end of the line; if it waits already, it keeps its place.

    The caller holds the limit (limit.hold), too.

    Args:
        retry: `rows` of starts.retry and a queueing.NextRun, for a job that has ended.
    """
    is_new = not job.is_in_line
    # The clocks of several hosts differ: nobody gets a place before the last one.
    last = of(job.organization_id).aggregate(last=Max("waiting_since"))["last"]
    job.waiting_since = job.waiting_since or (
        max(now, last + timedelta(microseconds=1)) if last else now
    )
    # The Process page shows what is being processed; what waits is followed on the job's own page.
    fields: dict[str, Any] = {} if retry else {"on_process_page": False}
    # A draft has no other trouble than that of its last turn; an ended job may have its own.
    if not retry or _was_not_started(job):
        fields["error_message"] = ""
    Job.objects.filter(pk=job.pk).change(
        waiting_since=job.waiting_since,
        waiting_by=by,
        waiting_retry=retry,
        **fields,
    )
    if is_new:
        number = place(job)
        logs.write(
            job,
            "job.waiting",
            f"Job waits for a place: {in_words(number)}",
            now=now,
            place=number,
            by=by.username if by else None,
        )


def leave(job: LockedJob, now: datetime, **fields: Any) -> None:
    """Write `fields` to a job that from `now` on does not wait, if it did; its retention begins."""
    Job.objects.filter(pk=job.pk).change(
        expires_at=expiry(now, job.retention_days), **(_OUTSIDE | fields)
    )


def require_asker(job: LockedJob) -> None:
    """Whoever put `job` into the line must still be somebody who may start it.

    Raises:
        PermissionRefused: they left, their role changed, or the organization was deactivated.
    """
    by = job.waiting_by
    if not job.organization.is_active:
        raise PermissionRefused("The organization is no longer active.")
    membership = getattr(by, "membership", None)
    if by is None or membership is None or membership.organization_id != job.organization_id:
        who = by.username if by else "The person who put it in line"
        raise PermissionRefused(f"{who} no longer belongs to the organization.")
    if not by.is_active or not access.can_manage(by, job):
        raise PermissionRefused(f"{by.username} may no longer start it.")
