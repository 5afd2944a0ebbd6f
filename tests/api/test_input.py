"""What clients send: understood or refused in a sentence, never ignored, never a failure."""

import secrets

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orgsettings.models import ApiToken, Role, User
from tests.api.through_http import Caller
from tests.factories import make_org, make_user

pytestmark = pytest.mark.django_db

SETTINGS = "organizations/me/settings"


def test_saving_a_text_is_never_refused_and_never_without_a_new_score(work):  # D12
    caller = Caller()
    document = caller.upload()
    job = caller.create(document)
    work()
    garbage = "zxcvbn w~1|x^7{q ~|^}{%# a1b2c3d4e5f6g7\n"

    answer = caller.put(f"documents/{document}/content", {"content": garbage})

    assert answer.status_code == 200
    assert answer.json()["conversion_score"] < 70
    row = caller.document(job)
    assert (row["conversion_score"], row["is_rag_ready"]) == (
        answer.json()["conversion_score"], False,
    )  # fmt: skip
    assert caller.get(f"documents/{document}/content").json() == {"content": garbage}
    assert row["filename"] == "a.md"


@pytest.mark.parametrize(
    "values",
    [
        {"job_concurrency_limit": "5"},
        {"job_concurrency_limit": 0},
        {"job_concurrency_limit": 11},
        {"job_concurrency_limit": 2.5},
        {"job_retention_days": "30"},
        {"job_retention_days": -1},
        {"job_retention_days": 14},
        {"default_processing_options": "fast"},
    ],
)
def test_settings_that_make_no_sense_are_never_stored(values):  # D21
    caller = Caller(make_user(role=Role.ADMIN))

    answer = caller.put(SETTINGS, {"settings": values})

    assert answer.status_code == 422
    told = caller.get(SETTINGS).json()
    assert (told["job_concurrency_limit"], told["job_retention_days"]) == (3, 30)
    assert caller.post("jobs", {"document_ids": [caller.upload()]}).status_code == 201


@pytest.mark.parametrize("limit", [1, 10])
def test_the_bounds_of_the_limit_are_not_ignored(limit):  # D21
    caller = Caller(make_user(make_org(), role=Role.ADMIN))

    assert caller.put(SETTINGS, {"job_concurrency_limit": limit}).status_code == 200


def test_tokens_that_begin_alike_are_not_a_failure(monkeypatch):  # D34
    caller = Caller()
    ends = iter("ab")
    monkeypatch.setattr(secrets, "token_hex", lambda size: "0" * (2 * size - 1) + next(ends))

    made = [caller.post("api-keys", {"name": "Script"}) for _ in range(2)]

    assert [answer.status_code for answer in made] == [201, 201]
    assert len({answer.json()["prefix"] for answer in made}) == 1
    assert [
        caller.client.get("/api/v1/jobs", headers={"X-API-Key": answer.json()["key"]}).status_code
        for answer in made
    ] == [200, 200]


def test_a_request_never_writes_when_somebody_signed_in_last():  # D34
    caller = Caller()

    with CaptureQueriesContext(connection) as asked:
        caller.get("jobs")

    assert {query["sql"].split()[0] for query in asked} == {"SELECT"}
    assert User.objects.get(pk=caller.user.pk).last_login is None


def test_no_secret_of_a_token_is_stored_or_told_twice():  # D34
    caller = Caller()

    made = caller.post("api-keys", {"name": "Script"}).json()

    assert made["key"] not in str(list(ApiToken.objects.values()))
    assert made["key"] not in caller.get("api-keys").content.decode()
