"""API tokens: made, recognized, revoked."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.contrib.auth import authenticate
from django.db.models import Q
from django.http import HttpRequest

from curatore.core.errors import DomainError, PermissionRefused
from orgsettings.models import ApiToken, User

PREFIX = "cur_"
LONGEST_DAYS = 3650
LONGEST_NAME = 100  # characters
LOGIN_NAME = "Sign-in over the API"
LOGIN_LIFETIME = timedelta(hours=1)
_TOUCH_EVERY = timedelta(minutes=1)


class WrongCredentials(DomainError):
    code = "invalid_credentials"
    status = 401


def create(
    user: User, *, name: str, expires_at: datetime | None = None, is_of_sign_in: bool = False
) -> tuple[ApiToken, str]:
    """Make a token for `user` in their organization; returns the row and the secret, once."""
    secret = PREFIX + secrets.token_hex(32)
    token = ApiToken.objects.create(
        organization=user.membership.organization,
        user=user,
        name=name,
        prefix=secret[:12],
        key_hash=_hash(secret),
        expires_at=expires_at,
        is_of_sign_in=is_of_sign_in,
    )
    return token, secret


def log_in(request: HttpRequest, *, name: str, password: str, now: datetime) -> str:
    """The secret of a token for this username or e-mail address, usable for LOGIN_LIFETIME.

    Raises:
        WrongCredentials: no such user, wrong password, or a person who may not sign in.
        sign_in_limits.Unchecked: too many passwords were wrong before, or are being checked now.
        PermissionRefused: the person belongs to no organization.
    """
    user = authenticate(request, username=name, password=password)
    if not isinstance(user, User):
        raise WrongCredentials("The username, e-mail address or password is wrong.")
    if getattr(user, "membership", None) is None:
        raise PermissionRefused("You do not belong to an organization.")
    # Each sign-in makes a token: those that ran out would pile up.
    ApiToken.objects.filter(user=user, is_of_sign_in=True, expires_at__lte=now).delete()
    _, secret = create(user, name=LOGIN_NAME, expires_at=now + LOGIN_LIFETIME, is_of_sign_in=True)
    return secret


def recognize(secret: str, now: datetime) -> ApiToken | None:
    """The usable token with this secret, its user and membership loaded; notes that it was used.

    The note is kept to the minute, so that a busy client does not write a row at each request.
    """
    token = (
        ApiToken.objects.usable(now)
        .select_related("user__membership__organization__settings")
        .filter(key_hash=_hash(secret))
        .first()
    )
    if token is None:
        return None
    if token.last_used_at is None or token.last_used_at < now - _TOUCH_EVERY:
        ApiToken.objects.filter(pk=token.pk).filter(
            Q(last_used_at__isnull=True) | Q(last_used_at__lt=now)
        ).update(last_used_at=now)
    return token


def rename(token: ApiToken, name: str) -> None:
    token.name = name
    token.save(update_fields=["name"])


def revoke(token: ApiToken, now: datetime) -> bool:
    """Make `token` useless from `now` on; False if it already was."""
    return bool(ApiToken.objects.filter(pk=token.pk).revoke(now))


def _hash(secret: str) -> str:
    # The secret has 256 random bits: a slow hash would protect nothing more.
    return hashlib.sha256(secret.encode()).hexdigest()
