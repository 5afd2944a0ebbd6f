"""Files dropped on the list of jobs: from there to a running job, or to its options."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.files import text_file

pytestmark = pytest.mark.browser

JOB_PAGE = re.compile(r"/jobs/[0-9a-f-]{36}$")
DROP = """files => {
  const transfer = new DataTransfer();
  for (const [name, text] of files) transfer.items.add(new File([text], name));
  document.querySelector("h1").dispatchEvent(
    new DragEvent("drop", {bubbles: true, cancelable: true, dataTransfer: transfer}));
}"""


def drop(page, *names):
    files = [text_file(name) for name in names]
    page.evaluate(DROP, [[file["name"], file["buffer"].decode()] for file in files])


def test_dropped_files_are_a_running_job_after_one_click(page):
    drop(page, "quay 10.md", "quay 2.md", ".DS_Store")
    question = page.get_by_role("dialog", name="2 files")
    question.get_by_role("button", name="Start with defaults").click()

    page.wait_for_url(JOB_PAGE)
    expect(page.locator("h1")).to_contain_text("Batch 2 files")
    expect(page.locator(".job-state")).to_contain_text("Completed")


def test_dropped_files_come_to_the_options_in_the_order_of_their_names(page):
    drop(page, "pier 10.md", "pier 2.md", "pier 1.md")
    page.get_by_role("dialog", name="3 files").get_by_role("button", name="Configure").click()

    page.wait_for_url("**/setup/configure")
    page.get_by_role("link", name="Select").click()
    expect(page.locator("#file-list .file-name")).to_have_text(
        ["pier 1.md", "pier 2.md", "pier 10.md"]
    )


def test_a_refused_file_keeps_the_job_from_starting_until_it_is_asked_for_again(page):
    drop(page, "mole.md", "tool.exe")
    question = page.get_by_role("dialog", name="2 files")
    start = question.get_by_role("button", name="Start with defaults")
    start.click()

    expect(question).to_contain_text("“tool.exe” has no supported type")
    expect(question).to_contain_text("Some files were refused.")
    expect(start).to_be_enabled()
    start.click()
    page.wait_for_url(JOB_PAGE)
    expect(page.locator("h1")).to_contain_text("mole.md")


def test_nothing_is_sent_when_the_question_is_canceled(page):
    sent = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else 0)
    drop(page, "buoy.md")
    question = page.get_by_role("dialog", name="1 file")
    question.get_by_role("button", name="Cancel").click()

    expect(question).to_be_hidden()
    drop(page, "one.md", "two.md")
    expect(page.get_by_role("dialog", name="2 files")).to_be_visible()
    page.keyboard.press("Escape")
    assert sent == []
