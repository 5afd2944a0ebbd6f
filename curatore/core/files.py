"""Answers that are files, for pages and API alike: a browser saves them under their name."""

from collections.abc import Iterable
from typing import IO

from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.utils.http import content_disposition_header

# Styles are those of the browser's own pages around a picture.
_HARMLESS = "sandbox; default-src 'none'; style-src 'unsafe-inline'"


def attachment(filename: str) -> dict[str, str]:
    """The header that makes a browser save the answer under this name."""
    return {"Content-Disposition": str(content_disposition_header(True, filename))}


def markdown_file(markdown: str, filename: str) -> HttpResponse:
    return HttpResponse(
        markdown, content_type="text/markdown; charset=utf-8", headers=attachment(filename)
    )


def json_file(text: str, filename: str) -> HttpResponse:
    return HttpResponse(text, content_type="application/json", headers=attachment(filename))


def text_file(lines: Iterable[str], filename: str) -> StreamingHttpResponse:
    return _streamed(lines, "text/plain; charset=utf-8", filename)


def json_lines_file(lines: Iterable[str], filename: str) -> StreamingHttpResponse:
    return _streamed(lines, "application/x-ndjson", filename)


def csv_file(lines: Iterable[str], filename: str) -> StreamingHttpResponse:
    return _streamed(lines, "text/csv; charset=utf-8", filename)


def zip_file(chunks: Iterable[bytes], filename: str) -> StreamingHttpResponse:
    return _streamed(chunks, "application/zip", filename)


class StoredFile(FileResponse):
    """A file that is there already, sent as it is read; `is_shown` instead of saved by browsers.

    Whatever it holds, it runs nothing and loads nothing where it is shown, and is what
    `content_type` says.
    """

    block_size = 64 * 1024  # bytes

    def __init__(
        self, file: IO[bytes], filename: str, content_type: str, *, is_shown: bool
    ) -> None:
        super().__init__(
            file, as_attachment=not is_shown, filename=filename, content_type=content_type
        )
        self.headers["Content-Security-Policy"] = _HARMLESS
        self.headers["X-Content-Type-Options"] = "nosniff"


def _streamed(
    content: Iterable[str] | Iterable[bytes], content_type: str, filename: str
) -> StreamingHttpResponse:
    """A file that is sent while it is made."""
    return StreamingHttpResponse(content, content_type=content_type, headers=attachment(filename))
