"""Where things stand: heads of tables, long names, the log, and the page after an action."""

from itertools import count

import pytest
from playwright.sync_api import expect

from tests.browser.api import BrowserApi
from tests.browser.test_notices import UNDER_NOTICES, notice

pytestmark = pytest.mark.browser

_serial = count(1)
LONG_NAME = "Quarterly report of the northern regions with all annexes and minutes 2025 final.md"


@pytest.fixture
def api(page):
    return BrowserApi(page)


def converted(api, *names, name="Places"):
    """The id of an ended job with documents of these names."""
    ids = [
        api.upload(each, f"# Place\n\nWords of place {next(_serial)}.\n".encode()) for each in names
    ]
    return api.wait(api.start(name, *ids))["id"]


def top_of(locator):
    return locator.evaluate("element => element.getBoundingClientRect().top")


def test_the_head_of_a_table_stays_in_sight_when_one_scrolls(page, api):
    job = converted(api, *[f"note-{number}.md" for number in range(12)])
    rows = [row["document_id"] for row in api.get(f"/jobs/{job}/documents")["documents"]]
    for document in rows:
        api.start("Head", document, start_immediately=False)
    page.set_viewport_size({"width": 1280, "height": 420})

    for address in (f"/jobs/{job}", "/jobs"):
        page.goto(address)
        page.locator("tbody tr").nth(4).evaluate("row => row.scrollIntoView()")

        assert top_of(page.locator("thead th").nth(1)) == 0


@pytest.mark.parametrize("width", [1440, 390])
def test_a_long_name_is_shortened_in_the_middle_and_whole_for_screen_readers(page, api, width):
    job = converted(api, LONG_NAME)
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(f"/jobs/{job}")

    link = page.get_by_role("link", name=LONG_NAME, exact=True)
    expect(link).to_be_visible()
    expect(link.locator(".shortened")).to_have_attribute("title", LONG_NAME)
    start, end = link.locator(".shortened-start"), link.locator(".shortened-end")
    assert start.evaluate("start => start.scrollWidth > start.clientWidth")
    assert end.inner_text() == "2025 final.md"
    assert top_of(start) == top_of(end)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_lines_of_the_log_are_in_view_when_much_stands_above_them(page, api):
    job = converted(api, *[f"line-{number}.md" for number in range(8)])
    page.set_viewport_size({"width": 390, "height": 600})

    page.goto(f"/jobs/{job}?tab=logs")

    visible = page.locator(".log-line").evaluate_all(
        "lines => lines.filter(line => line.getBoundingClientRect().top < innerHeight - 60).length"
    )
    assert visible >= 4
    assert top_of(page.locator(".log")) < 400


def test_the_page_stays_where_it_is_when_one_changes_the_tab_or_sends_a_form(page, api):
    job = converted(api, *[f"tab-{number}.md" for number in range(12)])
    page.set_viewport_size({"width": 1280, "height": 500})
    page.goto(f"/jobs/{job}")
    page.mouse.wheel(0, 130)
    page.wait_for_function("() => scrollY === 130")

    page.get_by_role("link", name="Options", exact=True).click()
    page.wait_for_url("**tab=options")
    page.wait_for_function("() => scrollY === 130")
    page.get_by_role("link", name="Documents", exact=False).and_(
        page.locator("#tab-documents")
    ).click()
    page.wait_for_function("() => scrollY === 130 && document.querySelector('#job-documents')")
    page.locator("[data-select-row]").first.check()
    page.locator("#review-form").get_by_role("button", name="Accept").click()
    expect(page.locator("#job-reviewed")).to_have_text("1 of 12 reviewed")
    page.wait_for_function("() => scrollY === 130")

    page.goto("/jobs")
    page.goto(f"/jobs/{job}")
    assert page.evaluate("scrollY") == 0


def test_a_page_that_a_form_led_away_from_begins_at_its_top_when_it_is_opened_anew(page, api):
    job = converted(api, *[f"away-{number}.md" for number in range(12)], name="Led away")
    page.set_viewport_size({"width": 1280, "height": 500})
    page.goto(f"/jobs/{job}")
    page.mouse.wheel(0, 130)
    page.wait_for_function("() => scrollY === 130")
    page.evaluate("""() => {
        const form = document.createElement("form");
        form.action = "/documents";
        document.querySelector(".job").append(form);
        form.requestSubmit();
    }""")
    page.wait_for_url("**/documents?")

    page.goto("/jobs")
    page.get_by_role("link", name="Led away").first.click()

    expect(page.locator("h1")).to_have_text("Led away")
    assert page.evaluate("scrollY") == 0


@pytest.mark.parametrize("address", ["", "?tab=logs", "?tab=export"])
def test_notices_cover_no_button_of_a_job_on_a_phone(page, api, address):
    job = converted(api, "phone.md")
    page.set_viewport_size({"width": 390, "height": 600})
    page.goto(f"/jobs/{job}{address}")

    for number in range(3):
        expect(notice(page, f"Something was done {number}.")).to_be_in_viewport()

    assert page.evaluate(UNDER_NOTICES) == []
