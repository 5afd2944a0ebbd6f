"""What lets programs and new people in: API tokens and invitations."""

import uuid
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q

from orgsettings.models.people import Organization, Role, User


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def usable(self, now: datetime) -> Self:
        """Tokens that neither ran out nor were revoked, of people who may sign in at `now`."""
        return self.filter(
            Q(expires_at__isnull=True) | Q(expires_at__gt=now),
            revoked_at__isnull=True,
            user__is_active=True,
            organization__is_active=True,
            # A token does not follow its user into another organization.
            user__membership__organization=models.F("organization"),
        )

    def revoke(self, now: datetime) -> int:
        """Make these tokens useless from `now` on; returns how many still were not."""
        return self.filter(revoked_at__isnull=True).update(revoked_at=now)

    def for_user(self, user: User) -> Self:
        return self.filter(user=user)

    def for_org(self, organization: Organization) -> Self:
        return self.filter(organization=organization)


class ApiToken(models.Model):
    """A secret by which a program acts as its user; only a hash of it is stored."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="api_tokens"
    )
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=12)  # its first characters, to tell tokens apart
    key_hash = models.CharField(max_length=64, unique=True)  # SHA-256, hexadecimal
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, blank=True)  # to the minute
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    is_of_sign_in = models.BooleanField(default=False)  # made for a password, by POST auth/login

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @property
    def is_active(self) -> bool:
        return self.revoked_at is None


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def for_org(self, organization: Organization) -> Self:
        return self.filter(organization=organization)

    def unused(self, now: datetime) -> Self:
        """Invitations that are neither accepted nor revoked and did not run out at `now`."""
        return self.filter(accepted_at__isnull=True, revoked_at__isnull=True, expires_at__gt=now)

    def open(self, now: datetime) -> Self:
        """Invitations that can still be accepted at `now`."""
        return self.unused(now).filter(organization__is_active=True)


class Invitation(models.Model):
    """A link by which one person may join an organization; only a hash of its secret is stored."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="invitations"
    )
    role = models.CharField(max_length=10, choices=Role, default=Role.MEMBER)
    note = models.CharField(max_length=100, blank=True)  # for whom, as the inviting admin says
    secret_hash = models.CharField(max_length=64, unique=True)  # SHA-256, hexadecimal
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(role__in=Role.values), name="invitation_role"),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True) | Q(revoked_at__isnull=True),
                name="invitation_ends_once",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "-created_at"], name="invitation_list"),
        ]

    def __str__(self) -> str:
        return f"{self.organization}: {self.note or self.get_role_display()}"
