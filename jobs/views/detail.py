"""One job: the page, its live part, and its log."""

import json
from typing import Any
from uuid import UUID
from zlib import crc32

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django_htmx.http import HttpResponseStopPolling

from curatore.htmx import unchanged
from curatore.pages import MemberRequest, member_page
from jobs import access, diagnosis, log_reading, overview
from jobs.forms import OPTION_GROUPS
from jobs.log_reading import LogQuery
from jobs.models import Job
from orgsettings import options as processing_options

TABS = ("documents", "logs", "options")
DOCUMENTS_PER_PAGE = 100


@require_safe
@member_page
def job_detail(request: MemberRequest, job_id: UUID) -> HttpResponse:
    job = access.find(request.user, job_id)
    return render_detail(request, job)


def render_detail(
    request: MemberRequest, job: Job, *, refusal: str = "", status: int = 200
) -> HttpResponse:
    """The page of `job`, with the sentence of a `refusal` on top if there is one."""
    context = _context(request, job, diagnosis.why_waiting(job)) | {"refusal": refusal}
    if context["tab"] == "logs":
        context |= _log_context(request, job)
    if context["tab"] == "options":
        context["option_groups"] = option_groups(job.processing_options)
    return render(request, "jobs/detail.html", context, status=status)


@require_safe
@member_page
def job_live(request: MemberRequest, job_id: UUID) -> HttpResponse:
    """What changes by itself; 204 if `v` is the current version, 286 when the job has ended."""
    job = access.find(request.user, job_id)
    waiting = diagnosis.why_waiting(job)
    if job.is_active and request.GET.get("v") == _version(job, waiting):
        return unchanged()
    response = render(request, "jobs/_live.html", _context(request, job, waiting))
    if job.is_active:
        return response
    final = HttpResponseStopPolling(response.content)
    kind = {"success": "success", "failed": "danger"}.get(job.outcome or "", "info")
    final["HX-Trigger"] = json.dumps({"job:finished": {"message": ending(job), "kind": kind}})
    return final


def ending(job: Job) -> str:
    """How the job ended, as a sentence."""
    values = {
        "name": job.name,
        "done": job.completed_documents,
        "total": job.total_documents,
        "failed": job.failed_documents,
    }
    sentence = {
        "success": _("“%(name)s” is done: %(done)d of %(total)d documents converted."),
        "partial": _("“%(name)s” is done: %(done)d of %(total)d converted, %(failed)d failed."),
        "failed": _("“%(name)s” failed: none of %(total)d documents could be converted."),
        "cancelled": _("“%(name)s” was cancelled: %(done)d of %(total)d results were kept."),
    }
    return sentence[job.outcome or "success"] % values


def _version(job: Job, waiting: str) -> str:
    """What pollers compare: why a job waits changes without any change of the job."""
    return f"{job.version}.{crc32(waiting.encode()):x}" if waiting else str(job.version)


def _context(request: MemberRequest, job: Job, waiting: str) -> dict[str, Any]:
    tab = request.GET.get("tab", "documents")
    context: dict[str, Any] = {
        "job": job,
        "tab": tab if tab in TABS else "documents",
        "tabs": TABS,
        "can_manage": access.can_manage(request.user, job),
        "can_delete": access.can_delete(request.user, job),
        "counts": overview.document_counts(job),
        "failures": overview.failures(job) if job.failed_documents else [],
        "threshold": job.processing_options["quality_thresholds"]["conversion_threshold"],
        "interval": settings.JOB_STATUS_POLL_INTERVAL,
        "waiting": waiting,
        "live_version": _version(job, waiting),
        "ending": ending(job) if job.is_terminal else "",
        "job_url": request.build_absolute_uri(f"/api/v1/jobs/{job.pk}"),
    }
    if context["tab"] == "documents":
        rows = overview.rows_by_attention(job)
        paginator = Paginator(rows, DOCUMENTS_PER_PAGE)
        paginator.count = job.total_documents  # known without a query
        context["page"] = paginator.get_page(request.GET.get("page"))
    return context


def option_groups(chosen: dict[str, Any]) -> list[tuple[str, list[tuple[Any, Any, bool]]]]:
    """For each group its title and its options: field, value, whether it is the built-in one."""
    groups = []
    for section, title in OPTION_GROUPS.items():
        holder = chosen.get(section, {}) if section else chosen
        rows = [
            (field, holder.get(field.key), holder.get(field.key) == field.default)
            for field in processing_options.FIELDS
            if field.section == section
        ]
        groups.append((str(title), rows))
    return groups


def _log_context(request: MemberRequest, job: Job) -> dict[str, Any]:
    query = LogQuery.parse(request.GET)
    before = log_reading.cursor(request.GET.get("before"))
    lines, has_older = log_reading.latest(job, query, before=before)
    return {
        "log_query": query,
        "lines": lines,
        "has_older": has_older,
        "before": before,
        "after": lines[-1].pk if lines else 0,
        "goes_on": job.is_active,
    }


@require_safe
@member_page
def log_tail(request: MemberRequest, job_id: UUID) -> HttpResponse:
    """The lines after `after` and the next poller; 204 if there are none, 286 after the end."""
    job = access.find(request.user, job_id)
    query = LogQuery.parse(request.GET)
    after = log_reading.cursor(request.GET.get("after")) or 0
    lines = log_reading.following(job, query, after=after)
    if not lines and job.is_active:
        return unchanged()
    # An ended job may have more than one window of lines left: the tail then asks on.
    goes_on = job.is_active or len(lines) == log_reading.WINDOW
    context = {
        "job": job,
        "log_query": query,
        "lines": lines,
        "after": lines[-1].pk if lines else after,
        "goes_on": goes_on,
        "interval": settings.JOB_STATUS_POLL_INTERVAL,
    }
    response = render(request, "jobs/_log_lines.html", context)
    return response if goes_on else HttpResponseStopPolling(response.content)


@require_safe
@member_page
def log_download(request: MemberRequest, job_id: UUID) -> StreamingHttpResponse:
    job = access.find(request.user, job_id)
    return StreamingHttpResponse(
        log_reading.as_text(job),
        content_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="job-{job.pk}.log.txt"'},
    )
