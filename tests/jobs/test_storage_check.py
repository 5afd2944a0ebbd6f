"""Rows without files and files without rows are found, and put right."""

import os
import time
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone

from documents.models import Document
from jobs import starts
from jobs.models import DocumentStatus, JobDocument, JobStatus
from jobs.review import edits
from jobs.upkeep.storage_check import GRACE
from tests.factories import make_document, make_job

pytestmark = pytest.mark.django_db


def run(*arguments):
    out = StringIO()
    try:
        call_command("verify_storage", *arguments, stdout=out)
    except SystemExit as end:
        return end.code, out.getvalue()
    return 0, out.getvalue()


def age(path):
    past = time.time() - GRACE.total_seconds() - 10
    os.utime(path, (past, past))


def test_nothing_is_found_when_rows_and_files_agree():
    make_job(status=JobStatus.COMPLETED, rows=2)

    assert run() == (0, "Every row has its file, and every file its row.\n")


def test_an_old_file_without_a_row_is_found_and_removed(stored_files):
    orphan = stored_files / "results" / "x" / "y.md"
    orphan.parent.mkdir(parents=True)
    orphan.write_text("left over")
    age(orphan)

    assert run() == (1, "file without row: results/x/y.md\n")
    assert orphan.exists()
    assert run("--fix")[0] == 0
    assert not orphan.exists()


@pytest.mark.parametrize("suffix", [".words", ".json.gz"])
def test_what_is_kept_of_a_conversion_belongs_to_the_result_beside_it(stored_files, suffix):
    row = make_job(status=JobStatus.COMPLETED).job_documents.get()
    kept = Path(row.result_file.path).with_suffix(suffix)
    kept.write_text("packed")
    age(kept)

    assert run() == (0, "Every row has its file, and every file its row.\n")


def test_a_young_file_without_a_row_may_be_an_upload_under_way(stored_files):
    young = stored_files / "documents" / "x"
    young.parent.mkdir(parents=True)
    young.write_text("half an upload")

    assert run("--fix")[0] == 0
    assert young.exists()


def test_a_lost_result_fails_its_document_so_that_it_can_be_made_again():
    job = make_job(status=JobStatus.COMPLETED, rows=2, not_ready_documents=1)
    row = job.job_documents.first()
    JobDocument.objects.filter(pk=row.pk).update(is_rag_ready=False)
    Path(row.result_file.path).unlink()

    code, output = run()
    assert (code, output.startswith("result lost:")) == (1, True)
    run("--fix")

    row.refresh_from_db()
    job.refresh_from_db()
    assert (row.status, row.error_code) == (DocumentStatus.FAILED, "result_lost")
    assert (job.completed_documents, job.failed_documents) == (1, 1)
    assert (job.score_sum, sum(job.score_bands)) == (95, 1)
    assert job.not_ready_documents == 0
    assert job.error_message == "1/2 documents failed"
    assert starts.retry(job, by=job.user) == 1


def test_a_cancelled_job_says_nothing_else_when_a_result_of_it_is_lost():
    job = make_job(status=JobStatus.CANCELLED, rows=["COMPLETED", "CANCELLED"])
    Path(job.job_documents.first().result_file.path).unlink()

    run("--fix")

    job.refresh_from_db()
    assert (job.failed_documents, job.error_message) == (1, "")


def test_an_upload_whose_bytes_are_lost_is_forgotten_so_that_it_can_be_brought_again():
    document = make_document()
    Path(document.file.path).unlink()

    assert run()[0] == 1
    run("--fix")

    assert not Document.objects.exists()


def test_a_lost_upload_stays_while_an_unfinished_job_needs_it():
    job = make_job(status=JobStatus.QUEUED)
    document = job.job_documents.get().document
    Path(document.file.path).unlink()

    run("--fix")

    assert Document.objects.filter(pk=document.pk).exists()
    assert timezone.now() > job.created_at


def test_a_lost_earlier_version_is_found_and_forgotten_while_the_result_stays():
    job = make_job(status=JobStatus.COMPLETED)
    row = job.job_documents.get()
    earlier = Path(row.result_file.path)
    edits.save(row, "# Edited\n", job.user)
    age(earlier)
    age(row.result_file.path)
    assert run()[0] == 0
    earlier.unlink()

    code, output = run()
    run("--fix")

    assert (code, output.startswith("earlier version lost:")) == (1, True)
    assert run()[0] == 0
    row.refresh_from_db()
    assert row.status == DocumentStatus.COMPLETED
    assert [version.number for version in edits.versions(row)] == [2]
