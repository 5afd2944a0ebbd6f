"""Answers that are files: endpoints whose success is not JSON, whatever the client accepts."""

from collections.abc import Iterator

from django.http import HttpResponse, StreamingHttpResponse
from django.utils.http import content_disposition_header
from rest_framework.renderers import BaseRenderer


class AnyRenderer(BaseRenderer):
    """Lets every Accept header pass; the handler answers with the file itself."""

    media_type = "*/*"
    format = "file"


def attachment(filename: str) -> dict[str, str]:
    """The header that makes a browser save the answer under this name."""
    return {"Content-Disposition": str(content_disposition_header(True, filename))}


def markdown_file(markdown: str, filename: str) -> HttpResponse:
    return HttpResponse(
        markdown, content_type="text/markdown; charset=utf-8", headers=attachment(filename)
    )


def zip_file(chunks: Iterator[bytes], filename: str) -> StreamingHttpResponse:
    return StreamingHttpResponse(
        chunks, content_type="application/zip", headers=attachment(filename)
    )
