"""One id for each request, in its answer and in the log; and answers that no cache keeps."""

import logging
import re
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar
from http import HTTPStatus

from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import set_response_etag

_current: ContextVar[str] = ContextVar("request_id", default="-")
_KEY = "curatore.request_id"  # in request.META; no header can get there under this name
_COMPRESSED = {
    "text/html",
    "text/plain",
    "text/markdown",
    "application/json",
    "application/problem+json",
    "application/vnd.oai.openapi+json",
}
_MOST_COMPRESSED = 2 * 1024 * 1024  # bytes; compressing more takes a web thread too long
# What a proxy in front may send; anything else is replaced, since it ends up in logs.
_ACCEPTABLE = re.compile(r"[A-Za-z0-9._-]{8,64}")
_LONGEST_ENTRY = 10_000  # characters in the log, most of them of its beginning
_ITS_END = 2_000


def current_request_id() -> str:
    """The id of the request being answered, or “-” outside of one."""
    return _current.get()


def request_id(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    def middleware(request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-Id", "")
        chosen = given if _ACCEPTABLE.fullmatch(given) else uuid.uuid4().hex
        request.META[_KEY] = chosen
        token = _current.set(chosen)
        try:
            response = get_response(request)
        finally:
            _current.reset(token)
        response["X-Request-Id"] = chosen
        # A file is left alone: the server may send it without reading it here.
        if isinstance(response, StreamingHttpResponse) and not isinstance(response, FileResponse):
            response.streaming_content = _during(chosen, response.streaming_content)
        return response

    return middleware


class Compression(GZipMiddleware):
    """Compress pages and API answers for clients that take them so.

    Django's own adds random bytes, so that the length of an answer tells nothing of what is in it
    (BREACH). Streams are left alone, as their first lines would wait for more, and so are files,
    most of which are compressed already.
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        if not isinstance(response, HttpResponse) or not _is_worth_it(response):
            return response
        return super().process_response(request, response)


def _is_worth_it(response: HttpResponse) -> bool:
    kind = response.headers.get("Content-Type", "").partition(";")[0]
    return kind in _COMPRESSED and len(response.content) <= _MOST_COMPRESSED


def private_answers(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Let no cache keep an answer, so that going back after a sign-out shows nothing.

    One with an ETag may be kept by a browser, which asks each time whether it still holds.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if _is_form_again(request, response):
            set_response_etag(response)
        how = "private, no-cache" if response.has_header("ETag") else "private, no-store"
        response.headers.setdefault("Cache-Control", how)
        return response

    return middleware


def _is_form_again(request: HttpRequest, response: HttpResponse) -> bool:
    """Whether this is a refused form with what was typed into it.

    Going back to it, a browser shows what it kept or nothing: it does not send a form again.
    """
    is_refused = (
        request.method == "POST" and response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    )
    return is_refused and response.headers.get("Content-Type", "").startswith("text/html")


def _during(chosen: str, chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The chunks, each made under the id: a stream is written after the middleware has ended."""
    remaining = iter(chunks)
    try:
        while True:
            token = _current.set(chosen)
            try:
                chunk = next(remaining)
            except StopIteration:
                return
            finally:
                _current.reset(token)
            yield chunk
    finally:
        if close := getattr(remaining, "close", None):
            close()


class RequestIdFilter(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        # Django tells of a refused request when the middleware has ended; it names the request.
        meta = getattr(getattr(record, "request", None), "META", {})
        record.request_id = meta.get(_KEY) or current_request_id()
        return True


class BoundedFormatter(logging.Formatter):
    """Leaves out the middle of what is too long: strangers choose the addresses that are logged."""

    def format(self, record: logging.LogRecord) -> str:
        entry = super().format(record)
        if len(entry) <= _LONGEST_ENTRY:
            return entry
        return f"{entry[: _LONGEST_ENTRY - _ITS_END]} [...] {entry[-_ITS_END:]}"
