"""What an admin does with an organization, in a real browser, beside the people it concerns."""

import re
from itertools import count

import pytest
from playwright.sync_api import expect

from tests.browser.api import BrowserApi
from tests.browser.conftest import PASSWORD

pytestmark = pytest.mark.browser

NEW_PASSWORD = "a long way to the harbour"
_serial = count(1)


@pytest.fixture
def guest(chromium, site):
    """A page of somebody else, signed out."""
    context = chromium.new_context(base_url=site)
    context.set_default_timeout(60_000)
    yield context.new_page()
    context.close()


def join(page, guest, role):
    """Invite someone and let them join in their own browser; returns their name."""
    name = f"guest{next(_serial)}"
    page.goto("/settings-admin/members")
    page.get_by_label("Role", exact=True).select_option(role)
    page.get_by_label("Who it is for").fill(f"For {name}")
    page.get_by_role("button", name="Create link").click()
    link = page.locator("#invitation-link").inner_text()
    guest.goto(link)
    guest.get_by_label("Username").fill(name)
    guest.get_by_label("Email address").fill(f"{name}@example.org")
    guest.get_by_label("Password", exact=True).fill(NEW_PASSWORD)
    guest.get_by_label("The password again").fill(NEW_PASSWORD)
    guest.get_by_role("button", name="Create account and join").click()
    guest.wait_for_url("**/jobs")
    return name


def test_an_invited_person_joins_changes_role_and_is_shut_out(page, guest):
    name = join(page, guest, "viewer")
    expect(guest.locator("#toasts")).to_contain_text("Welcome: you are a member of Northwind now.")
    expect(guest.get_by_role("link", name="Create New Job")).to_have_count(0)

    # The link is gone from the admin's page, and another role is in force at once.
    page.goto("/settings-admin/members")
    expect(page.get_by_text(f"For {name}")).to_have_count(0)
    row = page.locator("tr", has_text=f"{name}@example.org")
    row.get_by_label(f"Role of {name}", exact=True).select_option("member")
    row.get_by_role("button", name=f"Change the role of {name}").click()
    expect(page.locator("#toasts")).to_contain_text(f"The role of “{name}” is now: Member.")
    guest.reload()
    expect(guest.get_by_role("link", name="Create New Job").first).to_be_visible()
    assert guest.goto("/settings-admin").status == 403

    # Deactivated: a page that only polls leads to signing in, and signing in is refused.
    guest.goto("/jobs")
    row.get_by_role("button", name=f"Deactivate {name}").click()
    page.get_by_role("button", name="Keep access").click()
    row.get_by_role("button", name=f"Deactivate {name}").click()
    row.get_by_role("button", name="Deactivate the member").click()
    expect(page.locator("#toasts")).to_contain_text("is signed out everywhere")
    guest.reload()
    guest.wait_for_url(re.compile(r"/login\?next=/jobs"))

    # Everything can be read afterwards.
    page.goto("/settings-admin#history")
    expect(page.locator("#history")).to_contain_text(re.compile(r"Viewer\s*→\s*after:\s*Member"))
    expect(page.locator("#history")).to_contain_text("deactivated")


def test_what_is_shown_once_fits_a_telephone(page):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/settings-admin/members")
    page.get_by_role("button", name="Create link").click()
    expect(page.get_by_role("button", name="Copy")).to_be_in_viewport(ratio=1)
    page.get_by_role("button", name="Revoke the invitation").first.click()

    page.goto("/settings")
    page.get_by_label("Name", exact=True).fill("On the way")
    page.get_by_role("button", name="Create token").click()
    expect(page.get_by_role("button", name="Copy")).to_be_in_viewport(ratio=1)


def test_a_changed_limit_is_in_force_and_the_widget_follows_a_job(page):
    api = BrowserApi(page)
    slow = api.upload("slow-admin.txt", b"#!curatore-fault sleep 60\nFor the widget.\n")
    page.goto("/settings-admin")
    limit = page.get_by_label("Concurrent job limit")

    # Refused beside the field; what was entered stays.
    limit.evaluate("field => field.removeAttribute('max')")
    limit.fill("11")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Enter a whole number from 1 to 10.")).to_be_visible()
    expect(limit).to_have_value("11")
    limit.fill("1")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#toasts")).to_contain_text("Saved. New jobs follow")
    expect(page.locator("#history")).to_contain_text("Concurrent job limit")

    # Live: nobody loads the page again, and what was opened stays open.
    job = api.start("Watched", slow)
    page.reload()
    page.evaluate("window.samePage = true")
    expect(page.locator("#stat-active .stat-value")).to_have_text("1 / 1")
    page.locator("#stat-total-table summary").click()
    expect(page.locator("#capacity-notice")).to_contain_text("further jobs wait until one ends")
    refused = page.request.post(
        "/api/v1/jobs",
        data={"document_ids": [slow]},
        headers={"X-CSRFToken": csrf(page)},
    )
    assert (refused.status, refused.json()["limit"]) == (409, 1)
    api.post(f"/jobs/{job}/cancel")
    expect(page.locator("#stat-active .stat-value")).to_have_text("0 / 1")
    expect(page.locator("#stat-total-table table")).to_be_visible()
    assert page.evaluate("window.samePage") is True

    api.put("/organizations/me/settings", {"job_concurrency_limit": None})


def test_the_workers_tab_names_what_is_converted(page):
    api = BrowserApi(page)
    slow = api.upload("slow-worker.txt", b"#!curatore-fault sleep 60\nFor the workers.\n")
    job = api.start("On the workbench", slow)

    page.goto("/settings-admin/workers")

    row = page.locator(".table-workers tr", has_text="slow-worker.txt")
    expect(row).to_contain_text("Busy")
    expect(page.locator(".queue")).to_contain_text("On the workbench")
    api.post(f"/jobs/{job}/cancel")
    expect(row).to_have_count(0)


def test_the_preview_follows_the_period_before_it_is_saved(page):
    page.goto("/settings-admin")
    preview = page.locator("#retention-preview")
    expect(preview).to_contain_text("deleted after 30 days")

    page.get_by_label("7 days", exact=True).check()
    expect(preview).to_contain_text("deleted after 7 days")
    expect(preview).to_contain_text("not saved yet")
    page.get_by_label("Indefinite", exact=True).check()
    expect(preview).to_contain_text("kept until someone deletes them")

    page.reload()
    expect(preview).to_contain_text("deleted after 30 days")
    expect(preview).not_to_contain_text("not saved yet")


def test_an_option_is_marked_while_it_is_changed_and_not_when_it_is_as_before(page):
    page.goto("/settings-admin")
    tokens = page.get_by_label("Chunk size")
    usual = tokens.input_value()

    tokens.fill("1234")
    expect(page.locator(".option-changed")).to_contain_text(f"Default: {usual}")
    tokens.fill(usual)
    expect(page.locator(".option-changed")).to_have_count(0)


def test_a_token_is_made_copied_used_and_revoked(page, guest):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/settings")
    page.get_by_label("Name", exact=True).fill("Night run")
    page.get_by_label("Valid for").select_option("30")
    page.get_by_role("button", name="Create token").click()
    secret = page.locator("#token-secret").inner_text()
    page.get_by_role("button", name="Copy").click()
    expect(page.locator("#toasts")).to_contain_text("Copied.")
    assert page.evaluate("navigator.clipboard.readText()") == secret
    with_token = {"headers": {"Authorization": f"Bearer {secret}"}}
    assert guest.request.get("/api/v1/jobs", **with_token).status == 200

    page.goto("/settings")
    row = page.locator("tr", has_text="Night run")
    assert secret not in page.content()
    row.get_by_role("button", name="Revoke").click()
    page.get_by_role("button", name="Keep it").click()
    row.get_by_role("button", name="Revoke").click()
    row.get_by_role("button", name="Revoke the token").click()
    expect(page.locator("#toasts")).to_contain_text("no longer works")
    assert guest.request.get("/api/v1/jobs", **with_token).status == 401


def test_the_link_of_an_invitation_leaves_its_secret_nowhere(page, guest):
    asked = []
    guest.on("request", lambda request: asked.append((request.url, dict(request.headers))))
    page.goto("/settings-admin/members")
    page.get_by_role("button", name="Create link").click()
    link = page.locator("#invitation-link").inner_text()

    guest.goto(link)

    expect(guest.get_by_role("heading", name="Join Northwind on Curatore")).to_be_visible()
    assert guest.url.endswith("/join/account")
    guest.go_back()
    secret = link.partition("#")[2]
    assert len(secret) > 40
    assert secret not in guest.url
    assert secret not in str(asked)


def test_the_link_of_another_invitation_works_after_one_that_did_not(page, guest):
    page.goto("/settings-admin/members")
    page.get_by_role("button", name="Create link").click()
    link = page.locator("#invitation-link").inner_text()

    guest.goto(link + "mistyped")
    expect(guest.get_by_text("This link is not complete")).to_be_visible()
    guest.goto(link)

    expect(guest.get_by_role("heading", name="Join Northwind on Curatore")).to_be_visible()


def test_the_admin_site_keeps_within_the_security_policy(page):
    # The fixture fails if anything inline or from elsewhere was refused.
    for model in ("jobs/job", "jobs/jobdocument", "orgsettings/user", "orgsettings/organization"):
        answer = page.goto(f"/admin/{model}/")
        assert "default-src 'self'" in answer.headers["content-security-policy"]
        page.locator("#result_list tbody th a").first.click()
        expect(page.locator("#content h1")).to_be_visible()
    page.goto("/admin/orgsettings/organization/add/")
    page.get_by_label("Name:").press_sequentially("Harbour Office")
    expect(page.get_by_label("Slug:")).to_have_value("harbour-office")  # its scripts run


def test_everything_is_done_without_a_script(chromium, site):
    context = chromium.new_context(base_url=site, java_script_enabled=False)
    page = context.new_page()
    page.goto("/login")
    page.get_by_label("Username or e-mail address").fill("ada")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()

    page.get_by_role("link", name="Admin settings").click()
    page.get_by_role("link", name="7 days", exact=True).click()
    expect(page.locator("#retention-preview")).to_contain_text("deleted after 7 days")
    page.get_by_label("30 days", exact=True).check()
    page.get_by_label("Chunk size").fill("900")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved. New jobs follow")).to_be_visible()
    page.get_by_role("button", name="Reset options").click()
    expect(page.get_by_label("Chunk size")).to_have_value("1000")
    page.get_by_role("link", name="Members", exact=True).click()
    page.get_by_role("button", name="Create link").click()
    expect(page.locator("#invitation-link")).to_contain_text("/join#")
    page.get_by_role("button", name=re.compile("Revoke the invitation")).first.click()
    expect(page.get_by_text("The invitation was revoked")).to_be_visible()
    page.get_by_role("link", name="Workers", exact=True).click()
    expect(page.locator(".table-workers")).to_be_visible()
    context.close()


def csrf(page):
    cookies = {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}
    return cookies["csrftoken"]
