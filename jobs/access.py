"""Who may do what with a job: asked by pages and API alike.

Another organization's job does not exist (404). A job of one's own organization that is not one's
own is refused (403), unless one is its admin, reads as a viewer, or its members see all jobs.
Results belong to the organization as documents do, and may be read by everybody in it.
"""

from collections.abc import Sequence
from uuid import UUID

from django.http import Http404

from curatore.core.errors import InvalidInput, PermissionRefused
from curatore.core.ids import find_in
from jobs import partition
from jobs.detail import history
from jobs.models import Job, JobDocument
from orgsettings.access import require_writer  # noqa: F401  # asked along with the rest
from orgsettings.models import User


def find(user: User, job_id: str | UUID) -> Job:
    """The job if `user` may see it, with its numbers (jobs/partition.py) and `was_retried`.

    Raises:
        Http404: no such job in the user's organization, or not an id at all.
        PermissionRefused: a colleague's job.
    """
    found = _find_in_organization(user, job_id)
    _require_sight(user, found)
    return found


def can_see(user: User, job: Job) -> bool:
    """Whether `user` may open this job of their organization."""
    return job.user_id == user.pk or user.membership.sees_all_jobs


def find_result(user: User, job_id: str | UUID, row_id: str | UUID) -> JobDocument:
    """A converted document of a job of the organization, with its job, to be read.

    Raises:
        Http404: there is no such document or job.
        PermissionRefused: a document without a result, in a job that `user` may not see.
    """
    row = find_row(_find_in_organization(user, job_id), row_id)
    if not row.is_completed:
        _require_sight(user, row.job)
    return row


def _require_sight(user: User, job: Job) -> None:
    if not can_see(user, job):
        raise PermissionRefused("This job belongs to someone else in your organization.")


def _find_in_organization(user: User, job_id: str | UUID) -> Job:
    jobs = partition.counted(Job.objects.for_org(user.membership.organization))
    jobs = jobs.annotate(was_retried=history.was_retried()).select_related("user")
    found = find_in(jobs, job_id)
    if found is None:
        raise Http404("There is no such job.")
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


def can_delete(user: User, job: Job) -> bool:
    """Whether `user` may delete this job once it is not active: admins any, owners their drafts."""
    return can_manage(user, job) and (user.membership.is_admin or job.is_draft)


def find_to_delete(user: User, job_id: str | UUID) -> Job:
    """The job if `user` may delete it: admins any, owners their drafts; raises as `find` does."""
    job = find_to_manage(user, job_id)
    if not can_delete(user, job):
        raise PermissionRefused("Only an admin may delete a job that was started.")
    return job


def find_row(job: Job, row_id: str | UUID) -> JobDocument:
    """The document of the job with this JobDocument id.

    Raises:
        Http404: there is none, or it is not an id at all.
    """
    row = find_in(JobDocument.objects.filter(job=job).select_related("document__stored"), row_id)
    if row is None:
        raise Http404("This job has no such document.")
    row.job = job
    return row


def find_rows(job: Job, ids: Sequence[str]) -> list[UUID]:
    """The JobDocument ids of documents of the job, each given by that id or by the Document's.

    Raises:
        InvalidInput: the job has no such document; each named by pointer.
    """
    known: dict[str, UUID] = {}
    for row_id, document_id in JobDocument.objects.filter(job=job).values_list("pk", "document"):
        known[str(document_id)] = known[str(row_id)] = row_id
    unknown = [index for index, raw in enumerate(ids) if raw.lower() not in known]
    if unknown:
        raise InvalidInput(
            "Some documents are not in this job.",
            [
                {
                    "pointer": f"/document_ids/{index}",
                    "code": "unknown_document",
                    "detail": f"The job has no document {ids[index]}.",
                }
                for index in unknown
            ],
        )
    return [known[raw.lower()] for raw in ids]
