"""The refusals that the OpenAPI schema documents: what any endpoint may answer, and what its view
declares with `may_refuse`. Codes, statuses and sentences come from curatore/core/problem_codes.py.
"""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from curatore.core.api import headers
from curatore.core.api.problems import MEDIA_TYPE
from curatore.core.errors import DomainError
from curatore.core.problem_codes import PROBLEMS, VALUES, Problem

_DECLARED = "x-refusals"  # gone from the finished schema
_SAFE = {"get", "head"}

_ERROR = {
    "type": "object",
    "description": "One value that cannot be used.",
    "required": ["pointer", "code", "detail"],
    "properties": {
        "pointer": {"type": "string", "description": "JSON pointer into the body (RFC 6901)."},
        "code": {"type": "string", "enum": sorted(VALUES)},
        "detail": {"type": "string", "description": "A sentence for people; it may change."},
    },
}
_PROBLEM = {
    "type": "object",
    "description": "Why a request was refused (RFC 9457).",
    "required": ["type", "title", "status", "detail", "code", "instance", "request_id"],
    "properties": {
        "type": {"type": "string", "description": "Where the code is explained."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "A sentence for people; it may change."},
        "code": {"type": "string", "description": "Stable, for programs."},
        "instance": {"type": "string", "description": "The path that was asked."},
        "request_id": {"type": "string", "description": "Also in the server's log."},
        "errors": {"type": "array", "items": {"$ref": "#/components/schemas/ProblemError"}},
        "retry_after": {"type": "integer", "description": "Seconds to wait, as in Retry-After."},
        "limit": {"type": "integer", "description": "How much is allowed."},
        "used": {"type": "integer", "description": "Bytes that are stored now."},
        "active": {"type": "integer", "description": "Jobs that are active now."},
        "count": {"type": "integer", "description": "Pages that the document has."},
        "reason": {"type": "string", "description": "Why a document cannot be shown: its code."},
        "rejected": {
            "type": "array",
            "items": {"$ref": "#/components/schemas/Rejected"},
            "description": "Each file of an upload that was refused, with its own code.",
        },
    },
    "additionalProperties": True,
}
SCHEMAS = {"Problem": _PROBLEM, "ProblemError": _ERROR}

# Members that single codes add to the example of their document.
_MEMBERS: dict[str, dict[str, Any]] = {
    "validation_error": {
        "errors": [
            {"pointer": "/document_ids", "code": "required", "detail": "This field is required."}
        ]
    },
    "concurrency_limit_reached": {"limit": 3, "active": 3, "retry_after": 15},
    "storage_limit_reached": {"limit": 5_368_709_120, "used": 5_360_412_018},
    "rate_limited": {"limit": 600, "retry_after": 42},
    "page_not_found": {"count": 12},
    "page_unreadable": {"reason": "encrypted_file"},
    "upload_refused": {
        "rejected": [
            {
                "filename": "setup.exe",
                "path": "",
                "code": "unsupported_format",
                "detail": "Not supported.",
            },
            {
                "filename": "notes.txt",
                "path": "2026/Q1",
                "code": "empty_file",
                "detail": "“notes.txt” is empty.",
            },
        ]
    },
}


def may_refuse(*reasons: type[DomainError] | str) -> dict[str, Any]:
    """For `extend_schema(extensions=...)`: what an operation refuses beside what all of them do.

    Args:
        reasons: refusals, or codes where one class has several.
    """
    return {_DECLARED: [why if isinstance(why, str) else why.code for why in reasons]}


def document(result: dict[str, Any], path: str, method: str) -> None:
    """Give the operation an answer for each status with which it may refuse."""
    operation = result["paths"][path][method]
    problems = [PROBLEMS[code] for code in _codes(operation, method)]
    shared = result["components"].setdefault("responses", {})
    deprecated = operation.get("deprecated", False)
    by_status = groupby(sorted(problems, key=_order), key=lambda problem: problem.status)
    for status, group in by_status:
        members = list(group)
        name = ".".join(
            [members[0].phrase.replace(" ", ""), *(each.code for each in members)]
            + ["deprecated"] * deprecated
        )
        shared.setdefault(name, _answer(status, members, deprecated=deprecated))
        operation["responses"][str(status)] = {"$ref": f"#/components/responses/{name}"}


def _codes(operation: dict[str, Any], method: str) -> set[str]:
    places = {parameter["in"] for parameter in operation.get("parameters", [])}
    codes = {
        "host_not_served",
        "internal_error",
        "malformed_request",
        "not_acceptable",
        "rate_limited",
    }
    codes |= set(operation.pop(_DECLARED, []))
    if operation.get("security"):
        codes |= {"not_authenticated", "invalid_token", "not_a_member"}
        if method not in _SAFE:
            codes.add("csrf_failed")  # of browser sessions
    if method not in _SAFE:  # whatever it does with a body
        codes |= {"length_required", "request_too_large", "too_many_uploads"}
    if "path" in places:
        codes.add("not_found")
    if "requestBody" in operation:
        codes |= {"unsupported_media_type", "validation_error"}
    if "query" in places:
        codes.add("validation_error")
    return codes


def _order(problem: Problem) -> tuple[int, int]:
    """By status, and within it as problem_codes.py has them."""
    return problem.status, list(PROBLEMS).index(problem.code)


def _answer(status: int, problems: list[Problem], *, deprecated: bool) -> dict[str, Any]:
    names: Iterable[str] = (*headers.EVERYWHERE, *headers.OF_STATUS.get(status, ()))
    if deprecated:
        names = (*names, *headers.OF_DEPRECATED)
    exact = {"status": {"const": status}, "code": {"enum": [each.code for each in problems]}}
    return {
        "description": "\n".join(f"- `{each.code}`: {each.title}." for each in problems),
        "headers": {name: headers.reference(name) for name in names},
        "content": {
            MEDIA_TYPE: {
                "schema": {
                    "allOf": [{"$ref": "#/components/schemas/Problem"}, {"properties": exact}]
                },
                "examples": {each.code: _example(each) for each in problems},
            }
        },
    }


def _example(problem: Problem) -> dict[str, Any]:
    value = {
        "type": problem.type,
        "title": problem.title,
        "status": problem.status,
        "detail": problem.advice,
        "code": problem.code,
        "instance": "/api/v1/jobs",
        "request_id": "0f8fad5bd9cb469fa165b9e2a4c8f7d1",
    }
    return {"summary": problem.title, "value": value | _MEMBERS.get(problem.code, {})}
