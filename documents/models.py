"""Documents: files that people gave to their organization, stored once per content."""

import uuid
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from orgsettings.models import Organization


class DocumentSource(models.TextChoices):
    UPLOAD = "upload", "Upload"
    BATCH = "batch", "Batch directory"


class DocumentQuerySet(models.QuerySet["Document"]):
    def for_user(self, user: Any) -> Self:
        """Documents of the user's organization: they are shared by its members."""
        return self.filter(organization__memberships__user=user)

    def for_org(self, organization: Organization) -> Self:
        return self.filter(organization=organization)


def stored_name(document: "Document", filename: str) -> str:
    """Where the bytes lie: nothing of the path comes from outside."""
    return f"documents/{document.organization_id}/{document.pk.hex[:2]}/{document.pk}"


class Document(models.Model):
    """One file of an organization. Its bytes never change."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="documents"
    )
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    filename = models.CharField(max_length=255)  # as given by whoever brought the bytes first
    file_size = models.PositiveBigIntegerField()  # bytes
    sha256 = models.CharField(max_length=64)  # hexadecimal
    media_type = models.CharField(max_length=127)  # by the name; a conversion looks into the bytes
    source = models.CharField(max_length=10, choices=DocumentSource, default=DocumentSource.UPLOAD)
    file = models.FileField(upload_to=stored_name, max_length=255)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "sha256"], name="document_once_per_content"
            ),
            models.CheckConstraint(
                condition=Q(source__in=DocumentSource.values), name="document_source"
            ),
            models.CheckConstraint(condition=Q(file_size__gt=0), name="document_not_empty"),
        ]
        indexes = [
            models.Index(fields=["organization", "-created_at"], name="document_list"),
        ]

    def __str__(self) -> str:
        return self.filename


class Discard(models.Model):
    """Stored files that no row needs any more and that still have to be removed.

    Written in the transaction that gives them up and deleted when they are gone: so a crash in
    between leaves neither rows without files nor files that nobody knows of.
    """

    name = models.CharField(max_length=255)  # in the storage; a folder if it ends with a slash
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name
