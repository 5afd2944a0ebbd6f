"""Who may do what in an organization as a whole: asked by pages and API alike."""

from uuid import UUID

from django.http import Http404

from curatore.core.errors import PermissionRefused
from curatore.core.ids import find_in
from orgsettings.models import ApiToken, User


def require_writer(user: User) -> None:
    """Refuse viewers what changes something."""
    if not user.membership.can_write:
        raise PermissionRefused("Viewers may look at everything, but not change anything.")


def require_admin(user: User) -> None:
    """Refuse everybody but the organization's admins."""
    if not user.membership.is_admin:
        raise PermissionRefused("Only an admin of the organization may do this.")


def may_change_account(user: User, person: User) -> bool:
    """Whether staff with the permission to change people may change this one, or their password.

    Whoever gets hold of an account of staff gets its powers: only superusers change those, and
    everybody their own.
    """
    is_ordinary = not (person.is_staff or person.is_superuser)
    return user.is_superuser or is_ordinary or person == user


def find_token_to_manage(user: User, token_id: str | UUID) -> ApiToken:
    """The token if `user` may rename or revoke it: their own, or as admin any of the organization.

    Raises:
        Http404: no such token in the user's organization, or not an id at all.
        PermissionRefused: a colleague's.
    """
    own = find_in(ApiToken.objects.for_user(user), token_id)
    if own is not None:
        return own
    token = find_in(ApiToken.objects.for_org(user.membership.organization), token_id)
    if token is None:
        raise Http404("There is no such token.")
    require_admin(user)
    return token
