"""Uploading more files than the server takes in a minute, in a real browser."""

import time

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PATIENCE_MS, sign_in
from tests.browser.files import text_file
from tests.site import running_site

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def strict_site(tmp_path_factory):
    """A Curatore that takes two uploads of a person in a minute."""
    with running_site(tmp_path_factory.mktemp("strict"), UPLOAD_RATE_LIMIT="2") as site:
        yield site


@pytest.fixture
def page(chromium, strict_site):
    context = chromium.new_context(base_url=strict_site.address)
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    sign_in(page)
    page.goto("/jobs/new")
    yield page
    context.close()


def choose(page, count):
    """Choose so many files, all to be sent in the same minute of the server's clock."""
    left = 60 - time.time() % 60
    page.wait_for_timeout(1000 * left if left < 10 else 0)
    page.locator("#files").set_input_files([text_file() for _ in range(count)])


def test_files_beyond_the_limit_of_a_minute_wait_and_go_on_by_themselves(page):
    choose(page, 3)

    pause, uploads = page.locator("#upload-pause"), page.locator("#uploads li")
    expect(pause).to_contain_text("Uploading resumes at")
    expect(page.locator("#file-list > li")).to_have_count(2)
    expect(uploads).to_have_count(1)
    expect(uploads).to_contain_text("Waiting")
    expect(page.get_by_role("button", name="Try again")).to_have_count(0)
    expect(page.locator("#draft-total")).not_to_contain_text("attention")

    expect(page.locator("#file-list > li")).to_have_count(3)
    expect(pause).to_be_hidden()
    expect(uploads).to_have_count(0)


def test_nothing_is_said_to_go_on_when_the_files_that_wait_are_taken_away(page):
    choose(page, 6)
    pause, uploads = page.locator("#upload-pause"), page.locator("#uploads li")
    expect(pause).to_be_visible()
    expect(page.get_by_role("progressbar")).to_have_count(0)

    for left in reversed(range(uploads.count())):
        expect(pause).to_be_visible()
        uploads.first.get_by_role("button", name="Remove").click()
        expect(uploads).to_have_count(left)

    assert pause.is_hidden()  # at once, not when the minute is over
