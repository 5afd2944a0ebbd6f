"""Database work that outlives a restart of the database, or that only one process may do."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import QuerySet, Sum

logger = logging.getLogger(__name__)

T = TypeVar("T")

CONNECTION_ERRORS = (OperationalError, InterfaceError)


def retrying(work: Callable[[], T], *, patience_seconds: float = 60) -> T:
    """Do `work`, again with a new connection when the database went away, then raise.

    `work` must be one transaction and safe to repeat: its commit may have succeeded although the
    answer was lost.
    """
    give_up_at = time.monotonic() + patience_seconds
    pause = 0.2  # seconds
    while True:
        try:
            return work()
        except CONNECTION_ERRORS as trouble:
            if time.monotonic() + pause > give_up_at:
                raise
            logger.warning("The database did not answer, trying again: %s", trouble)
            connection.close()
            time.sleep(pause)
            pause = min(pause * 2, 5)


def total(rows: QuerySet[Any], *fields: str) -> int:
    """The sum of all `fields` over `rows`, 0 where there are none. One query."""
    sums = rows.order_by().aggregate(**{field: Sum(field) for field in fields})
    return sum(value or 0 for value in sums.values())


@contextmanager
def exclusive(name: str) -> Iterator[None]:
    """A transaction that only one process at a time can be in, for each `name`.

    SQLite's transactions all exclude each other (IMMEDIATE); PostgreSQL takes an advisory lock that
    ends with the transaction.
    """
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [name])
        yield
