"""Idempotency-Key: repeating a request does not repeat what it does."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from jobs.models import Job, JobStatus
from jobs.upkeep import storage_check
from orgsettings.models import StoredAnswer
from tests.factories import (
    batch_file,
    make_api_client,
    make_document,
    make_job,
    make_org,
    make_user,
)

pytestmark = pytest.mark.django_db

URL = "/api/v1/jobs"


@pytest.fixture
def user():
    return make_user()


@pytest.fixture
def body(user):
    return {"document_ids": [str(make_document(user).pk)], "start_immediately": False}


def create(user, body, key="key-1"):
    headers = {} if key is None else {"Idempotency-Key": key}
    return make_api_client(user).post(URL, body, format="json", headers=headers)


def test_the_same_key_and_body_replay_the_first_answer(user, body):
    first, second = create(user, body), create(user, body)

    assert (first.status_code, second.status_code) == (201, 201)
    assert second.json() == first.json()
    assert second.headers["Location"] == first.headers["Location"]
    assert second.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    assert Job.objects.count() == 1


def test_a_refusal_with_a_key_leaves_no_stored_file_without_a_document():
    user = make_user(make_org(limit=1))
    make_job(user, status=JobStatus.RUNNING)
    batch_file(user.membership.organization, "a.txt")

    answers = [create(user, {"document_ids": ["a.txt"]}) for _ in range(2)]

    assert [answer.json()["code"] for answer in answers] == ["concurrency_limit_reached"] * 2
    later = timezone.now() + storage_check.GRACE + timedelta(minutes=1)
    assert storage_check.look(later).orphans == []


def test_the_order_of_members_does_not_matter(user, body):
    create(user, body)

    assert create(user, dict(reversed(body.items()))).status_code == 201
    assert Job.objects.count() == 1


def test_the_same_key_with_another_body_is_refused(user, body):
    create(user, body)

    answer = create(user, body | {"name": "Other"})

    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    assert Job.objects.count() == 1


def test_requests_without_a_key_or_with_different_keys_are_different(user, body):
    for key in (None, None, "a", "b"):
        assert create(user, body, key).status_code == 201

    assert Job.objects.count() == 4


def test_a_key_belongs_to_its_user(user, body):
    create(user, body)
    colleague = make_user(user.membership.organization)

    answer = create(colleague, body)

    assert answer.status_code == 201
    assert Job.objects.count() == 2


def test_a_refusal_is_not_remembered():
    user = make_user(make_org(limit=1))
    busy = make_job(user, status=JobStatus.RUNNING)
    body = {"document_ids": [str(make_document(user).pk)]}
    assert create(user, body).status_code == 409
    Job.objects.filter(pk=busy.pk).delete()

    answer = create(user, body)

    assert answer.status_code == 201
    assert "Idempotent-Replayed" not in answer.headers


def test_a_key_is_forgotten_after_a_day(user, body):
    create(user, body)
    now = timezone.now()
    assert StoredAnswer.objects.get().expires_at > now + timedelta(hours=23)
    StoredAnswer.objects.update(expires_at=now)

    assert create(user, body | {"name": "Other"}).status_code == 201
    assert Job.objects.count() == 2


@pytest.mark.parametrize("key", ["", "x" * 256, "schlüssel", "tab\tkey"])
def test_a_key_that_is_no_key_is_refused(user, body, key):
    answer = create(user, body, key)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/Idempotency-Key"
    assert not Job.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_requests_at_the_same_moment_one_makes_the_job_and_all_get_its_answer(user, body):
    answers = []
    ready = threading.Barrier(6)

    def ask():
        try:
            ready.wait()
            answers.append(create(user, body))
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [answer.status_code for answer in answers] == [201] * 6
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert Job.objects.count() == 1
