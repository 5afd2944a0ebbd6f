"""Documents: files that people gave to their organization, and their bytes, stored once."""

import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.fields.files import FieldFile
from django.utils import timezone

from documents.conversion.formats import claimed_by
from documents.names import LONGEST_PATH, full_name, named
from orgsettings.models import Organization, User


class DocumentSource(models.TextChoices):
    UPLOAD = "upload", "Upload"
    BATCH = "batch", "Batch directory"


class DocumentQuerySet(models.QuerySet["Document"]):
    def for_user(self, user: User) -> Self:
        """Documents of the user's organization: they are shared by its members."""
        return self.filter(organization__memberships__user=user)

    def for_org(self, organization: Organization) -> Self:
        return self.filter(organization=organization)

    def named(self, words: str) -> Self:
        """Documents with `words` in name or folder, any case."""
        return self.filter(named(words))


def stored_name(stored: "StoredFile", filename: str) -> str:
    """Where the bytes lie: nothing of the path comes from outside.

    Not named by their hash: what is being removed there could be what somebody just brought anew.
    """
    return f"documents/{stored.organization_id}/{stored.pk.hex[:2]}/{stored.pk}"


class StoredFile(models.Model):
    """Bytes that an organization has, once, however many documents they are of.

    It exists as long as a document uses it: see documents/uploads.py and documents/deletion.py.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="stored_files"
    )
    sha256 = models.CharField(max_length=64)  # hexadecimal
    file_size = models.PositiveBigIntegerField()  # bytes
    file = models.FileField(upload_to=stored_name, max_length=255)
    # As counted when they came; None if nobody knows before they are converted.
    page_count = models.PositiveIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "sha256"], name="storedfile_once_per_content"
            ),
            models.CheckConstraint(condition=Q(file_size__gt=0), name="storedfile_not_empty"),
        ]

    def __str__(self) -> str:
        return self.sha256


class Document(models.Model):
    """One file of an organization, under the name that whoever brought it gave it.

    Its bytes never change. Others may have brought the same ones, under names of their own.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="documents"
    )
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    stored = models.ForeignKey(StoredFile, on_delete=models.RESTRICT, related_name="documents")
    filename = models.CharField(max_length=255)
    # The folder that it was brought from, cleaned by documents/names.py; "" at the top.
    path = models.CharField(max_length=LONGEST_PATH, blank=True, default="", db_default="")
    media_type = models.CharField(max_length=127)  # by the name; a conversion looks into the bytes
    source = models.CharField(max_length=10, choices=DocumentSource, default=DocumentSource.UPLOAD)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            # What somebody brings a second time is the document that is there.
            models.UniqueConstraint(
                fields=["stored", "uploaded_by", "source", "path", "filename"],
                name="document_once_per_name",
            ),
            models.CheckConstraint(
                condition=Q(source__in=DocumentSource.values), name="document_source"
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "-created_at"], name="document_list"),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        return full_name(self.path, self.filename)

    @property
    def file(self) -> FieldFile:
        return self.stored.file

    @property
    def file_size(self) -> int:
        """Bytes."""
        return self.stored.file_size

    @property
    def page_count(self) -> int | None:
        """As counted when its bytes came; None if nobody knows before it is converted."""
        return self.stored.page_count

    @property
    def format_label(self) -> str:
        """What people call its format, by its name; "" if nothing has this name."""
        found = claimed_by(self.filename)
        return found.label if found else ""

    @property
    def sha256(self) -> str:
        """Hexadecimal."""
        return self.stored.sha256


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
