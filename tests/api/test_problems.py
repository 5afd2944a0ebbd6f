"""Refusals and failures are problem documents (RFC 9457)."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from curatore.core.api.problems import MEDIA_TYPE
from tests.factories import make_api_client

pytestmark = pytest.mark.django_db

URL = "/api/v1/jobs"


def assert_problem(answer, status, code):
    problem = json.loads(answer.content)
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == MEDIA_TYPE
    assert problem["status"] == status
    assert problem["code"] == code
    assert problem["detail"].endswith(".")
    assert problem["request_id"] == answer.headers["X-Request-Id"]
    assert {"type", "title", "instance"} <= set(problem)
    return problem


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/v1", "/api/v2/jobs", "/api/v1/nothing"])
def test_an_unknown_address_below_api_is_a_problem_for_everybody(path):
    assert_problem(Client(enforce_csrf_checks=True).post(path), 404, "not_found")


def test_malformed_json_is_400():
    answer = make_api_client().post(URL, "{", content_type="application/json")

    assert_problem(answer, 400, "malformed_request")


def test_json_that_is_nested_without_end_is_400():
    answer = make_api_client().post(URL, "[" * 100_000, content_type="application/json")

    assert_problem(answer, 400, "malformed_request")


def test_json_beyond_the_limit_is_413(settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000

    answer = make_api_client().post(URL, {"name": "x" * 1000}, format="json")

    assert_problem(answer, 413, "request_too_large")


def test_another_media_type_is_415():
    answer = make_api_client().post(URL, "document_ids=1", content_type="text/csv")

    assert_problem(answer, 415, "unsupported_media_type")


def test_another_method_is_405():
    answer = make_api_client().put(URL, {}, format="json")

    assert_problem(answer, 405, "method_not_allowed")
    assert "PUT" in answer.json()["detail"]


def test_an_answer_in_another_media_type_is_406():
    assert_problem(
        make_api_client().get(URL, headers={"Accept": "text/csv"}), 406, "not_acceptable"
    )


def test_each_wrong_value_is_named_by_its_pointer():
    body = {"document_ids": ["a", {}], "description": "x" * 1001, "start_immediately": "perhaps"}

    problem = assert_problem(
        make_api_client().post(URL, body, format="json"), 422, "validation_error"
    )

    assert {error["pointer"] for error in problem["errors"]} == {
        "/document_ids/1",
        "/description",
        "/start_immediately",
    }
    assert all(error["code"] and error["detail"] for error in problem["errors"])


def test_a_body_that_is_no_object_is_422():
    problem = assert_problem(
        make_api_client().post(URL, [], format="json"), 422, "validation_error"
    )

    assert [error["pointer"] for error in problem["errors"]] == [""]


def test_text_that_no_database_stores_is_422():
    body = {"document_ids": ["a"], "name": "null\0byte", "description": "half a pair \ud800"}

    answer = make_api_client().post(URL, json.dumps(body), content_type="application/json")

    problem = assert_problem(answer, 422, "validation_error")
    assert {error["pointer"] for error in problem["errors"]} == {"/name", "/description"}


@pytest.mark.parametrize(
    "query",
    ["page=0", "page=x", "page=99999999999999999999", "page_size=101", "status=DONE",
     "ordering=password", "created_after=yesterday", "owner=you", "search=%00"],
)  # fmt: skip
def test_a_query_parameter_that_makes_no_sense_is_422(query):
    problem = assert_problem(make_api_client().get(f"{URL}?{query}"), 422, "validation_error")

    assert problem["errors"][0]["pointer"] == f"/{query.split('=')[0]}"


def test_a_bug_is_told_to_the_log_and_only_its_id_to_the_client(monkeypatch, caplog):
    def fail(*args, **kwargs):
        raise ZeroDivisionError("a secret of the server")

    monkeypatch.setattr("jobs.models.JobQuerySet.for_user", fail)

    answer = make_api_client().get(URL)

    assert_problem(answer, 500, "internal_error")
    assert b"secret" not in answer.content
    assert "a secret of the server" in caplog.text


def test_the_request_id_of_a_proxy_is_kept():
    answer = make_api_client().get(f"{URL}/nothing", headers={"X-Request-Id": "proxy-0000001"})

    assert answer.json()["request_id"] == "proxy-0000001"


def test_a_trailing_slash_is_tolerated():
    api = make_api_client()

    assert api.get(f"{URL}/").status_code == 200
    assert api.get("/api/v1/config/supported-formats/").status_code == 200


def test_a_request_that_announces_too_much_is_413_before_it_is_read(settings):
    settings.MAX_REQUEST_SIZE = 2000
    upload = SimpleUploadedFile("a.txt", b"x" * 3000)

    answer = make_api_client().post("/api/v1/documents/upload", {"file": upload})

    assert_problem(answer, 413, "request_too_large")


def test_a_refused_method_says_which_are_known():
    answer = make_api_client().put(URL, {}, format="json")

    assert {"GET", "POST"} <= set(answer.headers["Allow"].replace(",", " ").split())


def test_a_multipart_body_without_boundary_is_400_in_a_sentence():
    answer = make_api_client().post(
        "/api/v1/documents", b"nonsense", content_type="multipart/form-data"
    )

    assert_problem(answer, 400, "malformed_request")


@pytest.mark.parametrize("path", ["jobs", "jobs/x/logs", "documents/x/download", "jobs/x/chunks"])
def test_an_unknown_format_is_406_and_not_a_missing_address(path):
    assert_problem(make_api_client().get(f"/api/v1/{path}?format=xml"), 406, "not_acceptable")


def test_a_host_that_is_not_served_is_a_problem_below_api_and_a_page_elsewhere(client):
    assert_problem(client.get(URL, headers={"Host": "evil.example"}), 400, "host_not_served")

    page = client.get("/jobs", headers={"Host": "evil.example"})
    assert (page.status_code, page.headers["Content-Type"][:9]) == (400, "text/html")


def fails(get_response):
    """A middleware that breaks down."""

    def middleware(request):
        raise ZeroDivisionError("a secret of the server")

    return middleware


def test_a_failure_outside_of_every_view_is_a_problem_below_api_and_a_page_elsewhere(settings):
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, f"{__name__}.fails"]
    client = Client(raise_request_exception=False)

    answer, page = client.get(URL), client.get("/jobs")

    assert_problem(answer, 500, "internal_error")
    assert b"secret" not in answer.content
    assert (page.status_code, page.headers["Content-Type"][:9]) == (500, "text/html")


def test_the_type_of_a_problem_leads_to_its_explanation(client):
    problem = make_api_client().get(f"{URL}/nothing").json()

    page, anchor = problem["type"].split("#")
    assert (anchor, problem["title"]) == ("not_found", "It does not exist")
    assert f'id="{anchor}"' in client.get(page).content.decode()
