"""Who may do what in an organization as a whole: asked by pages and API alike."""

from curatore.errors import PermissionRefused
from orgsettings.models import User


def require_writer(user: User) -> None:
    """Refuse viewers what changes something."""
    if not user.membership.can_write:
        raise PermissionRefused("Viewers may look at everything, but not change anything.")


def require_admin(user: User) -> None:
    """Refuse everybody but the organization's admins."""
    if not user.membership.is_admin:
        raise PermissionRefused("Only an admin of the organization may do this.")
