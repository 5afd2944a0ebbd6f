"""What the archives of a job are called when a browser saves them."""

import re
from urllib.parse import unquote

import pytest
from django.urls import reverse
from django.utils import timezone

from jobs.models import JobStatus
from tests.factories import C, make_job

DAY = timezone.localdate  # of the archive


def saved_as(browser, job, query=""):
    answer = browser.get(reverse("jobs:download", args=[job.pk]) + query)
    assert answer.status_code == 200
    return answer["Content-Disposition"]


@pytest.mark.parametrize(
    ("query", "kind"),
    [("", ""), ("?type=combined", "-combined"), ("?type=rag_ready", "-rag-ready")],
)
def test_an_archive_is_named_after_the_job_and_the_day_when_it_is_downloaded(
    browser, member, query, kind
):
    job = make_job(member, name="Quarterly reports", status=JobStatus.COMPLETED, rows=[C])

    name = f"quarterly-reports{kind}-{DAY().isoformat()}.zip"
    assert saved_as(browser, job, query) == f'attachment; filename="{name}"'


@pytest.mark.parametrize(
    "name", ['../../etc/"passwd"\r\nX-Evil: 1', "C:\\temp\\..\\x; filename=y.exe", "a" * 250]
)
def test_an_archive_has_a_harmless_name_when_that_of_the_job_is_none(browser, member, name):
    job = make_job(member, name=name, status=JobStatus.COMPLETED, rows=[C])

    header = saved_as(browser, job)

    assert re.fullmatch(r'attachment; filename="[\w-]{1,72}\.zip"', header)


def test_an_archive_keeps_letters_of_every_script_when_the_job_has_them(browser, member):
    job = make_job(member, name="Übersicht 報告", status=JobStatus.COMPLETED, rows=[C])

    assert f"übersicht-報告-{DAY().isoformat()}.zip" in unquote(saved_as(browser, job))


def test_an_archive_is_named_after_the_id_when_the_name_has_no_letters(browser, member):
    job = make_job(member, name="!!!", status=JobStatus.COMPLETED, rows=[C])

    assert f"job-{job.pk}-{DAY().isoformat()}.zip" in saved_as(browser, job)
