"""Why a job waits is said in words."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from jobs import claims, diagnosis
from jobs.models import JobDocument, JobStatus, Worker
from tests.factories import make_job, make_worker

pytestmark = pytest.mark.django_db


def test_a_job_waits_for_a_worker_when_none_lives():
    job = make_job(status=JobStatus.QUEUED)
    make_worker(last_seen_at=timezone.now() - timedelta(hours=1))

    assert diagnosis.why_waiting(job).startswith("No worker is running.")


def test_a_job_waits_for_its_turn_when_all_workers_are_busy():
    make_job(status=JobStatus.QUEUED)
    claims.claim(make_worker(), timezone.now())
    job = make_job(status=JobStatus.QUEUED)

    assert "busy with 1 document of other jobs" in diagnosis.why_waiting(job)


def test_a_job_waits_for_its_documents_to_be_taken_back_when_its_worker_is_silent():
    job = make_job(status=JobStatus.QUEUED)
    make_worker()
    claims.claim(make_worker(), timezone.now())
    job.refresh_from_db()
    JobDocument.objects.update(lease_expires_at=timezone.now() - timedelta(seconds=1))

    assert "gave no sign of life" in diagnosis.why_waiting(job)


def test_a_job_that_progresses_or_ended_or_was_not_started_does_not_wait():
    make_worker()
    for status in (JobStatus.PENDING, JobStatus.RUNNING, JobStatus.COMPLETED):
        assert diagnosis.why_waiting(make_job(status=status)) == ""


def test_the_doctor_tells_of_workers_queue_and_jobs():
    job = make_job(status=JobStatus.QUEUED, name="Quarterly reports")
    worker = make_worker(host="mill", pid=4711)
    claims.claim(worker, timezone.now())
    Worker.objects.filter(pk=worker.pk).update(last_seen_at=timezone.now())

    out = StringIO()
    call_command("jobs_doctor", stdout=out)

    text = out.getvalue()
    assert "mill:4711" in text
    assert f"converts {job.job_documents.get().filename}" in text
    assert "running documents: 1" in text
    assert "“Quarterly reports”  RUNNING  0/1: progressing" in text
