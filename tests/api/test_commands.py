"""The operator's commands about people and tokens."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from orgsettings.models import ApiToken, Organization, Role, User
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db


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
