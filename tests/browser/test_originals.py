"""Originals and pictures of pages as Chromium shows them, in spite of their own policy."""

import io
from uuid import uuid4

import pytest
from PIL import Image

from documents.samples import SAMPLES
from tests.browser.api import BrowserApi
from tests.browser.conftest import PATIENCE_MS, sign_in
from tests.page_files import page as pdf_page
from tests.page_files import pdf, photo

pytestmark = pytest.mark.browser

SIZE_WHEN_LOADED = "img => img.decode().then(() => [img.naturalWidth, img.naturalHeight])"
SCRIPT = "<script>document.title = 'ran'</script>"
PAPER = 250  # of 255; all else of the viewer is darker


@pytest.fixture
def upload(page):
    return BrowserApi(page).upload


def shown(page):
    """What is to be seen, in shades of gray."""
    return Image.open(io.BytesIO(page.screenshot())).convert("L")


def share_of(picture, low, high):
    return sum(picture.histogram()[low:high]) / (picture.width * picture.height)


def test_an_original_pdf_is_shown_by_the_viewer_of_the_browser(context):
    page = context.new_page()  # one that may complain: the viewer looks for an icon of the site
    sign_in(page)
    document = BrowserApi(page).upload("report.pdf", SAMPLES["report.pdf"].path.read_bytes())

    page.goto(f"/documents/{document}/original?inline=1")

    # The viewer is a page of the browser's own, into which nobody looks but with their eyes.
    for _ in range(PATIENCE_MS // 100):
        if share_of(shown(page), PAPER, 256) > 0.1:
            return
        page.wait_for_timeout(100)
    pytest.fail("No paper is to be seen.")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_an_original_picture_is_shown(kind, page, upload):
    buffer = io.BytesIO()
    Image.open(io.BytesIO(photo("PNG"))).convert("L").save(buffer, kind)
    document = upload(f"photo.{kind.lower()}", buffer.getvalue())

    page.goto(f"/documents/{document}/original?inline=1")

    assert page.locator("img").evaluate("img => img.naturalWidth") == 400


def test_an_original_text_is_shown_in_its_letters(page, upload):
    text = f"Größe, 港口, Überblick {uuid4()}: enough words to make a sentence.\n"
    document = upload("notes.txt", text.encode())

    page.goto(f"/documents/{document}/original?inline=1")

    assert "Größe, 港口" in page.locator("body").inner_text()


def test_markup_in_a_text_is_text(page, upload):
    document = upload("notes.txt", f"{SCRIPT} {uuid4()}\n".encode())

    page.goto(f"/documents/{document}/original?inline=1")

    assert SCRIPT in page.locator("body").inner_text()
    assert page.title() != "ran"


@pytest.mark.parametrize("path", ["original", "original?inline=1"])
def test_a_web_page_is_saved_and_not_shown(path, page, upload):
    document = upload("page.html", f"<html>{SCRIPT}{uuid4()}</html>".encode())

    with page.expect_download() as download:
        page.evaluate("address => { location.href = address }", f"/documents/{document}/{path}")

    assert download.value.suggested_filename == "page.html"


def test_pictures_of_pages_are_shown_within_a_page_of_ours(page, upload):
    document = upload("turned.pdf", pdf(pdf_page(), pdf_page(rotation=90)))
    page.goto("/documents")

    page.evaluate(
        """addresses => {
            for (const address of addresses) {
                const img = Object.assign(new Image(), {src: address, className: "drawn"});
                document.body.append(img);
            }
        }""",
        [f"/documents/{document}/pages/{number}.png?width=320" for number in (1, 2)],
    )

    first, second = page.locator("img.drawn").all()
    assert first.evaluate(SIZE_WHEN_LOADED) == [320, 453]
    assert second.evaluate(SIZE_WHEN_LOADED) == [320, 226]
