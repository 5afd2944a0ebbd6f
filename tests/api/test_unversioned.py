"""The API without a version: the same endpoints, marked as deprecated."""

import pytest
from django.test import Client
from django.urls import get_resolver

from jobs.models import Job
from orgsettings.models import Role
from tests.factories import PASSWORD, make_api_client, make_document, make_job, make_user

pytestmark = pytest.mark.django_db


def assert_marked(answer, successor):
    assert answer.headers["Deprecation"] == "@1795996800"
    assert answer.headers["Sunset"] == "Tue, 30 Nov 2027 23:59:59 GMT"
    assert answer.headers["Link"] == f'<{successor}>; rel="successor-version"'


def test_every_endpoint_is_there_without_a_version_too():
    below = {
        str(resolver.pattern): [str(pattern.pattern) for pattern in resolver.url_patterns]
        for resolver in get_resolver().url_patterns
        if str(resolver.pattern) in {"api/", "api/v1/"}
    }

    assert below["api/"] == below["api/v1/"] != []


def test_an_answer_is_that_of_version_1_and_says_where_that_is():
    user = make_user()
    job = make_job(user)
    api = make_api_client(user)

    answer = api.get(f"/api/jobs/{job.pk}")

    assert answer.json() == api.get(f"/api/v1/jobs/{job.pk}").json()
    assert answer.headers["ETag"]
    assert_marked(answer, f"/api/v1/jobs/{job.pk}")


def test_version_1_is_not_deprecated():
    assert "Deprecation" not in make_api_client().get("/api/v1/jobs").headers


def test_links_and_locations_lead_to_version_1():
    user = make_user()
    body = {"document_ids": [str(make_document(user).pk)]}

    answer = make_api_client(user).post("/api/jobs", body, format="json")

    assert answer.headers["Location"].endswith(f"/api/v1/jobs/{Job.objects.get().pk}")


def test_a_deprecated_endpoint_names_jobs_as_its_successor_in_either_place():
    user = make_user()

    answer = make_api_client(user).post(f"/api/documents/{make_document(user).pk}/process")

    assert answer.status_code == 202
    assert_marked(answer, "/api/v1/jobs")


@pytest.mark.parametrize(
    ("path", "status"),
    [("jobs", 401), ("jobs/no-id", 401), ("nothing", 404), ("v2/jobs", 404), ("v1/nothing", 404)],
)
def test_nobody_gets_further_without_a_version(client, path, status):
    assert client.get(f"/api/{path}").status_code == status


def test_roles_are_the_same_without_a_version():
    job = make_job(make_user())
    colleague = make_user(job.organization)
    viewer = make_user(job.organization, role=Role.VIEWER)

    assert make_api_client(colleague).get(f"/api/jobs/{job.pk}").status_code == 403
    assert make_api_client(viewer).get(f"/api/jobs/{job.pk}").status_code == 200
    assert make_api_client(viewer).delete(f"/api/jobs/{job.pk}").status_code == 403
    assert make_api_client().get(f"/api/jobs/{job.pk}").status_code == 404


def test_a_session_needs_the_csrf_token_without_a_version_too():
    user = make_user()
    browser = Client(enforce_csrf_checks=True)
    browser.login(username=user.username, password=PASSWORD)

    answer = browser.post("/api/api-keys", {"name": "x"}, content_type="application/json")

    assert (answer.status_code, answer.json()["code"]) == (403, "csrf_failed")


def test_a_path_with_line_breaks_does_not_reach_the_headers():
    answer = make_api_client().get("/api/jobs/a%0d%0aSet-Cookie:%20b=c")

    assert answer.status_code == 404
    assert_marked(answer, "/api/v1/jobs/a%0D%0ASet-Cookie%3A%20b%3Dc")
