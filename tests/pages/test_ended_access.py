"""What was opened with a password ends with it; what ended does not come back."""

import pytest
from django.test import Client
from django.utils import timezone

from orgsettings import history, switches, tokens
from orgsettings.models import ApiToken, Organization, Role, SettingsChange, User
from tests.factories import PASSWORD, make_invitation, make_token, make_user
from tests.pages.conftest import sign_in

pytestmark = pytest.mark.django_db

NEW = "a new horse with another battery"


@pytest.fixture
def admin(org):
    return make_user(org, role=Role.ADMIN)


@pytest.fixture
def root(client):
    client.force_login(User.objects.create_superuser("root", password=PASSWORD))
    return client


def change_password(browser, **extra):
    form = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}
    return browser.post("/settings/password", form | extra, follow=True)


def is_usable(secret):
    return tokens.recognize(secret, timezone.now()) is not None


def is_signed_in(browser):
    return browser.get("/jobs").status_code == 200


def token_by_sign_in(user):
    body = {"email_or_username": user.username, "password": PASSWORD}
    answer = Client().post("/api/v1/auth/login", body, content_type="application/json")
    return answer.json()["access_token"]


def test_who_has_no_token_is_not_asked_which_to_revoke(browser):
    assert "API tokens to revoke" not in browser.get("/settings").text


def test_the_form_offers_to_revoke_every_token_unless_one_is_left_out(browser, member):
    (leaked, leaked_secret), (backup, backup_secret) = make_token(member), make_token(member)
    page = browser.get("/settings").text
    for token in (leaked, backup):
        box = f'<input type="checkbox" name="revoke" value="{token.pk}"'
        assert "checked" in page.partition(box)[2].partition(">")[0]

    change_password(browser, revoke=[str(leaked.pk)])

    assert not is_usable(leaked_secret)
    assert is_usable(backup_secret)


def test_tokens_that_a_program_got_for_the_old_password_always_go(browser, member):
    secret = token_by_sign_in(member)
    token = ApiToken.objects.get()
    tokens.rename(token, "Looks like another")
    assert str(token.pk) not in browser.get("/settings").text.partition('id="tokens"')[0]

    change_password(browser)

    assert not is_usable(secret)


def test_tokens_for_the_old_password_go_wherever_a_new_one_is_stored(member):
    by_sign_in, (_, chosen) = token_by_sign_in(member), make_token(member)

    member.set_password(NEW)
    member.save()

    assert not is_usable(by_sign_in)
    assert is_usable(chosen)


@pytest.mark.parametrize(
    "save",
    [
        lambda person: person.save(),
        lambda person: person.set_password(NEW) or person.save(update_fields=["first_name"]),
        lambda person: person.check_password(PASSWORD),  # stores a better hash of the same
    ],
)
def test_tokens_stay_when_a_person_is_saved_with_the_password_they_had(settings, member, save):
    secret = token_by_sign_in(member)
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
        *settings.PASSWORD_HASHERS,
    ]

    save(member)

    assert is_usable(secret)


def test_other_browsers_are_signed_out_and_this_one_is_not(browser, member):
    elsewhere = sign_in(member)

    change_password(browser)

    assert is_signed_in(browser)
    assert not is_signed_in(elsewhere)


def test_a_token_of_a_colleague_cannot_be_revoked_by_the_way(browser, org):
    token, secret = make_token(make_user(org))

    page = change_password(browser, revoke=[str(token.pk)])

    assert page.status_code == 422
    assert is_usable(secret)


def test_a_refused_change_revokes_nothing(browser, member):
    _, secret = make_token(member)

    change_password(browser, old_password="wrong", revoke=[])

    assert is_usable(secret)


@pytest.mark.parametrize("who", ["admin of the organization", "operator"])
def test_who_is_let_in_again_signs_in_anew(admin, member, root, who):
    theirs = sign_in(member)
    _, secret = make_token(member)
    assert is_signed_in(theirs)

    if who == "operator":
        switch(root, member, active=False)
        switch(root, member, active=True)
    else:
        browser = sign_in(admin)
        browser.post(f"/settings-admin/members/{member.membership.pk}/deactivate")
        browser.post(f"/settings-admin/members/{member.membership.pk}/reactivate")

    assert User.objects.get(pk=member.pk).is_active
    assert not is_signed_in(theirs)
    assert not is_usable(secret)
    listed = Client().get("/api/v1/api-keys", headers={"X-API-Key": make_token(member)[1]}).json()
    assert [row["is_active"] for row in listed["keys"]] == [True, False]
    assert is_signed_in(sign_in(User.objects.get(pk=member.pk)))


def switch(root, user, *, active):
    url = f"/admin/orgsettings/user/{user.pk}/change/"
    initial = root.get(url).context["adminform"].form.initial
    form = {name: value for name, value in initial.items() if value not in (None, [], False)}
    form |= {"date_joined_0": "2026-01-01", "date_joined_1": "12:00:00", "is_active": "on"}
    form |= {
        "membership-TOTAL_FORMS": "1",
        "membership-INITIAL_FORMS": "1",
        "membership-0-id": user.membership.pk,
        "membership-0-user": user.pk,
        "membership-0-organization": user.membership.organization_id,
        "membership-0-role": user.membership.role,
    }
    if not active:
        del form["is_active"]
    assert root.post(url, form).status_code == 302


def switch_organization(root, org, *, active):
    form = {"name": org.name, "slug": org.slug} | ({"is_active": "on"} if active else {})
    form |= {"settings-TOTAL_FORMS": "1", "settings-INITIAL_FORMS": "1"}
    form |= {"settings-0-organization": org.pk, "settings-0-members_see": "own"}
    form |= {"settings-0-job_concurrency_limit": "3"}
    form |= {"memberships-TOTAL_FORMS": "0", "memberships-INITIAL_FORMS": "0"}
    address = f"/admin/orgsettings/organization/{org.pk}/change/"
    assert root.post(address, form).status_code == 302
    assert Organization.objects.get(pk=org.pk).is_active is active


def opens(secret):
    return Client().post("/join", {"link": secret}).status_code == 302


def test_what_members_had_open_stays_ended_when_their_organization_is_switched_on_again(
    root, org, admin, member
):
    browsers = [sign_in(admin), sign_in(member)]
    secrets = [make_token(admin)[1], make_token(member)[1]]
    _, link = make_invitation(admin)
    stranger = make_user()
    elsewhere, (_, strange_secret) = sign_in(stranger), make_token(stranger)

    switch_organization(root, org, active=False)
    switch_organization(root, org, active=True)

    assert not any(is_signed_in(browser) for browser in browsers)
    assert not any(is_usable(secret) for secret in secrets)
    assert not opens(link)
    assert is_signed_in(sign_in(User.objects.get(pk=member.pk)))
    assert is_signed_in(elsewhere)
    assert is_usable(strange_secret)


def test_an_organization_switched_off_some_other_way_revives_nothing_either(
    root, org, admin, browser, member
):
    _, secret = make_token(member)
    _, link = make_invitation(admin)
    Organization.objects.filter(pk=org.pk).update(is_active=False)

    switch_organization(root, org, active=True)

    assert not is_signed_in(browser)
    assert not is_usable(secret)
    assert not opens(link)


def test_saving_an_organization_as_it_was_ends_nothing(root, org, browser, member):
    _, secret = make_token(member)

    switch_organization(root, org, active=True)

    assert is_signed_in(browser)
    assert is_usable(secret)
    assert not SettingsChange.objects.exists()


def test_the_history_of_an_organization_says_who_switched_it_off(root, org):
    switch_organization(root, org, active=False)

    entry = history.describe(SettingsChange.objects.get(organization=org))
    (told,) = entry.differences
    assert (entry.who, entry.subject) == ("root", org.name)
    assert (told.label, told.before, told.after) == ("Access", "active", "deactivated")


def test_an_organization_of_many_is_switched_off_with_as_many_queries_as_one_of_few(
    org, member, django_assert_num_queries
):
    for _ in range(20):
        make_token(make_user(org))

    # savepoint, organization, sessions, tokens, invitations, history, savepoint
    with django_assert_num_queries(7):
        switches.organization(org, active=False, by=None, now=timezone.now())


def test_invitations_of_an_admin_end_when_an_operator_deactivates_the_admin(root, admin):
    _, link = make_invitation(admin)

    switch(root, admin, active=False)

    assert not opens(link)


def test_an_operator_who_resets_a_password_ends_sessions_and_tokens_and_is_told(root, member):
    theirs = sign_in(member)
    _, secret = make_token(member)
    url = f"/admin/orgsettings/user/{member.pk}/password/"
    assert "ends all sessions of this person and revokes all their API tokens" in root.get(url).text

    form = {"password1": NEW, "password2": NEW, "usable_password": "true", "set-password": "1"}
    assert root.post(url, form).status_code == 302

    assert not is_signed_in(theirs)
    assert not is_usable(secret)
    assert User.objects.get(pk=member.pk).check_password(NEW)


def test_sessions_from_before_the_upgrade_go_on(browser):
    """The salt is empty until something ends sessions, and then changes what Django compares."""
    user = User.objects.get()
    plain = super(User, user)._get_session_auth_hash()

    assert user.get_session_auth_hash() == plain
    assert is_signed_in(browser)
