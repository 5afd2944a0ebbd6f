"""Answers to what fails outside of every view: problem documents below /api, pages elsewhere."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views import defaults

from curatore.core.api.problems import answer, internal_error
from curatore.core.errors import DomainError
from curatore.core.text import UnreadableText, is_below_api


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """Django's handler400."""
    if is_below_api(request):
        return answer(exception, request)
    # Without the request: its cookies and address are what cannot be read.
    reason = str(exception) if isinstance(exception, UnreadableText) else ""
    return HttpResponse(render_to_string("400.html", {"reason": reason}), status=400)


def server_error(request: HttpRequest) -> HttpResponseBase:
    """Django's handler500; the log has the failure already."""
    return internal_error(request) if is_below_api(request) else defaults.server_error(request)


def refused_body_page(request: HttpRequest, refusal: DomainError) -> HttpResponseBase:
    """The page for a request whose body was not read."""
    # A page has no challenge to send with 401: there, a stranger's body is just too large.
    status = refusal.status if refusal.status != 401 else 413
    page = render(request, "unread.html", {"refusal": str(refusal)}, status=status)
    if "retry_after" in refusal.extra:
        page.headers["Retry-After"] = str(refusal.extra["retry_after"])
    return page
