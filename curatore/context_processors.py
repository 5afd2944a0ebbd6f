"""What every page's frame shows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from curatore.core.htmx import IDLE_POLL_INTERVAL
from jobs.legacy import process_page
from jobs.monitoring import overview
from orgsettings import browser


def shell(request: HttpRequest) -> dict[str, Any]:
    """`capacity` costs queries only where a template uses it."""
    membership = getattr(getattr(request, "user", None), "membership", None)
    return {
        "version": settings.VERSION,
        "poll_interval": settings.JOB_STATUS_POLL_INTERVAL,
        "idle_poll_interval": max(IDLE_POLL_INTERVAL, settings.JOB_STATUS_POLL_INTERVAL),
        "membership": membership,
        "process_page_available": process_page.is_available(membership),
        "theme": browser.theme(request),
        "shortcuts": browser.has_shortcuts(request),
        "capacity": membership and SimpleLazyObject(lambda: overview.capacity(membership.user)),
    }
