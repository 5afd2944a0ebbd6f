"""What is kept is kept, what is deleted is gone."""

from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone
from django_q.models import Schedule

from jobs.models import Job
from jobs.upkeep import retention, schedules
from orgsettings.models import Role
from tests.api.through_http import Caller
from tests.factories import make_org, make_user

pytestmark = pytest.mark.django_db

YEARS = timedelta(days=10_000)


@pytest.fixture
def admin():
    return Caller(make_user(make_org(), role=Role.ADMIN))


def keep(admin, days):
    answer = admin.put("organizations/me/settings", {"job_retention_days": days})
    assert answer.status_code == 200
    return answer.json()["job_retention_days"]


def stored():
    """The names of all files of documents and results."""
    found, folders = set(), list(default_storage.listdir("")[0])
    while folders:
        folder = folders.pop()
        inner, files = default_storage.listdir(folder)
        folders += [f"{folder}/{name}" for name in inner]
        found |= {f"{folder}/{name}" for name in files}
    return found


def test_indefinite_retention_never_deletes_a_job(work, admin):  # D1
    assert keep(admin, 0) == 0
    document = admin.upload()
    job = admin.create(document)
    work()

    retention.clean_up(timezone.now() + YEARS)

    assert admin.job(job)["expires_at"] is None
    assert admin.get(f"documents/{document}/content").status_code == 200


def test_indefinite_retention_is_never_shown_as_thirty_days(admin):  # D1
    keep(admin, 0)

    assert admin.get("organizations/me/settings").json()["job_retention_days"] == 0
    assert admin.get("organizations/me").json()["settings"]["job_retention_days"] == 0


def test_no_choice_of_retention_is_not_a_failure(admin):  # D1
    assert keep(admin, None) == 30

    job = admin.create(admin.upload())

    expires_at = Job.objects.get(pk=job).expires_at
    assert timedelta(days=29) < expires_at - timezone.now() <= timedelta(days=30)


def test_two_jobs_of_one_document_never_share_a_result(
    work, admin, django_capture_on_commit_callbacks
):  # D15
    document = admin.upload()
    first, second = admin.create(document), admin.create(document)
    work()

    with django_capture_on_commit_callbacks(execute=True):
        assert admin.delete(f"jobs/{first}").status_code == 204

    row = admin.document(second)
    content = admin.get(f"jobs/{second}/documents/{row['id']}/content")
    assert (content.status_code, content.json()["content"][:7]) == (200, "# Title")
    assert admin.get(f"documents/{document}/content").status_code == 200


@pytest.mark.parametrize("change", ["unknown", "foreign", "repeated"])
def test_no_job_is_made_of_documents_that_were_not_checked(admin, change):  # D15
    mine = admin.upload()
    wrong = {
        "unknown": "00000000-0000-4000-8000-000000000000",
        "foreign": Caller().upload(),
        "repeated": mine,
    }[change]

    answer = admin.post("jobs", {"document_ids": [mine, wrong]})

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/document_ids/1")
    assert not Job.objects.exists()


def test_a_deleted_document_never_leaves_its_bytes(
    admin, django_capture_on_commit_callbacks
):  # D18
    document = admin.upload()
    assert len(stored()) == 1

    with django_capture_on_commit_callbacks(execute=True):
        assert admin.delete(f"documents/{document}").status_code == 204

    assert stored() == set()
    assert admin.get(f"documents/{document}").status_code == 404


def test_deleting_what_is_not_there_is_never_a_success(admin):  # D18
    document = admin.upload()
    admin.delete(f"documents/{document}")

    assert admin.delete(f"documents/{document}").status_code == 404


def test_a_clean_up_never_leaves_files_of_what_ran_out(
    work, admin, django_capture_on_commit_callbacks
):  # D27
    keep(admin, 7)
    job = admin.create(admin.upload())
    work()
    assert len(stored()) == 4  # upload, result, its blocks and the words of its source

    with django_capture_on_commit_callbacks(execute=True):
        retention.clean_up(timezone.now() + timedelta(days=8))

    assert stored() == set()
    assert admin.get(f"jobs/{job}").status_code == 404


def test_a_clean_up_never_takes_what_is_still_needed(admin):  # D27
    keep(admin, 7)
    active = admin.create(admin.upload())

    retention.clean_up(timezone.now() + YEARS)

    assert admin.job(active)["status"] == "QUEUED"
    assert len(stored()) == 1


def test_the_clean_up_is_never_without_a_schedule():  # D27
    schedules.ensure(timezone.now())

    (schedule,) = Schedule.objects.filter(func="jobs.tasks.clean_up")
    assert schedule.cron == "0 3 * * *"
    assert schedule.next_run > timezone.now()
