"""Numbers that take long to find are kept for a while, one set for each organization.

A measurement that took long is good for KEPT_FOR times what it took: however many people and
programs ask, finding the numbers of an organization takes 2 % of one database connection at most.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

from django.db import models

from orgsettings.models import Organization

KEPT_FOR = 50
# Seconds: what is found sooner is not kept, so that small organizations see every change.
LONG = 0.1
# Whoever measures has so long before somebody else tries, too.
TURN = timedelta(minutes=2)


class Measurement(models.Model):
    """The latest numbers of an organization that took long to find."""

    organization = models.OneToOneField(
        Organization, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    numbers = models.JSONField()
    measured_at = models.DateTimeField()
    due_at = models.DateTimeField()  # from when on somebody measures again

    class Meta:
        app_label = "jobs"

    def __str__(self) -> str:
        return f"{self.organization}, {self.measured_at}"


def kept_or_new(
    organization: Organization, now: datetime, measure: Callable[[], dict[str, Any]]
) -> tuple[dict[str, Any], datetime]:
    """The numbers of `measure`, and when they were found; asked for only if they are due."""
    kept = Measurement.objects.filter(organization=organization).first()
    if kept and not _take_turn(kept, now):
        return kept.numbers, kept.measured_at
    begun = monotonic()
    numbers = measure()
    seconds = monotonic() - begun
    if seconds >= LONG:
        due = now + timedelta(seconds=seconds * KEPT_FOR)
        Measurement.objects.update_or_create(
            organization=organization,
            defaults={"numbers": numbers, "measured_at": now, "due_at": due},
        )
    return numbers, now


def _take_turn(kept: Measurement, now: datetime) -> bool:
    """Whether to measure: of several who see that it is due, one does and the others wait."""
    if kept.due_at > now:
        return False
    mine = Measurement.objects.filter(pk=kept.pk, due_at=kept.due_at)
    return bool(mine.update(due_at=now + TURN))
