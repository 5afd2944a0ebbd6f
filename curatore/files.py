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
    return StreamingHttpResponse(
        lines, content_type="text/plain; charset=utf-8", headers=attachment(filename)
    )


def json_lines_file(lines: Iterable[str], filename: str) -> StreamingHttpResponse:
    return StreamingHttpResponse(
        lines, content_type="application/x-ndjson", headers=attachment(filename)
    )


def csv_file(lines: Iterable[str], filename: str) -> StreamingHttpResponse:
    return StreamingHttpResponse(
        lines, content_type="text/csv; charset=utf-8", headers=attachment(filename)
    )


def zip_file(chunks: Iterable[bytes], filename: str) -> StreamingHttpResponse:
    """The archive, sent while it is made."""
    return StreamingHttpResponse(
        chunks, content_type="application/zip", headers=attachment(filename)
    )
