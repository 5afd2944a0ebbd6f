"""The log of a job: its tail, which grows while one looks, and the whole of it to take home."""

from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django_htmx.http import HttpResponseStopPolling

from curatore.core.files import json_lines_file, text_file
from curatore.core.htmx import unchanged
from jobs import access
from jobs.detail import log_reading, rows
from jobs.detail.log_reading import LogQuery
from jobs.exports import log_export, names
from jobs.models import Job, JobLog
from orgsettings.pages import MemberRequest, member_page, with_work

MOST_NAMES = 20  # that are offered at once


@require_safe
@member_page
def log_tail(request: MemberRequest, job_id: UUID) -> HttpResponse:
    """The lines after `after` and the next poller; 204 if there are none, 286 after the end."""
    job = access.find(request.user, job_id)
    query = LogQuery.parse(request.GET)
    after = log_reading.cursor(request.GET.get("after")) or 0
    lines = log_reading.following(job, query, after=after)
    if not lines and job.is_live:
        return unchanged()
    # An ended job may have more than one window of lines left: the tail then asks on.
    goes_on = job.is_live or len(lines) == log_reading.WINDOW
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
@with_work
def log_text(request: MemberRequest, job_id: UUID) -> StreamingHttpResponse:
    """All lines that fit the filter of the URL, oldest first, as text."""
    job, lines = _asked_for(request, job_id)
    return text_file(log_export.as_text(lines), names.of_job(job, ".log.txt"))


@require_safe
@member_page
@with_work
def log_lines(request: MemberRequest, job_id: UUID) -> StreamingHttpResponse:
    """The same as JSON lines."""
    job, lines = _asked_for(request, job_id)
    return json_lines_file(log_export.as_json(lines), names.of_job(job, ".log.ndjson"))


@require_safe
@member_page
@with_work
def log_files(request: MemberRequest, job_id: UUID) -> HttpResponse:
    """File names to choose from while one is typed into `file`."""
    job = access.find(request.user, job_id)
    names = rows.file_names(job, LogQuery.parse(request.GET).file, MOST_NAMES)
    return render(request, "jobs/_log_files.html", {"names": names})


def _asked_for(request: MemberRequest, job_id: UUID) -> tuple[Job, QuerySet[JobLog]]:
    job = access.find(request.user, job_id)
    return job, log_reading.matching(job, LogQuery.parse(request.GET))
