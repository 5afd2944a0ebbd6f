"""Tokens: as many as there is work, never more than a few."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django_q.models import OrmQ

from jobs import queue
from jobs.models import JobStatus
from tests.factories import make_job

pytestmark = pytest.mark.django_db


def test_lost_tokens_are_made_good_when_documents_wait():
    make_job(status=JobStatus.QUEUED, rows=3)

    assert queue.top_up() == 3
    assert queue.top_up() == 0


def test_tokens_that_a_dead_cluster_holds_do_not_count():
    make_job(status=JobStatus.QUEUED, rows=2)
    queue.top_up()
    OrmQ.objects.update(lock=timezone.now() + timedelta(hours=1))

    assert queue.top_up() == 2


def test_no_token_is_added_when_nothing_waits():
    make_job(status=JobStatus.PENDING, rows=2)
    make_job(status=JobStatus.RUNNING, rows=1)
    make_job(status=JobStatus.QUEUED, cancel_requested_at=timezone.now())

    assert queue.top_up() == 0
    assert not OrmQ.objects.exists()
