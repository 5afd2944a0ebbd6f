"""The list of jobs, its live part, and the bar of active jobs on every page."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_safe

from curatore.core.htmx import IDLE_POLL_INTERVAL, render_page_or_part, unchanged, version_of
from jobs import line
from jobs.detail import estimates
from jobs.listing import bulk, first_steps, listing
from jobs.listing.list_query import TABS, ListQuery
from jobs.listing.listing import Listing
from jobs.monitoring import overview
from orgsettings import browser
from orgsettings.pages import MemberRequest, count_work, member_page


@require_safe
@member_page
def job_list(request: MemberRequest) -> HttpResponse:
    query = ListQuery.parse(request.GET)
    if query.search:
        count_work(request)
    now = timezone.now()
    found = listing.read(request.user, query, now)
    capacity = overview.capacity(request.user)
    places = line.places(found.jobs)
    context = _context(
        request, query, found, capacity=capacity, places=places, now=now, shown_since=now
    )
    if browser.shows_first_steps(request) and not request.htmx:
        context["first_steps"] = first_steps.of(request.user, now)
    context["max_upload_size"] = settings.MAX_UPLOAD_SIZE
    response = render_page_or_part(request, "jobs/list.html", "jobs/_list.html", context)
    if request.htmx:
        response.headers["HX-Push-Url"] = query.url(page=query.page)
    return response


@require_safe
@member_page
def job_list_live(request: MemberRequest) -> HttpResponse:
    """The list again, or 204 if `v` names what the page shows already.

    Jobs that came after `since`, when the page was loaded, are only counted: rows must not move
    while somebody aims at one.
    """
    query = ListQuery.parse(request.GET)
    now = timezone.now()
    shown_since = _moment(request.GET.get("since", ""))
    found = listing.read(request.user, query, now, shown_since)
    if found.new and not found.jobs:  # nothing is there that could move
        shown_since, found = now, listing.read(request.user, query, now)
    capacity = overview.capacity(request.user)
    places = line.places(found.jobs)
    if request.GET.get("v") == _version(found, capacity, places):
        return unchanged()
    since = shown_since or now
    context = _context(
        request, query, found, capacity=capacity, places=places, now=now, shown_since=since
    )
    return render(request, "jobs/_list.html", context)


@require_safe
@member_page
def active_jobs(request: MemberRequest) -> HttpResponse:
    """The bar of active jobs, or 204 if `v` names what the page shows already."""
    capacity = overview.capacity(request.user)
    if request.GET.get("v") == capacity.version:
        return unchanged()
    return render(request, "_status_bar.html", {"capacity": capacity})


def _context(
    request: MemberRequest,
    query: ListQuery,
    found: Listing,
    *,
    capacity: overview.Capacity,
    places: dict[UUID, int],
    now: datetime,
    shown_since: datetime,
) -> dict[str, Any]:
    version = _version(found, capacity, places)
    busy = any(job.is_live for job in found.jobs)
    live = urlencode({"v": version, "since": shown_since.isoformat()})
    reach = found.reaches_back_to
    return {
        "query": query,
        "listing": found,
        "tabs": [
            (name, tab.label, found.counts[name], query.url(status=name))
            for name, tab in TABS.items()
            if tab.is_lasting or found.counts[name] or name == query.status
        ],
        "page": found.page,
        "jobs": found.jobs,
        "bulk_limit": bulk.LIMIT,
        "verbs": {job.pk: bulk.allowed(request.user, job) for job in found.jobs},
        "places": {job_id: line.in_words(place) for job_id, place in places.items()},
        "remaining": estimates.remaining_of_many(found.jobs, now),
        "older_url": query.until(reach, now) if reach else None,
        "capacity": capacity,
        "list_version": version,
        "live_query": f"{live}&{query.as_text}",
        "interval": settings.JOB_STATUS_POLL_INTERVAL if busy else IDLE_POLL_INTERVAL,
    }


def _version(found: Listing, capacity: overview.Capacity, places: dict[UUID, int]) -> str:
    rows = [(job.pk.hex, job.version, places.get(job.pk)) for job in found.jobs]
    shown = (found.counts, found.new, found.page.number, rows, capacity.version)
    return version_of(shown)


def _moment(text: str) -> datetime | None:
    """The moment that `text` says, in UTC; None if it says none, or one outside of the calendar."""
    try:
        moment = parse_datetime(text)
        return moment.astimezone(UTC) if moment and timezone.is_aware(moment) else None
    except (ValueError, OverflowError):
        return None
