"""Names of results: such as every file system accepts, and no two in an archive the same to any.

`report.docx` becomes `report.md`. Where names in one folder differ only by their endings, these
stay: `report.docx.md` beside `report.pdf.md`. Only the very same folder and name get a number.
"""

import bisect
import heapq
import re
import unicodedata
from array import array
from collections.abc import Iterable
from itertools import islice
from pathlib import PurePosixPath

# What some file system refuses in a name, besides control characters.
_REFUSED = re.compile(r'[<>:"/\\|?*]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_LONGEST = 180  # bytes of UTF-8; file systems allow 255 for a name
_LONGEST_ENDING = 20  # bytes of UTF-8
_LONGEST_TITLE = 80  # bytes of UTF-8; some programs allow 260 characters for a whole path
_PART = 1000  # names that are sorted at once
_ENDING = ".md"  # of all files with results


def markdown_name(filename: str) -> str:
    """The name of the result of `filename`: `report.md`."""
    return f"{_stem(filename)}{_ENDING}"


def folder_name(path: str) -> str:
    """The folders of `path`, each under a name that no file with a result has."""
    parts = [_harmless(part, _LONGEST) for part in path.split("/") if part]
    return "/".join(f"{p}_" if p.casefold().endswith(_ENDING) else p for p in parts)


class UniqueNames:
    """Names with a number where two would be the same to some file system."""

    def __init__(self, known: "_Keys | None" = None) -> None:
        """`known` are names that stand for themselves: no number makes one of them."""
        self._known = known or _Keys()
        self._taken = _Keys()
        self._numbers: dict[int, int] = {}

    def next(self, stem: str, suffix: str = "") -> str:
        plain = name = f"{stem}{suffix}"
        while _key(name) in self._taken or (name != plain and _key(name) in self._known):
            number = self._numbers[_key(plain)] = self._numbers.get(_key(plain), 1) + 1
            name = f"{stem} ({number}){suffix}"
        self._taken.add(_key(name))
        return name

    def folder(self, title: str) -> str:
        """The name of a folder for what is called `title`."""
        return self.next(_harmless(title, _LONGEST_TITLE))


class Names:
    """Names for the results of one archive, in their folders."""

    def __init__(self, results: Iterable[tuple[str, str]]) -> None:
        """`results` are the folder in the archive and the file name of each, in any order."""
        self._known = _Keys(
            _key(f"{folder}/{name}{_ENDING}")
            for folder, filename in results
            for name in (_stem(filename), _whole(filename))
        )
        self._unique = UniqueNames(self._known)

    def next(self, folder: str, filename: str) -> str:
        """Where the result of `filename` lies; one of `results`, or one that came since."""
        plain, whole = f"{folder}/{_stem(filename)}", f"{folder}/{_whole(filename)}"
        is_known = _key(f"{whole}{_ENDING}") in self._known
        is_alone = is_known and self._known.count(_key(f"{plain}{_ENDING}")) == 1
        return self._unique.next(plain if is_alone else whole, _ENDING)


class _Keys:
    """Names as 8 bytes each. Two that happen to be equal cost a needless ending or number."""

    def __init__(self, keys: Iterable[int] = ()) -> None:
        left = iter(keys)
        # Sorted by parts and merged: a list of all of them takes five times the memory.
        parts = iter(lambda: array("q", sorted(islice(left, _PART))), array("q"))
        self._sorted = array("q", heapq.merge(*parts))

    def add(self, key: int) -> None:
        bisect.insort(self._sorted, key)

    def count(self, key: int) -> int:
        return bisect.bisect_right(self._sorted, key) - bisect.bisect_left(self._sorted, key)

    def __contains__(self, key: int) -> bool:
        return self.count(key) > 0


def _key(name: str) -> int:
    """64 bits; other ones in each process."""
    return hash(unicodedata.normalize("NFC", name).casefold())


def _stem(filename: str) -> str:
    return _harmless(PurePosixPath(filename).stem, _LONGEST)


def _whole(filename: str) -> str:
    """The same with the ending of the file, however long the name."""
    ending = PurePosixPath(filename).suffix[1:]
    return f"{_stem(filename)}.{_harmless(ending, _LONGEST_ENDING)}" if ending else _stem(filename)


def _harmless(name: str, longest: int) -> str:
    """`name` as every file system accepts it, at most `longest` bytes."""
    name = _REFUSED.sub("_", "".join(c if c.isprintable() else "_" for c in name))
    name = name.encode()[:longest].decode(errors="ignore").strip(" .")
    return f"_{name}" if not name or _RESERVED.fullmatch(name) else name
