"""Headers of requests and answers, as the OpenAPI schema describes them."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter

_ID_PATTERN = r"^[A-Za-z0-9._-]{8,64}$"


def _header(description: str, schema: dict[str, Any], *, required: bool = False) -> dict[str, Any]:
    return {"description": description, "required": required, "schema": schema}


_COUNT = {"type": "integer", "minimum": 0}
_SECONDS = {"type": "integer", "minimum": 1}

# What may come with any answer; the schema has each once, in its components.
COMPONENTS = {
    "X-Request-Id": _header(
        "The server's log has the request under this id. Send one of your own to choose it.",
        {"type": "string", "pattern": _ID_PATTERN},
        required=True,
    ),
    "RateLimit-Limit": _header("Requests that are allowed in a minute.", _COUNT),
    "RateLimit-Remaining": _header("Requests that are left in this minute.", _COUNT),
    "RateLimit-Reset": _header("Seconds until the next minute begins.", _SECONDS),
    "Retry-After": _header("Seconds to wait before asking again.", _SECONDS),
    "WWW-Authenticate": _header(
        "How to authenticate.", {"type": "string", "const": 'Bearer realm="Curatore API"'},
        required=True,
    ),
    "Deprecation": _header(
        "Since when the endpoint should not be used (RFC 9745): `@` and seconds since 1970.",
        {"type": "string", "pattern": r"^@\d+$"},
        required=True,
    ),
    "Sunset": _header(
        "When the endpoint may go (RFC 8594).", {"type": "string"}, required=True
    ),
    "Link": _header(
        "Where its successor is (`rel=\"successor-version\"`).", {"type": "string"}, required=True
    ),
}  # fmt: skip
EVERYWHERE = ("X-Request-Id", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")
OF_DEPRECATED = ("Deprecation", "Sunset", "Link")
OF_STATUS = {
    401: ("WWW-Authenticate",),
    409: ("Retry-After",),
    429: ("Retry-After",),
    503: ("Retry-After",),
}

IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
    OpenApiParameter.HEADER,
    description="Any text that is new for each new job, such as a UUID. A repetition with the same"
    " key and body within 24 hours gets the first answer again; nothing is done twice.",
)
IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="The `ETag` of the last answer: 304 says that nothing changed since.",
)
IDEMPOTENT_REPLAYED = OpenApiParameter(
    "Idempotent-Replayed",
    {"type": "string", "const": "true"},
    OpenApiParameter.HEADER,
    response=[201],
    description="The answer to an earlier request with this Idempotency-Key; absent otherwise.",
)
PREFER_WAIT = OpenApiParameter(
    "Prefer",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="`wait=2` answers within 2 seconds (RFC 7240), `wait=0` at once; 5 is the most.",
)
PREFERENCE_APPLIED = OpenApiParameter(
    "Preference-Applied",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    response=[200, 202],
    description="The `wait` that was heeded; absent when none was asked for.",
)
LOCATION = OpenApiParameter(
    "Location",
    OpenApiTypes.URI,
    OpenApiParameter.HEADER,
    response=[201],
    required=True,
    description="The address of what was made.",
)
ETAG = OpenApiParameter(
    "ETag",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    response=[200, 304],
    required=True,
    description="Names this state; send it back as `If-None-Match`.",
)
ATTACHMENT = OpenApiParameter(
    "Content-Disposition",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    response=[200],
    description="The file name under which to save a file.",
)


def retry_after(*statuses: int) -> OpenApiParameter:
    return OpenApiParameter(
        "Retry-After",
        _SECONDS,
        OpenApiParameter.HEADER,
        response=list(statuses),
        description="Seconds after which to look at the job again; absent once it ended.",
    )


def reference(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/headers/{name}"}
