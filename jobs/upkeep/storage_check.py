"""The storage against the database: rows without files, files without rows."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.fields.files import FieldFile

from documents import deletion, page_cache
from documents.deletion import DocumentInUse
from documents.models import Document, StoredFile
from jobs import lifecycle, logs, results
from jobs.locking import lock
from jobs.models import NOT_REVIEWED, DocumentStatus, JobDocument, LogLevel, ResultVersion

# A file this young may belong to an upload or attempt whose row is about to be written.
GRACE = timedelta(hours=1)


@dataclass
class Findings:
    """Names of stored files and rows that have no counterpart."""

    orphans: list[str] = field(default_factory=list)  # files that no row names
    lost_results: list[JobDocument] = field(default_factory=list)
    lost_versions: list[ResultVersion] = field(default_factory=list)  # earlier ones of a result
    lost_uploads: list[Document] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.orphans or self.lost_results or self.lost_versions or self.lost_uploads)


def look(now: datetime) -> Findings:
    """Compare all rows with all files. O(files), a folder at a time."""
    uploads = Document.objects.select_related("stored").order_by("pk")
    rows = JobDocument.objects.exclude(result_file="").select_related("job").order_by("pk")
    return Findings(
        orphans=[
            *(name for name in _old_files("documents", now) if not _is_upload(name)),
            *(name for name in _old_files("results", now) if not _is_result(name)),
            *page_cache.of_nobody(_old_files(page_cache.FOLDER, now)),
        ],
        lost_uploads=[row for row in uploads.iterator() if not _is_stored(row.file)],
        lost_results=[row for row in rows.iterator() if not _is_stored(row.result_file)],
        lost_versions=[row for row in _earlier().iterator() if not _is_stored(row.result_file)],
    )


def fix(findings: Findings, now: datetime) -> None:
    """Remove the orphans, fail documents whose result is lost, forget what else is lost.

    A lost upload that an unfinished job needs stays: its document fails with a reason.
    """
    for name in findings.orphans:
        default_storage.delete(name)
    for row in findings.lost_results:
        _fail(row, now)
    for version in findings.lost_versions:
        version.delete()
    for document in findings.lost_uploads:
        with suppress(DocumentInUse):
            deletion.delete(document)


def _fail(row: JobDocument, now: datetime) -> None:
    """Let an ended job admit that one of its results is gone, so that it can be made again."""
    with transaction.atomic():
        job = lock(row.job)
        # Read again under the lock: scores and review may have changed since the look.
        lost = JobDocument.objects.filter(
            pk=row.pk, status=DocumentStatus.COMPLETED, result_file=row.result_file.name
        ).first()
        if lost is None:
            return
        JobDocument.objects.filter(pk=row.pk).update(
            status=DocumentStatus.FAILED,
            result_file="",
            result_size=None,
            result_document_size=0,
            result_tokens=None,
            result_sha256="",
            is_rag_ready=False,
            conversion_score=None,
            recipe="",
            is_reused=False,
            error_code="result_lost",
            error_message=f"The result of “{row.filename}” was lost from the storage.",
            error_hint="Retry the document to make it again.",
            **NOT_REVIEWED,
        )
        lifecycle.count_lost(job, lost)
        logs.write(
            job,
            "document.result_lost",
            f"The result of {row.full_name} was lost from the storage",
            level=LogLevel.ERROR,
            document=row,
            now=now,
        )


def _is_upload(name: str) -> bool:
    return StoredFile.objects.filter(file=name).exists()


def _is_result(name: str) -> bool:
    name = results.result_of(name)
    return (
        JobDocument.objects.filter(result_file=name).exists()
        or ResultVersion.objects.filter(result_file=name).exists()
    )


def _earlier() -> QuerySet[ResultVersion]:
    """Versions that are not the current result; losing that is told of its document."""
    earlier = ResultVersion.objects.exclude(result_file=F("job_document__result_file"))
    return earlier.select_related("job_document").order_by("pk")


def _is_stored(file: FieldFile) -> bool:
    return file.storage.exists(str(file.name))


def _old_files(folder: str, now: datetime) -> Iterator[str]:
    """Names of all files below `folder` that are older than GRACE."""
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    yield from (f"{folder}/{name}" for name in files if _is_old(f"{folder}/{name}", now))
    for inner in folders:
        yield from _old_files(f"{folder}/{inner}", now)


def _is_old(name: str, now: datetime) -> bool:
    try:
        return default_storage.get_modified_time(name) < now - GRACE
    except FileNotFoundError:  # removed meanwhile
        return False
