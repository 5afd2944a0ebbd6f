"""How fast a job is and how long it still takes, told only when that is honest."""

from datetime import timedelta

import pytest
from django.utils import timezone

from curatore.core.templatetags.ui import time_range
from jobs.detail import estimates, rows
from jobs.detail.estimates import Remaining
from jobs.models import DocumentStatus, JobDocument, JobStatus, Stage
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


def speed(job):
    return estimates.pages_per_minute(job, rows.totals(job), timezone.now())


def test_the_speed_counts_pages_of_documents_that_are_done_and_of_those_at_work():
    job = running_job(done=3, left=2, minutes=2)
    JobDocument.objects.filter(status=C).update(page_count=40)
    JobDocument.objects.filter(status=R).update(stage=Stage.OCR, pages_done=30, pages_total=90)

    assert speed(job) == 75


def test_the_speed_of_a_single_long_document_is_told_before_it_is_done():
    job = running_job(done=0, left=1, minutes=2)
    JobDocument.objects.update(stage=Stage.OCR, pages_done=5, pages_total=900)

    assert speed(job) == 2.5


def test_the_speed_of_an_ended_job_is_the_average_of_its_run():
    end = timezone.now() - timedelta(days=3)
    start = end - timedelta(minutes=5)
    job = make_job(
        status=JobStatus.COMPLETED, rows=2, started_at=start, completed_at=end, queued_at=start
    )
    JobDocument.objects.update(page_count=31, completed_at=end)

    assert speed(job) == 12


def test_no_speed_is_told_of_a_few_pages_or_seconds():
    few = running_job(done=4, left=2)
    short = running_job(done=40, left=2, minutes=0.1)

    assert (speed(few), speed(short)) == (None, None)


def test_no_speed_is_told_when_most_documents_have_no_pages():
    job = running_job(done=30, left=2)
    JobDocument.objects.filter(status=C, position__gte=14).update(page_count=None)
    assert speed(job) is None

    JobDocument.objects.filter(status=C, position=14).update(page_count=1)
    assert speed(job) == 1.5


def test_pages_read_before_a_retry_are_no_part_of_the_speed():
    job = running_job(done=10, left=5)
    JobDocument.objects.filter(status=C).update(completed_at=timezone.now() - timedelta(days=1))

    assert speed(job) is None


def test_a_job_that_is_being_cancelled_has_no_speed():
    assert speed(running_job(done=10, left=5, cancel_requested_at=timezone.now())) is None
