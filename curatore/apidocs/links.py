"""OpenAPI links: which answers hold the ids that other operations ask for."""

from collections.abc import Iterator
from typing import Any

# Where an answer has the values of path parameters: by operation and status.
_IDS = {
    ("jobs_create", "201"): {"job_id": "$response.body#/id"},
    ("jobs_retrieve", "200"): {
        "job_id": "$response.body#/id",
        "row_id": "$response.body#/documents/0/id",
    },
    ("jobs_documents_versions", "200"): {
        "job_id": "$request.path.job_id",
        "row_id": "$request.path.row_id",
        "number": "1",  # every edited result has it
    },
    ("documents_process", "202"): {"job_id": "$response.body#/job_id"},
    ("documents_batch_file_process", "202"): {"job_id": "$response.body#/job_id"},
    ("documents_upload", "200"): {"document_id": "$response.body#/document_id"},
    ("documents_create", "201"): {"document_id": "$response.body#/documents/0/id"},
    ("documents_pages", "200"): {"document_id": "$request.path.document_id", "page": "1"},
    ("api_keys_create", "201"): {"token_id": "$response.body#/id"},
}
# Operations whose body asks for ids of documents.
_WITH_DOCUMENTS = ("jobs_create", "documents_download_bulk", "documents_batch_process")


def add_links(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Link each answer with ids to every operation that can follow with them."""
    operations = {
        operation["operationId"]: operation
        for path in result["paths"].values()
        for operation in path.values()
    }
    for (source, status), ids in _IDS.items():
        links = operations[source]["responses"][status].setdefault("links", {})
        links.update(_links(operations, ids))
    return result


def _links(operations: dict[str, Any], ids: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, operation in operations.items():
        needed = {
            parameter["name"]
            for parameter in operation.get("parameters", [])
            if parameter["in"] == "path"
        }
        if needed and needed <= set(ids):
            parameters = {parameter: ids[parameter] for parameter in sorted(needed)}
            yield name, {"operationId": name, "parameters": parameters}
    if document := ids.get("document_id"):
        for name in _WITH_DOCUMENTS:
            yield name, {"operationId": name, "requestBody": {"document_ids": [document]}}
