"""Requests that may be repeated: the same Idempotency-Key gets the same answer, done once.

The key is stored in the transaction of the work itself. A second request with the key waits for the
first at the unique constraint; if the first was refused or died, nothing of it is left and the
second does the work. So only successes are remembered, and none is done twice.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from curatore.core.errors import DomainError, InvalidInput
from orgsettings.models import StoredAnswer, User

KEPT = timedelta(hours=24)
LONGEST_KEY = 255

Plan = TypeVar("Plan")


class KeyReused(DomainError):
    code = "idempotency_key_reused"
    status = 422


@dataclass(frozen=True)
class Answer:
    status: int
    body: Any  # JSON
    location: str
    replayed: bool = False


def once(
    user: User,
    key: str | None,
    request: Any,
    *,
    prepare: Callable[[], Plan],
    work: Callable[[Plan], Answer],
    now: datetime,
) -> Answer:
    """The answer of `work`, or the one it gave to the same user's earlier request with this key.

    Args:
        key: None does the work whatever was done before.
        request: what is asked for, as JSON; the same key with something else is refused.
        prepare: what may be done again, such as storing files; its value goes to `work`. It runs
            outside of the transaction, which could not undo it.

    Raises:
        InvalidInput: the key is empty, too long, or not printable ASCII.
        KeyReused: the key came with another request before.
    """
    if key is None:
        return work(prepare())
    _check(key)
    asked = _hash(request)
    StoredAnswer.objects.filter(expires_at__lte=now).delete()
    if _known(user, key).exists():
        return _replay(user, key, asked)
    plan = prepare()
    try:
        with transaction.atomic():
            # Savepoints: an IntegrityError of the work itself must not pass for a known key.
            row = _claim(user, key, asked, now)
            answer = work(plan)
            row.status, row.body, row.location = answer.status, answer.body, answer.location
            row.save(update_fields=["status", "body", "location"])
            return answer
    except _KeyKnown:
        return _replay(user, key, asked)


class _KeyKnown(Exception):
    """Somebody was first with the key; ends the transaction without a trace."""


def _claim(user: User, key: str, asked: str, now: datetime) -> StoredAnswer:
    try:
        with transaction.atomic():
            return StoredAnswer.objects.create(
                user=user,
                organization=user.membership.organization,
                key=key,
                request_hash=asked,
                expires_at=now + KEPT,
            )
    except IntegrityError as known:
        raise _KeyKnown from known


def _replay(user: User, key: str, asked: str) -> Answer:
    row = _known(user, key).get()
    if row.request_hash != asked:
        raise KeyReused(
            "This Idempotency-Key came with another request before. Take a new key for each"
            " request that is not a repetition."
        )
    return Answer(row.status, row.body, row.location, replayed=True)


def _known(user: User, key: str) -> QuerySet[StoredAnswer]:
    organization = user.membership.organization
    return StoredAnswer.objects.filter(user=user, organization=organization, key=key)


def _check(key: str) -> None:
    if key and len(key) <= LONGEST_KEY and key.isascii() and key.isprintable():
        return
    detail = f"The Idempotency-Key must have 1 to {LONGEST_KEY} printable ASCII characters."
    raise InvalidInput(
        "The Idempotency-Key cannot be used.",
        [{"pointer": "/Idempotency-Key", "code": "invalid", "detail": detail}],
    )


def _hash(request: Any) -> str:
    return hashlib.sha256(json.dumps(request, sort_keys=True).encode()).hexdigest()
