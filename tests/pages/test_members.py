"""Members of an organization: roles, access, and who may change whom."""

from datetime import timedelta

import pytest
from django.utils import timezone

from orgsettings import members, tokens
from orgsettings.models import Invitation, Membership, Role, SettingsChange, User
from tests.factories import PASSWORD, make_invitation, make_org, make_token, make_user
from tests.pages.conftest import sign_in

PAGE = "/settings-admin/members"


@pytest.fixture
def admin(org):
    return make_user(org, role=Role.ADMIN)


@pytest.fixture
def browser(admin):
    return sign_in(admin)


def post(browser, member, action, **data):
    return browser.post(f"{PAGE}/{member.membership.pk}/{action}", data, follow=True)


def role_of(user):
    return Membership.objects.get(user=user).role


def test_the_list_tells_role_state_and_when_somebody_was_last_seen(browser, org):
    make_user(org, username="ben", role=Role.VIEWER)
    make_user(org, username="cyra", is_active=False)
    make_user(username="stranger")

    page = browser.get(PAGE)

    rows = {member.user.username: member for member in page.context["page"]}
    assert "stranger" not in rows
    assert (rows["ben"].role, rows["cyra"].user.is_active) == (Role.VIEWER, False)
    assert "Deactivated" in page.text
    assert page.text.count('data-time="relative"') >= 3


@pytest.mark.parametrize("length", [1, 20])
def test_the_list_asks_seven_questions(browser, org, django_assert_num_queries, length):
    for _ in range(length):
        make_token(make_user(org))

    # session; user; number of members; members; open invitations; capacity (2)
    with django_assert_num_queries(7):
        browser.get(PAGE)


def test_looking_at_a_page_is_being_seen_and_noted_every_few_minutes_only(browser, admin):
    long_ago = timezone.now() - timedelta(hours=1)
    Membership.objects.filter(user=admin).update(last_seen_at=long_ago)

    browser.get("/jobs")
    first = Membership.objects.get(user=admin).last_seen_at
    browser.get("/jobs")

    assert first > timezone.now() - timedelta(minutes=1)
    assert Membership.objects.get(user=admin).last_seen_at == first


def test_a_changed_role_is_in_force_at_the_next_request_and_logged(browser, admin, member):
    theirs = sign_in(member)

    page = post(browser, member, "role", role="viewer")

    assert "is now: Viewer" in page.text
    assert theirs.get("/jobs/new").status_code == 403
    change = SettingsChange.objects.get()
    assert (change.user, change.subject) == (admin, member.username)
    assert (change.before, change.after) == ({"role": "member"}, {"role": "viewer"})
    history = browser.get("/settings-admin").context["entries"][0].differences[0]
    assert (history.label, history.before, history.after) == ("Role", "Member", "Viewer")


def test_an_unknown_role_is_refused(browser, member):
    page = post(browser, member, "role", role="emperor")

    assert "Choose one of the roles." in page.text
    assert role_of(member) == Role.MEMBER


def test_a_deactivated_member_is_outside_at_the_next_request_and_so_are_their_tokens(
    browser, member
):
    theirs = sign_in(member)
    _, secret = make_token(member)

    page = post(browser, member, "deactivate")

    assert "is signed out everywhere" in page.text
    assert theirs.get("/jobs").url == "/login?next=/jobs"
    assert tokens.recognize(secret, timezone.now()) is None
    assert SettingsChange.objects.get().after == {"is_active": False}


def test_a_reactivated_member_signs_in_with_the_same_password(browser, member, client):
    post(browser, member, "deactivate")

    post(browser, member, "reactivate")

    assert client.login(username=member.username, password=PASSWORD)
    assert SettingsChange.objects.count() == 2


@pytest.mark.parametrize(("action", "data"), [("role", {"role": "member"}), ("deactivate", {})])
def test_nobody_changes_themselves(browser, admin, action, data):
    page = post(browser, admin, action, **data)

    assert "Nobody can change their own role" in page.text
    assert (role_of(admin), User.objects.get(pk=admin.pk).is_active) == (Role.ADMIN, True)
    assert "deactivate-" not in page.text  # the page does not offer it


@pytest.mark.parametrize("action", ["role", "deactivate"])
def test_the_last_active_admin_stays(org, action):
    last = make_user(org, role=Role.ADMIN)
    make_user(org, role=Role.ADMIN, is_active=False)
    operator = make_user(org, role=Role.ADMIN, is_superuser=True)
    now = timezone.now()
    User.objects.filter(pk=operator.pk).update(is_active=True)

    def act():
        if action == "role":
            members.change_role(last.membership, Role.MEMBER, by=operator, now=now)
        else:
            members.deactivate(last.membership, by=operator, now=now)

    act()  # the operator is an active admin, too
    assert not Membership.objects.filter(user=last, role=Role.ADMIN, user__is_active=True).exists()
    with pytest.raises(members.MemberRefused):  # and is now the last one
        members.deactivate(operator.membership, by=operator, now=now)


def test_an_admin_demoted_meanwhile_demotes_nobody(org, admin):
    other = make_user(org, role=Role.ADMIN)
    now = timezone.now()
    members.change_role(admin.membership, Role.MEMBER, by=other, now=now)

    with pytest.raises(Exception, match="Only an admin"):
        members.change_role(other.membership, Role.MEMBER, by=admin, now=now)

    assert role_of(other) == Role.ADMIN


def test_an_operator_of_the_server_is_changed_by_operators_only(browser, org):
    operator = make_user(org, role=Role.ADMIN, is_superuser=True)

    page = post(browser, operator, "deactivate")

    assert "Only an operator can change that account." in page.text
    assert User.objects.get(pk=operator.pk).is_active


@pytest.mark.parametrize("action", ["role", "deactivate", "reactivate"])
def test_members_of_other_organizations_do_not_exist(browser, action):
    stranger = make_user(make_org())

    assert post(browser, stranger, action, role="viewer").status_code == 404


def test_invitations_of_somebody_who_goes_are_revoked(browser, org):
    other = make_user(org, role=Role.ADMIN)
    invitation, _ = make_invitation(other)

    post(browser, other, "deactivate")

    invitation.refresh_from_db()
    assert invitation.revoked_at is not None
    assert not Invitation.objects.open(timezone.now()).exists()
