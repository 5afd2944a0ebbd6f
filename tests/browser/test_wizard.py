"""Create New Job in a real browser: by keyboard, by mouse, interrupted and taken up again."""

import io
import re
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.files import text_file

pytestmark = pytest.mark.browser

JOB_PAGE = re.compile(r"/jobs/[0-9a-f-]{36}$")

# What is sent stays in the browser until it is released, as on a slow line.
HOLD = """() => {
  const send = XMLHttpRequest.prototype.send, held = [];
  let isHeld = true;
  XMLHttpRequest.prototype.send = function (body) {
    if (isHeld) held.push(() => send.call(this, body));
    else send.call(this, body);
  };
  window.release = () => { isHeld = false; held.forEach((go) => go()); };
}"""


def begin(page, *files):
    page.goto("/jobs/new")
    page.locator("#files").set_input_files(list(files))
    expect(page.locator("#file-list > li")).to_have_count(len(files))


def tab_to(page, target, *, presses=60):
    """Go on with the Tab key until `target` has the focus, as somebody without a mouse does."""
    for _press in range(presses):
        page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            return
    pytest.fail(f"{target} cannot be reached by the Tab key")


def test_the_enter_key_keeps_what_was_entered_and_goes_on(page):
    begin(page, text_file("entered.md"))
    page.get_by_role("link", name="Next", exact=True).click()
    score = page.get_by_label("Conversion score")
    score.fill("85")
    score.press("Enter")

    page.wait_for_url("**/setup/review")
    expect(page.locator(".changed")).to_contain_text("85")


def test_languages_are_marked_and_kept_as_they_are_ticked(page):
    begin(page, text_file("ticked.md"))
    page.get_by_role("link", name="Next", exact=True).click()
    option = page.locator(".option", has=page.locator("[data-boxes]"))

    expect(option.get_by_label("Automatic")).to_be_checked()
    option.get_by_label("German").check()
    expect(option.get_by_label("Automatic")).not_to_be_checked()
    expect(option).to_have_class(re.compile("option-changed"))
    expect(page.locator("#saved-note")).to_have_attribute("data-state", "saved")
    page.reload()
    expect(option.get_by_label("German")).to_be_checked()
    option.get_by_label("German").uncheck()

    expect(option.get_by_label("Automatic")).to_be_checked()
    expect(option).not_to_have_class(re.compile("option-changed"))


def test_the_whole_way_can_be_gone_by_keyboard_alone(page):
    files = [text_file("first.md"), text_file("second.md")]
    page.on("filechooser", lambda chooser: chooser.set_files(files))
    page.keyboard.press("c")
    page.wait_for_url("**/jobs/new")

    tab_to(page, page.get_by_role("button", name="Choose files"))
    page.keyboard.press("Enter")
    expect(page.locator("#file-list > li")).to_have_count(2)
    tab_to(page, page.get_by_role("button", name="Remove second.md"))
    page.keyboard.press("Enter")
    expect(page.locator("#file-list > li")).to_have_count(1)
    expect(page.get_by_role("heading", name="Selected documents")).to_be_focused()
    tab_to(page, page.get_by_role("link", name="Next", exact=True))
    page.keyboard.press("Enter")

    page.wait_for_url("**/setup/configure")
    tab_to(page, page.get_by_label("Conversion score"))
    page.keyboard.press("Control+a")
    page.keyboard.type("85")
    tab_to(page, page.locator("details.advanced > summary").first)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Clarity")).to_be_visible()
    tab_to(page, page.get_by_role("button", name="Next"))
    page.keyboard.press("Enter")

    page.wait_for_url("**/setup/review")
    expect(page.get_by_label("Job name")).to_have_value("first.md")
    expect(page.locator(".changed")).to_contain_text("85")
    tab_to(page, page.get_by_role("button", name="Start processing"))
    page.keyboard.press("Enter")
    page.wait_for_url(JOB_PAGE)
    expect(page.locator(".job-state")).to_contain_text("Completed")


def test_a_draft_survives_reload_back_and_forward(page):
    begin(page, text_file("harbour.md"))
    page.reload()
    expect(page.locator("#file-list")).to_contain_text("harbour.md")
    page.get_by_role("link", name="Next", exact=True).click()

    # What is typed is saved by itself, and marked as differing from the default.
    page.get_by_label("Chunk size").fill("700")
    expect(page.locator(".option-changed")).to_contain_text("Default: 1000")
    expect(page.locator("#saved-note")).to_have_attribute("data-state", "saved")
    page.reload()
    expect(page.get_by_label("Chunk size")).to_have_value("700")
    # Leaving at once loses nothing either.
    page.get_by_label("Chunk overlap").fill("50")
    page.get_by_role("link", name="Select").click()
    page.get_by_role("link", name="Next", exact=True).click()
    expect(page.get_by_label("Chunk overlap")).to_have_value("50")

    page.get_by_role("button", name="Next").click()
    page.get_by_label("Job name").fill("Harbour")
    expect(page.locator("#saved-note")).to_have_attribute("data-state", "saved")
    page.go_back()
    expect(page.get_by_label("Chunk size")).to_have_value("700")
    page.go_forward()
    expect(page.get_by_label("Job name")).to_have_value("Harbour")
    page.get_by_role("button", name="Reset to defaults").wait_for(state="detached")


def test_what_cannot_be_used_is_said_where_it_is(page):
    page.goto("/jobs/new")
    page.locator("#next-step").click()
    expect(page.get_by_role("alert")).to_have_text("Please select at least one document.")
    expect(page.get_by_role("alert")).to_be_focused()

    note = text_file("kept.md")
    program = text_file("tool.exe", "MZ")
    page.locator("#files").set_input_files([note, program])
    uploads = page.locator("#uploads")
    expect(uploads).to_contain_text("“tool.exe” has no supported type")
    expect(page.locator("#draft-total")).to_contain_text("1 file")
    expect(page.locator("#draft-total")).to_contain_text("1 needs attention")
    expect(page.get_by_text("Please select at least one document.")).to_have_count(0)
    page.locator("#files").set_input_files([note])
    expect(uploads).to_contain_text("Already in this job.")

    # It stays in sight while another tab is open, until it is taken away.
    page.get_by_role("link", name="Earlier documents").click()
    expect(page.get_by_label("Search documents")).to_be_visible()
    expect(page.locator(".dropzone")).to_be_hidden()
    expect(uploads).to_contain_text("tool.exe")
    uploads.locator("li", has_text="tool.exe").get_by_role("button", name="Remove").click()
    expect(page.locator("#draft-total")).not_to_contain_text("attention")
    expect(uploads.get_by_role("button", name="Remove")).to_be_focused()
    page.get_by_role("link", name="Next", exact=True).click()

    # The browser refuses it first, and so does the server, beside the field, in an open group.
    page.locator("details.advanced > summary").last.click()
    page.get_by_label("Retries").fill("9")
    page.get_by_role("button", name="Next").click()
    assert page.get_by_label("Retries").evaluate("field => field.validity.rangeOverflow")
    page.locator("form.options-form").evaluate("form => { form.noValidate = true }")
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_label("Retries")).to_have_value("9")
    expect(page.get_by_text("Enter a whole number from 1 to 5.")).to_be_visible()
    page.get_by_label("Retries").fill("2")
    page.get_by_role("button", name="Next").click()
    page.wait_for_url("**/setup/review")


def test_a_saved_draft_is_found_continued_and_deleted(page):
    begin(page, text_file(), text_file())
    page.get_by_role("link", name="Next", exact=True).click()
    page.get_by_role("button", name="Next").click()
    page.get_by_label("Job name").fill("For tomorrow")
    page.get_by_role("button", name="Save as draft").click()
    page.wait_for_url(JOB_PAGE)
    expect(page.locator(".job-state")).to_contain_text("Draft")

    page.goto("/jobs/new")
    drafts = page.get_by_role("region", name="Continue a draft")
    drafts.get_by_role("link", name="For tomorrow").click()
    expect(page.locator("#file-list > li")).to_have_count(2)

    page.goto("/jobs/new")
    page.get_by_role("button", name="Delete the draft For tomorrow").click()
    page.get_by_role("button", name="Delete the draft", exact=True).click()
    expect(page.locator("#toasts")).to_contain_text("“For tomorrow” was deleted")


def test_files_of_the_batch_directory_are_chosen(page, curatore):
    folder = Path(curatore.environment["DATA_DIR"]) / "batch" / "northwind"
    folder.mkdir(parents=True, exist_ok=True)
    for month in ["January", "February", "March"]:
        (folder / f"{month} ledger.txt").write_text(f"The ledger of {month}, in words.\n")

    page.goto("/jobs/new")
    page.get_by_role("link", name="Batch directory 3").click()
    search = page.get_by_label("Search the batch directory")
    search.fill("ary")
    expect(page.locator("#offers .file")).to_have_count(2)
    expect(search).to_be_focused()
    page.get_by_label("All shown").check()
    page.get_by_role("button", name="Add selected (2)").click()

    expect(page.locator("#file-list > li")).to_have_count(2)
    expect(page.locator("#offers .file", has_text="January")).to_contain_text("In this job")


def test_leaving_is_questioned_only_while_files_are_sent(page):
    questions, held = [], []

    def hold(route):
        held.append(route)

    page.on("dialog", lambda dialog: (questions.append(dialog.type), dialog.dismiss()))
    page.goto("/jobs/new")
    page.route("**/jobs/new", hold, times=1)
    page.get_by_role("button", name="Choose files").focus()
    page.keyboard.press("Shift")  # somebody is there
    page.locator("#files").set_input_files([text_file("on its way.md"), text_file("waits.md")])
    expect(page.locator("#uploads")).to_contain_text("Waiting")

    page.get_by_role("link", name="Documents").first.click(no_wait_after=True)
    expect(page.locator("#uploads")).to_contain_text("on its way.md")
    page.wait_for_timeout(200)
    assert questions == ["beforeunload"]

    # What waits is taken away before it was sent.
    waiting = page.locator("#uploads li", has_text="waits.md")
    waiting.get_by_role("button", name="Remove").click()
    held[0].continue_()
    expect(page.locator("#file-list > li")).to_have_count(1)
    expect(page.locator("#file-list")).to_contain_text("on its way.md")
    page.get_by_role("link", name="Documents").first.click()
    page.wait_for_url("**/documents")
    assert questions == ["beforeunload"]


def test_files_are_pasted_and_dropped_anywhere(page):
    page.goto("/jobs/new")
    bring = """([kind, name]) => {
        const transfer = new DataTransfer();
        transfer.items.add(new File([`Text of ${name}, brought by ${kind}.`], name));
        const options = {bubbles: true, cancelable: true};
        document.body.dispatchEvent(kind === "paste"
            ? new ClipboardEvent(kind, {...options, clipboardData: transfer})
            : new DragEvent(kind, {...options, dataTransfer: transfer}));
    }"""

    page.evaluate(bring, ["paste", "pasted.txt"])
    expect(page.locator("#file-list")).to_contain_text("pasted.txt")
    page.evaluate(bring, ["dragenter", "dropped.txt"])
    expect(page.get_by_text("Drop files anywhere to add them")).to_be_visible()
    page.evaluate(bring, ["drop", "dropped.txt"])
    expect(page.locator("#file-list")).to_contain_text("dropped.txt")
    expect(page.get_by_text("Drop files anywhere to add them")).to_be_hidden()


def make_folder(folder):
    """“2026” with a report in each of two months, of the same bytes, and one at its top."""
    for path in ("2026/March", "2026/April", "2026"):
        (folder / path).mkdir(parents=True, exist_ok=True)
        text = "in March and April" if path != "2026" else "of the year"
        (folder / path / "report.md").write_text(f"# Report\n\nWhat was written {text}.\n")
    return folder / "2026"


NAMES = ["2026/April/report.md", "2026/March/report.md", "2026/report.md"]


def test_a_folder_is_there_again_in_the_archive(page, tmp_path):
    page.goto("/jobs/new")
    page.locator("#folder").set_input_files(make_folder(tmp_path))
    selected = page.locator("#file-list .file-name")
    expect(selected).to_have_count(3)
    assert sorted(selected.all_inner_texts()) == NAMES
    page.get_by_role("link", name="Next", exact=True).click()
    page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Start processing").click()

    page.wait_for_url(JOB_PAGE)
    expect(page.locator(".job-state")).to_contain_text("Completed")
    assert sorted(page.locator("#job-documents .row-link").all_inner_texts()) == NAMES
    with page.expect_download() as downloading:
        page.get_by_role("link", name="Download ZIP").click()
    archive = zipfile.ZipFile(io.BytesIO(downloading.value.path().read_bytes()))
    results = [name for name in archive.namelist() if name.startswith("processed_documents/")]
    assert sorted(results) == [f"processed_documents/{name}" for name in NAMES]

    page.get_by_role("link", name="2026/March/report.md", exact=True).click()
    expect(page.locator("h1").first).to_have_text("2026/March/report.md")
    page.goto("/documents?search=march/rep")
    expect(page.locator("#document-list tbody tr")).to_have_count(1)
    expect(page.locator("#document-list")).to_contain_text("2026/March/report.md")


def test_a_dropped_folder_keeps_its_folders(page, tmp_path):
    page.goto("/jobs/new")
    browser = page.context.new_cdp_session(page)
    data = {"items": [], "files": [str(make_folder(tmp_path))], "dragOperationsMask": 1}

    for kind in ("dragEnter", "dragOver", "drop"):
        browser.send("Input.dispatchDragEvent", {"type": kind, "x": 300, "y": 300, "data": data})

    selected = page.locator("#file-list .file-name")
    expect(selected).to_have_count(3)
    assert sorted(selected.all_inner_texts()) == NAMES


def test_a_zip_archive_is_unpacked_and_each_of_its_files_has_a_verdict(page):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        for name in ["2026/quay.md", "2026/tool.exe", "__MACOSX/2026/._quay.md", "pier.md"]:
            packed.writestr(name, f"# Of the archive\n\nThe words of {name} are enough.\n")
    post = {"name": "post.zip", "mimeType": "application/zip", "buffer": archive.getvalue()}

    page.goto("/jobs/new")
    page.locator("#files").set_input_files([post, text_file(".DS_Store")])

    expect(page.locator("#file-list > li")).to_have_count(2)
    expect(page.locator("#file-list")).to_contain_text("2026/quay.md")
    expect(page.locator("#uploads li")).to_have_count(1)
    expect(page.locator("#uploads li")).to_contain_text("2026/tool.exe")
    expect(page.locator("#draft-total")).to_contain_text("1 needs attention")


def test_next_waits_for_files_that_are_being_sent_and_then_goes_on(page):
    page.goto("/jobs/new")
    page.evaluate(HOLD)
    page.locator("#files").set_input_files([text_file(f"{name}.md") for name in ["b10", "b2", "a"]])
    page.locator("#next-step").click()

    expect(page.locator("#draft-total")).to_contain_text(re.compile(r"Uploading 1 of 3, \d+ %"))
    assert page.url.endswith("/jobs/new")
    page.evaluate("release()")

    page.wait_for_url("**/setup/configure")
    page.go_back()
    expect(page.locator("#file-list .file-name")).to_have_text(["a.md", "b2.md", "b10.md"])


def test_next_does_not_go_on_when_a_file_is_refused_meanwhile_and_it_stays_listed(page):
    page.goto("/jobs/new")
    page.evaluate(HOLD)
    page.locator("#files").set_input_files([text_file("kept.md"), text_file("tool.exe", "MZ")])
    page.locator("#next-step").click()
    page.evaluate("release()")

    expect(page.locator("#draft-total")).to_contain_text("Some files were refused.")
    expect(page.locator("#next-step")).to_be_focused()
    page.wait_for_url("**/setup/select")
    refused = page.locator("#uploads li", has_text="tool.exe")
    expect(refused).to_contain_text("Accepted: PDF, Office")
    page.reload()
    expect(refused).to_contain_text("Accepted: PDF, Office")
    expect(page.locator("#draft-total")).to_contain_text("1 needs attention")
    refused.get_by_role("button", name="Remove").click()
    page.reload()
    expect(page.locator("#file-list > li")).to_have_count(1)
    expect(refused).to_have_count(0)
    page.locator("#next-step").click()
    page.wait_for_url("**/setup/configure")
