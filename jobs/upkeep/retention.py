"""Retention: what ran out is deleted, in small steps that can stop and go on at any point.

Deleted are jobs whose `expires_at` has passed, with rows, log and results, but never active ones;
and then uploads that are older than the organization's retention period and that no job refers to
any more. Jobs and uploads of organizations with indefinite retention stay.
"""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from curatore.core.db import total
from documents import deletion, discards, page_cache
from documents.models import Document, StoredFile
from jobs import lifecycle
from jobs.locking import lock_among
from jobs.models import Job, JobDocument
from orgsettings.models import Organization

BATCH = 100  # rows looked up at a time; each is deleted in a transaction of its own


@dataclass
class Report:
    """What was deleted, or would be."""

    jobs: int = 0
    results: int = 0
    uploads: int = 0
    bytes: int = 0  # of results, and of uploads that nobody else has

    def as_dict(self) -> dict[str, int]:
        return asdict(self)

    def __str__(self) -> str:
        megabytes = self.bytes / 1024 / 1024
        return (
            f"{self.jobs} jobs, {self.results} results, {self.uploads} uploads"
            f" ({megabytes:.1f} MiB)"
        )


def clean_up(now: datetime, *, organization: Organization | None = None) -> Report:
    """Delete what ran out by `now`, in all organizations or in one."""
    discards.finish()  # files that an interrupted run gave up
    page_cache.trim()
    report = Report()
    while batch := list(_expired_jobs(now, organization)[:BATCH]):
        for job in batch:
            _delete_job(job, now, report)
    for owner in _owners(organization):
        while uploads := list(_expired_uploads(now, owner)[:BATCH]):
            for document in uploads:
                _delete_upload(document, now, report)
    return report


def preview(now: datetime, *, organization: Organization | None = None) -> Report:
    """What `clean_up` would delete at `now`; nothing is changed.

    Uploads that only expiring jobs refer to are counted: they go in the same run.
    """
    jobs = _expired_jobs(now, organization)
    report = _preview_jobs(jobs)
    for owner in _owners(organization):
        _preview_uploads(_old_uploads(now, owner), jobs, report)
    return report


def preview_with(retention_days: int | None, now: datetime, organization: Organization) -> Report:
    """What `clean_up` would delete of `organization` if it kept things for `retention_days`.

    Jobs keep the date they have; only uploads follow the setting at once.
    """
    jobs = _expired_jobs(now, organization)
    report = _preview_jobs(jobs)
    _preview_uploads(_uploads_older_than(retention_days, now, organization), jobs, report)
    return report


def _preview_jobs(jobs: QuerySet[Job]) -> Report:
    results = JobDocument.objects.filter(job__in=jobs.order_by()).exclude(result_file="")
    return Report(jobs=jobs.count(), results=results.count(), bytes=total(results, "result_size"))


def _preview_uploads(old: QuerySet[Document], jobs: QuerySet[Job], report: Report) -> None:
    """Count the uploads in `old` that nothing but `jobs` refers to."""
    kept = JobDocument.objects.filter(document=OuterRef("pk")).exclude(job__in=jobs.order_by())
    uploads = old.filter(~Exists(kept))
    report.uploads += uploads.count()
    same = Document.objects.filter(stored=OuterRef("pk"))
    going = same.filter(pk__in=uploads.order_by().values("pk"))
    staying = same.exclude(pk__in=uploads.order_by().values("pk"))
    freed = StoredFile.objects.filter(Exists(going), ~Exists(staying))
    report.bytes += total(freed, "file_size")


def _expired_jobs(now: datetime, organization: Organization | None) -> QuerySet[Job]:
    jobs = Job.objects.expired(now).order_by("expires_at", "pk")
    return jobs.for_org(organization) if organization else jobs


def _delete_job(job: Job, now: datetime, report: Report) -> None:
    """Delete one job, if it is still there and still expired: a retry may have renewed it."""
    with transaction.atomic():
        current = lock_among(Job.objects.expired(now), job.pk)
        if current is None:
            return
        results = JobDocument.objects.filter(job=current).exclude(result_file="")
        report.jobs += 1
        report.results += results.count()
        report.bytes += total(results, "result_size")
        lifecycle.erase(current)


def _owners(organization: Organization | None) -> list[Organization]:
    chosen = Organization.objects.select_related("settings")
    return list(chosen.filter(pk=organization.pk) if organization else chosen)


def _old_uploads(now: datetime, organization: Organization) -> QuerySet[Document]:
    return _uploads_older_than(organization.settings.retention_days, now, organization)


def _uploads_older_than(
    days: int | None, now: datetime, organization: Organization
) -> QuerySet[Document]:
    if days is None:
        return Document.objects.none()
    return Document.objects.for_org(organization).filter(created_at__lte=now - timedelta(days=days))


def _expired_uploads(now: datetime, organization: Organization) -> QuerySet[Document]:
    return _old_uploads(now, organization).filter(job_documents=None).order_by("created_at", "pk")


def _delete_upload(document: Document, now: datetime, report: Report) -> None:
    """Delete one upload, if still nothing refers to it; whoever adds it to a job locks it too."""
    with transaction.atomic():
        current: Any = Document.objects.select_for_update().filter(pk=document.pk).first()
        if current is None or current.job_documents.exists():
            return
        report.uploads += 1
        report.bytes += deletion.remove(current)
