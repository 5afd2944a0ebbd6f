"""Bodies: what cannot be read is said in a sentence. Django bounds their size."""

from collections.abc import Mapping
from typing import IO, Any

from rest_framework import parsers
from rest_framework.exceptions import ParseError


class JSONParser(parsers.JSONParser):
    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        try:
            return super().parse(stream, media_type, parser_context)
        except ParseError as wrong:
            cause = str(wrong.detail).removeprefix("JSON parse error - ")
            raise ParseError(f"The body is not valid JSON: {cause}.") from wrong
        except RecursionError as too_deep:
            raise ParseError("The body is not valid JSON: it is nested too deeply.") from too_deep


class MultiPartParser(parsers.MultiPartParser):
    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        try:
            return super().parse(stream, media_type, parser_context)
        except ParseError as wrong:
            cause = str(wrong.detail).removeprefix("Multipart form parse error - ").rstrip(".")
            raise ParseError(f"The body is not valid multipart/form-data: {cause}.") from wrong
