"""What Curatore stores belongs to the user it runs as; other users of the machine read none of it.

New files and folders are made so (settings.py: STORAGES, DATA_DIR). Those of an earlier version are
closed as `migrate` runs, before which every start of `serve` passes.
"""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from curatore.core import env

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def close() -> Iterator[str]:
    """Take from group and others what they may do with stored files; yields what to tell about it.

    The folders come after what is in them: whoever is interrupted begins anew.
    """
    _make_database()
    closed, refused = 0, []
    for path in open_paths():
        try:
            path.chmod(stat.S_IMODE(path.stat().st_mode) & ~_OTHERS)
            closed += 1
        except FileNotFoundError:  # gone meanwhile, as the files beside a database come and go
            continue
        except OSError as refusal:
            refused.append(f"{path} ({refusal.strerror})")
    if closed:
        yield (
            "Other users of this machine could reach files and folders of Curatore:"
            f" {closed} are closed to them now."
        )
    if refused:
        yield (
            f"Other users of this machine can reach {len(refused)} files and folders of Curatore,"
            f" such as {refused[0]}. Have their owner run chmod go= on them."
        )


def open_paths() -> Iterator[Path]:
    """Stored files and folders that others than their owner may reach."""
    files, data = Path(settings.MEDIA_ROOT), Path(settings.DATA_DIR)
    # Inside of closed folders everything was made closed: a million files are not looked at again.
    inside = list(_below(files)) if _is_open(files) or _is_open(data) else []
    for path in [env.file(settings.BASE_DIR / ".env"), *_database_files(), *inside, files, data]:
        if path is not None and _is_open(path):
            yield path


def _is_open(path: Path) -> bool:
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return False
    # A folder with the sticky bit, such as /tmp, is shared on purpose.
    return bool(mode & _OTHERS) and not mode & stat.S_ISVTX and not stat.S_ISLNK(mode)


def _below(folder: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder, topdown=False):
        yield from (Path(parent) / name for name in names + folders)


def _database_files() -> list[Path]:
    """The SQLite database with what lies beside it; nothing with another database."""
    name = str(settings.DATABASES["default"]["NAME"])
    if not settings.IS_SQLITE or name.startswith((":", "file:")):
        return []
    return [Path(f"{name}{suffix}") for suffix in ("", "-wal", "-shm", "-journal")]


def _make_database() -> None:
    """SQLite would let everybody read what it makes; what it makes beside follows the database."""
    for path in _database_files()[:1]:
        if path.parent.is_dir():
            path.touch(mode=0o600)
