"""Numbers about jobs: of one person, of an organization, and of the results of one job.

What is active is counted at each question. The rest is measured: that reads the index entries of
the jobs of the last 30 days and of all states, and the sizes of all documents and results, so its
cost grows with them; jobs/monitoring/measurements.py bounds how often that is done.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.db.models import Avg, Count, DurationField, ExpressionWrapper, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce, TruncDate

from documents import storage
from documents.models import StoredFile
from jobs.models import ACTIVE, DocumentStatus, Job, JobDocument, JobStatus
from jobs.monitoring.measurements import kept_or_new
from orgsettings.models import Organization, User

DAYS = 30

_COMPLETED = Q(status=JobStatus.COMPLETED)
_FAILED = Q(status=JobStatus.FAILED)
_DURATION = ExpressionWrapper(F("completed_at") - F("started_at"), output_field=DurationField())


def of_user(user: User, now: datetime) -> dict[str, Any]:
    """Counts of the user's own jobs; one query."""
    jobs = Job.objects.for_org(user.membership.organization).filter(user=user)
    return {"user_id": user.pk, **jobs.order_by().aggregate(**_counts(now))}


def of_organization(organization: Organization, now: datetime) -> dict[str, Any]:
    """Counts, average time, success rate and storage (`originals`, `results`; bytes).

    Times are in minutes, the rate is 0 to 1; both are None when no job of the last 7 days ended.
    """
    numbers = kept_or_new(organization, "numbers", now, lambda: _numbers(organization, now))
    return numbers | _active(organization)


def of_days(organization: Organization, now: datetime) -> list[dict[str, Any]]:
    """The last DAYS days in UTC, the oldest first. Four queries.

    Each has its `day` (ISO), `created`, `completed`, `failed` (jobs), `busy` (minutes of the jobs
    that ended), `completed_time` (of the completed ones), `bytes` (that came and are still stored).
    """
    return kept_or_new(organization, "days", now, lambda: _days(organization, now))


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
        reused_documents=Count("pk", filter=Q(is_reused=True)),
    )
    average = found["average_conversion_score"]
    return found | {
        "average_conversion_score": None if average is None else round(float(average), 1),
        "processing_time_seconds": round(found["processing_time_seconds"], 3),
    }


def _active(organization: Organization) -> dict[str, Any]:
    """What happens this moment; one query, whatever the number of jobs."""
    jobs = Job.objects.for_org(organization).active().order_by()
    return {
        "organization_id": organization.pk,
        "concurrency_limit": organization.settings.concurrency_limit,
        "storage_limit_bytes": organization.settings.storage_limit_bytes,
        **jobs.aggregate(
            active_jobs=Count("pk"),
            queued_jobs=Count("pk", filter=Q(status=JobStatus.QUEUED)),
        ),
    }


def _numbers(organization: Organization, now: datetime) -> dict[str, Any]:
    jobs = Job.objects.for_org(organization).order_by()
    day, week, month = (now - timedelta(days=days) for days in (1, 7, 30))
    created = jobs.filter(created_at__gt=month).aggregate(
        total_jobs_24h=_created_since(day),
        total_jobs_7d=_created_since(week),
        total_jobs_30d=Count("pk"),
    )
    ended = jobs.filter(completed_at__gt=week).aggregate(
        completed_jobs_24h=Count("pk", filter=_COMPLETED & Q(completed_at__gt=day)),
        failed_jobs_24h=Count("pk", filter=_FAILED & Q(completed_at__gt=day)),
        completed_7d=Count("pk", filter=_COMPLETED),
        average=Avg(_DURATION, filter=_COMPLETED),
        all_7d=Count("pk"),
    )
    average, completed, both = (ended.pop(name) for name in ("average", "completed_7d", "all_7d"))
    minutes = None if average is None else round(average.total_seconds() / 60, 3)
    originals, results = storage.stored_bytes(organization)
    return {
        **_ever(organization),
        **created,
        **ended,
        "avg_processing_time_minutes": minutes,
        "success_rate_7d": round(completed / both, 4) if both else None,
        "storage_usage_bytes": originals + results,
        "originals": originals,
        "results": results,
    }


def _ever(organization: Organization) -> dict[str, int]:
    """Counts of all jobs there are, read from the index of their states."""
    rows = Job.objects.for_org(organization).order_by().values_list("status")
    counts = dict(rows.annotate(count=Count("pk")))
    completed = _rows(organization).filter(status=DocumentStatus.COMPLETED)
    return {
        "total_jobs": sum(counts.values()),
        "completed_jobs": counts.get(JobStatus.COMPLETED, 0),
        "failed_jobs": counts.get(JobStatus.FAILED, 0),
        "cancelled_jobs": counts.get(JobStatus.CANCELLED, 0),
        "total_documents_processed": completed.count(),
    }


def _days(organization: Organization, now: datetime) -> list[dict[str, Any]]:
    first = now.astimezone(UTC).date() - timedelta(days=DAYS - 1)
    start = datetime.combine(first, time(), UTC)
    jobs = Job.objects.for_org(organization).order_by()
    ended = {
        "completed": Count("pk", filter=_COMPLETED),
        "failed": Count("pk", filter=_FAILED),
        "busy": Sum(_DURATION),
        "completed_time": Sum(_DURATION, filter=_COMPLETED),
    }
    uploads = StoredFile.objects.filter(organization=organization).order_by()
    days = {
        first + timedelta(days=number): dict.fromkeys(("created", *ended, "bytes"), 0)
        for number in range(DAYS)
    }
    _add(days, _by_day(jobs, "created_at", start, created=Count("pk")))
    _add(days, _by_day(jobs, "completed_at", start, **ended))
    _add(days, _by_day(uploads, "created_at", start, bytes=Sum("file_size")))
    _add(days, _by_day(_rows(organization), "completed_at", start, bytes=Sum("result_size")))
    return [{"day": day.isoformat(), **numbers} for day, numbers in days.items()]


def _by_day(rows: QuerySet[Any], field: str, start: datetime, **numbers: Any) -> QuerySet[Any]:
    lately = rows.filter(**{f"{field}__gte": start})
    return lately.values(day=TruncDate(field, tzinfo=UTC)).annotate(**numbers)


def _add(days: dict[Any, dict[str, Any]], rows: Iterable[dict[str, Any]]) -> None:
    for row in rows:
        numbers = days.get(row.pop("day"), {})  # of a clock that goes ahead: left out
        for name, value in row.items():
            minutes = value.total_seconds() / 60 if isinstance(value, timedelta) else value or 0
            numbers[name] = round(numbers.get(name, 0) + minutes, 3)


def _rows(organization: Organization) -> QuerySet[JobDocument]:
    return JobDocument.objects.filter(job__organization=organization).order_by()


def _created_since(start: datetime) -> Count:
    return Count("pk", filter=Q(created_at__gt=start))


def _counts(now: datetime) -> dict[str, Count]:
    """Expressions for the numbers of one person."""
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
