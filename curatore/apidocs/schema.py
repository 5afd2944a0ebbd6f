"""What drf-spectacular does not see by itself: tokens, refusals, headers, one path an endpoint."""

from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Any

from drf_spectacular.extensions import (
    OpenApiAuthenticationExtension,
    OpenApiSerializerFieldExtension,
)

from curatore.core.api import headers, refusals
from curatore.core.api.fields import MOST_CHOICES, SOME_WORDS
from orgsettings import options_schema

Endpoint = tuple[str, str, str, Callable[..., Any]]
Result = dict[str, Any]

# What stands in paths; the URLconf takes any text, so that a wrong id is answered with 404.
_UUID = {"type": "string", "format": "uuid"}
_PATH_PARAMETERS = {
    "document_id": ("The id of a document.", _UUID),
    "filename": ("The name of a file in the batch directory.", {"type": "string", "minLength": 1}),
    "job_id": ("The id of a job.", _UUID),
    "number": ("The number of a version.", {"type": "integer", "minimum": 1, "maximum": 10**9 - 1}),
    "page": ("The number of a page.", {"type": "integer", "minimum": 1, "maximum": 10**9 - 1}),
    "preset_id": ("The id of a preset of one's own organization.", _UUID),
    "row_id": ("The id of a document within its job, as its `documents` have it.", _UUID),
    "token_id": ("The id of an API token.", _UUID),
}


class TokenScheme(OpenApiAuthenticationExtension):
    """How the OpenAPI schema describes tokens; drf-spectacular finds it."""

    target_class = "orgsettings.api.authentication.TokenAuthentication"
    name = ["bearer", "apiKey"]

    def get_security_requirement(self, auto_schema: Any) -> list[dict[str, list[Any]]]:
        return [{name: []} for name in self.name]  # one of them, not both

    def get_security_definition(self, auto_schema: Any) -> list[dict[str, Any]]:
        return [
            {"type": "http", "scheme": "bearer", "description": "An API token: cur_…"},
            {"type": "apiKey", "in": "header", "name": "X-API-Key"},
        ]


class SessionScheme(OpenApiAuthenticationExtension):
    target_class = "orgsettings.api.authentication.SessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}


class SeveralChoices(OpenApiSerializerFieldExtension):
    """`status=QUEUED,RUNNING` is a list to clients."""

    target_class = "orgsettings.api.base.CommaSeparated"

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        items = {"type": "string", "enum": self.target.choices}
        return {"type": "array", "items": items, "maxItems": MOST_CHOICES}


class Text(OpenApiSerializerFieldExtension):
    """White space alone is no text."""

    target_class = "curatore.core.api.fields.Text"

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        text: dict[str, Any] = {"type": "string"}
        if not self.target.allow_blank:
            text["minLength"] = 1
        if self.target.max_length:
            text["maxLength"] = self.target.max_length
        return text | ({"pattern": SOME_WORDS} if self.target.needs_words else {})


class DistinctTexts(OpenApiSerializerFieldExtension):
    target_class = "curatore.core.api.fields.DistinctTexts"

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        listed = auto_schema._map_serializer_field(self.target, direction, bypass_extensions=True)
        return listed | {"uniqueItems": True}


def without_slash_twins(endpoints: list[Endpoint]) -> list[Endpoint]:
    """Leave out the paths that only tolerate a trailing slash."""
    return [endpoint for endpoint in endpoints if not endpoint[0].endswith("/")]


def complete(result: Result, generator: Any, request: Any, public: bool) -> Result:
    """Components that no serializer describes, parameters, headers and refusals."""
    components = result["components"]
    components["schemas"].update(refusals.SCHEMAS | options_schema.schemas())
    components["headers"] = dict(headers.COMPONENTS)
    for path, method, operation in _operations(result):
        _describe_parameters(operation)
        _describe_answers(operation)
        refusals.document(result, path, method)
    return result


def _operations(result: Result) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, operations in result["paths"].items():
        for method, operation in operations.items():
            yield path, method, operation


def _describe_parameters(operation: dict[str, Any]) -> None:
    for parameter in operation.get("parameters", []):
        if parameter["in"] == "path":
            description, schema = _PATH_PARAMETERS[parameter["name"]]
            parameter |= {"description": description, "schema": schema}
        elif parameter["in"] == "query":
            _describe_query(parameter)


def _describe_query(parameter: dict[str, Any]) -> None:
    if parameter["schema"].get("type") == "array":
        parameter |= {"style": "form", "explode": False}  # with commas
    if parameter["name"] == "format":
        parameter["description"] = "Instead of an Accept header, for links."
    elif not parameter.get("required"):
        parameter["allowEmptyValue"] = True  # as if it were missing


def _describe_answers(operation: dict[str, Any]) -> None:
    deprecated = operation.get("deprecated", False)
    names = (*headers.EVERYWHERE, *headers.OF_DEPRECATED * deprecated)
    for status, answer in operation["responses"].items():
        answer["description"] = answer.get("description") or f"{HTTPStatus(int(status)).phrase}."
        answer["headers"] = answer.get("headers", {}) | {
            name: headers.reference(name) for name in names
        }
