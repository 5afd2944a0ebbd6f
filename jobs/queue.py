"""Everything that touches django-q2: the wakeups that call workers to work.

A wakeup says “a worker may look for work” and nothing else. Which document comes next is decided by
the worker that takes the wakeup (engine/attempts.py), so one too many or too few changes nothing
but speed, and starting 10,000 documents is as quick as starting ten.
"""

from datetime import datetime

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django_q.models import OrmQ
from django_q.tasks import async_task

from jobs.models import JobDocument

# Enough to wake every worker of a few hosts at once; workers that go on need no further ones.
WAKEUPS = 16


def add_wakeups(waiting: int) -> None:
    """Call up to WAKEUPS workers, but no more than there are documents waiting.

    The queue is a table of the same database: inside a transaction the wakeups appear with its
    commit.
    """
    for _ in range(min(waiting, WAKEUPS)):
        async_task("jobs.tasks.process_next")


def due_wakeups(now: datetime) -> "QuerySet[OrmQ]":
    """Wakeups that a cluster may take now; those that one holds, dead or alive, do not count."""
    return OrmQ.objects.filter(key=settings.Q_CLUSTER["name"], lock__lte=now)


def top_up() -> int:
    """See to it that documents waiting have wakeups due; returns how many were missing."""
    waiting = JobDocument.objects.due()[:WAKEUPS].count()
    if not waiting:
        return 0
    missing = waiting - due_wakeups(timezone.now()).count()
    if missing > 0:
        add_wakeups(missing)
    return max(missing, 0)
