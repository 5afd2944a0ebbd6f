"""Sign in by username or by e-mail address, as clients of the original do."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.db.models import Q
from django.http import HttpRequest

from orgsettings.models import User


class UsernameOrEmailBackend(ModelBackend):
    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> User | None:
        if not username or password is None:
            return None
        user = self._find(username)
        if user is None:
            User().set_password(password)  # as slow as for a known name: names cannot be probed
            return None
        if user.check_password(password) and self.user_can_authenticate(user):
            return user
        return None

    def user_can_authenticate(self, user: Any) -> bool:
        """Inactive people and people of inactive organizations stay outside."""
        membership = getattr(user, "membership", None)
        organization_is_active = membership is None or membership.organization.is_active
        return super().user_can_authenticate(user) and organization_is_active

    def get_user(self, user_id: Any) -> User | None:
        """The signed-in user with membership and organization, in one query."""
        user = User.objects.select_related("membership__organization").filter(pk=user_id).first()
        return user if user and self.user_can_authenticate(user) else None

    @staticmethod
    def _find(name: str) -> User | None:
        users = User.objects.select_related("membership__organization").filter(
            Q(username=name) | Q(email__iexact=name)
        )
        # A username may look like somebody else's e-mail address: the username wins.
        return min(users, key=lambda user: user.username != name, default=None)
