"""One id per request: in the answer's X-Request-Id and in every log line written meanwhile."""

import logging
import re
import uuid
from collections.abc import Callable
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponse

_current: ContextVar[str] = ContextVar("request_id", default="-")
# What a proxy in front may send; anything else is replaced, since it ends up in logs.
_ACCEPTABLE = re.compile(r"[A-Za-z0-9._-]{8,64}")


def current_request_id() -> str:
    """The id of the request being answered, or “-” outside of one."""
    return _current.get()


def request_id(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    def middleware(request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-Id", "")
        chosen = given if _ACCEPTABLE.fullmatch(given) else uuid.uuid4().hex
        token = _current.set(chosen)
        try:
            response = get_response(request)
        finally:
            _current.reset(token)
        response["X-Request-Id"] = chosen
        return response

    return middleware


class RequestIdFilter(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = current_request_id()
        return True
