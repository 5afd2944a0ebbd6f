"""The line with real worker processes: jobs that wait start by themselves, in their order."""

import pytest
from django.core.files.base import ContentFile

from documents import uploads
from jobs import drafts, line, starts
from jobs.models import Job, JobStatus
from tests.cluster.conftest import assert_invariants, ended, slow, wait_for
from tests.factories import make_org, make_user, make_waiting
from tests.jobs.test_races import at_once

pytestmark = pytest.mark.cluster

LIMIT = 3


@pytest.fixture
def user(transactional_db):
    return make_user(make_org(limit=LIMIT))


def draft(user, content):
    organization = user.membership.organization
    source = ContentFile(content.encode())
    document = uploads.accept(
        source, filename="text.txt", organization=organization, user=user
    ).document
    return drafts.create(organization, user, documents=[document])


def most_at_once(jobs):
    """How many of the jobs were active at the same moment, by what their rows say."""
    changes = [(job.queued_at, 1) for job in jobs] + [(job.completed_at, -1) for job in jobs]
    active = most = 0
    for _, change in sorted(changes):  # an end comes before a start of the same moment
        active += change
        most = max(most, active)
    return most


def test_twenty_jobs_run_in_their_order_and_never_more_than_the_limit(
    user, start_worker, stored_files
):
    jobs = [draft(user, slow(0.2, number)) for number in range(20)]

    at_once([lambda job=job: starts.start(job, by=user, or_wait=True) for job in jobs])

    waiting = list(line.of(user.membership.organization_id))
    assert (Job.objects.active().count(), len(waiting)) == (LIMIT, 17)
    start_worker()
    start_worker()
    wait_for(lambda: all(ended(job) for job in jobs), "all jobs", seconds=120)
    for job in jobs:
        assert job.status == JobStatus.COMPLETED
        assert_invariants(job, stored_files)
        assert job.logs.filter(event="job.queued").count() == 1
    started = sorted(waiting, key=lambda job: Job.objects.get(pk=job.pk).queued_at)
    assert started == waiting
    assert most_at_once(jobs) == LIMIT


def test_a_job_whose_turn_was_missed_is_started_by_the_watchdog(user, start_worker):
    start_worker().pool()

    job = make_waiting(user)  # a place is free, and whoever freed it died before serving the line

    wait_for(lambda: ended(job), "the job", seconds=30)
    assert job.status == JobStatus.COMPLETED


def test_the_line_goes_on_whatever_is_killed(user, start_worker, stored_files):
    jobs = [draft(user, slow(0.3, number)) for number in range(12)]
    for job in jobs:
        starts.start(job, by=user, or_wait=True)

    for left in (9, 6, 3):
        worker = start_worker()
        wait_for(lambda left=left: unended(jobs) <= left, "some jobs")
        worker.end()
    start_worker()
    wait_for(lambda: not unended(jobs), "all jobs", seconds=120)

    for job in jobs:
        job.refresh_from_db()
        assert_invariants(job, stored_files)
    assert [job.pk for job in sorted(jobs, key=lambda job: job.queued_at)] == [
        job.pk for job in jobs
    ]


def unended(jobs):
    return Job.objects.filter(pk__in=[job.pk for job in jobs]).exclude(status="COMPLETED").count()
