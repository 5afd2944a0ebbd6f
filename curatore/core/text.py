"""Text that is none: refused once for all, before anything looks at a request.

PostgreSQL stores no null character, and halves of characters (lone surrogates) fit into no UTF-8.
Wherever a request has one, in its path, query, cookies, headers, form or JSON, it is no mistake of
a person: browsers and libraries do not send them. Nor do they send headers without measure.
"""

import codecs
import encodings
import pkgutil
import re
from collections.abc import Callable, Iterable, Iterator
from encodings.aliases import aliases
from itertools import islice
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.utils.datastructures import MultiValueDict
from django.utils.http import parse_header_parameters

from curatore.core.errors import InvalidInput

_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
# The encodings that clients name beside UTF-8; others hide characters, or are no text at all.
_ENCODINGS = {"utf-8", "ascii", "iso8859-1", "cp1252"}
# Parsers of headers take time that grows with the square of the length. No client needs so many
# characters: proxies bound a header alike, and REST framework a media type.
_LONGEST_HEADER = 8 * 1024
_LONGEST_CONTENT_TYPE = 256
_NULL = ("null_characters_not_allowed", "Null characters are not allowed.")
_HALF = ("surrogate_characters_not_allowed", "The text has half of a character (a surrogate).")
_MOST_ERRORS = 100  # that are told of one document; more of them help nobody


class UnreadableText(BadRequest):
    """The sentence is for people."""


class RefuseUnreadable:
    """Middleware of all pages; the API looks in its views, so that its answers are its own.

    Forms are looked at once their size has been, just before the view.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not is_below_api(request):
            require_readable_headers(request)
            _require_text([request.path_info])
            require_readable_form(request.GET)
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        if request.method == "POST" and not is_below_api(request):
            require_readable_form(request.POST)


def is_below_api(request: HttpRequest) -> bool:
    return request.path == "/api" or request.path.startswith("/api/")


def is_readable(text: str) -> bool:
    return not _UNSTORABLE.search(text)


def require_readable_headers(request: HttpRequest) -> None:
    """Raises UnreadableText if a header, such as a cookie, is too long or cannot be stored."""
    headers = [value for name, value in request.META.items() if name.startswith("HTTP_")]
    if any(isinstance(value, str) and len(value) > _LONGEST_HEADER for value in headers):
        raise UnreadableText(f"The request has a header of more than {_LONGEST_HEADER} characters.")
    _require_text(headers)
    _require_text(request.COOKIES.values())


def require_readable_form(values: MultiValueDict) -> None:
    """The same for names and values of a form or a query string; files pass."""
    _require_text(values)
    _require_text(value for _, several in values.lists() for value in several)


def _require_text(values: Iterable[object]) -> None:
    if not all(is_readable(value) for value in values if isinstance(value, str)):
        raise UnreadableText("The request has characters that are no text, such as a null.")


def known_content_type(header: str) -> str:
    """The header Content-Type; "" if it is malformed, far too long, or in an unusual encoding.

    Django reads even the address of a request in the encoding that is named there, and there are
    some (base64, idna) that fail, and others (unicode_escape) that hide characters.
    """
    if len(header) > _LONGEST_CONTENT_TYPE:
        return ""
    try:
        charset = parse_header_parameters(header)[1].get("charset", "utf-8")
        return header if codecs.lookup(charset).name in _ENCODINGS else ""
    except (LookupError, ValueError):
        return ""


def remember_no_unknown_encodings() -> None:
    """Have Python forget names of encodings that there are not.

    It keeps each that it was asked for, for as long as the process lives; and headers and parts of
    forms may name any, which strangers make up by the million.
    """
    known = {*aliases, *(module.name for module in pkgutil.iter_modules(encodings.__path__))}

    def search(name: str) -> codecs.CodecInfo | None:
        is_known = name in known or name.replace(".", "_") in known
        return encodings.search_function(name) if is_known else None

    codecs.unregister(encodings.search_function)
    codecs.register(search)


def pointer_step(name: object) -> str:
    """One step of a JSON pointer (RFC 6901), whatever `name` has in it."""
    return _UNSTORABLE.sub("\ufffd", str(name)).replace("~", "~0").replace("/", "~1")


def require_storable(document: Any) -> None:
    """Refuse a JSON document if one of its texts or names cannot be stored.

    Raises:
        InvalidInput: with a pointer to each such text, or to the object with such a name; to the
            first _MOST_ERRORS of them.
    """
    found = (
        {"pointer": pointer, "code": code, "detail": detail}
        for pointer, text in _texts_of(document)
        if (sign := _UNSTORABLE.search(text))
        for code, detail in [_NULL if sign[0] == "\0" else _HALF]
    )
    if errors := list(islice(found, _MOST_ERRORS)):
        raise InvalidInput("Some texts have characters that cannot be stored.", errors)


def _texts_of(document: Any) -> Iterator[tuple[str, str]]:
    """Every text with its pointer; without recursion, as documents may be deep."""
    waiting = [("", document)]
    while waiting:
        pointer, value = waiting.pop()
        if isinstance(value, str):
            yield pointer, value
        elif isinstance(value, dict):
            for name, inner in value.items():
                yield pointer, name
                waiting.append((f"{pointer}/{pointer_step(name)}", inner))
        elif isinstance(value, list):
            inside = [(f"{pointer}/{place}", inner) for place, inner in enumerate(value)]
            waiting.extend(reversed(inside))
