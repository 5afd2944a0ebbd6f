"""Who is asking: a program with an API token, or a person signed in to the pages.

DRF imports this module while it starts: nothing here may import rest_framework.views.
"""

from django.http import HttpRequest
from django.utils import timezone
from rest_framework import authentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

from curatore.core.api.problems import CHALLENGE
from orgsettings import tokens
from orgsettings.models import ApiToken, User

# Both words are in circulation; the token is the same.
_SCHEMES = {"bearer", "apikey"}


class TokenAuthentication(authentication.BaseAuthentication):
    """`Authorization: Bearer <token>`, `Authorization: ApiKey <token>` or `X-API-Key: <token>`."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        secret = secret_of(request)
        if secret is None:
            return None
        token = tokens.recognize(secret, timezone.now())
        if token is None:
            raise AuthenticationFailed(
                "The API token is wrong, expired or revoked. Create a new one under Settings.",
                code="invalid_token",
            )
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return CHALLENGE


class SessionAuthentication(authentication.SessionAuthentication):
    """The session of the pages; requests that change something need the CSRF token."""

    def enforce_csrf(self, request: Request) -> None:
        try:
            super().enforce_csrf(request)
        except PermissionDenied as refusal:
            raise PermissionDenied(
                "The CSRF token is missing or wrong. Send it as X-CSRFToken, or use an API token.",
                code="csrf_failed",
            ) from refusal


def secret_of(request: Request | HttpRequest) -> str | None:
    """The token that was sent; None if none was."""
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() in _SCHEMES:
        return value.strip()
    return request.headers.get("X-API-Key")
