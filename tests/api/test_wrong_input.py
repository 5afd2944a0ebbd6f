"""What cannot be meant is refused; what is asked of an address is answered."""

import pytest
from django.urls import get_resolver

from jobs.models import Job, JobStatus
from orgsettings.models import Role
from tests.factories import make_api_client, make_document, make_job, make_user

pytestmark = pytest.mark.django_db

# A body of the right shape but for one value of another JSON type, and where it stands.
WRONG_TYPES = [
    ("post", "/api/v1/api-keys", {"name": 0}, "/name"),
    ("post", "/api/v1/api-keys", {"name": "CI", "expires_days": "30"}, "/expires_days"),
    ("post", "/api/v1/api-keys", {"name": "CI", "expires_days": 30.5}, "/expires_days"),
    ("post", "/api/v1/api-keys", {"name": "CI", "expires_days": True}, "/expires_days"),
    ("patch", "/api/v1/jobs/{job}", {"name": 7}, "/name"),
    ("patch", "/api/v1/jobs/{job}", {"description": 0}, "/description"),
    ("post", "/api/v1/jobs", {"document_ids": [0]}, "/document_ids/0"),
    ("post", "/api/v1/jobs", {"document_ids": ["{document}"], "name": 7}, "/name"),
    (
        "post",
        "/api/v1/jobs",
        {"document_ids": ["{document}"], "start_immediately": "no"},
        "/start_immediately",
    ),
    ("post", "/api/v1/documents/batch/process", {"document_ids": [0]}, "/document_ids/0"),
    (
        "post",
        "/api/v1/documents/download/bulk",
        {"document_ids": ["{document}"], "include_summary": 1},
        "/include_summary",
    ),
    ("put", "/api/v1/documents/{document}/content", {"content": 12}, "/content"),
    ("post", "/api/v1/auth/login", {"email_or_username": 1, "password": "x"}, "/email_or_username"),
]


def filled(value, known):
    match value:
        case str():
            return value.format(**known) if "{" in value else value
        case dict():
            return {name: filled(inner, known) for name, inner in value.items()}
        case list():
            return [filled(inner, known) for inner in value]
    return value


@pytest.mark.parametrize(("method", "path", "body", "pointer"), WRONG_TYPES)
def test_a_value_of_another_json_type_is_refused_where_it_stands(method, path, body, pointer):
    user = make_user()
    job = make_job(user, status=JobStatus.COMPLETED)
    known = {"job": job.pk, "document": job.job_documents.get().document_id}

    ask = getattr(make_api_client(user), method)
    answer = ask(filled(path, known), filled(body, known), format="json")

    assert answer.status_code == 422
    errors = {error["pointer"]: error["code"] for error in answer.json()["errors"]}
    assert errors == {pointer: "invalid"}


def test_a_whole_number_may_come_with_a_decimal_point():
    client = make_api_client(make_user(role=Role.ADMIN))

    token = client.post("/api/v1/api-keys", {"name": "CI", "expires_days": 30.0}, format="json")
    settings = client.put(
        "/api/v1/organizations/me/settings",
        {"job_concurrency_limit": 4.0, "job_retention_days": 7.0},
        format="json",
    )

    assert token.status_code == 201
    assert settings.status_code == 200
    assert settings.content.startswith(b'{"job_concurrency_limit":4,"job_retention_days":7,')


@pytest.mark.parametrize("body", [[], 0, False, "", "scan"])
def test_options_that_are_no_object_start_no_job(body):
    user = make_user()
    document = make_document(user)

    answer = make_api_client(user).post(
        f"/api/v1/documents/{document.pk}/process", body, format="json"
    )

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] == "wrong_type"
    assert not Job.objects.exists()


def test_an_archive_may_be_asked_for_by_its_media_type():
    user = make_user()
    row = make_job(user, status=JobStatus.COMPLETED).job_documents.get()

    answer = make_api_client(user).post(
        "/api/v1/documents/download/bulk",
        {"document_ids": [str(row.document_id)]},
        format="json",
        headers={"Accept": "application/zip"},
    )

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/zip"


ROUTES = [str(route.pattern) for route in get_resolver("curatore.api_urls").url_patterns]
ROUTES = [route for route in ROUTES if not route.endswith("/") and route != "schema"]


@pytest.mark.parametrize("route", ROUTES)
def test_every_address_tells_its_methods(route):
    path = "/api/v1/" + route.replace("<str:", "").replace(">", "")

    answer = make_api_client().options(path)

    assert answer.status_code == 204
    assert "OPTIONS" in answer.headers["Allow"]
    assert answer.content == b""
