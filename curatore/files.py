"""Answers that are files, for pages and API alike: a browser saves them under their name."""

from collections.abc import Iterable

from django.http import HttpResponse, StreamingHttpResponse
from django.utils.http import content_disposition_header


def attachment(filename: str) -> dict[str, str]:
    """The header that makes a browser save the answer under this name."""
    return {"Content-Disposition": str(content_disposition_header(True, filename))}


def markdown_file(markdown: str, filename: str) -> HttpResponse:
    return HttpResponse(
        markdown, content_type="text/markdown; charset=utf-8", headers=attachment(filename)
    )


def text_file(lines: Iterable[str], filename: str) -> StreamingHttpResponse:
    return _streamed(lines, "text/plain; charset=utf-8", filename)


def json_lines_file(lines: Iterable[str], filename: str) -> StreamingHttpResponse:
    return _streamed(lines, "application/x-ndjson", filename)


def csv_file(lines: Iterable[str], filename: str) -> StreamingHttpResponse:
    return _streamed(lines, "text/csv; charset=utf-8", filename)


def zip_file(chunks: Iterable[bytes], filename: str) -> StreamingHttpResponse:
    return _streamed(chunks, "application/zip", filename)


def _streamed(
    content: Iterable[str] | Iterable[bytes], content_type: str, filename: str
) -> StreamingHttpResponse:
    """A file that is sent while it is made."""
    return StreamingHttpResponse(content, content_type=content_type, headers=attachment(filename))
