"""Whoever looks at a job hears of every change: its version rises."""

from pathlib import Path

import pytest
from django.utils import timezone

from documents import deletion
from documents.conversion import ConversionError, Progress
from jobs import drafts, lifecycle, starts
from jobs.engine import attempts
from jobs.legacy import process_page
from jobs.models import Job, JobStatus, Review
from jobs.review import edits, reviews
from jobs.upkeep import storage_check
from tests.factories import C, make_document, make_job, make_waiting, succeed, take_document

pytestmark = pytest.mark.django_db

CRASH = ConversionError("conversion_crashed", "It crashed.", "Retry it.", permanent=False)
DAMAGED = ConversionError("corrupt_file", "It is damaged.", "Save it again.")


# Each makes a job, then yields it, and changes it when it is asked to go on.


def it_is_started():
    yield (job := make_job())
    starts.start(job, by=job.user)


def it_joins_the_line():
    yield (job := make_job(make_waiting().user))
    starts.start(job, by=job.user, or_wait=True)


def it_leaves_the_line():
    yield (job := make_waiting())
    starts.withdraw(job, by=job.user)


def it_runs_again():
    yield (job := make_job(status=JobStatus.FAILED))
    starts.retry(job, by=job.user)


def somebody_cancels_it():
    yield (job := make_job(status=JobStatus.RUNNING))
    lifecycle.request_cancel(job, by=job.user)


def a_worker_takes_documents():
    yield make_job(status=JobStatus.QUEUED)
    take_document()


def a_page_is_read():
    make_job(status=JobStatus.QUEUED)
    yield (attempt := take_document()).job
    attempts.note_progress(attempt, Progress("ocr", 1, 2))


def a_document_is_converted():
    make_job(status=JobStatus.QUEUED, rows=2)
    yield (attempt := take_document()).job
    succeed(attempt)


def a_document_fails():
    make_job(status=JobStatus.QUEUED, rows=2)
    yield (attempt := take_document()).job
    attempts.fail(attempt, DAMAGED, timezone.now())


def a_document_waits_again_after_a_crash():
    make_job(status=JobStatus.QUEUED)
    yield (attempt := take_document()).job
    attempts.fail(attempt, CRASH, timezone.now())


def a_document_is_handed_back():
    make_job(status=JobStatus.QUEUED)
    yield (attempt := take_document()).job
    attempts.release([attempt], timezone.now(), "the worker was told to stop")


def a_result_is_reviewed():
    yield (job := make_job(status=JobStatus.COMPLETED))
    reviews.review(job, job.job_documents.values("pk"), Review.EXCLUDED, by=job.user)


def a_result_is_edited():
    yield (job := make_job(status=JobStatus.COMPLETED))
    edits.save(job.job_documents.get(), "# Mended\n\nIt has other words now.\n", job.user)


def a_result_is_lost():
    yield (job := make_job(status=JobStatus.COMPLETED, rows=[C, C]))
    Path(job.job_documents.first().result_file.path).unlink()
    storage_check.fix(storage_check.look(timezone.now()), timezone.now())


def an_upload_is_deleted():
    yield (job := make_job(status=JobStatus.COMPLETED))
    deletion.delete(job.job_documents.get().document)


def documents_are_added():
    yield (job := make_job())
    drafts.add_documents(job, [make_document(job.user)])


def a_document_is_removed():
    yield (job := make_job())
    drafts.remove_document(job, job.job_documents.get().pk)


def its_documents_are_arranged():
    yield (job := make_job(rows=2))
    drafts.arrange(job)


def its_options_change():
    yield (job := make_job())
    drafts.configure(job, {"auto_optimize": False})


def its_name_changes():
    yield (job := make_job())
    drafts.rename(job, name="Minutes", description="")


def it_leaves_the_process_page():
    yield (job := make_job(on_process_page=True))
    process_page.clear(job)


CHANGES = [
    it_is_started,
    it_joins_the_line,
    it_leaves_the_line,
    it_runs_again,
    somebody_cancels_it,
    a_worker_takes_documents,
    a_page_is_read,
    a_document_is_converted,
    a_document_fails,
    a_document_waits_again_after_a_crash,
    a_document_is_handed_back,
    a_result_is_reviewed,
    a_result_is_edited,
    a_result_is_lost,
    an_upload_is_deleted,
    documents_are_added,
    a_document_is_removed,
    its_documents_are_arranged,
    its_options_change,
    its_name_changes,
    it_leaves_the_process_page,
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_the_version_of_a_job_rises_when(change):
    steps = change()
    job = next(steps)
    before = Job.objects.get(pk=job.pk).version

    next(steps, None)

    assert Job.objects.get(pk=job.pk).version > before
