"""The list of jobs, its live part, and the bar of active jobs on every page."""

from typing import Any
from urllib.parse import urlencode
from zlib import crc32

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from curatore.context_processors import IDLE_POLL_INTERVAL
from curatore.htmx import render_page_or_part, unchanged
from curatore.pages import MemberRequest, member_page
from jobs import overview
from jobs.forms import ListQuery
from jobs.models import Job

PAGE_SIZE = 25


class CountedPaginator(Paginator):
    """A paginator that was told how many rows there are."""

    def __init__(self, rows: Any, per_page: int, count: int) -> None:
        super().__init__(rows, per_page)
        self.count = count  # a cached property of the parent


@require_safe
@member_page
def job_list(request: MemberRequest) -> HttpResponse:
    context = _context(request)
    return render_page_or_part(request, "jobs/list.html", "jobs/_list.html", context)


@require_safe
@member_page
def job_list_live(request: MemberRequest) -> HttpResponse:
    """The list again, or 204 if `v` names what the page shows already."""
    context = _context(request)
    if request.GET.get("v") == context["list_version"]:
        return unchanged()
    return render(request, "jobs/_list.html", context)


@require_safe
@member_page
def active_jobs(request: MemberRequest) -> HttpResponse:
    """The bar of active jobs, or 204 if `v` names what the page shows already."""
    capacity = overview.capacity(request.user)
    if request.GET.get("v") == capacity.version:
        return unchanged()
    return render(request, "_status_bar.html", {"capacity": capacity})


def _context(request: MemberRequest) -> dict[str, Any]:
    query = ListQuery.parse(request.GET)
    jobs = Job.objects.for_user(request.user)
    if query.search:
        jobs = jobs.matching(query.search)
    counts = overview.tab_counts(jobs)
    rows = overview.ordered(
        jobs.filter(overview.TABS[query.status]).select_related("user"), query.sort
    )
    page = CountedPaginator(rows, PAGE_SIZE, counts[query.status]).get_page(query.page)
    shown = list(page.object_list)
    capacity = overview.capacity(request.user)
    busy = any(job.is_active for job in shown)
    return {
        "query": query,
        "tabs": [(name, counts[name], query.url(status=name, page=1)) for name in overview.TABS],
        "page": page,
        "jobs": shown,
        "averages": overview.average_scores(shown),
        "capacity": capacity,
        "list_version": _version(counts, shown, capacity),
        "live_query": urlencode(query.as_dict()),
        "interval": settings.JOB_STATUS_POLL_INTERVAL if busy else IDLE_POLL_INTERVAL,
    }


def _version(counts: dict[str, int], shown: list[Job], capacity: overview.Capacity) -> str:
    rows = [(job.pk.hex, job.version) for job in shown]
    return f"{crc32(repr((counts, rows, capacity.version)).encode()):08x}"
