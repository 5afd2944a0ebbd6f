"""How often somebody may ask: counted in the database, so that all processes share the count.

Windows of one minute begin at the full minute. One statement counts a request, whatever happens at
the same moment: of two requests that race for the last place exactly one is refused.
"""

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
_KEPT_SECONDS = 24 * 3600  # counts of those who never came back

_COUNT = """
    INSERT INTO {table} (key, starts_at, requests) VALUES (%s, %s, 1)
    ON CONFLICT (key) DO UPDATE SET
        requests = CASE WHEN {table}.starts_at = excluded.starts_at
                        THEN {table}.requests + 1 ELSE 1 END,
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


def count(scope: str, who: str, limit: int, now: datetime) -> Allowance | None:
    """Count one more request of `who`; None when `limit` is 0, which sets no limit.

    Raises:
        RateLimited: there were `limit` requests in this window already.
    """
    if not limit:
        return None
    seconds = int(now.timestamp())
    begins = seconds - seconds % WINDOW_SECONDS
    requests = _add_one(key_of(scope, who), begins)
    if requests == 1:
        RateWindow.objects.filter(starts_at__lt=begins - _KEPT_SECONDS).delete()
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


def _add_one(key: str, begins: int) -> int:
    """The number of requests under `key` in the window that begins then, this one included."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT.format(table=RateWindow._meta.db_table), [key, begins])
        return cursor.fetchone()[0]
