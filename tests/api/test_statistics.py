"""Numbers about jobs."""

from datetime import timedelta

import pytest
from django.utils import timezone

from jobs.models import JobStatus
from orgsettings.models import Role
from tests.factories import make_api_client, make_job, make_org, make_user

pytestmark = pytest.mark.django_db


def ended(user, status, *, days_ago=0.0, minutes=1.0, rows=1):
    end = timezone.now() - timedelta(days=days_ago)
    start = end - timedelta(minutes=minutes)
    return make_job(
        user, status=status, rows=rows, created_at=start, started_at=start, completed_at=end
    )


def test_a_person_sees_the_numbers_of_their_own_jobs():
    org = make_org()
    user = make_user(org)
    make_job(user, status=JobStatus.QUEUED)
    make_job(user, status=JobStatus.RUNNING)
    ended(user, JobStatus.COMPLETED)
    ended(user, JobStatus.FAILED, days_ago=3)
    ended(user, JobStatus.COMPLETED, days_ago=20)
    ended(make_user(org), JobStatus.COMPLETED)

    told = make_api_client(user).get("/api/v1/jobs/stats/user").json()

    assert told == {
        "user_id": user.pk,
        "active_jobs": 2,
        "queued_jobs": 1,
        "total_jobs": 5,
        "completed_jobs": 2,
        "failed_jobs": 1,
        "cancelled_jobs": 0,
        "total_jobs_24h": 3,
        "total_jobs_7d": 4,
        "completed_jobs_24h": 1,
        "failed_jobs_24h": 0,
    }


def test_an_admin_sees_the_numbers_of_the_organization():
    org = make_org(limit=5)
    admin = make_user(org, role=Role.ADMIN)
    jobs = [
        ended(admin, JobStatus.COMPLETED, minutes=2, rows=2),
        ended(make_user(org), JobStatus.COMPLETED, minutes=4, days_ago=2),
        ended(admin, JobStatus.FAILED, days_ago=2),
        ended(admin, JobStatus.COMPLETED, minutes=60, days_ago=20),
        make_job(admin, status=JobStatus.CANCELLED),
    ]
    ended(make_user(), JobStatus.FAILED)  # of another organization
    rows = [row for job in jobs for row in job.job_documents.select_related("document")]

    told = make_api_client(admin).get("/api/v1/jobs/stats/organization").json()

    assert (told["organization_id"], told["concurrency_limit"]) == (str(org.pk), 5)
    assert (told["total_jobs_24h"], told["total_jobs_7d"], told["total_jobs_30d"]) == (2, 4, 5)
    assert (told["completed_jobs_24h"], told["failed_jobs_24h"]) == (1, 0)
    assert told["avg_processing_time_minutes"] == pytest.approx(3)
    assert told["success_rate_7d"] == pytest.approx(2 / 3, abs=1e-4)
    assert told["total_documents_processed"] == 4
    assert told["storage_usage_bytes"] == sum(
        row.document.file_size + (row.result_size or 0) for row in rows
    )


def test_average_and_rate_are_null_when_no_job_ended():
    admin = make_user(role=Role.ADMIN)

    told = make_api_client(admin).get("/api/v1/jobs/stats/organization").json()

    assert told["avg_processing_time_minutes"] is None
    assert told["success_rate_7d"] is None
    assert told["storage_usage_bytes"] == 0


@pytest.mark.parametrize("role", [Role.MEMBER, Role.VIEWER])
def test_the_numbers_of_the_organization_are_for_admins(role):
    answer = make_api_client(make_user(role=role)).get("/api/v1/jobs/stats/organization")

    assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")
