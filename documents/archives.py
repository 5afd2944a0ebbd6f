"""ZIP archives that people upload: the files in them, unpacked by a child with limits."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.uploadedfile import TemporaryUploadedFile

from curatore.core.errors import DomainError
from documents import text_work
from documents.conversion import ConversionError
from documents.conversion.formats import FORMATS
from documents.names import full_name

MAX_FILES = 1000  # in the archives of one request together
EXTENSION = ".zip"


class ArchiveRefused(DomainError):
    """An archive of which no file can be accepted; the sentence says why."""

    code = "archive_refused"
    status = 400


class EntryRefused(DomainError):
    """A file that cannot be read from its archive."""

    code = "entry_unreadable"
    status = 400


class EntryLocked(DomainError):
    """A file that a password protects in its archive."""

    code = "encrypted_file"
    status = 400


@dataclass
class Room:
    """How much the archives of one request may still unpack to."""

    files: int = MAX_FILES
    size: int = field(default_factory=lambda: settings.MAX_REQUEST_SIZE)  # bytes


@dataclass(frozen=True)
class Entry:
    """One file of an archive, or the archive itself if it is a document."""

    filename: str
    path: str
    file: File
    refusal: DomainError | None = None


def is_archive(filename: str) -> bool:
    return PurePosixPath(filename).suffix.lower() == EXTENSION


def entries(upload: File, filename: str, path: str, room: Room) -> Iterator[Entry]:
    """The files in `upload`, in folders below `path`; each can be read until the next is asked for.

    They are unpacked before the first, and gone after the last.

    Raises:
        ArchiveRefused: damaged, without files, or larger than `room`.
        TakesTooLong: it, or the work before it.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="curatore-zip-")))
        answer = _unpacked(upload, filename, folder, room)
        room.files -= len(answer["entries"])
        room.size -= answer["unpacked"]
        if answer["format"]:
            ending = FORMATS[answer["format"]].extensions[0]
            yield Entry(f"{PurePosixPath(filename).stem}{ending}", path, upload)
        for told in answer["entries"]:
            name, inner = told["name"].rpartition("/")[2], _folder(path, told["name"])
            if "file" not in told:
                yield Entry(name, inner, ContentFile(b""), _refusal(name, told))
                continue
            unpacked = folder / told["file"]
            with unpacked.open("rb") as source:
                yield Entry(name, inner, File(source, name=name))
            unpacked.unlink()


def _unpacked(upload: File, filename: str, folder: Path, room: Room) -> dict[str, Any]:
    limits = {
        "entries": room.files,
        "entry_bytes": settings.MAX_UPLOAD_SIZE,
        "total_bytes": room.size,
    }
    try:
        answer: dict[str, Any] = text_work.on_file(
            "unpack",
            _local(upload, folder),
            filename=filename,
            target=str(folder),
            limits=limits,
        )
    except ConversionError as problem:
        words = problem.message
        if problem.code != ArchiveRefused.code:
            words = f"“{filename}” cannot be unpacked. Pack it again, or upload the files in it."
        raise ArchiveRefused(words) from problem
    return answer


def _local(upload: File, folder: Path) -> Path:
    if isinstance(upload, TemporaryUploadedFile):
        upload.flush()
        return Path(upload.temporary_file_path())
    path = folder / "archive"
    upload.seek(0)
    with path.open("wb") as copy:
        shutil.copyfileobj(upload, copy)
    return path


def _refusal(name: str, told: dict[str, Any]) -> DomainError | None:
    if "trouble" not in told:
        return None
    kind = EntryLocked if told["is_encrypted"] else EntryRefused
    return kind(f"“{name}” {told['trouble']}")


def _folder(path: str, name: str) -> str:
    """The folder of an entry in the archive's own; one from the root stays so, to be refused."""
    inner = name[: name.rfind("/") + 1]
    inner = inner.rstrip("/") or inner
    return inner if not path or inner.startswith("/") else full_name(path, inner).rstrip("/")
