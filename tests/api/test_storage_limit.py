"""The storage limit of an organization: set by the operator, held by uploads, batch and edits."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from documents import deletion, storage
from documents.models import Document
from jobs import lifecycle
from jobs.models import JobStatus
from jobs.review import edits
from orgsettings import changes, history
from orgsettings.models import Role, SettingsChange, StorageUsage, User
from tests.factories import (
    PASSWORD,
    batch_file,
    make_api_client,
    make_document,
    make_job,
    make_org,
    make_row,
    make_user,
    succeed,
    take_document,
)

pytestmark = pytest.mark.django_db

URL = "/api/v1"
MB = 1024 * 1024


@pytest.fixture
def member():
    return make_user(make_org(storage_mb=1, limit=5))


@pytest.fixture
def api(member):
    return make_api_client(member)


def file(size, name="a.txt"):
    return SimpleUploadedFile(name, b"x" * size)


def fill(member, size=MB):
    """A document of this size, which the sum knows of."""
    document = make_document(member, content=b"y" * size)
    measure_now()
    return document


def measure_now():
    StorageUsage.objects.update(due_at=timezone.now())


def keep_measurement():
    """Have the sum stay as it is, as that of a large organization does for a while."""
    StorageUsage.objects.update(due_at=timezone.now() + timedelta(hours=1))


def used(member):
    return storage.usage(member.membership.organization, timezone.now()).used


def codes(answer):
    return [item["code"] for item in answer.json()["rejected"]]


def test_a_file_without_room_is_409_and_says_what_to_do(api, member):
    fill(member, MB - 100)

    answer = api.post(f"{URL}/documents/upload", {"file": file(101)})

    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (409, "storage_limit_reached")
    assert (problem["used"], problem["limit"]) == (MB - 100, MB)
    assert problem["detail"].startswith("There is no room for “a.txt” (101\xa0bytes): 1023.9")
    assert "ask the operator for more" in problem["detail"]
    assert Document.objects.count() == 1


def test_a_file_that_just_fits_is_stored(api, member):
    fill(member, MB - 100)

    assert api.post(f"{URL}/documents/upload", {"file": file(100)}).status_code == 200
    assert used(member) == MB
    assert api.post(f"{URL}/documents/upload", {"file": file(1)}).status_code == 409


def test_a_refused_file_leaves_nothing_behind(api, member, stored_files):
    fill(member)
    before = sorted(stored_files.rglob("*"))

    api.post(f"{URL}/documents/upload", {"file": file(100)})

    assert sorted(stored_files.rglob("*")) == before


def test_bytes_that_are_stored_already_need_no_room(api, member):
    fill(member)

    answer = api.post(f"{URL}/documents/upload", {"file": SimpleUploadedFile("b.txt", b"y" * MB)})

    assert (answer.status_code, answer.json()["duplicate"]) == (200, True)


def test_of_several_files_those_are_stored_that_fit(api, member):
    fill(member, MB - 100)

    answer = api.post(
        f"{URL}/documents", {"files": [file(200, "large.txt"), file(50, "small.txt")]}
    )

    assert answer.status_code == 201
    assert codes(answer) == ["storage_limit_reached"]
    assert answer.json()["documents"][0]["filename"] == "small.txt"


def test_several_files_of_which_none_fits_are_409(api, member):
    fill(member)

    answer = api.post(f"{URL}/documents", {"files": [file(20), file(30, "b.txt")]})

    assert (answer.status_code, answer.json()["code"]) == (409, "storage_limit_reached")
    assert codes(answer) == ["storage_limit_reached"] * 2


@pytest.mark.parametrize(
    ("address", "body"),
    [
        ("jobs", {"document_ids": ["a.txt"]}),
        ("documents/batch/process", {"document_ids": ["a.txt"]}),
        ("documents/batch/a.txt/process", {}),
    ],
)
def test_files_of_the_batch_directory_are_held_to_the_limit(api, member, address, body):
    fill(member)
    batch_file(member.membership.organization, "a.txt")

    answer = api.post(f"{URL}/{address}", body, format="json")

    assert (answer.status_code, answer.json()["code"]) == (409, "storage_limit_reached")
    assert Document.objects.count() == 1


def test_an_edit_without_room_is_refused_and_changes_nothing(api, member):
    job = make_job(member, status=JobStatus.COMPLETED)
    row = job.job_documents.get()
    fill(member, MB - used(member) - 10)

    answer = api.put(
        f"{URL}/documents/{row.document_id}/content", {"content": "# Longer than that"},
        format="json",
    )  # fmt: skip

    assert (answer.status_code, answer.json()["code"]) == (409, "storage_limit_reached")
    assert not row.versions.exists()


def test_an_edit_that_fits_counts(member):
    job = make_job(member, status=JobStatus.COMPLETED)
    before = used(member)
    keep_measurement()

    edits.save(job.job_documents.get(), "# Edited", member)

    assert used(member) == before + len("# Edited")
    measure_now()
    assert used(member) == sum(storage.stored_bytes(member.membership.organization))


def test_a_result_is_stored_beyond_the_limit_and_then_keeps_uploads_out(api, member):
    job = make_job(member, status=JobStatus.QUEUED)
    fill(member, MB - used(member) - 10)

    succeed(take_document(), markdown="# More than ten bytes of Markdown\n")

    job.refresh_from_db()
    assert job.status == JobStatus.COMPLETED
    measure_now()
    assert used(member) > MB
    assert api.post(f"{URL}/documents/upload", {"file": file(1)}).status_code == 409


def test_deleting_makes_room_at_once(api, member):
    document = fill(member)
    assert api.post(f"{URL}/documents/upload", {"file": file(10)}).status_code == 409

    deletion.delete(document)

    assert api.post(f"{URL}/documents/upload", {"file": file(10)}).status_code == 200


def test_deleting_a_job_makes_room_for_its_results_at_once(member):
    job = make_job(member, status=JobStatus.COMPLETED)
    make_row(job, status="COMPLETED", markdown="x" * MB)
    assert used(member) > MB

    lifecycle.delete(job, by=member)

    assert used(member) < MB


def test_without_a_limit_nothing_is_refused_and_nothing_is_counted():
    user = make_user()

    make_api_client(user).post(f"{URL}/documents/upload", {"file": file(MB)})

    assert storage.usage(user.membership.organization, timezone.now()) is None
    assert not StorageUsage.objects.exists()


def test_another_organization_is_not_concerned(member):
    fill(member)
    other = make_user(make_org(storage_mb=1))

    answer = make_api_client(other).post(f"{URL}/documents/upload", {"file": file(MB)})

    assert answer.status_code == 200


def test_an_upload_costs_the_same_however_much_is_stored(api, member):
    def cost(number):
        keep_measurement()
        with CaptureQueriesContext(connection) as queries:
            api.post(f"{URL}/documents/upload", {"file": file(number)})
        assert not [query for query in queries if "SUM(" in query["sql"]]
        return len(queries)

    used(member)
    first = cost(1)
    for _ in range(20):
        make_document(member)

    assert cost(2) == first


def test_the_statistics_tell_the_limit():
    org = make_org(storage_mb=3)
    admins = make_api_client(make_user(org, role=Role.ADMIN))
    unlimited = make_api_client(make_user(role=Role.ADMIN))

    address = f"{URL}/jobs/stats/organization"
    assert admins.get(address).json()["storage_limit_bytes"] == 3 * MB
    assert unlimited.get(address).json()["storage_limit_bytes"] is None


def test_admins_of_the_organization_do_not_change_their_limit():
    org = make_org(storage_mb=1)
    admins = make_api_client(make_user(org, role=Role.ADMIN))

    answer = admins.put(
        f"{URL}/organizations/me/settings", {"storage_limit_mb": 500}, format="json"
    )

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] == "unknown_setting"
    org.settings.refresh_from_db()
    assert org.settings.storage_limit_mb == 1


def test_the_operator_sets_the_limit_in_the_admin_site_and_it_is_logged():
    org = make_org()
    operator = Client()
    operator.force_login(User.objects.create_superuser("root", password=PASSWORD))
    form = {"name": org.name, "slug": org.slug, "is_active": "on"}
    form |= {"settings-TOTAL_FORMS": "1", "settings-INITIAL_FORMS": "1"}
    form |= {"settings-0-organization": org.pk, "memberships-TOTAL_FORMS": "0"}
    form |= {"memberships-INITIAL_FORMS": "0", "settings-0-members_see": "own"}
    address = f"/admin/orgsettings/organization/{org.pk}/change/"

    refused = operator.post(address, form | {"settings-0-storage_limit_mb": "0"})
    saved = operator.post(address, form | {"settings-0-storage_limit_mb": "5120"})

    assert (refused.status_code, saved.status_code) == (200, 302)
    org.settings.refresh_from_db()
    assert org.settings.storage_limit_bytes == 5 * 1024 * MB
    told = history.describe(SettingsChange.objects.get()).differences[0]
    assert (told.label, told.before, told.after) == ("Storage limit", "no limit", "5.0\xa0GB")


def test_a_limit_of_nothing_is_no_limit_that_can_be_set():
    org = make_org()

    with pytest.raises(changes.InvalidInput, match="cannot be used"):
        changes.save(org, None, {"storage_limit_mb": 0}, by_operator=True)
