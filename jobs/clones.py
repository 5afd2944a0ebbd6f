"""A new draft like a job that is there: the same documents, as far as they still exist."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from documents.models import Document
from jobs import drafts
from jobs.models import Job
from orgsettings.access import require_writer
from orgsettings.models import User

_LONGEST_NAME = 255  # characters; as the column


@dataclass(frozen=True)
class Clone:
    job: Job
    missing: int  # documents that were deleted meanwhile


def clone(job: Job, *, by: User) -> Clone:
    """Make a draft of `by` with the documents, their order, and the options of `job`.

    Whoever may see a job and make jobs may do this; `job` does not change.

    Raises:
        PermissionRefused: `by` is a viewer.
        InvalidInput: a document was deleted at this moment.
    """
    require_writer(by)
    documents = list(
        Document.objects.for_user(by)
        .filter(job_documents__job=job)
        .order_by("job_documents__position")
    )
    draft = drafts.create(
        job.organization,
        by,
        documents=documents,
        options=job.processing_options,
        name=_copy_name(job.name),
        description=job.description,
    )
    return Clone(draft, job.total_documents - len(documents))


def _copy_name(name: str) -> str:
    copy = _("%s (copy)") % name
    return copy if len(copy) <= _LONGEST_NAME else name
