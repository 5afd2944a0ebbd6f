"""What a WSGI application is told of a request (PEP 3333)."""

import sys
from io import BytesIO
from typing import Any
from urllib.parse import unquote_to_bytes

Environ = dict[str, Any]
_WITHOUT_PREFIX = {"CONTENT_LENGTH", "CONTENT_TYPE"}


def environ_of(scope: dict[str, Any]) -> Environ:
    """The variables for an ASGI connection scope; without a body."""
    environ: Environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope["raw_path"]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": scope["server"][0],
        "SERVER_PORT": str(scope["server"][1]),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": scope["client"][0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in scope["headers"]:
        # X_Forwarded_For would be taken for the X-Forwarded-For of the proxy.
        if b"_" not in name:
            _add(environ, name.decode("latin-1"), value.decode("latin-1"))
    return environ


def _add(environ: Environ, name: str, value: str) -> None:
    key = name.upper().replace("-", "_")
    if key not in _WITHOUT_PREFIX:
        key = f"HTTP_{key}"
    separator = "; " if key == "HTTP_COOKIE" else ","
    environ[key] = f"{environ[key]}{separator}{value}" if key in environ else value
