"""What staff may do in the admin site follows their permissions: each page, each action."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.urls import reverse
from django_q.models import Failure, OrmQ, Schedule, Success
from django_q.tasks import async_task

from jobs.models import JobStatus
from orgsettings.models import User
from tests.factories import PASSWORD, make_invitation, make_job, make_token

pytestmark = pytest.mark.django_db

SITES = sorted(admin.site._registry.values(), key=lambda site: site.opts.label)
ACTIONS = [(site, name) for site in SITES for _, name, _ in site._get_base_actions()]


@pytest.fixture
def staff(client):
    """A function that signs a new member of staff in, with all permissions of these kinds."""

    def sign_in(*kinds):
        person = User.objects.create_user("staff", password=PASSWORD, is_staff=True)
        for kind in kinds:
            person.user_permissions.add(*Permission.objects.filter(codename__startswith=f"{kind}_"))
        client.force_login(person)
        return client

    return sign_in


@pytest.fixture
def rows():
    """Something to act on: for each model, its rows as they are now."""
    make_job(status=JobStatus.QUEUED)
    make_job(status=JobStatus.FAILED)
    make_token()
    make_invitation()
    times = {"started": "2026-01-01T00:00Z", "stopped": "2026-01-01T00:00Z"}
    for model, success in ((Failure, False), (Success, True)):
        model.objects.create(
            id=model.__name__, name=model.__name__, func="jobs.tasks.work", success=success, **times
        )
    return lambda model: list(model._default_manager.order_by("pk").values())


def page(site, name, *arguments):
    return reverse(f"admin:{site.opts.app_label}_{site.opts.model_name}_{name}", args=arguments)


def run(client, site, action):
    chosen = list(site.model._default_manager.values_list("pk", flat=True))
    return client.post(
        page(site, "changelist"),
        {"action": action, "_selected_action": chosen, "post": "yes"},
        follow=True,
    )


def title(value):
    return (getattr(value, "opts", None) and value.opts.label) or value


def test_no_action_is_offered_without_a_permission_of_its_own():
    for site in SITES:
        for function, name, _ in site._get_base_actions():
            assert getattr(function, "allowed_permissions", None), f"{site.opts.label}: {name}"


@pytest.mark.parametrize(("site", "action"), ACTIONS, ids=title)
def test_staff_who_may_only_look_run_no_action(staff, rows, site, action):
    client = staff("view")
    before, queued = rows(site.model), OrmQ.objects.count()
    listed = client.get(page(site, "changelist"))

    run(client, site, action)

    assert listed.status_code == 200
    assert f'<option value="{action}">' not in listed.text
    assert (rows(site.model), OrmQ.objects.count()) == (before, queued)


@pytest.mark.parametrize(("site", "action"), ACTIONS, ids=title)
def test_staff_without_permissions_run_no_action(staff, rows, site, action):
    client = staff()
    before, queued = rows(site.model), OrmQ.objects.count()

    assert run(client, site, action).status_code == 403

    assert (rows(site.model), OrmQ.objects.count()) == (before, queued)


@pytest.mark.parametrize(
    ("site", "action"), [pair for pair in ACTIONS if pair[1] != "delete_selected"], ids=title
)
def test_staff_who_may_change_rows_run_the_actions_on_them(staff, rows, site, action):
    client = staff("view", "change")
    before, queued = rows(site.model), OrmQ.objects.count()
    assert f'<option value="{action}">' in client.get(page(site, "changelist")).text

    run(client, site, action)

    assert (rows(site.model), OrmQ.objects.count()) != (before, queued)


@pytest.mark.parametrize("site", SITES, ids=title)
def test_staff_who_may_only_look_open_no_page_that_changes_something(staff, rows, site):
    client = staff("view")
    row = site.model._default_manager.first()
    before = rows(site.model)

    assert client.get(page(site, "add")).status_code == 403
    assert client.post(page(site, "add"), {}).status_code == 403
    if row is not None:
        looked = client.get(page(site, "change", row.pk))
        assert looked.status_code == 200
        assert not {'name="_save"', "deletelink", "addlink"} & set(looked.text.split())
        assert client.post(page(site, "change", row.pk), {}).status_code == 403
        assert client.post(page(site, "delete", row.pk), {"post": "yes"}).status_code == 403
    assert rows(site.model) == before


@pytest.mark.parametrize("site", SITES, ids=title)
def test_staff_without_permissions_open_no_page_at_all(staff, rows, site):
    client = staff()
    row = site.model._default_manager.first()

    for name in ("changelist", "add"):
        assert client.get(page(site, name)).status_code == 403
    if row is not None:
        for name in ("change", "delete", "history"):
            assert client.get(page(site, name, row.pk)).status_code in {302, 403}


def test_staff_who_may_only_look_set_no_password_of_somebody_else(staff):
    client = staff("view")
    other = User.objects.create_user("other", password=PASSWORD)
    address = reverse("admin:auth_user_password_change", args=[other.pk])

    answers = [client.get(address), client.post(address, {"password1": "x", "password2": "x"})]

    assert [answer.status_code for answer in answers] == [403, 403]
    other.refresh_from_db()
    assert other.check_password(PASSWORD)


@pytest.fixture
def clerk(client):
    """A member of staff, signed in, whose permissions are about people and groups alone."""
    person = User.objects.create_user("clerk", password=PASSWORD, is_staff=True)
    person.user_permissions.add(
        *Permission.objects.filter(content_type__model__in=["user", "group"])
    )
    client.force_login(person)
    return person


@pytest.fixture
def root():
    return User.objects.create_superuser("root", password=PASSWORD)


POWERS = ("is_superuser", "is_staff", "groups", "user_permissions")


def powers(person):
    person = User.objects.get(pk=person.pk)
    groups, own = person.groups, person.user_permissions
    return person.is_superuser, person.is_staff, groups.count(), own.count()


def change(client, person, **values):
    """The answer to the form of a person on the admin site, sent with all powers ticked."""
    form = {"username": person.username, "is_active": "on"}
    form |= {"date_joined_0": "2026-01-01", "date_joined_1": "12:00:00"}
    form |= {"is_staff": "on", "is_superuser": "on", "groups": [Group.objects.get().pk]}
    form |= {"user_permissions": list(Permission.objects.values_list("pk", flat=True))}
    form |= {"membership-TOTAL_FORMS": "0", "membership-INITIAL_FORMS": "0"}
    return client.post(reverse("admin:orgsettings_user_change", args=[person.pk]), form | values)


def reset(client, person):
    new = "a new horse with another battery"
    form = {"password1": new, "password2": new, "usable_password": "true", "set-password": "1"}
    return client.post(reverse("admin:auth_user_password_change", args=[person.pk]), form)


@pytest.fixture
def group():
    group = Group.objects.create(name="Everything")
    group.permissions.set(Permission.objects.all())
    return group


@pytest.mark.parametrize("is_own", [True, False])
def test_staff_who_may_change_people_give_nobody_powers(client, clerk, group, is_own):
    person = clerk if is_own else User.objects.create_user("other", password=PASSWORD)
    before = powers(person)
    page = client.get(reverse("admin:orgsettings_user_change", args=[person.pk]))

    answer = change(client, person, first_name="Frida")

    assert not {f'name="{name}"' for name in POWERS} & set(page.text.split())
    assert answer.status_code == 302
    assert User.objects.get(pk=person.pk).first_name == "Frida"
    assert powers(person) == before


@pytest.mark.parametrize("count", [1, 20])
def test_powers_that_are_only_shown_take_as_many_queries_however_many(
    client, clerk, count, django_assert_num_queries
):
    other = User.objects.create_user("other", password=PASSWORD)
    other.user_permissions.add(*Permission.objects.all()[:count])

    # session, staff; person, permissions, kinds; permissions of staff, of their groups; groups
    with django_assert_num_queries(8):
        page = client.get(reverse("admin:orgsettings_user_change", args=[other.pk]))

    assert page.status_code == 200


def test_a_person_whom_staff_add_has_no_powers(client, clerk, group):
    new = "a new horse with another battery"
    form = {"username": "ally", "password1": new, "password2": new, "usable_password": "true"}
    form |= {"is_staff": "on", "is_superuser": "on", "groups": [group.pk]}

    assert client.post(reverse("admin:orgsettings_user_add"), form).status_code == 302

    assert powers(User.objects.get(username="ally")) == (False, False, 0, 0)


def test_superusers_give_powers(client, root, group):
    client.force_login(root)
    person = User.objects.create_user("other", password=PASSWORD)

    assert change(client, person).status_code == 302

    assert powers(person) == (True, True, 1, Permission.objects.count())


@pytest.mark.parametrize("flag", ["is_superuser", "is_staff"])
def test_accounts_with_powers_are_left_to_superusers(client, clerk, group, flag):
    other = User.objects.create_user("other", password=PASSWORD, **{flag: True})
    before = User.objects.filter(pk=other.pk).values().get()
    looked = client.get(reverse("admin:orgsettings_user_change", args=[other.pk]))

    answers = [
        change(client, other, email="mine@example.org"),
        reset(client, other),
        client.get(reverse("admin:auth_user_password_change", args=[other.pk])),
        client.post(reverse("admin:orgsettings_user_delete", args=[other.pk]), {"post": "yes"}),
    ]
    run(client, admin.site._registry[User], "delete_selected")

    assert (looked.status_code, 'name="_save"' in looked.text) == (200, False)
    assert {answer.status_code for answer in answers} == {403}
    assert User.objects.filter(pk=other.pk).values().get() == before


def test_superusers_reset_the_password_of_a_superuser(client, root):
    client.force_login(User.objects.create_superuser("second", password=PASSWORD))

    assert reset(client, root).status_code == 302

    root.refresh_from_db()
    assert not root.check_password(PASSWORD)


def test_staff_reset_the_password_of_other_people(client, clerk):
    other = User.objects.create_user("other", password=PASSWORD)

    assert reset(client, other).status_code == 302

    other.refresh_from_db()
    assert not other.check_password(PASSWORD)


def test_groups_and_what_they_may_do_are_left_to_superusers(client, clerk, root, group):
    group.permissions.clear()
    clerk.groups.add(group)
    address = reverse("admin:auth_group_change", args=[group.pk])
    form = {"name": "Mine", "permissions": [Permission.objects.first().pk]}

    refused = [
        client.post(address, form),
        client.post(reverse("admin:auth_group_add"), form | {"name": "New"}),
        client.post(reverse("admin:auth_group_delete", args=[group.pk]), {"post": "yes"}),
    ]
    client.force_login(root)
    done = client.post(address, form)

    assert [answer.status_code for answer in refused] == [403, 403, 403]
    assert done.status_code == 302
    assert [(row.name, row.permissions.count()) for row in Group.objects.all()] == [("Mine", 1)]


def test_every_other_address_of_the_admin_site_is_known_to_these_tests():
    usual = {"add", "change", "changelist", "delete", "history"}

    for site in SITES:
        for pattern in site.get_urls():
            name = (pattern.name or "").rpartition("_")[2] or "old"
            special = pattern.name == "auth_user_password_change"
            assert special or name in usual | {"old"}, pattern


WHAT_IS_RUN = [Schedule, OrmQ]


@pytest.fixture
def schedule():
    return Schedule.objects.create(name="clean-up", func="jobs.tasks.cleanup")


@pytest.mark.parametrize("model", WHAT_IS_RUN)
def test_staff_with_all_permissions_say_nowhere_what_workers_run(staff, rows, schedule, model):
    client = staff("view", "add", "change", "delete")
    site = admin.site._registry[model]
    async_task("jobs.tasks.work")
    row = model.objects.first()
    before = rows(model)
    form = {"name": "own", "func": "os.system", "args": "'id'", "schedule_type": "O"}

    assert client.get(page(site, "changelist")).status_code == 200
    assert client.get(page(site, "change", row.pk)).status_code == 200
    assert client.post(page(site, "add"), form).status_code == 403
    assert client.post(page(site, "change", row.pk), form).status_code == 403
    assert client.post(page(site, "delete", row.pk), {"post": "yes"}).status_code == 403
    run(client, site, "delete_selected")
    assert rows(model) == before


def test_superusers_change_schedules(client, root, schedule):
    client.force_login(root)
    site = admin.site._registry[Schedule]
    form = {"name": "later", "func": schedule.func, "schedule_type": "O", "repeats": "-1"}
    form |= {"next_run_0": "2026-01-01", "next_run_1": "12:00:00"}

    assert client.post(page(site, "change", schedule.pk), form).status_code == 302

    schedule.refresh_from_db()
    assert schedule.name == "later"
