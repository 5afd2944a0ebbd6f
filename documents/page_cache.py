"""Pictures of pages, and what is known of pages, kept as files: what is lost here is made anew.

They lie beside the documents in the storage, in a folder for each content of each organization,
and go with the document. All of them together have about PAGE_CACHE_SIZE bytes at most: each
process may write a twentieth of it before the oldest go. No organization's storage limit counts
them: nobody chose to store them, and nobody could choose to delete them.
"""

import contextlib
import logging
import os
import threading
from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path
from typing import IO
from uuid import UUID, uuid4

from django.conf import settings
from django.core.files.storage import default_storage

from documents import discards
from documents.models import Document, StoredFile

logger = logging.getLogger(__name__)

FOLDER = "pages"
_LOOKS = 20  # a process looks again each time it has written such a part of the limit


def find(document: Document, name: str) -> IO[bytes] | None:
    """The file that is kept under this name, opened; None if there is none."""
    try:
        return (_root() / _place(document) / name).open("rb")
    except FileNotFoundError:
        return None


def make(document: Document, name: str, write: Callable[[Path], None]) -> IO[bytes]:
    """The file that `write` makes of an empty one, opened and from now on kept under this name.

    Of two that make the same at the same moment the second replaces the first: nobody sees half of
    a file. What `write` raises goes on, and nothing is kept.
    """
    part = _root() / f"{uuid4().hex}.part"
    _make_folder(part.parent)
    part.touch(mode=0o600, exist_ok=False)
    file = part.open("rb")  # already now: it stays readable, whoever removes its name
    try:
        write(part)
        _keep(document, name, part, os.fstat(file.fileno()).st_size)
    except BaseException:
        file.close()
        raise
    finally:
        part.unlink(missing_ok=True)
    return file


def discard(document: Document) -> None:
    """Have all that is kept of the document removed once the current transaction is committed.

    Before its row is deleted; what is being made just now is removed by whoever makes it.
    """
    if default_storage.exists(f"{FOLDER}/{_place(document)}"):
        discards.discard(f"{FOLDER}/{_place(document)}/", document.organization_id)


def trim() -> int:
    """Remove the oldest files until the rest has PAGE_CACHE_SIZE bytes; returns how many.

    O(files), without reading them.
    """
    found = sorted((status.st_mtime_ns, status.st_size, path) for path, status in _files(_root()))
    too_much = sum(size for _, size, _ in found) - settings.PAGE_CACHE_SIZE
    count = 0
    for _, size, path in found:
        if too_much <= 0:
            break
        path.unlink(missing_ok=True)
        too_much -= size
        count += 1
        for folder in path.relative_to(_root()).parents[:-1]:
            with contextlib.suppress(OSError):  # it is not empty, or is filled just now
                (_root() / folder).rmdir()
    return count


def of_nobody(names: Iterator[str]) -> Iterator[str]:
    """Those of these stored files, which come folder by folder, that belong to no document."""
    for folder, inside in groupby(names, key=lambda name: name.rpartition("/")[0]):
        if not _is_of_document(folder):
            yield from inside


def _is_of_document(folder: str) -> bool:
    try:
        _, organization, _, sha256 = folder.split("/")
        stored = StoredFile.objects.filter(organization=UUID(organization), sha256=sha256)
    except ValueError:  # nothing that was made here
        return False
    return stored.exists()


def _root() -> Path:
    return Path(default_storage.path(FOLDER))


def _place(document: Document) -> str:
    """The folder of all documents of the organization with this content."""
    return f"{document.organization_id}/{document.sha256[:2]}/{document.sha256}"


def _keep(document: Document, name: str, part: Path, size: int) -> None:
    """Give a finished file its name; where that fails it is missing the next time, no more."""
    kept = _root() / _place(document) / name
    try:
        _make_folder(kept.parent)
        part.replace(kept)
    except FileNotFoundError:  # the folder was empty just now and is gone
        return
    except OSError:
        logger.exception("Could not keep %s.", kept)
        return
    # Deleted while its page was drawn: nobody else will remove this file.
    if not StoredFile.objects.filter(pk=document.stored_id).exists():
        kept.unlink(missing_ok=True)
    if _written.is_much(size):
        trim()


def _make_folder(folder: Path) -> None:
    """Make the folder and those around it, for the user alone whom Curatore runs as."""
    if not folder.is_dir():
        _make_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


def _files(folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
    """All files below `folder`; some may be gone meanwhile."""
    with contextlib.suppress(FileNotFoundError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _files(Path(entry.path))
                continue
            with contextlib.suppress(FileNotFoundError):
                yield Path(entry.path), entry.stat(follow_symlinks=False)


class _Written:
    """How many bytes this process has written since it last looked at the whole."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._bytes = 0

    def is_much(self, size: int) -> bool:
        """Count `size` more; whether it is time to look again."""
        with self._lock:
            self._bytes += size
            if self._bytes * _LOOKS <= settings.PAGE_CACHE_SIZE:
                return False
            self._bytes = 0
            return True


_written = _Written()
