"""Why a job waits is said in words."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from jobs.engine import claims
from jobs.models import JobDocument, JobStatus, Worker
from jobs.monitoring import diagnosis
from tests.factories import make_job, make_org, make_user, make_waiting, make_worker

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


@pytest.fixture
def hog():
    """An organization whose two documents hold both workers, the latest for 42 seconds."""
    job = make_job(make_user(make_org("Acme")), status=JobStatus.QUEUED, rows=2)
    for _ in range(2):
        claims.claim(make_worker(), timezone.now())
    JobDocument.objects.update(started_at=timezone.now() - timedelta(seconds=42))
    return job


def test_a_job_is_told_that_room_is_made_when_another_organization_holds_the_workers(hog):
    job = make_job(status=JobStatus.QUEUED)
    says = "2 documents of other jobs that take long; one of them makes room for this job"

    assert says in diagnosis.why_waiting(job)
    assert says in diagnosis.reasons([job], timezone.now())[job.pk]


def test_a_job_takes_its_turn_when_its_own_organization_holds_the_workers(hog):
    job = make_job(hog.user, status=JobStatus.QUEUED)

    assert diagnosis.why_waiting(job).endswith("of other jobs; this job takes its turn.")


def test_the_doctor_tells_who_holds_the_workers_with_what_and_who_waits(hog):
    make_job(make_user(make_org("Globex")), status=JobStatus.QUEUED, rows=3)
    make_job(make_user(make_org("Initech")), status=JobStatus.QUEUED, rows=1)

    out = StringIO()
    call_command("jobs_doctor", stdout=out)

    text = out.getvalue()
    assert "Acme holds 2 of 2 workers, more than all others together" in text
    for row in hog.job_documents.all():
        assert f"{row.filename} takes 42 s already (attempt 1)" in text
    assert "Globex has no worker: 3 documents wait because of it" in text
    assert "Initech has no worker: 1 document waits because of it" in text


def test_the_doctor_tells_of_one_worker_when_only_one_lives():
    make_job(make_user(make_org("Acme")), status=JobStatus.QUEUED)
    claims.claim(make_worker(), timezone.now())

    out = StringIO()
    call_command("jobs_doctor", stdout=out)

    assert "Acme holds 1 of 1 worker\n" in out.getvalue()


def test_a_job_waits_for_a_place_when_it_is_in_line():
    make_worker()
    first = make_waiting()
    second = make_waiting(first.user)

    assert diagnosis.why_waiting(second).startswith("Waiting for a place: 2nd in line. It starts")


def test_a_job_in_line_is_told_that_nobody_works():
    assert diagnosis.why_waiting(make_waiting()).endswith("the job then continues automatically.")


def test_the_doctor_tells_the_lines_of_all_organizations():
    acme, globex = make_user(make_org("Acme")), make_user(make_org("Globex"))
    make_waiting(acme, name="Scans", waiting_since=timezone.now() - timedelta(seconds=42))
    make_waiting(globex, name="Letters")
    make_waiting(acme, name="Reports")

    out = StringIO()
    call_command("jobs_doctor", stdout=out)

    told = out.getvalue()
    assert "jobs in line: 3" in told
    waiting = told.partition("Jobs that wait for a place\n")[2].splitlines()
    assert [line.partition("  ")[2].split("  ", 1)[1] for line in waiting] == [
        "Acme  “Scans”  1st in line, for 42 s",
        "Acme  “Reports”  2nd in line, for 0 s",
        "Globex  “Letters”  1st in line, for 0 s",
    ]


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
