"""Faults on purpose: whatever is killed, stopped, filled or restarted, every document ends once.

`make faults` runs them at length; FAULT_SCALE=1 is the short form.
"""

import os
import random
import shutil
import signal
import subprocess
import time
from contextlib import contextmanager

import psutil
import pytest
from django.conf import settings
from django.db import OperationalError, connection, connections, transaction

from jobs import lifecycle, starts
from jobs.locking import lock
from jobs.models import Job, JobStatus, Worker
from tests.cluster.conftest import (
    assert_invariants,
    ended,
    running,
    slow,
    start_job,
    texts,
    wait_for,
)
from tests.factories import make_job, make_org, make_user
from tests.jobs.test_races import at_once

pytestmark = pytest.mark.faults

SCALE = int(os.environ.get("FAULT_SCALE", "1"))
RESTART_POSTGRES = os.environ.get("RESTART_POSTGRES_COMMAND")


def mixed(count):
    """Documents of which every tenth takes a moment, so that there is something to interrupt."""
    return [slow(0.2, n) if n % 10 == 0 else texts(1, start=n)[0] for n in range(count)]


def test_a_job_ends_well_while_random_processes_are_killed(start_worker, stored_files):
    dice = random.Random(4711)
    kills = 6 * SCALE
    # Being killed is not a document's fault here: give it as many attempts as the option allows.
    options = {"processing_settings": {"max_retries": 5}}
    job = start_job(*mixed(60 * SCALE), *[slow(1, n) for n in range(kills)], options=options)
    worker = start_worker()

    for _ in range(kills):
        time.sleep(dice.uniform(0.1, 1.5))  # the moment is random on purpose
        if ended(job):
            break
        if not worker.is_alive():
            worker = start_worker()
        role = dice.choice(["worker", "monitor", "pusher", "sentinel", "child", "main"])
        wait_for(lambda role=role, worker=worker: kill(worker, role), f"a {role} to kill")
    if not worker.is_alive():
        start_worker()
    wait_for(lambda: ended(job), "the job", seconds=120 * SCALE)

    assert job.status == JobStatus.COMPLETED
    assert_invariants(job, stored_files)
    lost = job.job_documents.filter(status="FAILED").exclude(error_code="worker_lost")
    assert list(lost) == []


def kill(worker, role):
    """Kill the process of this role, if there is one; the main process always is."""
    if not worker.is_alive():
        return True
    sentinel = worker.root.children()
    pool = sorted(sentinel[0].children(), key=lambda p: p.pid) if sentinel else []
    if len(pool) < 4:
        return False
    children = [child for process in pool[:2] for child in process.children()]
    chosen = {
        "main": worker.root,
        "sentinel": sentinel[0],
        "worker": pool[0],
        "monitor": pool[2],
        "pusher": pool[3],
        "child": children[0] if children else pool[1],
    }[role]
    chosen.kill()
    if role == "main":
        worker.process.wait()
    return True


def test_a_job_is_cancelled_cleanly_at_any_moment(start_worker, stored_files):
    dice = random.Random(4711)
    start_worker()

    for n in range(4 * SCALE):
        job = start_job(*[slow(0.1, f"{n}-{m}") for m in range(30)])
        wait_for(lambda job=job: running(job), "the first document")
        time.sleep(dice.uniform(0, 1))  # the moment is random on purpose
        lifecycle.request_cancel(job, by=job.user)
        wait_for(lambda job=job: ended(job), "the end of the job", seconds=10)

        assert job.status == JobStatus.CANCELLED
        assert job.cancellation["verification_timeout"] is False
        assert job.cancellation["seconds"] < 3
        assert job.completed_documents + job.cancelled_documents == 30
        assert_invariants(job, stored_files)


def test_a_worker_killed_between_file_and_commit_leaves_no_trace(start_worker, stored_files):
    # Progress is noted each full second, and would wait for the job as well: it ends in between.
    job = start_job(slow(2.4))
    worker = start_worker()
    wait_for(lambda: running(job), "the document")
    members = worker.everything()

    with everybody_waiting(job):
        (result,) = wait_for(lambda: list(stored_files.glob("results/*/*/*.md")), "the file")
        worker.root.kill()
        worker.process.wait()
        psutil.wait_procs(members, timeout=10)  # or one of them may still commit

    start_worker()
    wait_for(lambda: ended(job), "the job")
    assert job.status == JobStatus.COMPLETED
    assert not result.exists()
    assert_invariants(job, stored_files)
    assert len(list(stored_files.glob("results/*/*/*.md"))) == 1


@contextmanager
def everybody_waiting(job):
    """Nobody can commit a change of the job meanwhile."""
    with transaction.atomic():
        lock(job)
        yield


def test_the_late_result_of_a_worker_that_hung_is_refused(start_worker, stored_files):
    job = start_job(slow(3), *texts(3), slow(25))

    start_worker()
    start_worker()
    revive_after_takeover(job)

    wait_for(lambda: ended(job), "the job")
    assert job.completed_documents == 5
    assert_invariants(job, stored_files)


def test_the_invariants_break_without_fencing(start_worker, stored_files, tmp_path):
    """The proof that the test above can fail: the same with the condition cut out."""
    mutated = tmp_path / "mutated"
    shutil.copytree(
        settings.BASE_DIR,
        mutated,
        ignore=shutil.ignore_patterns(".venv", "data", ".git", "staticfiles", "*_cache"),
    )
    cut(
        mutated / "jobs" / "engine" / "attempts.py",
        {
            "JobDocument.objects.running().filter(pk=attempt.row.pk, attempt_id=attempt.id)": (
                "JobDocument.objects.filter(pk=attempt.row.pk)"
            ),
            "if held.update(lease_expires_at=lease_end(now)) < len(ids):": "if False:",
        },
    )
    job = start_job(slow(3), *texts(3), slow(25))

    start_worker(project=mutated)
    start_worker(project=mutated)
    revive_after_takeover(job)

    with pytest.raises(AssertionError):
        assert_invariants(job, stored_files)


def cut(path, replacements):
    code = path.read_text()
    for old, new in replacements.items():
        assert old in code
        code = code.replace(old, new)
    path.write_text(code)


def revive_after_takeover(job):
    """Let a worker process hang with the first document until another has converted it."""
    row = wait_for(
        lambda: job.job_documents.running().filter(position=0, attempts=1).first(),
        "the first document",
    )
    process = psutil.Process(row.worker.pid)
    supervisor = process.parent().parent()
    supervisor.suspend()  # its watchdog would kill a worker that it sees frozen
    process.suspend()
    wait_for(
        lambda: job.job_documents.completed().filter(position=0, attempts=2).exists(),
        "the other worker's result",
    )

    process.resume()
    wait_for(lambda: idle(process), "the late result to be delivered")
    supervisor.resume()


def idle(process):
    """Whether the process has used no processor time for a second."""
    before = sum(process.cpu_times()[:2])
    time.sleep(1)
    return sum(process.cpu_times()[:2]) - before < 0.02


def test_documents_fail_with_a_reason_when_the_disk_is_full(start_worker, stored_files):
    results = stored_files / "results"
    results.mkdir(parents=True)
    with small_disk(results, size="512k"):
        long = "Words and more words about it. " * 5000
        options = {"processing_settings": {"max_retries": 1}}
        job = start_job(*[f"Report {n}\n\n{long}" for n in range(8)], options=options)
        start_worker()
        wait_for(lambda: ended(job), "the job")

        assert job.completed_documents >= 1
        assert job.failed_documents >= 1
        failed = job.job_documents.filter(status="FAILED")
        assert set(failed.values_list("error_code", flat=True)) == {"storage_failed"}
        assert_invariants(job, stored_files)


@contextmanager
def small_disk(folder, size):
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("Needs the right to mount a small file system.")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.skipif(not RESTART_POSTGRES, reason="RESTART_POSTGRES_COMMAND is not set.")
def test_a_job_survives_restarts_of_postgresql(start_worker, stored_files):
    job = start_job(*mixed(60), *[slow(1, n) for n in range(6)])
    worker = start_worker()

    for _ in range(2 * SCALE):
        wait_for(lambda: running(job), "a running document")
        connections.close_all()
        subprocess.run(RESTART_POSTGRES, shell=True, check=True, capture_output=True)
    wait_for(lambda: reachable() and ended(job), "the job", seconds=120)

    assert job.completed_documents == 66
    assert_invariants(job, stored_files)
    assert worker.is_alive()


def reachable():
    try:
        connection.ensure_connection()
    except OperationalError:
        return False
    return True


def test_two_workers_share_a_job_while_one_of_them_is_killed_again_and_again(
    start_worker, stored_files
):
    options = {"processing_settings": {"max_retries": 5}}
    job = start_job(*[slow(0.3, n) for n in range(30 * SCALE)], options=options)
    start_worker()

    for _ in range(2 * SCALE):
        second = start_worker()
        wait_for(
            lambda second=second: held_by(job, second) or ended(job), "a document of the second"
        )
        second.end()
    wait_for(lambda: ended(job), "the job", seconds=120)

    assert job.completed_documents == job.total_documents
    assert_invariants(job, stored_files)


def held_by(job, worker):
    pids = {process.pid for process in worker.everything()}
    return pids & set(job.job_documents.running().values_list("worker__pid", flat=True))


def test_exactly_three_of_twenty_jobs_start_at_limit_three_in_every_round(transactional_db):
    for _ in range(10 * SCALE):
        user = make_user(make_org(limit=3))
        drafts = [make_job(user) for _ in range(20)]

        outcomes = at_once(
            [lambda job=job, user=user: starts.start(job, by=user) for job in drafts]
        )

        assert outcomes.count(None) == 3
        active = Job.objects.for_org(user.membership.organization).active()
        assert active.count() == 3


def test_a_queue_that_stands_still_is_started_anew(start_worker):
    worker = start_worker()
    pusher = worker.member("pusher")
    pusher.suspend()  # it lives, but hands nothing out

    job = start_job(*texts(3))
    wait_for(lambda: ended(job), "the job", seconds=90)

    assert job.status == JobStatus.COMPLETED
    assert "The queue stands still" in worker.output()
    assert not pusher.is_running()


@pytest.mark.parametrize("is_busy", [False, True])
def test_a_frozen_worker_hardly_keeps_others_waiting(is_busy, start_worker, stored_files):
    worker = start_worker(JOB_WORKER_HEALTH_TIMEOUT="60")
    first = start_job(slow(600)) if is_busy else None
    if is_busy:
        wait_for(lambda: running(first) == 1, "a worker to be busy")
    pool = wait_for(lambda: Worker.objects.count() == 2 and list(Worker.objects.all()), "workers")
    for frozen in pool:  # idle ones: one of them has the lock of the queue
        if not frozen.holds.exists():
            psutil.Process(frozen.pid).suspend()

    job = start_job(*texts(3))
    wait_for(lambda: ended(job), "the texts")

    assert job.status == JobStatus.COMPLETED
    assert "A worker is frozen" in worker.output()
    assert "The queue stands still" not in worker.output()  # which takes half a minute to find
    assert_invariants(job, stored_files)


@pytest.mark.parametrize("hanging", [2, 6])
def test_another_organization_hardly_waits_for_files_that_hang(hanging, start_worker, stored_files):
    options = {"processing_settings": {"max_retries": 5, "timeout_seconds": 60}}
    bad = start_job(*[slow(600, n) for n in range(hanging)], options=options)
    start_worker()
    wait_for(lambda: running(bad) == 2, "both workers to hang")

    # At first contact, and again with files that hung already and gave way.
    for turn in range(1 + SCALE):
        wait_for(lambda: running(bad) == 2, "both workers to hang again")
        small = start_job(*texts(3, start=3 * turn))
        wait_for(lambda small=small: ended(small), "the texts of the other", seconds=15)
        assert small.status == JobStatus.COMPLETED
        assert running(bad) >= 1
        assert_invariants(small, stored_files)

    gave_way = bad.logs.filter(event="document.handed_back")
    assert gave_way.filter(message__contains="another organization waits").exists()
    assert not bad.job_documents.filter(status="FAILED").exclude(error_code="conversion_timeout")
    lifecycle.request_cancel(bad, by=bad.user)
    wait_for(lambda: ended(bad), "the end of the hanging files")
    assert_invariants(bad, stored_files)


def test_another_organization_hardly_waits_when_the_idle_workers_are_frozen(
    start_worker, stored_files
):
    healthy = {"JOB_WORKER_HEALTH_TIMEOUT": "60"}  # as long as a frozen worker counts as alive
    bad = start_job(slow(600, 0), slow(600, 1))
    start_worker(**healthy)
    wait_for(lambda: running(bad) == 2, "both workers to hang")
    frozen = start_worker(**healthy)
    wait_for(lambda: Worker.objects.filter(holds=None).count() == 2, "idle workers")
    for process in [frozen.root, *frozen.pool()[:2]]:
        process.suspend()

    small = start_job(*texts(3))
    wait_for(lambda: ended(small), "the texts of the other", seconds=30)

    assert small.status == JobStatus.COMPLETED
    assert running(bad) >= 1
    assert_invariants(small, stored_files)
    lifecycle.request_cancel(bad, by=bad.user)
    wait_for(lambda: ended(bad), "the end of the hanging files")


def test_files_that_hang_fail_and_all_others_succeed_when_organizations_share(
    start_worker, stored_files
):
    options = {"processing_settings": {"max_retries": 5, "timeout_seconds": 10}}
    bad = start_job(slow(600, 0), slow(600, 1), slow(8), *texts(5), options=options)
    start_worker()
    good = [start_job(*texts(3, start=10 * n)) for n in range(1, 4)]
    wait_for(lambda: all(ended(job) for job in [bad, *good]), "all jobs", seconds=120)

    assert {job.status for job in good} == {JobStatus.COMPLETED}
    assert (bad.completed_documents, bad.failed_documents) == (6, 2)
    failed = bad.job_documents.filter(status="FAILED")
    assert set(failed.values_list("error_code", "attempts")) == {("conversion_timeout", 2)}
    for job in [bad, *good]:
        assert_invariants(job, stored_files)


def test_small_documents_do_not_wait_behind_one_of_their_batch_that_hangs(start_worker):
    job = start_job(slow(600), *texts(63))
    start_worker()
    wait_for(lambda: job.job_documents.completed().count() == 63, "the texts")

    first = job.job_documents.get(position=0)
    assert (first.status, first.attempts) == ("RUNNING", 1)
    assert set(job.job_documents.completed().values_list("attempts", flat=True)) == {1}
    lifecycle.request_cancel(job, by=job.user)
    wait_for(lambda: ended(job), "the end of the job")


def test_a_stop_in_the_middle_leaves_everything_to_the_next_worker(start_worker, stored_files):
    job = start_job(*[slow(0.3, n) for n in range(20)], *[slow(3, n) for n in range(4 * SCALE)])
    for _ in range(2 * SCALE):
        worker = start_worker(WORKER_STOP_TIMEOUT="1")
        wait_for(lambda: running(job), "a running document")
        worker.process.send_signal(signal.SIGTERM)
        assert worker.process.wait(timeout=15) == 0

    start_worker()
    wait_for(lambda: ended(job), "the job")
    assert job.completed_documents == job.total_documents
    assert_invariants(job, stored_files)
