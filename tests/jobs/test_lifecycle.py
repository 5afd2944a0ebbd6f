"""How a job moves from draft to its end."""

from datetime import timedelta

import pytest
from django.utils import timezone

from jobs import drafts, lifecycle, limit, queueing, starts
from jobs.locking import lock
from jobs.models import DocumentStatus, Job, JobDocument, JobStatus, LogLevel
from jobs.queue import WAKEUPS, due_wakeups
from orgsettings.options import OptionsError
from tests.factories import make_document, make_job, make_org, make_row, make_user

pytestmark = pytest.mark.django_db


def events(job):
    """The log's event names, oldest first."""
    return list(job.logs.order_by("id").values_list("event", flat=True))


def wakeups():
    return due_wakeups(timezone.now()).count()


def test_a_draft_is_queued_with_its_log_line_and_its_tokens_when_it_is_started():
    job = make_job(rows=3)

    starts.start(job, by=job.user)

    assert job.status == JobStatus.QUEUED
    assert job.queued_at is not None
    assert events(job) == ["job.queued"]
    assert wakeups() == 3


def test_the_number_of_tokens_is_bounded_when_a_job_has_many_documents():
    job = make_job(rows=0)
    document = make_document(job.user)
    JobDocument.objects.bulk_create(
        JobDocument(job=job, filename="x.txt", file_size=1, position=n, created_at=job.created_at)
        for n in range(WAKEUPS + 10)
    )
    Job.objects.filter(pk=job.pk).update(total_documents=WAKEUPS + 10)

    starts.start(job, by=job.user)

    assert wakeups() == WAKEUPS
    assert document.job_documents.count() == 0


@pytest.mark.parametrize(
    "status", [JobStatus.QUEUED, JobStatus.RUNNING, JobStatus.COMPLETED, JobStatus.CANCELLED]
)
def test_only_a_draft_can_be_started(status):
    job = make_job(status=status)

    with pytest.raises(starts.NotStartable):
        starts.start(job, by=job.user)

    assert wakeups() == 0


def test_a_draft_without_documents_cannot_be_started():
    job = make_job(rows=0)

    with pytest.raises(starts.NoDocuments):
        starts.start(job, by=job.user)


def test_an_organization_at_its_limit_starts_nothing_more():
    user = make_user(make_org(limit=1))
    make_job(user, status=JobStatus.RUNNING)
    waiting = make_job(user)

    with pytest.raises(limit.ConcurrencyLimitReached) as refusal:
        starts.start(waiting, by=user)

    waiting.refresh_from_db()
    assert waiting.status == JobStatus.PENDING
    assert refusal.value.extra["limit"] == refusal.value.extra["active"] == 1
    assert wakeups() == 0


def test_the_limit_counts_neither_drafts_nor_ended_jobs_nor_those_of_others():
    user = make_user(make_org(limit=1))
    make_job(user)
    make_job(user, status=JobStatus.COMPLETED)
    make_job(status=JobStatus.RUNNING)

    starts.start(make_job(user), by=user)


def test_running_jobs_go_on_when_the_limit_is_lowered():
    org = make_org(limit=2)
    user = make_user(org)
    first = make_job(user, status=JobStatus.RUNNING)
    make_job(user, status=JobStatus.RUNNING)

    org.settings.job_concurrency_limit = 1
    org.settings.save()

    first.refresh_from_db()
    assert first.status == JobStatus.RUNNING


def test_nothing_is_created_when_a_job_is_created_and_started_at_the_limit():
    user = make_user(make_org(limit=1))
    make_job(user, status=JobStatus.RUNNING)

    with pytest.raises(limit.ConcurrencyLimitReached):
        drafts.create_and_start(user.membership.organization, user, documents=[make_document(user)])

    assert Job.objects.count() == 1


def test_a_job_keeps_its_options_and_retention_when_the_organization_changes_them():
    org = make_org(retention_days=7, default_options={"auto_optimize": False})
    user = make_user(org)
    job = drafts.create(org, user, documents=[make_document(user)])

    org.settings.job_retention_days = 90
    org.settings.default_processing_options = {"auto_optimize": True}
    org.settings.save()

    job.refresh_from_db()
    assert job.processing_options["auto_optimize"] is False
    assert job.retention_days == 7
    assert job.expires_at == job.created_at + timedelta(days=7)


def test_a_job_never_expires_when_retention_is_indefinite():
    org = make_org(retention_days=0)
    user = make_user(org)

    job = drafts.create(org, user, documents=[make_document(user)])

    assert job.expires_at is None
    assert job not in Job.objects.expired(timezone.now() + timedelta(days=10_000))


@pytest.mark.parametrize(
    ("rows", "status", "trouble"),
    [
        (["COMPLETED", "COMPLETED", "RUNNING"], JobStatus.COMPLETED, ""),
        (["COMPLETED", "FAILED", "RUNNING"], JobStatus.COMPLETED, "1/3 documents failed"),
    ],
)
def test_a_job_completes_with_its_last_document_when_one_succeeded(rows, status, trouble):
    job = make_job(status=JobStatus.RUNNING, rows=rows)

    lifecycle.count_ended(lock(job), DocumentStatus.COMPLETED, timezone.now())

    job.refresh_from_db()
    assert (job.status, job.error_message) == (status, trouble)
    assert job.outcome == ("partial" if trouble else "success")
    assert job.completed_at is not None


def test_a_job_fails_when_no_document_succeeded():
    job = make_job(status=JobStatus.RUNNING, rows=["FAILED", "RUNNING"])

    lifecycle.count_ended(lock(job), DocumentStatus.FAILED, timezone.now())

    job.refresh_from_db()
    assert (job.status, job.error_message) == (JobStatus.FAILED, "All 2 documents failed")


def test_expiry_counts_from_the_end_of_the_job():
    job = make_job(status=JobStatus.RUNNING)
    end = timezone.now() + timedelta(days=3)

    lifecycle.count_ended(lock(job), DocumentStatus.COMPLETED, end)

    job.refresh_from_db()
    assert job.expires_at == end + timedelta(days=30)


@pytest.mark.parametrize(
    ("end", "level"), [("COMPLETED", LogLevel.SUCCESS), ("FAILED", LogLevel.ERROR)]
)
def test_the_log_shows_at_once_whether_a_job_succeeded(end, level):
    job = make_job(status=JobStatus.RUNNING)

    lifecycle.count_ended(lock(job), end, timezone.now())

    assert job.logs.get(event=f"job.{end.lower()}").level == level


def test_a_draft_is_cancelled_at_once():
    job = make_job(rows=2)

    lifecycle.request_cancel(job, by=job.user)

    assert job.status == JobStatus.CANCELLED
    assert job.cancelled_documents == 2
    assert job.cancellation["documents_kept"] == 0


def test_waiting_documents_are_cancelled_and_running_ones_awaited_when_a_job_is_cancelled():
    job = make_job(status=JobStatus.RUNNING, rows=["COMPLETED", "RUNNING", "PENDING", "PENDING"])

    lifecycle.request_cancel(job, by=job.user)

    assert job.status == JobStatus.RUNNING
    assert job.is_cancelling
    assert job.cancelled_documents == 2
    assert job.cancellation["running_at_request"] == 1


def test_documents_taken_but_not_begun_are_cancelled_at_once():
    job = make_job(status=JobStatus.RUNNING, rows=["RUNNING", "RUNNING"])
    job.job_documents.filter(position=1).update(started_at=None)

    lifecycle.request_cancel(job, by=job.user)

    assert job.cancelled_documents == 1
    assert job.cancellation["running_at_request"] == 1


def test_the_receipt_says_how_many_documents_were_stopped_and_how_long_it_took():
    job = make_job(status=JobStatus.RUNNING, rows=["COMPLETED", "RUNNING", "RUNNING", "RUNNING"])
    lifecycle.request_cancel(job, by=job.user)

    end = job.cancel_requested_at + timedelta(seconds=2)
    for status in ("COMPLETED", "CANCELLED", "CANCELLED"):
        lifecycle.count_ended(lock(job), status, end)

    job.refresh_from_db()
    assert job.cancellation["seconds"] == 2
    assert job.cancellation["documents_stopped"] == 2
    assert job.cancellation["documents_kept"] == 2


def test_asking_twice_to_cancel_changes_nothing():
    job = make_job(status=JobStatus.RUNNING, rows=["RUNNING", "PENDING"])
    lifecycle.request_cancel(job, by=job.user)
    first = job.cancel_requested_at

    lifecycle.request_cancel(job, by=job.user)

    assert job.cancel_requested_at == first
    assert events(job) == ["job.cancel_requested"]


@pytest.mark.parametrize("status", [JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.CANCELLED])
def test_an_ended_job_cannot_be_cancelled(status):
    job = make_job(status=status)

    with pytest.raises(lifecycle.NotCancellable):
        lifecycle.request_cancel(job, by=job.user)

    job.refresh_from_db()
    assert job.status == status


def test_failed_documents_wait_again_and_results_stay_when_a_job_is_retried():
    job = make_job(status=JobStatus.COMPLETED, rows=["COMPLETED", "FAILED", "FAILED"])

    count = starts.retry(job, by=job.user)

    assert count == 2
    assert (job.status, job.completed_documents, job.failed_documents) == ("QUEUED", 1, 0)
    assert (job.started_at, job.completed_at) == (None, None)
    assert sorted(job.job_documents.values_list("status", flat=True)) == [
        "COMPLETED",
        "PENDING",
        "PENDING",
    ]
    assert events(job) == ["job.retried"]


def test_only_chosen_documents_wait_again_with_options_of_their_own():
    job = make_job(status=JobStatus.CANCELLED, rows=["COMPLETED", "CANCELLED", "FAILED"])
    chosen = job.job_documents.get(status="FAILED")

    starts.retry(job, by=job.user, rows=[chosen.pk], options={"auto_optimize": False})

    assert (job.failed_documents, job.cancelled_documents) == (0, 1)
    chosen.refresh_from_db()
    assert chosen.options_override == {"auto_optimize": False}
    assert job.processing_options["auto_optimize"] is True
    assert job.cancelled_at is None
    assert job.cancellation is None


def test_options_of_a_document_are_kept_when_it_is_retried_without_any():
    job = make_job(status=JobStatus.FAILED)
    row = job.job_documents.get()
    JobDocument.objects.update(options_override={"auto_optimize": False})

    starts.retry(job, by=job.user, rows=[row.pk])

    row.refresh_from_db()
    assert row.options_override == {"auto_optimize": False}


def test_options_of_documents_give_way_when_the_whole_job_is_retried_with_others():
    job = make_job(status=JobStatus.FAILED, rows=2)
    JobDocument.objects.update(options_override={"ocr_settings": {"language": "deu"}})

    starts.retry(job, by=job.user, options={"ocr_settings": {"language": "fra"}})

    assert job.processing_options["ocr_settings"]["language"] == "fra"
    assert [row.options_override for row in job.job_documents.all()] == [{}, {}]


@pytest.mark.parametrize(
    "options",
    [
        {"quality_thresholds": {"conversion_threshold": 50}},
        {"processing_settings": {"chunk_size": 500}},
    ],
)
def test_options_of_the_whole_job_are_refused_for_single_documents(options):
    job = make_job(status=JobStatus.FAILED)

    with pytest.raises(OptionsError) as refusal:
        starts.retry(job, by=job.user, rows=[job.job_documents.get().pk], options=options)

    assert [error["code"] for error in refusal.value.errors] == ["not_of_a_document"]
    job.refresh_from_db()
    assert job.status == JobStatus.FAILED


def test_a_failed_document_is_replaced_in_its_place_and_runs_again():
    job = make_job(status=JobStatus.COMPLETED, rows=["COMPLETED", "FAILED"])
    row = job.job_documents.get(status="FAILED")
    better = make_document(job.user, filename="better.txt", path="a/b")

    starts.replace(job, row, better, by=job.user)

    row.refresh_from_db()
    assert (row.document, row.full_name, row.status) == (better, "a/b/better.txt", "PENDING")
    assert (row.position, row.file_size) == (1, better.file_size)
    assert (job.status, job.failed_documents, job.total_documents) == ("QUEUED", 0, 2)
    assert events(job) == ["document.replaced", "job.retried"]
    assert job.logs.get(event="document.replaced").metadata["by"] == job.user.username
    assert "with_password" not in job.logs.get(event="job.retried").metadata


def test_a_document_that_was_deleted_can_be_replaced():
    job = make_job(status=JobStatus.FAILED)
    job.job_documents.get().document.delete()

    starts.replace(job, job.job_documents.get(), make_document(job.user), by=job.user)

    assert job.status == JobStatus.QUEUED


def test_a_document_is_not_replaced_by_one_that_the_job_has_already():
    job = make_job(status=JobStatus.FAILED, rows=2)
    first, second = job.job_documents.all()

    with pytest.raises(starts.DocumentAlreadyInJob):
        starts.replace(job, first, second.document, by=job.user)


@pytest.mark.parametrize("status", [JobStatus.COMPLETED, JobStatus.RUNNING])
def test_a_document_that_did_not_fail_is_not_replaced(status):
    job = make_job(status=status)
    row = job.job_documents.get()

    with pytest.raises(queueing.NothingToRetry):
        starts.replace(job, row, make_document(job.user), by=job.user)

    assert job.job_documents.get().document == row.document


def test_there_is_nothing_to_retry_when_all_documents_succeeded():
    job = make_job(status=JobStatus.COMPLETED)

    with pytest.raises(queueing.NothingToRetry):
        starts.retry(job, by=job.user)


def test_a_retry_respects_the_limit():
    user = make_user(make_org(limit=1))
    make_job(user, status=JobStatus.RUNNING)
    job = make_job(user, status=JobStatus.FAILED)

    with pytest.raises(limit.ConcurrencyLimitReached):
        starts.retry(job, by=user)


def test_the_log_of_a_retry_tells_no_choice_when_there_was_none():
    job = make_job(status=JobStatus.FAILED)

    starts.retry(job, by=None)

    assert job.logs.get(event="job.retried").metadata == {"task_count": 1, "by": None}


def test_a_document_is_not_replaced_when_no_place_is_free():
    user = make_user(make_org(limit=1))
    make_job(user, status=JobStatus.RUNNING)
    job = make_job(user, status=JobStatus.FAILED)
    row = job.job_documents.get()

    with pytest.raises(limit.ConcurrencyLimitReached):
        starts.replace(job, row, make_document(user), by=user)

    assert job.job_documents.get().document == row.document


@pytest.mark.parametrize(("rows", "documents"), [(1, "1 document"), (2, "2 documents")])
def test_the_log_says_how_many_documents_were_queued(rows, documents):
    job = make_job(rows=rows)

    starts.start(job, by=job.user)

    queued = job.logs.get(event="job.queued")
    assert queued.message == f"Job queued with {documents}"
    assert queued.metadata == {"task_count": rows, "by": job.user.username}


def test_rows_and_result_files_go_and_uploads_stay_when_a_job_is_deleted(
    django_capture_on_commit_callbacks, stored_files
):
    job = make_job(status=JobStatus.COMPLETED, rows=2)
    results = [row.result_file.path for row in job.job_documents.all()]
    uploads = [row.document.file.path for row in job.job_documents.all()]

    with django_capture_on_commit_callbacks(execute=True):
        lifecycle.delete(job, by=job.user)

    files = {str(path) for path in stored_files.rglob("*") if path.is_file()}
    assert files.isdisjoint(results)
    assert files.issuperset(uploads)
    assert not Job.objects.exists()


def test_an_active_job_cannot_be_deleted():
    job = make_job(status=JobStatus.RUNNING)

    with pytest.raises(lifecycle.NotDeletable):
        lifecycle.delete(job, by=job.user)


def test_documents_of_a_started_job_cannot_change():
    job = make_job(status=JobStatus.QUEUED)

    with pytest.raises(drafts.NotADraft):
        drafts.add_documents(job, [make_document(job.user)])
    with pytest.raises(drafts.NotADraft):
        drafts.remove_document(job, job.job_documents.get().pk)
    with pytest.raises(drafts.NotADraft):
        drafts.configure(job, {})


def test_a_document_is_in_a_draft_once_however_often_it_is_added():
    job = make_job(rows=0)
    document = make_document(job.user)

    drafts.add_documents(job, [document])
    drafts.add_documents(job, [document, make_document(job.user)])

    assert job.total_documents == 2
    assert list(job.job_documents.values_list("position", flat=True)) == [0, 1]


def test_a_document_can_be_taken_out_of_a_draft():
    job = make_job(rows=2)
    row = make_row(make_job(job.user))

    drafts.remove_document(job, job.job_documents.first().pk)
    drafts.remove_document(job, row.pk)  # of another job: nothing happens

    assert job.total_documents == job.job_documents.count() == 1
    assert JobDocument.objects.filter(pk=row.pk).exists()
