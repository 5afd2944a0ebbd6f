"""Invitations: a link, good for one person and for a week, by which somebody joins."""

import hashlib
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from curatore.core.errors import DomainError, PermissionRefused
from orgsettings import accounts, changes
from orgsettings.models import Invitation, Membership, Organization, Role, User

LIFETIME = timedelta(days=7)


class InvitationRefused(DomainError):
    code = "invitation_refused"
    status = 410


def create(
    organization: Organization, *, role: str, note: str, by: User, now: datetime
) -> tuple[Invitation, str]:
    """Invite one person; returns the row and the secret of the link, once."""
    secret = secrets.token_urlsafe(32)
    with transaction.atomic():
        invitation = Invitation.objects.create(
            organization=organization,
            role=role,
            note=note,
            secret_hash=_hash(secret),
            created_by=by,
            created_at=now,
            expires_at=now + LIFETIME,
        )
        _log(invitation, by, now, before=None, after="open")
    return invitation, secret


def find(secret: str, now: datetime) -> Invitation:
    """The invitation that this secret opens.

    Raises:
        InvitationRefused: there is none, or it was used, revoked or ran out.
    """
    return _still_good(secret_hash=_hash(secret), now=now)


def find_again(invitation_id: str | UUID, now: datetime) -> Invitation:
    """The invitation that somebody opened before, if it is still good; raises as `find`."""
    return _still_good(pk=invitation_id, now=now)


def _still_good(*, now: datetime, **which: str | UUID) -> Invitation:
    row = Invitation.objects.select_related("organization").filter(**which).first()
    if row is None:
        raise InvitationRefused("This link is not complete, or it was never an invitation.")
    if row.accepted_at:
        raise InvitationRefused("This invitation was used already. Each is good for one person.")
    if row.revoked_at or not row.organization.is_active:
        raise InvitationRefused("This invitation was withdrawn.")
    if row.expires_at <= now:
        raise InvitationRefused("This invitation ran out: each is good for seven days.")
    return row


def accept_as_new(
    invitation: Invitation,
    *,
    username: str,
    first_name: str,
    last_name: str,
    email: str,
    password: str,
    now: datetime,
) -> User:
    """Make an account from what its owner entered, and let it join.

    Raises:
        InvitationRefused: somebody else was quicker, or it was withdrawn meanwhile.
        accounts.AccountError: name or address are taken, or the password is too weak.
    """
    person = User(username=username, email=email, first_name=first_name, last_name=last_name)
    with transaction.atomic():
        _use_up(invitation, now)
        accounts.create(person, password)
        _join(invitation, person, now)
    return person


def accept_as(invitation: Invitation, person: User, now: datetime) -> None:
    """Let a signed-in person join who belongs to no organization yet.

    Raises:
        InvitationRefused: as `accept_as_new`.
        PermissionRefused: they belong to an organization.
    """
    with transaction.atomic():
        _use_up(invitation, now)
        if Membership.objects.filter(user=person).exists():
            raise PermissionRefused("You belong to an organization already.")
        _join(invitation, person, now)


def revoke(invitation: Invitation, *, by: User | None, now: datetime) -> bool:
    """Make the link useless from `now` on; False if it was used or revoked already."""
    with transaction.atomic():
        open_rows = Invitation.objects.filter(
            pk=invitation.pk, accepted_at__isnull=True, revoked_at__isnull=True
        )
        changed = bool(open_rows.update(revoked_at=now))
        if changed:
            _log(invitation, by, now, before="open", after="revoked")
    return changed


def revoke_all_of(person: User, *, by: User | None, now: datetime) -> None:
    """Revoke what `person` sent out: nobody may come back by a link they kept for themselves."""
    for invitation in Invitation.objects.unused(now).filter(created_by=person):
        revoke(invitation, by=by, now=now)


def revoke_all_in(organization: Organization, *, by: User | None, now: datetime) -> None:
    """Revoke whatever would let somebody into `organization`."""
    for invitation in Invitation.objects.unused(now).for_org(organization):
        revoke(invitation, by=by, now=now)


def _use_up(invitation: Invitation, now: datetime) -> None:
    """Of two people with the same link, one gets past this line.

    The conditions are of the row itself: PostgreSQL does not look again at those of a join when
    it has waited for the row.
    """
    mine = Invitation.objects.filter(
        pk=invitation.pk, accepted_at__isnull=True, revoked_at__isnull=True, expires_at__gt=now
    )
    if not mine.update(accepted_at=now):
        raise InvitationRefused("This invitation was used or withdrawn a moment ago.")


def _join(invitation: Invitation, person: User, now: datetime) -> None:
    Membership.objects.create(
        organization=invitation.organization, user=person, role=invitation.role
    )
    Invitation.objects.filter(pk=invitation.pk).update(accepted_by=person)
    changes.note(
        invitation.organization, person, now,
        subject=person.username, before={"role": None}, after={"role": invitation.role},
    )  # fmt: skip


def _log(
    invitation: Invitation,
    by: User | None,
    now: datetime,
    *,
    before: str | None,
    after: str,
) -> None:
    role = Role(invitation.role).label
    changes.note(
        invitation.organization, by, now,
        subject=f"{invitation.note} ({role})" if invitation.note else str(role),
        before={"invitation": before}, after={"invitation": after},
    )  # fmt: skip


def _hash(secret: str) -> str:
    # The secret has 256 random bits: a slow hash would protect nothing more.
    return hashlib.sha256(secret.encode()).hexdigest()
