"""Waiting for a place in a real browser: from the wizard's last step to the end of the job."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.api import BrowserApi
from tests.browser.files import slow_file, text_file
from tests.browser.test_every_page import NARROW, WIDE, barriers, sticking_out

pytestmark = pytest.mark.browser

JOB_PAGE = re.compile(r"/jobs/[0-9a-f-]{36}$")


@pytest.fixture
def taken(page):
    """A running job that has the only place; ended after the test."""
    api = BrowserApi(page)
    api.put("/organizations/me/settings", {"job_concurrency_limit": 1})
    slow = slow_file("volume.md", 600)
    job = api.start("Volume", api.upload(slow["name"], slow["buffer"]))
    yield job
    api.put("/organizations/me/settings", {"job_concurrency_limit": None})
    if not api.get(f"/jobs/{job}")["outcome"]:
        api.post(f"/jobs/{job}/cancel")


def go_to_review(page, name):
    page.goto("/jobs/new")
    page.locator("#files").set_input_files([text_file(name)])
    expect(page.locator("#file-list > li")).to_have_count(1)
    page.get_by_role("link", name="Next", exact=True).click()
    page.get_by_role("button", name="Next").click()
    page.wait_for_url("**/setup/review")


def wait_in_line(page, name):
    """The whole way through Create New Job, to the page of a job that waits."""
    go_to_review(page, name)
    page.get_by_role("button", name="Start when a place is free").click()
    page.wait_for_url(JOB_PAGE)


def test_a_job_waits_in_line_and_starts_by_itself_when_its_turn_comes(page, taken):
    wait_in_line(page, "first.md")
    expect(page.locator("#job-progress")).to_contain_text("Waiting for a place: 1st in line.")
    first = page.url
    wait_in_line(page, "second.md")
    expect(page.get_by_text("The job waits for a place: 2nd in line.")).to_be_visible()
    expect(page.locator(".job-state")).to_contain_text("Waiting")
    expect(page.get_by_role("button", name="Start")).to_have_count(0)

    # Others leave the line: the page hears of it without being loaded again.
    api = BrowserApi(page)
    api.post(f"/jobs/{first.rpartition('/')[2]}/withdraw")
    expect(page.locator("#job-progress")).to_contain_text("1st in line")

    page.evaluate("window.notLoadedAgain = true")
    api.post(f"/jobs/{taken}/cancel")
    expect(page.locator(".job-state")).to_contain_text("Completed")
    assert page.evaluate("window.notLoadedAgain")
    page.goto(first)
    expect(page.locator(".job-state")).to_contain_text("Draft")


def test_a_job_is_withdrawn_edited_and_put_in_line_again_by_keyboard(page, taken):
    wait_in_line(page, "letter.md")

    page.get_by_role("button", name="Withdraw").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".job-state")).to_contain_text("Draft")
    page.get_by_role("link", name="Edit", exact=True).click()
    page.locator("#files").set_input_files([text_file("added.md")])
    expect(page.locator("#file-list > li")).to_have_count(2)
    page.goto(page.url.replace("/setup/select", ""))
    page.get_by_role("button", name="Start when a place is free").focus()
    page.keyboard.press("Enter")

    expect(page.locator("#job-progress")).to_contain_text("It has 2 documents.")
    expect(page.locator("#job-progress")).to_contain_text("1st in line")
    page.get_by_role("button", name="Withdraw").click()


def test_the_list_shows_the_line_and_withdraws_after_a_question(page, taken):
    wait_in_line(page, "listed.md")
    page.goto("/jobs")
    row = page.get_by_role("row", name=re.compile("listed.md"))
    expect(row).to_contain_text("waiting for a place: 1st in line")

    row.locator("summary").click()
    row.get_by_role("button", name="Withdraw").click()
    page.get_by_role("dialog").get_by_role("button", name="Withdraw the job").click()

    expect(page.get_by_text("1 job was withdrawn.")).to_be_visible()
    expect(row).not_to_contain_text("in line")


def test_the_process_page_lets_a_batch_wait_as_a_tracked_job(page, taken):
    page.goto("/process")
    page.locator("#files").set_input_files([text_file("batch.md")])
    expect(page.locator("#file-list > li")).to_have_count(1)
    page.get_by_role("button", name="Process documents").click()
    choice = page.get_by_role("dialog")
    expect(choice).to_contain_text("Not possible while all places are taken.")
    page.set_viewport_size({"width": 390, "height": 844})  # one choice below the other
    tracked, immediate = (choice.locator("li").nth(number).bounding_box() for number in (0, 1))
    assert tracked["y"] + tracked["height"] <= immediate["y"]
    assert tracked["width"] > 250

    choice.get_by_role("button", name="Start when a place is free").click()

    page.wait_for_url(JOB_PAGE)
    expect(page.locator("#job-progress")).to_contain_text("1st in line")
    page.get_by_role("button", name="Withdraw").click()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_with_a_line_can_be_used_by_anybody_and_fit_a_telephone(page, taken, theme):
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    go_to_review(page, "reviewed.md")
    review = page.url
    wait_in_line(page, "waits.md")

    for address in (review, page.url, "/jobs"):
        page.goto(address)
        for size in (WIDE, NARROW):
            page.set_viewport_size(size)
            assert barriers(page) == []
            assert sticking_out(page) == []
