"""Passwords are changed by their owner and reset by operators.

Both end what was opened with the password before: sessions, and API tokens. Sessions depend on the
hash of the password and on `User.session_salt` (Django's session authentication hash). Tokens that
programs got for the old password go whenever another is stored: see `User.save`.
"""

import secrets
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction

from orgsettings import sign_in_limits
from orgsettings.models import User


def check_old(user: User, password: str, *, address: str, now: datetime) -> bool:
    """Whether `password` is the user's, asked again of somebody who is signed in.

    Raises:
        sign_in_limits.Unchecked: it was guessed too often, here or as somebody signed in, or too
            many passwords are being checked at this moment.
    """
    return bool(
        sign_in_limits.attempt(
            f"user {user.pk}", address, now, lambda: user.check_password(password) or None
        )
    )


def change(user: User, password: str, *, revoke: Collection[UUID], now: datetime) -> None:
    """Give `user` the password they chose.

    Args:
        revoke: ids of tokens to revoke; those of sign-ins over the API go in any case.
    """
    with transaction.atomic():
        user.set_password(password)
        user.save(update_fields=["password"])
        user.api_tokens.filter(pk__in=revoke).revoke(now)


def reset(user: User, now: datetime) -> None:
    """End what `user` opened before: all sessions and tokens."""
    with transaction.atomic():
        user.session_salt = new_salt()
        user.save(update_fields=["session_salt"])
        user.api_tokens.all().revoke(now)


def new_salt() -> str:
    """A `User.session_salt` that ends the sessions of whoever gets it."""
    return secrets.token_hex(16)
