"""The watchdog: puts right, every few seconds, whatever a crash left behind.

It runs in the supervisor of every worker command, so it never waits behind a conversion and does
not depend on the queue being healthy. Several at once do no harm.
"""

import logging
from collections.abc import Collection
from datetime import datetime, timedelta

import psutil

from jobs import file_passwords, queue, serving
from jobs.engine import recovery, workers
from jobs.models import Worker

logger = logging.getLogger(__name__)

INTERVAL_SECONDS = 5
# A wakeup that lies about for so long beside an idle worker means that the queue stands still.
STALL = timedelta(seconds=15)


def look(now: datetime) -> None:
    """Put right what can be: documents of dead workers, overdue cancellations, lines, wakeups.

    Passwords that no attempt took in time go, too.
    """
    taken = workers.reap_dead(now)
    taken += recovery.reclaim_expired(now)
    revoked = recovery.revoke_overdue_cancellations(now)
    if taken or revoked:
        logger.warning(
            "Took %d documents back from lost workers, ended %d overdue cancellations.",
            taken,
            revoked,
        )
    serving.serve_all()
    file_passwords.forget_expired(now)
    queue.top_up()


def has_frozen_worker(pids: Collection[int]) -> bool:
    """Whether a worker of these processes is stopped (SIGSTOP).

    It keeps its documents, and perhaps the lock with which workers take wakeups: then
    the others get none, either.
    """
    workers_here = Worker.objects.filter(place=workers.place(), pid__in=pids)
    return any(_is_stopped(pid) for pid in workers_here.values_list("pid", flat=True))


def _is_stopped(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_STOPPED
    except psutil.NoSuchProcess:
        return False


def is_stalled(pids: Collection[int], now: datetime) -> bool:
    """Whether wakeups lie about although a worker of these processes is idle.

    True may be a coincidence of a moment; true several times in a row means that the cluster only
    seems to live, as when one of its processes died with a lock.
    """
    if not queue.due_wakeups(now - STALL).exists():
        return False
    return Worker.objects.filter(place=workers.place(), pid__in=pids, holds=None).exists()
