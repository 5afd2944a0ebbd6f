"""Serving the line: jobs that wait for a place are started by themselves when one is free.

Whoever frees a place has the line served after the commit; the watchdog looks after every line.
"""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from curatore.core.errors import DomainError
from jobs import limit, line, logs, queueing
from jobs.locking import LockedJob, lock_among
from jobs.models import Job, LogLevel


def serve_at_commit(organization_id: UUID) -> None:
    """Let the first in line take a place that may become free by this transaction.

    After its commit, since locks have an order. What goes wrong there must not look like a failure
    of the transaction: the watchdog serves the line, too.
    """
    transaction.on_commit(lambda: serve(organization_id), robust=True)


def serve(organization_id: UUID) -> None:
    """Start jobs of the organization's line, the first first, while places are free.

    Safe to be called at any time and by several at once.
    """
    while line.of(organization_id).exists() and _serve_first(organization_id):
        pass


def serve_all() -> None:
    """The same for every organization."""
    waiting = Job.objects.in_line().order_by().values_list("organization", flat=True)
    for organization_id in waiting.distinct():
        serve(organization_id)


def send_away(job: LockedJob, event: str, message: str, *, error_message: str = "") -> None:
    """Take `job` out of the line unserved: it is what it was, with the trouble it may have had."""
    now = timezone.now()
    trouble = {"error_message": error_message} if error_message else {}
    line.leave(job, now, **trouble)
    logs.write(job, event, message, level=LogLevel.WARNING, now=now)


def _serve_first(organization_id: UUID) -> bool:
    """Start the first in line, or send it away; False when nobody waits or no place is free."""
    with transaction.atomic():
        most = limit.hold(organization_id)
        first = line.of(organization_id).values_list("pk", flat=True).first()
        if first is None or limit.active(organization_id).count() >= most:
            return False
        waiting = Job.objects.in_line().select_related("organization", "waiting_by__membership")
        job = lock_among(waiting, first)
        if job:  # neither withdrawn nor deleted between the two looks
            _serve(job)
    return True


def _serve(job: LockedJob) -> None:
    """Do what the job waits for, if whoever put it into the line could still do it by hand."""
    try:
        line.require_asker(job)
        if job.waiting_retry is None:
            queueing.start(job, by=job.waiting_by)
        else:
            again = queueing.to_run_again(job, job.waiting_retry["rows"])
            run = queueing.NextRun.kept(job.waiting_retry)
            queueing.run_again(job, again, run, by=job.waiting_by)
    except DomainError as why:
        trouble = f"When its turn came, the job could not be started: {why}"
        send_away(job, line.NOT_STARTED, trouble, error_message=trouble)
