"""Limits on how often somebody may ask, shared by all processes."""

import threading
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test import RequestFactory

from jobs.models import JobStatus
from orgsettings import rate_limits
from orgsettings.models import RateWindow
from tests.factories import PASSWORD, make_api_client, make_job, make_user

pytestmark = pytest.mark.django_db

URL = "/api/v1/jobs"
NOW = datetime(2026, 1, 31, 12, 30, 20, tzinfo=UTC)


def count(limit, *, who="a", now=NOW, is_read=False):
    return rate_limits.count("test", who, limit, now, is_read=is_read)


def test_requests_are_counted_down_until_the_window_ends():
    first, second = count(2), count(2)

    assert (first.remaining, second.remaining, second.reset_seconds) == (1, 0, 40)
    with pytest.raises(rate_limits.RateLimited) as refusal:
        count(2)
    assert refusal.value.extra["retry_after"] == 40
    assert count(2, now=NOW.replace(minute=31)).remaining == 1


def test_everybody_has_a_count_of_their_own():
    assert [count(1, who=who).remaining for who in "abc"] == [0, 0, 0]


def test_no_limit_counts_nothing():
    assert count(0) is None
    assert not RateWindow.objects.exists()


def test_counts_of_yesterday_are_forgotten():
    count(5)

    count(5, who="b", now=NOW.replace(month=2, day=2))

    assert RateWindow.objects.count() == 1


def told_to_all_processes():
    return sum(RateWindow.objects.values_list("requests", flat=True))


def test_reads_are_told_to_all_processes_when_they_are_a_twentieth_of_the_limit():
    for _ in range(4):
        count(100, is_read=True)
    assert told_to_all_processes() == 0

    count(100, is_read=True)

    assert told_to_all_processes() == 5
    rate_limits.forget()  # another process, that is
    assert count(100).remaining == 94


def test_reads_are_told_to_all_processes_when_something_is_written_anyway():
    for _ in range(3):
        count(100, is_read=True)

    assert count(100).remaining == 96
    assert told_to_all_processes() == 4


def test_reads_of_one_process_are_refused_without_a_question_when_they_are_one_too_many(
    django_assert_num_queries,
):
    left = [count(40, is_read=True).remaining for _ in range(40)]
    assert left == list(range(39, -1, -1))

    with django_assert_num_queries(0), pytest.raises(rate_limits.RateLimited):
        count(40, is_read=True)


def test_a_request_is_counted_in_its_own_minute_when_it_comes_after_those_of_the_next():
    count(100, now=NOW.replace(minute=31), who="b")

    assert count(100, is_read=True).remaining == 99
    assert count(100, now=NOW.replace(minute=31), who="b").remaining == 98


@pytest.mark.parametrize(
    "path",
    [
        "jobs",
        "jobs/{job}",
        "jobs/{job}/documents",
        "jobs/{job}/logs",
        "documents",
        "documents/{document}",
        "organizations/me/settings",
        "config/defaults",
        "api-keys",
        "auth/me",
    ],
)
def test_a_read_writes_nothing_when_the_limit_is_far(settings, django_assert_max_num_queries, path):
    settings.API_RATE_LIMIT = 600
    user = make_user()
    job = make_job(user, status=JobStatus.COMPLETED)
    document = job.job_documents.get().document_id
    api = make_api_client(user)

    with django_assert_max_num_queries(10) as asked:
        first = api.get(f"/api/v1/{path}".format(job=job.pk, document=document))
        etag = first.headers.get("ETag", "none")
        again = api.get(first.request["PATH_INFO"], headers={"If-None-Match": etag})

    assert first.status_code == 200
    assert again.status_code == (304 if etag != "none" else 200)
    assert again.headers["RateLimit-Remaining"] == "598"
    verbs = {query["sql"].split()[0].upper() for query in asked.captured_queries}
    assert verbs == {"SELECT"}


@pytest.mark.django_db(transaction=True)
def test_of_many_requests_at_once_exactly_as_many_pass_as_are_allowed():
    outcomes = []

    def ask():
        try:
            count(5)
            outcomes.append("passed")
        except rate_limits.RateLimited:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["passed"] * 5 + ["refused"] * 7


def test_a_person_is_told_what_is_left_and_then_refused_with_every_token(settings):
    settings.API_RATE_LIMIT = 2
    user = make_user()
    api = make_api_client(user)

    answers = [api.get(URL) for _ in range(3)]

    assert [answer.headers["RateLimit-Remaining"] for answer in answers] == ["1", "0", "0"]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    refused = answers[-1]
    assert refused.json()["code"] == "rate_limited"
    assert refused.headers["Retry-After"] == refused.headers["RateLimit-Reset"]
    assert refused.headers["RateLimit-Limit"] == "2"
    assert make_api_client(user).get(URL).status_code == 429  # more tokens give no more requests
    assert make_api_client().get(URL).status_code == 200


def test_a_signed_in_person_is_limited_as_a_token_is(settings, client):
    settings.API_RATE_LIMIT = 1
    client.force_login(make_user())

    assert [client.get(URL).status_code for _ in range(2)] == [200, 429]


def test_requests_without_a_valid_token_are_limited_by_their_address(settings, client):
    settings.API_ANONYMOUS_RATE_LIMIT = 2
    wrong = {"Authorization": "Bearer cur_guess"}

    statuses = [client.get(URL, headers=wrong).status_code for _ in range(3)]

    assert statuses == [401, 401, 429]
    assert client.get(URL, REMOTE_ADDR="192.0.2.9").status_code == 401
    assert make_api_client().get(URL).status_code == 200


def sign_in(client, name, **extra):
    body = {"email_or_username": name, "password": "guess"}
    return client.post("/api/v1/auth/login", body, content_type="application/json", **extra)


def test_sign_ins_are_limited_by_address(settings, client):
    settings.API_LOGIN_RATE_LIMIT = 2

    assert [sign_in(client, f"name{n}").status_code for n in range(3)] == [401, 401, 429]


def test_the_right_password_is_refused_too_while_the_limit_holds(settings, client):
    settings.API_LOGIN_RATE_LIMIT = 1
    user = make_user()
    sign_in(client, user.username)

    body = {"email_or_username": user.username, "password": PASSWORD}
    answer = client.post("/api/v1/auth/login", body, content_type="application/json")

    assert answer.status_code == 429


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "198.51.100.1", "192.0.2.1"),  # anybody can send the header
        (1, "198.51.100.1", "198.51.100.1"),
        (1, "6.6.6.6, 198.51.100.1", "198.51.100.1"),  # the first was invented by the client
        (2, "198.51.100.1, 203.0.113.5", "198.51.100.1"),
        (2, "198.51.100.1", "198.51.100.1"),
        (1, "", "192.0.2.1"),
        (1, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        (1, "::ffff:198.51.100.7", "198.51.100.7"),
    ],
)
def test_the_address_is_the_one_that_the_trusted_proxies_saw(settings, proxies, forwarded, address):
    settings.PROXY_COUNT = proxies
    request = RequestFactory().get("/", REMOTE_ADDR="192.0.2.1", HTTP_X_FORWARDED_FOR=forwarded)

    assert rate_limits.client_address(request) == address
