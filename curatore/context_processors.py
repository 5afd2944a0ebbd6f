"""What every page's frame shows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from jobs import overview
from orgsettings.models import Membership

THEMES = ("auto", "light", "dark")
# Seconds between two questions of a page on which nothing is happening.
IDLE_POLL_INTERVAL = 15


def shell(request: HttpRequest) -> dict[str, Any]:
    """`capacity` costs queries only where a template uses it."""
    membership = getattr(getattr(request, "user", None), "membership", None)
    theme = request.COOKIES.get("theme")
    return {
        "version": settings.VERSION,
        "poll_interval": settings.JOB_STATUS_POLL_INTERVAL,
        "idle_poll_interval": max(IDLE_POLL_INTERVAL, settings.JOB_STATUS_POLL_INTERVAL),
        "membership": membership,
        "process_page_available": process_page_available(membership),
        "theme": theme if theme in THEMES else "auto",
        "shortcuts": request.COOKIES.get("shortcuts") != "off",
        "capacity": membership and SimpleLazyObject(lambda: overview.capacity(membership.user)),
    }


def process_page_available(membership: Membership | None) -> bool:
    """Whether the person finds the deprecated Process page in the navigation."""
    is_there = settings.PROCESS_PAGE_MODE == "available"
    return is_there and membership is not None and membership.can_write
