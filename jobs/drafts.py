"""Drafts: jobs that were not started yet, whose documents and options may still change."""

import re
from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Max, QuerySet
from django.utils import timezone

from curatore.core.errors import DomainError, InvalidInput
from curatore.core.ids import as_uuid
from documents import batch
from documents.models import Document
from documents.names import natural_key
from jobs import locking, logs, starts
from jobs.locking import LockedJob, lock
from jobs.models import Job, JobDocument, JobOrigin, JobStatus, expiry
from orgsettings import options as processing_options
from orgsettings.models import Organization, OrgSettings, User

_AUTOMATIC_NAME = re.compile(r"(Batch \d+ files|Draft) - \d{4}-\d{2}-\d{2}")


class NotADraft(DomainError):
    code = "job_already_started"


def create(
    organization: Organization,
    user: User | None,
    *,
    documents: Sequence[Document] = (),
    options: Mapping[str, Any] | None = None,
    name: str = "",
    description: str = "",
    origin: str = JobOrigin.WEB,
    on_process_page: bool = False,
    reuse_results: bool = False,
) -> Job:
    """Make a draft with a snapshot of the options and of the retention period.

    Args:
        options: canonical (orgsettings.options.normalize); what is missing comes from the
            organization's defaults.
        name: made from the documents when empty.
        reuse_results: take earlier results of the same bytes instead of making them anew.
    """
    settings = OrgSettings.objects.get(organization=organization)
    now = timezone.now()
    with transaction.atomic():
        job = locking.create(
            organization=organization,
            user=user,
            name=name or default_name(documents),
            description=description,
            origin=origin,
            on_process_page=on_process_page,
            reuse_results=reuse_results,
            processing_options=processing_options.complete(
                options or {}, settings.default_processing_options
            ),
            retention_days=settings.retention_days,
            created_at=now,
            expires_at=expiry(now, settings.retention_days),
        )
        count = _attach(job, documents)
        _tell_created(job, count, by=user, now=now)
    job.refresh_from_db()
    return job


def create_and_start(
    organization: Organization,
    user: User | None,
    *,
    documents: Sequence[Document],
    or_wait: bool = False,
    **fields: Any,
) -> Job:
    """Make a job and start it, or make nothing; see `create` and `starts.start`."""
    with transaction.atomic():
        job = create(organization, user, documents=documents, **fields)
        starts.start(job, by=user, or_wait=or_wait)
    return job


def add_documents(job: Job, documents: Iterable[Document]) -> int:
    """Add those documents that the draft does not have yet; returns how many were added."""
    with transaction.atomic():
        draft = _lock_draft(job)
        is_automatic = _has_automatic_name(draft)
        count = _attach(draft, list(documents))
        if is_automatic:
            _name_anew(draft)
    job.refresh_from_db()
    return count


def remove_document(job: Job, row_id: str | UUID) -> None:
    """Take a document out of the draft; nothing happens if it is not in it."""
    with transaction.atomic():
        draft = _lock_draft(job)
        is_automatic = _has_automatic_name(draft)
        removed, _ = JobDocument.objects.filter(job=job, pk=row_id).delete()
        if removed:
            Job.objects.filter(pk=job.pk).change(total_documents=F("total_documents") - 1)
            if is_automatic:
                _name_anew(draft)
    job.refresh_from_db()


def arrange(job: Job) -> None:
    """Put the documents into the order of their names; an automatic name of the draft fits then."""
    with transaction.atomic():
        _lock_draft(job)
        rows = list(JobDocument.objects.filter(job=job).only("path", "filename", "position"))
        rows.sort(key=lambda row: (natural_key(row.full_name), row.position))
        moved = [row for position, row in enumerate(rows) if row.position != position]
        for position, row in enumerate(rows):
            row.position = position
        JobDocument.objects.bulk_update(moved, ["position"], batch_size=500)
        Job.objects.filter(pk=job.pk).change(name=suggested_name(job))
    job.refresh_from_db()


def default_options(job: Job) -> dict[str, Any]:
    """What the draft's options are when nobody chooses any: those of its organization."""
    settings = OrgSettings.objects.get(organization=job.organization_id)
    return processing_options.effective(settings.default_processing_options)


def unfinished(jobs: QuerySet[Job]) -> QuerySet[Job]:
    """Those of `jobs` that were begun under Create New Job and left, the latest first."""
    drafts = jobs.filter(status=JobStatus.PENDING, on_process_page=False, waiting_since=None)
    return drafts.order_by("-created_at")


def configure(job: Job, options: Mapping[str, Any]) -> None:
    """Replace the draft's options; `options` is canonical and may be partial."""
    settings = OrgSettings.objects.get(organization=job.organization_id)
    complete = processing_options.complete(options, settings.default_processing_options)
    with transaction.atomic():
        _lock_draft(job)
        Job.objects.filter(pk=job.pk).change(processing_options=complete)
    job.refresh_from_db()


def choose_reuse(job: Job, wanted: bool) -> None:
    """Whether the draft's job takes earlier results of the same bytes: see jobs/reuse.py."""
    with transaction.atomic():
        _lock_draft(job)
        Job.objects.filter(pk=job.pk).change(reuse_results=wanted)
    job.refresh_from_db()


def rename(job: Job, *, name: str, description: str) -> None:
    """Change name and description; allowed in every state."""
    with transaction.atomic():
        lock(job)
        Job.objects.filter(pk=job.pk).change(name=name, description=description)
    job.refresh_from_db()


def find_documents(user: User, ids: Sequence[str]) -> list[Document]:
    """The user's documents of these ids, in this order.

    Raises:
        InvalidInput: ids that are malformed, unknown, of another organization, or given twice;
            each named by pointer.
    """
    return _find(user, ids, passed=frozenset())


def find_or_bring(user: User, ids: Sequence[str]) -> list[Document]:
    """As `find_documents`; names of files in the batch directory may stand among the ids.

    A file is brought in when all the others are known: a refusal leaves nothing behind.
    """
    if all(as_uuid(raw) for raw in ids):
        return find_documents(user, ids)
    offered = batch.files(user.membership.organization)
    _find(user, ids, passed={file.name for file in offered})
    return find_documents(user, batch.resolve(user, ids))


def find_document_ids(user: User, ids: Sequence[str]) -> list[UUID]:
    """As `find_documents`, for those who need no more than the ids."""
    wanted = [as_uuid(raw) for raw in ids]
    found = Document.objects.for_user(user).filter(pk__in=[pk for pk in wanted if pk])
    return _checked(ids, wanted, set(found.values_list("pk", flat=True)))


def _find(user: User, ids: Sequence[str], passed: Container[str]) -> list[Document]:
    """As `find_documents`, but for names that are `passed` as long as each is given once."""
    wanted = [raw if raw in passed else as_uuid(raw) for raw in ids]
    documents = Document.objects.for_user(user).select_related("stored")
    found = documents.in_bulk([pk for pk in wanted if isinstance(pk, UUID)])
    return [found[pk] for pk in _checked(ids, wanted, found)]


def _checked(
    ids: Sequence[str], wanted: Sequence[UUID | str | None], found: Container[UUID]
) -> list[UUID]:
    """Those of `wanted` that are ids, if all of them are `found` and none is given twice."""
    errors, seen, known = [], set(), []
    for index, key in enumerate(wanted):
        if key is None or (isinstance(key, UUID) and key not in found):
            errors.append(
                _id_error(index, "unknown_document", f"There is no document {ids[index]}.")
            )
        elif key in seen:
            errors.append(_id_error(index, "repeated_document", f"{key} is given more than once."))
        elif isinstance(key, UUID):
            known.append(key)
        seen.add(key)
    if errors:
        raise InvalidInput("Some documents cannot be used. Nothing was done.", errors)
    return known


def default_name(documents: Sequence[Document]) -> str:
    """The file name of a single document, else “Batch N files - date”, as in the original."""
    return _default_name(len(documents), documents[0].filename if documents else "")


def suggested_name(job: Job) -> str:
    """The draft's name if somebody chose it, else one that fits the documents it has now."""
    return _fitting_name(job) if _has_automatic_name(job) else job.name


def _has_automatic_name(job: Job) -> bool:
    """Whether nobody chose the draft's name: it tells day and number, or is that of a document."""
    of_document = JobDocument.objects.filter(job=job, filename=job.name)
    return bool(_AUTOMATIC_NAME.fullmatch(job.name)) or of_document.exists()


def _name_anew(job: LockedJob) -> None:
    """Name the draft after the documents it has now: drafts of one day are told apart by them."""
    Job.objects.filter(pk=job.pk).change(name=_fitting_name(job))


def _fitting_name(job: Job) -> str:
    names = JobDocument.objects.filter(job=job).values_list("filename", flat=True)
    return _default_name(names.count(), names.first() or "")


def _default_name(count: int, first: str) -> str:
    if count == 1:
        return first
    today = timezone.now().date().isoformat()
    return f"Batch {count} files - {today}" if count else f"Draft - {today}"


def _tell_created(job: LockedJob, count: int, *, by: User | None, now: datetime) -> None:
    logs.write(
        job,
        "job.created",
        f"Job created with {_plural(count, 'document')}",
        now=now,
        document_count=count,
        retention_days=job.retention_days,
        created_by=by.username if by else None,
    )


def _attach(job: LockedJob, documents: Sequence[Document]) -> int:
    """Append rows for documents that are not in the job; returns how many.

    Raises:
        InvalidInput: a document was deleted since the caller read it.
    """
    _hold(documents)
    known = set(
        JobDocument.objects.filter(job=job, document__in=documents).values_list(
            "document_id", flat=True
        )
    )
    last = JobDocument.objects.filter(job=job).aggregate(last=Max("position"))["last"]
    first = 0 if last is None else last + 1
    now = timezone.now()
    rows = [
        JobDocument(
            job=job,
            document=document,
            filename=document.filename,
            path=document.path,
            file_size=document.file_size,
            created_at=now,
        )
        for document in documents
        if document.pk not in known
    ]
    for position, row in enumerate(rows, start=first):
        row.position = position
    JobDocument.objects.bulk_create(rows, batch_size=500)
    Job.objects.filter(pk=job.pk).change(total_documents=F("total_documents") + len(rows))
    return len(rows)


def _hold(documents: Sequence[Document]) -> None:
    """Keep `documents` from being deleted until the commit, or name those that already were."""
    wanted = [document.pk for document in documents]
    # In one order, so that two jobs with the same documents cannot wait for each other.
    held = set(
        Document.objects.select_for_update(no_key=True)
        .filter(pk__in=wanted)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    gone = [index for index, pk in enumerate(wanted) if pk not in held]
    if gone:
        raise InvalidInput(
            "Some documents were deleted meanwhile. Nothing was changed.",
            [
                _id_error(index, "unknown_document", f"There is no document {wanted[index]}.")
                for index in gone
            ],
        )


def _lock_draft(job: Job) -> LockedJob:
    current = lock(job)
    if current.is_in_line:
        raise NotADraft("The job waits for a place. Take it out of the line to change it.")
    if not current.is_draft:
        raise NotADraft("The job was started already; its documents and options are fixed.")
    return current


def _id_error(index: int, code: str, detail: str) -> dict[str, str]:
    return {"pointer": f"/document_ids/{index}", "code": code, "detail": detail}


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
