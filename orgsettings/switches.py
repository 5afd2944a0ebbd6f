"""People and organizations are switched off and on again: the only place where either happens.

Both ways end for good what was open before: sessions, API tokens, and invitations that are not used
yet. On the way back, too: otherwise what was opened while nothing could be done with it, or left
over from a switch past this module, would come to life.
"""

from datetime import datetime

from django.db import transaction

from orgsettings import changes, invitations, passwords
from orgsettings.models import Membership, Organization, User


def person(user: User, *, active: bool, by: User | None, now: datetime) -> None:
    """Let `user` sign in with the password they have, or shut them out from the next request on."""
    with transaction.atomic():
        user.is_active = active
        user.save(update_fields=["is_active"])
        passwords.reset(user, now)
        invitations.revoke_all_of(user, by=by, now=now)
        member = Membership.objects.filter(user=user).select_related("organization").first()
        if member:
            _note(member.organization, user.username, active=active, by=by, now=now)


def organization(
    organization: Organization, *, active: bool, by: User | None, now: datetime
) -> None:
    """Let the people of `organization` sign in, or shut all of them out as one person is."""
    with transaction.atomic():
        organization.is_active = active
        organization.save(update_fields=["is_active", "updated_at"])
        members = User.objects.filter(membership__organization=organization)
        members.update(session_salt=passwords.new_salt())
        organization.api_tokens.all().revoke(now)
        invitations.revoke_all_in(organization, by=by, now=now)
        _note(organization, organization.name, active=active, by=by, now=now)


def _note(
    organization: Organization, subject: str, *, active: bool, by: User | None, now: datetime
) -> None:
    changes.note(
        organization, by, now,
        subject=subject, before={"is_active": not active}, after={"is_active": active},
    )  # fmt: skip
