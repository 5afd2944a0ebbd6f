"""The page of one job in a real browser: what its buttons and tabs do."""

import io
import re
import zipfile
from itertools import count

import pytest
from playwright.sync_api import expect

from tests.browser.api import BrowserApi
from tests.browser.conftest import PASSWORD, sign_in

pytestmark = pytest.mark.browser

_serial = count(1)


def slow(seconds, name="slow"):
    return upload(name, "txt", f"#!curatore-fault sleep {seconds}\nA slow one of the job page.\n")


def quick(name="note"):
    return upload(name, "md", "# Page\n\nEnough words to make a sentence about the harbour.\n")


def broken(name="broken"):
    """Named like a PDF file, and none: converting it fails, today and tomorrow."""
    return upload(name, "pdf", "%PDF-1.4 and nothing more")


def upload(name, extension, text):
    """A file with a name and bytes that no other has."""
    number = next(_serial)
    content = f"{text}\nNumber {number} of its kind.\n".encode()
    return {"name": f"{name}-{number}.{extension}", "buffer": content}


def start(page, name, *files):
    """A job of these files, made without the wizard; ends on the job's page."""
    api = BrowserApi(page)
    ids = [api.upload(file["name"], file["buffer"]) for file in files]
    page.goto(f"/jobs/{api.start(name, *ids)}")


def finished(page, state="Completed"):
    expect(page.locator(".job-state")).to_contain_text(state)


def open_tab(page, name):
    page.get_by_role("navigation", name="Parts of the job").get_by_role("link", name=name).click()
    expect(page.get_by_role("region", name=name)).to_be_visible()


def press(page, key):
    """A shortcut works as soon as the page's script does."""
    page.wait_for_load_state()
    page.keyboard.press(key)


def members(download):
    archive = zipfile.ZipFile(io.BytesIO(download.path().read_bytes()))
    assert archive.testzip() is None
    return sorted(name for name in archive.namelist() if "/" in name)


# A browser without a screen shows no notifications, but it makes them.
RECORD_NOTIFICATIONS = """
window.told = [];
const Real = Notification;
window.Notification = class extends Real {
  constructor(title) { super(title); told.push(title); }
};
"""


def test_a_job_is_cancelled_with_a_receipt_and_cloned(page):
    start(page, "Stopped", quick(), slow(60), slow(60), slow(60))
    expect(page.locator("#state-completed")).to_contain_text("1")
    page.get_by_role("button", name="Cancel", exact=True).click()
    page.get_by_role("button", name="Cancel the job").click()

    finished(page, "Cancelled")
    receipt = page.locator("#job-receipt")
    expect(receipt).to_contain_text(re.compile(r"Cancelled by ada within \d+\.\d s"))
    expect(receipt).to_contain_text("Verified: every document has stopped.")
    expect(receipt.locator("div", has_text="Results kept")).to_contain_text("1")

    page.get_by_role("button", name="Clone").click()
    page.wait_for_url("**/setup/select")
    expect(page.locator("#file-list > li")).to_have_count(4)


def test_a_job_is_renamed_by_key_while_it_runs(page):
    start(page, "Before", slow(4))
    press(page, "e")
    name = page.get_by_label("Job name")
    expect(name).to_be_visible()
    name.fill("Harbour dues")
    page.get_by_role("textbox", name="Description").fill("Second half of the year")
    page.wait_for_timeout(1500)  # answers of the live part must not take the words away
    expect(name).to_have_value("Harbour dues")
    page.locator("#dialog-rename").get_by_role("button", name="Save").click()

    expect(page.locator("h1")).to_have_text("Harbour dues")
    expect(page.locator(".job-description")).to_have_text("Second half of the year")
    finished(page)


def test_failures_are_explained_and_retried_one_by_one_or_by_cause(page):
    start(page, "Damaged", quick(), broken("first"), broken("second"))
    finished(page, "2 failed")
    expect(page.locator("#job-failures")).to_contain_text("2 documents")
    expect(page.locator("#job-failures")).to_contain_text("save it again and upload the new copy")

    page.get_by_role("button", name=re.compile("^Convert first-.* again")).click()
    expect(page.locator("#toasts")).to_contain_text("1 document is converted again.")
    finished(page, "2 failed")
    page.get_by_role("button", name="Retry these 2").click()
    expect(page.locator("#toasts")).to_contain_text("2 documents are converted again.")
    finished(page, "2 failed")

    page.locator("#state-failed").click()
    expect(page.locator("#job-documents tbody tr")).to_have_count(2)
    page.get_by_role("button", name=re.compile("^Convert first-.* with other options")).click()
    page.wait_for_url("**/setup/configure")
    expect(page.get_by_label("Chunk size")).to_be_visible()


def test_a_result_is_mended_scored_anew_and_restored(page):
    start(page, "Mended", quick("one"), quick("two"))
    finished(page)
    page.get_by_role("link", name=re.compile("^one-")).click()
    press(page, "e")
    text = page.get_by_label("Markdown", exact=True)
    expect(page.locator("#edit-preview")).to_contain_text("would be RAG-ready")
    original = text.input_value()

    text.fill("~ | ^ {} % # ~~ || ^^ }{ %% ##")
    expect(page.locator("#edit-preview")).to_contain_text("would not be RAG-ready")
    expect(page.get_by_text("Not saved yet.")).to_be_visible()

    # Nobody leaves by accident, and the text is still there afterwards.
    asked = []
    page.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.get_by_role("link", name=re.compile("^Next document")).click(no_wait_after=True)
    page.wait_for_timeout(300)
    assert asked == ["beforeunload"]
    expect(text).to_have_value(re.compile("%%"))

    page.get_by_role("button", name="Reset changes").click()
    expect(text).to_have_value(original)
    expect(page.locator("#edit-preview")).to_contain_text("would be RAG-ready")
    text.fill(f"{original}\nA line more.\n")
    page.keyboard.press("Control+s")
    expect(page.locator("#toasts")).to_contain_text("Saved. The score is")
    expect(text).to_have_value(re.compile("A line more"))

    page.get_by_role("link", name="Versions").click()
    page.get_by_role("button", name="Restore version 1").click()
    expect(page.locator("#toasts")).to_contain_text("Version 1 is the result again.")
    expect(page.locator("#version-1")).to_contain_text("Current result")
    page.get_by_role("link", name="Rendered").click()
    page.wait_for_url(re.compile("view=rendered"))
    expect(page.locator(".prose")).not_to_contain_text("A line more")

    # Keys lead from document to document and back.
    press(page, "]")
    page.wait_for_url(re.compile("view=rendered"))
    expect(page.locator("h1").first).to_have_text(re.compile("^two-"))
    press(page, "[")
    expect(page.locator("h1").first).to_have_text(re.compile("^one-"))


def test_a_text_outlives_the_end_of_the_session(page, context):
    start(page, "Signed out", quick())
    finished(page)
    page.locator("#job-documents .row-link").click()
    page.get_by_role("link", name="Edit", exact=True).click()
    text = page.get_by_label("Markdown", exact=True)
    text.fill("# Hours of work\n\nWhich nobody wants to write again.\n")
    address = page.url

    context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Save and re-score").click()
    page.wait_for_url(re.compile("/login"))
    page.get_by_label("Username or e-mail address").fill("ada")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(address)

    expect(text).to_have_value(re.compile("Hours of work"))
    expect(page.locator("#toasts")).to_contain_text("Your unsaved text was restored.")
    page.get_by_role("button", name="Save and re-score").click()
    expect(page.locator("#toasts")).to_contain_text("Saved. The score is")


def test_chosen_documents_are_exported_and_no_others(page):
    start(page, "Chosen", quick("first"), quick("second"), quick("third"), slow(1))
    open_tab(page, "Export")
    # The list renews itself at the end, and what is chosen by then stays chosen.
    expect(page.get_by_role("checkbox", name=re.compile("^Select slow-"))).to_be_visible()
    page.get_by_role("checkbox", name=re.compile("^Select first-")).check()
    page.get_by_role("checkbox", name=re.compile("^Select third-")).check()
    expect(page.locator("[data-selected-count]")).to_have_text("2")

    with page.expect_download() as downloading:
        page.get_by_role("button", name="Export selected").click()
    names = members(downloading.value)
    assert [re.sub(r"-\d+\.md", "", name) for name in names] == [
        "processed_documents/first",
        "processed_documents/third",
    ]

    page.get_by_role("button", name="Select none").click()
    page.get_by_role("link", name="Select RAG-ready").click()
    expect(page.locator("[data-selected-count]")).to_have_text("4")
    with page.expect_download() as downloading:
        page.get_by_role("link", name="All chunks").click()
    assert downloading.value.suggested_filename.endswith(".ndjson")


def test_the_log_follows_until_one_reads_upwards_and_everything_is_found(page):
    page.set_viewport_size({"width": 1100, "height": 420})
    start(page, "Scrolled log", broken(), *[slow(1) for _ in range(10)])
    open_tab(page, "Logs")
    log = page.get_by_role("log")
    at_end = "log => log.scrollHeight - log.scrollTop - log.clientHeight < 40"
    jump = page.get_by_role("button", name="Jump to latest")
    page.wait_for_function(
        "() => { const log = document.querySelector('.log');"
        " return log.scrollHeight > log.clientHeight + 120; }"
    )
    assert log.evaluate(at_end)
    expect(jump).to_be_hidden()

    log.evaluate("log => { log.scrollTop = 0; }")
    expect(jump).to_be_visible()
    lines = log.locator(".log-line").count()
    expect(log.locator(".log-line").nth(lines)).to_be_attached()
    assert log.evaluate("log => log.scrollTop") == 0
    jump.click()
    expect(jump).to_be_hidden()
    expect(page.locator("#log-tail")).to_have_text("End of the log")
    assert log.evaluate(at_end)

    page.get_by_role("link", name="Errors only").click()
    expect(page.locator(".log-line")).to_have_count(1)
    expect(page.locator(".log-line")).to_contain_text("broken-")
    page.get_by_text("Details").click()
    expect(page.locator(".log-details")).to_contain_text("corrupt_file")
    page.get_by_role("link", name="Errors only").click()
    page.get_by_label("Search the log").fill("job completed")
    page.keyboard.press("Enter")
    expect(page.locator(".log-line")).to_have_count(1)
    expect(page.locator(".log-line mark")).to_have_text("Job completed")
    page.locator(".log-time").click()
    expect(page.locator(".log-named")).to_contain_text("Job completed")
    assert page.locator(".log-line").count() > 1

    # n and N go through what was found; lines are broken or not, as one likes it.
    page.get_by_label("Search the log").fill("processed successfully")
    page.keyboard.press("Enter")
    expect(page.locator(".log-line")).to_have_count(10)
    page.locator("h1").click()
    page.keyboard.press("N")
    expect(page.locator("[data-match-number]")).to_have_text("10 / 10")
    page.keyboard.press("N")
    expect(page.locator(".log-time").nth(8)).to_be_focused()
    page.get_by_role("button", name="Next match").click()
    expect(page.locator("[data-match-number]")).to_have_text("10 / 10")
    wrap = page.get_by_role("button", name="Wrap")
    wrap.click()
    page.reload()
    expect(wrap).to_have_attribute("aria-pressed", "false")
    expect(page.locator(".log-message").first).to_have_css("white-space-collapse", "preserve")
    wrap.click()

    # Documents are found while one types, without losing the field.
    open_tab(page, "Documents")
    search = page.get_by_label("Search by file name")
    search.press_sequentially("brok")
    expect(page.locator("#job-documents tbody tr")).to_have_count(1)
    expect(page).to_have_url(re.compile("search=brok"))
    expect(search).to_be_focused()


def test_polls_say_nothing_while_nothing_happens_and_end_with_the_job(page):
    answers = []
    page.on(
        "response",
        lambda answer: answers.append(answer.status) if "/live?v=" in answer.url else None,
    )
    start(page, "Quiet", slow(60))
    expect(page.locator(".job-state")).to_contain_text("Running")
    page.wait_for_timeout(1200)
    before = len(answers)
    page.wait_for_timeout(2200)
    assert set(answers[before:]) == {204}
    assert len(answers) - before in {1, 2, 3}  # one a second

    page.get_by_role("button", name="Cancel", exact=True).click()
    page.get_by_role("button", name="Cancel the job").click()
    finished(page, "Cancelled")
    asked = len(answers)
    assert set(answers) <= {200, 204, 286}
    page.wait_for_timeout(2200)
    assert len(answers) == asked


def test_the_last_poll_shows_the_end_and_stops_the_polling(page):
    answers = []
    page.on(
        "response",
        lambda answer: answers.append(answer.status) if "/live?v=" in answer.url else None,
    )
    page.context.grant_permissions(["notifications"])
    page.add_init_script(RECORD_NOTIFICATIONS)
    start(page, "Ending", slow(2))
    page.get_by_role("button", name="Notify me").click()
    expect(page.get_by_role("button", name="Notify me")).to_have_attribute("aria-pressed", "true")

    expect(page.locator("#toasts")).to_contain_text("“Ending” is done")
    assert answers[-1] == 286
    expect(page).to_have_title("(done) Ending · Curatore")
    assert page.evaluate("told") == ["“Ending” is done: 1 of 1 converted."]
    asked = len(answers)
    page.wait_for_timeout(2200)
    assert len(answers) == asked


def test_without_javascript_everything_can_still_be_done(chromium, site):
    context = chromium.new_context(base_url=site, java_script_enabled=False)
    page = context.new_page()
    sign_in(page)
    start(page, "Plain", quick("plain"), broken())
    while "failed" not in page.locator(".job-state").inner_text():
        page.wait_for_timeout(300)
        page.reload()

    page.get_by_role("button", name="Change name and description").click()
    page.get_by_label("Job name").fill("Plainer")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("h1")).to_have_text("Plainer")
    page.get_by_role("link", name=re.compile("^plain-")).click()
    page.get_by_role("link", name="Edit", exact=True).click()
    page.get_by_label("Markdown", exact=True).fill("# Plain\n\nWritten without a script.\n")
    page.get_by_role("button", name="Save and re-score").click()
    expect(page.get_by_text("Saved. The score is")).to_be_visible()
    page.get_by_role("link", name="Versions").click()
    page.get_by_role("button", name="Restore").click()
    expect(page.get_by_text("Version 1 is the result again.")).to_be_visible()
    page.get_by_role("link", name="Plainer").click()
    page.get_by_role("link", name="Export").click()
    page.get_by_role("checkbox", name=re.compile("^Select plain-")).check()
    with page.expect_download() as downloading:
        page.get_by_role("button", name="Export selected").click()
    assert len(members(downloading.value)) == 1
    context.close()


def test_nothing_sticks_out_on_a_telephone(page):
    start(page, "Telephone", quick("narrow"), broken())
    finished(page, "1 failed")
    job = page.url
    page.locator("#job-documents .row-link", has_text="narrow").click()
    document = page.url
    page.set_viewport_size({"width": 390, "height": 844})

    tabs = ["documents", "logs", "export", "options"]
    views = ["rendered", "markdown", "quality", "edit", "versions"]
    addresses = [f"{job}?tab={tab}" for tab in tabs] + [f"{document}?view={view}" for view in views]
    for address in addresses:
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
