"""One document of a job: its text, its scores, its earlier versions, and the editor."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from curatore.core.bodies import Body, takes
from curatore.core.errors import DomainError, InvalidInput
from documents import preview, text_work
from documents.text_work import TakesTooLong
from jobs import access, results
from jobs.detail import history
from jobs.exports import forms
from jobs.models import Job, JobDocument
from jobs.results import ResultMissing
from jobs.review import edits, judgement, review_queue
from jobs.review.review_queue import QueueQuery
from jobs.views import chunk_inspector, original_pane
from orgsettings.pages import MemberRequest, attempt, member_page, with_work

VIEWS = ("rendered", "markdown", "chunks", "edit", "quality", "versions")
PANES = ("original", "result")
LONGEST_EDIT = 4 * 1024 * 1024  # bytes; a form field with more makes browsers stutter
LONGEST_COMPARED = 4 * 1024 * 1024  # bytes of each version


@require_safe
@member_page
@with_work
def result(request: MemberRequest, job_id: UUID, row_id: UUID) -> HttpResponse:
    """One document: its text rendered, its Markdown, or why it scored as it did."""
    row = access.find_result(request.user, job_id, row_id)
    view = request.GET.get("view", "rendered")
    return _render(request, row.job, row, view if view in VIEWS else "rendered")


def _render(
    request: MemberRequest, job: Job, row: JobDocument, view: str, **kept: Any
) -> HttpResponse:
    """The page; `kept` holds what a refused edit leaves: content, trouble and status."""
    can_manage = access.can_manage(request.user, job)
    queue = QueueQuery.parse(request.GET)
    context: dict[str, Any] = {
        "job": job,
        "row": row,
        "view": "rendered" if view == "edit" and not can_manage else view,
        "queue": queue,
        "can_manage": can_manage,
        "can_see_job": access.can_see(request.user, job),
        "threshold": job.options.quality_thresholds.conversion_threshold,
        "original": original_pane.context(request, row) if row.is_completed else None,
        "pane": request.GET.get("pane") if request.GET.get("pane") in PANES else "result",
    }
    if context["can_see_job"]:
        context["previous"], context["next"] = review_queue.neighbors(job, row, queue)
        if context["view"] == "versions" or not row.is_completed:
            context["attempts"] = history.attempts(row)
    status = kept.pop("status", 200)
    try:
        context |= _view_context(request, context, row) if row.is_completed else {}
    except ResultMissing as missing:
        context["lost"] = str(missing)
        status = missing.status
    return render(request, "jobs/result.html", context | kept, status=status)


def _view_context(
    request: MemberRequest, context: dict[str, Any], row: JobDocument
) -> dict[str, Any]:
    match context["view"]:
        case "quality":
            measures = judgement.measures(_scores(row), context["job"])
            return {"measures": measures, "explanation": judgement.explanation(row)}
        case "chunks":
            return chunk_inspector.context(request, row)
        case "versions":
            current = row.result_file.name
            found = edits.versions(row)
            shown = {"versions": [(state, state.result_file.name == current) for state in found]}
            return shown | _comparison(request, row)
        case "edit" if (row.result_size or 0) > LONGEST_EDIT:
            return {"is_too_long": True}
        case "edit":
            return {"content": results.read(row), "based_on": row.result_sha256}
        case shown:
            return _text(request, row, rendered=shown == "rendered")


def _comparison(request: MemberRequest, row: JobDocument) -> dict[str, Any]:
    """The differences from the chosen version to the result now, or why there are none to see."""
    if not request.GET.get("compare"):
        return {}
    version = edits.find_version(row, request.GET["compare"])
    compared: dict[str, Any] = {"compared": version}
    if max(version.result_size, row.result_size or 0) > LONGEST_COMPARED:
        return compared | {"is_too_long_to_compare": True}
    try:
        return compared | {"differences": text_work.compare(edits.read(version), results.read(row))}
    except TakesTooLong as refusal:
        return compared | {"refusal": str(refusal)}


def _text(request: MemberRequest, row: JobDocument, *, rendered: bool) -> dict[str, Any]:
    number = request.GET.get("version", "")
    version = edits.find_version(row, number) if number else None
    longest = preview.LONGEST_PREVIEW + 1  # one more tells whether it was cut
    beginning = (
        edits.read(version, at_most=longest) if version else results.read(row, at_most=longest)
    )
    markdown, is_cut = preview.shortened(beginning)
    shown = _rendered(markdown) if rendered else _source(markdown)
    is_earlier = version is not None and version.result_file.name != row.result_file.name
    return shown | {"is_cut": is_cut, "earlier": version if is_earlier else None}


def _rendered(markdown: str) -> dict[str, Any]:
    """The text as HTML, or as it is written if rendering it takes too long."""
    try:
        return {"html": preview.to_html(markdown)}
    except TakesTooLong:
        return _source(markdown) | {"is_source": True}


def _source(markdown: str) -> dict[str, Any]:
    return {"markdown": markdown, "parts": preview.by_page(markdown)}


def _scores(row: JobDocument) -> dict[str, Any]:
    """All scores of the row; rows of earlier days have only the first."""
    return {"conversion_score": row.conversion_score} | (row.quality_scores or {})


@takes(Body.TEXT)
@require_POST
@member_page
@with_work
def save(request: MemberRequest, job_id: UUID, row_id: UUID) -> HttpResponse:
    """Save an edit and score it anew; the editor again, with all that was typed, if refused."""
    job = access.find_to_manage(request.user, job_id)
    row = access.find_row(job, row_id)
    content = request.POST.get("content", "")
    before = row.conversion_score
    try:
        edits.save(row, content, request.user, based_on=request.POST.get("based_on", ""))
    except DomainError as refusal:
        return _refused(request, job, row, content, refusal)
    messages.success(request, _told_of_save(row, before))
    return _back(request, row, "edit")


def _told_of_save(row: JobDocument, before: int | None) -> str:
    ready = _("It is RAG-ready.") if row.is_rag_ready else _("It is not RAG-ready.")
    values = {"score": row.conversion_score, "before": before, "ready": ready}
    told = _("Saved. The score is %(score)s, before it was %(before)s. %(ready)s") % values
    coverage = judgement.part(row.quality_scores, "text_coverage")
    return f"{told} {coverage.reason}" if coverage else told


def _refused(
    request: MemberRequest, job: Job, row: JobDocument, content: str, refusal: DomainError
) -> HttpResponse:
    trouble = refusal.errors[0]["detail"] if isinstance(refusal, InvalidInput) else str(refusal)
    current = access.find_row(job, row.pk)  # perhaps somebody changed it
    kept = {"content": content, "trouble": trouble, "is_kept": True, "status": refusal.status}
    return _render(request, job, current, "edit", **kept)


@takes(Body.TEXT)
@require_POST
@member_page
@with_work
def preview_edit(request: MemberRequest, job_id: UUID, row_id: UUID) -> HttpResponse:
    """What the text in the editor looks like and would score; nothing is saved."""
    job = access.find_to_manage(request.user, job_id)
    row = access.find_row(job, row_id)
    content = request.POST.get("content", "")
    context: dict[str, Any] = {"row": row, "job": job}
    if len(content) > preview.LONGEST_PREVIEW:
        context["is_too_long"] = True
        return render(request, "jobs/_edit_preview.html", context)
    try:
        quality, context["is_ready"] = edits.judge(content, row)
        context["coverage"] = judgement.part(quality.as_dict(), "text_coverage")
        context["measures"] = judgement.measures(quality.as_dict(), job)
        context["html"] = preview.to_html(edits.normalized(content))
    except TakesTooLong as refusal:
        context["refusal"] = str(refusal)
    return render(request, "jobs/_edit_preview.html", context)


@require_POST
@member_page
def restore(request: MemberRequest, job_id: UUID, row_id: UUID) -> HttpResponse:
    """Make an earlier version the current one; the state before stays among the versions."""
    job = access.find_to_manage(request.user, job_id)
    row = access.find_row(job, row_id)
    version = edits.find_version(row, request.POST.get("number", ""))
    attempt(
        request,
        lambda: edits.restore(version, request.user),
        _("Version %d is the result again.") % version.number,
    )
    return _back(request, row, "versions")


@require_safe
@member_page
@with_work
def download_result(request: MemberRequest, job_id: UUID, row_id: UUID) -> HttpResponse:
    """Its Markdown, or the form that is asked for."""
    row = access.find_result(request.user, job_id, row_id)
    form = request.GET.get("type", forms.FORMS[0])
    if form not in forms.FORMS:
        raise BadRequest(f"There is no download of the type “{form}”.")
    return forms.as_file(row, form, with_front_matter="front_matter" in request.GET)


def _back(request: MemberRequest, row: JobDocument, view: str) -> HttpResponse:
    """To a view of the document, in the queue that it was opened from."""
    address = reverse("jobs:result", args=[row.job_id, row.pk])
    return redirect(f"{address}?view={view}{QueueQuery.parse(request.GET).parameters}")
