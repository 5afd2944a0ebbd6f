"""/docs: the interactive documentation, for whoever has nothing but a token."""

import re

import pytest
from playwright.sync_api import expect

from tests.site import ADMIN, PASSWORD

pytestmark = pytest.mark.browser


@pytest.fixture
def docs(context, site):
    """The page, signed out; the test fails if it asked another host or its policy was broken."""
    page = context.new_page()
    asked, complaints = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto("/docs")
    yield page
    assert complaints == []
    assert [url for url in asked if not url.startswith((site, "data:", "blob:"))] == []


@pytest.fixture
def token(context):
    credentials = {"email_or_username": ADMIN, "password": PASSWORD}
    answer = context.request.post("/api/v1/auth/login", data=credentials)
    return answer.json()["access_token"]


def authorize(page, token):
    page.get_by_role("button", name="Authorize").first.click()
    page.get_by_label("auth-bearer-value").fill(token)
    page.get_by_label("auth-bearer-value").press("Enter")
    page.get_by_role("button", name="Close").first.click()


def try_out(operation):
    operation.locator(".opblock-summary-control").click()
    operation.get_by_role("button", name="Try it out").click()
    operation.get_by_role("button", name="Execute").click()
    return operation.locator(".live-responses-table tbody .response-col_status")


def test_every_operation_is_shown_with_what_it_may_refuse(docs, context):
    schema = context.request.get("/api/v1/schema?format=json").json()
    operations = sum(len(path) for path in schema["paths"].values())

    expect(docs.locator(".opblock")).to_have_count(operations)
    start = docs.locator("#operations-jobs-jobs_start")
    start.locator(".opblock-summary-control").click()

    refusals = start.locator(".responses-table tr.response[data-code='409']")
    expect(refusals).to_contain_text("concurrency_limit_reached")
    expect(refusals.locator(".examples-select option")).to_have_count(3)


def test_a_token_typed_in_lists_the_jobs(docs, token):
    authorize(docs, token)

    status = try_out(docs.locator("#operations-jobs-jobs_list"))

    expect(status).to_contain_text("200")
    answer = docs.locator("#operations-jobs-jobs_list .live-responses-table .highlight-code").first
    expect(answer).to_contain_text('"total_pages"')


@pytest.mark.parametrize(("scheme", "is_dark"), [("dark", True), ("light", False)])
def test_the_page_follows_the_theme_and_leads_back(docs, scheme, is_dark):
    docs.emulate_media(color_scheme=scheme)
    docs.goto("/docs")

    assert docs.evaluate("document.documentElement.className.includes('dark-mode')") is is_dark
    docs.get_by_role("link", name="Back to Curatore").click()
    expect(docs).to_have_url(re.compile("/login"))
