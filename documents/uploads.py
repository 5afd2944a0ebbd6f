"""Accept a file into an organization: checked, hashed; its bytes stored once, its name kept."""

import hashlib
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.core.files.base import File
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.template.defaultfilters import filesizeformat
from django.utils import timezone

from curatore.core.errors import DomainError, InvalidInput
from curatore.core.problem_codes import PROBLEMS
from documents import archives, storage
from documents.archives import MAX_FILES, ArchiveRefused, Entry, EntryLocked, EntryRefused, Room
from documents.conversion.formats import Format, claimed_by
from documents.conversion.unpacking import is_litter
from documents.models import Document, DocumentSource, StoredFile
from documents.names import InvalidPath, clean_filename, clean_path, full_name
from documents.page_counts import PageCounter
from documents.storage import StorageLimitReached
from documents.text_work import TakesTooLong
from orgsettings.models import Organization, User

# In one line; the extensions stand in formats.py.
ACCEPTED = "PDF, Office, OpenDocument, RTF, EPUB, HTML, mail, CSV, text, pictures and ZIP"
_TRIES = 3  # to store bytes that others bring, or delete, at the same moment

# Why a single file is refused; UploadRefused itself is for several with different reasons.
REASONS = (
    "filename_missing",
    "invalid_path",
    "unsupported_format",
    "empty_file",
    "file_too_large",
)

# The same of a file that may be an archive, or come from one.
ARCHIVE_REASONS = (ArchiveRefused, EntryRefused, EntryLocked, TakesTooLong)


class UploadRefused(DomainError):
    """A file that cannot be accepted; the sentence says why and what to do."""

    code: ClassVar[str] = "upload_refused"
    status = 400

    def __init__(self, code: str, message: str, *, status: int = 400) -> None:
        super().__init__(message)
        self.code = code  # type: ignore[misc]  # one class, several public codes
        self.status = status  # type: ignore[misc]


@dataclass(frozen=True)
class Accepted:
    document: Document
    duplicate: bool  # the organization already had these bytes
    already_exists: bool = False  # the document was there: the same person brought it before


@dataclass(frozen=True)
class Rejected:
    filename: str
    path: str  # as it was given
    code: str
    detail: str


_REFUSALS = (UploadRefused, StorageLimitReached, *ARCHIVE_REASONS)


def accept(
    upload: File,
    *,
    filename: str,
    path: str = "",
    organization: Organization,
    user: User,
    source: str = DocumentSource.UPLOAD,
    counter: PageCounter | None = None,
) -> Accepted:
    """Make a document of `upload`; its bytes are stored if the organization does not have them.

    What the same person brings again, under the same name, is the document that is there.

    Args:
        path: the folder that it comes from; "" if from none.
        counter: that of the request, if it brings several files.

    Raises:
        UploadRefused: no name, no possible folder, unsupported type (by extension), empty, or too
            large.
        StorageLimitReached: the organization has no room for it.
    """
    now = timezone.now()
    name = clean_filename(filename)
    folder = _folder(name, path)
    claimed = _check(name, upload.size or 0)
    content = {"organization": organization, "sha256": _digest(upload)}
    naming = {
        "organization": organization,
        "uploaded_by": user,
        "source": source,
        "filename": name,
        "path": folder,
        "media_type": claimed.media_type,
    }
    for tries_left in reversed(range(_TRIES)):
        if known := _name_known_bytes(content, naming):
            return known
        storage.require_room(organization, name, upload.size or 0, now)
        try:
            return _store(upload, content, naming, now, counter or PageCounter())
        except IntegrityError:
            # Somebody brought the same bytes at the same moment and was first.
            if not tries_left:
                raise
    raise AssertionError("The last try returns or raises.")


def accept_one(
    upload: File,
    *,
    filename: str,
    path: str = "",
    organization: Organization,
    user: User,
    source: str = DocumentSource.UPLOAD,
    counter: PageCounter | None = None,
) -> Accepted:
    """As `accept`, where one document is wanted; a ZIP archive brings the one file that is in it.

    Raises:
        UploadRefused, StorageLimitReached: as `accept`.
        ArchiveRefused: it holds several files, none, or cannot be unpacked.
        EntryRefused, EntryLocked: the file in it cannot be read, or is protected by a password.
        TakesTooLong
    """
    room = Room()
    with closing(_entries(upload, filename, path, room)) as entries:
        entry = next(entries)
        if (count := MAX_FILES - room.files) > 1:
            raise ArchiveRefused(
                f"“{filename}” holds {count} files, and one document is wanted here. Pack the right"
                " file alone, or give that itself."
            )
        if entry.refusal:
            raise entry.refusal
        return accept(
            entry.file,
            filename=entry.filename,
            path=entry.path,
            organization=organization,
            user=user,
            source=source,
            counter=counter,
        )


def accept_all(
    uploads: Sequence[UploadedFile],
    paths: Sequence[str] = (),
    *,
    organization: Organization,
    user: User,
) -> tuple[list[Accepted], list[Rejected]]:
    """Accept each file by itself: a bad one does not keep the others out.

    ZIP archives are unpacked, each file of theirs counts by itself; what systems leave behind in
    folders is left out.

    Args:
        paths: the folder of each upload, in their order; none if they come from no folders.

    Raises:
        InvalidInput: there are more or fewer paths than files.
    """
    intake = Intake(organization, user)
    for upload, path in zip(uploads, _of_each(uploads, paths), strict=True):
        if not is_litter(full_name(path, upload.name or "")):
            intake.take(upload, filename=upload.name or "", path=path)
    return intake.accepted, intake.rejected


class Intake:
    """Takes in the files of one request: what they bring, and what was refused."""

    def __init__(
        self, organization: Organization, user: User, source: str = DocumentSource.UPLOAD
    ) -> None:
        self.accepted: list[Accepted] = []
        self.rejected: list[Rejected] = []
        self._whose: dict[str, Any] = {"organization": organization, "user": user, "source": source}
        self._room = Room()
        self._counter = PageCounter()

    def take(self, upload: File, *, filename: str, path: str) -> None:
        """One file, or each file of an archive; a refused one does not keep the others out."""
        for entry in _entries(upload, filename, path, self._room):
            try:
                if entry.refusal:
                    raise entry.refusal
                document = accept(
                    entry.file,
                    filename=entry.filename,
                    path=entry.path,
                    counter=self._counter,
                    **self._whose,
                )
                self.accepted.append(document)
            except _REFUSALS as refusal:
                found = Rejected(entry.filename, entry.path, refusal.code, str(refusal))
                self.rejected.append(found)


def refusal_of_all(rejected: Sequence[Rejected]) -> UploadRefused:
    """The refusal of an upload none of whose files was accepted; `rejected` is not empty."""
    codes = {item.code for item in rejected}
    code = codes.pop() if len(codes) == 1 else UploadRefused.code
    refusal = UploadRefused(
        code,
        rejected[0].detail if len(rejected) == 1 else "None of the files can be accepted.",
        status=PROBLEMS[code].status,
    )
    refusal.extra["rejected"] = [asdict(item) for item in rejected]
    return refusal


def _of_each(uploads: Sequence[UploadedFile], paths: Sequence[str]) -> Sequence[str]:
    if len(paths) not in {0, len(uploads)}:
        detail = "Send as many paths as files, in their order, or none at all."
        error = {"pointer": "/paths", "code": "invalid", "detail": detail}
        raise InvalidInput("The paths do not fit the files.", [error])
    return paths or [""] * len(uploads)


def _entries(upload: File, name: str, path: str, room: Room) -> Generator[Entry, None, None]:
    """The files that `upload` brings: itself, or those in an archive."""
    if not archives.is_archive(name):
        yield Entry(name, path, upload)
        return
    try:
        folder = _folder(name, path)
        _check_size(name, upload.size or 0)
        yield from archives.entries(upload, name, folder, room)
    except (UploadRefused, ArchiveRefused, TakesTooLong) as refusal:
        yield Entry(name, path, upload, refusal)


def _folder(name: str, path: str) -> str:
    try:
        return clean_path(path)
    except InvalidPath as wrong:
        raise UploadRefused("invalid_path", f"“{name}” cannot be kept: {wrong}") from wrong


def _check(name: str, size: int) -> Format:
    """The format that the name claims; raises UploadRefused for what cannot be taken."""
    if not name or name in {".", ".."}:
        raise UploadRefused("filename_missing", "The file has no name. Give it one and try again.")
    if archives.is_archive(name):
        raise UploadRefused(
            "unsupported_format",
            f"“{name}” is a ZIP archive. In another archive it is not unpacked: unpack it, and"
            " upload what is in it.",
        )
    claimed = claimed_by(name)
    if claimed is None:
        raise UploadRefused(
            "unsupported_format", f"“{name}” has no supported type. Accepted: {ACCEPTED}."
        )
    _check_size(name, size)
    return claimed


def _check_size(name: str, size: int) -> None:
    if size == 0:
        raise UploadRefused("empty_file", f"“{name}” is empty. Check the file and upload it again.")
    if size > settings.MAX_UPLOAD_SIZE:
        raise UploadRefused(
            "file_too_large",
            f"“{name}” is too large: at most {filesizeformat(settings.MAX_UPLOAD_SIZE)} are"
            " accepted. Split it, or ask the operator to raise MAX_UPLOAD_SIZE.",
            status=413,
        )


def _digest(upload: File) -> str:
    upload.seek(0)
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return digest.hexdigest()


def _name_known_bytes(content: dict[str, Any], naming: dict[str, Any]) -> Accepted | None:
    """A document of bytes that are stored; None if they are not."""
    with transaction.atomic():
        # Held until the commit: whoever deletes the last document of these bytes holds them, too.
        stored = StoredFile.objects.select_for_update(no_key=True).filter(**content).first()
        if stored is None:
            return None
        documents = Document.objects.select_related("stored", "uploaded_by")
        document, is_new = documents.get_or_create(stored=stored, **naming)
        return Accepted(document, duplicate=True, already_exists=not is_new)


def _store(
    upload: File,
    content: dict[str, Any],
    naming: dict[str, Any],
    now: datetime,
    counter: PageCounter,
) -> Accepted:
    """A document of bytes that are not stored yet.

    Raises:
        IntegrityError: meanwhile they are.
        StorageLimitReached: meanwhile others took the room.
    """
    stored = StoredFile(file_size=upload.size, **content)
    # The file first: a row never points to bytes that are not there.
    stored.file.save(naming["filename"], upload, save=False)
    document = Document(stored=stored, **naming)
    try:
        stored.page_count = counter.pages(document)
        with transaction.atomic():
            storage.claim(stored.organization, naming["filename"], stored.file_size, now)
            stored.save(force_insert=True)
            document.save(force_insert=True)
    except BaseException:
        stored.file.storage.delete(str(stored.file.name))
        raise
    return Accepted(document, duplicate=False)
