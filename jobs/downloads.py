"""What can be taken home: archives of the results of a job, or of some documents."""

from collections.abc import Collection, Iterator
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from curatore.errors import DomainError
from documents import exports
from documents import results as latest
from documents.models import Document
from documents.results import ResultMissing
from jobs import results
from jobs.models import DocumentStatus, Job, JobDocument
from orgsettings.models import User


class Layout(StrEnum):
    INDIVIDUAL = "individual"  # one Markdown file per document
    COMBINED = "combined"  # the same, and all of them in one file
    RAG_READY = "rag_ready"  # as individual, only documents that meet every threshold
    SUMMARY = "summary"  # only the summary and the manifest


KINDS = tuple(str(layout) for layout in Layout if layout != Layout.SUMMARY)  # of a job
BULK_KINDS = tuple(str(layout) for layout in Layout)
_ROWS_AT_ONCE = 100


class NothingToDownload(DomainError):
    code = "nothing_to_download"


class Archive(NamedTuple):
    filename: str
    chunks: Iterator[bytes]  # of a ZIP file, made while it is read


def archive(
    job: Job,
    layout: str,
    *,
    chosen: Collection[UUID] | None = None,
    with_summary: bool = True,
    with_combined: bool = False,
    now: datetime | None = None,
) -> Archive:
    """The results that `job` has by now, as a ZIP file (documents/exports.py).

    Args:
        layout: one of BULK_KINDS.
        chosen: ids of the JobDocuments to take; None for all.

    Raises:
        NothingToDownload: it has none, or none that is RAG-ready.
    """
    now = now or timezone.now()
    rows = JobDocument.objects.filter(job=job).order_by("position")
    if chosen is not None:
        rows = rows.filter(pk__in=chosen)
    only_ready = layout == Layout.RAG_READY
    taken = rows.completed().filter(is_rag_ready=True) if only_ready else rows.completed()
    if not taken.exists():
        whose = "The job has no" if chosen is None else "The chosen documents have no"
        raise NothingToDownload(f"{whose} {'RAG-ready ' if only_ready else ''}results to download.")
    others = rows.none() if only_ready else rows.exclude(status=DocumentStatus.COMPLETED)
    manifest = {
        "job_id": str(job.pk),
        "job_name": job.name,
        "status": job.status,
        "layout": str(layout),
        "processing_options": job.processing_options,
    }
    kind = "export" if layout == Layout.INDIVIDUAL else str(layout)
    return Archive(
        f"job_{job.pk}_{kind}_{exports.timestamp(now)}.zip",
        exports.archive(
            _results(taken),
            _parts(layout, with_summary=with_summary, with_combined=with_combined),
            title=job.name,
            manifest=manifest,
            not_included=lambda: map(_failure, others.iterator(chunk_size=_ROWS_AT_ONCE)),
            now=now,
        ),
    )


def bulk(
    user: User,
    documents: QuerySet[Document],
    layout: str,
    *,
    with_summary: bool = True,
    with_combined: bool = False,
    filename: str = "",
    now: datetime | None = None,
) -> Archive:
    """The latest results of documents, out of all jobs that `user` may see, as a ZIP file.

    Args:
        layout: one of BULK_KINDS.
        filename: of the archive, with or without ".zip"; made from layout and time if empty.

    Raises:
        NothingToDownload: none of the documents has a result of this kind.
    """
    now = now or timezone.now()
    chosen = latest.latest_rows(documents, user).order_by("filename", "pk")
    only_ready = layout == Layout.RAG_READY
    if only_ready:
        chosen = chosen.filter(is_rag_ready=True)
    if not chosen.exists():
        ready = "RAG-ready " if only_ready else ""
        raise NothingToDownload(f"None of these documents has a {ready}result.")
    missing = documents.exclude(pk__in=chosen.order_by().values("document")).order_by("filename")
    stamp = exports.timestamp(now)
    stem = exports.markdown_name(filename.removesuffix(".zip")).removesuffix(".md")
    return Archive(
        f"{stem}.zip" if filename else f"curatore_{layout}_export_{stamp}.zip",
        exports.archive(
            _results(chosen),
            _parts(layout, with_summary=with_summary, with_combined=with_combined),
            title="Curatore export",
            manifest={"layout": str(layout)},
            not_included=lambda: map(_without_result, missing.iterator(chunk_size=_ROWS_AT_ONCE)),
            now=now,
        ),
    )


def _parts(layout: str, *, with_summary: bool, with_combined: bool) -> exports.Layout:
    return exports.Layout(
        files=layout != Layout.SUMMARY,
        combined=layout == Layout.COMBINED or with_combined,
        summary=with_summary or layout == Layout.SUMMARY,
    )


def _results(rows: QuerySet[JobDocument]) -> Iterator[exports.Result]:
    chosen = rows.select_related("document").defer("warnings")
    return map(_result, chosen.iterator(chunk_size=_ROWS_AT_ONCE))


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


def _without_result(document: Document) -> dict[str, Any]:
    return {"document_id": str(document.pk), "filename": document.filename}
