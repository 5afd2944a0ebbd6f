"""No secret is ever written to a log: neither tokens nor passwords, at the noisiest level."""

import logging
import re
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone

from orgsettings.models import ApiToken, Role, User
from tests.factories import (
    PASSWORD,
    make_api_client,
    make_invitation,
    make_job,
    make_token,
    make_user,
)

pytestmark = pytest.mark.django_db

URL = "/api/v1"


@pytest.fixture
def logged(caplog):
    """A function that returns all that was logged, statements of the database included."""
    caplog.set_level(logging.DEBUG)
    for name in list(logging.root.manager.loggerDict):  # those with a level of their own, too
        caplog.set_level(logging.DEBUG, logger=name)
    was_debug = connection.force_debug_cursor
    connection.force_debug_cursor = True
    yield lambda: "\n".join(f"{record.getMessage()} {vars(record)}" for record in caplog.records)
    connection.force_debug_cursor = was_debug


def assert_unseen(secret, text):
    """Neither the secret is there nor a part that would help somebody who guesses."""
    assert "INSERT INTO" in text or "SELECT" in text  # the statements are in the log
    assert secret not in text
    assert secret.removeprefix("cur_")[8:24] not in text


def test_making_a_token_over_the_api_logs_no_secret(logged):
    answer = make_api_client().post(f"{URL}/api-keys", {"name": "Script"}, format="json")

    assert_unseen(answer.json()["key"], logged())


def test_making_a_token_on_the_page_logs_no_secret(logged):
    user = make_user()
    browser = Client()
    browser.force_login(user)

    page = browser.post("/settings/tokens", {"name": "Script", "lifetime": "30"})

    assert_unseen(page.context["secret"], logged())


def test_making_a_token_by_command_logs_no_secret(logged):
    printed = StringIO()

    call_command("create_api_token", make_user().username, name="Script", stdout=printed)

    assert_unseen(printed.getvalue().strip(), logged())


@pytest.mark.parametrize("path", ["jobs", "jobs/nothing", "nothing"])
@pytest.mark.parametrize("header", ["Authorization", "X-API-Key"])
def test_using_a_token_logs_no_secret(client, logged, header, path):
    _, secret = make_token()
    value = f"Bearer {secret}" if header == "Authorization" else secret

    client.get(f"{URL}/{path}", headers={header: value})

    assert_unseen(secret, logged())


def test_a_refused_token_is_not_logged(client, logged):
    wrong = "cur_" + "0123456789abcdef" * 4

    client.get(f"{URL}/jobs", headers={"Authorization": f"Bearer {wrong}"})

    assert_unseen(wrong, logged())


def test_signing_in_logs_neither_the_password_nor_the_token(client, logged):
    body = {"email_or_username": make_user().username, "password": PASSWORD}

    secret = client.post(f"{URL}/auth/login", body, content_type="application/json").json()

    assert_unseen(secret["access_token"], logged())
    assert PASSWORD not in logged()


def test_a_wrong_password_is_not_logged(client, logged):
    body = {"email_or_username": make_user().username, "password": "nearly correct horse"}

    client.post(f"{URL}/auth/login", body, content_type="application/json")
    client.post("/login", {"username": "nobody", "password": "nearly correct horse"})

    assert "nearly correct horse" not in logged()


def test_the_password_of_a_protected_file_is_not_logged(logged):
    user = make_user()
    job = make_job(user, status="FAILED")

    answer = make_api_client(user).post(
        f"{URL}/jobs/{job.pk}/retry", {"password": "only-for-this-file-and-once"}, format="json"
    )

    assert answer.status_code == 200
    assert_unseen("only-for-this-file-and-once", logged())


def test_a_bug_in_a_request_with_a_token_logs_no_secret(client, logged, monkeypatch):
    _, secret = make_token()
    monkeypatch.setattr("jobs.models.JobQuerySet.for_user", lambda *args: 1 / 0)

    answer = client.get(f"{URL}/jobs", headers={"X-API-Key": secret})

    assert answer.status_code == 500
    assert "ZeroDivisionError" in logged()
    assert_unseen(secret, logged())


def test_inviting_and_joining_logs_no_secret(client, logged):
    admin = Client()
    admin.force_login(make_user(role=Role.ADMIN))
    new = "a long way to the harbour"
    person = {"username": "frida", "email": "f@example.org", "password1": new, "password2": new}

    link = admin.post("/settings-admin/invitations", {"role": "member"}).context["link"]
    secret = link.partition("#")[2]
    client.post("/join", {"link": link})
    client.get("/join/account")
    client.post("/join/account", person)

    assert User.objects.get(username="frida").membership
    assert_unseen(secret, logged())
    assert new not in logged()


def test_an_invitation_that_failed_logs_no_secret(client, logged, monkeypatch):
    _, secret = make_invitation(expires_at=timezone.now())
    client.post("/join", {"link": secret})
    monkeypatch.setattr("orgsettings.invitations.find", lambda *args: 1 / 0)
    client.raise_request_exception = False
    client.post("/join", {"link": secret})

    assert "ZeroDivisionError" in logged()
    assert_unseen(secret, logged())


def test_no_address_takes_a_secret():
    """What stands in an address stands in access logs, in the history and in the next Referer."""
    parts = {
        name
        for pattern in _patterns(get_resolver())
        for name in re.findall(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>", pattern)
        for name in name
        if name
    }

    assert not {name for name in parts if re.search("secret|token$|key|password|code", name)}


def _patterns(resolver, before=""):
    for entry in resolver.url_patterns:
        address = before + str(entry.pattern)
        if hasattr(entry, "url_patterns"):
            yield from _patterns(entry, address)
        else:
            yield address


def test_only_a_hash_and_the_beginning_of_a_token_are_stored():
    _, secret = make_token()

    (row,) = ApiToken.objects.values()

    assert row["prefix"] == secret[:12]
    assert secret not in str(row)
    assert secret[12:28] not in str(row)
