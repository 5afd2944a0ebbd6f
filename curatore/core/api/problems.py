"""Refusals and failures as problem documents (RFC 9457).

Whatever goes wrong below /api is answered with the same members: type, title, status, detail, code,
instance, request_id, and for input that breaks rules errors, a list of pointer, code and detail.
"""

import json
import logging
from collections.abc import Iterator, Mapping
from functools import singledispatch
from http import HTTPStatus
from typing import Any

from django.core.exceptions import (
    BadRequest,
    DisallowedHost,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.http import Http404, HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from rest_framework.exceptions import APIException, ErrorDetail, ValidationError
from rest_framework.settings import api_settings
from rest_framework.utils.encoders import JSONEncoder

from curatore.core.errors import DomainError
from curatore.core.middleware import current_request_id
from curatore.core.problem_codes import DOCUMENTS, PROBLEMS, VALUES
from curatore.core.text import pointer_step

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
CHALLENGE = 'Bearer realm="Curatore API"'  # the WWW-Authenticate header of every 401

_TOO_LARGE = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)
# DRF's own codes whose names say something else than ours, and its sentences that say too little.
_CODES = {"parse_error": "malformed_request", "authentication_failed": "not_authenticated"}
_SENTENCES = {
    "not_authenticated": "Sign in first: send an API token as “Authorization: Bearer <token>”.",
    "not_found": "There is nothing at this address.",
}


def exception_handler(exc: Exception, context: Mapping[str, Any]) -> HttpResponse:
    """DRF's EXCEPTION_HANDLER: every exception of an API view becomes a problem document."""
    return answer(exc, context["request"]._request)


def problem(
    request: HttpRequest,
    status: int,
    code: str,
    detail: str,
    *,
    headers: Mapping[str, str] | None = None,
    **members: Any,
) -> HttpResponse:
    """A problem document.

    Args:
        status: HTTP status, 400 to 599.
        code: stable name of the problem, for programs; one of PROBLEMS.
        detail: a sentence for people.
        members: further members of the document.
    """
    known = PROBLEMS.get(code)
    document = {
        "type": known.type if known else "about:blank",
        "title": known.title if known else HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        "instance": request.path,
        "request_id": current_request_id(),
    } | members
    body = json.dumps(document, cls=JSONEncoder, ensure_ascii=False, separators=(",", ":"))
    return HttpResponse(body, status=status, content_type=MEDIA_TYPE, headers=headers)


@csrf_exempt  # a client that posts to a wrong address learns that, not something about CSRF
def no_such_route(request: HttpRequest) -> HttpResponse:
    """The answer for every path below /api that is no endpoint."""
    return problem(request, 404, "not_found", _SENTENCES["not_found"])


@require_safe
def problem_codes_page(request: HttpRequest) -> HttpResponse:
    """/docs/errors: what each code means; the `type` of a problem document leads here."""
    context = {
        "problems": PROBLEMS.values(),
        "values": sorted(VALUES.items()),
        "documents": sorted(DOCUMENTS.items()),
    }
    return render(request, "api/errors.html", context)


def internal_error(request: HttpRequest) -> HttpResponse:
    """The answer to a bug, which the log has in full: the client gets the id to find it by."""
    return problem(
        request,
        500,
        "internal_error",
        "Something went wrong on the server. Its log has the details under this request_id.",
    )


@singledispatch
def answer(exc: Exception, request: HttpRequest) -> HttpResponse:
    """The problem document for an exception; one that no rule below knows is a bug."""
    logger.error("%s %s failed", request.method, request.path, exc_info=exc)
    return internal_error(request)


@answer.register
def _(exc: DomainError, request: HttpRequest) -> HttpResponse:
    headers = exc.headers
    if exc.status == 401:
        headers = {"WWW-Authenticate": CHALLENGE} | headers
    return problem(request, exc.status, exc.code, str(exc), headers=headers, **exc.extra)


@answer.register
def _(exc: APIException, request: HttpRequest) -> HttpResponse:
    headers = {}
    if challenge := getattr(exc, "auth_header", None):  # set by DRF along with status 401
        headers["WWW-Authenticate"] = challenge
    if allow := getattr(exc, "allow", None):
        headers["Allow"] = allow
    code = str(exc.get_codes())
    code = _CODES.get(code, code)
    detail = _SENTENCES.get(code, str(exc.detail))
    return problem(request, exc.status_code, code, detail, headers=headers)


@answer.register
def _(exc: ValidationError, request: HttpRequest) -> HttpResponse:
    return problem(
        request,
        422,
        "validation_error",
        "Some values cannot be used; “errors” names each.",
        errors=list(_flat(exc.get_full_details(), "")),
    )


@answer.register
def _(exc: Http404, request: HttpRequest) -> HttpResponse:
    return problem(request, 404, "not_found", _sentence(exc, _SENTENCES["not_found"]))


@answer.register
def _(exc: PermissionDenied, request: HttpRequest) -> HttpResponse:
    return problem(
        request, 403, "permission_denied", _sentence(exc, "You are not allowed to do this.")
    )


@answer.register
def _(exc: DisallowedHost, request: HttpRequest) -> HttpResponse:
    detail = "This server does not answer under the host name that the request was sent to."
    return problem(request, 400, "host_not_served", detail)


@answer.register(BadRequest)
@answer.register(SuspiciousOperation)
@answer.register(UnreadablePostError)
def _(exc: Exception, request: HttpRequest) -> HttpResponse:
    if isinstance(exc, _TOO_LARGE):
        return problem(
            request, 413, "request_too_large", "The request is too large. Send it in parts."
        )
    detail = _sentence(exc, "The request could not be read.")
    return problem(request, 400, "malformed_request", detail)


def _sentence(exc: Exception, default: str) -> str:
    """What the exception says, unless it is no sentence (Django's own are made for debugging)."""
    text = str(exc)
    return text if text.endswith(".") else default


def _flat(details: Any, pointer: str) -> Iterator[dict[str, str]]:
    """DRF's nested details as a list of errors, each with a JSON pointer into the body."""
    match details:
        case {"message": ErrorDetail() as message, "code": str() as code}:
            yield {"pointer": pointer, "code": code, "detail": str(message)}
        case Mapping():
            for key, value in details.items():
                own = key == api_settings.NON_FIELD_ERRORS_KEY
                yield from _flat(value, pointer if own else f"{pointer}/{pointer_step(key)}")
        case list():
            for value in details:
                yield from _flat(value, pointer)
