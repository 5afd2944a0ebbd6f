"""Jobs: the limit holds, counters are true, every job ends, and ends once."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.db import connections
from django.utils import timezone
from django_q.models import OrmQ

from jobs import results
from jobs.api import actions
from jobs.engine import attempts, claims, recovery, watchdog
from jobs.models import Job, JobStatus
from orgsettings.models import Role
from tests.api.through_http import WORDS, Caller
from tests.factories import make_conversion, make_job, make_org, make_user, make_worker

pytestmark = pytest.mark.django_db

COUNTERS = ("completed_documents", "failed_documents", "cancelled_documents")


def counters(told):
    return tuple(told[name] for name in COUNTERS)


def take():
    """What a worker that never comes back has in hand."""
    return claims.claim(make_worker(), timezone.now())[0]


# --- cancelling ---------------------------------------------------------------------------------


def test_nobody_cancels_jobs_of_another_organization_not_even_the_systems():  # D7
    job = make_job(status=JobStatus.QUEUED)
    Job.objects.filter(pk=job.pk).update(user=None)

    answer = Caller(make_user(role=Role.ADMIN)).post(f"jobs/{job.pk}/cancel")

    assert answer.status_code == 404
    assert Job.objects.get(pk=job.pk).status == JobStatus.QUEUED


def test_an_admin_is_not_refused_to_cancel_and_refusals_differ_from_absence():  # D7
    org = make_org()
    job = make_job(make_user(org), status=JobStatus.QUEUED)
    path = f"jobs/{job.pk}/cancel"

    assert Caller(make_user(org)).post(path).status_code == 403
    assert Caller(make_user(org)).post("jobs/nothing/cancel").status_code == 404
    assert Caller(make_user(org, role=Role.ADMIN)).post(path).status_code == 200


@pytest.mark.parametrize("status", [JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.CANCELLED])
def test_cancelling_never_changes_a_job_that_has_ended(status):  # D7
    caller = Caller()
    job = make_job(caller.user, status=status)

    answer = caller.post(f"jobs/{job.pk}/cancel")

    assert (answer.status_code, answer.json()["code"]) == (409, "job_not_cancellable")
    assert caller.job(job.pk)["status"] == status


def test_cancelling_never_keeps_a_client_waiting_for_half_a_minute(monkeypatch):  # D13
    assert actions.CANCEL_WAIT_SECONDS <= 5
    monkeypatch.setattr(actions, "CANCEL_WAIT_SECONDS", 0.3)
    caller = Caller()
    job = caller.create(caller.upload())
    take()

    began = time.monotonic()
    answer = caller.post(f"jobs/{job}/cancel")

    assert time.monotonic() - began < 3
    assert (answer.status_code, answer.json()["status"]) == (202, "RUNNING")
    assert answer.headers["Retry-After"]


def test_cancelling_never_loses_what_was_converted_and_counts_the_rest(work):  # D13
    caller = Caller()
    ids = [caller.upload(WORDS + str(n).encode()) for n in range(3)]
    job = caller.create(*ids)
    attempt = take()
    stored = results.write(attempt.row, attempt.id, "# Done\n")
    attempts.succeed(attempt, make_conversion(markdown="# Done\n"), stored, timezone.now())

    receipt = caller.post(f"jobs/{job}/cancel").json()

    told = caller.job(job)
    assert (receipt["status"], receipt["tasks_revoked"], receipt["tasks_verified_stopped"]) == (
        "CANCELLED", 2, 2,
    )  # fmt: skip
    assert receipt["verification_timeout"] is False
    assert counters(told) == (1, 0, 2)
    assert [row["status"] for row in told["documents"]] == ["COMPLETED", "CANCELLED", "CANCELLED"]


def test_a_worker_that_was_given_up_never_ends_a_cancelled_job_again(monkeypatch):  # D11, D13
    monkeypatch.setattr(actions, "CANCEL_WAIT_SECONDS", 0)
    caller = Caller()
    job = caller.create(caller.upload())
    attempt = take()
    caller.post(f"jobs/{job}/cancel")
    recovery.revoke_overdue_cancellations(timezone.now() + timedelta(minutes=5))

    conversion = make_conversion()
    stored = results.write(attempt.row, attempt.id, conversion.markdown)
    with pytest.raises(attempts.AttemptLost):
        attempts.succeed(attempt, conversion, stored, timezone.now())
    results.remove_lost(attempt.row, attempt.id)

    told = caller.job(job)
    assert (told["status"], counters(told)) == ("CANCELLED", (0, 0, 1))
    assert not default_storage.exists(stored.name)  # no part of a result is left


# --- the limit ----------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_parallel_requests_never_exceed_the_limit_nor_leave_drafts_behind():  # D8, D9
    user = make_user(make_org(limit=3))
    callers = [Caller(user) for _ in range(10)]
    # One each: jobs of one document wait for each other anyway.
    documents = [callers[0].upload(WORDS + str(n).encode()) for n in range(len(callers))]
    together = threading.Barrier(len(callers))

    def create(caller, document):
        try:
            caller.get("jobs")  # so that every thread has its connection
            together.wait()
            return caller.post("jobs", {"document_ids": [document]})
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(callers)) as pool:
        answers = list(pool.map(create, callers, documents))

    assert sorted(answer.status_code for answer in answers) == [201] * 3 + [409] * 7
    refused = [answer for answer in answers if answer.status_code == 409]
    assert {answer.json()["code"] for answer in refused} == {"concurrency_limit_reached"}
    assert list(Job.objects.values_list("status", flat=True)) == ["QUEUED"] * 3


def test_a_started_job_is_never_told_as_pending():  # D9
    caller = Caller()

    told = caller.post("jobs", {"document_ids": [caller.upload()]}).json()

    assert told["status"] == "QUEUED"
    assert told["queued_at"]


def test_a_refusal_at_the_limit_says_when_to_come_back_and_creates_nothing():  # D9
    caller = Caller(make_user(make_org(limit=1)))
    document = caller.upload()
    caller.create(document)

    answer = caller.post("jobs", {"document_ids": [document]})

    told = answer.json()
    assert (answer.status_code, told["limit"], told["active"]) == (409, 1, 1)
    assert answer.headers["Retry-After"] == str(told["retry_after"])
    assert Job.objects.count() == 1


# --- ends ---------------------------------------------------------------------------------------


def test_work_that_is_delivered_twice_is_never_counted_twice(work):  # D11
    caller = Caller()
    job = caller.create(caller.upload(), caller.sample("spaces.txt"))

    for _ in range(3):
        work()

    told = caller.job(job)
    assert (told["status"], told["outcome"], counters(told)) == ("COMPLETED", "partial", (1, 1, 0))
    assert told["error_message"] == "1/2 documents failed"
    ends = [line for line in told["recent_logs"] if line["event"] == "job.completed"]
    assert len(ends) == 1


def test_a_call_that_was_lost_never_leaves_a_job_queued_for_ever(work):  # D14
    caller = Caller()
    job = caller.create(caller.upload())
    OrmQ.objects.all().delete()

    watchdog.look(timezone.now())

    assert OrmQ.objects.count() == 1  # a worker is called again
    work()
    assert caller.job(job)["status"] == "COMPLETED"


def test_a_batch_of_many_documents_never_meets_the_limit_halfway(work):  # D29
    caller = Caller(make_user(make_org(limit=1)))
    ids = [caller.upload(WORDS + str(n).encode()) for n in range(5)]

    told = caller.post("documents/batch/process", {"document_ids": ids}).json()

    assert (told["total"], told["conflicts"]) == (5, [])
    (job,) = {entry["job_id"] for entry in told["jobs"]}
    work()
    assert (caller.job(job)["status"], counters(caller.job(job))) == ("COMPLETED", (5, 0, 0))


def test_the_id_that_processing_answers_is_never_anything_but_a_job(work):  # D29
    caller = Caller()
    document = caller.upload()

    told = caller.post(f"documents/{document}/process").json()

    work()
    assert caller.job(told["job_id"])["outcome"] == "success"


def test_a_file_that_cannot_be_read_is_never_tried_again(work):  # D33
    caller = Caller()
    job = caller.create(caller.sample("truncated.docx"))

    work()

    row = caller.document(job)
    assert (row["status"], row["attempts"]) == ("FAILED", 1)


@pytest.mark.parametrize("retries", [1, 2])
def test_the_number_of_retries_is_not_ignored(work, retries):  # D33, D35
    caller = Caller()
    job = caller.create(
        caller.upload(b"#!curatore-fault segfault\n", "a.txt"),
        options={"processing_settings": {"max_retries": retries}},
    )

    work()

    row = caller.document(job)
    assert (row["status"], row["error_code"]) == ("FAILED", "conversion_crashed")
    assert row["attempts"] == 1 + retries


def test_a_failed_job_is_not_barred_from_running_again(work):  # D33
    caller = Caller()
    off = {"ocr_settings": {"enabled": False}}
    job = caller.create(caller.sample("scan.tiff"), options=off)
    work()
    assert caller.job(job)["status"] == "FAILED"

    answer = caller.post(f"jobs/{job}/retry", {"options": {"ocr_settings": {"enabled": True}}})

    assert (answer.status_code, answer.json()["status"]) == (200, "QUEUED")
    work()
    assert (caller.job(job)["outcome"], counters(caller.job(job))) == ("success", (1, 0, 0))


def test_a_second_attempt_does_not_change_when_the_job_started(work):  # D33
    caller = Caller()
    job = caller.create(caller.upload())
    take()
    started_at = caller.job(job)["started_at"]

    recovery.reclaim_expired(timezone.now() + timedelta(minutes=5))
    work()

    told = caller.job(job)
    assert told["started_at"] == started_at
    assert (told["status"], told["documents"][0]["attempts"]) == ("COMPLETED", 2)


def test_a_document_never_stays_running_when_its_worker_was_killed(work):  # D35
    caller = Caller()
    job = caller.create(caller.upload())
    take()  # by a worker that gives no sign of life any more
    assert caller.document(job)["status"] == "RUNNING"

    watchdog.look(timezone.now() + timedelta(minutes=5))
    work()

    assert caller.job(job)["outcome"] == "success"
    told = [line["message"] for line in caller.job(job)["recent_logs"]]
    assert any("no sign of life" in message for message in told)
