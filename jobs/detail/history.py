"""What a job and its documents went through before, as the log tells: runs and attempts."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from jobs.models import Job, JobDocument, JobLog

MOST_RUNS = 20  # that are listed of a job: the last ones
_BEGINNINGS = ("job.queued", "job.retried")
_ENDINGS = ("job.completed", "job.failed", "job.cancelled")
_RUNS = (*_BEGINNINGS, "job.started", *_ENDINGS)
_ATTEMPTS = (
    "document.started",
    "document.retried",
    "document.handed_back",
    "document.completed",
    "document.failed",
    "document.cancelled",
    "document.result_lost",
)
_MOST_LINES = 100  # of the attempts of a document


@dataclass(frozen=True)
class Run:
    """A job from its start, or a retry, to its end."""

    number: int  # from 1
    queued_at: datetime
    documents: int  # that were queued
    by: str  # who started it; "" for the system
    started_at: datetime | None = None
    ended_at: datetime | None = None
    ending: str = ""  # in words

    @property
    def took(self) -> timedelta | None:
        """From its start to its end; None while it goes on, or if no worker took it."""
        if self.started_at is None or self.ended_at is None:
            return None
        return self.ended_at - self.started_at


def was_retried() -> Exists:
    """Whether a job of the outer query ran more than once."""
    return Exists(_lines_of_jobs().filter(job=OuterRef("pk"), event="job.retried"))


def runs(job: Job) -> list[Run]:
    """The last MOST_RUNS runs of `job`, the oldest first. One query, O(lines about all of it)."""
    lines = _lines_of_jobs().filter(job=job, event__in=_RUNS).order_by("pk")
    return _parted(lines)[-MOST_RUNS:]


def runs_of_retried(job: Any) -> list[Run]:
    """`runs` of a job that ran more than once; [] and no query otherwise.

    Args:
        job: read by `access.find`.
    """
    return runs(job) if job.was_retried else []


def attempts(row: JobDocument) -> list[JobLog]:
    """What the log says of the attempts at a document, oldest first; [] if there was only one."""
    lines = JobLog.objects.filter(job_document=row, event__in=_ATTEMPTS).order_by("-pk")
    found = list(lines[:_MOST_LINES])[::-1]
    begun = sum(line.event == "document.started" for line in found)
    return found if begun > 1 else []


def _lines_of_jobs() -> QuerySet[JobLog]:
    """Lines about jobs as a whole: there are few, and an index of their own."""
    return JobLog.objects.filter(job_document=None)


def _parted(lines: Iterable[JobLog]) -> list[Run]:
    found: list[Run] = []
    for line in lines:
        if line.event in _BEGINNINGS:
            queued, by = line.metadata.get("task_count", 0), line.metadata.get("by") or ""
            found.append(Run(len(found) + 1, line.timestamp, queued, by))
        elif found and line.event == "job.started":
            found[-1] = replace(found[-1], started_at=line.timestamp)
        elif found:
            found[-1] = replace(found[-1], ended_at=line.timestamp, ending=line.message)
    return found
