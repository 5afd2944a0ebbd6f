"""The interactive documentation in a real browser, without any other host."""

import os

import pytest
from playwright.sync_api import sync_playwright

from tests.factories import make_token

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(monkeypatch):
    # Playwright runs an event loop in this thread, which Django takes for asynchronous code.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser.new_page()
        browser.close()


def test_the_documentation_renders_without_another_host_and_sends_requests(live_server, page):
    asked, complaints = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    _, secret = make_token()

    page.goto(f"{live_server.url}/docs")
    page.get_by_text("/api/v1/jobs/{job_id}/cancel").wait_for()

    schema = page.request.get(f"{live_server.url}/api/v1/schema?format=json").json()
    operations = sum(len(path) for path in schema["paths"].values())
    assert page.locator(".opblock").count() == operations
    page.get_by_role("button", name="Authorize").first.click()
    page.get_by_label("auth-bearer-value").fill(secret)
    page.get_by_label("auth-bearer-value").press("Enter")
    page.get_by_role("button", name="Close").first.click()
    page.locator("#operations-statistics-jobs_stats_user").click()
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Execute").click()
    page.locator(".live-responses-table .response-col_status", has_text="200").wait_for()

    assert complaints == []
    foreign = [url for url in asked if not url.startswith((live_server.url, "data:", "blob:"))]
    assert foreign == []
