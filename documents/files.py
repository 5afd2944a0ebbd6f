"""The stored bytes of a document: opened, or as a local file for a conversion process."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, ClassVar

from curatore.core.errors import DomainError
from documents.conversion import ConversionError
from documents.models import Document


class OriginalMissing(DomainError):
    code = "original_not_found"
    status: ClassVar[int] = 404


def open_original(document: Document) -> IO[bytes]:
    """The stored file.

    Raises:
        OriginalMissing: the storage does not have it.
    """
    try:
        file: IO[bytes] = document.file.storage.open(str(document.file.name))
    except FileNotFoundError as missing:
        raise OriginalMissing(
            f"The stored file of “{document.filename}” is missing. Upload the document again."
        ) from missing
    return file


@contextmanager
def local_file(document: Document) -> Iterator[Path]:
    """The path of the stored file; a temporary copy where the storage is not a local disk.

    Raises:
        ConversionError: `source_missing`, when the storage does not have it.
    """
    try:
        path = Path(document.file.path)
    except NotImplementedError:
        with _temporary_copy(document) as copy:
            yield copy
        return
    if not path.is_file():
        raise _missing(document)
    yield path


@contextmanager
def _temporary_copy(document: Document) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="curatore-") as folder:
        path = Path(folder) / "source"
        try:
            with document.file.open() as source, path.open("wb") as target:
                shutil.copyfileobj(source, target)
        except FileNotFoundError as missing:
            raise _missing(document) from missing
        yield path


def _missing(document: Document) -> ConversionError:
    return ConversionError(
        "source_missing",
        f"The stored file of “{document.filename}” is missing.",
        "Upload the document again.",
    )
