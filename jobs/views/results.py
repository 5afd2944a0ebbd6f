"""Results: one document as a page, and downloads."""

from typing import Any
from uuid import UUID

from django.core.exceptions import BadRequest
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from curatore.pages import MemberRequest, member_page
from documents import preview
from documents.exports import markdown_name
from jobs import access, downloads, overview, results
from jobs.models import JobDocument

VIEWS = ("rendered", "markdown", "quality")


@require_safe
@member_page
def result(request: MemberRequest, job_id: UUID, row_id: UUID) -> HttpResponse:
    """One document: its text rendered, its Markdown, or why it scored as it did."""
    job = access.find(request.user, job_id)
    row = access.find_row(job, row_id)
    view = request.GET.get("view", "rendered")
    context: dict[str, Any] = {
        "job": job,
        "row": row,
        "view": view if view in VIEWS else "rendered",
        "views": VIEWS,
        "threshold": job.processing_options["quality_thresholds"]["conversion_threshold"],
    }
    context["previous"], context["next"] = overview.neighbours(row)
    if row.is_completed and context["view"] != "quality":
        context |= _text(row, rendered=context["view"] == "rendered")
    if context["view"] == "quality":
        context["measures"] = overview.measures(row, job)
    return render(request, "jobs/result.html", context)


def _text(row: JobDocument, *, rendered: bool) -> dict[str, Any]:
    markdown, is_cut = preview.shortened(results.read(row))
    shown = {"html": preview.to_html(markdown)} if rendered else {"markdown": markdown}
    return shown | {"is_cut": is_cut}


@require_safe
@member_page
def download_markdown(request: MemberRequest, job_id: UUID, row_id: UUID) -> HttpResponse:
    row = access.find_row(access.find(request.user, job_id), row_id)
    return HttpResponse(
        results.read(row),
        content_type="text/markdown; charset=utf-8",
        headers=_as_attachment(markdown_name(row.filename)),
    )


@require_safe
@member_page
def download_archive(request: MemberRequest, job_id: UUID) -> StreamingHttpResponse:
    job = access.find(request.user, job_id)
    kind = request.GET.get("type", "individual")
    if kind not in downloads.KINDS:
        raise BadRequest(f"There is no download of the type “{kind}”.")
    filename, chunks = downloads.archive(job, kind)
    return StreamingHttpResponse(
        chunks, content_type="application/zip", headers=_as_attachment(filename)
    )


def _as_attachment(filename: str) -> dict[str, str]:
    header = content_disposition_header(as_attachment=True, filename=filename)
    return {"Content-Disposition": header or "attachment"}
