"""Sign in by username or by e-mail address, as clients of the original do."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest
from django.utils import timezone

from orgsettings import names, sign_in_limits
from orgsettings.models import User
from orgsettings.rate_limits import client_address


class UsernameOrEmailBackend(ModelBackend):
    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> User | None:
        """Raises sign_in_limits.Unchecked without a look at the password."""
        if not username or password is None:
            return None
        user = _find(username)
        account = f"user {user.pk}" if user else f"name {names.key(username)}"
        address = client_address(request) if request else ""
        return sign_in_limits.attempt(
            account, address, timezone.now(), lambda: self._checked(user, password)
        )

    def _checked(self, user: User | None, password: str) -> User | None:
        if user is None:
            User().set_password(password)  # as slow as for a known name: names cannot be probed
            return None
        right = user.check_password(password)
        return user if right and self.user_can_authenticate(user) else None

    def user_can_authenticate(self, user: Any) -> bool:
        """Inactive people and people of inactive organizations stay outside."""
        membership = getattr(user, "membership", None)
        organization_is_active = membership is None or membership.organization.is_active
        return super().user_can_authenticate(user) and organization_is_active

    def get_user(self, user_id: Any) -> User | None:
        """The signed-in user with membership, organization and settings, in one query."""
        user = (
            User.objects.select_related("membership__organization__settings")
            .filter(pk=user_id)
            .first()
        )
        return user if user and self.user_can_authenticate(user) else None


def _find(name: str) -> User | None:
    """Who signs in by `name`: with an “@” whose address it is, else whose user name.

    Names of earlier days may have an “@”, too: they work as long as they are nobody's address.
    """
    users = User.objects.select_related("membership__organization__settings")
    key = names.key(name)
    if "@" in name and (owner := users.filter(email_key=key).first()):
        return owner
    # Exactly first: names of earlier days may differ in case only.
    return users.filter(username=name).first() or users.filter(username_key=key).first()
