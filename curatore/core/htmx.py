"""One view for a page and for the part of it that HTMX asks for."""

from typing import Any
from zlib import crc32

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

# Seconds between two questions of a page on which nothing is happening.
IDLE_POLL_INTERVAL = 15


def wants_part(request: HttpRequest) -> bool:
    """Whether the answer goes into a page that is already there."""
    htmx = request.htmx  # type: ignore[attr-defined]  # set by HtmxMiddleware
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def render_page_or_part(
    request: HttpRequest, page: str, part: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """Render the template `part` for HTMX, else `page`, which includes it."""
    response = render(request, part if wants_part(request) else page, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def unchanged() -> HttpResponse:
    """Nothing is new: HTMX swaps nothing."""
    return HttpResponse(status=204)


def version_of(shown: Any) -> str:
    """What pollers compare: eight digits that change with whatever of `shown` is shown."""
    return f"{crc32(repr(shown).encode()):08x}"
