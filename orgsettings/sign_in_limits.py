"""Wrong passwords are counted, at every door to a password, so that nobody guesses on.

Three counts end some minutes after their first wrong password: of an account from one address, of
an address over all accounts, and of an account over all addresses. The last two are high, and do
not hold at an address from which the person signed in lately: nobody locks somebody else out from
another address, nor by guessing at other accounts from the same one. Names that nobody has count as
well and as long: nothing tells whether there is such an account.

To check a password takes a processor for a third of a second, so that guessing takes long. No more
are checked at once than leave a process threads for other requests; whoever comes beyond is told to
come again.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, TypeVar

from django.conf import settings
from django.db import connection
from django.db.models import F
from django.utils.translation import ngettext

from curatore.core.errors import DomainError
from orgsettings.models import SignInCount
from orgsettings.rate_limits import key_of

logger = logging.getLogger(__name__)

T = TypeVar("T")

# How many times more wrong passwords may come from one address, over all accounts: many people
# share one. And how many times more to one account, from all addresses.
_ADDRESS_FACTOR = 6
_ACCOUNT_FACTOR = 10
_KNOWN_FOR = timedelta(days=30)  # an address stays a person's own after each sign-in
# Passwords that one process checks at once; nobody waits, since that would take a thread as well.
AT_ONCE = max(1, settings.WEB_THREADS // 2)
_places = threading.BoundedSemaphore(AT_ONCE)
_BUSY_SECONDS = 2

_COUNT = """
    INSERT INTO {table} (key, failures, ends_at) VALUES (%s, 1, %s)
    ON CONFLICT (key) DO UPDATE SET
        failures = CASE WHEN {table}.ends_at > %s THEN {table}.failures + 1 ELSE 1 END,
        ends_at = CASE WHEN {table}.ends_at > %s THEN {table}.ends_at ELSE excluded.ends_at END
    RETURNING failures, ends_at
"""


class Unchecked(DomainError):
    """A password was not checked: whether it is right is not known."""

    status: ClassVar[int] = 429


class TooManyAttempts(Unchecked):
    code = "too_many_attempts"

    def __init__(self, seconds: int) -> None:
        minutes = -(-seconds // 60)
        wait = ngettext("Try again in %d minute.", "Try again in %d minutes.", minutes) % minutes
        super().__init__(f"Too many attempts. {wait}", retry_after=seconds)


class TooManyAtOnce(Unchecked):
    code = "too_many_sign_ins"

    def __init__(self) -> None:
        super().__init__(
            "Too many people are signing in right now; your password was not checked."
            " Try again in a few seconds.",
            retry_after=_BUSY_SECONDS,
        )


@dataclass(frozen=True)
class _Count:
    key: str
    limit: int


def attempt(account: str, address: str, now: datetime, check: Callable[[], T | None]) -> T | None:
    """What `check` finds out about a password; None if it is wrong.

    The attempt counts as wrong before it is checked: of many at the same moment no more are checked
    than are allowed. The right password takes it back.

    Args:
        account: whose password it is; "user" and an id, or whatever was typed instead.
        address: from where.

    Raises:
        Unchecked: there were too many wrong ones, or too many are being checked at this moment.
    """
    if not settings.SIGN_IN_ATTEMPTS:
        return _in_place(check)
    place = f"{account}\n{address}"
    here = _Count(key_of("here", place), settings.SIGN_IN_ATTEMPTS)
    there = _Count(key_of("address", address), settings.SIGN_IN_ATTEMPTS * _ADDRESS_FACTOR)
    anywhere = _Count(key_of("account", account), settings.SIGN_IN_ATTEMPTS * _ACCOUNT_FACTOR)
    known = key_of("known", place)
    # In this order: whoever is refused here adds nothing to what locks the account elsewhere.
    for count in (here, there, anywhere):
        failures, ends_at = _add_one(count.key, now)
        if failures > count.limit and (count is here or not _is_known(known, now)):
            if failures == count.limit + 1:
                _log(count.key, account, address)
            raise TooManyAttempts(max(1, ends_at - int(now.timestamp())))
    try:
        found = _in_place(check)
    except TooManyAtOnce:
        _take_back(here, there, anywhere)
        raise
    if found:
        SignInCount.objects.filter(key=here.key).delete()
        _take_back(there, anywhere)
        _remember(known, now)
    return found


def _in_place(check: Callable[[], T]) -> T:
    if not _places.acquire(blocking=False):
        raise TooManyAtOnce
    try:
        return check()
    finally:
        _places.release()


def _take_back(*counts: _Count) -> None:
    for count in counts:  # one by one: two rows at once could wait for each other
        row = SignInCount.objects.filter(key=count.key, failures__gt=0)
        row.update(failures=F("failures") - 1)


def _add_one(key: str, now: datetime) -> tuple[int, int]:
    """The wrong passwords under `key`, this one included, and when they are forgotten."""
    seconds = int(now.timestamp())
    ends_at = seconds + settings.SIGN_IN_LOCK_SECONDS
    with connection.cursor() as cursor:
        statement = _COUNT.format(table=SignInCount._meta.db_table)
        cursor.execute(statement, [key, ends_at, seconds, seconds])
        failures, ends_at = cursor.fetchone()
    if failures == 1:
        SignInCount.objects.filter(ends_at__lte=seconds).delete()
    return failures, ends_at


def _is_known(key: str, now: datetime) -> bool:
    return SignInCount.objects.filter(key=key, ends_at__gt=int(now.timestamp())).exists()


def _remember(key: str, now: datetime) -> None:
    ends_at = int((now + _KNOWN_FOR).timestamp())
    SignInCount.objects.update_or_create(key=key, defaults={"failures": 0, "ends_at": ends_at})


def _log(key: str, account: str, address: str) -> None:
    # What was typed may be a password in the wrong field: it stays out of the log.
    who = account if account.startswith("user ") else f"unknown name {key_of('name', account)[:17]}"
    logger.warning(
        "Too many wrong passwords: %s from %s is locked for some minutes (%s).",
        who, address or "no address", key.partition(":")[0],
    )  # fmt: skip
