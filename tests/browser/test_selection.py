"""Choosing rows of a list: static/js/selection.js in a page that holds nothing else."""

import pytest
from django.conf import settings
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

STATIC = settings.BASE_DIR / "static"
ROWS = "".join(f'<label><input type="checkbox" data-select-row> Row {n}</label>' for n in range(5))
LIST = f"""
<form data-selection>
  <label><input type="checkbox" data-select-all> All</label>
  <div id="rows">{ROWS}</div>
  <div data-selection-bar>
    <b data-selected-count></b>
    <label><input type="checkbox" data-select-matching data-total="348"> All matching</label>
    <button type="button" data-select-none>None</button>
  </div>
</form>"""


@pytest.fixture
def rows_page(chromium):
    page = chromium.new_page()
    page.set_content(LIST)
    page.add_style_tag(path=STATIC / "css/selection.css")
    page.add_script_tag(path=STATIC / "js/selection.js")
    yield page
    page.close()


def row(page, number):
    return page.get_by_label(f"Row {number}")


def chosen(page):
    return [n for n in range(5) if row(page, n).is_checked()]


def test_the_bar_is_there_only_while_rows_are_chosen(rows_page):
    bar = rows_page.locator("[data-selection-bar]")
    expect(bar).to_be_hidden()

    row(rows_page, 1).check()
    row(rows_page, 3).check()

    expect(bar).to_be_visible()
    expect(bar.locator("b")).to_have_text("2")
    rows_page.get_by_role("button", name="None").click()
    expect(bar).to_be_hidden()
    assert chosen(rows_page) == []


def test_the_master_chooses_all_and_says_when_only_some_are(rows_page):
    master = rows_page.get_by_label("All", exact=True)

    master.check()
    assert chosen(rows_page) == [0, 1, 2, 3, 4]
    row(rows_page, 2).uncheck()

    assert master.evaluate("box => [box.checked, box.indeterminate]") == [False, True]
    row(rows_page, 2).check()
    assert master.evaluate("box => [box.checked, box.indeterminate]") == [True, False]


def test_a_shift_click_chooses_the_rows_between_in_both_directions(rows_page):
    row(rows_page, 3).click()
    row(rows_page, 1).click(modifiers=["Shift"])
    assert chosen(rows_page) == [1, 2, 3]

    row(rows_page, 2).click(modifiers=["Shift"])

    assert chosen(rows_page) == [3]
    expect(rows_page.locator("[data-selected-count]")).to_have_text("1")


def test_all_matching_rows_are_chosen_until_one_is_left_out(rows_page):
    row(rows_page, 0).check()
    rows_page.get_by_label("All matching").check()
    assert chosen(rows_page) == [0, 1, 2, 3, 4]
    expect(rows_page.locator("[data-selected-count]")).to_have_text("348")

    row(rows_page, 4).uncheck()

    expect(rows_page.get_by_label("All matching")).not_to_be_checked()
    expect(rows_page.locator("[data-selected-count]")).to_have_text("4")


def test_a_row_that_comes_later_is_counted_and_chosen_with_all_matching(rows_page):
    row(rows_page, 0).check()
    rows_page.get_by_label("All matching").check()

    rows_page.evaluate("""() => {
        const rows = document.getElementById("rows");
        rows.append(rows.lastElementChild.cloneNode(true));
        rows.lastElementChild.firstElementChild.checked = false;
        rows.dispatchEvent(new Event("htmx:afterSwap", {bubbles: true}));
    }""")

    assert rows_page.locator("#rows input").last.is_checked()
