"""Who uses Curatore: organizations with their settings and presets, and the people in them."""

import uuid
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac

from orgsettings import names


class Organization(models.Model):
    """A tenant: everything else belongs to exactly one."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=255, unique=True)
    slug = models.SlugField(max_length=255, unique=True)  # also its folder below BATCH_DIR
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class User(AbstractUser):
    """A person who signs in; belongs to one organization through `membership`, or to none."""

    # Made from username and e-mail address by save(); see orgsettings/names.py.
    username_key = models.CharField(max_length=names.LONGEST_KEY, unique=True, editable=False)
    username_look = models.CharField(max_length=names.LONGEST_KEY, db_index=True, editable=False)
    email_key = models.CharField(max_length=names.LONGEST_KEY, blank=True, editable=False)
    # Part of what a session is checked against: another one ends all sessions.
    session_salt = models.CharField(max_length=32, blank=True, editable=False)
    _password: str | None  # Django's: what set_password() was given, until it is stored

    class Meta(AbstractUser.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["email_key"], condition=~Q(email_key=""), name="user_email_unique"
            ),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        changes = kwargs.get("update_fields")
        if changes is None or {"username", "email"} & set(changes):
            self._set_keys()
            if changes is not None:
                kwargs["update_fields"] = {*changes, "username_key", "username_look", "email_key"}
        # A better hash of the same password comes without it.
        if self._password is None or not (changes is None or "password" in changes):
            super().save(*args, **kwargs)
            return
        with transaction.atomic():
            super().save(*args, **kwargs)
            # Here, as Django's own command and forms store passwords, too.
            self.api_tokens.filter(is_of_sign_in=True).revoke(timezone.now())

    def clean(self) -> None:
        """Refuse names that are taken, look like another, or could be an address."""
        super().clean()
        others = type(self).objects.exclude(pk=self.pk)
        before = type(self).objects.filter(pk=self.pk).values_list("username", "email").first()
        old_name, old_email = before or ("", "")
        if self.username and self.username != old_name:
            names.require_free_name(self.username, others)
        if self.email and self.email != old_email:
            names.require_free_address(self.email, others)

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """As Django's, which depends on the password alone."""
        salt = "django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash"
        value = self.password + self.session_salt
        return salted_hmac(salt, value, secret=secret, algorithm="sha256").hexdigest()

    def _set_keys(self) -> None:
        # A key with a space is of a name of earlier days that differs from another in case only.
        if self.username_key.partition(" ")[0] != names.key(self.username):
            self.username_key = names.key(self.username)
        self.username_look = names.look(self.username)
        self.email_key = names.key(self.email)


class Role(models.TextChoices):
    ADMIN = "admin", "Admin"  # everything in the organization, and its settings
    MEMBER = "member", "Member"  # own jobs
    VIEWER = "viewer", "Viewer"  # reads all of the organization, changes nothing


class Membership(models.Model):
    """The one organization of a user, and what the user may do there."""

    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="memberships"
    )
    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="membership")
    role = models.CharField(max_length=10, choices=Role, default=Role.MEMBER)
    created_at = models.DateTimeField(auto_now_add=True)
    last_seen_at = models.DateTimeField(null=True, blank=True)  # on a page; to a few minutes

    class Meta:
        ordering = ["user__username"]
        constraints = [
            models.CheckConstraint(condition=Q(role__in=Role.values), name="membership_role"),
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.organization} ({self.get_role_display()})"

    @property
    def is_admin(self) -> bool:
        return self.role == Role.ADMIN

    @property
    def can_write(self) -> bool:
        """Whether this person may upload documents and run jobs."""
        return self.role in {Role.ADMIN, Role.MEMBER}

    @property
    def sees_all_jobs(self) -> bool:
        """Whether this person may read all jobs of the organization, not only their own.

        Documents and their latest results are everybody's in any case.
        """
        return self.role in {Role.ADMIN, Role.VIEWER} or self.organization.settings.shares_jobs


class JobsSeen(models.TextChoices):
    """Which jobs members may read; admins and viewers read all."""

    OWN = "own", "Their own"
    ALL = "all", "All jobs"


RETENTION_CHOICES = ((7, "7 days"), (30, "30 days"), (90, "90 days"), (0, "Indefinite"))


class OrgSettings(models.Model):
    """What the admins of an organization chose; an empty field follows the server's default.

    Its row is also the lock under which the organization's active jobs are counted.
    """

    organization = models.OneToOneField(
        Organization, on_delete=models.CASCADE, primary_key=True, related_name="settings"
    )
    job_concurrency_limit = models.PositiveSmallIntegerField(null=True, blank=True)
    job_retention_days = models.PositiveSmallIntegerField(
        null=True, blank=True, choices=RETENTION_CHOICES, help_text="0 keeps jobs for ever."
    )
    members_see = models.CharField(
        max_length=10, choices=JobsSeen, default=JobsSeen.OWN, db_default=JobsSeen.OWN
    )
    # In the canonical form of orgsettings.options; only what differs from the server's defaults.
    default_processing_options = models.JSONField(default=dict, blank=True)
    # The operator's word, not the admins': only the admin site changes it.
    storage_limit_mb = models.PositiveIntegerField(
        "storage limit in MB",
        null=True,
        blank=True,
        help_text="Of originals and results together. Empty: no limit.",
    )
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name_plural = "organization settings"
        constraints = [
            models.CheckConstraint(
                condition=Q(job_concurrency_limit__isnull=True)
                | Q(job_concurrency_limit__range=(1, 10)),
                name="orgsettings_limit_1_to_10",
            ),
            models.CheckConstraint(
                condition=Q(job_retention_days__isnull=True)
                | Q(job_retention_days__in=[days for days, _ in RETENTION_CHOICES]),
                name="orgsettings_retention_choice",
            ),
            models.CheckConstraint(
                condition=Q(members_see__in=JobsSeen.values), name="orgsettings_members_see"
            ),
            models.CheckConstraint(
                condition=Q(storage_limit_mb__isnull=True) | Q(storage_limit_mb__gt=0),
                name="orgsettings_storage_limit_positive",
            ),
        ]

    def __str__(self) -> str:
        return f"Settings of {self.organization}"

    @property
    def concurrency_limit(self) -> int:
        """Jobs that may be active at once, 1 to 10."""
        return self.job_concurrency_limit or settings.DEFAULT_JOB_CONCURRENCY_LIMIT

    @property
    def shares_jobs(self) -> bool:
        return self.members_see == JobsSeen.ALL

    @property
    def retention_days(self) -> int | None:
        """Days that a finished job is kept; None means for ever."""
        chosen = self.job_retention_days
        days = settings.DEFAULT_JOB_RETENTION_DAYS if chosen is None else chosen
        return days or None

    @property
    def storage_limit_bytes(self) -> int | None:
        """Bytes that the organization may store; None sets no limit."""
        limit = self.storage_limit_mb
        return None if limit is None else limit * 1024 * 1024


class OptionPreset(models.Model):
    """Processing options that an organization's admins saved under a name."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="option_presets"
    )
    name = models.CharField(max_length=100)
    options = models.JSONField()  # in the canonical form of orgsettings.options, maybe partial
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = [Lower("name"), "pk"]
        constraints = [
            models.UniqueConstraint("organization", Lower("name"), name="optionpreset_name_unique"),
        ]

    def __str__(self) -> str:
        return self.name
