"""What can be taken home from a job: an archive of its results."""

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from django.utils import timezone

from curatore.errors import DomainError
from documents import exports
from documents.results import ResultMissing
from jobs import results
from jobs.models import DocumentStatus, Job, JobDocument


class Layout(StrEnum):
    INDIVIDUAL = "individual"  # one Markdown file per document
    COMBINED = "combined"  # the same, and all of them in one file
    RAG_READY = "rag_ready"  # as individual, only documents that meet every threshold


KINDS = tuple(str(layout) for layout in Layout)


class NothingToDownload(DomainError):
    code = "nothing_to_download"


class Archive(NamedTuple):
    filename: str
    chunks: Iterator[bytes]  # of a ZIP file, made while it is read


def archive(job: Job, layout: str, now: datetime | None = None) -> Archive:
    """The results that `job` has by now, as a ZIP file (documents/exports.py).

    Args:
        layout: one of KINDS.

    Raises:
        NothingToDownload: it has none, or none that is RAG-ready.
    """
    now = now or timezone.now()
    rows = list(JobDocument.objects.filter(job=job).select_related("document").defer("warnings"))
    chosen = [row for row in rows if row.is_completed]
    if layout == Layout.RAG_READY:
        rows = chosen = [row for row in chosen if row.is_rag_ready]
    if not chosen:
        ready = "RAG-ready " if layout == Layout.RAG_READY else ""
        raise NothingToDownload(f"The job has no {ready}results to download.")
    manifest = {
        "job_id": str(job.pk),
        "job_name": job.name,
        "status": job.status,
        "layout": str(layout),
        "processing_options": job.processing_options,
        "not_included": [_failure(row) for row in rows if not row.is_completed],
    }
    kind = "export" if layout == Layout.INDIVIDUAL else str(layout)
    return Archive(
        f"job_{job.pk}_{kind}_{exports.timestamp(now)}.zip",
        exports.archive(
            [_result(row) for row in chosen],
            title=job.name,
            combined=layout == Layout.COMBINED,
            manifest=manifest,
            now=now,
        ),
    )


def _result(row: JobDocument) -> exports.Result:
    scores = row.quality_scores or {}
    return exports.Result(
        filename=row.filename,
        read=lambda: _read(row),
        conversion_score=row.conversion_score,
        ratings={name: scores[name] for name in exports.RATINGS if scores.get(name) is not None},
        is_rag_ready=row.is_rag_ready,
        facts={
            "id": str(row.pk),
            "document_id": str(row.document_id) if row.document_id else None,
            "source_sha256": row.document.sha256 if row.document else None,
            "sha256": row.result_sha256,
            "size": row.result_size,
            "engine": row.engine,
            "page_count": row.page_count,
            "conversion_score": row.conversion_score,
            "quality_scores": row.quality_scores,
            "is_rag_ready": row.is_rag_ready,
        },
    )


def _read(row: JobDocument) -> str:
    try:
        return results.read(row)
    except ResultMissing as missing:
        raise FileNotFoundError(row.result_file.name) from missing


def _failure(row: JobDocument) -> dict[str, Any]:
    failed = row.status == DocumentStatus.FAILED
    return {
        "id": str(row.pk),
        "filename": row.filename,
        "status": row.status,
        "error_code": row.error_code if failed else None,
        "error_message": row.error_message if failed else None,
    }
