"""Doors to a password: each counts wrong ones, says so in words, and tells nothing else."""

import threading

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client

from orgsettings import sign_in_limits
from orgsettings.models import SignInCount, User
from tests.factories import PASSWORD, make_user
from tests.pages.conftest import sign_in

pytestmark = pytest.mark.django_db

NEW = "a new horse with another battery"
LOCKED = "Too many attempts. Try again in 5 minutes."


@pytest.fixture(autouse=True)
def limits(settings):
    settings.SIGN_IN_ATTEMPTS = 2
    settings.SIGN_IN_LOCK_SECONDS = 300


def over_the_page(name, password, **extra):
    return Client().post("/login", {"username": name, "password": password}, **extra)


def over_the_admin_site(name, password, **extra):
    return Client().post("/admin/login/", {"username": name, "password": password}, **extra)


def over_the_api(name, password, **extra):
    body = {"email_or_username": name, "password": password}
    return Client().post("/api/v1/auth/login", body, content_type="application/json", **extra)


DOORS = [over_the_page, over_the_admin_site, over_the_api]


@pytest.mark.parametrize("door", DOORS)
def test_a_door_is_locked_after_wrong_passwords_even_for_the_right_one(door):
    user = make_user(is_staff=True)
    wrong = [door(user.username, "wrong").status_code for _ in range(2)]

    locked = door(user.username, PASSWORD)

    assert set(wrong) <= {200, 401}
    assert locked.status_code == 429
    assert 290 < int(locked.headers["Retry-After"]) <= 300
    assert LOCKED in locked.text


@pytest.mark.parametrize("door", DOORS)
def test_all_doors_count_together_whichever_name_is_typed(door):
    make_user(username="ada")
    over_the_page("ada", "wrong")
    over_the_api("ADA@example.org", "wrong")

    assert door("Ada", PASSWORD).status_code == 429


def test_an_api_client_learns_how_long_to_wait():
    make_user(username="ada")
    for _ in range(2):
        over_the_api("ada", "wrong")

    problem = over_the_api("ada", PASSWORD).json()

    assert problem["code"] == "too_many_attempts"
    assert problem["retry_after"] > 290


@pytest.mark.parametrize("door", DOORS)
def test_a_name_that_nobody_has_is_answered_as_one_that_somebody_has(door):
    make_user(username="ada", is_staff=True)
    make_user(username="gone", is_active=False)

    def answers(name, address):
        given = [door(name, "wrong", REMOTE_ADDR=address) for _ in range(4)]
        return [(answer.status_code, answer.text.replace(name, "")) for answer in given]

    def words(name, address):
        return [
            (status, [line for line in text.splitlines() if "attempts" in line or "wrong" in line])
            for status, text in answers(name, address)
        ]

    known, unknown = words("ada", "192.0.2.1"), words("nobody", "192.0.2.2")
    inactive = words("gone", "192.0.2.3")

    if door is over_the_api:  # request ids and nothing else differ
        known, unknown, inactive = ([row[0] for row in each] for each in (known, unknown, inactive))
    assert known == unknown == inactive


@pytest.mark.parametrize("name", ["ada", "nobody", "gone", "ada@example.org", "nobody@example.org"])
def test_a_password_is_hashed_once_whoever_the_name_belongs_to(monkeypatch, name):
    make_user(username="ada")
    make_user(username="gone", is_active=False)
    hashed = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(
        MD5PasswordHasher, "encode", lambda *args: hashed.append(1) or encode(*args)
    )

    over_the_page(name, "wrong")

    assert len(hashed) == 1


def test_another_address_is_not_locked():
    make_user(username="ada")
    for _ in range(5):
        over_the_page("ada", "wrong")

    assert over_the_page("ada", PASSWORD, REMOTE_ADDR="192.0.2.9").status_code == 302


def test_a_lock_ends_by_itself():
    make_user(username="ada")
    for _ in range(5):
        over_the_page("ada", "wrong")

    SignInCount.objects.update(ends_at=0)

    assert over_the_page("ada", PASSWORD).status_code == 302


def test_the_old_password_is_not_guessed_in_the_settings():
    user = make_user()
    browser = sign_in(user)

    def change(old):
        form = {"old_password": old, "new_password1": NEW, "new_password2": NEW}
        return browser.post("/settings/password", form)

    assert [change("wrong").status_code for _ in range(2)] == [422, 422]
    locked = change(PASSWORD)

    assert locked.status_code == 429
    assert LOCKED in locked.text
    assert locked.headers["Retry-After"]
    assert User.objects.get(pk=user.pk).check_password(PASSWORD)


def test_the_old_password_is_not_guessed_on_the_admin_site():
    operator = User.objects.create_superuser("root", password=PASSWORD)
    browser = sign_in(operator)

    def change(old):
        form = {"old_password": old, "new_password1": NEW, "new_password2": NEW}
        return browser.post("/admin/password_change/", form)

    assert [change("wrong").status_code for _ in range(2)] == [200, 200]
    locked = change(PASSWORD)

    assert locked.status_code == 429
    assert LOCKED in locked.text
    SignInCount.objects.all().delete()
    assert change(PASSWORD).status_code == 302
    assert User.objects.get(pk=operator.pk).check_password(NEW)


def test_an_operator_of_an_organization_changes_the_password_beside_the_tokens():
    operator = make_user(is_staff=True, is_superuser=True)

    assert sign_in(operator).get("/admin/password_change/").url == "/settings"


def test_neither_password_nor_unknown_name_is_logged(caplog):
    for _ in range(4):
        over_the_page("hunter2", "correct horse")

    logged = "\n".join(f"{record.getMessage()} {vars(record)}" for record in caplog.records)
    assert "Too many wrong passwords" in logged
    assert "hunter2" not in logged
    assert "correct horse" not in logged


@pytest.fixture
def busy(monkeypatch):
    """As many passwords are being checked as may be."""
    monkeypatch.setattr(sign_in_limits, "_places", threading.Semaphore(0))


def assert_told_to_come_again(answer):
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "2"
    assert "Too many people are signing in right now" in answer.text


@pytest.mark.usefixtures("busy")
@pytest.mark.parametrize("door", DOORS)
def test_who_comes_while_too_many_sign_in_is_told_to_come_again(door):
    user = make_user(is_staff=True)

    for _ in range(4):  # and does not count as guessing
        assert_told_to_come_again(door(user.username, PASSWORD))


@pytest.mark.usefixtures("busy")
def test_an_api_client_that_comes_while_too_many_sign_in_learns_why():
    assert over_the_api("ada", PASSWORD).json()["code"] == "too_many_sign_ins"


@pytest.mark.parametrize("path", ["/settings/password", "/admin/password_change/"])
def test_an_old_password_is_not_checked_while_too_many_are(path, request):
    user = make_user() if path == "/settings/password" else User.objects.create_superuser("root")
    browser = sign_in(user)
    request.getfixturevalue("busy")

    form = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}

    assert_told_to_come_again(browser.post(path, form))
