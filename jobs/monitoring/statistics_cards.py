"""The statistics of an organization as the cards of its admin page: a number, a chart, links."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from curatore.core.templatetags.ui import duration

Day = dict[str, Any]


@dataclass(frozen=True)
class Statistics:
    """What jobs/monitoring/statistics.py tells of an organization."""

    numbers: dict[str, Any]  # `of_organization`
    days: list[Day]  # `of_days`


@dataclass(frozen=True)
class Bar:
    """One day of a chart."""

    day: str  # as people write it
    share: float | None  # of the chart's height, 0 to 1; None: nothing to show
    text: str


@dataclass(frozen=True)
class Fact:
    """A further number of a card, perhaps with a link to what it counts."""

    label: str
    value: str
    url: str = ""


@dataclass(frozen=True)
class Card:
    key: str
    title: str
    value: str  # "" where there is nothing to tell yet
    note: str
    facts: tuple[Fact, ...]
    chart: str  # what the bars show
    bars: tuple[Bar, ...]
    url: str
    link: str


def cards(numbers: dict[str, Any], days: list[Day]) -> list[Card]:
    """The five cards, in their order."""
    statistics = Statistics(numbers, days)
    return [make(statistics) for make in (_active, _total, _average, _success, _storage)]


def _active(statistics: Statistics) -> Card:
    numbers = statistics.numbers
    active, limit = numbers["active_jobs"], numbers["concurrency_limit"]
    free = max(limit - active, 0)
    note = _("No further job can start until one ends.")
    if free:
        note = ngettext("%d more can start.", "%d more can start.", free) % free
    return Card(
        "active", _("Active jobs"), f"{active} / {limit}", note,
        facts=(
            Fact(_("Running"), str(active - numbers["queued_jobs"]), _jobs(status="running")),
            Fact(_("Queued"), str(numbers["queued_jobs"]), _jobs(status="queued")),
        ),
        chart=_("Time that jobs ran, by the day they ended"),
        bars=_bars(
            statistics, lambda day: day["busy"] or None, lambda busy: duration(busy * 60)
        ),
        url=_jobs(status="running"), link=_("Running jobs"),
    )  # fmt: skip


def _total(statistics: Statistics) -> Card:
    numbers = statistics.numbers
    periods = (("24h", _("24 hours")), ("7d", _("7 days")), ("30d", _("30 days")))
    return Card(
        "total", _("Total jobs"), str(numbers["total_jobs_30d"]),
        _("Created in the last 30 days."),
        facts=tuple(
            Fact(label, str(numbers[f"total_jobs_{period}"]), _jobs(created=period))
            for period, label in periods
        ),
        chart=_("Jobs created each day"),
        bars=_bars(statistics, lambda day: day["created"] or None, lambda jobs: f"{jobs:g}"),
        url=_jobs(created="30d"), link=_("Newest jobs"),
    )  # fmt: skip


def _average(statistics: Statistics) -> Card:
    minutes = statistics.numbers["avg_processing_time_minutes"]

    def of_day(day: Day) -> float | None:
        return day["completed_time"] / day["completed"] if day["completed"] else None

    return Card(
        "average", _("Average processing time"),
        "" if minutes is None else duration(minutes * 60),
        _("From start to end, of the jobs completed in the last 7 days.")
        if minutes is not None
        else _("No job was completed in the last 7 days."),
        facts=(),
        chart=_("Average of the jobs completed each day"),
        bars=_bars(statistics, of_day, lambda shown: duration(shown * 60)),
        url=_jobs(status="completed", sort="-duration"), link=_("Longest jobs"),
    )  # fmt: skip


def _success(statistics: Statistics) -> Card:
    rate = statistics.numbers["success_rate_7d"]

    def of_day(day: Day) -> float | None:
        ended = day["completed"] + day["failed"]
        return day["completed"] / ended if ended else None

    return Card(
        "success", _("Success rate"), "" if rate is None else _percent(rate),
        _("Completed of all jobs that ended in the last 7 days.")
        if rate is not None
        else _("No job ended in the last 7 days."),
        facts=(),
        chart=_("Completed of the jobs that ended each day"),
        bars=_bars(statistics, of_day, _percent, top=1),
        url=_jobs(status="failed"), link=_("Failed jobs"),
    )  # fmt: skip


def _storage(statistics: Statistics) -> Card:
    numbers = statistics.numbers
    left = numbers["storage_usage_bytes"]
    stored: dict[str, int] = {}
    for day in reversed(statistics.days):
        stored[day["day"]] = left
        left -= int(day["bytes"])
    return Card(
        "storage", _("Storage usage"),
        filesizeformat(numbers["storage_usage_bytes"]), _storage_note(numbers),
        facts=(
            Fact(_("Originals"), filesizeformat(numbers["originals"]), reverse("documents:list")),
            Fact(_("Results"), filesizeformat(numbers["results"])),
        ),
        chart=_("What is stored now, by the day it came"),
        bars=_bars(
            statistics, lambda day: stored[day["day"]] if stored[day["day"]] > 0 else None,
            filesizeformat,
        ),
        url=reverse("documents:list"), link=_("All documents"),
    )  # fmt: skip


def _storage_note(numbers: dict[str, Any]) -> str:
    used, limit = numbers["storage_usage_bytes"], numbers["storage_limit_bytes"]
    if limit is None:
        return _("Originals and results together.")
    if used >= limit:
        note = _("All %(limit)s are used: new files are refused until something is deleted.")
    else:
        note = _("Of %(limit)s; originals and results together.")
    return note % {"limit": filesizeformat(limit)}


def _bars(
    statistics: Statistics,
    value: Callable[[Day], float | None],
    text: Callable[[float], str],
    top: float = 0,
) -> tuple[Bar, ...]:
    """A bar for each day, as high as its share of `top`, or of the highest if that is more."""
    values = [value(day) for day in statistics.days]
    highest = max([top, *(number for number in values if number is not None)])
    return tuple(
        Bar(
            date_format(date.fromisoformat(day["day"]), "j M"),
            None if number is None or not highest else round(number / highest, 4),
            _("none") if number is None else text(number),
        )
        for day, number in zip(statistics.days, values, strict=True)
    )


def _percent(rate: float) -> str:
    return f"{rate * 100:.1f}".removesuffix(".0") + " %"


def _jobs(**parameters: str) -> str:
    """The list of jobs, filtered."""
    return f"{reverse('jobs:list')}?" + "&".join(f"{k}={v}" for k, v in parameters.items())
