"""Give up stored files: certainly, and only after the rows that named them are gone."""

import logging
from uuid import UUID

from django.core.files.storage import Storage, default_storage
from django.db import transaction

from documents import storage
from documents.models import Discard

logger = logging.getLogger(__name__)


def discard(name: str, organization_id: UUID) -> None:
    """Have a stored file removed once the current transaction is committed.

    Before the rows that name it are deleted: see documents/storage.py.

    Args:
        name: in the storage; a folder with all that is in it if it ends with a slash.
        organization_id: whose bytes they are.
    """
    storage.note_freed(organization_id)
    entry = Discard.objects.create(name=name)
    transaction.on_commit(lambda: _remove(entry))


def finish() -> int:
    """Remove what an earlier run was kept from removing; returns how many files that were."""
    return sum(_remove(entry) for entry in Discard.objects.all())


def _remove(entry: Discard) -> int:
    try:
        if entry.name.endswith("/"):
            count = _remove_folder(default_storage, entry.name.rstrip("/"))
        else:
            count = int(default_storage.exists(entry.name))
            default_storage.delete(entry.name)
    except OSError:
        # The entry stays: the next clean-up tries again.
        logger.exception("Could not remove %s from the storage.", entry.name)
        return 0
    entry.delete()
    return count


def _remove_folder(storage: Storage, path: str) -> int:
    try:
        folders, files = storage.listdir(path)
    except FileNotFoundError:
        return 0
    count = len(files)
    for folder in folders:
        count += _remove_folder(storage, f"{path}/{folder}")
    for name in files:
        storage.delete(f"{path}/{name}")
    storage.delete(path)  # on a disk the folder itself; elsewhere folders do not exist
    return count
