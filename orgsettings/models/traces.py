"""What is counted and noted of an organization, its people and their requests."""

from django.db import models

from orgsettings.models.people import Organization, User


class StorageUsage(models.Model):
    """How many bytes an organization with a limit stores; see documents/storage.py."""

    organization = models.OneToOneField(
        Organization, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    used_bytes = models.PositiveBigIntegerField()
    due_at = models.DateTimeField()  # from when on it is measured anew

    def __str__(self) -> str:
        return f"{self.organization}: {self.used_bytes} bytes"


class SettingsChange(models.Model):
    """Who changed which settings or members of an organization, and from what to what."""

    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="settings_changes"
    )
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    changed_at = models.DateTimeField()
    # The member, invitation or preset that was changed, in words; "" for the settings themselves.
    subject = models.CharField(max_length=255, blank=True)
    # Only what changed, by the names of the columns: of OrgSettings, where null followed the
    # server; or those that orgsettings/members.py, invitations.py and presets.py give.
    before = models.JSONField()
    after = models.JSONField()

    class Meta:
        ordering = ["-changed_at", "-pk"]
        indexes = [
            models.Index(fields=["organization", "-changed_at"], name="settingschange_history")
        ]

    def __str__(self) -> str:
        return f"{self.organization}: {', '.join(self.after)}"


class StoredAnswer(models.Model):
    """The answer to a request that came with an Idempotency-Key, to be given again."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    request_hash = models.CharField(max_length=64)  # SHA-256 of address and body, hexadecimal
    status = models.PositiveSmallIntegerField(default=0)  # 0 only inside of its transaction
    body = models.JSONField(default=dict)
    location = models.CharField(max_length=255, blank=True)
    expires_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "user", "key"], name="storedanswer_once_per_key"
            ),
        ]
        indexes = [models.Index(fields=["expires_at"], name="storedanswer_expiry")]

    def __str__(self) -> str:
        return self.key


class RateWindow(models.Model):
    """How many requests somebody made in the latest window of time: see rate_limits.py."""

    key = models.CharField(primary_key=True, max_length=100)  # what is limited, and whom
    starts_at = models.BigIntegerField()  # seconds since 1970
    requests = models.PositiveIntegerField()

    class Meta:
        indexes = [models.Index(fields=["starts_at"], name="ratewindow_age")]

    def __str__(self) -> str:
        return self.key


class SignInCount(models.Model):
    """Wrong passwords of somebody in a while; see orgsettings/sign_in_limits.py."""

    key = models.CharField(primary_key=True, max_length=100)  # a hash of whom and from where
    failures = models.PositiveIntegerField()
    ends_at = models.BigIntegerField()  # seconds since 1970: then the count is nought again

    class Meta:
        indexes = [models.Index(fields=["ends_at"], name="signincount_end")]

    def __str__(self) -> str:
        return self.key
