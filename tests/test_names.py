"""Names to sign in by: nobody takes, or imitates, that of somebody else."""

import time
from importlib import import_module
from io import StringIO

import pytest
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client

from orgsettings import accounts, names
from orgsettings.models import User
from tests.factories import PASSWORD, make_invitation, make_org, make_user

pytestmark = pytest.mark.django_db

REFUSED = [
    ("ada", "already exists"),
    ("ADA", "already exists"),
    ("ａｄａ", "already exists"),  # full-width letters
    ("аda", "several scripts"),  # a Cyrillic а
    ("аԁа", "looks too much like"),  # Cyrillic as a whole
    ("grace@example.org", "no “@”"),
    ("Grace Hopper", "without spaces"),
    ("rnia", "looks too much like"),  # as mia
    ("grace\u200b", "letters, digits"),  # a space of no width
]


@pytest.fixture(autouse=True)
def people():
    make_user(username="ada")
    make_user(username="mia")


def by_invitation(name):
    _, secret = make_invitation()
    form = {"username": name, "email": "new@example.org", "first_name": "", "last_name": "",
            "password1": PASSWORD, "password2": PASSWORD}  # fmt: skip
    client = Client()
    client.post("/join", {"link": secret})
    page = client.post("/join/account", form)
    return "" if page.status_code == 302 else page.text


def by_bootstrap(name):
    try:
        call_command("bootstrap", organization="New", username=name, password=PASSWORD,
                     stdout=StringIO())  # fmt: skip
    except CommandError as refusal:
        return str(refusal)
    return ""


def by_admin_site(name):
    browser = Client()
    browser.force_login(User.objects.create_superuser("root", password=PASSWORD))
    page = browser.post(
        "/admin/orgsettings/user/add/",
        {"username": name, "usable_password": "true", "password1": PASSWORD, "password2": PASSWORD,
         "membership-TOTAL_FORMS": "0", "membership-INITIAL_FORMS": "0"},
    )  # fmt: skip
    return "" if page.status_code == 302 else page.text


@pytest.mark.parametrize(("name", "why"), REFUSED)
@pytest.mark.parametrize("door", [by_invitation, by_bootstrap, by_admin_site])
def test_a_name_that_could_be_taken_for_another_is_refused_at_every_door(door, name, why):
    if door is by_bootstrap and name == "ada":
        why = "belongs to another organization"

    said = door(name)

    assert why in said or (door is not by_bootstrap and "already exists" in said)
    assert User.objects.filter(username__in=[name, names.key(name)]).exclude(
        username="ada"
    ).count() == 0  # fmt: skip


@pytest.mark.parametrize(
    "name", ["grace", "Grace.Hopper-2", "zoë", "Ольга", "田中さん", "user_1+x"]
)
@pytest.mark.parametrize("door", [by_invitation, by_bootstrap, by_admin_site])
def test_names_of_one_script_are_welcome(door, name):
    assert door(name) == ""
    assert User.objects.filter(username=name).exists()


def test_an_address_opens_the_account_of_its_owner_only():
    squatter = User.objects.create_user("grace@example.org", password="another password")
    grace = make_user(username="grace")

    assert authenticate(username="grace@example.org", password=PASSWORD) == grace
    assert authenticate(username="grace@example.org", password="another password") is None
    assert squatter != grace


def test_an_old_name_with_an_at_sign_works_as_long_as_it_is_nobodys_address():
    old = User.objects.create_user("old@example.org", password=PASSWORD)

    assert authenticate(username="old@example.org", password=PASSWORD) == old
    assert authenticate(username="OLD@example.org", password=PASSWORD) == old


def test_an_address_may_not_be_somebodys_old_name():
    User.objects.create_user("old@example.org", password=PASSWORD)
    user = make_user()
    browser = Client()
    browser.force_login(user)

    page = browser.post("/settings/profile", {"email": "Old@Example.org"})

    assert page.status_code == 422
    assert "This address belongs to another user." in page.text


@pytest.mark.parametrize("typed", ["ada", "ADA", "ａｄａ", "Ada@Example.ORG", "ａda@example.org"])
def test_one_signs_in_in_any_case_and_width(typed):
    assert authenticate(username=typed, password=PASSWORD) == User.objects.get(username="ada")


@pytest.mark.parametrize("fields", [
    {"username": "ADA"}, {"username": "ａｄａ"}, {"username": "x", "email": "ADA@example.org"},
])  # fmt: skip
def test_the_database_refuses_names_that_are_the_same(fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user(password=PASSWORD, **fields)


def test_names_that_differ_in_case_only_stay_apart_when_they_are_old():
    migration = import_module("orgsettings.migrations.0004_names_sessions_and_sign_ins")
    older = User.objects.get(username="ada")
    newer = User(username="ADA", username_key="ada 99", password=older.password)
    newer.save()
    User.objects.filter(pk=newer.pk).update(username_key="x")

    class Apps:
        def get_model(self, *names):
            return User

    User.objects.filter(pk=older.pk).update(username_key="y")
    migration.make_keys(Apps(), None)

    older.refresh_from_db()
    newer.refresh_from_db()
    assert (older.username_key, newer.username_key) == ("ada", f"ada {newer.pk}")
    newer.save()  # changes nothing about it
    assert authenticate(username="ada", password=PASSWORD) == older
    assert authenticate(username="ADA", password=PASSWORD) == newer
    assert authenticate(username="Ada", password=PASSWORD) == older


def test_a_name_that_becomes_longer_than_the_database_can_keep_is_refused():
    name = "\ufb03" * 150  # one letter that NFKC writes as three

    with pytest.raises(accounts.AccountError, match="at most 150 characters"):
        accounts.ensure_user(make_org(), username=name, password=PASSWORD)
    assert len(names.key(name)) == 254  # of those that exist


def test_who_changes_something_else_keeps_an_old_name():
    old = User.objects.create_user("old name@example.org", password=PASSWORD)

    old.clean()

    old.username = "other name"
    with pytest.raises(ValidationError):
        old.clean()


@pytest.mark.parametrize("door", ["/login", "/admin/login/"])
def test_a_name_made_to_be_slow_takes_a_stranger_no_longer_than_another(door):
    def seconds(name):
        begun = time.process_time()
        answer = Client().post(door, {"username": name, "password": "wrong"})
        assert answer.status_code == 200
        return time.process_time() - begun

    seconds("what is loaded when it is first needed")
    plain, accents = "a" * 30_000, "\u0315\u0300" * 15_000  # to be put in order, one by one

    # It was more than a hundred times as long.
    assert min(seconds(accents) for _ in range(2)) < 5 * min(seconds(plain) for _ in range(2))
