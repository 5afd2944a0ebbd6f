"""WSGI entry point, for curatore.web and for other servers."""

import os
from collections.abc import Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

from curatore.core.safety import require_safe_settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "curatore.settings")

require_safe_settings()
_django = get_wsgi_application()

# It needs the settings.
from curatore.core.text import known_content_type, remember_no_unknown_encodings  # noqa: E402

remember_no_unknown_encodings()


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Django, which fails on some headers as it makes the request, before any of its middleware."""
    environ["CONTENT_TYPE"] = known_content_type(environ.get("CONTENT_TYPE", ""))
    return _django(environ, start_response)
