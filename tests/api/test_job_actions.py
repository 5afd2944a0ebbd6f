"""Start, cancel and retry over the API."""

import threading

import pytest
from django.db import connection, transaction
from django.utils import timezone

from jobs import access, lifecycle
from jobs.api import actions
from jobs.locking import lock
from jobs.models import DocumentStatus, Job, JobDocument, JobStatus
from orgsettings.models import Role
from tests.factories import make_api_client, make_job, make_org, make_user

pytestmark = pytest.mark.django_db

URL = "/api/v1/jobs"


def act(user, job, action, body=None):
    return make_api_client(user).post(f"{URL}/{job.pk}/{action}", body or {}, format="json")


def statuses(job):
    return list(job.job_documents.order_by("position").values_list("status", flat=True))


def test_a_draft_is_started():
    user = make_user()
    job = make_job(user)

    answer = act(user, job, "start")

    assert (answer.status_code, answer.json()["status"]) == (200, "QUEUED")


def test_an_admin_starts_and_cancels_the_job_of_a_member():
    org = make_org()
    job = make_job(make_user(org))
    admin = make_user(org, role=Role.ADMIN)

    assert act(admin, job, "start").status_code == 200
    assert act(admin, job, "cancel").status_code == 200


@pytest.mark.parametrize("status", [JobStatus.QUEUED, JobStatus.RUNNING, JobStatus.COMPLETED])
def test_only_a_draft_is_started(status):
    user = make_user()

    answer = act(user, make_job(user, status=status), "start")

    assert (answer.status_code, answer.json()["code"]) == (409, "job_not_startable")


def test_an_empty_draft_is_not_started():
    user = make_user()

    answer = act(user, make_job(user, rows=0), "start")

    assert (answer.status_code, answer.json()["code"]) == (409, "job_without_documents")


def test_a_draft_is_not_started_when_the_organization_is_at_its_limit():
    user = make_user(make_org(limit=1))
    make_job(user, status=JobStatus.RUNNING)
    job = make_job(user)

    answer = act(user, job, "start")

    assert (answer.status_code, answer.json()["code"]) == (409, "concurrency_limit_reached")
    assert "Retry-After" in answer.headers


@pytest.mark.parametrize("status", [JobStatus.PENDING, JobStatus.QUEUED])
def test_a_job_that_nobody_works_on_is_cancelled_at_once_with_a_receipt(status):
    user = make_user()
    job = make_job(user, status=status, rows=2)

    answer = act(user, job, "cancel")

    assert answer.status_code == 200
    receipt = answer.json()
    assert (receipt["job_id"], receipt["status"]) == (str(job.pk), "CANCELLED")
    assert (receipt["tasks_revoked"], receipt["tasks_verified_stopped"]) == (2, 2)
    assert receipt["verification_timeout"] is False
    assert receipt["cancelled_at"] is not None
    assert receipt["requested_at"] is not None
    assert receipt["message"].endswith(".")


def test_a_receipt_says_that_documents_still_have_to_stop_when_no_worker_answers(monkeypatch):
    monkeypatch.setattr(actions, "CANCEL_WAIT_SECONDS", 0)
    user = make_user()
    job = make_job(user, status=JobStatus.RUNNING, rows=["RUNNING", "PENDING", "COMPLETED"])

    answer = act(user, job, "cancel")

    assert answer.status_code == 202
    assert answer.headers["Retry-After"] == "2"
    receipt = answer.json()
    assert (receipt["status"], receipt["cancelled_at"]) == ("RUNNING", None)
    assert (receipt["tasks_revoked"], receipt["tasks_verified_stopped"]) == (2, 1)
    assert statuses(job) == ["RUNNING", "CANCELLED", "COMPLETED"]


@pytest.mark.django_db(transaction=True)
def test_a_client_that_cancels_waits_for_the_word_of_the_worker():
    user = make_user()
    job = make_job(user, status=JobStatus.RUNNING)
    asked = threading.Event()

    def stop_the_document():
        asked.wait(5)
        with transaction.atomic():
            current = lock(job)
            JobDocument.objects.filter(job=job).update(
                status=DocumentStatus.CANCELLED,
                attempt_id=None,
                lease_expires_at=None,
                completed_at=timezone.now(),
            )
            lifecycle.count_ended(current, DocumentStatus.CANCELLED, timezone.now())
        connection.close()

    worker = threading.Thread(target=stop_the_document)
    worker.start()
    looked = actions.Job.refresh_from_db

    def look(self, *args, **kwargs):
        asked.set()
        return looked(self, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Job, "refresh_from_db", look)
        answer = act(user, job, "cancel")
    worker.join()

    assert answer.status_code == 200
    assert answer.json()["status"] == "CANCELLED"
    assert answer.json()["tasks_verified_stopped"] == 1


@pytest.mark.parametrize("status", [JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.CANCELLED])
def test_an_ended_job_is_not_cancelled(status):
    user = make_user()

    answer = act(user, make_job(user, status=status), "cancel")

    assert (answer.status_code, answer.json()["code"]) == (409, "job_not_cancellable")


def test_failed_and_cancelled_documents_are_run_again():
    user = make_user()
    job = make_job(user, status=JobStatus.COMPLETED, rows=["COMPLETED", "FAILED", "CANCELLED"])

    answer = act(user, job, "retry")

    assert answer.status_code == 200
    assert (answer.json()["status"], answer.json()["failed_documents"]) == ("QUEUED", 0)
    assert statuses(job) == ["COMPLETED", "PENDING", "PENDING"]


def test_only_the_chosen_documents_are_run_again_by_either_of_their_ids():
    user = make_user()
    job = make_job(user, status=JobStatus.FAILED, rows=3)
    first, second, _ = job.job_documents.order_by("position")

    answer = act(
        user, job, "retry", {"document_ids": [str(first.pk), str(second.document_id).upper()]}
    )

    assert answer.status_code == 200
    assert statuses(job) == ["PENDING", "PENDING", "FAILED"]


def test_a_retry_names_documents_that_are_not_in_the_job():
    user = make_user()
    job = make_job(user, status=JobStatus.FAILED)
    other = make_job(user, status=JobStatus.FAILED).job_documents.get()

    answer = act(user, job, "retry", {"document_ids": [str(other.pk)]})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/document_ids/0"
    assert statuses(job) == ["FAILED"]


def test_a_retry_can_change_options_and_keeps_the_others():
    user = make_user()
    job = make_job(user, status=JobStatus.FAILED)
    job.processing_options["ocr_settings"]["psm"] = 6
    job.save()

    act(user, job, "retry", {"options": {"ocr_settings": {"language": "deu"}}})

    job.refresh_from_db()
    assert job.processing_options["ocr_settings"]["language"] == "deu"
    assert job.processing_options["ocr_settings"]["psm"] == 6


def test_a_retry_with_wrong_options_changes_nothing():
    user = make_user()
    job = make_job(user, status=JobStatus.FAILED)

    answer = act(user, job, "retry", {"options": {"ocr_settings": {"psm": 99}}})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/options/ocr_settings/psm"
    assert statuses(job) == ["FAILED"]


@pytest.mark.parametrize("status", [JobStatus.COMPLETED, JobStatus.RUNNING, JobStatus.PENDING])
def test_there_is_nothing_to_retry_when_no_document_failed_or_the_job_has_not_ended(status):
    user = make_user()

    answer = act(user, make_job(user, status=status), "retry")

    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_to_retry")


def test_a_retry_respects_the_limit():
    user = make_user(make_org(limit=1))
    make_job(user, status=JobStatus.RUNNING)

    answer = act(user, make_job(user, status=JobStatus.FAILED), "retry")

    assert (answer.status_code, answer.json()["code"]) == (409, "concurrency_limit_reached")


@pytest.mark.parametrize("action", ["start", "cancel", "retry"])
def test_a_job_that_is_deleted_meanwhile_does_not_exist(monkeypatch, action):
    user = make_user()
    job = make_job(user)
    find = access.find_to_manage

    def find_and_lose(*args):
        found = find(*args)
        Job.objects.all().delete()
        return found

    monkeypatch.setattr(access, "find_to_manage", find_and_lose)

    answer = act(user, job, action)

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize("action", ["start", "cancel", "retry"])
def test_a_job_that_is_deleted_right_after_the_action_is_no_failure(monkeypatch, action):
    user = make_user()
    states = {"start": JobStatus.PENDING, "cancel": JobStatus.RUNNING, "retry": JobStatus.FAILED}
    job = make_job(user, status=states[action])
    look = Job.refresh_from_db

    def lose_and_look(self, *args, **kwargs):
        Job.objects.filter(pk=job.pk).delete()
        return look(self, *args, **kwargs)

    monkeypatch.setattr(Job, "refresh_from_db", lose_and_look)

    answer = act(user, job, action)

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_a_job_that_is_deleted_while_its_client_waits_for_the_end_is_no_failure(monkeypatch):
    user = make_user()
    job = make_job(user, status=JobStatus.RUNNING)
    look = Job.refresh_from_db
    looks = []

    def look_and_lose(self, *args, **kwargs):
        looks.append(1)
        if len(looks) == 4:
            Job.objects.filter(pk=job.pk).delete()
        return look(self, *args, **kwargs)

    monkeypatch.setattr(Job, "refresh_from_db", look_and_lose)

    answer = act(user, job, "cancel")

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert len(looks) == 4


def test_a_client_that_cancels_waits_five_seconds_at_most():
    assert actions.CANCEL_WAIT_SECONDS <= 5


@pytest.mark.parametrize(
    ("prefer", "applied"),
    [
        ("wait=0", "wait=0"),
        ('respond-async, Wait = "0"; said="so"', "wait=0"),
        ("wait=0, wait=5", "wait=0"),
    ],
)
def test_a_client_gets_its_answer_at_once_when_it_prefers_not_to_wait(monkeypatch, prefer, applied):
    monkeypatch.setattr(actions, "CANCEL_WAIT_SECONDS", 600)
    user = make_user()
    job = make_job(user, status=JobStatus.RUNNING)

    answer = make_api_client(user).post(f"{URL}/{job.pk}/cancel", headers={"Prefer": prefer})

    assert answer.status_code == 202
    assert answer.headers["Preference-Applied"] == applied


@pytest.mark.parametrize("prefer", ["", "wait", "wait=soon", "wait=-1", "wait=1.5", "await=0"])
def test_a_client_waits_as_usual_when_its_preference_says_no_seconds(monkeypatch, prefer):
    monkeypatch.setattr(actions, "CANCEL_WAIT_SECONDS", 0)
    user = make_user()
    job = make_job(user, status=JobStatus.RUNNING)

    answer = make_api_client(user).post(f"{URL}/{job.pk}/cancel", headers={"Prefer": prefer})

    assert answer.status_code == 202
    assert "Preference-Applied" not in answer.headers


def test_a_client_waits_no_longer_than_the_server_lets_it_when_it_prefers_to(monkeypatch):
    monkeypatch.setattr(actions, "CANCEL_WAIT_SECONDS", 0)
    user = make_user()
    job = make_job(user, status=JobStatus.RUNNING)

    answer = make_api_client(user).post(f"{URL}/{job.pk}/cancel", headers={"Prefer": "wait=99"})

    assert answer.status_code == 202
