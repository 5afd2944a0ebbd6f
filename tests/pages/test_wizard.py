"""Create New Job as plain forms, from the first step to the last; and its order of documents."""

import re

import pytest

from jobs import starts
from jobs.models import Job, JobStatus
from tests.pages.wizard import file, sent, upload, url

pytestmark = pytest.mark.django_db


def test_the_whole_way_needs_no_script(browser, member):
    """Three forms: files, options, name."""
    page = browser.get("/jobs/new")
    assert re.search(r'<input[^>]* type="file"\s+name="files"\s+multiple', page.text)

    selected = browser.post(
        "/jobs/new", {"files": [file(), file("notes.md", b"# Notes\n"), file("x.exe", b"MZ")]},
        follow=True,
    )  # fmt: skip
    job = Job.objects.get()
    assert selected.redirect_chain == [(url(job, "select"), 302)]
    assert "“x.exe” has no supported type" in selected.text
    assert "notes.md" in selected.text

    configured = browser.get(url(job, "configure"))
    answers = sent(configured) | {"ocr_settings.language": "eng+deu", "go": "review"}
    assert browser.post(url(job, "configure"), answers).url == url(job, "review")

    review = browser.get(url(job, "review"))
    assert review.context["form"]["name"].value().startswith("Batch 2 files - ")
    started = browser.post(url(job, "review"), {"name": "Letters", "start": "1"})
    job.refresh_from_db()
    assert started.url == f"/jobs/{job.pk}"
    assert (job.name, job.status, job.user) == ("Letters", JobStatus.QUEUED, member)
    assert job.total_documents == 2
    assert job.processing_options["ocr_settings"]["language"] == "eng+deu"


def names_of(job):
    return [row.full_name for row in job.job_documents.order_by("position")]


def test_documents_of_a_form_stand_in_the_natural_order_of_their_names(browser):
    given = ["b10.txt", "a/z.txt", "B2.txt", "a.txt"]

    files = [file(name.split("/")[-1], name.encode()) for name in given]
    paths = [name.rpartition("/")[0] for name in given]
    browser.post("/jobs/new", {"files": files, "paths": paths})

    assert names_of(Job.objects.get()) == ["a/z.txt", "a.txt", "B2.txt", "b10.txt"]


def test_a_draft_is_put_in_order_when_the_last_of_many_files_came(browser):
    address = upload(browser, "/jobs/new", file("10.txt", b"Ten"))["url"]
    upload(browser, address, file("9.txt", b"Nine"))
    job = Job.objects.get()
    assert names_of(job) == ["10.txt", "9.txt"]

    told = browser.post(address, {"arrange": "1"}, headers={"Accept": "application/json"}).json()

    rows = {f"file-{row.pk}": row.filename for row in job.job_documents.all()}
    assert [rows[name] for name in told["rows"]] == ["9.txt", "10.txt"]
    assert names_of(job) == ["9.txt", "10.txt"]
    job.refresh_from_db()
    assert job.name.startswith("Batch 2 files")


def test_a_started_job_keeps_its_order(browser):
    address = upload(browser, "/jobs/new", file("10.txt", b"Ten"))["url"]
    upload(browser, address, file("9.txt", b"Nine"))
    job = Job.objects.get()
    starts.start(job, by=job.user)

    browser.post(address, {"arrange": "1"}, headers={"Accept": "application/json"})

    assert names_of(job) == ["10.txt", "9.txt"]
