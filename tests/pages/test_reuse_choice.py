"""Create New Job says which documents have a result already, and asks whether to reuse it."""

import re

import pytest
from django.urls import reverse

from jobs import drafts, reuse
from jobs.models import Job, JobDocument, JobStatus
from tests.factories import make_document, make_job, make_row
from tests.pages.wizard import file, upload

pytestmark = pytest.mark.django_db


def with_result(member, content=b"the same\n"):
    """A document with a result by today's defaults, and the bytes of it."""
    earlier = make_document(member, filename="old name.txt", content=content)
    row = make_row(make_job(member, rows=0), document=earlier, status="COMPLETED")
    options = drafts.create(member.membership.organization, member, documents=[]).options
    JobDocument.objects.filter(pk=row.pk).update(recipe=reuse.recipe_of(options))
    return content


def test_a_file_whose_earlier_result_fits_says_so_and_offers_the_choice(browser, member):
    content = with_result(member)

    answer = upload(browser, "/jobs/new", file("mine.txt", content))

    page = browser.get(answer["url"]).text
    for shown in (answer["draft"], answer["files"][0]["html"], page):
        assert "</time>, the result can be reused" in shown
        assert "file-reusable" in shown
    for shown in (answer["draft"], page):
        assert 'name="reuse_results"' in shown


def test_a_file_whose_earlier_result_was_made_by_other_options_is_processed_again(browser, member):
    content = with_result(member)
    JobDocument.objects.update(recipe="another")

    answer = upload(browser, "/jobs/new", file("mine.txt", content))

    assert "can be reused" not in answer["draft"]
    assert "file-reusable" not in answer["draft"]


def test_reuse_is_chosen_in_the_first_step_and_stands_in_the_last_one(browser, member):
    address = upload(browser, "/jobs/new", file("mine.txt", with_result(member)))["url"]
    job = Job.objects.filter(status=JobStatus.PENDING).latest("created_at")

    chosen = browser.post(address, {"choose_reuse": "1", "reuse_results": "1"})

    assert chosen.url == address
    job.refresh_from_db()
    assert job.reuse_results
    review = browser.get(reverse("jobs:setup-review", args=[job.pk])).text
    assert re.search(r'name="reuse_results"\s+value="1"\s+checked', review)
    silent = browser.post(address, {"choose_reuse": "1"}, headers={"HX-Request": "true"})
    job.refresh_from_db()
    assert (silent.status_code, job.reuse_results) == (204, False)
