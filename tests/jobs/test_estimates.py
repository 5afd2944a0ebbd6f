"""How long a job still takes: a range, and only when there is something honest to tell."""

from datetime import timedelta

import pytest
from django.utils import timezone

from curatore.templatetags.ui import time_range
from jobs import estimates, rows
from jobs.estimates import Remaining
from jobs.models import DocumentStatus, JobDocument, JobStatus
from tests.factories import make_job

pytestmark = pytest.mark.django_db

C, R, P = DocumentStatus.COMPLETED, DocumentStatus.RUNNING, DocumentStatus.PENDING


def running_job(done, left, *, minutes=10, **fields):
    started = timezone.now() - timedelta(minutes=minutes)
    statuses = [*[C] * done, R, *[P] * (left - 1)]
    return make_job(status=JobStatus.RUNNING, rows=statuses, started_at=started, **fields)


def remaining(job):
    return estimates.remaining(job, rows.totals(job), timezone.now())


def test_the_range_is_around_what_the_rest_takes_at_the_speed_so_far():
    job = running_job(done=10, left=20)
    JobDocument.objects.update(file_size=1000)

    found = remaining(job)

    assert found.shortest < 20 * 60 < found.longest
    assert found.longest < 2 * found.shortest


def test_it_spans_from_numbers_to_bytes_when_files_differ():
    job = running_job(done=10, left=10)
    JobDocument.objects.filter(status=C).update(file_size=1000)
    JobDocument.objects.exclude(status=C).update(file_size=2000)

    found = remaining(job)

    assert found.shortest < 10 * 60
    assert found.longest > 20 * 60


def test_nothing_is_said_before_three_documents_are_done():
    assert remaining(running_job(done=2, left=5)) is None


def test_nothing_is_said_when_the_measures_contradict_each_other():
    job = running_job(done=10, left=10)
    JobDocument.objects.filter(status=C).update(file_size=10)
    JobDocument.objects.exclude(status=C).update(file_size=2000)

    assert remaining(job) is None


def test_what_was_done_before_a_retry_does_not_count():
    job = running_job(done=10, left=5)
    JobDocument.objects.filter(status=C).update(completed_at=timezone.now() - timedelta(days=1))

    assert remaining(job) is None


def test_a_job_that_is_being_cancelled_has_no_rest():
    assert remaining(running_job(done=10, left=5, cancel_requested_at=timezone.now())) is None


@pytest.mark.parametrize(
    ("shortest", "longest", "words"),
    [
        (12, 34, "10–40 s"),
        (61, 89, "60–90 s"),
        (80, 170, "1–3 min"),
        (361, 470, "6–8 min"),
        (330, 350, "5–6 min"),
        (5000, 9000, "1–3 h"),
        (3, 6, "10 s"),
    ],
)
def test_a_range_is_told_no_more_exactly_than_it_is(shortest, longest, words):
    assert time_range(Remaining(shortest, longest)) == words
