"""Names of files to take home: the job, what of it is in the file, and the day."""

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone
from django.utils.text import slugify

from jobs.models import Job

_LONGEST_STEM = 60  # characters of a job's name


def of_job(job: Job, ending: str, *, part: str = "", now: datetime | None = None) -> str:
    """“quarterly-reports-chunks-2026-11-26.ndjson”; without `part` it is of the whole job."""
    return _dated([_stem(job), part], ending, now)


def of_jobs(jobs: Sequence[Job], ending: str, *, now: datetime | None = None) -> str:
    """“quarterly-reports-and-2-more-2026-11-26.zip”; the first of one or more gives its name."""
    others = len(jobs) - 1
    return _dated([_stem(jobs[0]), f"and-{others}-more" if others else ""], ending, now)


def _stem(job: Job) -> str:
    """The letters and digits of its name; its id if there are none."""
    return slugify(job.name, allow_unicode=True)[:_LONGEST_STEM].strip("-_") or f"job-{job.pk}"


def _dated(parts: Sequence[str], ending: str, now: datetime | None) -> str:
    day = timezone.localdate(now or timezone.now()).isoformat()
    return "-".join([*filter(None, parts), day]) + ending
