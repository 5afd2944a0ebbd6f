"""What drf-spectacular cannot see by itself: problem documents, and one path for each endpoint."""

from collections.abc import Callable
from typing import Any

from curatore.api import authentication  # noqa: F401  # registers how tokens are described
from curatore.api.problems import MEDIA_TYPE

Endpoint = tuple[str, str, str, Callable[..., Any]]

_ERROR = {
    "type": "object",
    "required": ["pointer", "code", "detail"],
    "properties": {
        "pointer": {"type": "string", "description": "JSON pointer into the body."},
        "code": {"type": "string"},
        "detail": {"type": "string"},
    },
}
PROBLEM = {
    "type": "object",
    "description": "Why a request was refused (RFC 9457).",
    "required": ["type", "title", "status", "detail", "code", "instance", "request_id"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "A sentence for people; it may change."},
        "code": {"type": "string", "description": "Stable, for programs."},
        "instance": {"type": "string"},
        "request_id": {"type": "string", "description": "Also in the server's log."},
        "errors": {"type": "array", "items": _ERROR},
    },
    "additionalProperties": True,
}


def without_slash_twins(endpoints: list[Endpoint]) -> list[Endpoint]:
    """Leave out the paths that only tolerate a trailing slash."""
    return [endpoint for endpoint in endpoints if not endpoint[0].endswith("/")]


def add_problems(
    result: dict[str, Any], generator: Any, request: Any, public: bool
) -> dict[str, Any]:
    """Say of every operation that it may answer with a problem document."""
    result["components"].setdefault("schemas", {})["Problem"] = PROBLEM
    answer = {
        "description": "The request was refused, or failed; `code` says why.",
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for path in result["paths"].values():
        for operation in path.values():
            operation["responses"].setdefault("default", answer)
    return result
