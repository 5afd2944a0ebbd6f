"""What holds of every page: anybody can use it, it fits a telephone, it is small and closed.

Accessibility is what axe-core can see: no violation of serious or critical impact, in both themes
and both widths. The rest of it, the keyboard above all, is in the tests of each page.
"""

import re
from types import SimpleNamespace

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import expect

from tests.browser.api import BrowserApi
from tests.browser.conftest import sign_in

pytestmark = pytest.mark.browser

SAMPLES = settings.BASE_DIR / "documents" / "samples" / "files"
WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
LAPTOP = {"width": 1280, "height": 800}
FIRST_VIEW_BYTES = 50_000  # compressed, with all that the page loads

PAGES = {
    "jobs": "/jobs",
    "jobs, none found": "/jobs?search=nothing-has-this-name",
    "jobs that need attention": "/jobs?status=attention",
    "a running job": "/jobs/{running}",
    "a finished job": "/jobs/{done}",
    "a job with failures": "/jobs/{partial}",
    "the log of a job": "/jobs/{partial}?tab=logs",
    "the queue of a job": "/jobs/{partial}?state=not_ready",
    "the export of a job": "/jobs/{done}?tab=export&choose=rag_ready",
    "the options of a job": "/jobs/{partial}?tab=options",
    "a result": "/jobs/{done}/documents/{row}",
    "the Markdown of a result": "/jobs/{done}/documents/{row}?view=markdown",
    "the quality of a result": "/jobs/{done}/documents/{row}?view=quality",
    "the editor of a result": "/jobs/{done}/documents/{row}?view=edit",
    "the versions of a result": "/jobs/{done}/documents/{row}?view=versions",
    "a failed document": "/jobs/{partial}/documents/{failed_row}",
    "a new job": "/jobs/new",
    "selecting files": "/jobs/{draft}/setup/select",
    "configuring a job": "/jobs/{draft}/setup/configure",
    "reviewing a job": "/jobs/{draft}/setup/review",
    "the batch directory": "/jobs/{draft}/setup/select?from=batch",
    "earlier documents": "/jobs/new?from=library",
    "the Process page": "/process",
    "documents": "/documents",
    "settings": "/settings",
    "settings of jobs": "/settings-admin",
    "members": "/settings-admin/members",
    "workers": "/settings-admin/workers",
    "error codes": "/docs/errors",
    "a page that is not there": "/nowhere",
}
SIGNED_OUT = {
    "signing in": "/login",
    "the link of an invitation": "/join",
    "an invitation": "/join#{invitation}",
    "an invitation that ended": "/join#nonsense",
}


@pytest.fixture(scope="module")
def world(chromium, site):
    """Jobs in every state, made over the API; the running one is cancelled in the end."""
    context = chromium.new_context(base_url=site)
    page = context.new_page()
    sign_in(page)
    api = BrowserApi(page)
    report = api.upload("report.docx", (SAMPLES / "report.docx").read_bytes())
    note = api.upload("note.md", b"# Note\n\nA few words about the harbour and its ships.\n")
    damaged = api.upload("damaged.pdf", b"%PDF-1.7\nnothing of use\n")
    slow = api.upload("slow.txt", b"#!curatore-fault sleep 600\nSlow words.\n")
    done = api.start("Quarterly reports", report, note)
    partial = api.start(
        "Mixed batch", note, damaged, options={"quality_thresholds": {"conversion_threshold": 90}}
    )
    api.wait(done)
    rows = api.wait(partial)["documents"]
    running = api.start("Overnight", note, slow)
    draft = api.start("Draft", note, start_immediately=False)
    failed_row = next(row["id"] for row in rows if row["status"] == "FAILED")
    row = api.get(f"/jobs/{done}/documents")["documents"][0]["id"]
    api.put(f"/documents/{report}/content", {"content": "# Mended\n\nBy hand.\n"})
    page.goto("/settings-admin/members")
    page.get_by_role("button", name="Create link").click()
    invitation = page.locator("#invitation-link").inner_text().rpartition("#")[2]
    yield SimpleNamespace(
        done=done,
        partial=partial,
        running=running,
        draft=draft,
        row=row,
        failed_row=failed_row,
        invitation=invitation,
    )
    api.post(f"/jobs/{running}/cancel")
    context.close()


@pytest.fixture(scope="module", params=["light", "dark"])
def themed(request, chromium, site):
    """A signed-in page in one theme, on which nothing moves."""
    context = chromium.new_context(
        base_url=site, color_scheme=request.param, reduced_motion="reduce"
    )
    page = context.new_page()
    sign_in(page)
    yield page
    context.close()


@pytest.fixture
def signed_out(chromium, site):
    context = chromium.new_context(base_url=site, reduced_motion="reduce")
    yield context.new_page()
    context.close()


def address_of(name, world):
    return (PAGES | SIGNED_OUT)[name].format(**vars(world))


@pytest.mark.parametrize("name", PAGES)
def test_a_page_can_be_used_by_anybody_and_fits_a_telephone(themed, world, name):
    for size in (WIDE, NARROW):
        themed.set_viewport_size(size)
        themed.goto(address_of(name, world))

        assert barriers(themed) == []
        assert sticking_out(themed) == []
    themed.set_viewport_size(LAPTOP)
    assert sticking_out(themed) == []


@pytest.mark.parametrize("name", SIGNED_OUT)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_page_for_everybody_can_be_used_by_anybody(signed_out, world, name, theme):
    signed_out.emulate_media(color_scheme=theme)
    for size in (WIDE, NARROW):
        signed_out.set_viewport_size(size)
        signed_out.goto("about:blank")
        signed_out.goto(address_of(name, world))
        expect(signed_out).not_to_have_url(re.compile("#"))  # the invitation was opened
        signed_out.wait_for_load_state()

        assert barriers(signed_out) == []
        assert sticking_out(signed_out) == []


@pytest.mark.parametrize("name", ["jobs", "a job with failures", "configuring a job", "documents"])
def test_the_first_view_is_small(chromium, site, world, name):
    context = chromium.new_context(base_url=site)
    page = context.new_page()
    sign_in(page)
    cookies = context.cookies()
    context.close()
    context = chromium.new_context(base_url=site)  # nothing is cached here
    context.add_cookies(cookies)
    page = context.new_page()
    sizes = {}

    def measure(request):
        sizes[request.url] = request.sizes()["responseBodySize"]

    page.on("requestfinished", measure)
    page.goto(address_of(name, world), wait_until="networkidle")

    assert sum(sizes.values()) < FIRST_VIEW_BYTES, sizes
    context.close()


def test_the_security_policy_allows_nothing_inline_and_nothing_from_elsewhere(themed, world):
    for name in PAGES:
        answer = themed.goto(address_of(name, world))

        policy = answer.headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert "http" not in policy


def test_going_back_after_signing_out_shows_nothing(chromium, site, world):
    context = chromium.new_context(base_url=site)
    page = context.new_page()
    sign_in(page)
    for name in ("a finished job", "a result", "documents"):
        page.goto(address_of(name, world))
    page.locator(".user-menu summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/login")

    for _ in range(3):
        page.go_back()
        expect(page.get_by_role("heading", name="Sign in to Curatore")).to_be_visible()
    context.close()


def sticking_out(page):
    """What is wider than its place: the page, or a table of it."""
    return page.evaluate("""() =>
        [document.documentElement, ...document.querySelectorAll(".table-wrap")]
            .filter((box) => box.scrollWidth > box.clientWidth + 1)
            .map((box) => `${box.className} ${box.scrollWidth} > ${box.clientWidth}`)""")


def barriers(page):
    """What axe-core finds on the page that keeps people out: rule, and where."""
    found = Axe().run(page).response["violations"]
    return [
        (violation["id"], node["html"][:200], node["failureSummary"])
        for violation in found
        if violation["impact"] in {"serious", "critical"}
        for node in violation["nodes"]
    ]
