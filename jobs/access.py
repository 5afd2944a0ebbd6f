"""Who may do what with a job: asked by pages and API alike.

Another organization's job does not exist (404). A job of one's own organization that is not one's
own is refused (403), unless one is its admin, or reads as a viewer.
"""

from uuid import UUID

from django.http import Http404

from curatore.errors import PermissionRefused
from jobs.models import Job
from orgsettings.models import User


def find(user: User, job_id: str | UUID) -> Job:
    """The job if `user` may see it.

    Raises:
        Http404: no such job in the user's organization, or not an id at all.
        PermissionRefused: a colleague's job.
    """
    try:
        wanted = UUID(str(job_id))
    except ValueError as malformed:
        raise Http404("There is no such job.") from malformed
    membership = user.membership
    job = Job.objects.for_org(membership.organization).select_related("user").filter(pk=wanted)
    found = job.first()
    if found is None:
        raise Http404("There is no such job.")
    if not membership.sees_everything and found.user_id != user.pk:
        raise PermissionRefused("This job belongs to somebody else in your organization.")
    return found


def can_manage(user: User, job: Job) -> bool:
    """Whether `user` may change, start, cancel and retry this job: its owner or an admin."""
    membership = user.membership
    return membership.is_admin or (membership.can_write and job.user_id == user.pk)


def find_to_manage(user: User, job_id: str | UUID) -> Job:
    """The job if `user` may change it; raises as `find` does."""
    job = find(user, job_id)
    if not can_manage(user, job):
        raise PermissionRefused("Only the owner of the job or an admin may do this.")
    return job


def find_to_delete(user: User, job_id: str | UUID) -> Job:
    """The job if `user` may delete it: admins any, owners their drafts; raises as `find` does."""
    job = find_to_manage(user, job_id)
    if not user.membership.is_admin and not job.is_draft:
        raise PermissionRefused("Only an admin may delete a job that was started.")
    return job


def require_writer(user: User) -> None:
    """Refuse viewers what changes something."""
    if not user.membership.can_write:
        raise PermissionRefused("Viewers may look at everything, but not change anything.")
