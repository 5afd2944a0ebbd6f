"""The OpenAPI schema is complete, and true."""

import json
from pathlib import Path

import jsonschema
import pytest
from django.core.management import call_command
from django.urls import get_resolver

from jobs import edits
from jobs.models import JobStatus
from orgsettings.models import Role
from tests.factories import batch_file, make_api_client, make_job, make_log, make_org, make_user

DOCUMENT = "/api/v1/documents/{document_id}"
JOB = "/api/v1/jobs/{job_id}"

READS = [
    "/api/v1/api-keys",
    "/api/v1/auth/me",
    "/api/v1/config/defaults",
    "/api/v1/config/supported-formats",
    "/api/v1/documents",
    DOCUMENT,
    f"{DOCUMENT}/content",
    f"{DOCUMENT}/download",
    f"{DOCUMENT}/result",
    "/api/v1/documents/batch",
    "/api/v1/documents/download/rag-ready",
    "/api/v1/documents/uploaded",
    "/api/v1/jobs",
    "/api/v1/jobs/stats/organization",
    "/api/v1/jobs/stats/user",
    JOB,
    f"{JOB}/chunks",
    f"{JOB}/documents",
    f"{JOB}/documents/{{row_id}}/content",
    f"{JOB}/documents/{{row_id}}/versions",
    f"{JOB}/download",
    f"{JOB}/logs",
    "/api/v1/organizations/me",
    "/api/v1/organizations/me/settings",
]


@pytest.fixture(scope="module")
def schema(tmp_path_factory):
    """The schema as a program gets it; made without a warning."""
    path = tmp_path_factory.mktemp("schema") / "openapi.json"
    call_command(
        "spectacular", file=str(path), format="openapi-json", validate=True, fail_on_warn=True
    )
    return json.loads(Path(path).read_text())


def declared(schema, path, method, status, media_type="application/json"):
    """The JSON schema of an answer, with everything that it refers to."""
    answer = schema["paths"][path][method]["responses"][str(status)]
    return answer["content"][media_type]["schema"] | {"components": schema["components"]}


def test_the_schema_has_every_endpoint_that_reads(schema):
    reads = {path for path, operations in schema["paths"].items() if "get" in operations}

    assert reads - {"/api/v1/schema"} == set(READS)


def test_the_schema_has_each_endpoint_once(schema):
    routes = get_resolver("curatore.api.urls").url_patterns
    with_slash = [route for route in routes if str(route.pattern).endswith("/")]

    assert len(schema["paths"]) == len(routes) - len(with_slash) - 1  # without itself
    assert not [path for path in schema["paths"] if path.endswith("/")]


def test_every_operation_is_described_and_may_answer_with_a_problem(schema):
    for operations in schema["paths"].values():
        for operation in operations.values():
            assert operation["summary"]
            assert operation["tags"] != ["api"]
            problem = operation["responses"]["default"]["content"]
            assert list(problem) == ["application/problem+json"]


def test_every_operation_but_signing_in_needs_a_token_or_a_session(schema):
    for path, operations in schema["paths"].items():
        for operation in operations.values():
            names = {name for way in operation.get("security", []) for name in way}
            expected = set() if path.endswith("/login") else {"bearer", "apiKey", "session"}
            assert names == expected, path


@pytest.mark.django_db
@pytest.mark.parametrize("path", READS)
def test_an_answer_is_what_the_schema_says(schema, path):
    org = make_org()
    admin = make_user(org, role=Role.ADMIN)
    job = make_job(admin, status=JobStatus.COMPLETED, rows=["COMPLETED", "FAILED"])
    make_job(admin, status=JobStatus.RUNNING, description="not empty")
    row = job.job_documents.order_by("position").first()
    make_log(job, job_document=row, metadata={"page": 1})
    edits.save(row, "# Better\n", admin)
    batch_file(org, "report.txt")
    url = path.format(document_id=row.document_id, job_id=job.pk, row_id=row.pk)

    answer = make_api_client(admin).get(url)

    assert answer.status_code == 200
    if answer.headers["Content-Type"] == "application/json":
        jsonschema.validate(answer.json(), declared(schema, path, "get", 200))
    else:
        media_type = answer.headers["Content-Type"].split(";")[0]
        assert declared(schema, path, "get", 200, media_type)


@pytest.mark.django_db
def test_a_problem_is_what_the_schema_says(schema):
    answer = make_api_client().post("/api/v1/jobs", {"document_ids": ["x"]}, format="json")

    problem = schema["components"]["schemas"]["Problem"]
    jsonschema.validate(answer.json(), problem)
    assert answer.json()["errors"]


@pytest.mark.django_db
def test_a_new_job_is_what_the_schema_says(schema):
    user = make_user()
    ids = [str(make_job(user).job_documents.get().document_id)]

    answer = make_api_client(user).post("/api/v1/jobs", {"document_ids": ids}, format="json")

    jsonschema.validate(answer.json(), declared(schema, "/api/v1/jobs", "post", 201))


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/api/v1/schema", "/docs"])
def test_schema_and_interactive_documentation_are_open_to_everybody(client, address):
    assert client.get(address).status_code == 200


@pytest.mark.django_db
def test_the_interactive_documentation_obeys_the_content_security_policy(client):
    page = client.get("/docs").content.decode()

    assert "<style" not in page
    assert "<script>" not in page
    assert "https://" not in page
    assert client.get("/docs?script=").headers["Content-Type"].startswith("application/javascript")
