"""Members of an organization: their role, and whether they may sign in.

Whoever changes a member holds the organization's settings row from the first look to the commit:
two admins who demote each other at the same moment would otherwise both succeed, and nobody would
be left who may change anything.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.http import Http404

from curatore.core.errors import DomainError, PermissionRefused
from orgsettings import changes, invitations, switches
from orgsettings.access import require_admin
from orgsettings.models import Membership, Organization, OrgSettings, Role, User

# A person who looks at pages is noted at most so often.
_SEEN_EVERY = timedelta(minutes=5)


class MemberRefused(DomainError):
    code = "member_not_changeable"


def of_organization(organization: Organization) -> QuerySet[Membership]:
    """All members, active ones first, each with `token_used_at`. One query."""
    return (
        Membership.objects.filter(organization=organization)
        .select_related("user")
        .annotate(token_used_at=Max("user__api_tokens__last_used_at"))
        .order_by("-user__is_active", "user__username")
    )


def find(organization: Organization, member_id: int) -> Membership:
    """The member of the organization with this id of a membership; Http404 if there is none."""
    members = Membership.objects.filter(organization=organization).select_related("user")
    found = members.filter(pk=member_id).first()
    if found is None:
        raise Http404("There is no such member.")
    return found


def change_role(member: Membership, role: str, *, by: User, now: datetime) -> None:
    """Give `member` another role; the same role is no change.

    Raises:
        MemberRefused: oneself, the last active admin, or an operator of this server.
        PermissionRefused: `by` is no admin any more.
    """
    with _held(member, by) as current:
        if current.role == role:
            return
        if current.is_admin:
            _require_another_admin(current)
            invitations.revoke_all_of(current.user, by=by, now=now)
        before = current.role
        Membership.objects.filter(pk=current.pk).update(role=role)
        changes.note(
            current.organization, by, now,
            subject=current.user.username, before={"role": before}, after={"role": str(role)},
        )  # fmt: skip


def deactivate(member: Membership, *, by: User, now: datetime) -> None:
    """Shut `member` out from the next request on: sessions and tokens end. Their jobs stay.

    Raises: as `change_role`.
    """
    with _held(member, by) as current:
        if not current.user.is_active:
            return
        if current.is_admin:
            _require_another_admin(current)
        switches.person(current.user, active=False, by=by, now=now)


def reactivate(member: Membership, *, by: User, now: datetime) -> None:
    """Let `member` in again, with the password they had; sessions and tokens stay ended.

    Raises: as `change_role`.
    """
    with _held(member, by) as current:
        if not current.user.is_active:
            switches.person(current.user, active=True, by=by, now=now)


def note_seen(member: Membership, now: datetime) -> None:
    """Remember that `member` looked at a page; written every few minutes only."""
    last = member.last_seen_at
    if last is None or last < now - _SEEN_EVERY:
        Membership.objects.filter(pk=member.pk).filter(
            Q(last_seen_at__isnull=True) | Q(last_seen_at__lt=now)
        ).update(last_seen_at=now)


@contextmanager
def _held(member: Membership, by: User) -> Iterator[Membership]:
    """The member's row as it is now, under the organization's lock, if `by` may change it."""
    with transaction.atomic():
        OrgSettings.objects.select_for_update().get(organization=member.organization_id)
        rows = Membership.objects.select_related("user", "organization")
        current, actor = rows.filter(pk=member.pk).first(), rows.filter(user=by).first()
        if current is None:
            raise Http404("The member was removed meanwhile.")
        if actor is None or not actor.user.is_active or actor.organization != current.organization:
            raise PermissionRefused("You no longer belong to this organization.")
        require_admin(actor.user)
        if current.user_id == by.pk:
            raise MemberRefused(
                "Nobody can change their own role or deactivate themselves."
                " Ask another admin of the organization."
            )
        if current.user.is_superuser and not actor.user.is_superuser:
            raise MemberRefused(
                f"“{current.user}” operates this server. Only an operator can change that account."
            )
        yield current


def _require_another_admin(member: Membership) -> None:
    others = Membership.objects.filter(
        organization=member.organization_id, role=Role.ADMIN, user__is_active=True
    ).exclude(pk=member.pk)
    if member.user.is_active and not others.exists():
        raise MemberRefused(
            f"“{member.user}” is the last active admin. Make someone else an admin first."
        )
