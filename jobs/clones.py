"""A new draft like a job that is there: the same documents, as far as they still exist."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from documents.models import Document
from jobs import drafts
from jobs.models import Job, JobDocument
from orgsettings.access import require_writer
from orgsettings.models import User

_LONGEST_NAME = 255  # characters; as the column


@dataclass(frozen=True)
class Clone:
    job: Job
    missing: int  # documents that were deleted meanwhile


def clone(job: Job, *, by: User, only: JobDocument | None = None) -> Clone:
    """Make a draft of `by` with the documents, their order, and the options of `job`.

    Whoever may see a job and make jobs may do this; `job` does not change.

    Args:
        only: the one document of `job` to take.

    Raises:
        PermissionRefused: `by` is a viewer.
        InvalidInput: a document was deleted at this moment.
    """
    require_writer(by)
    chosen = JobDocument.objects.filter(job=job)
    if only:
        chosen = chosen.filter(pk=only.pk)
    documents = list(
        Document.objects.for_user(by)
        .filter(job_documents__in=chosen)
        .select_related("stored")
        .order_by("job_documents__position")
    )
    draft = drafts.create(
        job.organization,
        by,
        documents=documents,
        options=job.processing_options,
        name=_copy_name(only.filename if only else job.name),
        description="" if only else job.description,
    )
    wanted = 1 if only else job.total_documents
    return Clone(draft, wanted - len(documents))


def _copy_name(name: str) -> str:
    copy = _("%s (copy)") % name
    return copy if len(copy) <= _LONGEST_NAME else name
