"""How much an organization stores, and the limit that the operator may have set for it.

Originals count, and results with their versions before edits and what is kept beside them, such as
the words of the source; each stored content once. What would
go beyond the limit is refused where people bring it: uploads, files of the batch directory, edits.
What a conversion made is stored in any case, so that no work of a night is lost.

The sum is kept in a row, which `claim` holds until the commit: of two uploads for the last free
place one is refused. It is measured anew now and then, since results and deletions change it too,
and kept so long that measuring takes 2 % of the time at most, however many files come. The row is
the last lock that a transaction takes, and a deletion takes it before the rows go.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from posixpath import dirname
from time import monotonic
from typing import Any
from uuid import UUID

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F, QuerySet
from django.template.defaultfilters import filesizeformat
from django.utils import timezone

from curatore.core.db import total
from curatore.core.errors import DomainError
from documents.models import Document, StoredFile
from orgsettings.models import Organization, StorageUsage

_KEPT_FOR = 50  # times as long as measuring took


class StorageLimitReached(DomainError):
    code = "storage_limit_reached"


@dataclass(frozen=True)
class Usage:
    """Bytes that are stored, and that may be."""

    used: int
    limit: int

    @property
    def is_full(self) -> bool:
        return self.used >= self.limit

    def __str__(self) -> str:
        return f"{filesizeformat(self.used)} of {filesizeformat(self.limit)}"


def usage(organization: Organization, now: datetime) -> Usage | None:
    """What the organization uses of its limit; None without a limit."""
    limit = organization.settings.storage_limit_bytes
    if limit is None:
        return None
    kept = StorageUsage.objects.filter(organization=organization, due_at__gt=now).first()
    if kept is None:
        with transaction.atomic():
            kept = _held(organization, now)
    return Usage(kept.used_bytes, limit)


def require_room(organization: Organization, name: str, size: int, now: datetime) -> None:
    """Refuse the file `name` of `size` bytes before it is stored, if there is no room for it.

    Raises:
        StorageLimitReached
    """
    current = usage(organization, now)
    if current:
        _require(current, name, size)


def claim(organization: Organization, name: str, size: int, now: datetime) -> None:
    """Count the bytes of a file whose row the same transaction writes. Nobody else can till then.

    Raises:
        StorageLimitReached: meanwhile others took the room; the file must not stay.
    """
    limit = organization.settings.storage_limit_bytes
    if limit is None:
        return
    row = _held(organization, now)
    _require(Usage(row.used_bytes, limit), name, size)
    StorageUsage.objects.filter(pk=row.pk).update(used_bytes=F("used_bytes") + size)


def note_freed(organization_id: UUID) -> None:
    """Have the sum measured anew after the deletion that the current transaction does."""
    StorageUsage.objects.filter(organization=organization_id).update(due_at=timezone.now())


def stored_bytes(organization: Organization) -> tuple[int, int]:
    """Bytes of uploads, and of results with their versions before edits and what is beside them.

    Rows of jobs are reached by reverse relations, since jobs are built upon documents.
    """
    rows = _related(Document, "job_documents").filter(job__organization=organization)
    versions = _related(rows.model, "versions").filter(job_document__job__organization=organization)
    earlier = versions.exclude(result_file=F("job_document__result_file"))
    results = total(rows, "result_size") + total(earlier, "result_size")
    results += sum(_beside(str(name)) for name in _result_files(rows))
    originals = StoredFile.objects.filter(organization=organization)
    return total(originals, "file_size"), results


def _result_files(rows: "QuerySet[Any]") -> Iterator[str]:
    """The current result of each row; all that is kept of a row lies in one folder."""
    named = rows.exclude(result_file="").values_list("result_file", flat=True)
    return named.iterator(chunk_size=2000)


def _beside(result: str) -> int:
    """Bytes in the folder of a result that are no Markdown: no row knows of them.

    About 40 µs a result on a local disk.
    """
    folder = dirname(result)
    try:
        _, names = default_storage.listdir(folder)
        return sum(
            default_storage.size(f"{folder}/{name}") for name in names if not name.endswith(".md")
        )
    except FileNotFoundError:  # removed meanwhile, or lost
        return 0


def _held(organization: Organization, now: datetime) -> StorageUsage:
    """The row with the sum, locked until the commit, and measured if that is due."""
    StorageUsage.objects.get_or_create(
        organization=organization, defaults={"used_bytes": 0, "due_at": now}
    )
    row = StorageUsage.objects.select_for_update().get(organization=organization)
    if row.due_at <= now:
        begun = monotonic()
        row.used_bytes = sum(stored_bytes(organization))
        row.due_at = now + timedelta(seconds=(monotonic() - begun) * _KEPT_FOR)
        row.save(update_fields=["used_bytes", "due_at"])
    return row


def _require(current: Usage, name: str, size: int) -> None:
    if current.used + size <= current.limit:
        return
    raise StorageLimitReached(
        f"There is no room for “{name}” ({filesizeformat(size)}): {current} are used."
        " Delete documents or jobs that nobody needs, or ask the operator for more.",
        used=current.used,
        limit=current.limit,
    )


def _related(model: Any, name: str) -> "QuerySet[Any]":
    return model._meta.get_field(name).related_model.objects.order_by()
