"""A real server with a real worker, and a Chromium in front of them."""

import os

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.site import ADMIN, PASSWORD, running_site

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
# Nothing but what a test asks for may be sent anywhere.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# What a slow machine may take for anything that a person waits for.
PATIENCE_MS = 90_000

expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def curatore(tmp_path_factory):
    """A Curatore on a database of its own, as `manage.py serve` runs it."""
    folder = tmp_path_factory.mktemp("site")
    # Documents may take as long as a test needs, and pages ask again soon.
    variables = {"CONVERSION_FAULT_INJECTION": "true", "JOB_STATUS_POLL_INTERVAL": "1",
                 "OCR_LANGUAGES": "deu,eng"}  # fmt: skip
    with running_site(folder, **variables) as curatore:
        yield curatore


@pytest.fixture(scope="session")
def site(curatore):
    """Its address."""
    return curatore.address


@pytest.fixture(scope="session")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def context(chromium, site):
    context = chromium.new_context(base_url=site, accept_downloads=True)
    context.set_default_timeout(PATIENCE_MS)
    yield context
    context.close()


@pytest.fixture
def page(context, site):
    """A signed-in page; the test fails if it asked another host or wrote an error."""
    page = context.new_page()
    asked, complaints = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda line: complaints.append(line.text) if is_error(line) else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    sign_in(page)
    yield page
    assert complaints == []
    assert [url for url in asked if not url.startswith((site, "data:", "blob:"))] == []


def is_error(line):
    # A form that is refused beside its fields answers 422, which Chromium notes as an error.
    return line.type == "error" and "status of 422" not in line.text


@pytest.fixture(scope="session")
def member(curatore):
    """The name of a member of the organization who is no admin."""
    curatore.manage("bootstrap", "--organization=Northwind", "--username=mia",
                   f"--password={PASSWORD}", "--role=member")  # fmt: skip
    return "mia"


def sign_in(page, username=ADMIN):
    page.goto("/login")
    page.get_by_label("Username or e-mail address").fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/jobs")
