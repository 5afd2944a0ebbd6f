"""A small writer of OLE compound files ([MS-CFB], version 3), the container of Outlook messages."""

import struct
from collections.abc import Mapping
from itertools import pairwise

SECTOR = 512  # bytes
END, FREE, FAT_SECTOR, NO_ENTRY = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD, 0xFFFFFFFF
STORAGE, STREAM, ROOT = 1, 2, 5

SMALLEST_STREAM = 4096  # bytes; shorter streams live in the mini stream

Tree = Mapping[str, "Tree | bytes"]


def write_compound(tree: "Tree") -> bytes:
    """Compound file of `tree`: names -> bytes (a stream) or a mapping (a storage).

    Streams shorter than 4096 bytes go into the mini stream, as the format demands.
    """
    return _Writer().write(tree)


class _Writer:
    def __init__(self) -> None:
        self.sectors: list[bytes] = []
        self.fat: list[int] = []
        self.mini = b""
        self.mini_fat: list[int] = []
        self.entries: list[list[object]] = []

    def write(self, tree: "Tree") -> bytes:
        root = self._entry("Root Entry", ROOT)
        root[5] = self._children(tree)
        root[6], root[7] = self._store(self.mini), len(self.mini)
        mini_fat = struct.pack(f"<{len(self.mini_fat)}I", *self.mini_fat)
        mini_fat_start = self._store(mini_fat, fill=b"\xff")
        mini_fat_sectors = -(-len(mini_fat) // SECTOR)
        directory = b"".join(self._pack(entry) for entry in self.entries)
        directory_start = self._store(directory)
        fat_start = len(self.sectors)
        fat_sectors = 1
        while fat_sectors * SECTOR // 4 < len(self.fat) + fat_sectors:
            fat_sectors += 1
        self.fat += [FAT_SECTOR] * fat_sectors
        self.fat += [FREE] * (fat_sectors * SECTOR // 4 - len(self.fat))
        fat = struct.pack(f"<{len(self.fat)}I", *self.fat)
        header = struct.pack(
            "<8s16sHHHHH6s9I",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", bytes(16), 0x3E, 3, 0xFFFE, 9, 6, bytes(6),
            0, fat_sectors, directory_start, 0, SMALLEST_STREAM,
            mini_fat_start, mini_fat_sectors, END, 0,
        )  # fmt: skip
        places = [fat_start + i for i in range(fat_sectors)] + [FREE] * (109 - fat_sectors)
        return header + struct.pack("<109I", *places) + b"".join(self.sectors) + fat

    def _entry(self, name: str, kind: int) -> list[object]:
        entry: list[object] = [name, kind, 1, NO_ENTRY, NO_ENTRY, NO_ENTRY, 0, 0]
        self.entries.append(entry)
        return entry

    def _children(self, tree: "Tree") -> int:
        """Add the entries of one storage; the number of the first of them."""
        # Siblings form a search tree ordered by length, then by upper-case name: here a chain.
        names = sorted(tree, key=lambda name: (len(name), name.upper()))
        numbers = []
        for name in names:
            content = tree[name]
            numbers.append(len(self.entries))
            if isinstance(content, bytes):
                entry = self._entry(name, STREAM)
                entry[6], entry[7] = self._store_stream(content), len(content)
            else:
                entry = self._entry(name, STORAGE)  # before its children: they are numbered on
                entry[5] = self._children(content)
        for number, follower in pairwise(numbers):
            self.entries[number][4] = follower
        return numbers[0] if numbers else NO_ENTRY

    def _store_stream(self, content: bytes) -> int:
        if len(content) >= SMALLEST_STREAM:
            return self._store(content)
        start = len(self.mini_fat)
        count = -(-len(content) // 64)
        self.mini += content.ljust(count * 64, b"\0")
        self.mini_fat += [*range(start + 1, start + count), END] if count else []
        return start if count else END

    def _store(self, content: bytes, fill: bytes = b"\0") -> int:
        """Append whole sectors and their chain; the number of the first, or END for nothing."""
        count = -(-len(content) // SECTOR)
        start = len(self.sectors)
        content = content.ljust(count * SECTOR, fill)
        self.sectors += [content[i * SECTOR : (i + 1) * SECTOR] for i in range(count)]
        self.fat += [*range(start + 1, start + count), END] if count else []
        return start if count else END

    @staticmethod
    def _pack(entry: list[object]) -> bytes:
        name, kind, color, left, right, child, start, size = entry
        encoded = str(name).encode("utf-16-le") + b"\0\0"
        return struct.pack(
            "<64sHBBIII16sIQQIQ",
            encoded, len(encoded), kind, color, left, right, child, bytes(16), 0, 0, 0,
            start, size,
        )  # fmt: skip
