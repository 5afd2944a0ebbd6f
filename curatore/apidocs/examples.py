"""Examples in the OpenAPI schema: each body and each answer gets that of its component."""

from collections.abc import Iterator
from typing import Any

from documents.api.examples import EXAMPLES as OF_DOCUMENTS
from jobs.api.examples import EXAMPLES as OF_JOBS
from jobs.api.examples import TEXTS
from orgsettings.api.examples import EXAMPLES as OF_ORGANIZATIONS

_EXAMPLES = OF_DOCUMENTS | OF_JOBS | OF_ORGANIZATIONS


def add_examples(
    result: dict[str, Any], generator: Any, request: Any, public: bool
) -> dict[str, Any]:
    for operations in result["paths"].values():
        for operation in operations.values():
            for media_type, content in _contents(operation):
                example = _example(operation["operationId"], media_type, content["schema"])
                if example is not None:
                    content["example"] = example
    return result


def _contents(operation: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """What may be sent and what may be answered; refusals have examples of their own."""
    yield from operation.get("requestBody", {}).get("content", {}).items()
    for answer in operation["responses"].values():
        yield from answer.get("content", {}).items()


def _example(operation_id: str, media_type: str, schema: dict[str, Any]) -> Any:
    if schema.get("type") == "array":
        return [_example(operation_id, media_type, schema["items"])]
    schema = schema.get("oneOf", [schema])[0]  # or null
    if "$ref" in schema:
        return _EXAMPLES.get(schema["$ref"].rpartition("/")[2])
    return TEXTS.get((operation_id, media_type))
