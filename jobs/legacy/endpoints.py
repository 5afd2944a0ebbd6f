"""What the deprecated process endpoints do: jobs of one document, or of a few, started at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from curatore.core.ids import as_uuid
from documents import batch
from documents.models import Document
from jobs import drafts
from jobs.models import Job, JobOrigin
from orgsettings.models import User


@dataclass(frozen=True)
class Batch:
    """What became of the ids of a batch, as they were given."""

    job: Job | None  # None when no document was found
    found: list[str]
    unknown: list[str]


def process(user: User, document: Document, options: Mapping[str, Any]) -> Job:
    """A started job of this document alone.

    Raises:
        ConcurrencyLimitReached: the organization has as many active jobs as it may.
    """
    return drafts.create_and_start(
        user.membership.organization,
        user,
        documents=[document],
        options=options,
        name=f"Document {document.filename}"[:255],
        description="Single document processing (legacy endpoint)",
        origin=JobOrigin.LEGACY,
    )


def process_batch(user: User, ids: Sequence[str], options: Mapping[str, Any]) -> Batch:
    """One started job of all documents that exist; raises as `process`."""
    given = dict.fromkeys(ids)  # each once
    keys = dict(zip(given, batch.resolve(user, list(given)), strict=True))
    wanted = {raw: wanted_id for raw, key in keys.items() if (wanted_id := as_uuid(key))}
    documents = Document.objects.for_user(user).select_related("stored")
    known = documents.in_bulk(list(wanted.values()))
    found = [raw for raw in given if wanted.get(raw) in known]
    job = None
    if found:
        job = drafts.create_and_start(
            user.membership.organization,
            user,
            documents=list({wanted[raw]: known[wanted[raw]] for raw in found}.values()),
            options=options,
            description="Batch processing (legacy endpoint)",
            origin=JobOrigin.LEGACY,
        )
    return Batch(job, found, [raw for raw in given if raw not in set(found)])
