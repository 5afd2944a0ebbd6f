"""How often somebody may ask: counted in the database, so that all processes share the count.

Windows of one minute begin at the full minute. One statement counts a request, whatever happens at
the same moment: of two requests that race for the last place exactly one is refused.

Reads write nothing, since on SQLite each write keeps all others waiting: a process keeps them in
mind and tells the database of several at once, at the latest with the next request that writes
anyway. Each process may so let 1/READS_TOLD of the limit through that the others do not know yet.

Django's throttles of DRF need a shared cache for one count of all processes, which this server does
not have, and they read and write it in two steps; hence the code of our own.
"""

import threading
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from ipaddress import IPv6Address, ip_address
from typing import ClassVar

from django.conf import settings
from django.db import connection
from django.http import HttpRequest

from curatore.core.errors import DomainError
from orgsettings.models import RateWindow

WINDOW_SECONDS = 60
READS_TOLD = 20  # a process tells of its reads when they are this part of the limit
_KEPT_SECONDS = 24 * 3600  # counts of those who never came back

_COUNT = """
    INSERT INTO {table} (key, starts_at, requests) VALUES (%s, %s, %s)
    ON CONFLICT (key) DO UPDATE SET
        requests = CASE WHEN {table}.starts_at = excluded.starts_at
                        THEN {table}.requests + excluded.requests
                        ELSE excluded.requests END,
        starts_at = excluded.starts_at
    RETURNING requests
"""


@dataclass(frozen=True)
class Allowance:
    limit: int  # requests in a window
    remaining: int
    reset_seconds: int  # until the next window

    @property
    def headers(self) -> dict[str, str]:
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(self.reset_seconds),
        }


class RateLimited(DomainError):
    code = "rate_limited"
    status: ClassVar[int] = 429

    def __init__(self, allowance: Allowance) -> None:
        super().__init__(
            f"Too many requests: {allowance.limit} in a minute are allowed."
            f" Try again in {allowance.reset_seconds} seconds.",
            retry_after=allowance.reset_seconds,
            limit=allowance.limit,
        )
        self.allowance = allowance

    @property
    def headers(self) -> dict[str, str]:
        return super().headers | self.allowance.headers


@dataclass
class _Count:
    """What this process knows of the requests under one key in the present window."""

    told: int = 0  # what the database knows of all processes, as far as this one knows
    untold: int = 0  # reads here that the database does not know yet

    @property
    def requests(self) -> int:
        return self.told + self.untold


class _Present:
    """The counts of one window as this process knows them; those of an earlier one are dropped."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._begins = 0
        self._counts: dict[str, _Count] = {}

    def add(self, key: str, begins: int, limit: int, *, is_read: bool) -> tuple[int, int]:
        """Count a request.

        Returns:
            How many there were, as far as this process knows, and how many of them the database
            has to be told of: 0 while they are few, or so many that it makes no difference.
        """
        with self._lock:
            if begins < self._begins:  # a request that took long to get here
                return 1, 1
            if begins > self._begins:
                self._begins, self._counts = begins, {}
            count = self._counts.setdefault(key, _Count())
            count.untold += 1
            is_due = not is_read or count.untold * READS_TOLD >= limit
            if count.told >= limit or not is_due:
                return count.requests, 0
            untold = count.untold
            count.told, count.untold = count.requests, 0
            return count.requests, untold

    def told(self, key: str, begins: int, requests: int) -> None:
        """The database says how many there were, those of other processes included."""
        with self._lock:
            if begins == self._begins and key in self._counts:
                count = self._counts[key]
                count.told = max(count.told, requests)

    def forget(self) -> None:
        with self._lock:
            self._begins, self._counts = 0, {}


_present = _Present()
forget = _present.forget  # as a new process does


def count(
    scope: str, who: str, limit: int, now: datetime, *, is_read: bool = False
) -> Allowance | None:
    """Count one more request of `who`; None when `limit` is 0, which sets no limit.

    Args:
        is_read: the request writes nothing, so that counting it must not either.

    Raises:
        RateLimited: there were `limit` requests in this window already.
    """
    if not limit:
        return None
    seconds = int(now.timestamp())
    begins = seconds - seconds % WINDOW_SECONDS
    requests = _counted(key_of(scope, who), begins, limit, is_read=is_read)
    left = max(0, limit - requests)
    allowance = Allowance(limit, left, begins + WINDOW_SECONDS - seconds)
    if requests > limit:
        raise RateLimited(allowance)
    return allowance


def key_of(scope: str, who: str) -> str:
    """Under what `who` is counted. Hashed: it may be personal (a name) and of any length."""
    return f"{scope}:{sha256(who.encode()).hexdigest()}"


def client_address(request: HttpRequest) -> str:
    """Who asks, as far as the proxies in front can be trusted (PROXY_COUNT); IPv6 by network."""
    address = request.META.get("REMOTE_ADDR", "")
    if proxies := settings.PROXY_COUNT:
        forwarded = request.headers.get("X-Forwarded-For", "").split(",")
        address = forwarded[-min(proxies, len(forwarded))].strip() or address
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        # Whoever has one address has all of its /64.
        return str(parsed.ipv4_mapped or IPv6Address(int(parsed) >> 64 << 64))
    return str(parsed)


def _counted(key: str, begins: int, limit: int, *, is_read: bool) -> int:
    """The number of requests under `key` in the window that begins then, this one included."""
    known, untold = _present.add(key, begins, limit, is_read=is_read)
    if not untold:
        return known
    requests = _add(key, begins, untold)
    _present.told(key, begins, requests)
    if requests == untold:
        RateWindow.objects.filter(starts_at__lt=begins - _KEPT_SECONDS).delete()
    return requests


def _add(key: str, begins: int, requests: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_COUNT.format(table=RateWindow._meta.db_table), [key, begins, requests])
        return cursor.fetchone()[0]
