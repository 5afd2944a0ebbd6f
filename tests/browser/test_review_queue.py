"""Going through the documents of a job in a real browser: worst first, deciding, exporting."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.api import BrowserApi
from tests.browser.conftest import sign_in
from tests.browser.test_job_page import broken, finished, members, open_tab, press, quick, upload

pytestmark = pytest.mark.browser


def poor(name="poor"):
    """Words that no language has: its score is below every threshold."""
    return upload(name, "txt", "qwxzk ~|{^ %zk7# bcdfg xkcd| }{^% zrtpq w1l|o w~s7 #|%^ " * 20)


def start(page, name, *files):
    """A job of these files that has ended; ends on its page."""
    api = BrowserApi(page)
    ids = [api.upload(file["name"], file["buffer"]) for file in files]
    page.goto(f"/jobs/{api.start(name, *ids)}")


def names_shown(page):
    shown = page.locator("#job-documents tbody .row-link").all_inner_texts()
    return [re.sub(r"-\d+\..*", "", name) for name in shown]


def select(page, name):
    page.get_by_role("checkbox", name=re.compile(f"^Select {name}-")).check()


def row(page, name):
    return page.locator("#job-documents tbody tr", has_text=re.compile(f"{name}-"))


def test_the_queue_is_gone_through_from_the_worst_and_the_accepted_ones_are_exported(page):
    start(page, "Queue", quick("good"), poor(), broken(), quick("fine"))
    finished(page, "1 failed")
    expect(page.locator("#job-failures")).to_contain_text("1 document is not RAG-ready.")
    expect(page.locator("#job-documents tbody tr")).to_have_count(4)
    assert names_shown(page) == ["broken", "poor", "good", "fine"]
    expect(page.locator("#job-reviewed")).to_have_text("0 of 3 reviewed")

    # The order of the job, and back.
    page.get_by_role("link", name="In order").click()
    expect(page.locator("#sort-order")).to_have_attribute("aria-current", "true")
    assert names_shown(page) == ["good", "poor", "broken", "fine"]
    page.get_by_role("link", name="Worst first").click()
    expect(page.locator("#sort-worst")).to_have_attribute("aria-current", "true")

    # The poor one is opened from its filter, and decided about where it is read.
    page.locator("#state-not_ready").click()
    expect(page.locator("#job-documents tbody tr")).to_have_count(1)
    row(page, "poor").get_by_role("link", name=re.compile("^poor-")).click()
    decision = page.locator("#decision")
    expect(decision).to_contain_text("Not reviewed yet.")
    decision.get_by_role("button", name="Leave out of exports").click()
    expect(page.locator("#toasts")).to_contain_text("” is left out of exports.")
    expect(page.locator("#toasts")).to_contain_text("Everything in this list is reviewed.")
    expect(decision).to_contain_text("by ada")
    page.get_by_role("navigation", name="Breadcrumb").get_by_role("link", name="Documents").click()
    expect(page.locator("#state-not_ready")).to_have_attribute("aria-current", "true")
    expect(row(page, "poor")).to_contain_text("Left out")

    # Several at once.
    page.locator("#state-to_review").click()
    expect(page.locator("#review-form")).to_be_hidden()
    select(page, "good")
    select(page, "fine")
    expect(page.locator("[data-selected-count]")).to_have_text("2")
    page.get_by_role("button", name="Accept", exact=True).click()
    expect(page.locator("#toasts")).to_contain_text("2 results were accepted.")
    expect(page.locator("#job-reviewed")).to_have_text("3 of 3 reviewed")
    expect(page.locator("#job-documents")).to_contain_text("Every result was reviewed.")

    # One is taken back.
    page.locator("#state-reviewed").click()
    select(page, "fine")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#job-reviewed")).to_have_text("2 of 3 reviewed")

    open_tab(page, "Export")
    expect(page.get_by_role("checkbox", name=re.compile("^Select poor-"))).to_have_count(0)
    with page.expect_download() as downloading:
        page.get_by_role("button", name="Export accepted (1)").click()
    assert [re.sub(r"-\d+\.md", "", name) for name in members(downloading.value)] == [
        "processed_documents/good"
    ]
    with page.expect_download() as downloading:
        page.get_by_role("button", name="Export all (2)").click()
    assert len(members(downloading.value)) == 2


def test_keys_go_through_the_queue_as_it_is_listed(page):
    start(page, "Keys", quick("first"), poor(), quick("last"))
    finished(page)
    page.get_by_role("link", name=re.compile("^poor-")).click()
    expect(page.locator("h1").first).to_have_text(re.compile("^poor-"))

    press(page, "]")
    expect(page.locator("h1").first).to_have_text(re.compile("^first-"))
    press(page, "]")
    expect(page.locator("h1").first).to_have_text(re.compile("^last-"))
    press(page, "[")
    expect(page.locator("h1").first).to_have_text(re.compile("^first-"))

    # Accepting leads on to what nobody reviewed yet, until all are.
    press(page, "a")
    expect(page.locator("h1").first).to_have_text(re.compile("^last-"))
    expect(page.locator("#toasts")).to_contain_text(re.compile("“first-.*” was accepted."))
    press(page, "a")
    expect(page.locator("h1").first).to_have_text(re.compile("^poor-"))
    page.get_by_role("link", name="Back to it").click()
    expect(page.locator("h1").first).to_have_text(re.compile("^last-"))
    page.go_back()
    expect(page.locator("h1").first).to_have_text(re.compile("^poor-"))
    press(page, "a")
    expect(page.locator("#toasts")).to_contain_text("All 3 documents are reviewed.")
    page.get_by_role("link", name="Go to the exports").click()
    expect(page.get_by_role("button", name="Export accepted (3)")).to_be_visible()


def test_what_is_chosen_stays_chosen_while_other_documents_are_converted(page):
    slow = upload("slow", "txt", "#!curatore-fault sleep 4\nA slow one of the queue.\n")
    start(page, "Live", quick("early"), slow)
    select(page, "early")
    expect(page.locator("[data-selected-count]")).to_have_text("1")

    finished(page)

    expect(page.locator("#job-documents tbody")).to_contain_text("slow-")
    expect(page.get_by_role("checkbox", name=re.compile("^Select early-"))).to_be_checked()
    page.get_by_role("button", name="Accept", exact=True).click()
    expect(row(page, "early")).to_contain_text("Accepted")
    expect(row(page, "slow")).not_to_contain_text("Accepted")


def test_without_javascript_results_are_reviewed_one_by_one_and_several_at_once(chromium, site):
    context = chromium.new_context(base_url=site, java_script_enabled=False)
    page = context.new_page()
    sign_in(page)
    start(page, "Plain queue", quick("one"), quick("two"), quick("three"))
    while "Completed" not in page.locator(".job-state").inner_text():
        page.wait_for_timeout(300)
        page.reload()

    select(page, "one")
    select(page, "two")
    page.get_by_role("button", name="Accept", exact=True).click()
    expect(page.locator("#job-reviewed")).to_have_text("2 of 3 reviewed")
    page.get_by_role("link", name=re.compile("^three-")).click()
    page.get_by_role("button", name="Leave out of exports").click()
    expect(page.locator("#decision")).to_contain_text("Left out")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#decision")).to_contain_text("Not reviewed yet.")
    context.close()


def test_the_queue_fits_a_telephone_and_is_chosen_from_there(page):
    start(page, "Small queue", quick("narrow"), poor(), broken())
    finished(page, "1 failed")
    page.set_viewport_size({"width": 390, "height": 844})

    box = page.get_by_role("checkbox", name=re.compile("^Select poor-"))
    name = page.get_by_role("link", name=re.compile("^poor-"))
    assert box.bounding_box()["x"] + box.bounding_box()["width"] <= name.bounding_box()["x"]
    box.check()
    page.get_by_role("button", name="Leave out of exports").click()
    expect(row(page, "poor")).to_contain_text("Left out")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
