"""Answers that are a document or a picture of one of its pages, for pages and API alike."""

import codecs
from pathlib import PurePath
from typing import IO, Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response

from curatore.core.files import StoredFile
from documents import pictures
from documents.files import open_original
from documents.models import Document

# What a browser may show: all that it makes of these is text and pictures.
SHOWN = (
    "application/pdf", "image/gif", "image/jpeg", "image/png", "image/webp", "text/plain",
)  # fmt: skip
SAVED = "application/octet-stream"
_HEAD_BYTES = 64 * 1024
_MOST_DIGITS = 9  # of the number of a page
_KEPT_SECONDS = 600  # by a browser that does not ask; the bytes of a document never change


def original(request: HttpRequest, document: Document, *, inline: bool) -> HttpResponseBase:
    """The stored bytes: to be saved, or with `inline` shown if the document is of such a type.

    Raises:
        OriginalMissing
    """
    etag = f'"{document.sha256}"'
    response: Any = get_conditional_response(request, etag=etag)
    if response is None:
        is_shown = inline and document.media_type in SHOWN
        file = open_original(document)
        content_type = _type_of(document, file) if is_shown else SAVED
        response = StoredFile(file, document.filename, content_type, is_shown=is_shown)
    response.headers["ETag"] = etag
    return response


def picture(request: HttpRequest, document: Document, page: str, width: int) -> HttpResponseBase:
    """A PNG of one page; see pictures.picture, also for what it raises.

    Raises:
        Http404: `page` is no number that a page can have.
    """
    number = _number(page)
    step = pictures.rounded(width)
    etag = f'"{document.sha256}-{pictures.VERSION}-{number}-{step}"'
    response: Any = get_conditional_response(request, etag=etag)
    if response is None:
        file = pictures.picture(document, number, width)
        name = f"{PurePath(document.filename).stem}-{number}.png"
        response = StoredFile(file, name, "image/png", is_shown=True)
    response.headers["ETag"] = etag
    # Private: whoever signs out sends another cookie, and `Vary` says that it matters.
    response.headers["Cache-Control"] = f"private, max-age={_KEPT_SECONDS}"
    return response


def _type_of(document: Document, file: IO[bytes]) -> str:
    """The media type; of a text with its encoding where that is sure: browsers guess it badly."""
    if document.media_type != "text/plain":
        return document.media_type
    head = file.read(_HEAD_BYTES)
    file.seek(0)
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return "text/plain"
    return "text/plain; charset=utf-8"


def _number(text: str) -> int:
    is_number = text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS
    if not is_number or int(text) == 0:
        raise Http404("Pages have numbers from 1.")
    return int(text)
