"""Paths have no trailing slash; one is tolerated."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import URLPattern, is_valid_path, path

View = Callable[..., Any]


def tolerant(route: str, view: View, *, name: str | None = None) -> list[URLPattern]:
    """`route`, and the same with a trailing slash: for programs, which seldom follow redirects."""
    return [path(route, view, name=name), path(f"{route}/", view)]


def without_slash(request: HttpRequest) -> HttpResponse:
    """Send a browser that asks for a page with a trailing slash to the page."""
    # One slash at the start: two would name another host.
    target = "/" + request.path_info.strip("/")
    if request.method not in {"GET", "HEAD"} or not is_valid_path(target):
        raise Http404(f"There is no page {request.path_info}.")
    query = request.META.get("QUERY_STRING")
    return HttpResponsePermanentRedirect(f"{target}?{query}" if query else target)
