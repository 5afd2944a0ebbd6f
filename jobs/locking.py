"""The lock of a job's row, under which everything about the job changes.

Whatever must hold it asks for a LockedJob, and only this module makes one: mypy then refuses the
call that forgot the lock.
"""

from typing import Any, NewType
from uuid import UUID

from django.db.models import QuerySet

from curatore.core.errors import DomainError
from jobs.models import Job

# The row as it is now; no other transaction changes it until this one ends.
LockedJob = NewType("LockedJob", Job)


class JobGone(DomainError):
    code = "not_found"
    status = 404


def lock(job: Job) -> LockedJob:
    """The row of `job`.

    Raises:
        JobGone: it was deleted since the caller read it.
    """
    current = lock_among(Job.objects.all(), job.pk)
    if current is None:
        raise JobGone("The job was deleted meanwhile.")
    return current


def lock_among(jobs: QuerySet[Job], pk: UUID) -> LockedJob | None:
    """The row of the job with this id, if it is (still) one of `jobs` once it is locked."""
    current = jobs.select_for_update(of=("self",)).filter(pk=pk).first()
    return None if current is None else LockedJob(current)


def create(**fields: Any) -> LockedJob:
    """A new row, which nobody else can see before the commit."""
    return LockedJob(Job.objects.create(**fields))
