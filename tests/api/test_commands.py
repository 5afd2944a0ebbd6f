"""The operator's commands about people and tokens."""

import fcntl
import os
import re
import subprocess
import sys
import termios
from datetime import timedelta
from io import StringIO

import pytest
from django.conf import global_settings, settings
from django.core.management import CommandError, call_command
from django.utils import timezone

from orgsettings import tokens
from orgsettings.models import ApiToken, Organization, Role, User
from tests.cluster.conftest import environment
from tests.factories import PASSWORD, make_token, make_user

pytestmark = pytest.mark.django_db

_ASKS = re.compile(r"^(Password|The same)[^\n:]*: \Z", re.M)


def bootstrap(**options):
    call_command(
        "bootstrap",
        **{"organization": "Harbour", "username": "ann", "password": PASSWORD} | options,
    )


def test_bootstrap_makes_an_organization_and_its_admin_who_can_sign_in(client, capsys):
    bootstrap(email="ann@example.org")

    user = User.objects.get()
    assert (user.membership.organization.name, user.membership.role) == ("Harbour", Role.ADMIN)
    assert Organization.objects.get().settings.concurrency_limit == 3
    assert client.login(username="ann@example.org", password=PASSWORD)
    assert capsys.readouterr().out.splitlines() == [
        "The organization “Harbour” was made.",
        "The user “ann” (admin) was made.",
    ]


def test_bootstrap_changes_nothing_when_it_is_run_again(client, capsys):
    bootstrap()
    capsys.readouterr()

    bootstrap(password="another long password", role="viewer")

    assert (Organization.objects.count(), User.objects.count()) == (1, 1)
    assert User.objects.get().membership.role == Role.ADMIN
    assert client.login(username="ann", password=PASSWORD)
    assert "exists already; nothing was changed." in capsys.readouterr().out


def test_bootstrap_makes_nothing_when_the_password_is_too_weak():
    with pytest.raises(CommandError, match="too short"):
        bootstrap(password="abc")

    assert not Organization.objects.exists()


def test_bootstrap_refuses_a_user_of_another_organization():
    make_user(username="ann")

    with pytest.raises(CommandError, match="belongs to another organization"):
        bootstrap()


def test_a_password_as_argument_is_called_visible(capsys):
    bootstrap()

    told = capsys.readouterr()
    assert "other users of this machine can see it" in told.err
    assert "--password-stdin" in told.err
    assert PASSWORD not in told.err + told.out


def test_bootstrap_reads_the_password_from_standard_input(client, capsys, monkeypatch):
    monkeypatch.setattr("sys.stdin", StringIO(f"{PASSWORD}\nmore\n"))

    bootstrap(password=None, password_stdin=True)

    assert client.login(username="ann", password=PASSWORD)
    assert capsys.readouterr().err == ""


def test_bootstrap_reads_the_password_from_the_environment(client, capsys, monkeypatch):
    monkeypatch.setenv("BOOTSTRAP_PASSWORD", PASSWORD)

    bootstrap(password=None)

    assert client.login(username="ann", password=PASSWORD)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(("from_stdin", "told"), [(True, "has no password"), (False, "Set BOOT")])
def test_bootstrap_without_a_password_says_how_to_give_one(monkeypatch, from_stdin, told):
    monkeypatch.setattr("sys.stdin", StringIO(""))

    with pytest.raises(CommandError, match=told):
        bootstrap(password=None, password_stdin=from_stdin)

    assert not Organization.objects.exists()


@pytest.mark.parametrize("again", [PASSWORD, "something else"])
def test_bootstrap_asks_for_the_password_on_a_terminal_and_does_not_show_it(tmp_path, again):
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "curatore.settings",
        "DATA_DIR": str(tmp_path),
        "DATABASE_URL": "",
    }

    shown, code = on_a_terminal(
        [PASSWORD, again],
        *("bootstrap", "--organization=Harbour", "--username=ann"),
        environment=environment,
    )

    assert shown.startswith("Password for ann: ")
    assert PASSWORD not in shown
    # The database is empty: as far as its tables it comes with the right password only.
    assert ("no such table" if again == PASSWORD else "are not the same") in shown
    assert code == 1


def on_a_terminal(typed, *arguments, environment):
    """What manage.py shows on a terminal of its own where these lines are typed; its exit code."""
    here, there = os.openpty()
    process = subprocess.Popen(
        [sys.executable, "manage.py", *arguments],
        cwd=settings.BASE_DIR,
        env=environment,
        stdin=there, stdout=there, stderr=there,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509
    )  # fmt: skip
    os.close(there)
    shown = ""
    lines = iter(typed)
    while part := _read(here):
        shown += part
        if _ASKS.search(shown):  # what is typed before is thrown away
            os.write(here, f"{next(lines)}\n".encode())
    os.close(here)
    return shown, process.wait()


def _read(terminal):
    try:
        return os.read(terminal, 4096).decode()
    except OSError:  # nobody has it open any more
        return ""


@pytest.mark.django_db(transaction=True)
def test_changepassword_ends_sessions_and_the_tokens_that_programs_got_for_the_old_password(
    client, settings, tmp_path
):
    settings.PASSWORD_HASHERS = global_settings.PASSWORD_HASHERS  # as the command's own
    ann = make_user(username="ann")
    client.force_login(ann)
    body = {"email_or_username": "ann", "password": PASSWORD}
    answer = client.post("/api/v1/auth/login", body, content_type="application/json")
    _, chosen = make_token(ann)

    shown, code = on_a_terminal(
        [f"new {PASSWORD}"] * 2, "changepassword", "ann", environment=environment(tmp_path)
    )

    assert (code, "Password changed successfully" in shown) == (0, True)
    assert client.get("/jobs").status_code == 302
    assert tokens.recognize(answer.json()["access_token"], timezone.now()) is None
    assert tokens.recognize(chosen, timezone.now())
    assert client.login(username="ann", password=f"new {PASSWORD}")


def test_createsuperuser_gives_nobody_another_password(monkeypatch):
    ann = make_user(username="ann")
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", f"new {PASSWORD}")

    with pytest.raises(CommandError, match="already taken"):
        call_command("createsuperuser", "--noinput", "--username=ann", "--email=a@example.org")

    ann.refresh_from_db()
    assert (ann.check_password(PASSWORD), ann.is_superuser) == (True, False)


def test_a_token_is_the_only_thing_printed_and_it_works(client, capsys):
    make_user(username="ann")

    call_command("create_api_token", "ann", name="CI", expires_days=7)

    printed = capsys.readouterr().out
    secret = printed.strip()
    assert printed == f"{secret}\n"
    assert client.get("/api/v1/jobs", headers={"X-API-Key": secret}).status_code == 200
    token = ApiToken.objects.get()
    assert token.name == "CI"
    lifetime = token.expires_at - token.created_at
    assert timedelta(days=7) - timedelta(minutes=1) < lifetime < timedelta(days=7)


@pytest.mark.parametrize(
    ("username", "options", "sentence"),
    [
        ("nobody", {"name": "CI"}, "There is no user “nobody”"),
        ("root", {"name": "CI"}, "belongs to no organization"),
        ("ann", {"name": "CI", "expires_days": 0}, "must be from 1 to 3650"),
        ("ann", {"name": "x" * 101}, "must have 1 to 100 characters"),
    ],
)
def test_a_token_is_refused_with_a_sentence(username, options, sentence):
    make_user(username="ann")
    User.objects.create_superuser("root", password=PASSWORD)

    with pytest.raises(CommandError, match=sentence):
        call_command("create_api_token", username, **options)

    assert not ApiToken.objects.exists()
