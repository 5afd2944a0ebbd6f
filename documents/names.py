"""Names and folders of documents: as people give them, cleaned, and found by their words.

A folder is a relative path such as “2026/March”, "" at the top. It tells documents apart and comes
back in archives; nothing is stored or read under it.
"""

import re
import unicodedata
from pathlib import PurePosixPath, PureWindowsPath

from django.db.models import Value
from django.db.models.functions import Concat
from django.db.models.lookups import IContains

LONGEST_NAME = 255  # characters
LONGEST_PATH = 1024  # bytes of UTF-8: what an index of PostgreSQL takes beside a name
DEEPEST_PATH = 20  # folders in each other
_DIGITS = re.compile(r"([0-9]+)")
_ABSOLUTE = re.compile(r"/|[A-Za-z]:(/|$)")


class InvalidPath(ValueError):
    """The sentence is for people."""


def clean_filename(name: str) -> str:
    """The last part of a path of any system, without control characters, at most 255 long.

    Too long a name keeps its extension.
    """
    last = PureWindowsPath(PurePosixPath(name).name).name
    if len(last) > 1000:  # to normalize takes time that grows with the square of the length
        last = last[:500] + last[-500:]
    kept = "".join(c for c in unicodedata.normalize("NFC", last) if c.isprintable()).strip()
    suffix = PurePosixPath(kept).suffix[:20]
    return kept if len(kept) <= LONGEST_NAME else kept[: LONGEST_NAME - len(suffix)] + suffix


def clean_path(given: str) -> str:
    """The folder that `given` names, each part cleaned as file names are.

    Raises:
        InvalidPath: it leads out of where it begins, is too long or too deep, or no folder at all.
    """
    if len(given) > LONGEST_PATH:
        raise _too_long()
    if "\\" in given or "\0" in given:
        raise InvalidPath(
            "A folder has a backslash or a null in its name. Write slashes between folders."
        )
    if _ABSOLUTE.match(given):
        raise InvalidPath(
            "The folder begins at the root of a disk. Give one below a folder of yours."
        )
    parts = [clean_filename(part) for part in given.split("/") if part not in {"", "."}]
    if len(parts) > DEEPEST_PATH:
        raise InvalidPath(f"There are more than {DEEPEST_PATH} folders in each other. Move it up.")
    if not {"", ".", ".."}.isdisjoint(parts):
        raise InvalidPath("A folder has no name, or leads upwards by “..”. Give it a name.")
    path = "/".join(parts)
    if len(path.encode()) > LONGEST_PATH:
        raise _too_long()
    return path


def full_name(path: str, filename: str) -> str:
    """A document's name with its folder, as people tell it from others."""
    return f"{path}/{filename}" if path else filename


def natural_key(name: str) -> list[list[str | int]]:
    """Sorts names with folders as people do: “2.pdf” before “10.pdf”, in any case."""
    return [
        [int(part) if part.isdecimal() else part for part in _DIGITS.split(folder.casefold())]
        for folder in name.split("/")
    ]


def named(words: str) -> IContains:
    """The condition of a filter: `words` are in folder and name of a row, in any case."""
    return IContains(Concat("path", Value("/"), "filename"), words)


def _too_long() -> InvalidPath:
    return InvalidPath(
        f"The names of the folders are longer than {LONGEST_PATH} bytes together. Shorten them."
    )
