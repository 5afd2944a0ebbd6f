"""The batch directory: files that the operator lays out for an organization on the server.

They lie in `<BATCH_DIR>/<slug of the organization>/` and in folders below it. Only regular files of
supported types count; links are left out, so that nothing outside of the folder can be reached.
"""

import errno
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from django.conf import settings
from django.core.files.base import File

from curatore.core.errors import InvalidInput
from curatore.core.ids import as_uuid
from documents import uploads
from documents.archives import is_archive
from documents.conversion.formats import claimed_by
from documents.models import Document, DocumentSource
from documents.names import InvalidPath, clean_filename, clean_path, full_name
from documents.page_counts import PageCounter
from documents.uploads import Intake, Rejected
from orgsettings.models import Organization, User

_NO_LINK = os.O_RDONLY | os.O_NOFOLLOW


@dataclass(frozen=True)
class BatchFile:
    path: str  # its folder, below that of the organization; "" if that itself
    filename: str
    size: int  # bytes
    modified_at: datetime

    @property
    def name(self) -> str:
        """By which it is asked for: with its folder, as in “2026/March/ledger.pdf”."""
        return full_name(self.path, self.filename)


def files(organization: Organization) -> list[BatchFile]:
    """What lies in the organization's folder, by name; nothing if there is no folder."""
    try:
        found = list(_walk(_folder(organization).resolve(strict=True)))
    except (FileNotFoundError, NotADirectoryError):
        return []
    return sorted(found, key=lambda file: (file.name.casefold(), file.name))


def bring(organization: Organization, user: User, names: Sequence[str]) -> list[Document]:
    """The documents of these files, in this order; bytes that are known already are not stored.

    A ZIP archive brings the one file that is in it.

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
    counter = PageCounter()
    return [
        _bring(organization, user, index, name, counter=counter) for index, name in enumerate(names)
    ]


def bring_each(
    organization: Organization, user: User, names: Sequence[str]
) -> tuple[list[Document], list[Rejected]]:
    """As `bring`, but each file by itself: a bad one does not keep the others out.

    All files of a ZIP archive come, in the folder where it lies.
    """
    offered = {file.name for file in files(organization)}
    intake = Intake(organization, user, DocumentSource.BATCH)
    for name in names:
        if name not in offered:
            detail = f"“{name}” is no longer in the batch directory."
            intake.rejected.append(_rejected(name, "unknown_file", detail))
            continue
        path, _, filename = name.rpartition("/")
        try:
            with _open(_folder(organization), name) as source:
                intake.take(File(source, name=filename), filename=filename, path=path)
        except OSError as trouble:
            intake.rejected.append(_rejected(name, "unreadable_file", _unreadable(name, trouble)))
    return [accepted.document for accepted in intake.accepted], intake.rejected


def resolve(user: User, ids: Sequence[str]) -> list[str]:
    """`ids`, in which earlier clients put names of batch files, with the ids of their documents.

    Raises:
        InvalidInput: as `bring`, with pointers `/document_ids/<index>`.
    """
    named = {index: given for index, given in enumerate(ids) if not as_uuid(given)}
    organization = user.membership.organization
    offered = {file.name for file in files(organization)} if named else set()
    resolved, counter = list(ids), PageCounter()
    for index, name in named.items():
        if name in offered:
            document = _bring(
                organization, user, index, name, counter=counter, member="document_ids"
            )
            resolved[index] = str(document.pk)
    return resolved


def _bring(
    organization: Organization,
    user: User,
    index: int,
    name: str,
    *,
    counter: PageCounter,
    member: str = "names",
) -> Document:
    path, _, filename = name.rpartition("/")
    try:
        with _open(_folder(organization), name) as source:
            return uploads.accept_one(
                File(source, name=filename),
                filename=filename,
                path=path,
                organization=organization,
                user=user,
                source=DocumentSource.BATCH,
                counter=counter,
            ).document
    except (uploads.UploadRefused, *uploads.ARCHIVE_REASONS) as refusal:
        raise InvalidInput(
            "Some files cannot be used.", [_error(index, refusal.code, str(refusal), member)]
        ) from refusal
    except OSError as trouble:
        error = _error(index, "unreadable_file", _unreadable(name, trouble), member)
        raise InvalidInput("Some files cannot be used.", [error]) from trouble


def _unreadable(name: str, trouble: OSError) -> str:
    return f"“{name}” cannot be read: {trouble.strerror}."


def _folder(organization: Organization) -> Path:
    return Path(settings.BATCH_DIR) / organization.slug


def _walk(top: Path) -> Iterator[BatchFile]:
    """What is offered below `top`; no link is followed, also when it appears meanwhile."""
    for folder, folders, names, descriptor in os.fwalk(top):
        path = Path(folder).relative_to(top).as_posix().removeprefix(".")
        folders[:] = [name for name in folders if _can_ask_for(full_name(path, name))]
        for name in names:
            is_known = claimed_by(name) is not None or is_archive(name)
            if not is_known or not _can_name(name):
                continue
            with suppress(FileNotFoundError):  # it went meanwhile
                facts = os.stat(name, dir_fd=descriptor, follow_symlinks=False)
                if stat.S_ISREG(facts.st_mode):
                    modified_at = datetime.fromtimestamp(facts.st_mtime, UTC)
                    yield BatchFile(path, name, facts.st_size, modified_at)


def _can_name(name: str) -> bool:
    """Whether a file of this name can be asked for: it is text, not hidden, and clean."""
    is_text = not any("\ud800" <= char <= "\udfff" for char in name)
    return is_text and not name.startswith(".") and clean_filename(name) == name


def _can_ask_for(path: str) -> bool:
    """The same of a folder."""
    try:
        return _can_name(PurePosixPath(path).name) and clean_path(path) == path
    except InvalidPath:
        return False


def _open(top: Path, name: str) -> BinaryIO:
    """The file; it or its folders may have become links since, and links are never followed."""
    *folders, last = name.split("/")
    descriptor = os.open(top, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for folder in folders:
            inner = os.open(folder, _NO_LINK | os.O_DIRECTORY, dir_fd=descriptor)
            os.close(descriptor)
            descriptor = inner
        opened = os.open(last, _NO_LINK | os.O_NONBLOCK, dir_fd=descriptor)
    finally:
        os.close(descriptor)
    if not stat.S_ISREG(os.fstat(opened).st_mode):
        os.close(opened)
        raise OSError(errno.EINVAL, "It is not a regular file")
    return os.fdopen(opened, "rb")


def _rejected(name: str, code: str, detail: str) -> Rejected:
    path, _, filename = name.rpartition("/")
    return Rejected(filename, path, code, detail)


def _error(index: int, code: str, detail: str, member: str = "names") -> dict[str, str]:
    return {"pointer": f"/{member}/{index}", "code": code, "detail": detail}
