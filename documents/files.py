"""The stored bytes of a document, as a local file that a conversion process can open."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from documents.conversion import ConversionError
from documents.models import Document


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
