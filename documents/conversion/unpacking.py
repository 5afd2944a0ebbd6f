"""ZIP archives: what is in one, unpacked into a folder within limits.

Nothing in the headers is believed: what counts is what was written.
"""

import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from stat import S_ISLNK
from typing import Any

from .detection import zip_format
from .errors import ConversionError
from .formats import SUPPORTED_EXTENSIONS

CHUNK_BYTES = 256 * 1024
LOCAL_HEADER_BYTES = 30  # at least
UTF8_NAMES, ENCRYPTED = 0x800, 0x1  # bits of the flags
# What systems leave behind in folders; nobody means it when they choose a folder or pack one.
LITTER = frozenset({"__MACOSX", ".DS_Store", "Thumbs.db"})
UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError)


@dataclass
class Limits:
    """How much may be unpacked."""

    entries: int
    entry_bytes: int
    total_bytes: int


def is_litter(name: str) -> bool:
    """Whether a file of this name, with its folders, is none that anybody made."""
    parts = PurePosixPath(name).parts
    return not LITTER.isdisjoint(parts) or (bool(parts) and parts[-1].startswith("._"))


def unpack(path: Path, filename: str, target: str, limits: dict[str, int]) -> dict[str, Any]:
    """Unpack the archive at `path` into `target`, the files under numbers.

    The answer has `format` when the archive is itself a document; else `entries`, each with its
    `name` and either `file`, below `target`, or `trouble`, why it has none. Files of types that
    cannot be converted are not unpacked and have neither. `unpacked` is in bytes.

    Raises ConversionError: archive_refused.
    """
    try:
        archive = zipfile.ZipFile(path)
    except UNREADABLE as problem:
        raise _refused(filename, "is damaged, or no ZIP archive. Pack it again.") from problem
    with archive:
        try:
            kind = zip_format(archive)
        except UNREADABLE:  # what says so is damaged: its entry will be told
            kind = None
        if kind:
            return {"format": kind, "entries": [], "unpacked": 0}
        return _unpack(archive, filename, Path(target), Limits(**limits))


def _unpack(
    archive: zipfile.ZipFile, filename: str, target: Path, limits: Limits
) -> dict[str, Any]:
    listed = [(_name(info), info) for info in archive.infolist() if not info.is_dir()]
    wanted = [(name, info) for name, info in listed if not is_litter(name)]
    if not wanted:
        raise _refused(filename, "has no files in it.")
    if len(wanted) > limits.entries:
        raise _refused(filename, f"has more than {limits.entries:,} files. Pack fewer at a time.")
    if _overlap(archive):
        raise _refused(
            filename, "has entries that overlap, as none that people make. Pack it again."
        )
    left = limits.total_bytes
    entries: list[dict[str, Any]] = []
    for number, (name, info) in enumerate(wanted):
        entry: dict[str, Any] = {"name": name}
        entries.append(entry)
        if PurePosixPath(name).suffix.lower() not in SUPPORTED_EXTENSIONS:
            continue
        most = min(limits.entry_bytes + 1, left + 1)
        try:
            written = _write(archive, info, target / str(number), most)
        except _Unreadable as trouble:
            entry |= {"trouble": str(trouble), "is_encrypted": trouble.is_encrypted}
            left -= trouble.written
            continue
        left -= written
        if left < 0:
            size = limits.total_bytes // 1024**2
            raise _refused(filename, f"unpacks to more than {size:,} MB. Pack fewer at a time.")
        entry["file"] = str(number)
    return {"format": None, "entries": entries, "unpacked": limits.total_bytes - left}


class _Unreadable(Exception):
    def __init__(self, words: str, written: int = 0, *, is_encrypted: bool = False) -> None:
        super().__init__(words)
        self.is_encrypted = is_encrypted
        self.written = written  # bytes


def _write(archive: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path, most: int) -> int:
    """The bytes that were written; no more than `most`, so that one too many shows."""
    if info.flag_bits & ENCRYPTED:
        raise _Unreadable(
            "is protected by a password in the archive. Pack it without one.", is_encrypted=True
        )
    if S_ISLNK(info.external_attr >> 16):
        raise _Unreadable("is a link in the archive, and no file. Pack the file itself.")
    written = 0
    try:
        with archive.open(info) as source, target.open("wb") as copy:
            while written < most and (chunk := source.read(min(CHUNK_BYTES, most - written))):
                written += copy.write(chunk)
    except (*UNREADABLE, NotImplementedError) as problem:
        words = "is damaged in the archive, or packed in a way that is not known. Pack it again."
        raise _Unreadable(words, written) from problem
    return written


def _overlap(archive: zipfile.ZipFile) -> bool:
    """Whether entries share bytes, by which a small archive would unpack to a huge one."""
    infos: Sequence[zipfile.ZipInfo] = sorted(
        archive.infolist(), key=lambda info: info.header_offset
    )
    ends = [info.header_offset + LOCAL_HEADER_BYTES + info.compress_size for info in infos]
    begins = [*(info.header_offset for info in infos[1:]), archive.start_dir]
    return any(end > begin for end, begin in zip(ends, begins, strict=True))


def _name(info: zipfile.ZipInfo) -> str:
    """The entry's name; some programs write UTF-8 without saying so, some write backslashes."""
    name = info.filename
    if not info.flag_bits & UTF8_NAMES:
        try:
            name = name.encode("cp437").decode()
        except UnicodeError:
            name = info.filename
    return name.replace("\\", "/")


def _refused(filename: str, words: str) -> ConversionError:
    return ConversionError("archive_refused", f"“{filename}” {words}", "")
