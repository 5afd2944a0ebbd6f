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


def opened(secret, client=None):
    """A browser that opened the link with this secret."""
    client = client or Client()
    client.post("/join", {"link": f"http://testserver/join#{secret}"})
    return client


def test_the_link_is_shown_once_and_stored_nowhere(browser):
    page = browser.post("/settings-admin/invitations", {"role": "viewer", "note": "Frida"})

    link = page.context["link"]
    address, _, secret = link.partition("#")
    row = Invitation.objects.get()
    assert address == "http://testserver/join"
    assert invitations.find(secret, timezone.now()) == Invitation.objects.get()
    assert page["Cache-Control"] == "private, no-store"
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
    guest = opened(secret)
    assert org.name in guest.get("/join/account").text

    page = guest.post("/join/account", PERSON, follow=True)

    frida = User.objects.get(username="frida")
    assert (frida.membership.organization, frida.membership.role) == (org, Role.VIEWER)
    assert page.wsgi_request.user == frida
    assert "Welcome" in page.text
    invitation.refresh_from_db()
    assert invitation.accepted_by == frida
    assert SettingsChange.objects.first().subject == "frida"


def test_without_javascript_the_link_is_pasted_as_a_whole_or_in_part(admin):
    _, secret = make_invitation(admin)
    asked = Client().get("/join").text
    assert "Paste the link of your invitation." in asked

    for pasted in (secret, f" {secret} ", f"https://curatore.example.org/join#{secret}"):
        assert Client().post("/join", {"link": pasted}).url == "/join/account"
    assert Client().post("/join", {"link": ""}).status_code == 422


def test_who_signs_in_on_the_way_still_joins(admin, org):
    loner = User.objects.create_user("loner", password=PASSWORD)
    _, secret = make_invitation(admin)
    browser = opened(secret)

    signed_in = browser.post(
        "/login", {"username": "loner", "password": PASSWORD, "next": "/join/account"}
    )
    browser.post(signed_in.url)

    assert User.objects.get(pk=loner.pk).membership.organization == org


def test_a_browser_whose_session_was_ended_from_outside_can_join(admin, member):
    _, secret = make_invitation(admin)
    browser = opened(secret, sign_in(member))
    User.objects.filter(pk=member.pk).update(is_active=False)

    page = browser.post("/join/account", PERSON, follow=True)

    assert page.wsgi_request.user.username == "frida"
    assert page.status_code == 200


def test_who_opened_no_invitation_is_asked_for_the_link(db):
    assert Client().get("/join/account").url == "/join"
    assert Client().post("/join/account", PERSON).url == "/join"
    assert not User.objects.filter(username="frida").exists()


def test_the_form_asks_again_and_keeps_what_was_entered(admin):
    make_user(username="taken")
    _, secret = make_invitation(admin)
    bad = PERSON | {"username": "taken", "password1": "short", "password2": "short"}

    page = opened(secret).post("/join/account", bad)

    assert page.status_code == 422
    assert set(page.context["form"].errors) == {"username", "password2"}
    assert 'value="Frida"' in page.text
    assert invitations.find(secret, timezone.now())


def test_an_address_that_somebody_has_is_refused(admin):
    _, secret = make_invitation(admin)

    page = opened(secret).post("/join/account", PERSON | {"email": admin.email.upper()})

    assert page.context["form"].errors["email"] == ["This address belongs to another user."]


def test_a_link_works_once(admin):
    _, secret = make_invitation(admin)
    first, second = opened(secret), opened(secret)
    first.post("/join/account", PERSON)

    page = second.post("/join/account", PERSON | {"username": "eve", "email": "e@b.org"})

    assert (page.status_code, User.objects.filter(username="eve").exists()) == (410, False)
    assert "was used already" in page.text
    assert second.get("/join/account").url == "/join"  # it forgot what it had opened
    assert Client().post("/join", {"link": secret}).status_code == 410


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"expires_at": timezone.now()}, "ran out"),
        ({"revoked_at": timezone.now()}, "withdrawn"),
    ],
)
def test_a_link_that_ended_says_so_and_what_to_do(admin, how, said):
    _, secret = make_invitation(admin, **how)

    page = Client().post("/join", {"link": secret})

    assert page.status_code == 410
    assert said in page.text
    assert "Ask an admin of the organization for a new link." in page.text


def test_a_link_that_never_was_one_is_refused(db):
    assert Client().post("/join", {"link": "nonsense"}).status_code == 410


def test_a_link_of_an_organization_that_was_shut_is_refused(admin, org):
    _, secret = make_invitation(admin)
    guest = opened(secret)
    type(org).objects.filter(pk=org.pk).update(is_active=False)

    assert guest.post("/join/account", PERSON).status_code == 410
    assert not User.objects.filter(username="frida").exists()


def test_a_person_without_an_organization_joins_signed_in(admin, org):
    loner = User.objects.create_user("loner", password=PASSWORD)
    _, secret = make_invitation(admin)
    theirs = opened(secret, sign_in(loner))
    assert "You are signed in as “loner”" in theirs.get("/join/account").text

    theirs.post("/join/account")

    assert User.objects.get(pk=loner.pk).membership.organization == org


def test_a_member_of_another_organization_does_not_join(admin):
    stranger = make_user(make_org("Elsewhere"))
    _, secret = make_invitation(admin)

    page = opened(secret, sign_in(stranger)).post("/join/account")

    assert page.status_code == 409
    assert "belong to Elsewhere already" in page.text
    assert invitations.find(secret, timezone.now())


def test_a_revoked_invitation_disappears_and_is_logged(browser, admin):
    invitation, secret = make_invitation(admin)

    page = browser.post(f"/settings-admin/invitations/{invitation.pk}/revoke", follow=True)

    assert "no longer works" in page.text
    assert f"invitation-{invitation.pk}" not in page.text
    assert Client().post("/join", {"link": secret}).status_code == 410
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
