"""Why documents of a job failed, and which ones: what its page says and can do about them."""

from typing import Any

from django.db.models import F, Window
from django.db.models.functions import RowNumber

from jobs.detail import rows
from jobs.models import DocumentStatus, Job, JobDocument

# Of each cause so many files are named; the tab Documents has all.
MOST_FILES = 50
# Causes that a password does away with.
LOCKED = {"encrypted_file", "wrong_password"}


def of_job(job: Job) -> list[dict[str, Any]]:
    """One entry for each cause, the commonest first, with its `files`: the first MOST_FILES rows.

    `more` is the number of those that are left out, `is_locked` says whether a password can help;
    the rest is of rows.failures. Two queries.
    """
    causes = rows.failures(job) if job.failed_documents else []
    if not causes:
        return []
    named: dict[str, list[JobDocument]] = {}
    for row in _first_of_each(job):
        named.setdefault(row.error_code, []).append(row)
    for cause in causes:
        cause["files"] = named.get(cause["error_code"], [])
        cause["more"] = max(cause["count"] - len(cause["files"]), 0)
        cause["is_locked"] = cause["error_code"] in LOCKED
    return causes


def _first_of_each(job: Job) -> Any:
    number = Window(RowNumber(), partition_by=F("error_code"), order_by="position")
    failed = JobDocument.objects.filter(job=job, status=DocumentStatus.FAILED)
    shown = failed.annotate(number_in_cause=number).filter(number_in_cause__lte=MOST_FILES)
    return shown.only("pk", "job_id", "filename", "path", "error_code").order_by("position")
