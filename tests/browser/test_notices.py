"""Notices: where they stand, how long, and how they are reached without a pointer."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

UNDER_NOTICES = """() => {
    const boxes = (selector) => [...document.querySelectorAll(selector)];
    const notices = boxes(".toast").map((each) => each.getBoundingClientRect());
    const controls = boxes(":is(main, .topbar) :is(a, button, input, select)");
    return controls.filter((control) => !control.closest(".toast")).filter((control) => {
        const box = control.getBoundingClientRect();
        return box.width && notices.some((notice) =>
            box.left < notice.right && box.right > notice.left &&
            box.top < notice.bottom && box.bottom > notice.top);
    }).map((control) => control.outerHTML.slice(0, 100));
}"""


SAY = """async ([words, kind]) => {
    const address = document.querySelector("link[rel=modulepreload][href*=notices]").href;
    (await import(address)).say(words, kind);
}"""


def notice(page, words="Something was done.", kind="success"):
    page.evaluate(SAY, [words, kind])
    return page.locator(".toast", has_text=words)


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("address", ["/jobs", "/documents", "/settings", "/settings-admin"])
def test_notices_lie_over_nothing_that_can_be_pressed(page, address, width):
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(address)

    expect(notice(page)).to_be_visible()

    assert page.evaluate(UNDER_NOTICES) == []


def test_notices_go_by_themselves_but_not_while_one_reads_them(page):
    page.clock.install()
    page.goto("/jobs")
    read, other = notice(page, "Read slowly."), notice(page, "Not read.")
    read.hover()

    page.clock.run_for(10_000)
    expect(other).to_have_count(0)
    expect(read).to_be_visible()

    page.mouse.move(5, 5)
    page.clock.run_for(10_000)
    expect(read).to_have_count(0)


def test_a_notice_about_trouble_stays_until_it_is_closed_by_keyboard(page):
    page.clock.install()
    page.goto("/jobs")
    trouble = notice(page, "It was refused.", "danger")
    page.clock.run_for(10_000)
    expect(trouble).to_be_visible()

    page.keyboard.press("F8")
    expect(trouble.get_by_role("button")).to_be_focused()
    page.keyboard.press("Escape")

    expect(trouble).to_have_count(0)
