"""Sharing: when a worker stops a long document, so that another organization gets a turn.

Fair claims (claims.py) decide who comes next when a worker is free; but documents that hang
or are just very large may hold all workers until their time limits. Therefore an organization that
holds several workers gives one back as soon as another waits without any. It always keeps the one
with the document begun first, so that each of its documents comes to an end.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from jobs.engine import workers
from jobs.engine.attempts import Attempt
from jobs.models import Job, JobDocument

# What ends sooner is not worth stopping: others wait so long, and two or three seconds more.
PATIENCE = timedelta(seconds=5)
# Looks, a second apart, within which an idle worker takes what is due: the watchdog calls it again
# after five seconds if the first call was lost, and it may take a second to hear that.
IDLE_LOOKS = 7


def kept_waiting(attempt: Attempt, before: Mapping[UUID, int], now: datetime) -> dict[UUID, int]:
    """Organizations that wait while the document is the one to give way; at how many looks so far.

    `before` is what the look before found. Nobody waits for a document that is not the latest of
    several of its organization. One query, one more if it is.
    """
    organization = attempt.job.organization_id
    if _latest_of_several(organization, now) != attempt.row.pk:
        return {}
    waiting = starving().exclude(organization=organization).order_by()
    found = waiting.values_list("organization", flat=True).distinct()
    return {other: before.get(other, 0) + 1 for other in found}


def must_give_way(waiting: Mapping[UUID, int], now: datetime) -> bool:
    """Whether the document is to be stopped, so that this worker serves one of those that wait.

    An idle worker takes what they wait for. But it may be frozen, or its host dead, and still count
    as alive: its row cannot tell, for another process writes it. What tells is that somebody waits
    at one look after the other all the same. The looks are counted because a worker between two
    documents is idle for a moment, too, and its organization seems to have none.
    One query at most.
    """
    if max(waiting.values(), default=0) > IDLE_LOOKS:
        return True
    return bool(waiting) and not workers.alive(now).filter(holds=None).exists()


def is_long(started_at: datetime | None, now: datetime) -> bool:
    """Whether a document begun then takes so long that others need not wait for its end."""
    return started_at is not None and now - started_at >= PATIENCE


def starving() -> QuerySet[Job]:
    """Jobs with documents due, of organizations that no worker works for."""
    waiting = JobDocument.objects.waiting().filter(job=OuterRef("pk"))
    held = JobDocument.objects.running().filter(job__organization=OuterRef("organization"))
    return Job.objects.active().filter(
        Exists(waiting), ~Exists(held), cancel_requested_at__isnull=True
    )


def _latest_of_several(organization: UUID, now: datetime) -> UUID | None:
    """The document that the organization's workers began last; None if it is the only one.

    It has to be a long one, too: otherwise its worker is free soon.
    """
    begun = JobDocument.objects.running().filter(
        job__organization=organization, started_at__isnull=False, lease_expires_at__gte=now
    )
    latest = begun.order_by("-started_at", "-pk").values_list("pk", "started_at")[:2]
    if len(latest) < 2:
        return None
    document, started_at = latest[0]
    return document if is_long(started_at, now) else None
