"""How large a request's body may be: what its route takes, and little from strangers.

A view that takes more than a form says so with `@takes(...)`. `refusal` is the one rule. It looks
at the headers alone, so that nothing of a refused body is read or stored. The web server asks
before it takes a body in (curatore/web/bridge.py); on whatever server, pages ask by the middleware,
and endpoints of the API in `ApiView.initial`.
"""

from collections.abc import Callable
from enum import Enum
from typing import Any, TypeVar

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.defaultfilters import filesizeformat
from django.urls import Resolver404, resolve
from django.utils import timezone

from curatore.api.authentication import secret_of
from curatore.errors import DomainError
from curatore.failures import refused_body_page
from curatore.text import is_below_api
from orgsettings import tokens

View = TypeVar("View", bound=Callable[..., Any])

STRANGERS_LIMIT = 64 * 1024  # bytes from somebody without a valid session or token
_FORM_LIMIT = 1024 * 1024  # bytes; the 10,000 ids that one request may name are 700 KB
_ATTRIBUTE = "takes_body"


class Body(Enum):
    """What a route takes."""

    SMALL = "as much as from a stranger, whoever asks"
    FORM = "a form or JSON; what every view takes that says nothing else"
    TEXT = "the text of a whole result"
    UPLOAD = "files"

    @property
    def limit(self) -> int:
        """In bytes."""
        match self:
            case Body.SMALL:
                return STRANGERS_LIMIT
            case Body.FORM:
                return _FORM_LIMIT
            case Body.TEXT:
                return settings.DATA_UPLOAD_MAX_MEMORY_SIZE
            case Body.UPLOAD:
                return settings.MAX_REQUEST_SIZE


def takes(body: Body) -> Callable[[View], View]:
    """Declare what a view, a function or a class, takes."""

    def declare(view: View) -> View:
        setattr(view, _ATTRIBUTE, body)
        return view

    return declare


def taken_by(view: Callable[..., Any]) -> Body:
    """What a view of the URLconf declares."""
    # as_view() makes a function, and the class is at its attribute: Django's, REST framework's.
    holders = (view, getattr(view, "view_class", None), getattr(view, "cls", None))
    declared = (getattr(holder, _ATTRIBUTE, None) for holder in holders)
    return next(filter(None, declared), Body.FORM)


class RequestTooLarge(DomainError):
    code = "request_too_large"
    status = 413


class LengthRequired(DomainError):
    code = "length_required"
    status = 411


class SignInFirst(DomainError):
    code = "not_authenticated"
    status = 401


class TokenRefused(SignInFirst):
    code = "invalid_token"


def refusal(request: HttpRequest) -> DomainError | None:
    """Why the body of `request` must not be read; None if it may be."""
    if request.META.get("HTTP_TRANSFER_ENCODING"):
        return LengthRequired("Send the length of the body in Content-Length, not in chunks.")
    announced = request.META.get("CONTENT_LENGTH") or "0"
    length = int(announced) if announced.isdecimal() else 0  # Django reads nothing then
    if length == 0:
        return None
    limit = _limit(request)
    if length > limit:
        return RequestTooLarge(
            f"The request has {filesizeformat(length)}; at most {filesizeformat(limit)} are"
            " accepted here. Send it in parts."
        )
    if length > STRANGERS_LIMIT and not _is_known(request):
        kind = SignInFirst if secret_of(request) is None else TokenRefused
        return kind(
            f"The request has {filesizeformat(length)}; without a valid API token or session at"
            f" most {filesizeformat(STRANGERS_LIMIT)} are accepted. Sign in, and send it again."
        )
    return None


def bounded(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware, before all that reads bodies: CSRF protection looks for its token in them.

    Endpoints of the API are exempt from that protection and refuse by themselves, since all of
    their answers carry headers that only they know.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        refused = None if is_below_api(request) else refusal(request)
        return refused_body_page(request, refused) if refused else get_response(request)

    return middleware


def _limit(request: HttpRequest) -> int:
    try:
        view = resolve(request.path_info).func
    except Resolver404:
        return Body.FORM.limit
    return taken_by(view).limit


def _is_known(request: HttpRequest) -> bool:
    secret = secret_of(request)
    if secret is not None and tokens.recognise(secret, timezone.now()):
        return True
    # A session that is read here alone: the request's own comes later, or never.
    SessionMiddleware(lambda request: HttpResponse()).process_request(request)
    return get_user(request).is_authenticated
