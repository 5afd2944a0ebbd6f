"""When a worker stops a long document, so that another organization gets a turn."""

from datetime import timedelta

import pytest
from django.utils import timezone

from documents.conversion import ConversionError
from jobs.engine import attempts, claims, sharing
from jobs.models import JobDocument, JobStatus, Worker
from tests.factories import make_job, make_org, make_user, make_worker

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    return timezone.now()


def queued(user=None, *, rows=2):
    return make_job(user, status=JobStatus.QUEUED, rows=rows)


def held(now, *seconds):
    """The attempts of new workers at the next documents, begun so many seconds ago each."""
    taken = []
    for ago in seconds:
        (attempt,) = claims.claim(make_worker(), now)
        JobDocument.objects.filter(pk=attempt.row.pk).update(
            started_at=now - timedelta(seconds=ago)
        )
        taken.append(attempt)
    return taken


def giving_way(taken, now):
    """Those of the attempts whose workers would stop them at their first look."""
    return [attempt for attempt in taken if look(attempt, {}, now)]


def look(attempt, waiting, now):
    """One look of the attempt's worker, which keeps in `waiting` what it finds."""
    found = sharing.kept_waiting(attempt, waiting, now)
    waiting.clear()
    waiting.update(found)
    return sharing.must_give_way(waiting, now)


def test_the_document_begun_last_gives_way_when_another_organization_has_no_worker(now):
    queued()
    first, second = held(now, 300, 30)
    queued()

    assert giving_way([first, second], now) == [second]


def test_the_free_worker_serves_the_organization_that_waited(now):
    queued(rows=3)
    _, second = held(now, 300, 30)
    waiting = queued()

    attempts.release([second], now, "another organization waits", behind=True)
    (attempt,) = claims.claim(make_worker(), now)

    assert attempt.job.pk == waiting.pk
    assert JobDocument.objects.get(pk=second.row.pk).attempts == 0


def test_nothing_gives_way_when_only_the_same_organization_waits(now):
    user = make_user(make_org(limit=3))
    queued(user)
    taken = held(now, 300, 30)
    queued(user)

    assert giving_way(taken, now) == []


def test_an_organization_keeps_its_only_worker(now):
    queued(rows=1)
    queued(rows=1)
    taken = held(now, 300, 30)
    queued()

    assert giving_way(taken, now) == []


def test_nothing_gives_way_when_the_other_organization_has_a_worker(now):
    queued()
    taken = held(now, 300, 30)
    queued()
    held(now, 0)

    assert giving_way(taken, now) == []


def test_nothing_gives_way_when_a_worker_is_idle(now):
    queued()
    taken = held(now, 300, 30)
    queued()
    make_worker()

    assert giving_way(taken, now) == []


@pytest.mark.parametrize(("state", "seen"), [("frozen", 0), ("of a dead host", 50)])
def test_a_document_gives_way_when_others_wait_although_a_worker_seems_idle(
    state, seen, now, settings
):
    settings.JOB_WORKER_HEALTH_TIMEOUT = 60
    queued()
    _, latest = held(now, 300, 30)
    make_worker(last_seen_at=now - timedelta(seconds=seen))  # takes nothing
    queued()

    waiting = {}
    looks = [look(latest, waiting, now) for _ in range(sharing.IDLE_LOOKS + 1)]

    assert looks == [False] * sharing.IDLE_LOOKS + [True]


def test_nothing_gives_way_when_the_other_organization_only_waits_between_two_documents(now):
    queued()
    _, latest = held(now, 300, 30)
    worker = make_worker()
    job = queued(rows=5)

    waiting = {}
    for _ in range(4):
        assert not any(look(latest, waiting, now) for _ in range(sharing.IDLE_LOOKS))
        (attempt,) = claims.claim(worker, now)
        assert not look(latest, waiting, now)
        attempts.release([attempt], now, "its worker stops")

    assert job.job_documents.waiting().count() == 5


def test_nothing_gives_way_when_one_organization_after_the_other_waits_for_a_moment(now):
    queued()
    _, latest = held(now, 300, 30)
    worker = make_worker()

    waiting = {}
    for _ in range(sharing.IDLE_LOOKS + 2):
        queued(rows=1)
        assert not look(latest, waiting, now)
        (attempt,) = claims.claim(worker, now)
        attempts.fail(attempt, ConversionError("source_unreadable", "It is damaged.", ""), now)


def test_the_document_begun_first_stays_when_others_wait_long(now):
    queued()
    first, _ = held(now, 300, 30)
    queued()

    waiting = {}
    assert not any(look(first, waiting, now) for _ in range(sharing.IDLE_LOOKS + 1))


def test_nothing_gives_way_when_a_short_document_frees_its_worker_soon(now):
    queued()
    taken = held(now, 300, 4)
    queued()

    assert giving_way(taken, now) == []


@pytest.mark.parametrize("state", ["not started", "being cancelled"])
def test_nothing_gives_way_to_a_job_that_nobody_may_take(state, now):
    queued()
    taken = held(now, 300, 30)
    if state == "not started":
        make_job(status=JobStatus.PENDING)
    else:
        make_job(status=JobStatus.QUEUED, cancel_requested_at=now)

    assert giving_way(taken, now) == []


def test_only_one_of_many_workers_gives_way_at_a_time(now):
    queued(rows=4)
    taken = held(now, 300, 30, 30, 30)
    queued()
    queued()

    assert len(giving_way(taken, now)) == 1


def test_a_document_that_gave_way_stays_when_it_is_the_one_begun_first(now):
    job = queued()
    (gave_way,) = claims.claim(make_worker(), now)
    attempts.release([gave_way], now, "another organization waits", behind=True)
    Worker.objects.all().delete()
    other, again = held(now, 30, 300)
    queued()

    assert again.row.pk == gave_way.row.pk
    assert giving_way([other, again], now) == [other]
    assert job.job_documents.get(pk=again.row.pk).attempts == 1


def test_a_look_of_a_lone_long_document_costs_one_query(now, django_assert_num_queries):
    queued(rows=1)
    (attempt,) = held(now, 30)
    for _ in range(3):
        queued()

    with django_assert_num_queries(1):
        assert not look(attempt, {}, now)


def test_a_look_costs_three_queries_when_many_organizations_wait(now, django_assert_num_queries):
    queued()
    _, latest = held(now, 300, 30)
    for _ in range(20):
        queued()

    with django_assert_num_queries(3):
        assert look(latest, {}, now)
