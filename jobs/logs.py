"""The one way to write a line into a job's log."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from jobs.models import Job, JobDocument, JobLog, LogLevel
from orgsettings.models import User


def write(
    job: Job,
    event: str,
    message: str,
    *,
    level: str = LogLevel.INFO,
    document: JobDocument | None = None,
    now: datetime | None = None,
    **metadata: Any,
) -> None:
    """Add a line to the log of `job`, in the transaction of the change that it tells of.

    Args:
        event: stable name of what happened, such as "document.completed".
        message: a sentence for people.
        metadata: further facts, as JSON.
    """
    JobLog.objects.create(
        job_id=job.pk,
        job_document=document,
        timestamp=now or timezone.now(),
        level=level,
        event=event,
        message=message,
        metadata=metadata,
    )


def name_of(user: User | None) -> str:
    """Who did something, in the middle of a sentence."""
    return user.username if user else "the system"
