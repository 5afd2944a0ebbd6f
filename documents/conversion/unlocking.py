"""Files that a password protects: a copy without protection, for the readers to read."""

import contextlib
import io
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import olefile

from . import errors
from .detection import HEAD_BYTES, PDF_MARK

ZIP_MARK = b"PK\x03\x04"


@contextmanager
def unlocked(path: Path, filename: str, password: str | None) -> Iterator[Path]:
    """The file at `path`; or, while this lasts, a copy of it that needs no password.

    PDF, Office (DOCX, XLSX, PPTX and their forerunners) and OpenDocument files are opened. Other
    kinds stay as they are, and so does a file that is not protected.

    Raises:
        ConversionError: wrong_password; encrypted_file, too_large of OpenDocument files.
    """
    if not password:
        yield path
        return
    with tempfile.NamedTemporaryFile() as copy:
        try:
            with errors.engine_at_work():
                is_unlocked = _unlock(path, filename, password, copy)
        except errors.EngineError:
            is_unlocked = False  # its reader says what is wrong with it
        copy.flush()
        yield Path(copy.name) if is_unlocked else path


def _unlock(path: Path, filename: str, password: str, copy: IO[bytes]) -> bool:
    """Write an unprotected copy; False if the file is not protected, or not in a way known here."""
    data = path.read_bytes()
    if data.startswith(ZIP_MARK):
        from .odf_locks import unlock

        return unlock(data, filename, password, copy)
    if data.startswith(olefile.MAGIC):
        return _unlock_office(data, filename, password, copy)
    if (start := data.find(PDF_MARK, 0, HEAD_BYTES)) >= 0:
        return _unlock_pdf(data[start:], filename, password, copy)
    return False


def _unlock_office(data: bytes, filename: str, password: str, copy: IO[bytes]) -> bool:
    import msoffcrypto
    from msoffcrypto.exceptions import InvalidKeyError

    office = msoffcrypto.OfficeFile(io.BytesIO(data))
    if not office.is_encrypted():
        return False
    # Without being asked, it does not look whether the password of such a file is right.
    checks = {"verify_password": True} if office.format == "ooxml" else {}
    try:
        office.load_key(password=password, **checks)
        office.decrypt(copy)
    except InvalidKeyError as refusal:
        raise errors.wrong_password(filename) from refusal
    return True


def _unlock_pdf(data: bytes, filename: str, password: str, copy: IO[bytes]) -> bool:
    import pypdfium2
    import pypdfium2.raw

    with contextlib.suppress(pypdfium2.PdfiumError):
        pypdfium2.PdfDocument(data).close()
        return False
    try:
        document = pypdfium2.PdfDocument(data, password=password)
    except pypdfium2.PdfiumError as refusal:
        if refusal.err_code == pypdfium2.raw.FPDF_ERR_PASSWORD:
            raise errors.wrong_password(filename) from refusal
        raise
    with document:
        document.save(copy, flags=pypdfium2.raw.FPDF_REMOVE_SECURITY)
    return True
