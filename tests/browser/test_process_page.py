"""The deprecated Process page in a real browser, with real workers: both of its answers."""

import io
import re
import zipfile

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PASSWORD
from tests.browser.files import slow_file, text_file
from tests.browser.test_every_page import barriers

pytestmark = pytest.mark.browser


def choose(page, *files):
    page.goto("/process")
    page.locator("#files").set_input_files(list(files))
    expect(page.locator("#file-list > li")).to_have_count(len(files))


def test_a_tracked_job_leads_to_its_page(page):
    page.goto("/process")
    page.get_by_role("link", name="Try Jobs Page").click()
    page.wait_for_url("**/jobs")

    choose(page, text_file("tracked.md"))
    page.get_by_label("Quality threshold").select_option(label="Strict (85)")
    expect(page.locator("#saved-note")).to_have_attribute("data-state", "saved")
    page.reload()
    expect(page.get_by_label("Quality threshold")).to_have_value("85")
    page.get_by_role("button", name="Process documents").click()
    choice = page.get_by_role("dialog", name="How do you want to process these documents?")
    expect(choice.get_by_role("button", name="Create a tracked job")).to_be_focused()
    page.keyboard.press("Escape")
    expect(choice).to_be_hidden()
    page.get_by_role("button", name="Process documents").click()
    page.keyboard.press("Enter")

    page.wait_for_url(re.compile(r"/jobs/[0-9a-f-]{36}$"))
    expect(page.locator("h1")).to_have_text("tracked.md")
    expect(page.locator(".job-state")).to_contain_text("Completed")
    page.goto("/process")
    expect(page.locator("#file-list")).to_have_count(0)


def test_a_batch_is_processed_immediately_and_followed_on_the_page(page, context):
    choose(page, text_file("quick.md"), text_file("also quick.md"), slow_file("slow.txt", 5))
    page.get_by_role("button", name="Process documents").click()
    page.get_by_role("button", name="Process immediately").click()

    # Results come one by one, while the page stays the same.
    quick = page.locator("#job-live tbody tr", has_text="also quick.md")
    expect(quick).to_contain_text("Pass")
    expect(page.locator("#job-live tbody tr", has_text="slow.txt")).to_contain_text("Running")
    page.evaluate("window.samePage = true")
    page.get_by_role("link", name="Failed processing 0").wait_for()

    # One batch at a time, on whatever page; it is also a job.
    other = context.new_page()
    other.goto("/process")
    expect(other.locator("#job-live")).to_contain_text("slow.txt")
    expect(other.locator("#files")).to_have_count(0)
    other.goto("/jobs")
    expect(other.locator("#job-list tbody tr").first).to_contain_text("Batch 3 files")
    other.close()

    expect(page.locator("#toasts")).to_contain_text("is done: 3 of 3")
    assert page.evaluate("window.samePage") is True
    assert page.locator("#job-live").get_attribute("hx-get") is None
    assert barriers(page) == []
    page.get_by_role("link", name="Passed 3").click()
    page.get_by_role("link", name="Finish review").click()

    page.get_by_label("quick.md", exact=True).check()
    assert barriers(page) == []
    with page.expect_download() as downloading:
        page.get_by_role("button", name="Download selected (1)").click()
    archive = zipfile.ZipFile(io.BytesIO(downloading.value.path().read_bytes()))
    results = [name for name in archive.namelist() if name.startswith("processed_documents/")]
    assert results == ["processed_documents/quick.md"]

    page.get_by_role("button", name="Start over").click()
    expect(page.get_by_text("Drop files here")).to_be_visible()
    page.goto("/jobs")
    expect(page.locator("#job-list")).to_contain_text("Batch 3 files")


def test_without_javascript_both_answers_are_plain_buttons(chromium, site):
    context = chromium.new_context(base_url=site, java_script_enabled=False)
    page = context.new_page()
    page.goto("/login")
    page.get_by_label("Username or e-mail address").fill("ada")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.goto("/process")

    page.get_by_label("Files", exact=True).set_input_files([text_file("plain.md")])
    page.get_by_role("button", name="Add these files").click()
    expect(page.get_by_role("button", name="Create a tracked job")).to_be_visible()
    page.get_by_role("button", name="Process immediately").click()
    while "Completed" not in page.locator(".process-progress").inner_text(timeout=30_000):
        page.reload()

    expect(page.locator("#job-live tbody")).to_contain_text("plain.md")
    page.get_by_role("button", name="Start over").click()
    context.close()
