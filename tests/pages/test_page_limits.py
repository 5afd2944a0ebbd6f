"""Pages with work behind them are counted for each person; live parts are not."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from jobs.models import JobStatus
from orgsettings.models import RateWindow, Role
from tests.factories import make_job, make_user
from tests.pages.conftest import sign_in

JOB = "/jobs/{job}"
ROW = "/jobs/{job}/documents/{row}"
WORK = [
    ("get", "/jobs?search=x"),
    ("get", "/documents?search=x"),
    ("get", "/documents/{document}/original"),
    ("get", "/jobs/new?from=library&q=x"),
    ("get", "/settings-admin"),
    ("get", "/settings-admin/retention"),
    ("get", "/process/download"),
    ("post", "/jobs/bulk/download"),
    ("post", "/jobs/bulk/retry"),
    ("get", f"{JOB}?tab=logs&search=x"),
    ("get", f"{JOB}/logs.txt"),
    ("get", f"{JOB}/logs.ndjson"),
    ("get", f"{JOB}/logs/files"),
    ("get", f"{JOB}/download"),
    ("post", f"{JOB}/export"),
    ("get", f"{JOB}/chunks.ndjson"),
    ("get", f"{JOB}/report.csv"),
    ("get", ROW),
    ("get", f"{ROW}/download"),
    ("post", f"{ROW}/save"),
    ("post", f"{ROW}/preview"),
]
LIVE = [
    "/jobs/live", "/jobs/live?search=x", "/jobs/active", "/process/live",
    "/settings-admin/statistics", "/settings-admin/workers/live", f"{JOB}/live", f"{JOB}/logs/tail",
]  # fmt: skip


@pytest.fixture
def admin(org):
    return make_user(org, role=Role.ADMIN)


@pytest.fixture
def browser(admin):
    return sign_in(admin)


@pytest.fixture
def ask(browser, admin):
    job = make_job(admin, status=JobStatus.COMPLETED)
    row = job.job_documents.get()
    known = {"job": job.pk, "row": row.pk, "document": row.document_id}
    return lambda method, url: getattr(browser, method)(url.format(**known))


@pytest.mark.parametrize(("method", "url"), WORK)
def test_work_is_refused_in_words_when_there_was_too_much_in_a_minute(settings, ask, method, url):
    settings.PAGE_RATE_LIMIT = 1
    assert ask(method, url).status_code != 429

    page = ask(method, url)

    assert page.status_code == 429
    assert "Too many requests: 1 in a minute are allowed." in page.text
    assert 1 <= int(page.headers["Retry-After"]) <= 60


def test_other_pages_and_other_people_are_not_hit(settings, ask, org):
    settings.PAGE_RATE_LIMIT = 1
    for _ in range(2):
        ask("get", "/jobs?search=x")

    assert ask("get", "/jobs").status_code == 200
    assert ask("get", JOB).status_code == 200
    assert sign_in(make_user(org)).get("/jobs?search=x").status_code == 200


@pytest.mark.parametrize("url", LIVE)
def test_twenty_tabs_that_stay_open_are_not_counted(settings, ask, url):
    settings.PAGE_RATE_LIMIT = 1

    statuses = {ask("get", url).status_code for _ in range(20)}

    assert 429 not in statuses
    assert not RateWindow.objects.exists()


def test_uploads_are_counted_by_themselves(settings, browser):
    settings.UPLOAD_RATE_LIMIT = 2
    settings.PAGE_RATE_LIMIT = 1

    def upload(number):
        file = SimpleUploadedFile(f"{number}.txt", b"Words number %d.\n" % number)
        return browser.post("/jobs/new", {"files": [file]}).status_code

    assert [upload(number) for number in range(3)] == [302, 302, 429]
    assert browser.get("/jobs?search=x").status_code == 200
