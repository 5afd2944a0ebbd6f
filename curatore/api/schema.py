"""What drf-spectacular does not see by itself: problem documents, tokens, one path an endpoint."""

from collections.abc import Callable
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension

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


class TokenScheme(OpenApiAuthenticationExtension):
    """How the OpenAPI schema describes tokens; drf-spectacular finds it."""

    target_class = "curatore.api.authentication.TokenAuthentication"
    name = ["bearer", "apiKey"]

    def get_security_definition(self, auto_schema: Any) -> list[dict[str, Any]]:
        return [
            {"type": "http", "scheme": "bearer", "description": "An API token: cur_…"},
            {"type": "apiKey", "in": "header", "name": "X-API-Key"},
        ]


class SessionScheme(OpenApiAuthenticationExtension):
    target_class = "curatore.api.authentication.SessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}


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
