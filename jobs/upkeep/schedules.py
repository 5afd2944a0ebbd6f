"""Schedules of django-q2: one of each, as the environment says, however many start at once."""

from datetime import datetime

from croniter import croniter
from django.conf import settings
from django_q.models import Schedule

from curatore.core.db import exclusive

CLEANUP = "Delete expired jobs"


def ensure(now: datetime) -> None:
    """Make, mend or remove the clean-up schedule; called after migrate and as a worker starts."""
    with exclusive("curatore.schedules"):
        same = Schedule.objects.filter(name=CLEANUP).order_by("pk")
        kept = same.first()
        if kept:
            same.exclude(pk=kept.pk).delete()
        if not settings.JOB_CLEANUP_ENABLED:
            if kept:
                kept.delete()
        elif kept is None or kept.cron != settings.JOB_CLEANUP_SCHEDULE_CRON:
            _write(kept or Schedule(name=CLEANUP), now)


def next_clean_up(now: datetime) -> datetime | None:
    """When expired jobs are deleted next; None if the operator switched that off."""
    if not settings.JOB_CLEANUP_ENABLED:
        return None
    return croniter(settings.JOB_CLEANUP_SCHEDULE_CRON, now).get_next(datetime)


def _write(schedule: Schedule, now: datetime) -> None:
    schedule.func = "jobs.tasks.clean_up"
    schedule.schedule_type = Schedule.CRON
    schedule.cron = settings.JOB_CLEANUP_SCHEDULE_CRON
    # django-q2 would keep the time of the old expression.
    schedule.next_run = next_clean_up(now)
    schedule.repeats = -1
    schedule.save()
