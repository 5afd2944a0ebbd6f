"""What the URL of the list of jobs asks for; whatever makes no sense in it is left out."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple, Self

from django.db.models import F, OrderBy, Q
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from curatore.core.url_query import UrlQuery, words
from jobs.models import NEEDS_ATTENTION, JobStatus


class Tab(NamedTuple):
    """Some of the jobs of the list."""

    label: Any  # translated when it is shown
    jobs: Q
    is_lasting: bool = False  # shown even while it is empty


# Tabs of the list, under their names in the URL.
TABS: Mapping[str, Tab] = {
    "attention": Tab(_("Needs attention"), NEEDS_ATTENTION, is_lasting=True),
    "all": Tab(_("All"), Q(), is_lasting=True),
    "running": Tab(_("Running"), Q(status=JobStatus.RUNNING), is_lasting=True),
    "queued": Tab(_("Queued"), Q(status=JobStatus.QUEUED)),
    "completed": Tab(_("Completed"), Q(status=JobStatus.COMPLETED), is_lasting=True),
    "failed": Tab(_("Failed"), Q(status=JobStatus.FAILED), is_lasting=True),
    "cancelled": Tab(_("Cancelled"), Q(status=JobStatus.CANCELLED)),
    "pending": Tab(_("Drafts"), Q(status=JobStatus.PENDING)),
}

ORDERINGS: Mapping[str, tuple[str | OrderBy, ...]] = {
    "-created": ("-created_at", "-pk"),
    "created": ("created_at", "pk"),
    "name": ("name", "-created_at", "-pk"),
    "-name": ("-name", "-created_at", "-pk"),
    "-duration": (F("duration").desc(nulls_last=True), "-created_at", "-pk"),
    "duration": (F("duration").asc(nulls_last=True), "-created_at", "-pk"),
    "-quality": (F("quality").desc(nulls_last=True), "-created_at", "-pk"),
    "quality": (F("quality").asc(nulls_last=True), "-created_at", "-pk"),
}
PERIODS = {"24h": timedelta(days=1), "7d": timedelta(days=7), "30d": timedelta(days=30)}
CUSTOM = "custom"  # from one day to another, both included, in UTC
SIZES = (25, 50, 100)


@dataclass(frozen=True)
class ListQuery(UrlQuery):
    in_url = {"first_day": "from", "last_day": "to"}

    status: str = "all"  # a key of TABS
    search: str = ""
    owner: str = "everyone"  # or "me"
    created: str = "any"  # a key of PERIODS, or CUSTOM
    first_day: date | None = None
    last_day: date | None = None
    sort: str = "-created"  # a key of ORDERINGS
    size: int = SIZES[0]
    page: int = 1

    @classmethod
    def parse(cls, values: Mapping[str, str]) -> Self:
        first, last = _day(values.get("from", "")), _day(values.get("to", ""))
        created = _choice(values.get("created", ""), (*PERIODS, CUSTOM), cls.created)
        if (first or last) and "created" not in values:
            created = CUSTOM
        page = values.get("page", "")
        size = _choice(values.get("size", ""), [str(size) for size in SIZES], str(cls.size))
        return cls(
            status=_choice(values.get("status", "").lower(), TABS, cls.status),
            search=words(values, "search"),
            owner=_choice(values.get("owner", ""), ("me",), cls.owner),
            created=created,
            first_day=first if created == CUSTOM else None,
            last_day=last if created == CUSTOM else None,
            sort=_choice(values.get("sort", ""), ORDERINGS, cls.sort),
            size=int(size),
            page=int(page) if page.isascii() and page.isdecimal() and len(page) < 10 else cls.page,
        )

    @classmethod
    def parse_text(cls, text: str) -> Self:
        """From `as_text`."""
        return cls.parse(QueryDict(text).dict())

    def url(self, **changes: Any) -> str:
        """The list's URL with some of its parameters changed; on its first page, unless told."""
        text = replace(self, **({"page": 1} | changes)).as_text
        return reverse("jobs:list") + (f"?{text}" if text else "")

    @property
    def is_filtered(self) -> bool:
        """Whether fewer jobs than all are asked for; the order and the size do not count."""
        no_days = self.created == CUSTOM and not self.first_day and not self.last_day
        created = self.created if no_days else ListQuery.created
        unfiltered = ListQuery(sort=self.sort, size=self.size, page=self.page, created=created)
        return self != unfiltered

    @property
    def reset_url(self) -> str:
        return ListQuery(sort=self.sort, size=self.size).url()

    @property
    def page_prefix(self) -> str:
        """The list's URL up to the number of the page."""
        url = self.url()
        return url + ("&page=" if "?" in url else "?page=")

    @property
    def sort_links(self) -> dict[str, tuple[str, str]]:
        """Column -> its URL (sorted by it, or turned round) and its `aria-sort` now."""
        links = {}
        for first in ("-created", "name", "-duration", "quality"):
            column = first.removeprefix("-")
            turned = column if first.startswith("-") else f"-{column}"
            descending = self.sort.startswith("-")
            current = self.sort.removeprefix("-") == column
            state = ("descending" if descending else "ascending") if current else "none"
            links[column] = (self.url(sort=turned if self.sort == first else first), state)
        return links

    @property
    def size_links(self) -> list[tuple[int, str]]:
        return [(size, self.url(size=size)) for size in SIZES]

    def created_between(self, now: datetime) -> tuple[datetime | None, datetime | None]:
        """The first moment that counts and the first that does not; None: no bound."""
        if self.created in PERIODS:
            return now - PERIODS[self.created], None
        # The very last day of the calendar has none after it: no bound either.
        after = self.last_day + timedelta(days=1) if self.last_day not in {None, date.max} else None
        return _midnight(self.first_day), _midnight(after)

    def until(self, moment: datetime, now: datetime) -> str | None:
        """The URL of the same list up to the day of `moment`; None if that is no step back."""
        day = moment.astimezone(UTC).date()
        if day >= (self.last_day or now.astimezone(UTC).date()):
            return None
        start, _ = self.created_between(now)
        first = start.astimezone(UTC).date() if start else None
        return self.url(created=CUSTOM, first_day=first, last_day=day)


def _choice(value: str, allowed: Collection[str], otherwise: str) -> str:
    return value if value in allowed else otherwise


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _midnight(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time(), UTC)
