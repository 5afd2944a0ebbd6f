"""The lock of a job's row, under which everything about the job changes."""

from curatore.core.errors import DomainError
from jobs.models import Job


class JobGone(DomainError):
    code = "not_found"
    status = 404


def lock(job: Job) -> Job:
    """The job's row as it is now, held until the transaction ends.

    Raises:
        JobGone: it was deleted since the caller read it.
    """
    current = Job.objects.select_for_update().filter(pk=job.pk).first()
    if current is None:
        raise JobGone("The job was deleted meanwhile.")
    return current
