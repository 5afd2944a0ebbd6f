"""Endpoints whose success is a file, whatever the client accepts; see curatore/core/files.py."""

from rest_framework.renderers import BaseRenderer


class AnyRenderer(BaseRenderer):
    """Lets every Accept header pass; the handler answers with the file itself."""

    media_type = "*/*"
    format = "file"
