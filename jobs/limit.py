"""The limit of active jobs of an organization: who gets a place among them."""

from uuid import UUID

from curatore.core.errors import DomainError
from jobs import line
from jobs.locking import LockedJob, lock
from jobs.models import Job, JobQuerySet
from orgsettings.models import OrgSettings

# A client that was refused because of the limit may ask again after so many seconds.
RETRY_AFTER_SECONDS = 10


class ConcurrencyLimitReached(DomainError):
    code = "concurrency_limit_reached"
    needs_own_page = True


def hold(organization_id: UUID) -> int:
    """How many jobs may be active; it and their number stay the same until the commit.

    Otherwise two requests could both count the last free place.
    """
    settings = OrgSettings.objects.select_for_update().get(organization=organization_id)
    return settings.concurrency_limit


def active(organization_id: UUID) -> JobQuerySet:
    """The jobs that have a place."""
    return Job.objects.filter(organization=organization_id).active()


def ask_for_place(job: Job, *, or_wait: bool) -> tuple[LockedJob, bool]:
    """The job's row, and whether it gets a place, which stays free for it until the commit.

    A free place belongs to the first in line, if there is one.

    Raises:
        JobGone: it was deleted meanwhile.
        ConcurrencyLimitReached: it gets no place, and `or_wait` is not set.
    """
    most = hold(job.organization_id)
    current = lock(job)
    count = active(job.organization_id).exclude(pk=job.pk).count()
    ahead = line.ahead_of(current)
    has_place = count < most and not ahead
    if not (has_place or or_wait):
        raise _reached(count, most, ahead)
    return current, has_place


def _reached(count: int, most: int, ahead: int) -> ConcurrencyLimitReached:
    waiting = f", {ahead} waiting for a place" if ahead else ""
    return ConcurrencyLimitReached(
        f"Concurrency limit reached ({count}/{most} active jobs{waiting})."
        " Wait for a job to end, cancel one, or ask an admin to raise the limit.",
        limit=most,
        active=count,
        retry_after=RETRY_AFTER_SECONDS,
    )
