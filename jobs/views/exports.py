"""What can be taken home from a job: ZIP archives, all or chosen documents, and chunks."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.core.exceptions import BadRequest
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from curatore.core.errors import InvalidInput
from curatore.core.files import csv_file, json_lines_file, zip_file
from documents.conversion.exports.making import Form
from jobs import access
from jobs.exports import chunk_export, downloads, names, report
from jobs.exports.downloads import Archive, NothingToDownload
from jobs.models import Job, Review
from jobs.views.detail import render_detail
from orgsettings.pages import MemberRequest, member_page, with_work


@require_safe
@member_page
@with_work
def download_archive(request: MemberRequest, job_id: UUID) -> StreamingHttpResponse:
    job = access.find(request.user, job_id)
    kind = request.GET.get("type", "individual")
    if kind not in downloads.BULK_KINDS:
        raise BadRequest(f"There is no download of the type “{kind}”.")
    filename, chunks = downloads.archive(job, kind, only_accepted=_only_accepted(request.GET))
    return zip_file(chunks, filename)


@require_POST
@member_page
@with_work
def export(request: MemberRequest, job_id: UUID) -> HttpResponseBase:
    """The chosen documents as the form of the tab says; the tab again if that gives nothing."""
    job = access.find(request.user, job_id)
    scope = request.POST.get("scope", "selected")
    if request.POST.get("every") and scope == "selected":
        scope = "all"
    chosen = request.POST.getlist("row")
    if scope == "selected" and not chosen:
        return _refused(request, job, _("Choose at least one document, or export all of them."))
    try:
        filename, chunks = _archive(request, job, scope, chosen)
    except (NothingToDownload, InvalidInput) as refusal:
        return _refused(request, job, str(refusal))
    return zip_file(chunks, filename)


@require_safe
@member_page
@with_work
def download_chunks(request: MemberRequest, job_id: UUID) -> StreamingHttpResponse:
    """All results cut into chunks, with the sizes of the job, as JSON lines.

    What was left out by review is in no export; with `review=accepted` only what was accepted is.
    """
    job = access.find(request.user, job_id)
    size, overlap = chunk_export.bounds(job, size=None, overlap=None)
    lines = chunk_export.lines(
        job,
        size=size,
        overlap=overlap,
        only_ready=request.GET.get("rag_ready") == "1",
        only_accepted=_only_accepted(request.GET),
    )
    return json_lines_file(chunk_export.as_json(lines), names.of_job(job, ".ndjson", part="chunks"))


@require_safe
@member_page
@with_work
def download_report(request: MemberRequest, job_id: UUID) -> StreamingHttpResponse:
    job = access.find(request.user, job_id)
    return csv_file(report.lines(job), names.of_job(job, ".csv", part="report"))


def _archive(request: MemberRequest, job: Job, scope: str, chosen: Sequence[str]) -> Archive:
    return downloads.archive(
        job,
        downloads.Layout.RAG_READY if scope == "rag_ready" else downloads.Layout.INDIVIDUAL,
        chosen=access.find_rows(job, chosen) if scope == "selected" else None,
        only_accepted=scope == "accepted" or _only_accepted(request.POST),
        with_summary="summary" in request.POST,
        with_combined="combined" in request.POST,
        data=Form.JSON if "json" in request.POST else None,
    )


def _only_accepted(values: Mapping[str, str]) -> bool:
    review = values.get("review", "")
    if review not in {"", Review.ACCEPTED}:
        raise BadRequest(f"There is no export of documents with the review “{review}”.")
    return review == Review.ACCEPTED


def _refused(request: MemberRequest, job: Job, trouble: str) -> HttpResponse:
    return render_detail(request, job, tab="export", trouble=trouble, status=422)
