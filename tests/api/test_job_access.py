"""Who may do what with a job over the API."""

from uuid import uuid4

import pytest

from jobs.models import JobStatus
from orgsettings.models import Role
from tests.factories import make_api_client, make_job, make_org, make_user

pytestmark = pytest.mark.django_db

URL = "/api/v1/jobs"

READING = [("get", ""), ("get", "/documents"), ("get", "/logs"), ("get", "/download")]
CHANGING = [
    ("patch", ""), ("delete", ""), ("post", "/start"), ("post", "/cancel"), ("post", "/retry"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path"), READING + CHANGING)
def test_a_job_of_another_organization_does_not_exist(method, path):
    foreign = make_job(status=JobStatus.COMPLETED)
    api = make_api_client(make_user(role=Role.ADMIN))

    for wanted in (foreign.pk, uuid4(), "not-an-id"):
        answer = getattr(api, method)(f"{URL}/{wanted}{path}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize(("method", "path"), READING + CHANGING)
def test_a_colleagues_job_is_refused_to_members(method, path):
    org = make_org()
    job = make_job(make_user(org), status=JobStatus.COMPLETED)

    answer = getattr(make_api_client(make_user(org)), method)(f"{URL}/{job.pk}{path}")

    assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")


@pytest.mark.parametrize(("method", "path"), READING)
def test_viewers_may_read_every_job_of_the_organization(method, path):
    org = make_org()
    job = make_job(make_user(org), status=JobStatus.COMPLETED)
    viewer = make_user(org, role=Role.VIEWER)

    assert getattr(make_api_client(viewer), method)(f"{URL}/{job.pk}{path}").status_code == 200


@pytest.mark.parametrize(("method", "path"), READING)
def test_members_may_read_every_job_if_an_admin_says_so(method, path):
    org = make_org(members_see="all")
    job = make_job(make_user(org), status=JobStatus.COMPLETED)

    assert (
        getattr(make_api_client(make_user(org)), method)(f"{URL}/{job.pk}{path}").status_code == 200
    )


@pytest.mark.parametrize(("method", "path"), CHANGING)
def test_members_who_may_read_every_job_still_change_only_their_own(method, path):
    org = make_org(members_see="all")
    job = make_job(make_user(org), status=JobStatus.COMPLETED)

    assert (
        getattr(make_api_client(make_user(org)), method)(f"{URL}/{job.pk}{path}").status_code == 403
    )


@pytest.mark.parametrize(("method", "path"), CHANGING)
def test_viewers_may_change_no_job_not_even_their_own(method, path):
    viewer = make_user(role=Role.VIEWER)
    job = make_job(viewer, status=JobStatus.COMPLETED)

    assert getattr(make_api_client(viewer), method)(f"{URL}/{job.pk}{path}").status_code == 403
