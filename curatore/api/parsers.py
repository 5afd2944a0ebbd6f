"""Bodies: what cannot be read is said in a sentence. Django bounds their size."""

import re
from collections.abc import Mapping
from io import BytesIO
from typing import IO, Any

from rest_framework import parsers
from rest_framework.exceptions import ParseError

from curatore.text import require_readable_form, require_storable

# Only escapes bring such characters into JSON: most bodies need no second look.
_SUSPECT = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")


class JSONParser(parsers.JSONParser):
    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        body = stream.read()
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
