"""The organization and its settings over the API."""

import pytest

from jobs import drafts
from orgsettings import changes
from orgsettings.models import OrgSettings, Role, SettingsChange
from tests.factories import make_api_client, make_job, make_org, make_user

pytestmark = pytest.mark.django_db

URL = "/api/v1/organizations/me"


@pytest.fixture
def org():
    return make_org()


@pytest.fixture
def admin(org):
    return make_user(org, role=Role.ADMIN)


def put(user, body):
    return make_api_client(user).put(f"{URL}/settings", body, format="json")


@pytest.mark.parametrize("role", Role)
def test_everybody_sees_their_organization_and_its_settings(org, role):
    api = make_api_client(make_user(org, role=role))

    told = api.get(URL).json()
    chosen = api.get(f"{URL}/settings").json()

    assert (told["id"], told["slug"], told["display_name"]) == (str(org.pk), org.slug, org.name)
    assert chosen["settings"] == told["settings"] == {
        "job_concurrency_limit": 3, "job_retention_days": 30, "members_see": "own",
        "default_processing_options": {},
    }  # fmt: skip
    assert chosen["job_concurrency_limit"] == 3


def test_an_admin_changes_settings_and_the_others_stay(admin, org):
    put(admin, {"job_retention_days": 90})

    answer = put(admin, {"job_concurrency_limit": 5})

    assert answer.status_code == 200
    told = answer.json()
    assert (told["job_concurrency_limit"], told["job_retention_days"]) == (5, 90)
    row = OrgSettings.objects.get(organization=org)
    assert (row.job_concurrency_limit, row.job_retention_days) == (5, 90)


def test_an_admin_lets_members_read_all_jobs_and_takes_it_back(admin, org):
    assert put(admin, {"members_see": "all"}).json()["members_see"] == "all"
    assert put(admin, {"members_see": None}).json()["members_see"] == "own"


def test_settings_wrapped_as_earlier_clients_do_are_understood(admin):
    told = put(admin, {"settings": {"job_concurrency_limit": 7}}).json()

    assert told["settings"]["job_concurrency_limit"] == 7


def test_null_goes_back_to_the_servers_default(admin):
    put(admin, {"job_concurrency_limit": 5})

    assert put(admin, {"job_concurrency_limit": None}).json()["job_concurrency_limit"] == 3


def test_default_options_are_kept_in_the_canonical_spelling_and_apply_to_new_jobs(admin, org):
    existing = make_job(admin)

    put(admin, {"default_processing_options": {"quality_thresholds": {"clarity": 8.5}}})

    new = drafts.create(org, admin)
    told = make_api_client(admin).get("/api/v1/config/defaults").json()
    existing.refresh_from_db()
    assert new.processing_options["quality_thresholds"]["clarity_threshold"] == 8.5
    assert told["quality_thresholds"]["clarity_threshold"] == 8.5
    assert existing.processing_options["quality_thresholds"]["clarity_threshold"] == 7


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"members_see": "everything"}, "/members_see"),
        ({"members_see": ["own"]}, "/members_see"),
        ({"job_concurrency_limit": 0}, "/job_concurrency_limit"),
        ({"job_concurrency_limit": 11}, "/job_concurrency_limit"),
        ({"job_concurrency_limit": "5"}, "/job_concurrency_limit"),
        ({"job_concurrency_limit": True}, "/job_concurrency_limit"),
        ({"job_retention_days": 14}, "/job_retention_days"),
        ({"job_retention_days": False}, "/job_retention_days"),
        ({"color": "blue"}, "/color"),
        ({"default_processing_options": {"magic": 1}}, "/default_processing_options/magic"),
        ({"default_processing_options": {"processing_settings": {"chunk_size": 100}}},
         "/default_processing_options/processing_settings/chunk_overlap"),
        ({"default_processing_options": []}, "/default_processing_options"),
        ([1], ""),
        ({"settings": 5}, "/settings"),
        ({"settings": {"job_concurrency_limit": 0}}, "/settings/job_concurrency_limit"),
    ],
)  # fmt: skip
def test_settings_that_cannot_be_are_refused_and_nothing_changes(admin, org, body, pointer):
    if isinstance(body, dict) and "settings" not in body:
        body = {"job_retention_days": 7} | body

    answer = put(admin, body)

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)
    assert OrgSettings.objects.get(organization=org).job_retention_days is None
    assert not SettingsChange.objects.exists()


@pytest.mark.parametrize("role", [Role.MEMBER, Role.VIEWER])
def test_only_admins_change_settings(org, role):
    assert put(make_user(org, role=role), {"job_concurrency_limit": 5}).status_code == 403
    assert OrgSettings.objects.get(organization=org).job_concurrency_limit is None


def test_a_change_is_remembered_with_who_and_from_what_to_what(admin, org):
    changes.save(org, admin, {"job_concurrency_limit": 5, "job_retention_days": None})
    changes.save(org, admin, {"job_concurrency_limit": 5})

    (change,) = SettingsChange.objects.all()
    assert (change.organization, change.user) == (org, admin)
    assert (change.before, change.after) == (
        {"job_concurrency_limit": None}, {"job_concurrency_limit": 5},
    )  # fmt: skip


def test_zero_days_mean_for_ever_and_not_at_once(admin, org):
    assert put(admin, {"job_retention_days": 0}).json()["job_retention_days"] == 0

    assert drafts.create(org, admin).expires_at is None
