"""Numbers of an organization that take long to find are kept for a while.

A measurement that took long is good for KEPT_FOR times what it took: however many people and
programs ask, finding the numbers of an organization takes 2 % of one database connection at most.

A row and not Django's cache: all web processes must share it, of which only the database does, and
one of them must take the turn, for which a cache would need a second key and a lock.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from time import monotonic
from typing import TypeVar

from django.db import models

from orgsettings.models import Organization

Numbers = TypeVar("Numbers")

KEPT_FOR = 50
# Seconds: what is found sooner is not kept, so that small organizations see every change.
LONG = 0.1
# Whoever measures has so long before somebody else tries, too.
TURN = timedelta(minutes=2)


class Measurement(models.Model):
    """The latest numbers of one kind and organization that took long to find."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20)  # as jobs/monitoring/statistics.py calls it
    numbers = models.JSONField()
    measured_at = models.DateTimeField()
    due_at = models.DateTimeField()  # from when on somebody measures again

    class Meta:
        app_label = "jobs"
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "kind"], name="measurement_once_per_kind"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization}: {self.kind}, {self.measured_at}"


def kept_or_new(
    organization: Organization, kind: str, now: datetime, measure: Callable[[], Numbers]
) -> Numbers:
    """What `measure` returns (as JSON would), now or a while ago; called only if that is due."""
    kept = Measurement.objects.filter(organization=organization, kind=kind).first()
    if kept and not _take_turn(kept, now):
        return kept.numbers
    begun = monotonic()
    numbers = measure()
    seconds = monotonic() - begun
    if seconds >= LONG:
        due = now + timedelta(seconds=seconds * KEPT_FOR)
        Measurement.objects.update_or_create(
            organization=organization,
            kind=kind,
            defaults={"numbers": numbers, "measured_at": now, "due_at": due},
        )
    return numbers


def _take_turn(kept: Measurement, now: datetime) -> bool:
    """Whether to measure: of several who see that it is due, one does and the others wait."""
    if kept.due_at > now:
        return False
    mine = Measurement.objects.filter(pk=kept.pk, due_at=kept.due_at)
    return bool(mine.update(due_at=now + TURN))
