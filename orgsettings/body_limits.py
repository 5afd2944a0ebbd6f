"""Whose body is read, and how much of it: what its route takes, and little from strangers.

`refusal` is the one rule. It looks at the headers alone, so that nothing of a refused body is read
or stored. The web server asks before it takes a body in (curatore/web/bridge.py); on whatever
server, pages ask by the middleware, and endpoints of the API in `ApiView.initial`.
"""

from collections.abc import Callable

from django.contrib.auth import get_user
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.defaultfilters import filesizeformat
from django.urls import Resolver404, resolve
from django.utils import timezone

from curatore.core.bodies import STRANGERS_LIMIT, Body, taken_by
from curatore.core.errors import DomainError
from curatore.core.failures import refused_body_page
from curatore.core.text import is_below_api
from orgsettings import tokens
from orgsettings.api.authentication import secret_of

# In request.META, where no header can get under such a name: who sends the request, once that was
# looked up, and that the web server has no room for its body.
SENDER = "curatore.sender"
NO_ROOM = "curatore.no_room"
_BUSY_SECONDS = 10


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


class TooManyUploads(DomainError):
    code = "too_many_uploads"
    status = 429

    def __init__(self) -> None:
        super().__init__(
            "The server is receiving too many uploads right now; this request was not read. Try"
            f" again in {_BUSY_SECONDS} seconds.",
            retry_after=_BUSY_SECONDS,
        )


def refusal(request: HttpRequest) -> DomainError | None:
    """Why the body of `request` must not be read; None if it may be."""
    if request.META.get(NO_ROOM):
        return TooManyUploads()
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
    if length > STRANGERS_LIMIT and _sender(request) is None:
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


def _sender(request: HttpRequest) -> int | None:
    """The id of the user whose token or session the request has; None for a stranger."""
    if SENDER not in request.META:
        request.META[SENDER] = _found_sender(request)
    return request.META[SENDER]


def _found_sender(request: HttpRequest) -> int | None:
    secret = secret_of(request)
    if secret is not None and (token := tokens.recognize(secret, timezone.now())):
        return token.user_id
    # A session that is read here alone: the request's own comes later, or never.
    SessionMiddleware(lambda request: HttpResponse()).process_request(request)
    return get_user(request).pk
