"""Addresses that will go away: they work, and each answer says so and names what to use instead."""

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from django.views.decorators.csrf import csrf_exempt

from curatore.core.bodies import taken_by, takes

SINCE = "@1795996800"  # 30 November 2026, as RFC 9745 writes times
SUNSET = "Tue, 30 Nov 2027 23:59:59 GMT"

View = Callable[..., HttpResponseBase]


def mark(answer: HttpResponseBase, successor: str) -> None:
    """Add Deprecation (RFC 9745), Sunset (RFC 8594) and Link, unless there is a better Link.

    Args:
        successor: the path to use instead.
    """
    answer.headers["Deprecation"] = SINCE
    answer.headers["Sunset"] = SUNSET
    answer.headers.setdefault("Link", f'<{successor}>; rel="successor-version"')


def unversioned(patterns: Iterable[URLPattern]) -> list[URLPattern]:
    """The endpoints of /api/v1 for /api, marked; without names, so that links lead to /api/v1."""
    return [path(str(pattern.pattern), _marked(pattern.callback)) for pattern in patterns]


def _marked(view: View) -> View:
    # As the view itself: DRF asks for the CSRF token where a session is used. That it is an API
    # view is not told on purpose: the schema has each endpoint once.
    @csrf_exempt
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        mark(response, quote(request.path.replace("/api/", "/api/v1/", 1)))
        return response

    return takes(taken_by(view))(answer)
