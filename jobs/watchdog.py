"""The watchdog: puts right, every few seconds, whatever a crash left behind.

It runs in the supervisor of every worker command, so it never waits behind a conversion and does
not depend on the queue being healthy. Several at once do no harm.
"""

import logging
from datetime import datetime

from jobs import queue, recovery, workers

logger = logging.getLogger(__name__)

INTERVAL_SECONDS = 5


def look(now: datetime) -> None:
    """Take back what dead workers held, end overdue cancellations, call workers to what waits."""
    taken = workers.look_after(now)
    taken += recovery.take_back_expired(now)
    revoked = recovery.revoke_overdue_cancellations(now)
    if taken or revoked:
        logger.warning(
            "Took %d documents back from lost workers, ended %d overdue cancellations.",
            taken,
            revoked,
        )
    queue.top_up()
