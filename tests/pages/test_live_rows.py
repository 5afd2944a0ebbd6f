"""What a live answer carries: the rows that changed, and of the others only that they are there."""

import gzip
import re

import pytest
from django.urls import reverse

from jobs.models import DocumentStatus, JobDocument, JobStatus
from tests.factories import make_job

pytestmark = pytest.mark.django_db

VERSION = re.compile(r'data-version="([^"]+)"')


@pytest.fixture
def job(member):
    return make_job(member, status=JobStatus.RUNNING, rows=["COMPLETED"] * 8 + ["RUNNING"] * 2)


def live(browser, job, known=()):
    headers = {"X-Known-Rows": " ".join(known), "HX-Request": "true"}
    return browser.get(reverse("jobs:live", args=[job.pk]) + "?v=0", headers=headers).text


def versions(page):
    return VERSION.findall(page)


def test_a_page_that_knows_nothing_gets_all_rows(browser, job):
    page = live(browser, job)

    assert len(versions(page)) == 10
    assert "data-same" not in page


def test_rows_that_did_not_change_are_only_named(browser, job):
    known = versions(browser.get(reverse("jobs:detail", args=[job.pk])).text)
    changed = job.job_documents.filter(status=DocumentStatus.RUNNING).first()
    JobDocument.objects.filter(pk=changed.pk).update(stage="OCR", pages_done=3, pages_total=9)

    page = live(browser, job, known)

    assert len(versions(page)) == 1
    assert page.count("data-same") == 9
    assert "page 4 of 9" in page
    for row in job.job_documents.all():
        assert f'id="row-{row.pk}"' in page


def test_a_change_of_the_job_that_rows_show_sends_them_again(browser, job):
    known = versions(browser.get(reverse("jobs:detail", args=[job.pk])).text)
    job.processing_options["quality_thresholds"]["conversion_threshold"] = 99
    job.save()

    assert len(versions(live(browser, job, known))) == 10


def test_what_a_page_makes_up_of_rows_changes_nothing(browser, job):
    page = live(browser, job, ["x" * 5000, "<script>", "1.2"])

    assert len(versions(page)) == 10


def test_a_change_in_a_job_of_300_documents_weighs_at_most_ten_kilobytes(browser, member):
    job = make_job(member, status=JobStatus.RUNNING, rows=["COMPLETED"] * 298 + ["RUNNING"] * 2)
    known = versions(browser.get(reverse("jobs:detail", args=[job.pk])).text)
    row = job.job_documents.filter(status=DocumentStatus.RUNNING).first()
    JobDocument.objects.filter(pk=row.pk).update(stage="OCR", pages_done=3, pages_total=9)

    assert len(gzip.compress(live(browser, job, known).encode())) <= 10_000
