"""What a worker lets everybody see of a document while it converts it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from documents.conversion import ConversionError, Progress
from jobs import lifecycle
from jobs.engine import attempts, recovery, runner
from jobs.models import DocumentStatus, Job, JobDocument, JobStatus, Stage
from tests.factories import make_job, make_row, succeed, take_document

pytestmark = pytest.mark.django_db

OCR = Progress("ocr", 11, 40)


@pytest.fixture
def job():
    return make_job(status=JobStatus.QUEUED, rows=2)


@pytest.fixture
def attempt(job):
    return take_document()


def fresh(attempt):
    return JobDocument.objects.get(pk=attempt.row.pk)


def shown(attempt):
    row = fresh(attempt)
    return row.stage, row.pages_done, row.pages_total


def version(job):
    return Job.objects.get(pk=job.pk).version


def lose(attempt):
    """Let the attempt be given up for dead."""
    JobDocument.objects.filter(pk=attempt.row.pk).update(
        lease_expires_at=timezone.now() - timedelta(seconds=1)
    )
    recovery.reclaim_expired(timezone.now())


@pytest.mark.parametrize(
    ("reported", "stage"),
    [
        ("detect", Stage.CONVERTING),
        ("extract", Stage.CONVERTING),
        ("optimize", Stage.CONVERTING),
        ("ocr", Stage.OCR),
        ("score", Stage.SCORING),
        ("an engine of tomorrow", Stage.CONVERTING),
    ],
)
def test_a_document_is_at_the_stage_that_its_conversion_reports(attempt, reported, stage):
    attempts.note_progress(attempt, Progress(reported, None, None))

    assert shown(attempt) == (stage, None, None)


def test_pages_are_told_as_far_as_they_are_done_and_the_job_has_changed(attempt, job):
    before = version(job)

    attempts.note_progress(attempt, OCR)

    assert shown(attempt) == (Stage.OCR, 11, 40)
    assert fresh(attempt).page_at_work == 12
    assert version(job) == before + 1


@pytest.mark.parametrize(("done", "total"), [(None, None), (0, 1), (40, 40), (3, None)])
def test_no_page_is_named_when_that_would_say_nothing(done, total):
    assert JobDocument(pages_done=done, pages_total=total).page_at_work is None


def test_nothing_is_written_when_the_attempt_was_lost(attempt, job):
    lose(attempt)
    take_document()  # the untried one of the job comes first
    second = take_document()
    assert second.row == attempt.row
    attempts.note_progress(second, Progress("extract", 2, 40))
    before = version(job)

    with pytest.raises(attempts.AttemptLost):
        attempts.note_progress(attempt, OCR)

    assert shown(second) == (Stage.CONVERTING, 2, 40)
    assert version(job) == before


def fail(attempt, permanent):
    error = ConversionError("conversion_crashed", "It crashed.", "Retry.", permanent=permanent)
    attempts.fail(attempt, error, timezone.now())


def cancel(attempt):
    lifecycle.request_cancel(attempt.job, by=None)
    attempts.release([attempt], timezone.now(), "the job is being cancelled")


@pytest.mark.parametrize(
    ("status", "leave"),
    [
        (DocumentStatus.COMPLETED, succeed),
        (DocumentStatus.FAILED, lambda attempt: fail(attempt, permanent=True)),
        (DocumentStatus.PENDING, lambda attempt: fail(attempt, permanent=False)),
        (DocumentStatus.PENDING, lambda a: attempts.release([a], timezone.now(), "a stop")),
        (DocumentStatus.PENDING, lose),
        (DocumentStatus.CANCELLED, cancel),
    ],
    ids=["success", "failure", "another try", "handed back", "taken back", "cancelled"],
)
def test_a_document_has_no_stage_any_more_when_nobody_converts_it(attempt, status, leave):
    attempts.note_progress(attempt, OCR)

    leave(attempt)

    assert fresh(attempt).status == status
    assert shown(attempt) == ("", None, None)


@pytest.mark.parametrize(
    ("status", "values"),
    [
        (DocumentStatus.PENDING, {"stage": Stage.OCR}),
        (DocumentStatus.COMPLETED, {"pages_done": 3}),
        (DocumentStatus.FAILED, {"pages_total": 3}),
        (DocumentStatus.RUNNING, {"stage": "DREAMING"}),
    ],
)
def test_the_database_refuses_progress_that_cannot_be(job, status, values):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_row(job, status=status, **values)


def test_the_pulse_of_a_worker_writes_only_what_is_new(attempt, django_assert_num_queries):
    heartbeat = runner._Heartbeat([attempt])

    with django_assert_num_queries(1):  # whether the job is being cancelled
        heartbeat(None)
    heartbeat(OCR)
    assert shown(attempt) == (Stage.OCR, 11, 40)
    with django_assert_num_queries(1):
        heartbeat(Progress("ocr", 11, 40))
    heartbeat(Progress("score", 40, 40))

    assert shown(attempt) == (Stage.SCORING, 40, 40)


def test_the_next_document_of_a_batch_starts_its_own_progress(attempt):
    held = [attempt, take_document()]
    heartbeat = runner._Heartbeat(held)
    heartbeat(OCR)
    second = held[1]

    held.pop(0)
    heartbeat(OCR)

    assert shown(second) == (Stage.OCR, 11, 40)


def test_the_leases_of_a_whole_batch_are_renewed_when_its_first_document_takes_long(attempt):
    held = [attempt, take_document()]
    heartbeat = runner._Heartbeat(held)
    heartbeat.renew_every = 0
    before = timezone.now()
    JobDocument.objects.running().update(lease_expires_at=before)

    heartbeat(None)

    assert JobDocument.objects.running().filter(lease_expires_at__gt=before).count() == 2


def test_a_conversion_is_stopped_when_its_pulse_finds_the_attempt_lost(attempt):
    lose(attempt)

    with pytest.raises(attempts.AttemptLost):
        runner._Heartbeat([attempt])(OCR)
