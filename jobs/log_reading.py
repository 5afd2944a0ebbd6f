"""Reading a job's log: a window of lines in the order they were written, filtered."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Self

from django.db.models import QuerySet

from jobs.models import Job, JobLog, LogLevel

WINDOW = 200  # lines

# Filter in the URL -> the levels that it shows.
LEVELS: Mapping[str, tuple[LogLevel, ...]] = {
    "all": tuple(LogLevel),
    "warning": (LogLevel.WARNING, LogLevel.ERROR),
    "error": (LogLevel.ERROR,),
}


@dataclass(frozen=True)
class LogQuery:
    level: str = "all"  # a key of LEVELS
    search: str = ""

    @classmethod
    def parse(cls, values: Mapping[str, str]) -> Self:
        level = values.get("level", "").lower()
        return cls(
            level=level if level in LEVELS else cls.level,
            search=values.get("search", "").strip()[:200],
        )

    @property
    def is_filtered(self) -> bool:
        return self != LogQuery()


def cursor(value: str | None) -> int | None:
    """The id of a line as a URL gives it; None if it is no id."""
    if value and value.isascii() and value.isdecimal() and len(value) < 19:
        return int(value)
    return None


def latest(job: Job, query: LogQuery, *, before: int | None = None) -> tuple[list[JobLog], bool]:
    """The newest WINDOW lines (older than `before`), oldest first, and whether older ones exist."""
    lines = _matching(job, query)
    if before is not None:
        lines = lines.filter(pk__lt=before)
    newest = list(lines.order_by("-pk")[: WINDOW + 1])
    return newest[WINDOW - 1 :: -1] if len(newest) > WINDOW else newest[::-1], len(newest) > WINDOW


def following(job: Job, query: LogQuery, *, after: int) -> list[JobLog]:
    """Up to WINDOW lines written after the line `after`, oldest first."""
    return list(_matching(job, query).filter(pk__gt=after).order_by("pk")[:WINDOW])


def as_text(job: Job) -> Iterator[str]:
    """The whole log, one line of text each, oldest first."""
    lines = JobLog.objects.filter(job=job).order_by("pk")
    for line in lines.iterator(chunk_size=1000):
        yield text_line(line)


def text_line(line: JobLog) -> str:
    """Time in UTC, level and message, in exactly one line."""
    message = " ".join(line.message.split())
    return f"{line.timestamp:%Y-%m-%dT%H:%M:%S.%fZ} {line.level:<7} {message}\n"


def _matching(job: Job, query: LogQuery) -> QuerySet[JobLog]:
    lines = JobLog.objects.filter(job=job)
    if query.level != "all":
        lines = lines.filter(level__in=LEVELS[query.level])
    if query.search:
        lines = lines.filter(message__icontains=query.search)
    return lines
