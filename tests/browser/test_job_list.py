"""The list of jobs in a real browser: filters, many jobs at once, keys, trouble on the way."""

import re
from itertools import count
from zipfile import ZipFile

import pytest
from playwright.sync_api import expect

from tests.browser.api import BrowserApi
from tests.browser.conftest import sign_in

pytestmark = pytest.mark.browser

_serial = count(1)


@pytest.fixture
def api(page):
    return BrowserApi(page)


def draft(api, name):
    """The id of a draft: nothing moves on a list of drafts, unless a test moves it."""
    document = api.upload(f"{name}.txt", f"Words of {name}, {next(_serial)}.\n".encode())
    return api.start(name, document, start_immediately=False)


@pytest.fixture(scope="module")
def running(chromium, site):
    """The name of a job that runs until the end of these tests: lists with it ask every second."""
    context = chromium.new_context(base_url=site)
    sign_in(context.new_page())
    api = BrowserApi(context.pages[0])
    slow = api.upload("slow.txt", b"#!curatore-fault sleep 600\nSlow words of the list.\n")
    job_id = api.start("Endless", slow)
    yield "Endless"
    api.post(f"/jobs/{job_id}/cancel")
    context.close()


def row(page, name):
    return page.locator("[data-rows] > tr", has_text=name)


def files_in(download):
    return set(ZipFile(download.path()).namelist())


def test_filters_stand_in_the_url_and_the_back_button_undoes_them(page, api):
    for name in ("Alpha", "Alphabet", "Beta"):
        draft(api, name)
    page.goto("/jobs?status=pending")
    rows = page.locator("[data-rows] > tr")

    page.get_by_label("Search jobs").fill("alpha")
    expect(page).to_have_url(re.compile(r"/jobs\?status=pending&search=alpha$"))
    expect(rows).to_have_count(2)
    page.get_by_label("Sort by").select_option("-name")
    expect(page).to_have_url(re.compile("search=alpha&sort=-name$"))
    expect(rows.first).to_contain_text("Alphabet")
    page.get_by_label("Created").select_option("custom")
    expect(page).to_have_url(re.compile("&created=custom&sort=-name$"))
    page.get_by_label("to", exact=True).fill("2020-12-31")
    expect(page).to_have_url(re.compile("&created=custom&to=2020-12-31&sort=-name$"))
    expect(page.get_by_text("No jobs match")).to_be_visible()

    for address in ("&created=custom&sort=-name$", "search=alpha&sort=-name$", "search=alpha$"):
        with page.expect_event("load"):
            page.evaluate("setTimeout(() => history.back())")
        expect(page).to_have_url(re.compile(address))
    expect(page.get_by_label("Search jobs")).to_have_value("alpha")
    expect(page.get_by_label("Sort by")).to_have_value("-created")
    expect(rows).to_have_count(2)
    page.get_by_role("link", name="Reset filters").click()
    expect(page).to_have_url(re.compile("/jobs$"))


def test_what_is_selected_outlives_live_answers_and_is_deleted_after_a_question(page, api, running):
    ids = [draft(api, f"Heap {n}") for n in range(4)]
    page.goto("/jobs")
    row(page, "Heap 3").get_by_role("checkbox").click()
    row(page, "Heap 1").get_by_role("checkbox").click(modifiers=["Shift"])
    bar = page.get_by_role("form", name="Selected jobs")
    expect(bar).to_contain_text("3 selected")

    api.send("PATCH", f"/jobs/{ids[2]}", data={"name": "Heap 2, renamed"})
    expect(row(page, "Heap 2, renamed").get_by_role("checkbox")).to_be_checked()
    expect(bar).to_contain_text("3 selected")

    bar.get_by_role("button", name="Delete").click()
    question = page.get_by_role("dialog", name="Delete 3 jobs?")
    expect(question).to_contain_text("Heap 2, renamed")
    question.get_by_role("link", name="Back").click()
    expect(question).to_be_hidden()
    bar.get_by_role("button", name="Delete").click()
    question.get_by_role("button", name="Delete 3 jobs").click()

    expect(page.locator("#toasts")).to_contain_text("3 jobs were deleted.")
    expect(row(page, "Heap")).to_have_count(1)


def completed(api, name):
    """The id of a job of one document, once that is converted."""
    document = api.upload(f"{name}.txt", f"Words of {name}, {next(_serial)}.\n".encode())
    return api.wait(api.start(name, document))["id"]


def test_the_results_of_selected_jobs_are_downloaded_at_once(page, api):
    for name in ("Harvest 1", "Harvest 2"):
        completed(api, name)
    page.goto("/jobs?search=harvest")
    page.get_by_label("Select all jobs on this page").check()
    bar = page.get_by_role("form", name="Selected jobs")

    with page.expect_download() as download:
        bar.get_by_role("button", name="Download").click()

    assert files_in(download.value) >= {
        "processed_documents/Harvest 1/Harvest 1.md",
        "processed_documents/Harvest 2/Harvest 2.md",
        "manifest.json",
    }
    expect(bar).to_contain_text("2 selected")  # nothing else happened to the page


def test_a_download_of_drafts_is_refused_in_words(page, api):
    draft(api, "Unripe")
    page.goto("/jobs?search=unripe")
    row(page, "Unripe").get_by_role("checkbox").check()

    page.get_by_role("form", name="Selected jobs").get_by_role("button", name="Download").click()

    expect(page.locator("#toasts")).to_contain_text("None of the selected jobs has results")
    expect(page).to_have_url(re.compile(r"/jobs\?search=unripe$"))


def test_one_job_is_deleted_by_the_menu_of_its_row(page, api):
    draft(api, "Superfluous")
    page.goto("/jobs")

    page.get_by_label("Actions for Superfluous").click()
    row(page, "Superfluous").get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Delete the job").click()

    expect(page.locator("#toasts")).to_contain_text("1 job was deleted.")


def test_keys_walk_through_the_list_and_explain_themselves(page, api):
    draft(api, "Lower")
    draft(api, "Upper")
    page.goto("/jobs")

    page.keyboard.press("j")
    expect(page.get_by_role("link", name="Upper")).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(row(page, "Lower").get_by_role("checkbox")).to_be_checked()
    page.keyboard.press("k")
    page.keyboard.press("?")
    help_dialog = page.get_by_role("dialog", name="Help")
    expect(help_dialog).to_contain_text("Go to Jobs")
    page.keyboard.press("c")
    expect(page).to_have_url(re.compile("/jobs$"))
    page.keyboard.press("Escape")
    expect(help_dialog).to_be_hidden()
    page.get_by_label("Search jobs").press("?")
    expect(page.get_by_label("Search jobs")).to_have_value("?")
    expect(help_dialog).to_be_hidden()
    page.get_by_label("Search jobs").fill("")
    page.get_by_role("button", name="Help and shortcuts").click()
    help_dialog.get_by_role("button", name="Close").click()
    page.get_by_role("link", name="Upper").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/setup/|/jobs/[0-9a-f-]{36}"))


def test_ctrl_p_leads_to_the_process_page_but_prints_from_a_text_field(page):
    page.goto("/documents")
    page.get_by_label("Search documents").press("Control+p")
    expect(page).to_have_url(re.compile("/documents$"))

    page.get_by_label("Search documents").blur()
    page.keyboard.press("Control+p")

    page.wait_for_url("**/process")


def test_no_key_does_anything_once_shortcuts_are_switched_off(page):
    page.goto("/settings")
    page.get_by_label("Use keyboard shortcuts").uncheck()
    page.locator("form", has=page.locator("#shortcuts")).get_by_role("button").click()
    page.goto("/documents")

    for key in ("/", "?", "Control+j", "Control+p"):
        page.keyboard.press(key)

    expect(page.get_by_label("Search documents")).not_to_be_focused()
    expect(page.get_by_role("dialog", name="Help")).to_be_hidden()
    expect(page).to_have_url(re.compile("/documents$"))
    page.get_by_role("button", name="Help and shortcuts").click()
    expect(page.get_by_role("dialog", name="Help")).to_contain_text("switched off")


@pytest.fixture
def troubled_page(context):
    """A signed-in page that may write errors: the test makes them."""
    page = context.new_page()
    sign_in(page)
    page.evaluate("window.samePage = true")
    return page


def test_a_lost_connection_is_told_quietly_and_found_again(troubled_page, context, running):
    page, line = troubled_page, troubled_page.locator("#connection")
    expect(row(page, running)).to_be_visible()
    expect(line).to_be_hidden()

    context.set_offline(True)
    expect(line).to_have_text("Connection lost. Trying again…")
    expect(row(page, running)).to_be_visible()
    context.set_offline(False)

    expect(line).to_be_hidden()
    assert page.evaluate("window.samePage")


def test_a_server_in_trouble_is_told_quietly_until_it_answers(troubled_page, running):
    page, line = troubled_page, troubled_page.locator("#connection")

    page.route("**/jobs/active?*", lambda route: route.fulfill(status=502, body="Bad Gateway"))
    page.route("**/jobs/live?*", lambda route: route.fulfill(status=502, body="Bad Gateway"))
    expect(line).to_contain_text("The server is not responding properly.")
    expect(row(page, running)).to_be_visible()
    page.unroute_all()

    expect(line).to_be_hidden()
    assert page.evaluate("window.samePage")


def test_a_session_that_ends_leads_to_signing_in_and_back_to_the_same_list(page, context, running):
    page.goto("/jobs?status=running&search=endless")
    expect(row(page, running)).to_be_visible()

    context.clear_cookies(name="sessionid")

    # Two live parts lead there, and the second aborts the first: not wait_for_url, which minds.
    expect(page).to_have_url(re.compile("/login"))
    page.get_by_label("Username or e-mail address").fill("ada")
    page.get_by_label("Password").fill("correct horse battery staple")
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile(r"/jobs\?status=running&search=endless$"))


def test_live_answers_are_empty_unless_something_changed(page, api, running):
    job_id = draft(api, "Before")
    page.goto("/jobs")
    answers = []
    page.on(
        "response", lambda answer: answers.append(answer.status) if is_live(answer.url) else None
    )

    for _ in range(3):
        page.wait_for_event("response", lambda answer: is_live(answer.url))
    assert set(answers) == {204}
    answers.clear()
    api.send("PATCH", f"/jobs/{job_id}", data={"name": "After"})
    expect(row(page, "After")).to_be_visible()
    page.wait_for_event("response", lambda answer: is_live(answer.url))

    assert answers.count(200) == 1


def test_a_list_on_which_nothing_runs_hardly_asks(page, api, running):
    draft(api, "Still")
    page.goto("/jobs?status=pending")
    asked = []
    page.on("request", lambda request: asked.append(request.url) if is_live(request.url) else None)

    page.wait_for_timeout(3000)

    assert asked == []


def is_live(url):
    return "/jobs/live?" in url


def test_a_member_and_an_admin_see_the_same_job_live(page, chromium, site, member, api, running):
    draft(api, "There already")
    page.goto("/jobs")
    context = chromium.new_context(base_url=site)
    theirs = context.new_page()
    sign_in(theirs, member)
    expect(theirs.get_by_text("No jobs yet")).to_be_visible()
    api = BrowserApi(theirs)
    slow = api.upload("mine.txt", b"#!curatore-fault sleep 8\nThe words of a member.\n")

    api.start("Of a member", slow)
    theirs.reload()
    page.get_by_role("link", name="1 new job – Show").click()

    for watcher in (theirs, page):
        expect(row(watcher, "Of a member")).to_contain_text("Running")
    for watcher in (theirs, page):
        expect(row(watcher, "Of a member")).to_contain_text("Completed")
    expect(row(page, "Of a member")).to_contain_text(member)
    expect(row(theirs, "There already")).to_have_count(0)
    context.close()


def test_without_javascript_results_are_downloaded(chromium, site, api):
    completed(api, "Late crop")
    context = chromium.new_context(base_url=site, java_script_enabled=False)
    page = context.new_page()
    sign_in(page)

    page.get_by_label("Select Late crop").check()
    bar = page.get_by_role("form", name="Selected jobs")
    with page.expect_download() as download:
        bar.get_by_role("button", name="Download").click()

    assert "processed_documents/Late crop/Late crop.md" in files_in(download.value)
    context.close()


def test_without_javascript_jobs_are_filtered_and_deleted(chromium, site, api):
    draft(api, "Plain one")
    draft(api, "Plain two")
    context = chromium.new_context(base_url=site, java_script_enabled=False)
    page = context.new_page()
    sign_in(page)

    page.get_by_label("Search jobs").fill("plain")
    page.get_by_role("button", name="Apply").click()
    expect(page.locator("[data-rows] > tr")).to_have_count(2)
    page.get_by_label("Select Plain one").check()
    page.get_by_role("form", name="Selected jobs").get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Delete the job").click()

    expect(page.get_by_text("1 job was deleted.")).to_be_visible()
    expect(page).to_have_url(re.compile(r"search=plain"))
    expect(page.locator("[data-rows] > tr")).to_have_count(1)
    context.close()
