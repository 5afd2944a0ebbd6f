"""When the watchdog takes a cluster for one that only seems to live."""

from datetime import timedelta

import pytest
from django.utils import timezone

from jobs import queue
from jobs.engine import claims, watchdog, workers
from jobs.models import JobStatus
from tests.factories import make_job, make_worker

pytestmark = pytest.mark.django_db


@pytest.fixture
def worker():
    """Of this host, beside a wakeup for the first of four documents that wait."""
    make_job(status=JobStatus.QUEUED, rows=4)
    queue.add_wakeups(1)
    return make_worker(place=workers.place())


def is_stalled(*its_workers, after=watchdog.STALL):
    now = timezone.now() + after + timedelta(seconds=1)
    return watchdog.is_stalled([worker.pid for worker in its_workers], now)


def test_a_cluster_stands_still_when_a_token_lies_beside_an_idle_worker(worker):
    assert is_stalled(worker)


def test_a_cluster_works_when_its_workers_have_documents_and_tokens_wait(worker):
    claims.claim(worker, timezone.now())

    assert not is_stalled(worker)


def test_a_cluster_stands_still_when_one_of_its_workers_is_idle_and_another_works(worker):
    claims.claim(worker, timezone.now())

    assert is_stalled(worker, make_worker(place=workers.place()))


def test_a_cluster_does_not_stand_still_when_the_idle_worker_is_another_cluster_s(worker):
    claims.claim(worker, timezone.now())
    make_worker(place=workers.place())

    assert not is_stalled(worker)


def test_a_cluster_does_not_stand_still_when_the_idle_worker_is_on_another_host(worker):
    other = make_worker(place="elsewhere")

    assert not is_stalled(other)


def test_a_token_may_lie_about_for_a_moment(worker):
    assert not is_stalled(worker, after=timedelta(0))
