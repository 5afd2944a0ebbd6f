"""What a worker may do with the documents it took, and what it may not do any more."""

from datetime import timedelta

import pytest
from django.utils import timezone

from documents.conversion import ConversionError
from documents.conversion.chunking import count_tokens
from jobs import lifecycle, results, starts
from jobs.engine import attempts, recovery
from jobs.models import DocumentStatus, JobDocument, JobStatus
from tests.factories import make_conversion, make_job, succeed, take_document

pytestmark = pytest.mark.django_db

TRANSIENT = ConversionError("conversion_crashed", "It crashed.", "Retry it.", permanent=False)
PERMANENT = ConversionError("corrupt_file", "It is damaged.", "Save it again.")
TIMEOUT = ConversionError(
    "conversion_timeout", "It took too long.", "Allow more time.", permanent=False
)


@pytest.fixture
def job():
    return make_job(status=JobStatus.QUEUED, rows=2)


@pytest.fixture
def attempt(job):
    return take_document()


def fresh(attempt):
    return JobDocument.objects.get(pk=attempt.row.pk)


def long_ago(attempt):
    """Let the attempt's lease be over."""
    JobDocument.objects.filter(pk=attempt.row.pk).update(
        lease_expires_at=timezone.now() - timedelta(seconds=1)
    )


def stopped(job):
    """The log line of the document that ran when the job was cancelled."""
    return job.logs.get(event="document.cancelled")


def test_the_result_and_its_scores_are_visible_when_an_attempt_succeeds(attempt, job):
    succeed(attempt, markdown="# Title\n", score=91)

    row = fresh(attempt)
    assert row.status == DocumentStatus.COMPLETED
    assert results.read(row) == "# Title\n"
    assert (row.conversion_score, row.is_rag_ready) == (91, True)
    assert (row.result_size, row.result_tokens) == (8, count_tokens("# Title\n"))
    assert row.attempt_id is None
    job.refresh_from_db()
    assert job.completed_documents == 1
    assert job.status == JobStatus.RUNNING


def test_a_document_below_a_threshold_completes_without_being_rag_ready(attempt):
    succeed(attempt, score=60)

    row = fresh(attempt)
    assert (row.status, row.is_rag_ready) == (DocumentStatus.COMPLETED, False)


def test_success_told_twice_counts_once(attempt, job):
    conversion = make_conversion()
    stored = results.write(attempt.row, attempt.id, conversion.markdown)

    for _ in range(2):  # the answer to the first was lost with the connection
        attempts.succeed(attempt, conversion, stored, timezone.now())

    job.refresh_from_db()
    assert job.completed_documents == 1


def test_a_permanent_error_fails_the_document_at_once(attempt, job):
    attempts.fail(attempt, PERMANENT, timezone.now())

    row = fresh(attempt)
    assert (row.status, row.error_code) == (DocumentStatus.FAILED, "corrupt_file")
    assert (row.error_message, row.error_hint) == ("It is damaged.", "Save it again.")
    job.refresh_from_db()
    assert job.failed_documents == 1


def test_a_transient_error_lets_the_document_wait_until_its_attempts_are_used_up():
    job = make_job(status=JobStatus.QUEUED)
    retries = job.processing_options["processing_settings"]["max_retries"]
    for _ in range(retries):
        attempt = take_document()
        attempts.fail(attempt, TRANSIENT, timezone.now())
        assert fresh(attempt).status == DocumentStatus.PENDING
        job.refresh_from_db()
        assert job.failed_documents == 0

    last = take_document()
    attempts.fail(last, TRANSIENT, timezone.now())

    assert fresh(last).status == DocumentStatus.FAILED
    assert fresh(last).attempts == retries + 1


def test_a_time_out_is_tried_again_once_however_many_retries_the_job_allows():
    job = make_job(status=JobStatus.QUEUED)
    assert job.processing_options["processing_settings"]["max_retries"] > 1

    attempts.fail(take_document(), TIMEOUT, timezone.now())
    waits = job.logs.get(event="document.retried")
    assert "It took too long. It is tried again only once." in waits.message
    second = take_document()
    attempts.fail(second, TIMEOUT, timezone.now())

    row = fresh(second)
    assert (row.status, row.error_code, row.attempts) == ("FAILED", "conversion_timeout", 2)
    says = "It took too long. This was the second time, so it was not tried again."
    assert row.error_message == says
    assert says in job.logs.get(event="document.failed").message


def test_a_time_out_is_never_tried_again_when_the_job_allows_no_retries():
    job = make_job(status=JobStatus.QUEUED)
    job.processing_options["processing_settings"]["max_retries"] = 0
    job.save()

    attempt = take_document()
    attempts.fail(attempt, TIMEOUT, timezone.now())

    row = fresh(attempt)
    assert (row.status, row.error_message) == (DocumentStatus.FAILED, "It took too long.")


def test_a_time_out_after_a_crash_is_tried_again():
    make_job(status=JobStatus.QUEUED)
    attempts.fail(take_document(), TRANSIENT, timezone.now())

    attempt = take_document()
    attempts.fail(attempt, TIMEOUT, timezone.now())

    assert fresh(attempt).status == DocumentStatus.PENDING


def test_a_time_out_is_tried_again_after_somebody_ran_the_document_again():
    job = make_job(status=JobStatus.QUEUED)
    for _ in range(2):
        attempts.fail(take_document(), TIMEOUT, timezone.now())
    job.refresh_from_db()
    starts.retry(job, by=job.user)

    attempt = take_document()
    attempts.fail(attempt, TIMEOUT, timezone.now())

    assert fresh(attempt).status == DocumentStatus.PENDING


def test_a_late_result_is_refused_when_the_document_was_taken_away(attempt):
    long_ago(attempt)
    recovery.reclaim_expired(timezone.now())

    with pytest.raises(attempts.AttemptLost):
        succeed(attempt)

    assert fresh(attempt).status == DocumentStatus.PENDING
    assert fresh(attempt).result_file.name == ""


def test_a_late_result_is_refused_when_another_worker_converts_the_document():
    make_job(status=JobStatus.QUEUED)
    attempt = take_document()
    long_ago(attempt)
    recovery.reclaim_expired(timezone.now())
    second = take_document()
    assert second.row == attempt.row

    with pytest.raises(attempts.AttemptLost):
        succeed(attempt, markdown="from the dead")
    succeed(second, markdown="from the living")

    assert results.read(fresh(attempt)) == "from the living"


def test_a_late_failure_is_refused_when_the_document_was_taken_away(attempt, job):
    long_ago(attempt)
    recovery.reclaim_expired(timezone.now())

    with pytest.raises(attempts.AttemptLost):
        attempts.fail(attempt, PERMANENT, timezone.now())
    with pytest.raises(attempts.AttemptLost):
        attempts.fail(attempt, TRANSIENT, timezone.now())

    job.refresh_from_db()
    assert job.failed_documents == 0


def test_a_lease_cannot_be_renewed_when_the_document_was_taken_away(attempt):
    attempts.renew([attempt], timezone.now())
    long_ago(attempt)
    recovery.reclaim_expired(timezone.now())

    with pytest.raises(attempts.AttemptLost):
        attempts.renew([attempt], timezone.now())


def test_a_living_lease_is_left_alone(attempt):
    assert recovery.reclaim_expired(timezone.now()) == 0
    assert fresh(attempt).status == DocumentStatus.RUNNING


def test_a_document_whose_workers_die_fails_after_its_last_attempt():
    job = make_job(status=JobStatus.QUEUED)
    for _ in range(4):
        attempt = take_document()
        long_ago(attempt)
        recovery.reclaim_expired(timezone.now())

    row = fresh(attempt)
    assert (row.status, row.error_code, row.attempts) == ("FAILED", "worker_lost", 4)
    assert row.error_message == "The worker died or hung 4 times on this document."
    job.refresh_from_db()
    assert job.failed_documents == 1


def test_a_document_taken_but_not_begun_is_not_blamed_for_the_death_of_its_worker(attempt):
    JobDocument.objects.filter(pk=attempt.row.pk).update(started_at=None, attempts=0)
    long_ago(attempt)

    recovery.reclaim_expired(timezone.now())

    assert (fresh(attempt).status, fresh(attempt).attempts) == (DocumentStatus.PENDING, 0)


def test_documents_of_a_dead_worker_come_back_before_their_lease_ends(attempt):
    recovery.reclaim_from([fresh(attempt).worker], timezone.now())

    assert fresh(attempt).status == DocumentStatus.PENDING


def test_a_document_handed_back_has_not_used_up_an_attempt(attempt):
    attempts.release([attempt], timezone.now(), "the worker was told to stop")

    assert (fresh(attempt).status, fresh(attempt).attempts) == (DocumentStatus.PENDING, 0)


def test_the_others_are_handed_back_when_one_document_of_a_batch_was_lost(job):
    first, second = _both(job)
    long_ago(first)
    recovery.reclaim_expired(timezone.now())

    attempts.release([first, second], timezone.now(), "the worker was told to stop")

    assert fresh(second).status == DocumentStatus.PENDING


def test_the_log_numbers_the_attempts_at_a_document():
    job = make_job(status=JobStatus.QUEUED)
    attempts.fail(take_document(), TRANSIENT, timezone.now())
    take_document()

    started = job.logs.filter(event="document.started").order_by("pk")
    assert [line.metadata["attempt"] for line in started] == [1, 2]


def test_the_job_is_cancelled_when_its_last_running_document_was_stopped(attempt, job):
    lifecycle.request_cancel(job, by=job.user)

    attempts.release([attempt], timezone.now(), "the job is being cancelled")

    job.refresh_from_db()
    assert job.status == JobStatus.CANCELLED
    assert job.cancelled_documents == 2
    assert job.cancellation["documents_stopped"] == 1
    assert job.cancellation["verification_timeout"] is False


def test_a_result_that_comes_before_the_stop_is_kept_and_the_job_cancelled(attempt, job):
    lifecycle.request_cancel(job, by=job.user)

    succeed(attempt)

    job.refresh_from_db()
    assert job.status == JobStatus.CANCELLED
    assert (job.completed_documents, job.cancelled_documents) == (1, 1)
    assert job.cancellation["documents_kept"] == 1
    assert job.cancellation["documents_stopped"] == 0


def test_verification_times_out_when_no_worker_confirms_the_stop(attempt, job, settings):
    lifecycle.request_cancel(job, by=job.user)
    later = timezone.now() + timedelta(seconds=settings.JOB_CANCELLATION_TIMEOUT + 1)

    assert recovery.revoke_overdue_cancellations(timezone.now()) == 0
    assert recovery.revoke_overdue_cancellations(later) == 1

    job.refresh_from_db()
    assert job.status == JobStatus.CANCELLED
    assert job.cancellation["verification_timeout"] is True
    assert job.cancellation["running_at_request"] == 1  # what the receipt said stays
    assert "(its worker did not confirm in time)" in stopped(job).message
    with pytest.raises(attempts.AttemptLost):
        succeed(attempt)


def test_the_stop_is_confirmed_when_the_worker_dies_before_the_time_is_up(attempt, job):
    lifecycle.request_cancel(job, by=job.user)

    recovery.reclaim_from([fresh(attempt).worker], timezone.now())

    job.refresh_from_db()
    assert job.status == JobStatus.CANCELLED
    assert job.cancellation["verification_timeout"] is False
    assert "did not confirm" not in stopped(job).message


def test_a_document_is_blamed_for_one_death_when_it_may_not_be_tried_again():
    job = make_job(status=JobStatus.QUEUED)
    job.processing_options["processing_settings"]["max_retries"] = 0
    job.save()
    attempt = take_document()

    recovery.reclaim_from([fresh(attempt).worker], timezone.now())

    assert fresh(attempt).error_message == "The worker died or hung once on this document."


def test_what_the_conversion_warns_of_stands_in_the_log(attempt, job):
    succeed(attempt, warnings=("Page 3 is empty.",))

    assert job.logs.get(event="document.warning").message == "Page 3 is empty."


def test_the_next_document_of_a_batch_begins_with_the_end_of_the_one_before(job):
    first, second = _both(job)

    conversion = make_conversion()
    stored = results.write(first.row, first.id, conversion.markdown)
    attempts.succeed(first, conversion, stored, timezone.now(), then=second)

    assert fresh(second).attempts == 1
    assert fresh(second).started_at is not None


def _both(job):
    """Both documents of the job, held by one worker, the first begun."""
    first = take_document()
    second = take_document()
    JobDocument.objects.filter(pk=second.row.pk).update(started_at=None, attempts=0)
    return first, second
