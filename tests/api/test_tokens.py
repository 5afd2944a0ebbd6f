"""API tokens over the API."""

from datetime import timedelta

import pytest
from django.utils import timezone

from orgsettings import tokens
from orgsettings.models import ApiToken, Role
from tests.factories import make_api_client, make_job, make_token, make_user

pytestmark = pytest.mark.django_db

URL = "/api/v1/api-keys"


def test_a_new_token_is_shown_once_and_stored_as_a_hash():
    user = make_user()
    api = make_api_client(user)

    answer = api.post(URL, {"name": "Nightly import", "expires_days": 30}, format="json")

    assert answer.status_code == 201
    made = answer.json()
    assert set(made) == {"id", "name", "key", "prefix", "created_at", "expires_at"}
    assert made["key"].startswith(made["prefix"])
    assert made["key"] not in str(ApiToken.objects.filter(pk=made["id"]).values())
    assert made["key"] not in api.get(URL).content.decode()
    assert api.get("/api/v1/jobs", headers={"X-API-Key": made["key"]}).status_code == 200


def test_a_token_lasts_for_ever_when_no_days_are_given():
    answer = make_api_client().post(URL, {"name": "For ever"}, format="json")

    assert answer.json()["expires_at"] is None


@pytest.mark.parametrize("days", [0, -1, 3651, "soon", 1.5])
def test_a_token_is_refused_when_its_days_make_no_sense(days):
    answer = make_api_client().post(URL, {"name": "Wrong", "expires_days": days}, format="json")

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/expires_days"


def test_people_see_only_their_own_tokens_and_those_of_others_do_not_exist():
    user, stranger = make_user(), make_user()
    foreign, _ = make_token(stranger)
    api = make_api_client(user)

    listed = api.get(URL).json()

    assert listed["total"] == 1
    assert [key["prefix"] for key in listed["keys"]] == [user.api_tokens.get().prefix]
    assert api.delete(f"{URL}/{foreign.pk}").status_code == 404
    assert api.delete(f"{URL}/not-an-id").status_code == 404


@pytest.mark.parametrize(
    ("role", "status", "works"),
    [(Role.MEMBER, 403, True), (Role.VIEWER, 403, True), (Role.ADMIN, 204, False)],
)
def test_a_colleagues_token_is_revoked_by_admins_only(client, role, status, works):
    owner = make_user()
    token, secret = make_token(owner)
    api = make_api_client(make_user(owner.membership.organization, role=role))

    assert api.delete(f"{URL}/{token.pk}").status_code == status

    answer = client.get("/api/v1/jobs", headers={"X-API-Key": secret})
    assert (answer.status_code == 200) is works


def test_when_a_token_was_used_last_is_known_to_the_minute():
    user = make_user()
    token, secret = make_token(user, last_used_at=None)
    api = make_api_client(user)
    use = {"X-API-Key": secret}

    api.credentials()
    api.get(URL, headers=use)
    first = ApiToken.objects.get(pk=token.pk).last_used_at
    told = api.get(URL, headers=use).json()["keys"]

    assert timezone.now() - first < timedelta(seconds=30)
    assert ApiToken.objects.get(pk=token.pk).last_used_at == first  # not written each time
    assert first.isoformat()[:19] in {
        key["last_used_at"][:19] for key in told if key["last_used_at"]
    }


def test_a_token_acts_in_its_own_organization_only(client):
    user = make_user()
    job = make_job(user)
    _, secret = make_token(user)
    theirs = make_job()

    use = {"Authorization": f"Bearer {secret}"}

    listed = client.get("/api/v1/jobs", headers=use).json()["jobs"]
    assert [item["id"] for item in listed] == [str(job.pk)]
    assert client.get(f"/api/v1/jobs/{theirs.pk}", headers=use).status_code == 404


def test_a_revoked_token_does_not_work_any_more():
    user = make_user()
    token, secret = make_token(user)
    api = make_api_client(user)

    assert api.delete(f"{URL}/{token.pk}").status_code == 204

    assert api.get("/api/v1/jobs", headers={"X-API-Key": secret}).status_code == 200  # own header
    api.credentials()
    assert api.get("/api/v1/jobs", headers={"X-API-Key": secret}).status_code == 401


def test_a_token_is_renamed_and_goes_on_working():
    user = make_user()
    token, secret = make_token(user)
    api = make_api_client(user)

    answer = api.put(f"{URL}/{token.pk}", {"name": "Renamed"}, format="json")

    assert (answer.status_code, answer.json()["name"]) == (200, "Renamed")
    assert tokens.recognize(secret, timezone.now()) == token
    nameless = api.put(f"{URL}/{token.pk}", {"name": ""}, format="json")
    assert (nameless.status_code, nameless.json()["errors"][0]["pointer"]) == (422, "/name")


@pytest.mark.parametrize(
    ("role", "called"), [("admin", "org_admin"), ("member", "member"), ("viewer", "viewer")]
)
def test_a_program_learns_for_whom_it_acts(role, called):
    user = make_user(role=role, username="ada", first_name="Ada", last_name="King")

    me = make_api_client(user).get("/api/v1/auth/me").json()

    assert me == {
        "id": user.pk,
        "username": "ada",
        "email": "ada@example.org",
        "full_name": "Ada King",
        "organization_id": str(user.membership.organization_id),
        "organization_name": user.membership.organization.name,
        "role": called,
        "is_active": True,
        "created_at": me["created_at"],
        "last_login_at": None,
    }
