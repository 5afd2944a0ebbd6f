"""Trials: a few documents of a draft converted first, as a job of their own; the draft waits."""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import PurePosixPath

from django.db import transaction
from django.utils.translation import gettext as _

from documents.models import Document
from jobs import drafts
from jobs.models import Job, JobDocument
from orgsettings.models import User

DOCUMENTS = 3
_LONGEST_NAME = 255  # characters; as the column


def begin(draft: Job, *, by: User) -> Job:
    """A started job of DOCUMENTS documents of `draft`, with its options. The draft stays a draft.

    Raises:
        ConcurrencyLimitReached: the organization has as many active jobs as it may.
        InvalidInput: a document was deleted at this moment.
    """
    rows = JobDocument.objects.filter(job=draft, document__isnull=False).order_by("position")
    chosen = sample(list(rows.only("pk", "job_id", "filename", "file_size", "document_id")))
    documents = list(Document.objects.filter(job_documents__in=chosen).select_related("stored"))
    with transaction.atomic():
        trial = drafts.create_and_start(
            draft.organization,
            by,
            documents=documents,
            options=draft.processing_options,
            name=(_("Trial: %s") % draft.name)[:_LONGEST_NAME],
        )
        Job.objects.filter(pk=trial.pk).change(trial_of=draft)
    return trial


def draft_of(trial: Job) -> Job | None:
    """The draft that waits for the outcome of `trial`; None if it is gone or was started."""
    draft = trial.trial_of if trial.trial_of_id else None
    return draft if draft and draft.is_draft else None


def sample(rows: Sequence[JobDocument]) -> list[JobDocument]:
    """DOCUMENTS of `rows` that differ: of each common type the middle by size, then extremes."""
    by_size = sorted(rows, key=lambda row: row.file_size)
    types: dict[str, list[JobDocument]] = defaultdict(list)
    for row in by_size:
        types[PurePosixPath(row.filename).suffix.lower()].append(row)
    common = sorted(types.values(), key=len, reverse=True)
    candidates = [_middle(of_type) for of_type in common[:DOCUMENTS]]
    candidates += [by_size[0], by_size[-1], _middle(by_size), *by_size] if by_size else []
    return list({row.pk: row for row in candidates}.values())[:DOCUMENTS]


def _middle(rows: list[JobDocument]) -> JobDocument:
    return rows[len(rows) // 2]
