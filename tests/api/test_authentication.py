"""Who may use the API, and how they say who they are."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from orgsettings.models import ApiToken, User
from tests.factories import PASSWORD, make_api_client, make_org, make_token, make_user

pytestmark = pytest.mark.django_db

URL = "/api/v1/jobs"


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Bearer {}"},
        {"Authorization": "bearer {}"},
        {"Authorization": "ApiKey {}"},
        {"X-API-Key": "{}"},
    ],
)
def test_a_token_opens_the_api_in_every_header_that_clients_use(client, headers):
    _, secret = make_token()

    answer = client.get(URL, headers={name: text.format(secret) for name, text in headers.items()})

    assert answer.status_code == 200


@pytest.mark.parametrize(
    "fields",
    [
        {"expires_at": timezone.now() - timedelta(seconds=1)},
        {"revoked_at": timezone.now()},
    ],
)
def test_a_token_is_refused_when_it_is_expired_or_revoked(client, fields):
    _, secret = make_token(**fields)

    answer = client.get(URL, headers={"Authorization": f"Bearer {secret}"})

    assert answer.status_code == 401
    assert answer.json()["code"] == "invalid_token"


@pytest.mark.parametrize("secret", ["cur_" + "0" * 64, "nonsense", "", "ä"])
def test_a_wrong_token_is_401_even_when_a_session_would_do(client, secret):
    client.force_login(make_user())

    answer = client.get(URL, headers={"Authorization": f"Bearer {secret}"})

    assert answer.status_code == 401
    assert answer.json()["code"] == "invalid_token"


def test_a_token_is_refused_when_its_user_moved_to_another_organization(client):
    token, secret = make_token()
    token.user.membership.organization = make_org()
    token.user.membership.save()

    answer = client.get(URL, headers={"Authorization": f"Bearer {secret}"})

    assert answer.status_code == 401


@pytest.mark.parametrize("path", ["jobs", "documents", "api-keys", "config/defaults", "jobs/x"])
def test_nothing_is_readable_when_nobody_signed_in(client, path):
    answer = client.get(f"/api/v1/{path}")

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.json()["code"] == "not_authenticated"


def test_an_anonymous_change_is_401_and_not_403(client):
    answer = client.post(URL, {}, content_type="application/json")

    assert answer.status_code == 401


def test_the_session_of_the_pages_may_read():
    client = Client()
    client.force_login(make_user())

    assert client.get(URL).status_code == 200


def test_the_session_of_the_pages_may_not_change_anything_when_the_csrf_token_is_missing():
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user())

    answer = client.post(URL, {}, content_type="application/json")

    assert answer.status_code == 403
    assert answer.json()["code"] == "csrf_failed"


def test_the_session_of_the_pages_may_change_things_with_the_csrf_token():
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user())
    client.cookies["csrftoken"] = "a" * 32

    answer = client.post(
        URL, {}, content_type="application/json", headers={"X-CSRFToken": "a" * 32}
    )

    assert answer.status_code == 422  # let in; the body is empty


def test_a_person_without_organization_is_refused(client):
    client.force_login(User.objects.create_superuser("root", password=PASSWORD))

    answer = client.get(URL)

    assert answer.status_code == 403
    assert answer.json()["code"] == "not_a_member"


def test_people_of_an_inactive_organization_are_refused():
    user = make_user()
    api = make_api_client(user)
    user.membership.organization.is_active = False
    user.membership.organization.save()

    assert api.get(URL).status_code == 401


def test_an_inactive_organization_is_refused_even_to_whom_authentication_let_in():
    user = make_user()
    api = make_api_client()
    user.membership.organization.is_active = False
    api.force_authenticate(user)

    assert api.get(URL).status_code == 403


def test_signing_in_by_name_or_address_gives_a_token_that_works_for_an_hour(client):
    user = make_user()

    for name in (user.username, user.email.upper()):
        answer = client.post(
            "/api/v1/auth/login",
            {"email_or_username": name, "password": PASSWORD},
            content_type="application/json",
        )

        assert answer.status_code == 200
        assert answer.json()["token_type"] == "bearer"
        assert answer.json()["expires_in"] == 3600
        bearer = {"Authorization": f"Bearer {answer.json()['access_token']}"}
        assert client.get(URL, headers=bearer).status_code == 200

    lifetime = user.api_tokens.first().expires_at - timezone.now()
    assert timedelta(minutes=59) < lifetime <= timedelta(hours=1)


@pytest.mark.parametrize("password", ["wrong", PASSWORD])
def test_signing_in_fails_alike_when_the_password_is_wrong_or_the_person_inactive(client, password):
    user = make_user(is_active=password != PASSWORD)

    answer = client.post(
        "/api/v1/auth/login",
        {"email_or_username": user.username, "password": password},
        content_type="application/json",
    )

    assert answer.status_code == 401
    assert answer.json()["code"] == "invalid_credentials"
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_signing_in_removes_only_earlier_sign_ins_that_ran_out(client):
    user = make_user()
    ran_out = timezone.now() - timedelta(minutes=1)
    made_by_hand, _ = make_token(user, expires_at=ran_out)
    usable, _ = make_token(
        user, is_of_sign_in=True, expires_at=timezone.now() + timedelta(minutes=1)
    )
    old, _ = make_token(user, is_of_sign_in=True, expires_at=ran_out)

    client.post(
        "/api/v1/auth/login",
        {"email_or_username": user.username, "password": PASSWORD},
        content_type="application/json",
    )

    kept = set(ApiToken.objects.values_list("pk", flat=True))
    assert {made_by_hand.pk, usable.pk} <= kept
    assert old.pk not in kept
    assert len(kept) == 3
