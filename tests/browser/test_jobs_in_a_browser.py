"""What a person does with jobs, in a real browser, with real workers."""

import io
import re
import zipfile
from itertools import count

import pytest
from django.conf import settings
from playwright.sync_api import expect

from tests.browser.conftest import sign_in

SAMPLES = settings.BASE_DIR / "documents" / "samples" / "files"

# One of each of the formats that people have most, two of them scans.
EVERYDAY_FORMATS = [
    "report.pdf",
    "report.docx",
    "report.doc",
    "slides.pptx",
    "inventory.xlsx",
    "inventory.csv",
    "report.html",
    "delivery.eml",
    "delivery.msg",
    "report.odt",
    "report.rtf",
    "report.epub",
    "notes.txt",
    "scan.pdf",
    "picture.png",
    "Übersicht – 港口.md",
]

pytestmark = pytest.mark.browser

_serial = count(1)


def slow(seconds):
    """A document whose conversion takes so many seconds."""
    text = f"#!curatore-fault sleep {seconds}\nDocument {next(_serial)}.\n"
    return {"name": f"slow-{next(_serial)}.txt", "mimeType": "text/plain", "buffer": text.encode()}


def quick():
    text = f"# Note {next(_serial)}\n\nEnough words to make a sentence.\n"
    return {"name": f"note-{next(_serial)}.md", "mimeType": "text/plain", "buffer": text.encode()}


def select(page, *files):
    page.goto("/jobs/new")
    page.locator("#files").set_input_files(list(files))


def start(page, name, *files):
    """Through the wizard with its defaults; ends on the job's page."""
    select(page, *files)
    expect(page.locator("#file-list > li")).to_have_count(len(files))
    page.get_by_role("link", name="Next", exact=True).click()
    page.get_by_role("button", name="Next").click()
    page.get_by_label("Job name").fill(name)
    page.get_by_role("button", name="Start processing").click()
    page.wait_for_url(re.compile(r"/jobs/[0-9a-f-]{36}$"))


def test_a_batch_goes_all_the_way_from_files_to_a_zip(page):
    page.keyboard.press("c")
    page.wait_for_url("**/jobs/new")
    names = EVERYDAY_FORMATS
    refused = {"name": "tool.exe", "mimeType": "application/x-msdos-program", "buffer": b"MZ"}
    files = [
        {"name": name, "mimeType": "", "buffer": (SAMPLES / name).read_bytes()} for name in names
    ]

    # Select: each file by itself; one is refused in words and the others are not harmed.
    page.locator("#files").set_input_files([refused, *files])
    expect(page.locator("#uploads")).to_contain_text("“tool.exe” has no supported type")
    expect(page.locator("#file-list > li")).to_have_count(len(names))
    expect(page.locator("#draft-footer")).to_contain_text(f"{len(names)} files")
    expect(page).to_have_url(re.compile(r"/setup/select$"))
    page.reload()
    expect(page.locator("#file-list > li")).to_have_count(len(names))
    page.get_by_role("link", name="Next", exact=True).click()

    # Configure: a bad value is refused by the server, too, and nothing entered is lost.
    chunks = page.get_by_label("Chunk size")
    page.get_by_label("Chunk overlap").fill("300")
    chunks.fill("200")
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_text("must be smaller than chunk_size")).to_be_visible()
    expect(chunks).to_have_value("200")
    chunks.fill("500")
    page.get_by_role("button", name="Next").click()

    # Review: going back and forth keeps everything.
    page.wait_for_url("**/setup/review")
    page.go_back()
    expect(chunks).to_have_value("500")
    page.go_forward()
    page.get_by_label("Job name").fill("Harbour")
    page.get_by_role("button", name="Start processing").click()

    # Live until the end, without loading the page again.
    page.wait_for_url(re.compile(r"/jobs/[0-9a-f-]{36}$"))
    page.evaluate("window.samePage = true")
    expect(page.locator(".job-state")).to_contain_text("Completed")
    expect(page.locator(".progress-percent")).to_have_text("100 %")
    expect(page.locator("#toasts")).to_contain_text("“Harbour” is done: 16 of 16")
    expect(page.locator("#announcer")).to_contain_text("“Harbour” is done")
    expect(page).to_have_title("(done) Harbour · Curatore")
    assert page.evaluate("window.samePage") is True
    assert page.locator("#job-live").get_attribute("hx-get") is None
    expect(page.locator("#job-documents tbody tr")).to_have_count(len(names))

    # Every result can be read.
    for name in names:
        page.get_by_role("link", name=name, exact=True).click()
        expect(page.locator("h1").first).to_have_text(name)
        assert len(page.locator(".prose").inner_text()) > 50
        page.get_by_role("link", name="Harbour").click()

    # A result, rendered.
    page.get_by_role("link", name="report.docx", exact=True).click()
    expect(page.locator(".prose h1").first).to_be_visible()
    expect(page.locator(".prose table").first).to_be_visible()
    page.get_by_role("link", name="Markdown", exact=True).click()
    expect(page.locator("#markdown-source")).to_contain_text("# ")
    page.get_by_role("link", name="Quality", exact=True).click()
    expect(page.get_by_text("What the conversion score is made of")).to_be_visible()
    page.get_by_role("link", name="Harbour").click()

    # Everything, downloaded.
    with page.expect_download() as downloading:
        page.get_by_role("link", name="Download ZIP").click()
    archive = zipfile.ZipFile(io.BytesIO(downloading.value.path().read_bytes()))
    assert archive.testzip() is None
    results = {name for name in archive.namelist() if name.startswith("processed_documents/")}
    assert len(results) == len(names)
    assert "processed_documents/Übersicht – 港口.md" in results

    page.get_by_role("link", name="Logs").click()
    expect(page.locator(".log")).to_contain_text("Job completed: 16 succeeded, 0 failed")
    expect(page.locator("#log-tail")).to_have_text("End of the log")


def test_the_list_and_the_bar_below_follow_a_job_to_its_end(page):
    start(page, "Followed", slow(3), quick())
    page.goto("/jobs")
    row = page.locator("tbody tr", has_text="Followed")
    expect(page.locator("#status-bar")).to_contain_text("Followed")
    search = page.get_by_label("Search jobs")
    search.fill("foll")
    expect(page).to_have_url(re.compile("search=foll"))

    expect(row).to_contain_text("Completed")
    expect(row).to_contain_text("2 / 2")
    expect(page.locator("#status-bar")).not_to_contain_text("Followed")
    # What is being typed outlives the answers that came meanwhile.
    expect(search).to_be_focused()
    expect(search).to_have_value("foll")


def test_the_log_grows_while_one_looks_and_then_ends(page):
    start(page, "Logged", slow(2), slow(2), quick())
    page.get_by_role("link", name="Logs").click()
    first = page.locator(".log-line").first.get_attribute("id")

    expect(page.locator("#log-tail")).to_have_text("End of the log")

    lines = page.locator(".log-line")
    ids = lines.evaluate_all("rows => rows.map(row => row.id)")
    expect(lines.last).to_contain_text("Job completed: 3 succeeded")
    assert ids[0] == first
    assert len(ids) == len(set(ids))


def test_a_running_job_is_cancelled_with_a_receipt(page):
    start(page, "Too slow", slow(60), slow(60))
    expect(page.locator(".job-state")).to_contain_text("Running")

    page.get_by_role("button", name="Cancel", exact=True).click()
    page.get_by_role("button", name="Keep it running").click()
    expect(page.locator("#dialog-cancel")).to_be_hidden()
    page.get_by_role("button", name="Cancel", exact=True).click()
    page.get_by_role("button", name="Cancel the job").click()

    expect(page.locator(".job-state")).to_contain_text("Cancelled")
    expect(page.locator(".receipt")).to_contain_text("Cancelled by ada within")
    page.get_by_role("button", name="Delete the job").click()
    page.locator("#dialog-delete").get_by_role("button", name="Delete the job").click()
    page.wait_for_url("**/jobs")
    expect(page.locator("#toasts")).to_contain_text("“Too slow” was deleted")


def test_a_session_that_ends_while_a_page_polls_leads_to_signing_in(page, context):
    start(page, "Left alone", slow(20))
    address = page.url

    context.clear_cookies(name="sessionid")

    page.wait_for_url(re.compile(r"/login\?next=/jobs/"))
    page.get_by_label("Username or e-mail address").fill("ada")
    page.get_by_label("Password").fill("correct horse battery staple")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(address)
    page.get_by_role("button", name="Cancel", exact=True).click()
    page.get_by_role("button", name="Cancel the job").click()
    expect(page.locator(".job-state")).to_contain_text("Cancelled")


@pytest.fixture
def troubled_page(context):
    """A signed-in page that may write errors: the test makes them."""
    page = context.new_page()
    sign_in(page)
    return page


def test_an_answer_that_never_comes_does_not_end_the_following(troubled_page):
    page = troubled_page
    unanswered = []

    def leave_unanswered(route):
        unanswered.append(route)

    page.route(re.compile(r"/live\?v="), leave_unanswered, times=1)
    start(page, "Unheard", slow(2))

    expect(page.locator(".job-state")).to_contain_text("Completed")
    assert len(unanswered) == 1


def test_an_answer_that_cannot_be_shown_loads_the_page_again(troubled_page):
    page = troubled_page
    start(page, "Unshown", slow(2))

    page.evaluate("() => { Idiomorph.morph = () => { throw new Error('on purpose') } }")

    expect(page.locator(".job-state")).to_contain_text("Completed")


def test_a_page_that_cannot_ask_loads_itself_again(troubled_page):
    page = troubled_page
    page.clock.install()
    start(page, "Mute", slow(2))
    page.route("**/htmx*.js", lambda route: route.abort())
    page.reload()
    assert page.evaluate("typeof htmx") == "undefined"
    page.unroute("**/htmx*.js")

    page.clock.fast_forward("01:00")

    expect(page.locator(".job-state")).to_contain_text("Completed")


def test_files_are_dropped_removed_and_chosen_again(page):
    page.goto("/jobs/new")
    drop = """files => {
        const transfer = new DataTransfer();
        for (const [name, text] of files) transfer.items.add(new File([text], name));
        document.querySelector(".dropzone").dispatchEvent(
            new DragEvent("drop", {bubbles: true, cancelable: true, dataTransfer: transfer}));
    }"""

    page.evaluate(drop, [[f"dropped {n}.txt", f"Dropped text number {n}.\n"] for n in range(7)])
    expect(page.locator("#file-list > li")).to_have_count(7)
    expect(page.locator("#draft-footer")).to_contain_text("7 files")

    page.get_by_role("button", name="Remove dropped 3.txt").click()
    expect(page.locator("#file-list > li")).to_have_count(6)
    expect(page.locator("#draft-footer")).to_contain_text("6 files")

    page.get_by_role("link", name="Earlier documents").click()
    page.get_by_label("Search documents").fill("dropped 3")
    choice = page.get_by_label("dropped 3.txt")
    choice.check()
    page.get_by_role("button", name="Add selected").click()
    expect(page.locator("#file-list > li")).to_have_count(7)


def test_keys_are_shortcuts_only_outside_of_text_fields(page):
    page.goto("/documents")
    page.keyboard.press("/")
    search = page.get_by_label("Search documents")
    expect(search).to_be_focused()
    page.keyboard.type("c/")
    expect(search).to_have_value("c/")
    page.keyboard.press("Control+j")
    expect(page).to_have_url(re.compile("/documents"))

    search.blur()
    page.keyboard.press("Control+j")
    page.wait_for_url("**/jobs")

    page.goto("/settings")
    page.get_by_label("Use keyboard shortcuts").uncheck()
    page.locator("form", has=page.locator("#shortcuts")).get_by_role("button").click()
    page.goto("/jobs")
    page.keyboard.press("/")
    expect(page.get_by_label("Search jobs")).not_to_be_focused()


def test_the_theme_changes_at_once_and_stays(page):
    page.goto("/settings")
    page.get_by_role("button", name="Dark").last.click()
    dark = page.evaluate("getComputedStyle(document.body).color")
    page.get_by_role("button", name="Light").last.click()
    light = page.evaluate("getComputedStyle(document.body).color")
    page.reload()

    assert dark != light
    assert page.evaluate("getComputedStyle(document.body).color") == light
    assert page.locator("html").get_attribute("data-theme") == "light"


def test_a_telephone_gets_a_drawer_and_nothing_sticks_out(page):
    page.set_viewport_size({"width": 390, "height": 844})
    for address in ["/jobs", "/jobs/new", "/documents", "/settings"]:
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    menu = page.get_by_role("navigation", name="Main")
    expect(menu).to_be_hidden()
    page.get_by_role("button", name="Open the menu").click()
    expect(menu).to_be_visible()
    menu.get_by_role("link", name="Documents").click()
    page.wait_for_url("**/documents")


def test_without_javascript_a_job_is_made_and_read(chromium, site):
    context = chromium.new_context(base_url=site, java_script_enabled=False)
    page = context.new_page()
    page.goto("/login")
    page.get_by_label("Username or e-mail address").fill("ada")
    page.get_by_label("Password").fill("correct horse battery staple")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="Create New Job").first.click()

    page.get_by_label("Files", exact=True).set_input_files([quick(), quick()])
    page.get_by_role("button", name="Add these files").click()
    page.get_by_role("link", name="Next", exact=True).click()
    page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Start processing").click()
    while "Completed" not in page.locator(".job-state").inner_text(timeout=30_000):
        page.reload()
    page.get_by_role("link", name=re.compile("^Preview")).first.click()

    expect(page.locator(".prose h1").first).to_be_visible()
    context.close()
