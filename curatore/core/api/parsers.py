"""Bodies: what cannot be read is said in a sentence. Their size: orgsettings/body_limits.py."""

import re
from collections.abc import Mapping
from io import BytesIO
from itertools import islice
from typing import IO, Any

from rest_framework import parsers
from rest_framework.exceptions import ParseError

from curatore.core.text import require_readable_form, require_storable

# Only escapes bring such characters into JSON: most bodies need no second look.
_SUSPECT = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
# An empty list takes 60 bytes of memory for three of the body: 16 MB of them are a gigabyte.
_MOST_VALUES = 100_000
# A text, or the sign before a value. One without an end goes to that of the body, so that nothing
# is looked at twice.
_TEXT_OR_SIGN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\Z|\\\Z)|[\[{,]', re.DOTALL)


class JSONParser(parsers.JSONParser):
    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        body = stream.read()
        if _has_too_many_values(body):
            raise ParseError(f"The body has more than {_MOST_VALUES:,} values. Send less at once.")
        try:
            document = super().parse(BytesIO(body), media_type, parser_context)
        except ParseError as wrong:
            cause = str(wrong.detail).removeprefix("JSON parse error - ")
            raise ParseError(f"The body is not valid JSON: {cause}.") from wrong
        except RecursionError as too_deep:
            raise ParseError("The body is not valid JSON: it is nested too deeply.") from too_deep
        if _SUSPECT.search(body):
            require_storable(document)
        return document


def _has_too_many_values(body: bytes) -> bool:
    signs = (True for found in _TEXT_OR_SIGN.finditer(body) if body[found.start()] != ord('"'))
    return next(islice(signs, _MOST_VALUES, None), False)


class MultiPartParser(parsers.MultiPartParser):
    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        try:
            parsed = super().parse(stream, media_type, parser_context)
        except ParseError as wrong:
            cause = str(wrong.detail).removeprefix("Multipart form parse error - ").rstrip(".")
            raise ParseError(f"The body is not valid multipart/form-data: {cause}.") from wrong
        require_readable_form(parsed.data)
        return parsed
