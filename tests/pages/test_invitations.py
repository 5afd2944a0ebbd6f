"""Invitations: a link by which one person joins, once, within a week."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from orgsettings import changes, invitations
from orgsettings.models import Invitation, Role, SettingsChange, User
from tests.factories import PASSWORD, make_invitation, make_org, make_user
from tests.pages.conftest import sign_in

NEW = "a long way to the harbour"
PERSON = {
    "username": "frida",
    "first_name": "Frida",
    "last_name": "Berg",
    "email": "frida@example.org",
    "password1": NEW,
    "password2": NEW,
}


@pytest.fixture
def admin(org):
    return make_user(org, role=Role.ADMIN)


@pytest.fixture
def browser(admin):
    return sign_in(admin)


def test_the_link_is_shown_once_and_stored_nowhere(browser):
    page = browser.post("/settings-admin/invitations", {"role": "viewer", "note": "Frida"})

    link = page.context["link"]
    secret = link.rpartition("/")[2]
    row = Invitation.objects.get()
    assert link.startswith("http://testserver/join/")
    assert page["Cache-Control"] == "no-store"
    assert secret not in str(vars(row))
    assert secret not in browser.get("/settings-admin/members").text
    assert timedelta(days=6, hours=23) < row.expires_at - timezone.now() <= timedelta(days=7)
    assert secret not in str(SettingsChange.objects.values())


def test_an_invitation_without_a_role_is_not_made(browser):
    page = browser.post("/settings-admin/invitations", {"role": "emperor"})

    assert page.status_code == 422
    assert not Invitation.objects.exists()


def test_a_person_without_an_account_makes_one_and_is_in(org, admin):
    invitation, secret = make_invitation(admin, role=Role.VIEWER)
    guest = Client()
    assert org.name in guest.get(f"/join/{secret}").text

    page = guest.post(f"/join/{secret}", PERSON, follow=True)

    frida = User.objects.get(username="frida")
    assert (frida.membership.organization, frida.membership.role) == (org, Role.VIEWER)
    assert page.wsgi_request.user == frida
    assert "Welcome" in page.text
    invitation.refresh_from_db()
    assert invitation.accepted_by == frida
    assert SettingsChange.objects.first().subject == "frida"


def test_the_form_asks_again_and_keeps_what_was_entered(admin):
    make_user(username="taken")
    _, secret = make_invitation(admin)
    bad = PERSON | {"username": "taken", "password1": "short", "password2": "short"}

    page = Client().post(f"/join/{secret}", bad)

    assert page.status_code == 422
    assert set(page.context["form"].errors) == {"username", "password2"}
    assert 'value="Frida"' in page.text
    assert invitations.find(secret, timezone.now())


def test_an_address_that_somebody_has_is_refused(admin):
    _, secret = make_invitation(admin)

    page = Client().post(f"/join/{secret}", PERSON | {"email": admin.email.upper()})

    assert page.context["form"].errors["email"] == ["This address belongs to another user."]


def test_a_link_works_once(admin):
    _, secret = make_invitation(admin)
    Client().post(f"/join/{secret}", PERSON)

    page = Client().post(f"/join/{secret}", PERSON | {"username": "eve", "email": "e@b.org"})

    assert (page.status_code, User.objects.filter(username="eve").exists()) == (410, False)
    assert "was used already" in page.text


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"expires_at": timezone.now()}, "ran out"),
        ({"revoked_at": timezone.now()}, "withdrawn"),
    ],
)
def test_a_link_that_ended_says_so_and_what_to_do(admin, how, said):
    _, secret = make_invitation(admin, **how)

    page = Client().get(f"/join/{secret}")

    assert page.status_code == 410
    assert said in page.text
    assert "Ask an admin of the organization for a new link." in page.text


def test_a_link_that_never_was_one_is_refused(db):
    assert Client().get("/join/nonsense").status_code == 410


def test_a_link_of_an_organization_that_was_shut_is_refused(admin, org):
    _, secret = make_invitation(admin)
    type(org).objects.filter(pk=org.pk).update(is_active=False)

    assert Client().post(f"/join/{secret}", PERSON).status_code == 410
    assert not User.objects.filter(username="frida").exists()


def test_a_person_without_an_organization_joins_signed_in(admin, org):
    loner = User.objects.create_user("loner", password=PASSWORD)
    _, secret = make_invitation(admin)
    theirs = sign_in(loner)
    assert "You are signed in as “loner”" in theirs.get(f"/join/{secret}").text

    theirs.post(f"/join/{secret}")

    assert User.objects.get(pk=loner.pk).membership.organization == org


def test_a_member_of_another_organization_does_not_join(admin):
    stranger = make_user(make_org("Elsewhere"))
    _, secret = make_invitation(admin)

    page = sign_in(stranger).post(f"/join/{secret}")

    assert page.status_code == 409
    assert "belong to Elsewhere already" in page.text
    assert invitations.find(secret, timezone.now())


def test_a_revoked_invitation_disappears_and_is_logged(browser, admin):
    invitation, secret = make_invitation(admin)

    page = browser.post(f"/settings-admin/invitations/{invitation.pk}/revoke", follow=True)

    assert "does not work any more" in page.text
    assert f"invitation-{invitation.pk}" not in page.text
    assert Client().get(f"/join/{secret}").status_code == 410
    assert SettingsChange.objects.first().after == {"invitation": "revoked"}


def test_an_invitation_of_another_organization_is_not_found(browser):
    invitation, _ = make_invitation()

    url = f"/settings-admin/invitations/{invitation.pk}/revoke"
    assert browser.post(url).status_code == 404


def test_long_notes_and_names_fit_the_log(admin):
    org = admin.membership.organization
    changes.note(
        org, admin, timezone.now(), subject="x" * 400, before={"role": None}, after={"role": "a"}
    )

    assert len(SettingsChange.objects.get().subject) == 255
