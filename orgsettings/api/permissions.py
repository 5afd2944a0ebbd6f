"""What everybody who uses the API must be; rules about jobs are in jobs/access.py."""

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request


class IsMember(BasePermission):
    """Signed in, and in an organization that is active."""

    message = "You do not belong to an active organization. Ask an admin to add you to one."
    code = "not_a_member"

    def has_permission(self, request: Request, view: Any) -> bool:
        membership = getattr(request.user, "membership", None)
        return membership is not None and membership.organization.is_active
