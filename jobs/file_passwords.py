"""Passwords of protected files, on their way from whoever retries a document to its next attempt.

A password is sealed with a key made of SECRET_KEY and lies in a row of its own. The attempt that
begins the conversion takes the row away, whatever becomes of the conversion; what nobody takes
within LIFETIME is deleted by the watchdog. It is in no log, no options and no answer.
"""

from base64 import urlsafe_b64encode
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from cryptography.fernet import Fernet, InvalidToken
from django.db import models, transaction
from django.utils.crypto import salted_hmac

LONGEST = 255  # characters
# Long enough to wait for a worker that is busy.
LIFETIME = timedelta(minutes=30)


class FilePassword(models.Model):
    """The sealed password that the next attempt at a document takes."""

    job_document = models.OneToOneField(
        "jobs.JobDocument", on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    sealed = models.TextField()
    expires_at = models.DateTimeField()

    class Meta:
        app_label = "jobs"
        indexes = [models.Index(fields=["expires_at"], name="filepassword_expiry")]

    def __str__(self) -> str:
        return f"Password of {self.job_document_id}"


def keep(rows: Iterable[UUID], password: str, now: datetime) -> None:
    """Keep `password` for the next attempt at each of these documents."""
    sealed = _box().encrypt(password.encode()).decode()
    FilePassword.objects.bulk_create(
        (
            FilePassword(job_document_id=row, sealed=sealed, expires_at=now + LIFETIME)
            for row in rows
        ),
        batch_size=500,
        update_conflicts=True,
        unique_fields=["job_document"],
        update_fields=["sealed", "expires_at"],
    )


def take(row: UUID, now: datetime) -> str | None:
    """The password kept for this document, which is then kept no more; None if there is none."""
    with transaction.atomic():
        kept = FilePassword.objects.select_for_update().filter(pk=row).first()
        if kept is None:
            return None
        kept.delete()
    try:
        return _box().decrypt(kept.sealed).decode() if kept.expires_at > now else None
    except InvalidToken:  # sealed with another SECRET_KEY
        return None


def forget(job_id: UUID) -> None:
    """Delete what is kept for documents of this job: nobody will convert them now."""
    FilePassword.objects.filter(job_document__job=job_id).delete()


def forget_expired(now: datetime) -> int:
    """Delete the passwords that nobody took in time; how many they were."""
    return FilePassword.objects.filter(expires_at__lte=now).delete()[0]


def _box() -> Fernet:
    key = salted_hmac("jobs.file_passwords", "", algorithm="sha256").digest()
    return Fernet(urlsafe_b64encode(key))
