"""Numbers about jobs: of one person, of an organization, and of the results of one job."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Avg, Count, DurationField, ExpressionWrapper, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from documents.models import Document
from jobs.models import ACTIVE, DocumentStatus, Job, JobDocument, JobStatus, ResultVersion
from orgsettings.models import Organization, User

_COMPLETED = Q(status=JobStatus.COMPLETED)
_FAILED = Q(status=JobStatus.FAILED)
_DURATION = ExpressionWrapper(F("completed_at") - F("started_at"), output_field=DurationField())


def of_user(user: User, now: datetime) -> dict[str, Any]:
    """Counts of the user's own jobs; one query."""
    jobs = Job.objects.for_org(user.membership.organization).filter(user=user)
    return {"user_id": user.pk, **jobs.order_by().aggregate(**_counts(now))}


def of_organization(organization: Organization, now: datetime) -> dict[str, Any]:
    """Counts, average time, success rate and storage of an organization.

    Times are in minutes, the rate is 0 to 1; both are None when no job of the last 7 days ended.
    """
    jobs = Job.objects.for_org(organization).order_by()
    week = Q(completed_at__gt=now - timedelta(days=7))
    found = jobs.aggregate(
        **_counts(now),
        total_jobs_30d=_created_since(now - timedelta(days=30)),
        completed_7d=Count("pk", filter=_COMPLETED & week),
        failed_7d=Count("pk", filter=_FAILED & week),
        average=Avg(_DURATION, filter=_COMPLETED & week),
    )
    ended = found["completed_7d"] + found.pop("failed_7d")
    average = found.pop("average")
    minutes = None if average is None else round(average.total_seconds() / 60, 3)
    return found | {
        "organization_id": organization.pk,
        "concurrency_limit": organization.settings.concurrency_limit,
        "total_documents_processed": _rows(organization)
        .filter(status=DocumentStatus.COMPLETED)
        .count(),
        "avg_processing_time_minutes": minutes,
        "success_rate_7d": round(found["completed_7d"] / ended, 4) if ended else None,
        "storage_usage_bytes": storage_usage_bytes(organization),
    }


def of_results(job: Job) -> dict[str, Any] | None:
    """What came of an ended job, its results taken together; None before the end. One query."""
    if not job.is_terminal:
        return None
    completed = JobDocument.objects.filter(job=job).completed().order_by()
    found = completed.aggregate(
        rag_ready_documents=Count("pk", filter=Q(is_rag_ready=True)),
        average_conversion_score=Avg("conversion_score"),
        pages=Coalesce(Sum("page_count"), 0),
        processing_time_seconds=Coalesce(Sum("processing_time_seconds"), 0.0),
        result_bytes=Coalesce(Sum("result_size"), 0),
    )
    average = found["average_conversion_score"]
    return found | {
        "average_conversion_score": None if average is None else round(float(average), 1),
        "processing_time_seconds": round(found["processing_time_seconds"], 3),
    }


def storage_usage_bytes(organization: Organization) -> int:
    """Bytes of uploads and results together, with the versions before edits."""
    earlier = ResultVersion.objects.filter(job_document__job__organization=organization).exclude(
        result_file=F("job_document__result_file")
    )
    return (
        _sum(Document.objects.for_org(organization), "file_size")
        + _sum(_rows(organization), "result_size")
        + _sum(earlier.order_by(), "result_size")
    )


def _sum(rows: QuerySet[Any], field: str) -> int:
    return rows.aggregate(total=Sum(field))["total"] or 0


def _rows(organization: Organization) -> Any:
    return JobDocument.objects.filter(job__organization=organization).order_by()


def _created_since(start: datetime) -> Count:
    return Count("pk", filter=Q(created_at__gt=start))


def _counts(now: datetime) -> dict[str, Count]:
    """Expressions for the numbers that persons and organizations share."""
    day = now - timedelta(days=1)
    ended_today = Q(completed_at__gt=day)
    return {
        "active_jobs": Count("pk", filter=Q(status__in=ACTIVE)),
        "queued_jobs": Count("pk", filter=Q(status=JobStatus.QUEUED)),
        "total_jobs": Count("pk"),
        "completed_jobs": Count("pk", filter=_COMPLETED),
        "failed_jobs": Count("pk", filter=_FAILED),
        "cancelled_jobs": Count("pk", filter=Q(status=JobStatus.CANCELLED)),
        "total_jobs_24h": _created_since(day),
        "total_jobs_7d": _created_since(now - timedelta(days=7)),
        "completed_jobs_24h": Count("pk", filter=_COMPLETED & ended_today),
        "failed_jobs_24h": Count("pk", filter=_FAILED & ended_today),
    }
