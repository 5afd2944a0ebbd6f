"""Room for bodies: how many bytes one process takes in at the same time, of all clients together.

The length that a body announces is taken before its first byte, and given back when its request is
answered. Nobody gets more than half of the room, so that one person keeps no other from uploading.
"""

from collections import Counter


class Room:
    def __init__(self, size: int) -> None:
        self._size = size  # bytes
        self._used: Counter[int | None] = Counter()  # bytes of each sender

    def take(self, sender: int | None, length: int) -> bool:
        """Whether there is room for so many bytes more; they are then taken."""
        if self._used[sender] + length > self._size // 2:
            return False
        if self._used.total() + length > self._size:
            return False
        self._used[sender] += length
        return True

    def give_back(self, sender: int | None, length: int) -> None:
        self._used[sender] -= length
        if not self._used[sender]:
            del self._used[sender]
