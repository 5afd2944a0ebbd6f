"""Waiting for a place over the API."""

import pytest

from jobs import line, starts
from jobs.models import Job, JobStatus
from orgsettings.models import Role
from tests.factories import (
    make_api_client,
    make_document,
    make_job,
    make_org,
    make_user,
    make_waiting,
)

pytestmark = pytest.mark.django_db

URL = "/api/v1/jobs"


@pytest.fixture
def user():
    """Somebody whose organization has one place, which is taken."""
    user = make_user(make_org(limit=1))
    make_job(user, status=JobStatus.RUNNING)
    return user


@pytest.fixture
def api(user):
    return make_api_client(user)


def post(api, path, body=None, **headers):
    return api.post(f"{URL}{path}", body or {}, format="json", headers=headers)


def refused(answer):
    return answer.status_code, answer.json()["code"]


def test_a_new_job_waits_in_line_when_it_may(user, api):
    make_waiting(user)
    body = {"document_ids": [str(make_document(user).pk)], "when_full": "queue"}

    answer = post(api, "", body)

    told = answer.json()
    assert (answer.status_code, told["status"]) == (201, "PENDING")
    assert told["waiting_position"] == 2
    assert told["waiting_since"] is not None


@pytest.mark.parametrize("given", [{}, {"when_full": "refuse"}])
def test_nothing_is_made_when_a_new_job_may_not_wait(user, api, given):
    body = {"document_ids": [str(make_document(user).pk)]} | given

    assert refused(post(api, "", body)) == (409, "concurrency_limit_reached")
    assert Job.objects.count() == 1


def test_one_job_waits_however_often_the_request_is_sent(user, api):
    body = {"document_ids": [str(make_document(user).pk)], "when_full": "queue"}

    answers = [post(api, "", body, **{"Idempotency-Key": "once"}).json() for _ in range(3)]

    assert len({answer["id"] for answer in answers}) == 1
    assert Job.objects.in_line().count() == 1


def test_a_draft_joins_the_line_and_leaves_it_again(user, api):
    job = make_job(user)

    joined = post(api, f"/{job.pk}/start", {"when_full": "queue"})
    assert (joined.status_code, joined.json()["waiting_position"]) == (200, 1)
    withdrawn = post(api, f"/{job.pk}/withdraw")

    told = withdrawn.json()
    assert (withdrawn.status_code, told["status"]) == (200, "PENDING")
    assert (told["waiting_position"], told["waiting_since"]) == (None, None)


def test_a_draft_that_may_wait_starts_when_there_is_a_place():
    user = make_user()

    told = post(make_api_client(user), f"/{make_job(user).pk}/start", {"when_full": "queue"}).json()

    assert (told["status"], told["waiting_position"]) == ("QUEUED", None)


@pytest.mark.parametrize("media_type", ["application/json", "application/x-www-form-urlencoded"])
def test_a_start_needs_no_body(media_type):
    user = make_user()
    job = make_job(user)

    answer = make_api_client(user).post(f"{URL}/{job.pk}/start", b"", content_type=media_type)

    assert (answer.status_code, answer.json()["status"]) == (200, "QUEUED")


def test_a_retry_waits_beside_the_results_that_are_there(user, api):
    job = make_job(user, status=JobStatus.COMPLETED, rows=["COMPLETED", "FAILED"])

    told = post(api, f"/{job.pk}/retry", {"when_full": "queue"}).json()

    assert (told["status"], told["outcome"], told["failed_documents"]) == (
        "COMPLETED",
        "partial",
        1,
    )
    assert told["waiting_position"] == 1


@pytest.mark.parametrize("action", ["start", "retry"])
@pytest.mark.parametrize("value", ["later", "", None, 1, ["queue"]])
def test_only_what_is_known_can_be_done_when_all_places_are_taken(user, api, action, value):
    answer = post(api, f"/{make_job(user).pk}/{action}", {"when_full": value})

    assert refused(answer) == (422, "validation_error")
    assert answer.json()["errors"][0]["pointer"] == "/when_full"


@pytest.mark.parametrize("status", [JobStatus.PENDING, JobStatus.QUEUED, JobStatus.FAILED])
def test_only_a_job_that_waits_can_be_withdrawn(status):
    user = make_user()

    answer = post(make_api_client(user), f"/{make_job(user, status=status).pk}/withdraw")

    assert refused(answer) == (409, "job_not_waiting")


def test_a_job_that_waits_is_cancelled_as_any_draft(user, api):
    job = make_waiting(user)

    receipt = post(api, f"/{job.pk}/cancel")

    assert (receipt.status_code, receipt.json()["status"]) == (200, "CANCELLED")
    assert line.place(Job.objects.get(pk=job.pk)) is None


def test_whoever_polls_a_job_is_told_to_go_on_and_of_every_step_forward(user, api):
    first, job = make_waiting(user), make_waiting(user)
    seen = api.get(f"{URL}/{job.pk}")
    assert seen.json()["waiting_position"] == 2
    assert seen.headers["Retry-After"] == "2"

    same = api.get(f"{URL}/{job.pk}", headers={"If-None-Match": seen.headers["ETag"]})
    assert same.status_code == 304
    starts.withdraw(first, by=user)
    moved = api.get(f"{URL}/{job.pk}", headers={"If-None-Match": seen.headers["ETag"]})

    assert moved.json()["waiting_position"] == 1


def test_a_draft_that_does_not_wait_is_not_worth_polling(user, api):
    assert "Retry-After" not in api.get(f"{URL}/{make_job(user).pk}").headers


def test_the_list_tells_the_places(user, api):
    jobs = [make_waiting(user) for _ in range(3)]

    told = api.get(f"{URL}?status=PENDING").json()["jobs"]

    assert {job["id"]: job["waiting_position"] for job in told} == {
        str(job.pk): number for number, job in enumerate(jobs, start=1)
    }


@pytest.mark.parametrize("length", [1, 20])
def test_a_list_with_jobs_that_wait_asks_one_question_more(
    user, api, length, django_assert_num_queries
):
    for _ in range(length):
        make_waiting(user)

    # token with user, membership and organization; total; jobs; places
    with django_assert_num_queries(4):
        told = api.get(f"{URL}?status=PENDING").json()

    assert [job["waiting_position"] for job in told["jobs"]] == list(range(length, 0, -1))


def test_jobs_that_wait_start_when_the_limit_is_raised(user):
    jobs = [make_waiting(user) for _ in range(3)]
    admin = make_api_client(make_user(user.membership.organization, role=Role.ADMIN))

    admin.put("/api/v1/organizations/me/settings", {"job_concurrency_limit": 3}, format="json")

    statuses = [Job.objects.get(pk=job.pk).status for job in jobs]
    assert statuses == ["QUEUED", "QUEUED", "PENDING"]
