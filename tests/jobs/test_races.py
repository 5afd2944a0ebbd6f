"""Several processes at once: the database decides, and exactly one wins."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.db import connections, transaction
from django.utils import timezone
from django_q.models import Schedule

from curatore.core.errors import DomainError
from documents import deletion, storage, uploads
from documents.conversion import Progress
from documents.models import Document, StoredFile
from jobs import drafts, lifecycle, limit, line, results, serving, starts
from jobs.engine import attempts, claims, recovery
from jobs.locking import lock
from jobs.models import DocumentStatus, Job, JobLog, JobStatus
from jobs.upkeep import schedules
from orgsettings import invitations, members
from orgsettings.models import Membership, Organization, Role, User
from tests.factories import (
    make_conversion,
    make_document,
    make_invitation,
    make_job,
    make_org,
    make_user,
    make_waiting,
    make_worker,
)

pytestmark = pytest.mark.django_db(transaction=True)

NAMES = [f"{letter}.txt" for letter in "bcdefg"]


def at_once(tasks):
    """Run the tasks in threads that start together; returns each result or refusal, in order."""
    barrier = threading.Barrier(len(tasks))

    def run(task):
        try:
            barrier.wait()
            return task()
        except DomainError as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(tasks)) as pool:
        return list(pool.map(run, tasks))


def test_exactly_as_many_jobs_start_as_the_limit_allows_when_twenty_start_at_once():
    user = make_user(make_org(limit=3))
    drafts = [make_job(user) for _ in range(20)]

    outcomes = at_once([lambda job=job: starts.start(job, by=user) for job in drafts])

    refusals = [outcome for outcome in outcomes if outcome is not None]
    assert len(refusals) == 17
    assert {type(refusal) for refusal in refusals} == {limit.ConcurrencyLimitReached}
    assert Job.objects.active().count() == 3


def test_twenty_jobs_that_may_wait_run_in_their_order_within_the_limit_when_started_at_once():
    org = make_org(limit=3)
    user = make_user(org)
    drafts = [make_job(user) for _ in range(20)]

    outcomes = at_once([lambda job=job: starts.start(job, by=user, or_wait=True) for job in drafts])

    assert outcomes == [None] * 20
    waiting = list(line.of(org.pk))
    assert (Job.objects.active().count(), len(waiting)) == (3, 17)
    assert sorted(line.places(drafts).values()) == list(range(1, 18))
    while active := list(Job.objects.active()):
        at_once([lambda job=job: end(job) for job in active])
        assert set(Job.objects.active()) == set(waiting[:3])
        del waiting[:3]
    assert Job.objects.filter(status=JobStatus.COMPLETED).count() == 20


def end(job):
    """Convert its only document."""
    with transaction.atomic():
        lifecycle.count_ended(lock(job), DocumentStatus.COMPLETED, timezone.now())


def test_no_more_start_than_the_limit_allows_when_several_serve_a_line_at_once():
    org = make_org(limit=3)
    user = make_user(org)
    jobs = [make_waiting(user) for _ in range(8)]

    at_once([lambda: serving.serve(org.pk)] * 6)

    assert set(Job.objects.active()) == set(jobs[:3])
    assert JobLog.objects.filter(event="job.queued").count() == 3


def test_a_job_that_is_served_and_withdrawn_at_once_is_started_or_a_draft():
    org = make_org(limit=1)
    job, behind = make_waiting(make_user(org)), make_waiting(make_user(org))

    served, withdrawn = at_once(
        [lambda: serving.serve(org.pk), lambda: starts.withdraw(job, by=job.user)]
    )

    job.refresh_from_db()
    behind.refresh_from_db()
    assert served is None
    if withdrawn is None:
        assert (job.status, job.is_in_line, behind.status) == ("PENDING", False, "QUEUED")
    else:
        assert isinstance(withdrawn, starts.NotWaiting)
        assert (job.status, behind.is_in_line) == ("QUEUED", True)


def test_exactly_as_many_uploads_are_stored_as_fit_when_eight_come_at_once():
    user = make_user(make_org(storage_mb=1))
    contents = [bytes([65 + number]) * 300_000 for number in range(8)]

    outcomes = at_once([lambda content=content: upload(user, content) for content in contents])

    refusals = [outcome for outcome in outcomes if isinstance(outcome, DomainError)]
    assert {type(refusal) for refusal in refusals} == {storage.StorageLimitReached}
    assert (Document.objects.count(), len(refusals)) == (3, 5)
    assert len([path for path in stored_under("documents") if path.is_file()]) == 3


def test_the_same_bytes_at_once_count_once():
    user = make_user(make_org(storage_mb=1))

    at_once([lambda: upload(user, b"x" * 300_000)] * 4)

    current = storage.usage(user.membership.organization, timezone.now())
    assert current.used == 300_000


def test_uploads_and_deletions_at_once_neither_wait_for_each_other_nor_lose_a_byte():
    user = make_user(make_org(storage_mb=1))
    contents = [bytes([65 + number]) * 1000 for number in range(6)]
    documents = [upload(user, content) for content in contents]

    outcomes = at_once(
        [lambda document=document: deletion.delete(document) for document in documents]
        + [lambda content=content: upload(user, content) for content in contents]
    )

    assert not [outcome for outcome in outcomes if isinstance(outcome, DomainError)]
    current = storage.usage(user.membership.organization, timezone.now())
    assert current.used == 1000 * Document.objects.count()


def upload(user, content, name="a.txt"):
    organization = Organization.objects.get(pk=user.membership.organization_id)
    source = ContentFile(content, name=name)
    return uploads.accept(source, filename=name, organization=organization, user=user).document


def stored_under(folder):
    return (Path(settings.MEDIA_ROOT) / folder).rglob("*")


def test_workers_that_tell_their_progress_at_once_lose_no_end_and_no_change():
    job = make_job(status=JobStatus.QUEUED, rows=6)
    held = [claims.claim(make_worker(), timezone.now())[0] for _ in range(6)]
    before = Job.objects.get(pk=job.pk).version

    def read(attempt):
        for page in range(5):
            attempts.note_progress(attempt, Progress("ocr", page, 5))
        conversion = make_conversion()
        stored = results.write(attempt.row, attempt.id, conversion.markdown)
        attempts.succeed(attempt, conversion, stored, timezone.now())

    assert at_once([lambda attempt=attempt: read(attempt) for attempt in held]) == [None] * 6

    job.refresh_from_db()
    assert (job.status, job.completed_documents) == (JobStatus.COMPLETED, 6)
    # Five pages and an end of each document, and the end of the job.
    assert job.version == before + 6 * (5 + 1) + 1


def test_no_document_is_claimed_twice_when_workers_claim_at_once():
    make_job(status=JobStatus.QUEUED, rows=6)
    make_job(status=JobStatus.QUEUED, rows=6)
    workers = [make_worker() for _ in range(6)]

    def claim_two(worker):
        return [claims.claim(worker, timezone.now()) for _ in range(2)]

    outcomes = at_once([lambda worker=worker: claim_two(worker) for worker in workers])

    rows = [attempt.row.pk for turns in outcomes for turn in turns for attempt in turn]
    assert len(rows) == len(set(rows)) == 12


def test_nothing_is_claimed_when_the_job_is_cancelled_while_a_worker_waits_for_it():
    job = make_job(status=JobStatus.QUEUED)
    worker = make_worker()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            lifecycle.request_cancel(job, by=job.user)
            claiming = pool.submit(at_once, [lambda: claims.claim(worker, timezone.now())])
            with pytest.raises(TimeoutError):
                claiming.result(timeout=0.5)
        assert claiming.result() == [[]]


def test_a_document_stays_with_its_worker_when_that_gives_a_sign_of_life_at_the_last_moment():
    job = make_job(status=JobStatus.QUEUED)
    attempt = claims.claim(make_worker(), timezone.now())[0]
    later = attempts.lease_end(timezone.now()) + timedelta(seconds=1)

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            lock(job)
            attempts.renew([attempt], later)
            taking = pool.submit(at_once, [lambda: recovery.reclaim_expired(later)])
            with pytest.raises(TimeoutError):
                taking.result(timeout=0.5)
        assert taking.result() == [0]

    assert job.job_documents.get().attempt_id == attempt.id


def test_a_job_ends_once_with_right_counters_when_all_its_documents_end_at_once():
    job = make_job(status=JobStatus.QUEUED, rows=8)
    held = [claims.claim(make_worker(), timezone.now())[0] for _ in range(8)]

    def succeed(attempt):
        stored = results.write(attempt.row, attempt.id, "# Title\n")
        attempts.succeed(attempt, make_conversion(), stored, timezone.now())

    at_once([lambda attempt=attempt: succeed(attempt) for attempt in held])

    job.refresh_from_db()
    assert (job.status, job.completed_documents) == (JobStatus.COMPLETED, 8)
    assert job.logs.filter(event="job.completed").count() == 1


def test_cancelling_and_finishing_at_once_leave_one_end():
    job = make_job(status=JobStatus.QUEUED, rows=1)
    attempt = claims.claim(make_worker(), timezone.now())[0]
    stored = results.write(attempt.row, attempt.id, "# Title\n")

    at_once(
        [
            lambda: attempts.succeed(attempt, make_conversion(), stored, timezone.now()),
            lambda: lifecycle.request_cancel(job, by=job.user),
        ]
    )

    job.refresh_from_db()
    assert (job.status, job.completed_documents) in {("COMPLETED", 1), ("CANCELLED", 1)}
    assert job.logs.filter(event__in=["job.completed", "job.cancelled"]).count() == 1


def test_the_same_bytes_are_stored_once_when_several_people_upload_them_at_once(stored_files):
    user = make_user()
    organization = user.membership.organization

    def upload():
        return uploads.accept(
            ContentFile(b"the same bytes"), filename="a.txt", organization=organization, user=user
        )

    outcomes = at_once([upload] * 6)

    assert sorted(outcome.duplicate for outcome in outcomes) == [False] + [True] * 5
    assert Document.objects.count() == 1
    assert len([path for path in stored_files.rglob("*") if path.is_file()]) == 1


def test_the_same_bytes_under_six_names_at_once_are_six_documents_and_one_file(stored_files):
    user = make_user()

    documents = at_once([lambda name=name: upload(user, b"the same bytes", name) for name in NAMES])

    assert sorted(document.filename for document in documents) == NAMES
    assert {document.stored for document in documents} == set(StoredFile.objects.all())
    assert len([path for path in stored_files.rglob("*") if path.is_file()]) == 1


def test_the_bytes_go_once_when_all_their_documents_are_deleted_at_once(stored_files):
    user = make_user()
    documents = [upload(user, b"the same bytes", name) for name in NAMES]

    at_once([lambda document=document: deletion.delete(document) for document in documents])

    assert not StoredFile.objects.exists()
    assert [path for path in stored_files.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("content", [b"turn 1", b"turn 2", b"turn 3", b"turn 4"])
def test_who_brings_bytes_while_their_last_document_is_deleted_has_them(content):
    user = make_user()
    known = upload(user, content, "known.txt")

    outcomes = at_once(
        [lambda: deletion.delete(known)]
        + [lambda name=name: upload(user, content, name) for name in NAMES]
    )

    for document in outcomes[1:]:
        kept = Document.objects.select_related("stored").get(pk=document.pk)
        with kept.file.open() as file:
            assert file.read() == content
    assert StoredFile.objects.count() == 1


def test_who_brings_bytes_that_are_just_being_deleted_waits_and_stores_them_anew():
    user = make_user()
    known = upload(user, b"the same bytes", "known.txt")

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            deletion.delete(known)
            brought = pool.submit(at_once, [lambda: upload(user, b"the same bytes", "new.txt")])
            with pytest.raises(TimeoutError):
                brought.result(timeout=0.5)
        (document,) = brought.result()

    assert document.stored != known.stored
    with document.file.open() as file:
        assert file.read() == b"the same bytes"


def test_documents_are_held_in_one_order_when_they_are_added_to_a_draft():
    """Else two jobs that bring the same documents could wait for each other for ever."""
    job = make_job(rows=0)
    # By age, and by where their rows lie, it would be the other way round.
    second = make_document(job.user, pk=UUID(int=2))
    first = make_document(job.user, pk=UUID(int=1))
    Document.objects.filter(pk=first.pk).update(created_at=second.created_at - timedelta(days=1))

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            Document.objects.select_for_update().get(pk=first.pk)
            adding = pool.submit(at_once, [lambda: drafts.add_documents(job, [second, first])])
            with pytest.raises(TimeoutError):
                adding.result(timeout=0.5)
            # An OperationalError if it were held already, while the first is waited for.
            assert Document.objects.select_for_update(nowait=True).get(pk=second.pk)
        assert adding.result() == [2]


def test_there_is_one_schedule_when_ten_processes_make_it_at_once():
    at_once([lambda: schedules.ensure(timezone.now())] * 10)

    assert Schedule.objects.filter(name=schedules.CLEANUP).count() == 1


@pytest.mark.parametrize("how", ["demote", "deactivate"])
def test_an_admin_remains_when_all_admins_push_each_other_out_at_once(how):
    org = make_org()
    admins = [make_user(org, role=Role.ADMIN) for _ in range(6)]
    pairs = zip(admins, [*admins[1:], admins[0]], strict=True)

    def push_out(other, by):
        if how == "demote":
            members.change_role(other.membership, Role.MEMBER, by=by, now=timezone.now())
        else:
            members.deactivate(other.membership, by=by, now=timezone.now())

    outcomes = at_once([lambda by=by, other=other: push_out(other, by) for by, other in pairs])

    remaining = Membership.objects.filter(role=Role.ADMIN, user__is_active=True).count()
    assert remaining >= 1
    assert remaining == len([outcome for outcome in outcomes if outcome is not None])


def test_one_person_joins_when_several_open_the_same_link_at_once():
    invitation, _ = make_invitation()

    def join(number):
        return invitations.accept_as_new(
            invitation, username=f"guest{number}", first_name="", last_name="",
            email=f"guest{number}@example.org", password="a long way home", now=timezone.now(),
        )  # fmt: skip

    outcomes = at_once([lambda number=number: join(number) for number in range(5)])

    assert sum(isinstance(outcome, User) for outcome in outcomes) == 1
    assert User.objects.filter(username__startswith="guest").count() == 1


def test_one_account_is_made_when_two_people_choose_a_name_at_once():
    links = [make_invitation()[0] for _ in range(4)]

    def join(number, invitation):
        return invitations.accept_as_new(
            invitation, username="frida", first_name="", last_name="",
            email=f"frida{number}@example.org", password="a long way home", now=timezone.now(),
        )  # fmt: skip

    outcomes = at_once([lambda pair=pair: join(*pair) for pair in enumerate(links)])

    refused = [outcome for outcome in outcomes if not isinstance(outcome, User)]
    assert {type(refusal).__name__ for refusal in refused} == {"AccountError"}
    assert len(refused) == 3
