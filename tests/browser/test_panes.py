"""The original beside its result: in step by page, with zoom, thumbnails, keys and a divider."""

import io
import re

import pytest
from django.conf import settings
from playwright.sync_api import expect
from reportlab.pdfgen.canvas import Canvas

from tests.browser.api import BrowserApi

pytestmark = pytest.mark.browser

PAGES = 12
MAIL = settings.BASE_DIR / "documents" / "samples" / "files" / "delivery.eml"


def book():
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    for number in range(1, PAGES + 1):
        canvas.setFont("Helvetica-Bold", 20)
        canvas.drawString(72, 760, f"Chapter {number}")
        canvas.setFont("Helvetica", 11)
        for line in range(40):
            canvas.drawString(72, 730 - 15 * line, f"Line {line} of chapter {number} on ships.")
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


@pytest.fixture
def results(page):
    """The addresses of the results of a book and a mail."""
    api = BrowserApi(page)
    ids = [api.upload("book.pdf", book()), api.upload("delivery.eml", MAIL.read_bytes())]
    job = api.start("Panes", *ids)
    api.wait(job)
    rows = api.get(f"/jobs/{job}/documents")["documents"]
    return {row["filename"]: f"/jobs/{job}/documents/{row['id']}" for row in rows}


@pytest.fixture
def open_book(page, results):
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(results["book.pdf"])
    expect(loaded(page, 1)).to_be_visible()
    return page


def loaded(page, number):
    return page.locator(f"#pages figure[data-page='{number}'] img[src]")


def number_of(page):
    return page.locator("[data-page-field]")


def is_at_top(page, selector, words=""):
    """Wait until an element with these words stands at the top of the pane that it is in."""
    return page.wait_for_function(
        """([selector, words]) => {
            const all = [...document.querySelectorAll(selector)];
            const element = all.find((each) => !words || each.textContent === words);
            const pane = element.closest(".pane-scroll");
            const distance = element.getBoundingClientRect().top - pane.getBoundingClientRect().top;
            return Math.abs(distance) < 40;
        }""",
        arg=[selector, words],
    )


def test_the_keys_turn_pages_on_both_sides_and_the_address_says_which(open_book):
    for _ in range(4):
        open_book.keyboard.press("j")
    open_book.keyboard.press("k")

    expect(number_of(open_book)).to_have_value("4")
    expect(open_book).to_have_url(re.compile("page=4"))
    is_at_top(open_book, "#pages [data-page='4']")
    is_at_top(open_book, "#result-scroll .page-mark", "Page 4")
    expect(loaded(open_book, 4)).to_be_visible()
    open_book.reload()
    expect(number_of(open_book)).to_have_value("4")
    is_at_top(open_book, "#pages [data-page='4']")


def test_the_original_follows_who_scrolls_the_result(open_book):
    open_book.locator("#result-scroll").hover()
    while number_of(open_book).input_value() != "3":
        open_book.mouse.wheel(0, 300)
        open_book.wait_for_timeout(60)

    is_at_top(open_book, "#pages [data-page='3']")


def test_a_page_is_reached_by_its_number_and_by_its_thumbnail(open_book):
    number_of(open_book).fill("9")
    number_of(open_book).press("Enter")
    is_at_top(open_book, "#pages [data-page='9']")

    open_book.get_by_role("button", name="Thumbnails").click()
    thumbnail = open_book.locator("#thumbnails a[data-page='11']")
    thumbnail.scroll_into_view_if_needed()
    thumbnail.click()

    expect(number_of(open_book)).to_have_value("11")
    expect(thumbnail).to_have_attribute("aria-current", "page")
    is_at_top(open_book, "#pages [data-page='11']")


def test_zoom_and_divider_are_remembered(open_book):
    figure = open_book.locator("#pages figure").first
    fitting = figure.bounding_box()["width"]
    open_book.keyboard.press("+")
    assert figure.bounding_box()["width"] > fitting * 1.2

    divider = open_book.get_by_role("separator")
    before = divider.bounding_box()["x"]
    divider.focus()
    for _ in range(5):
        open_book.keyboard.press("ArrowRight")
    assert divider.bounding_box()["x"] > before + 50

    zoomed, place = figure.bounding_box()["width"], divider.bounding_box()["x"]
    open_book.reload()
    expect(loaded(open_book, 1)).to_be_visible()
    assert figure.bounding_box()["width"] == pytest.approx(zoomed, abs=2)
    assert divider.bounding_box()["x"] == pytest.approx(place, abs=2)


def test_on_a_phone_one_pane_is_shown_at_a_time(page, results):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(results["book.pdf"])
    original, result = page.locator("#original"), page.locator("#result")
    expect(result).to_be_visible()
    expect(original).to_be_hidden()

    page.get_by_role("link", name="Original", exact=True).click()

    expect(original).to_be_visible()
    expect(result).to_be_hidden()
    expect(loaded(page, 1)).to_be_visible()


def test_without_scripts_pages_are_turned_by_links(chromium, context, page, results):
    plain = chromium.new_context(
        base_url=page.url.split("/jobs")[0], java_script_enabled=False,
        storage_state=context.storage_state(), viewport={"width": 390, "height": 844},
    )  # fmt: skip
    sheet = plain.new_page()
    sheet.goto(results["book.pdf"])

    sheet.get_by_role("link", name="Original", exact=True).click()
    sheet.get_by_role("link", name="Next page").click()

    picture = sheet.get_by_role("img", name="Page 2")
    expect(picture).to_be_visible()
    assert sheet.request.get(picture.get_attribute("src")).status == 200
    plain.close()


def test_what_has_no_pages_shows_what_else_is_known_of_it(page, results):
    page.goto(results["delivery.eml"])

    original = page.locator("#original")
    expect(original).to_contain_text("Change of the delivery date")
    with page.expect_download() as download:
        original.get_by_role("link", name="Download the original").click()
    assert download.value.suggested_filename == "delivery.eml"


def test_chunks_are_cut_anew_while_one_types(open_book):
    open_book.get_by_role("link", name="Chunks").click()
    cards = open_book.locator(".chunk-card")
    at_first = cards.count()

    open_book.get_by_label("Overlap").fill("50")
    open_book.get_by_label("Chunk size").fill("200")
    expect(cards.nth(at_first + 2)).to_be_visible()
    open_book.get_by_label("Which chunk would be found?").fill("chapter 7")

    expect(cards.first).to_contain_text("Chapter 7")
    expect(cards.first.locator("mark").first).to_be_visible()
