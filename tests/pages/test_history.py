"""What a job and its documents went through before: earlier runs and attempts stay to be seen."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from documents.conversion import ConversionError
from jobs import lifecycle, starts
from jobs.detail import history
from jobs.engine import attempts
from jobs.models import Job, JobStatus
from jobs.review import edits
from tests.factories import make_job, succeed, take_document

BROKEN = ConversionError("corrupt_file", "It is damaged.", "Save it again.", permanent=True)


def fail():
    attempts.fail(take_document(), BROKEN, timezone.now())


def make_failed(member):
    job = make_job(member, rows=1, name="Failed once")
    starts.start(job, by=member)
    fail()
    return Job.objects.get(pk=job.pk)


@pytest.fixture
def job(member):
    """Two documents, one of which failed; then that one was retried and succeeded."""
    job = make_job(member, rows=2)
    starts.start(job, by=member)
    succeed(take_document())
    fail()
    starts.retry(Job.objects.get(pk=job.pk), by=member)
    succeed(take_document())
    return Job.objects.get(pk=job.pk)


def url(job):
    return reverse("jobs:detail", args=[job.pk])


def result_url(row, view="rendered"):
    return f"{reverse('jobs:result', args=[row.job_id, row.pk])}?view={view}"


def test_the_runs_of_a_job_have_their_times_and_what_came_of_them(member, job):
    first, second = history.runs(job)

    assert (first.number, first.documents, first.by) == (1, 2, member.username)
    assert (second.number, second.documents, second.by) == (2, 1, member.username)
    assert first.queued_at <= first.started_at <= first.ended_at <= second.queued_at
    assert second.ended_at == job.completed_at
    assert first.ending == "Job completed: 1 succeeded, 1 failed"
    assert second.ending == "Job completed: 2 succeeded, 0 failed"


def test_a_run_that_goes_on_has_no_end(member):
    job = make_failed(member)
    starts.retry(job, by=member)

    last = history.runs(job)[-1]

    assert (last.started_at, last.ended_at, last.ending) == (None, None, "")


def test_a_cancelled_run_ends_with_the_cancellation(member):
    job = make_job(member, rows=2)
    starts.start(job, by=member)
    lifecycle.request_cancel(job, by=member)
    starts.retry(job, by=member)

    first, second = history.runs(job)

    assert first.ending.startswith("Job cancelled after")
    assert (first.started_at, second.documents) == (None, 2)


def test_the_page_of_a_retried_job_lists_its_runs(browser, job):
    page = browser.get(url(job)).text

    runs = page[page.index('class="runs"') :]
    runs = " ".join(runs[: runs.index("</ol>")].split())
    assert runs.count("<li") == 2
    assert "Job completed: 1 succeeded, 1 failed" in runs
    assert re.search(r"\b1 document\b", runs)
    assert re.search(r"\b2 documents\b", runs)


def test_a_job_that_ran_once_lists_no_runs(browser, member):
    job = make_job(member, status=JobStatus.COMPLETED)

    assert 'class="runs"' not in browser.get(url(job)).text


def test_runs_cost_a_query_only_where_there_was_a_retry(
    browser, member, job, django_assert_num_queries
):
    once = make_job(member, status=JobStatus.COMPLETED)
    browser.get("/jobs")

    with django_assert_num_queries(7):
        browser.get(url(once))
    with django_assert_num_queries(8):
        browser.get(url(job))


def test_only_the_last_runs_are_listed_of_a_job_that_ran_very_often(member):
    job = make_failed(member)
    for _ in range(history.MOST_RUNS + 2):
        starts.retry(job, by=member)
        fail()
        job.refresh_from_db()

    numbers = [run.number for run in history.runs(job)]

    assert numbers == list(range(4, history.MOST_RUNS + 4))


def test_a_document_that_failed_again_lists_its_attempts(browser, member):
    job = make_failed(member)
    starts.retry(job, by=member)
    fail()
    row = job.job_documents.get()

    page = browser.get(result_url(row)).text

    listed = page[page.index('id="attempts"') :]
    listed = listed[: listed.index("</section>")]
    assert listed.count("Document processing started") == 2
    assert listed.count("It is damaged.") == 2


def test_a_document_that_was_converted_at_last_lists_its_attempts_beside_its_versions(browser, job):
    row = job.job_documents.get(position=1)

    page = browser.get(result_url(row, "versions")).text

    listed = page[page.index('id="attempts"') :]
    assert listed.count("Document processing started") == 2
    assert listed.index("It is damaged.") < listed.index("processed successfully")


def test_a_document_of_one_attempt_lists_none(browser, job):
    row = job.job_documents.get(position=0)
    edits.save(row, "# Mended\n", job.user)

    assert 'id="attempts"' not in browser.get(result_url(row, "versions")).text
