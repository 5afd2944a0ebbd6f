"""What is taken home is called after its job and the day."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from jobs.exports import names
from jobs.models import JobStatus
from tests.factories import make_job

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("Quarterly Reports", "quarterly-reports"),
        ("Übersicht: März/April", "übersicht-märzapril"),
        ("../../etc", "etc"),
        ("x" * 200, "x" * 60),
    ],
)
def test_a_file_is_called_after_its_job_and_the_day(member, name, stem):
    job = make_job(member, name=name)

    assert names.of_job(job, ".csv", part="report", now=NOON) == f"{stem}-report-2026-11-26.csv"


def test_a_name_without_letters_gives_way_to_the_id(member):
    job = make_job(member, name="???")

    assert names.of_job(job, ".zip", now=NOON) == f"job-{job.pk}-2026-11-26.zip"


def test_an_archive_of_several_jobs_is_called_after_the_first_and_counts_the_others(member):
    jobs = [make_job(member, name=name) for name in ("Q3", "Q4", "Q5")]

    assert names.of_jobs(jobs, ".zip", now=NOON) == "q3-and-2-more-2026-11-26.zip"
    assert names.of_jobs(jobs[:1], ".zip", now=NOON) == "q3-2026-11-26.zip"


@pytest.mark.parametrize(
    ("address", "end"),
    [
        ("jobs:report", "-report-{day}.csv"),
        ("jobs:chunks", "-chunks-{day}.ndjson"),
        ("jobs:log-download", "-{day}.log.txt"),
        ("jobs:log-lines", "-{day}.log.ndjson"),
        ("jobs:download", "-{day}.zip"),
    ],
)
def test_each_page_that_is_a_file_is_called_so(browser, member, address, end):
    job = make_job(member, name="Q4", status=JobStatus.COMPLETED, rows=["COMPLETED"])

    answer = browser.get(reverse(address, args=[job.pk]))

    name = "q4" + end.format(day=timezone.localdate().isoformat())
    assert answer["Content-Disposition"] == f'attachment; filename="{name}"'


def test_the_archive_of_jobs_is_called_after_those_that_have_results(browser, member):
    first, second = (
        make_job(member, name=name, status=JobStatus.COMPLETED, rows=["COMPLETED"])
        for name in ("Q3", "Q4")
    )
    empty = make_job(member, name="Empty", status=JobStatus.CANCELLED)

    answer = browser.post(reverse("jobs:bulk-download"), {"job": [first.pk, second.pk, empty.pk]})

    day = timezone.localdate().isoformat()
    assert f'-and-1-more-{day}.zip"' in answer["Content-Disposition"]
