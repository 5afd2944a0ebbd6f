"""The worker command with real processes: it converts, survives what dies, and stops when told."""

import io
import time

import psutil
import pytest
from django.core.files.base import ContentFile
from PIL import Image

from documents import uploads
from documents.samples import SAMPLES
from jobs import drafts, lifecycle
from jobs.models import DocumentStatus, JobStatus, Worker
from tests.cluster.conftest import (
    assert_invariants,
    ended,
    running,
    slow,
    start_job,
    texts,
    wait_for,
)
from tests.factories import make_user

pytestmark = pytest.mark.cluster


def test_every_sample_document_is_converted(start_worker, stored_files):
    user = make_user()
    documents = [
        uploads.accept(
            ContentFile(sample.path.read_bytes()),
            filename=sample.filename,
            organization=user.membership.organization,
            user=user,
        ).document
        for sample in SAMPLES.values()
    ]
    job = drafts.create_and_start(user.membership.organization, user, documents=documents)

    start_worker()
    wait_for(lambda: ended(job), "the job", seconds=180)

    assert job.status == JobStatus.COMPLETED
    assert list(job.job_documents.exclude(status="COMPLETED")) == []
    assert_invariants(job, stored_files)


def test_a_long_scan_tells_its_stage_and_pages_while_it_is_read(start_worker, stored_files):
    user = make_user()
    organization = user.membership.organization
    scan = io.BytesIO()
    with Image.open(SAMPLES["picture.png"].path) as page:
        page.save(scan, "PDF", save_all=True, append_images=[page] * 7)
    document = uploads.accept(
        ContentFile(scan.getvalue()), filename="scan.pdf", organization=organization, user=user
    ).document
    job = drafts.create_and_start(organization, user, documents=[document])

    start_worker()
    row = wait_for(lambda: job.job_documents.filter(stage="OCR", pages_done__gte=1).first(), "OCR")
    assert (row.status, row.pages_total) == (DocumentStatus.RUNNING, 8)
    wait_for(lambda: ended(job), "the job")

    row.refresh_from_db()
    assert (row.status, row.page_count) == (DocumentStatus.COMPLETED, 8)
    assert (row.stage, row.pages_done, row.pages_total) == ("", None, None)
    assert_invariants(job, stored_files)


@pytest.mark.parametrize("role", ["worker", "monitor", "pusher", "sentinel", "child"])
def test_the_job_ends_well_when_a_process_is_killed(role, start_worker, stored_files):
    job = start_job(*texts(4), slow(4), *texts(8, start=4))
    worker = start_worker()
    wait_for(lambda: running(job), "the first document")

    worker.member(role).kill()
    wait_for(lambda: ended(job), "the job", seconds=120)

    assert job.status == JobStatus.COMPLETED
    assert job.completed_documents == 13
    assert_invariants(job, stored_files)


def test_a_new_worker_finishes_what_a_killed_one_left_and_no_process_survives(
    start_worker, stored_files
):
    job = start_job(slow(3), *texts(10))
    first = start_worker()
    wait_for(lambda: running(job), "the first document")
    members = first.everything()

    first.root.kill()
    first.process.wait()
    _, alive = psutil.wait_procs(members, timeout=5)
    assert alive == []

    start_worker()
    wait_for(lambda: ended(job), "the job", seconds=60)
    assert job.completed_documents == 11
    assert_invariants(job, stored_files)


@pytest.mark.parametrize(
    ("fault", "code", "attempts", "timeout_seconds"),
    [
        ("segfault", "conversion_crashed", 2, 60),
        ("memory", "out_of_memory", 1, 60),
        ("loop", "conversion_timeout", 2, 3),
    ],
)
def test_a_poison_document_fails_alone(
    fault, code, attempts, timeout_seconds, start_worker, stored_files
):
    options = {"processing_settings": {"max_retries": 1, "timeout_seconds": timeout_seconds}}
    job = start_job(*texts(3), f"#!curatore-fault {fault}\n", *texts(3, start=3), options=options)

    start_worker()
    wait_for(lambda: ended(job), "the job", seconds=120)

    poison = job.job_documents.get(position=3)
    assert (poison.status, poison.error_code, poison.attempts) == ("FAILED", code, attempts)
    assert job.completed_documents == 6
    assert job.error_message == "1/7 documents failed"
    assert_invariants(job, stored_files)


def test_running_conversions_are_killed_when_the_job_is_cancelled(start_worker, stored_files):
    # The slow ones are the first of each worker's first batch of eight.
    job = start_job(slow(120), *texts(7), slow(121), *texts(991, start=7))
    worker = start_worker()
    wait_for(lambda: running(job) == 2, "two running documents")
    children = [child for process in worker.pool()[:2] for child in process.children()]

    lifecycle.request_cancel(job, by=job.user)
    wait_for(lambda: ended(job), "the end of the job", seconds=10)

    assert job.status == JobStatus.CANCELLED
    assert job.cancelled_documents == 1000
    assert job.cancellation["documents_stopped"] == 2
    assert job.cancellation["seconds"] < 3
    assert not any(child.is_running() for child in children)
    assert_invariants(job, stored_files)
    assert worker.is_alive()


def test_documents_are_handed_back_within_a_bounded_time_when_the_worker_is_stopped(
    start_worker, stored_files
):
    job = start_job(slow(120))
    worker = start_worker(WORKER_STOP_TIMEOUT="2")
    wait_for(lambda: running(job), "the document")
    members = worker.everything()

    began = time.monotonic()
    worker.terminate()
    assert worker.process.wait(timeout=20) == 0

    assert time.monotonic() - began < 15
    _, alive = psutil.wait_procs(members, timeout=5)
    assert alive == []
    row = job.job_documents.get()
    assert (row.status, row.attempts) == (DocumentStatus.PENDING, 0)
    assert row.logs.filter(event="document.handed_back").exists()
    assert not Worker.objects.exists()


def test_a_document_that_ends_soon_is_finished_when_the_worker_is_stopped(start_worker):
    job = start_job(slow(2))
    worker = start_worker()
    wait_for(lambda: running(job), "the document")

    worker.terminate()
    assert worker.process.wait(timeout=20) == 0

    assert ended(job)
    assert job.status == JobStatus.COMPLETED


def test_a_small_job_gets_its_share_of_the_workers_beside_a_large_one(start_worker):
    large = start_job(*[slow(0.1, n) for n in range(400)])
    start_worker()
    wait_for(lambda: running(large), "the large job")

    small = start_job(*[slow(0.1, n) for n in range(10)])
    large.refresh_from_db()
    before = large.completed_documents
    wait_for(lambda: ended(small), "the small job")
    large.refresh_from_db()

    # Half of the workers each: about ten of the large one beside the ten of the small one, and the
    # sixteen that both workers had in hand when it came. In turn it would have been all 400.
    assert small.completed_documents == 10
    assert large.completed_documents - before < 100
    lifecycle.request_cancel(large, by=large.user)
    wait_for(lambda: ended(large), "the end of the large job")


def test_two_workers_share_the_documents(start_worker, stored_files):
    job = start_job(*[slow(0.3, n) for n in range(24)])

    start_worker()
    start_worker()
    used = set()

    def look():
        used.update(job.job_documents.running().values_list("worker", flat=True))
        return ended(job)

    wait_for(look, "the job", seconds=60)
    assert len(used) > 2
    assert_invariants(job, stored_files)
