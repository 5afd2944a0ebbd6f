"""API tokens over the API."""

import pytest

from orgsettings.models import ApiToken
from tests.factories import make_api_client, make_token, make_user

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


def test_people_see_and_revoke_only_their_own_tokens():
    user, colleague = make_user(), make_user()
    foreign, _ = make_token(colleague)
    api = make_api_client(user)

    listed = api.get(URL).json()

    assert listed["total"] == 1
    assert [key["prefix"] for key in listed["keys"]] == [user.api_tokens.get().prefix]
    assert api.delete(f"{URL}/{foreign.pk}").status_code == 404
    assert api.delete(f"{URL}/not-an-id").status_code == 404


def test_a_revoked_token_does_not_work_any_more():
    user = make_user()
    token, secret = make_token(user)
    api = make_api_client(user)

    assert api.delete(f"{URL}/{token.pk}").status_code == 204

    assert api.get("/api/v1/jobs", headers={"X-API-Key": secret}).status_code == 200  # own header
    api.credentials()
    assert api.get("/api/v1/jobs", headers={"X-API-Key": secret}).status_code == 401
