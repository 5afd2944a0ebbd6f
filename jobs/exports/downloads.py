"""What can be taken home: archives of the results of a job, of several, or of some documents."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from curatore.core.errors import DomainError
from documents import exports
from documents.archive_names import UniqueNames, markdown_name
from documents.models import Document
from jobs import latest, results
from jobs.exports import forms, names
from jobs.models import DocumentStatus, Job, JobDocument, JobDocumentQuerySet, Review
from jobs.results import ResultMissing


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
    only_accepted: bool = False,
    with_summary: bool = True,
    with_combined: bool = False,
    data: str | None = None,
    now: datetime | None = None,
) -> Archive:
    """The results that `job` has by now, as a ZIP file (documents/exports.py).

    Results that were left out by review are in no archive; manifest and summary say so.

    Args:
        layout: one of BULK_KINDS.
        chosen: ids of the JobDocuments to take; None for all.
        only_accepted: leave out those that nobody reviewed, too.
        data: one of forms.DATA, which lies beside each Markdown file then.

    Raises:
        NothingToDownload: it has none, none that is RAG-ready, or none that was accepted.
    """
    now = now or timezone.now()
    rows, whose = _rows(job, chosen)
    taken = _taken(rows, layout, only_accepted=only_accepted, whose=whose)
    is_of_ready = layout == Layout.RAG_READY
    others = rows.none() if is_of_ready else rows.not_for_export(only_accepted=only_accepted)
    return Archive(
        names.of_job(job, ".zip", part=_part(layout), now=now),
        exports.archive(
            _results(taken, data),
            _parts(layout, with_summary=with_summary, with_combined=with_combined),
            names=_names(taken),
            title=job.name,
            manifest=_manifest(job, layout, only_accepted=only_accepted),
            not_included=lambda: map(_failure, others.iterator(chunk_size=_ROWS_AT_ONCE)),
            remarks=_about_reviews(_left_out(job, rows, chosen), only_accepted),
            now=now,
        ),
    )


def of_jobs(jobs: Sequence[Job], *, is_cut: bool = False, now: datetime | None = None) -> Archive:
    """The results that `jobs` have by now, each job in a folder of its own, as a ZIP file.

    Results that were left out by review are not among them.

    Args:
        jobs: some that the reader of the archive may see.
        is_cut: these are the newest of more; summary and manifest say so.

    Raises:
        NothingToDownload: none of them has a result.
    """
    now = now or timezone.now()
    rows = JobDocument.objects.filter(job__in=[job.pk for job in jobs])
    with_results = set(rows.for_export().order_by().values_list("job", flat=True).distinct())
    if not with_results:
        raise NothingToDownload("None of these jobs has results to download.")
    unique = UniqueNames()
    folders = {job.pk: unique.folder(job.name) for job in jobs if job.pk in with_results}
    rows = rows.order_by("-job__created_at", "-job_id", "position")
    taken = rows.for_export().filter(job__in=with_results)
    others = rows.not_for_export()
    manifest = {
        "layout": str(Layout.INDIVIDUAL),
        "limited_to_newest": len(jobs) if is_cut else None,
        "jobs": [_job_facts(job, folders.get(job.pk)) for job in jobs],
    }
    return Archive(
        names.of_jobs([job for job in jobs if job.pk in folders], ".zip", now=now),
        exports.archive(
            _results_in_folders(taken, folders),
            exports.Layout(),
            names=_names(taken, folders),
            title="Curatore export",
            manifest=manifest,
            not_included=lambda: map(_failure_in_job, others.iterator(chunk_size=_ROWS_AT_ONCE)),
            remarks=_about_jobs(jobs, folders, is_cut=is_cut),
            now=now,
        ),
    )


def bulk(
    documents: QuerySet[Document],
    layout: str,
    *,
    only_accepted: bool = False,
    with_summary: bool = True,
    with_combined: bool = False,
    filename: str = "",
    now: datetime | None = None,
) -> Archive:
    """The latest results of documents, whichever jobs made them, as a ZIP file.

    A document whose latest result was left out by review is not among them.

    Args:
        layout: one of BULK_KINDS.
        only_accepted: nor is one whose latest result nobody reviewed.
        filename: of the archive, with or without ".zip"; made from layout and time if empty.

    Raises:
        NothingToDownload: none of the documents has a result of this kind.
    """
    now = now or timezone.now()
    rows: Any = latest.latest_rows(documents).order_by("path", "filename", "pk")
    taken = _taken(rows, layout, only_accepted=only_accepted, whose="These documents have")
    missing = documents.exclude(pk__in=taken.order_by().values("document"))
    missing = missing.order_by("path", "filename", "pk")
    return Archive(
        _bulk_name(filename, layout, now),
        exports.archive(
            _results(taken),
            _parts(layout, with_summary=with_summary, with_combined=with_combined),
            names=_names(taken),
            title="Curatore export",
            manifest={"layout": str(layout), "review": _wanted_review(only_accepted)},
            not_included=lambda: map(_without_result, missing.iterator(chunk_size=_ROWS_AT_ONCE)),
            now=now,
        ),
    )


def _rows(job: Job, chosen: Collection[UUID] | None) -> tuple[JobDocumentQuerySet, str]:
    """The documents of `job` to choose from, and how a sentence about them begins."""
    rows = JobDocument.objects.filter(job=job).order_by("position")
    if chosen is None:
        return rows, "The job has"
    return rows.filter(pk__in=chosen), "The chosen documents have"


def _left_out(job: Job, rows: JobDocumentQuerySet, chosen: Collection[UUID] | None) -> int:
    """How many of the rows their review keeps out of exports; of a whole job the job knows."""
    if chosen is None:
        return job.excluded_documents
    return rows.filter(review=Review.EXCLUDED).count()


def _wanted_review(only_accepted: bool) -> str | None:
    return str(Review.ACCEPTED) if only_accepted else None


def _taken(
    rows: JobDocumentQuerySet, layout: str, *, only_accepted: bool, whose: str
) -> JobDocumentQuerySet:
    """Those of `rows` whose results go into an archive of this layout.

    Args:
        whose: the beginning of the sentence, if there is none: “The job has”.

    Raises:
        NothingToDownload
    """
    taken = rows.for_export(only_accepted=only_accepted)
    kind = "accepted " if only_accepted else ""
    if layout == Layout.RAG_READY:
        taken = taken.filter(is_rag_ready=True)
        kind += "RAG-ready "
    if not taken.exists():
        raise NothingToDownload(f"{whose} no {kind}results to download.")
    return taken


def _manifest(job: Job, layout: str, *, only_accepted: bool) -> dict[str, Any]:
    return {
        "job_id": str(job.pk),
        "job_name": job.name,
        "status": job.status,
        "layout": str(layout),
        "review": _wanted_review(only_accepted),
        "processing_options": job.processing_options,
    }


def _part(layout: str) -> str:
    """What the name of an archive says of its layout."""
    return "" if layout == Layout.INDIVIDUAL else layout.replace("_", "-")


def _bulk_name(wanted: str, layout: str, now: datetime) -> str:
    if not wanted:
        return f"curatore_{layout}_export_{exports.timestamp(now)}.zip"
    stem = markdown_name(wanted.removesuffix(".zip")).removesuffix(".md")
    return f"{stem}.zip"


def _about_reviews(left_out: int, only_accepted: bool) -> str:
    """What the summary says of the reviews of its documents."""
    lines = ["Accepted results only."] if only_accepted else []
    if left_out:
        results = "1 result is" if left_out == 1 else f"{left_out} results are"
        lines.append(f"{results} left out of exports by review.")
    return " ".join(lines)


def _parts(layout: str, *, with_summary: bool, with_combined: bool) -> exports.Layout:
    return exports.Layout(
        files=layout != Layout.SUMMARY,
        combined=layout == Layout.COMBINED or with_combined,
        summary=with_summary or layout == Layout.SUMMARY,
    )


def _names(
    rows: QuerySet[JobDocument], folders: Mapping[UUID, str] | None = None
) -> Iterator[tuple[str, str, str]]:
    """How the results of `rows` are called, as documents/exports.py wants it."""
    named = rows.order_by().values_list("job_id", "path", "filename")
    for job_id, path, filename in named.iterator(chunk_size=_ROWS_AT_ONCE):
        yield folders[job_id] if folders else "", path, filename


def _results(rows: QuerySet[JobDocument], data: str | None = None) -> Iterator[exports.Result]:
    chosen = rows.select_related("document__stored").defer("warnings")
    for row in chosen.iterator(chunk_size=_ROWS_AT_ONCE):
        result = _result(row)
        if data:
            made = partial(forms.data, row, data)
            result = replace(result, data_ending=forms.ENDINGS[forms.Form(data)], data=made)
        yield result


def _results_in_folders(
    rows: QuerySet[JobDocument], folders: Mapping[UUID, str]
) -> Iterator[exports.Result]:
    """The same, each with its job: `folders` has the folder of each."""
    chosen = rows.select_related("document__stored").defer("warnings")
    for row in chosen.iterator(chunk_size=_ROWS_AT_ONCE):
        result = _result(row)
        facts = {"job_id": str(row.job_id)} | result.facts
        yield replace(result, folder=folders[row.job_id], facts=facts)


def _job_facts(job: Job, folder: str | None) -> dict[str, Any]:
    return {
        "job_id": str(job.pk),
        "job_name": job.name,
        "status": job.status,
        "folder": folder,  # None: no results
        "processing_options": job.processing_options,
    }


def _about_jobs(jobs: Sequence[Job], folders: Mapping[UUID, str], *, is_cut: bool) -> str:
    """What the summary says of the jobs."""
    lines = ["## Jobs\n"]
    if is_cut:
        lines.append(f"Only the newest {len(jobs)} of all jobs that match.\n")
    for job in jobs:
        count = f"{job.completed_documents} of {job.total_documents} documents"
        place = f"{count}, in `{folders[job.pk]}`" if job.pk in folders else "no results"
        lines.append(f"- {job.name} ({job.get_status_display()}): {place}")
    return "\n".join(lines)


def _result(row: JobDocument) -> exports.Result:
    scores = row.quality_scores or {}
    return exports.Result(
        filename=row.filename,
        path=row.path,
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
            "review": row.review,
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
        "source_path": row.path,
        "status": row.state,
        "error_code": row.error_code if failed else None,
        "error_message": row.error_message if failed else None,
        "review": row.review,
    }


def _failure_in_job(row: JobDocument) -> dict[str, Any]:
    return {"job_id": str(row.job_id)} | _failure(row)


def _without_result(document: Document) -> dict[str, Any]:
    return {
        "document_id": str(document.pk),
        "filename": document.filename,
        "source_path": document.path,
    }
