"""Everything that touches django-q2: the tokens that call workers to work.

A token says “a worker may look for work” and nothing else. Which document comes next is decided by
the worker that takes the token (engine/attempts.py), so a token too many or too few changes nothing
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
TOKENS = 16


def add_tokens(waiting: int) -> None:
    """Call up to TOKENS workers, but no more than there are documents waiting.

    The queue is a table of the same database: inside a transaction the tokens appear with its
    commit.
    """
    for _ in range(min(waiting, TOKENS)):
        async_task("jobs.tasks.process_next")


def due_tokens(now: datetime) -> "QuerySet[OrmQ]":
    """Tokens that a cluster may take now; those that one holds, dead or alive, do not count."""
    return OrmQ.objects.filter(key=settings.Q_CLUSTER["name"], lock__lte=now)


def top_up() -> int:
    """See to it that documents waiting have tokens due; returns how many were missing."""
    waiting = JobDocument.objects.due()[:TOKENS].count()
    if not waiting:
        return 0
    missing = waiting - due_tokens(timezone.now()).count()
    if missing > 0:
        add_tokens(missing)
    return max(missing, 0)
