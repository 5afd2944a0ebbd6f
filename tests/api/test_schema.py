"""The OpenAPI schema is complete, and true."""

import jsonschema
import jsonschema_rs
import pytest
from django.urls import get_resolver

from curatore.core.api.refusals import MEDIA_TYPE
from curatore.core.problem_codes import PROBLEMS
from jobs import results
from jobs.models import JobStatus
from jobs.review import edits
from orgsettings import options
from orgsettings.models import Role
from tests.factories import (
    batch_file,
    make_api_client,
    make_document,
    make_job,
    make_log,
    make_org,
    make_user,
)
from tests.page_files import photo

DOCUMENT = "/api/v1/documents/{document_id}"
JOB = "/api/v1/jobs/{job_id}"

# Archives, documents and pictures speak for themselves; what is uploaded is a file.
WITHOUT_EXAMPLE = {"application/zip", "multipart/form-data"}

READS = [
    "/api/v1/api-keys",
    "/api/v1/auth/me",
    "/api/v1/config/defaults",
    "/api/v1/config/document-schema",
    "/api/v1/config/supported-formats",
    "/api/v1/documents",
    DOCUMENT,
    f"{DOCUMENT}/content",
    f"{DOCUMENT}/download",
    f"{DOCUMENT}/export",
    f"{DOCUMENT}/original",
    f"{DOCUMENT}/pages",
    f"{DOCUMENT}/pages/{{page}}.png",
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
    f"{JOB}/documents/{{row_id}}/export",
    f"{JOB}/documents/{{row_id}}/versions",
    f"{JOB}/download",
    f"{JOB}/logs",
    "/api/v1/organizations/me",
    "/api/v1/organizations/me/presets",
    "/api/v1/organizations/me/settings",
]


def operations(schema):
    return [operation for path in schema["paths"].values() for operation in path.values()]


def strict(schema):
    """The same, and without members that it does not know."""
    return {"allOf": [schema], "unevaluatedProperties": False} if "$ref" in schema else schema


def problems_of(value, part, schema):
    whole = part | {"components": schema["components"]}
    validator = jsonschema_rs.Draft202012Validator(whole, validate_formats=True)
    return [f"{error.instance_path}: {error.message}" for error in validator.iter_errors(value)]


def declared(schema, path, method, status, media_type="application/json"):
    """The JSON schema of an answer, with everything that it refers to."""
    answer = schema["paths"][path][method]["responses"][str(status)]
    return answer["content"][media_type]["schema"] | {"components": schema["components"]}


def test_the_schema_has_every_endpoint_that_reads(schema):
    reads = {path for path, operations in schema["paths"].items() if "get" in operations}

    assert reads - {"/api/v1/schema"} == set(READS)


def test_the_schema_has_each_endpoint_once(schema):
    routes = get_resolver("curatore.api_urls").url_patterns
    with_slash = [route for route in routes if str(route.pattern).endswith("/")]

    assert len(schema["paths"]) == len(routes) - len(with_slash) - 1  # without itself
    assert not [path for path in schema["paths"] if path.endswith("/")]


def test_every_component_is_a_json_schema(schema):
    for component in schema["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(component)


def test_every_operation_is_described(schema):
    for operation in operations(schema):
        assert operation["summary"]
        assert operation["tags"] != ["api"]


def test_every_refusal_is_documented_with_its_codes_and_an_example_of_each(schema):
    for operation in operations(schema):
        assert {"400", "406", "429", "500"} <= set(operation["responses"])
        assert "default" not in operation["responses"]  # it would promise anything
    for name, answer in schema["components"]["responses"].items():
        content = answer["content"][MEDIA_TYPE]
        codes = content["schema"]["allOf"][1]["properties"]["code"]["enum"]
        assert list(content["examples"]) == codes, name
        for example in content["examples"].values():
            assert problems_of(example["value"], content["schema"], schema) == []


def test_every_code_of_a_problem_is_documented_at_an_operation(schema):
    documented = {
        code
        for answer in schema["components"]["responses"].values()
        for code in answer["content"][MEDIA_TYPE]["examples"]
    }

    # No operation answers these: there is no such method, or only pages and commands say so.
    elsewhere = {
        "method_not_allowed", "account_refused", "job_already_started", "process_page_busy",
        "invitation_refused", "member_not_changeable",
    }  # fmt: skip
    assert set(PROBLEMS) - documented == elsewhere


@pytest.mark.parametrize("part", ["requestBody", "200", "201", "202"])
def test_every_json_body_has_an_example_that_is_true(schema, part):
    seen = 0
    for operation in operations(schema):
        body = operation.get(part) or operation["responses"].get(part) or {}
        for media_type, content in body.get("content", {}).items():
            if media_type in WITHOUT_EXAMPLE or content["schema"].get("format") == "binary":
                continue
            seen += 1
            where = f"{operation['operationId']} {media_type}"
            assert "example" in content, where
            assert problems_of(content["example"], strict(content["schema"]), schema) == [], where
    assert seen


def test_links_lead_to_operations_that_need_the_ids(schema):
    known = {operation["operationId"]: operation for operation in operations(schema)}
    links = {
        name: answer["links"]
        for name, operation in known.items()
        for answer in operation["responses"].values()
        if "links" in answer
    }

    assert {"jobs_cancel", "jobs_retry", "jobs_start", "jobs_download"} <= set(links["jobs_create"])
    assert {"jobs_create", "documents_retrieve"} <= set(links["documents_upload"])
    assert set(links["api_keys_create"]) == {"api_keys_rename", "api_keys_revoke"}


def test_lists_in_queries_are_sent_with_commas(schema):
    parameters = {
        parameter["name"]: parameter
        for parameter in schema["paths"]["/api/v1/jobs"]["get"]["parameters"]
    }

    assert parameters["status"]["schema"]["items"]["enum"] == JobStatus.values
    assert parameters["status"]["explode"] is False
    assert parameters["ordering"]["schema"]["default"] == ["-created_at"]


def test_options_are_described_by_the_fields_that_check_them(schema):
    components = schema["components"]["schemas"]
    whole = {**components["ProcessingOptions"], "components": schema["components"]}
    given = {**components["ProcessingOptionsRequest"], "components": schema["components"]}

    jsonschema.validate(options.defaults(), whole)
    jsonschema.validate({"quality_thresholds": {"conversion": 70.5}, "auto_improve": True}, given)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"ocr_settings": {"psm": 99}}, given)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"color": "red"}, given)


def test_every_operation_but_signing_in_needs_a_token_or_a_session(schema):
    for path, operations in schema["paths"].items():
        for operation in operations.values():
            names = {name for way in operation.get("security", []) for name in way}
            is_open = path.endswith(("/login", "/document-schema"))
            expected = set() if is_open else {"bearer", "apiKey", "session"}
            assert names == expected, path
            assert all(
                len(way) == 1 for way in operation.get("security", [])
            )  # any of them will do


@pytest.mark.django_db
@pytest.mark.parametrize("path", READS)
def test_an_answer_is_what_the_schema_says(schema, path):
    org = make_org()
    admin = make_user(org, role=Role.ADMIN)
    job = make_job(admin, status=JobStatus.COMPLETED, rows=["COMPLETED", "FAILED"])
    make_job(admin, status=JobStatus.RUNNING, description="not empty")
    row = job.job_documents.order_by("position").first()
    make_log(job, job_document=row, metadata={"page": 1})
    edits.save(row, f"{results.read(row)}\n\nBetter.\n", admin)
    batch_file(org, "report.txt")
    document = row.document
    if "{page}" in path:
        document = make_document(admin, filename="photo.png", content=photo("PNG"))
    url = path.format(document_id=document.pk, page=1, job_id=job.pk, row_id=row.pk)

    answer = make_api_client(admin).get(url)

    assert answer.status_code == 200
    if answer.headers["Content-Type"] == "application/json":
        jsonschema.validate(answer.json(), declared(schema, path, "get", 200))
    else:
        media_type = answer.headers["Content-Type"].split(";")[0]
        assert declared(schema, path, "get", 200, media_type)


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


def test_text_that_is_only_white_space_is_no_text_in_the_schema_either(schema):
    name = schema["components"]["schemas"]["TokenCreateRequest"]["properties"]["name"]

    assert problems_of("CI", name, schema) == []
    assert all(problems_of(space, name, schema) for space in ["", " ", "\t\x1f", "\x85\u3000"])
