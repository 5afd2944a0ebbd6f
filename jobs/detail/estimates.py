"""How fast a job is and how long it still takes; told only when that can be done honestly."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from math import sqrt
from uuid import UUID

from jobs.detail import rows
from jobs.detail.rows import Totals, Work
from jobs.models import Job, JobStatus

_ENOUGH = 3  # documents that must be done before anything is said
_LEAST_DOUBT = 0.15  # of an estimate, in both directions
_WIDEST = 4  # a longest time beyond so many shortest ones says nothing
_TOO_SHORT = 5  # seconds: over before it is read
# What a speed is told from: the start of the first worker alone takes a second or two.
_ENOUGH_PAGES = 5
_LONG_ENOUGH = 10  # seconds


@dataclass(frozen=True)
class Remaining:
    """A range of seconds."""

    shortest: float
    longest: float


def remaining(job: Job, work: Work, now: datetime) -> Remaining | None:
    """The range in which the rest of `job` will probably be done; None if nobody can tell.

    What was done since the start is set against what is left, once by the number of documents and
    once by their bytes: files differ, so the truth is in between or near it.
    """
    done, left = work.done_since_start, job.total_documents - job.ended_documents
    if job.status != JobStatus.RUNNING or job.is_cancelling or not job.started_at:
        return None
    if done < _ENOUGH or not left:
        return None
    elapsed = (now - job.started_at).total_seconds()
    guesses = [elapsed * left / done]
    if work.bytes_since_start and work.bytes_left:
        guesses.append(elapsed * work.bytes_left / work.bytes_since_start)
    doubt = max(_LEAST_DOUBT, 1 / sqrt(done))
    shortest, longest = min(guesses) * (1 - doubt), max(guesses) * (1 + doubt)
    if longest < _TOO_SHORT or longest > _WIDEST * shortest:
        return None
    return Remaining(shortest, longest)


def pages_per_minute(job: Job, totals: Totals, now: datetime) -> float | None:
    """How many pages a minute `job` has read since its start, up to now or to its end.

    From ten on without decimals, below with one. None if nobody can tell, or if it would not tell
    how fast the job is: when most of its documents have no pages, such as those of text and tables.
    """
    if not job.started_at or job.is_cancelling:
        return None
    pages = totals.pages_since_start + totals.pages_at_work
    seconds = ((job.ended_at or now) - job.started_at).total_seconds()
    if pages < _ENOUGH_PAGES or seconds < _LONG_ENOUGH:
        return None
    if 2 * totals.with_pages_since_start < totals.done_since_start:
        return None
    speed = 60 * pages / seconds
    return round(speed, 0 if speed >= 10 else 1) or None


def remaining_of_many(jobs: Iterable[Job], now: datetime) -> dict[UUID, Remaining]:
    """The same for those of `jobs` of which it can be told; one query if any of them runs."""
    running = {job.pk: job for job in jobs if job.status == JobStatus.RUNNING}
    if not running:
        return {}
    done = rows.work_of_many(running)
    told = {job_id: remaining(running[job_id], work, now) for job_id, work in done.items()}
    return {job_id: estimate for job_id, estimate in told.items() if estimate}
