"""The batch directory: files that the operator lays out for an organization on the server.

They lie in `<BATCH_DIR>/<slug of the organization>/`, not deeper. Only regular files of supported
types count; links are left out, so that nothing outside of the folder can be reached.
"""

import errno
import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from django.conf import settings
from django.core.files.base import File

from curatore.errors import InvalidInput
from curatore.ids import as_uuid
from documents import uploads
from documents.conversion.formats import BY_EXTENSION
from documents.models import Document, DocumentSource
from documents.storage import StorageLimitReached
from documents.uploads import Rejected
from orgsettings.models import Organization, User


@dataclass(frozen=True)
class BatchFile:
    name: str
    size: int  # bytes
    modified_at: datetime


def files(organization: Organization) -> list[BatchFile]:
    """What lies in the organization's folder, by name; nothing if there is no folder."""
    try:
        entries = list(os.scandir(_folder(organization)))
    except (FileNotFoundError, NotADirectoryError):
        return []
    found = [_described(entry) for entry in entries if _is_offered(entry)]
    return sorted(found, key=lambda file: (file.name.casefold(), file.name))


def bring(organization: Organization, user: User, names: Sequence[str]) -> list[Document]:
    """The documents of these files, in this order; bytes that are known already are not stored.

    Raises:
        InvalidInput: a name is not in the listing, or its file cannot be accepted (empty, too
            large); each named by pointer `/names/<index>`. Nothing is brought then but the files
            before it, which are harmless.
        StorageLimitReached: the organization has no room for them.
    """
    offered = {file.name for file in files(organization)}
    unknown = [index for index, name in enumerate(names) if name not in offered]
    if unknown:
        raise InvalidInput(
            "Some files are not in the batch directory.",
            [_error(index, "unknown_file", f"There is no file “{names[index]}”.")
             for index in unknown],
        )  # fmt: skip
    return [_bring(organization, user, index, name) for index, name in enumerate(names)]


def bring_each(
    organization: Organization, user: User, names: Sequence[str]
) -> tuple[list[Document], list[Rejected]]:
    """As `bring`, but each file by itself: a bad one does not keep the others out."""
    offered = {file.name for file in files(organization)}
    brought, rejected = [], []
    for index, name in enumerate(names):
        if name not in offered:
            detail = f"“{name}” is not in the batch directory any more."
            rejected.append(Rejected(name, "unknown_file", detail))
            continue
        try:
            brought.append(_bring(organization, user, index, name))
        except InvalidInput as refusal:
            error = refusal.errors[0]
            rejected.append(Rejected(name, error["code"], error["detail"]))
        except StorageLimitReached as refusal:
            rejected.append(Rejected(name, refusal.code, str(refusal)))
    return brought, rejected


def resolve(user: User, ids: Sequence[str]) -> list[str]:
    """`ids`, in which earlier clients put names of batch files, with the ids of their documents.

    Raises:
        InvalidInput: as `bring`, with pointers `/document_ids/<index>`.
    """
    named = {index: given for index, given in enumerate(ids) if not as_uuid(given)}
    organization = user.membership.organization
    offered = {file.name for file in files(organization)} if named else set()
    resolved = list(ids)
    for index, name in named.items():
        if name in offered:
            resolved[index] = str(_bring(organization, user, index, name, "document_ids").pk)
    return resolved


def _bring(
    organization: Organization, user: User, index: int, name: str, member: str = "names"
) -> Document:
    try:
        with _open(_folder(organization) / name) as source:
            return uploads.accept(
                File(source, name=name),
                filename=name,
                organization=organization,
                user=user,
                source=DocumentSource.BATCH,
            ).document
    except uploads.UploadRefused as refusal:
        raise InvalidInput(
            "Some files cannot be used.", [_error(index, refusal.code, str(refusal), member)]
        ) from refusal
    except OSError as trouble:
        detail = f"“{name}” cannot be read: {trouble.strerror}."
        raise InvalidInput(
            "Some files cannot be used.", [_error(index, "unreadable_file", detail, member)]
        ) from trouble


def _folder(organization: Organization) -> Path:
    return Path(settings.BATCH_DIR) / organization.slug


def _open(path: Path) -> BinaryIO:
    """The file; it may have become a link since it was listed, and links are never followed."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "It is not a regular file")
    return os.fdopen(descriptor, "rb")


def _is_offered(entry: "os.DirEntry[str]") -> bool:
    if entry.name.startswith(".") or not entry.is_file(follow_symlinks=False):
        return False
    # A name that is no text, or that cleaning would change, could not be asked for.
    is_text = not any("\ud800" <= char <= "\udfff" for char in entry.name)
    return (
        is_text
        and uploads.clean_filename(entry.name) == entry.name
        and PurePosixPath(entry.name).suffix.lower() in BY_EXTENSION
    )


def _described(entry: "os.DirEntry[str]") -> BatchFile:
    facts = entry.stat(follow_symlinks=False)
    return BatchFile(entry.name, facts.st_size, datetime.fromtimestamp(facts.st_mtime, UTC))


def _error(index: int, code: str, detail: str, member: str = "names") -> dict[str, str]:
    return {"pointer": f"/{member}/{index}", "code": code, "detail": detail}
