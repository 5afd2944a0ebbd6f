"""The line: jobs that wait for a place among the active ones of their organization."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from documents import deletion
from jobs import drafts, lifecycle, limit, line, serving, starts
from jobs.engine import watchdog
from jobs.legacy import process_page
from jobs.locking import lock
from jobs.models import DocumentStatus, Job, JobDocument, JobStatus
from jobs.upkeep import retention
from orgsettings import members
from orgsettings.models import Organization, OrgSettings, Role
from tests.factories import make_document, make_job, make_org, make_user, make_waiting
from tests.jobs.test_lifecycle import events, wakeups

pytestmark = pytest.mark.django_db


@pytest.fixture
def user():
    """Somebody whose organization may have one active job."""
    return make_user(make_org(limit=1))


@pytest.fixture
def running(user):
    """The job that has the only place."""
    return make_job(user, status=JobStatus.RUNNING)


@pytest.fixture
def committed(django_capture_on_commit_callbacks):
    """A context at whose end everything happens that waits for a commit."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


def end(job):
    with transaction.atomic():
        lifecycle.count_ended(lock(job), DocumentStatus.COMPLETED, timezone.now())


def waiting(user):
    """The organization's line."""
    return list(line.of(user.membership.organization_id))


def started(job):
    job.refresh_from_db()
    return job.status == JobStatus.QUEUED and not job.is_in_line


# --- Joining -----------------------------------------------------------------------------------


def test_a_draft_waits_as_a_draft_when_no_place_is_free(user, running):
    job = make_job(user)

    starts.start(job, by=user, or_wait=True)

    assert (job.status, line.place(job), job.waiting_by) == (JobStatus.PENDING, 1, user)
    assert events(job) == ["job.waiting"]
    assert "1st in line" in job.logs.get().message
    assert wakeups() == 0


def test_a_draft_that_may_wait_starts_at_once_when_a_place_is_free(user):
    job = make_job(user)

    starts.start(job, by=user, or_wait=True)

    assert started(job)


def test_who_joins_first_is_first(user, running):
    jobs = [make_job(user) for _ in range(3)]

    for job in [jobs[2], jobs[0], jobs[1]]:
        starts.start(job, by=user, or_wait=True)

    assert waiting(user) == [jobs[2], jobs[0], jobs[1]]
    assert line.places(jobs) == {jobs[2].pk: 1, jobs[0].pk: 2, jobs[1].pk: 3}


def test_nobody_gets_a_place_before_the_last_one_when_a_clock_is_slow(user, running):
    last = make_waiting(user, waiting_since=timezone.now() + timedelta(hours=1))
    job = make_job(user)

    starts.start(job, by=user, or_wait=True)

    assert waiting(user) == [last, job]


def test_a_job_keeps_its_place_when_it_joins_again(user, running):
    first, second = make_waiting(user), make_waiting(user)

    starts.start(first, by=user, or_wait=True)

    assert waiting(user) == [first, second]
    assert events(first) == []


def test_each_organization_has_a_line_of_its_own(user, running):
    make_waiting()
    job = make_job(user)

    starts.start(job, by=user, or_wait=True)

    assert line.place(job) == 1


@pytest.mark.parametrize("rows", [0, 1])
def test_only_what_could_be_started_joins(user, running, rows):
    job = make_job(user, status=JobStatus.PENDING if not rows else JobStatus.COMPLETED, rows=rows)

    with pytest.raises((starts.NoDocuments, starts.NotStartable)):
        starts.start(job, by=user, or_wait=True)

    assert waiting(user) == []


def test_jobs_that_wait_take_no_place(user):
    make_waiting(user)

    assert Job.objects.active().count() == 0


def test_a_batch_leaves_the_process_page_when_it_waits(user, running):
    job = process_page.add_documents(user, [make_document(user)])

    starts.start(job, by=user, or_wait=True)  # as from the page of the job

    assert line.place(job) == 1
    assert process_page.current(user) is None


@pytest.mark.parametrize("status", [JobStatus.QUEUED, JobStatus.RUNNING])
def test_the_database_knows_no_active_job_that_waits(status):
    with pytest.raises(IntegrityError, match="job_waits_before_it_is_active"), transaction.atomic():
        make_job(status=status, waiting_since=timezone.now())


def test_the_database_gives_a_place_once(user):
    first = make_waiting(user)

    with pytest.raises(IntegrityError), transaction.atomic():
        make_waiting(user, waiting_since=first.waiting_since)

    make_waiting(waiting_since=first.waiting_since)  # of another organization


# --- Being served ------------------------------------------------------------------------------


def test_the_first_starts_when_a_job_ends(user, running, committed):
    first, second = make_waiting(user), make_waiting(user)

    with committed():
        end(running)

    assert started(first)
    assert first.logs.get(event="job.queued").metadata["by"] == user.username
    assert wakeups() == 1
    assert waiting(user) == [second]
    assert line.place(second) == 1


def test_the_first_starts_when_a_job_is_cancelled(user, committed):
    active = make_job(user, status=JobStatus.QUEUED)
    first = make_waiting(user)

    with committed():
        lifecycle.request_cancel(active, by=user)

    assert started(first)


def test_all_jobs_run_one_after_the_other_in_their_order(user, running, committed):
    jobs = [make_waiting(user) for _ in range(4)]

    for before, job in zip([running, *jobs[:-1]], jobs, strict=True):
        with committed():
            end(before)
        assert started(job)
        assert list(Job.objects.active()) == [job]


def test_nobody_starts_when_the_limit_was_lowered_below_what_is_active(user, running, committed):
    other = make_job(user, status=JobStatus.RUNNING)
    first = make_waiting(user)

    with committed():
        end(other)

    assert not started(first)


def test_as_many_start_as_there_are_places(user):
    jobs = [make_waiting(user) for _ in range(4)]
    OrgSettings.objects.update(job_concurrency_limit=3)

    serving.serve(user.membership.organization_id)

    assert [started(job) for job in jobs] == [True, True, True, False]


def test_the_watchdog_serves_every_line_when_whoever_freed_a_place_died(user):
    jobs = [make_waiting(user), make_waiting()]

    watchdog.look(timezone.now())

    assert all(started(job) for job in jobs)


def test_an_end_is_an_end_when_the_line_cannot_be_served(user, running, committed):
    make_waiting(user)
    OrgSettings.objects.all().delete()

    with committed():
        end(running)

    running.refresh_from_db()
    assert running.status == JobStatus.COMPLETED


def test_a_line_without_anybody_costs_one_query(user, django_assert_num_queries):
    with django_assert_num_queries(1):
        serving.serve(user.membership.organization_id)


# --- Overtaking --------------------------------------------------------------------------------


def test_a_start_by_hand_does_not_overtake_when_a_place_has_just_become_free(user):
    make_waiting(user)
    job = make_job(user)

    with pytest.raises(limit.ConcurrencyLimitReached, match=r"0/1 active jobs, 1 waiting"):
        starts.start(job, by=user)


def test_a_retry_by_hand_does_not_overtake_either(user):
    make_waiting(user)

    with pytest.raises(limit.ConcurrencyLimitReached):
        starts.retry(make_job(user, status=JobStatus.FAILED), by=user)


def test_who_joins_behind_somebody_who_was_forgotten_calls_them_up(user, committed):
    forgotten = make_waiting(user)
    job = make_job(user)

    with committed():
        starts.start(job, by=user, or_wait=True)

    assert started(forgotten)
    assert waiting(user) == [job]


def test_the_first_in_line_may_be_started_by_hand_when_a_place_is_free(user):
    first, second = make_waiting(user), make_waiting(user)

    with pytest.raises(limit.ConcurrencyLimitReached):
        starts.start(second, by=user)
    starts.start(first, by=user)

    assert started(first)
    assert waiting(user) == [second]


# --- Leaving -----------------------------------------------------------------------------------


def test_a_job_is_the_draft_that_it_was_when_it_is_withdrawn(user, running):
    job, behind = make_waiting(user), make_waiting(user)

    starts.withdraw(job, by=user)

    assert job.is_editable
    assert (job.waiting_since, job.waiting_by) == (None, None)
    assert events(job) == ["job.withdrawn"]
    assert line.place(behind) == 1
    drafts.add_documents(job, [make_document(user)])
    starts.start(job, by=user, or_wait=True)
    assert line.place(job) == 2


@pytest.mark.parametrize("status", [JobStatus.PENDING, JobStatus.QUEUED, JobStatus.COMPLETED])
def test_only_a_job_that_waits_can_be_withdrawn(status):
    job = make_job(status=status)

    with pytest.raises(starts.NotWaiting):
        starts.withdraw(job, by=job.user)


def test_a_job_that_waits_is_cancelled_for_good(user, running):
    job = make_waiting(user)

    lifecycle.request_cancel(job, by=user)

    assert job.status == JobStatus.CANCELLED
    assert waiting(user) == []


def test_a_job_that_waits_can_be_deleted(user, running):
    lifecycle.delete(make_waiting(user), by=user)

    assert waiting(user) == []


def test_documents_and_options_of_a_job_that_waits_cannot_change(user):
    job = make_waiting(user)

    with pytest.raises(drafts.NotADraft, match="out of the line"):
        drafts.add_documents(job, [make_document(user)])
    with pytest.raises(drafts.NotADraft):
        drafts.remove_document(job, job.job_documents.get().pk)
    with pytest.raises(drafts.NotADraft):
        drafts.configure(job, {})
    drafts.rename(job, name="Another name", description="")  # as in every state


def leave_organization(user, admin):
    user.membership.delete()


def move_elsewhere(user, admin):
    user.membership.organization = make_org()
    user.membership.save()


def become_viewer(user, admin):
    members.change_role(user.membership, Role.VIEWER, by=admin, now=timezone.now())


def be_deactivated(user, admin):
    members.deactivate(user.membership, by=admin, now=timezone.now())


def lose_account(user, admin):
    user.delete()


def deactivate_organization(user, admin):
    Organization.objects.filter(pk=admin.membership.organization_id).update(is_active=False)


@pytest.mark.parametrize(
    ("happens", "why"),
    [
        (leave_organization, "mia no longer belongs to the organization."),
        (move_elsewhere, "mia no longer belongs to the organization."),
        (become_viewer, "mia may no longer start it."),
        (be_deactivated, "mia may no longer start it."),
        (lose_account, "The person who put it in line no longer belongs to the organization."),
        (deactivate_organization, "The organization is no longer active."),
    ],
)
def test_a_job_is_a_draft_with_the_reason_when_its_turn_comes_and_nobody_stands_for_it(
    happens, why
):
    org = make_org(limit=1)
    user = make_user(org, username="mia")
    job = make_waiting(user)
    happens(user, make_user(org, role=Role.ADMIN))

    serving.serve(org.pk)

    job.refresh_from_db()
    assert (job.status, job.is_in_line) == (JobStatus.PENDING, False)
    assert job.error_message == f"When its turn came, the job could not be started: {why}"
    assert job.logs.get(event="job.not_started").message == job.error_message


def test_the_next_one_starts_when_the_first_cannot():
    org = make_org(limit=1)
    gone, admin = make_user(org), make_user(org, role=Role.ADMIN)
    job, behind = make_waiting(gone), make_waiting(admin)
    members.deactivate(gone.membership, by=admin, now=timezone.now())

    serving.serve(org.pk)

    assert not started(job)
    assert started(behind)


def test_an_admin_who_put_a_job_in_line_stands_for_it_when_its_owner_has_left():
    org = make_org(limit=1)
    owner, admin = make_user(org), make_user(org, role=Role.ADMIN)
    job = make_waiting(owner, waiting_by=admin)
    owner.membership.delete()

    serving.serve(org.pk)

    assert started(job)


def test_the_reason_is_gone_when_the_draft_waits_again(user, running):
    job = make_job(user, error_message="It could not be started.")

    starts.start(job, by=user, or_wait=True)

    assert job.error_message == ""


# --- Retries -----------------------------------------------------------------------------------


def test_an_ended_job_stays_as_it_is_while_its_retry_waits(user, running):
    job = make_job(user, status=JobStatus.COMPLETED, rows=["COMPLETED", "FAILED"])

    count = starts.retry(job, by=user, or_wait=True)

    assert (count, job.status, job.failed_documents) == (1, JobStatus.COMPLETED, 1)
    assert line.place(job) == 1
    assert job.job_documents.filter(error_code="corrupt_file").exists()


def test_chosen_documents_run_with_changed_options_when_the_turn_of_a_retry_comes(
    user, running, committed
):
    job = make_job(user, status=JobStatus.CANCELLED, rows=["COMPLETED", "CANCELLED", "FAILED"])
    chosen = job.job_documents.get(status="FAILED")
    starts.retry(job, by=user, rows=[chosen.pk], options={"auto_optimize": False}, or_wait=True)

    with committed():
        end(running)

    assert started(job)
    assert (job.failed_documents, job.cancelled_documents) == (0, 1)
    chosen.refresh_from_db()
    assert chosen.options_override == {"auto_optimize": False}
    assert job.processing_options["auto_optimize"] is True
    assert job.logs.filter(event="job.retried", metadata__task_count=1).exists()


def test_nothing_has_changed_when_a_retry_is_withdrawn(user, running):
    job = make_job(user, status=JobStatus.FAILED)
    starts.retry(job, by=user, options={"auto_optimize": False}, or_wait=True)

    starts.withdraw(job, by=user)

    assert (job.status, job.failed_documents, job.waiting_retry) == (JobStatus.FAILED, 1, None)
    assert job.processing_options["auto_optimize"] is True


def test_what_is_to_run_again_can_be_changed_without_losing_the_place(user, running):
    job = make_waiting(user, status=JobStatus.FAILED, rows=2)
    behind = make_waiting(user)
    row = job.job_documents.first()

    starts.retry(job, by=user, rows=[row.pk], or_wait=True)

    assert waiting(user) == [job, behind]
    assert job.waiting_retry["rows"] == [str(row.pk)]


def test_a_retry_says_why_when_there_is_nothing_left_to_run_again(user):
    job = make_waiting(user, status=JobStatus.FAILED)
    JobDocument.objects.update(document=None)

    serving.serve(user.membership.organization_id)

    job.refresh_from_db()
    assert (job.status, job.is_in_line) == (JobStatus.FAILED, False)
    assert job.error_message.endswith("There is no failed or cancelled document to run again.")


def test_a_document_is_not_deleted_while_a_job_waits_to_run_it_again(user):
    job = make_waiting(user, status=JobStatus.FAILED)

    with pytest.raises(deletion.DocumentInUse):
        deletion.delete(job.job_documents.get().document)


# --- Retention ---------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [JobStatus.PENDING, JobStatus.FAILED])
def test_a_job_does_not_expire_while_it_waits_and_counts_anew_when_it_is_withdrawn(user, status):
    job = make_waiting(user, status=status, expires_at=timezone.now() - timedelta(days=1))

    assert retention.clean_up(timezone.now()).jobs == 0
    starts.withdraw(job, by=user)
    assert retention.clean_up(timezone.now()).jobs == 0

    assert retention.clean_up(timezone.now() + timedelta(days=31)).jobs == 1
