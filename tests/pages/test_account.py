"""Signing in and out; one's own settings."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from orgsettings import tokens
from orgsettings.models import ApiToken
from tests.factories import PASSWORD, make_token, make_user
from tests.pages.conftest import sign_in


@pytest.mark.parametrize("name", ["ada", "ada@example.org", "ADA@example.org"])
def test_one_signs_in_by_username_or_address(db, name):
    make_user(username="ada")

    answer = Client().post("/login", {"username": name, "password": PASSWORD})

    assert answer.url == "/jobs"


def test_a_wrong_password_is_said_clearly_and_keeps_the_name(db):
    make_user(username="ada")

    page = Client().post("/login", {"username": "ada", "password": "wrong"})

    assert "The name or the password is wrong." in page.text
    assert 'value="ada"' in page.text


def test_signing_in_leads_to_the_page_that_asked_for_it(db):
    make_user(username="ada")
    credentials = {"username": "ada", "password": PASSWORD}
    form = Client().get("/login?next=/documents")
    assert '<input type="hidden" name="next" value="/documents">' in form.text

    inside = Client().post("/login", credentials | {"next": "/documents?search=x"})
    outside = Client().post("/login", credentials | {"next": "https://evil.example/"})

    assert inside.url == "/documents?search=x"
    assert outside.url == "/jobs"


def test_signing_out_ends_the_session(browser):
    assert browser.post("/logout").url == "/login"

    assert browser.get("/jobs").status_code == 302


def test_the_profile_is_saved(browser, member):
    browser.post("/settings/profile", {"first_name": "Ada", "last_name": "", "email": "a@b.org"})

    member.refresh_from_db()
    assert (member.first_name, member.email) == ("Ada", "a@b.org")


def test_an_address_of_somebody_else_is_refused_beside_its_field(browser, member):
    other = make_user()

    page = browser.post("/settings/profile", {"email": other.email.upper()})

    assert page.status_code == 422
    assert "This address belongs to another user." in page.text
    member.refresh_from_db()
    assert member.email != other.email


def test_the_password_is_changed_and_this_browser_stays_signed_in(browser, member):
    elsewhere = sign_in(member)
    new = "a new horse with another battery"

    browser.post(
        "/settings/password",
        {"old_password": PASSWORD, "new_password1": new, "new_password2": new},
    )

    member.refresh_from_db()
    assert member.check_password(new)
    assert browser.get("/jobs").status_code == 200
    assert elsewhere.get("/jobs").status_code == 302


def test_a_wrong_old_password_changes_nothing(browser, member):
    page = browser.post(
        "/settings/password",
        {"old_password": "wrong", "new_password1": "x" * 20, "new_password2": "x" * 20},
    )

    assert page.status_code == 422
    member.refresh_from_db()
    assert member.check_password(PASSWORD)


def test_a_token_is_shown_once_and_works(browser, member):
    page = browser.post("/settings/tokens", {"name": "backup", "lifetime": "30"})

    secret = page.context["secret"]
    token = tokens.recognize(secret, timezone.now())
    assert secret in page.text
    assert page["Cache-Control"] == "private, no-store"
    assert (token.user, token.name) == (member, "backup")
    assert timedelta(days=29) < token.expires_at - timezone.now() <= timedelta(days=30)
    assert secret not in browser.get("/settings").text


def test_a_token_may_be_without_end(browser):
    browser.post("/settings/tokens", {"name": "for ever", "lifetime": "0"})

    assert ApiToken.objects.get().expires_at is None


@pytest.mark.parametrize("bad", [{"name": ""}, {"lifetime": "99999"}, {"name": "x" * 101}])
def test_a_token_that_is_described_wrongly_is_not_made(browser, bad):
    page = browser.post("/settings/tokens", {"name": "x", "lifetime": "30"} | bad)

    assert page.status_code == 422
    assert not ApiToken.objects.exists()


def test_a_revoked_token_disappears_and_does_not_work(browser, member):
    token, secret = make_token(member)

    page = browser.post(f"/settings/tokens/{token.pk}/revoke", follow=True)

    assert "it no longer works" in page.text
    assert f"revoke-{token.pk}" not in page.text
    assert tokens.recognize(secret, timezone.now()) is None


def test_a_token_of_a_colleague_is_refused_and_one_of_a_stranger_not_found(org, browser):
    token, secret = make_token(make_user(org))
    foreign, _ = make_token()

    assert browser.post(f"/settings/tokens/{token.pk}/revoke").status_code == 403
    assert browser.post(f"/settings/tokens/{foreign.pk}/revoke").status_code == 404
    assert token.prefix not in browser.get("/settings").text
    assert tokens.recognize(secret, timezone.now())


def test_the_theme_is_remembered_and_rendered_by_the_server(browser):
    answer = browser.post("/settings/theme", {"theme": "dark", "next": "/documents"})

    assert answer.url == "/documents"
    assert 'data-theme="dark"' in browser.get("/jobs").text


@pytest.mark.parametrize("theme", ["pink", '"><script>', ""])
def test_an_unknown_theme_is_ignored(browser, theme):
    browser.post("/settings/theme", {"theme": theme})
    assert "theme" not in browser.cookies

    browser.cookies["theme"] = theme or "x"
    assert 'data-theme="auto"' in browser.get("/jobs").text


def test_the_theme_form_leads_nowhere_else(browser):
    answer = browser.post("/settings/theme", {"theme": "dark", "next": "//evil.example"})

    assert answer.url == "/jobs"


def test_shortcuts_can_be_switched_off_and_on(browser):
    browser.post("/settings/shortcuts")
    assert 'data-shortcuts="off"' in browser.get("/jobs").text

    browser.post("/settings/shortcuts", {"shortcuts": "on"})
    assert "data-shortcuts" not in browser.get("/jobs").text
