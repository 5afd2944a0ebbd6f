"""The editor of a result in a real browser: search and replace, and unsaved text."""

import re
import time

import pytest
from playwright.sync_api import expect

from tests.browser.api import BrowserApi

pytestmark = pytest.mark.browser

LINES = "\n".join(f"Line {number} tells of the harbour." for number in range(1, 101))
TEXT = f"# Harbour\n\n{LINES}\n"


@pytest.fixture
def address(page):
    """Of the editor of a result that no other test has."""
    api = BrowserApi(page)
    job = api.start("Edited", api.upload("edited.md", f"{TEXT}\n{time.time_ns()}\n".encode()))
    api.wait(job)
    (row,) = api.get(f"/jobs/{job}/documents")["documents"]
    return f"/jobs/{job}/documents/{row['id']}?view=edit"


@pytest.fixture
def editor(page, address):
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(address)
    page.on("dialog", lambda dialog: dialog.accept())  # leave without saving
    return page


def area(page):
    return page.get_by_label("Markdown", exact=True)


def state(page):
    return page.locator("#editor-find [role=status]")


def selected(page):
    return area(page).evaluate("(it) => it.value.slice(it.selectionStart, it.selectionEnd)")


def find(page, words):
    area(page).press("Control+f")
    page.keyboard.type(words)


def test_matches_are_counted_and_gone_through_by_keys(editor):
    find(editor, "harbour")

    expect(state(editor)).to_have_text("1 of 101")
    assert selected(editor) == "Harbour"
    editor.keyboard.press("Enter")
    expect(state(editor)).to_have_text("2 of 101")
    editor.keyboard.press("Shift+Enter")
    editor.keyboard.press("Shift+Enter")
    expect(state(editor)).to_have_text("101 of 101")
    assert area(editor).evaluate("(it) => it.scrollTop") > 500
    expect(editor.get_by_label("Find", exact=True)).to_be_focused()

    editor.get_by_label("Match case").check()
    expect(state(editor)).to_have_text(re.compile("of 100$"))
    editor.get_by_label("Find", exact=True).fill("nowhere")
    expect(state(editor)).to_have_text("None found")


def test_one_match_is_replaced_and_the_next_one_chosen(editor):
    find(editor, "line 1 ")
    editor.get_by_label("Replace with").fill("Row 1 ")
    editor.keyboard.press("Enter")

    expect(area(editor)).to_have_value(re.compile(r"\n\nRow 1 tells"))
    expect(state(editor)).to_have_text("None found")
    expect(editor.locator("#editor-state")).to_have_text("Not saved yet.")


def test_all_matches_are_replaced_and_one_undo_takes_it_back(editor):
    before = area(editor).input_value()
    find(editor, "harbour")
    editor.get_by_label("Replace with").fill("port")
    editor.get_by_role("button", name="Replace all").click()

    expect(state(editor)).to_have_text("101 replaced")
    after = area(editor).input_value()
    assert (after.casefold().count("harbour"), after.count("port")) == (0, 101)
    area(editor).focus()
    editor.keyboard.press("Control+z")
    expect(area(editor)).to_have_value(before)


def test_a_text_of_a_megabyte_is_replaced_in_and_taken_back_where_the_browser_would_hang(editor):
    area(editor).evaluate("(it) => { it.value = 'Some words of a ship.\\n'.repeat(45_000); }")
    before = area(editor).input_value()
    find(editor, "ship")
    expect(state(editor)).to_have_text("1 of 45,000")
    editor.get_by_label("Replace with").fill("boat")

    editor.get_by_role("button", name="Replace all").click()

    expect(state(editor)).to_have_text("45,000 replaced")
    assert area(editor).input_value() == before.replace("ship", "boat")
    area(editor).press("Control+z")
    assert area(editor).input_value() == before


def test_unsaved_text_is_offered_again_after_a_reload(editor, address):
    saved = area(editor).input_value()
    area(editor).fill("# Typed for an hour\n")
    editor.goto("/jobs")
    editor.goto(address)

    offer = editor.locator("#editor-kept")
    expect(offer).to_contain_text(re.compile(r"Your unsaved text of \d\d:\d\d is still here:"))
    expect(area(editor)).to_have_value(saved)
    offer.get_by_role("button", name="Restore").click()
    expect(area(editor)).to_have_value("# Typed for an hour\n")
    expect(offer).to_be_hidden()
    expect(editor.locator("#edit-preview h1")).to_have_text("Typed for an hour")
    expect(editor.locator("#edit-preview")).to_contain_text("of the source are missing")

    editor.get_by_role("button", name="Save and re-score").click()
    expect(editor.locator("#toasts")).to_contain_text("of the source are missing")
    editor.reload()
    expect(editor.locator("#editor-kept")).to_be_hidden()
    assert drafts(editor) == []


def test_discarded_text_is_not_offered_again(editor):
    area(editor).fill("# Not worth it\n")
    editor.reload()
    editor.get_by_role("button", name="Discard").click()
    editor.reload()

    expect(editor.locator("#editor-kept")).to_be_hidden()
    assert drafts(editor) == []


def test_nothing_is_kept_in_the_browser_after_signing_out(editor):
    area(editor).fill("# Confidential\n")
    editor.reload()
    assert len(drafts(editor)) == 1

    editor.evaluate("document.querySelector('form[data-signs-out]').requestSubmit()")
    editor.wait_for_url(re.compile("/login"))

    assert drafts(editor) == []


def drafts(page):
    return page.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('draft:'))")
