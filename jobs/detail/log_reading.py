"""Reading a job's log: a window of lines in the order they were written, filtered."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Self
from uuid import UUID

from django.db.models import QuerySet

from curatore.core.ids import as_uuid
from curatore.core.url_query import UrlQuery, words
from jobs.models import Job, JobDocument, JobLog, LogLevel

WINDOW = 200  # lines

# Filter in the URL -> the levels that it shows.
LEVELS: Mapping[str, tuple[LogLevel, ...]] = {
    "all": tuple(LogLevel),
    "warning": (LogLevel.WARNING, LogLevel.ERROR),
    "error": (LogLevel.ERROR,),
}


@dataclass(frozen=True)
class LogQuery(UrlQuery):
    level: str = "all"  # a key of LEVELS
    search: str = ""
    document: UUID | None = None  # the id of a JobDocument
    file: str = ""  # part of a document's file name, any case

    @classmethod
    def parse(cls, values: Mapping[str, str]) -> Self:
        level = values.get("level", "").lower()
        return cls(
            level=level if level in LEVELS else cls.level,
            search=words(values, "search"),
            document=as_uuid(values.get("document", "")),
            file=words(values, "file"),
        )

    @property
    def is_filtered(self) -> bool:
        return self != LogQuery()

    @property
    def errors_only(self) -> Self:
        return replace(self, level="error")

    @property
    def all_levels(self) -> Self:
        return replace(self, level="all")

    @property
    def any_document(self) -> Self:
        return replace(self, document=None)


@dataclass(frozen=True)
class Window:
    """Some lines in the order they were written, and whether there are others around them."""

    lines: list[JobLog]
    has_older: bool
    has_newer: bool


def cursor(value: str | None) -> int | None:
    """The id of a line as a URL gives it; None if it is no id."""
    if value and value.isascii() and value.isdecimal() and len(value) < 19:
        return int(value)
    return None


def matching(job: Job, query: LogQuery) -> QuerySet[JobLog]:
    """All lines that fit, oldest first."""
    lines = JobLog.objects.filter(job=job).order_by("pk")
    if query.level != "all":
        lines = lines.filter(level__in=LEVELS[query.level])
    if query.search:
        lines = lines.filter(message__icontains=query.search)
    if query.document:
        lines = lines.filter(job_document=query.document)
    if query.file:
        named = JobDocument.objects.named(query.file).filter(job=job)
        lines = lines.filter(job_document__in=named)
    return lines


def window(
    job: Job, query: LogQuery, *, before: int | None = None, around: int | None = None
) -> Window:
    """The newest WINDOW lines; or those before a line, or those around one, by its id."""
    lines = matching(job, query)
    if around is not None:
        older = lines.filter(pk__lt=around).order_by("-pk")[: WINDOW // 2 + 1]
        newer = list(lines.filter(pk__gte=around)[: WINDOW // 2 + 1])
        earlier, has_older = _cut(older, WINDOW // 2)
        has_newer = len(newer) > WINDOW // 2
        return Window(earlier + newer[: WINDOW // 2], has_older, has_newer)
    if before is not None:
        lines = lines.filter(pk__lt=before)
    shown, has_older = _cut(lines.order_by("-pk")[: WINDOW + 1], WINDOW)
    return Window(shown, has_older, before is not None)


def first_match(job: Job, query: LogQuery, shown: Window) -> int:
    """Which of all lines that fit is the first one shown; from 1. A query if there are older."""
    if not shown.has_older:
        return 1
    return matching(job, query).filter(pk__lt=shown.lines[0].pk).count() + 1


def following(job: Job, query: LogQuery, *, after: int) -> list[JobLog]:
    """Up to WINDOW lines written after the line `after`, oldest first."""
    return list(matching(job, query).filter(pk__gt=after)[:WINDOW])


def _cut(newest_first: Iterable[JobLog], length: int) -> tuple[list[JobLog], bool]:
    """Up to `length` lines, oldest first, and whether there were more."""
    lines = list(newest_first)
    return lines[:length][::-1], len(lines) > length
