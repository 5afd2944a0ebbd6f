"""Which documents a worker takes next."""

from datetime import timedelta

import pytest
from django.utils import timezone

from documents.conversion import ConversionError
from jobs import starts
from jobs.engine import attempts, claims, recovery
from jobs.models import DocumentStatus, Job, JobDocument, JobStatus, Worker
from tests.factories import make_job, make_org, make_user, make_worker

pytestmark = pytest.mark.django_db

CRASH = ConversionError("conversion_crashed", "It crashed.", "Retry it.", permanent=False)
DAMAGED = ConversionError("corrupt_file", "It is damaged.", "Save it again.")


def queued(user=None, *, rows=1, **fields):
    return make_job(user, status=JobStatus.QUEUED, rows=rows, **fields)


def claim(worker=None, *, seconds=0):
    return claims.claim(worker or make_worker(), timezone.now() + timedelta(seconds=seconds))


def claimed_jobs(turns):
    """The jobs that get a turn, one worker each and one claim after the other."""
    return [claim(seconds=n)[0].job.pk for n in range(turns)]


def test_a_claim_gives_the_first_waiting_document_an_attempt_and_a_lease():
    job = queued(rows=3)
    worker = make_worker()

    (attempt,) = claim(worker)

    row = JobDocument.objects.get(pk=attempt.row.pk)
    assert row.position == 0
    assert (row.status, row.attempt_id, row.worker) == (
        DocumentStatus.RUNNING,
        attempt.id,
        worker,
    )
    assert row.attempts == 1
    assert row.lease_expires_at > timezone.now()
    job.refresh_from_db()
    assert job.status == JobStatus.RUNNING
    assert job.started_at is not None


@pytest.mark.parametrize("how", ["failed", "died", "gave_way"])
def test_a_document_that_came_back_waits_behind_the_untried_ones_of_its_job(how):
    queued(rows=3)
    (attempt,) = claim()
    match how:
        case "failed":
            attempts.fail(attempt, CRASH, timezone.now())
        case "died":
            recovery.reclaim_from(Worker.objects.all(), timezone.now())
        case "gave_way":
            attempts.release([attempt], timezone.now(), "others wait", behind=True)

    assert [claim()[0].row.position for _ in range(3)] == [1, 2, 0]


def test_a_document_handed_back_by_a_worker_that_stopped_keeps_its_place():
    queued(rows=3)
    attempts.release(claim(), timezone.now(), "the worker was told to stop")

    assert claim()[0].row.position == 0


def test_a_document_that_somebody_runs_again_counts_as_untried():
    job = queued(rows=1)
    attempts.fail(claim()[0], CRASH, timezone.now())
    attempts.fail(claim()[0], DAMAGED, timezone.now())
    job.refresh_from_db()

    starts.retry(job, by=job.user)

    assert job.job_documents.get().returns == 0


def test_a_job_that_somebody_runs_again_counts_as_not_served_yet():
    now = timezone.now()
    again = make_job(status=JobStatus.FAILED, last_claimed_at=now)
    queued(again.user, last_claimed_at=now - timedelta(minutes=1))

    starts.retry(again, by=again.user)

    assert claimed_jobs(1) == [again.pk]


def test_there_is_nothing_to_claim_when_no_started_job_waits():
    make_job(status=JobStatus.PENDING)
    make_job(status=JobStatus.RUNNING)
    make_job(status=JobStatus.COMPLETED)
    queued(cancel_requested_at=timezone.now())

    assert claim() == []


def test_organizations_take_turns_however_much_each_has_waiting():
    large = queued(rows=6)
    small = queued(rows=2)

    turns = claimed_jobs(4)

    assert turns.count(large.pk) == turns.count(small.pk) == 2


def test_jobs_of_one_organization_take_turns():
    user = make_user(make_org(limit=3))
    first, second = queued(user, rows=4), queued(user, rows=4)

    turns = claimed_jobs(4)

    assert turns.count(first.pk) == turns.count(second.pk) == 2


def test_an_organization_with_many_jobs_has_no_more_turns_than_one_with_a_single_job():
    busy = make_user(make_org(limit=10))
    for _ in range(4):
        queued(busy, rows=2)
    single = queued(rows=4)

    turns = claimed_jobs(8)

    assert turns.count(single.pk) == 4


def test_a_free_worker_serves_the_organization_that_has_none():
    slow = queued(rows=5)
    claim()
    other = queued(rows=5)

    assert claim(seconds=1)[0].job.pk == other.pk
    JobDocument.objects.filter(job=other).update(
        status=DocumentStatus.PENDING, attempt_id=None, lease_expires_at=None, worker=None
    )

    # `other` had the latest turn, but `slow` still holds a worker.
    assert claim(seconds=2)[0].job.pk == other.pk
    assert slow.job_documents.running().count() == 1


def test_the_organization_that_was_served_longest_ago_comes_first_when_no_worker_is_busy():
    now = timezone.now()
    lately, long_ago = make_user(), make_user()
    make_job(lately, status=JobStatus.COMPLETED, last_claimed_at=now)
    make_job(long_ago, status=JobStatus.COMPLETED, last_claimed_at=now - timedelta(minutes=1))
    queued(lately, queued_at=now - timedelta(seconds=1))
    job = queued(long_ago, queued_at=now)

    assert claimed_jobs(1) == [job.pk]


def test_an_organization_does_not_jump_the_queue_with_a_new_job():
    busy = make_user(make_org(limit=10))
    queued(busy, rows=1)
    waiting = queued(rows=2)
    claim()
    JobDocument.objects.running().update(
        status=DocumentStatus.CANCELLED, attempt_id=None, lease_expires_at=None, worker=None
    )
    queued(busy, rows=1)

    assert claim(seconds=1)[0].job.pk == waiting.pk


@pytest.mark.parametrize(("waiting", "taken"), [(1, 1), (8, 1), (16, 2), (64, 8), (200, 8)])
def test_small_documents_are_taken_several_at_a_time_when_many_wait(waiting, taken):
    job = queued(rows=1)
    JobDocument.objects.bulk_create(
        JobDocument(job=job, filename="x", file_size=1, position=n, created_at=job.created_at)
        for n in range(1, waiting)
    )
    Job.objects.filter(pk=job.pk).update(total_documents=waiting)

    batch = claim()

    assert len(batch) == taken
    assert [attempt.row.position for attempt in batch] == list(range(taken))
    begun = JobDocument.objects.running().filter(started_at__isnull=False)
    assert [row.position for row in begun] == [0]


def test_large_documents_are_taken_one_by_one():
    job = queued(rows=1)
    JobDocument.objects.bulk_create(
        JobDocument(
            job=job,
            filename="x",
            file_size=claims.BATCH_BYTES,
            position=n,
            created_at=job.created_at,
        )
        for n in range(1, 64)
    )
    Job.objects.filter(pk=job.pk).update(total_documents=64)

    assert len(claim()) == 1


def test_a_claim_takes_as_many_queries_when_there_are_many_jobs(django_assert_num_queries):
    worker = make_worker()
    for _ in range(20):
        queued(rows=2)

    # next job; savepoint, job, waiting rows, take, job, log line, begin, log line, release
    with django_assert_num_queries(10):
        claims.claim(worker, timezone.now())
