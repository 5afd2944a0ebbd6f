"""Lists and numbers: complete, true, and no larger than was asked for."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from jobs.models import JobStatus
from orgsettings.models import Role
from tests.api.through_http import Caller
from tests.factories import make_job, make_log, make_org, make_user

pytestmark = pytest.mark.django_db

ORGANIZATION = "jobs/stats/organization"


def test_a_members_list_never_has_wrong_totals_or_empty_pages():  # D6
    org = make_org()
    caller, colleague = Caller(make_user(org)), make_user(org)
    now = timezone.now()
    mine = [str(make_job(caller.user, created_at=now - timedelta(days=1)).pk) for _ in range(3)]
    for _ in range(5):
        make_job(colleague, created_at=now)  # newer than all of them

    first, second = (caller.get(f"jobs?page_size=2&page={page}").json() for page in (1, 2))

    assert (first["total"], first["total_pages"]) == (3, 2)
    assert (len(first["jobs"]), len(second["jobs"])) == (2, 1)
    assert {job["id"] for page in (first, second) for job in page["jobs"]} == set(mine)


@pytest.mark.parametrize("limit", [1, 7])
def test_numbers_never_show_the_servers_limit_instead_of_the_organizations(limit):  # D10
    caller = Caller(make_user(make_org(limit=limit), role=Role.ADMIN))

    assert caller.get(ORGANIZATION).json()["concurrency_limit"] == limit


def test_numbers_do_not_fail_on_any_database():  # D10
    caller = Caller(make_user(role=Role.ADMIN))
    now = timezone.now()
    make_job(caller.user, status=JobStatus.COMPLETED, started_at=now - timedelta(minutes=3))

    answer = caller.get(ORGANIZATION)

    assert answer.status_code == 200
    assert answer.json()["avg_processing_time_minutes"] == pytest.approx(3, abs=0.1)


def test_no_number_is_missing_or_a_constant(work):  # D30
    caller = Caller(make_user(role=Role.ADMIN))
    caller.create(caller.upload())
    work()
    caller.create(caller.upload(b"# Other\n\nWords.\n"))

    told = caller.get(ORGANIZATION).json()

    assert (told["total_jobs"], told["queued_jobs"], told["active_jobs"]) == (2, 1, 1)
    assert told["avg_processing_time_minutes"] is not None
    assert told["success_rate_7d"] == 1
    assert told["storage_usage_bytes"] > 0
    assert told["total_documents_processed"] == 1
    assert caller.get("jobs/stats/user").json()["queued_jobs"] == 1


def test_the_settings_that_the_pages_need_are_never_missing():  # D30
    caller = Caller()

    told = caller.get("organizations/me/settings").json()

    assert {"job_concurrency_limit", "job_retention_days"} <= set(told)


def test_progress_does_not_stay_below_100_when_documents_failed(work):  # D31
    caller = Caller()
    job = caller.create(caller.upload(), caller.sample("spaces.txt"))

    work()

    told = caller.job(job)
    assert (told["failed_documents"], told["progress_percent"]) == (1, 100)


def test_no_time_is_without_its_zone_and_no_job_ends_before_it_starts(work):  # D31
    caller = Caller()
    job = caller.create(caller.upload())

    work()

    told = caller.job(job)
    times = [told[f"{name}_at"] for name in ("created", "queued", "started", "completed")]
    assert all(time.endswith("Z") for time in times)
    assert times == sorted(times)
    assert caller.document(job)["processing_time_seconds"] > 0


def test_sizes_are_numbers_and_upload_times_are_seconds():  # D31
    caller = Caller()
    caller.upload(b"12345678")

    (file,) = caller.get("documents/uploaded").json()["files"]

    assert file["file_size"] == 8
    uploaded_at = datetime.fromtimestamp(file["upload_time"], tz=timezone.get_current_timezone())
    assert abs(timezone.now() - uploaded_at) < timedelta(minutes=1)


def test_a_poll_never_sends_all_documents_and_lines_of_a_large_job():  # D32
    caller = Caller()
    job = make_job(caller.user, status=JobStatus.QUEUED, rows=120)
    for _ in range(120):
        make_log(job)

    answer = caller.get(f"jobs/{job.pk}")

    assert (len(answer.json()["documents"]), len(answer.json()["recent_logs"])) == (100, 100)
    known = {"If-None-Match": answer.headers["ETag"]}
    again = caller.get(f"jobs/{job.pk}", headers=known)
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("part", ["documents", "logs"])
def test_no_list_is_without_total_and_pages(part):  # D32
    caller = Caller()
    job = make_job(caller.user, status=JobStatus.QUEUED, rows=12)
    for _ in range(12):
        make_log(job)

    told = caller.get(f"jobs/{job.pk}/{part}?page_size=5&page=3").json()

    assert (told["total"], told["total_pages"], len(told[part])) == (12, 3, 2)
