"""Answers to what fails outside of every view: problem documents below /api, pages elsewhere."""

from django.http import HttpRequest, HttpResponseBase
from django.views import defaults

from curatore.api.problems import answer, internal_error


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """Django's handler400."""
    if _is_below_api(request):
        return answer(exception, request)
    return defaults.bad_request(request, exception)


def server_error(request: HttpRequest) -> HttpResponseBase:
    """Django's handler500; the log has the failure already."""
    return internal_error(request) if _is_below_api(request) else defaults.server_error(request)


def _is_below_api(request: HttpRequest) -> bool:
    return request.path == "/api" or request.path.startswith("/api/")
