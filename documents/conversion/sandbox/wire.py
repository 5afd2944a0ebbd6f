"""Frames between a worker and its conversion child: four bytes of length, then JSON.

Not multiprocessing's connections: those unpickle, and what a child sends is not to be trusted.
"""

import json
import os
import struct
from typing import Any

LENGTH = struct.Struct("!I")
MAX_FRAME_BYTES = 512 * 1024**2
CHUNK_BYTES = 1 << 20


def write_frame(descriptor: int, message: dict[str, Any]) -> None:
    """Write all of one message to a blocking pipe."""
    body = json.dumps(message).encode("ascii")
    data = memoryview(LENGTH.pack(len(body)) + body)
    while data:
        data = data[os.write(descriptor, data) :]


def read_frame(descriptor: int) -> dict[str, Any] | None:
    """Wait for one message on a blocking pipe; None at its end."""
    frames = FrameBuffer()
    while not frames.has_frame():
        # Never more than this frame: what follows stays in the pipe for the next call.
        data = os.read(descriptor, min(frames.missing(), CHUNK_BYTES))
        if not data:
            return None
        frames.feed(data)
    return frames.take()


class FrameBuffer:
    """Puts frames together from the pieces a pipe gives."""

    def __init__(self) -> None:
        self._data = bytearray()

    def feed(self, data: bytes) -> None:
        self._data += data

    def missing(self) -> int:
        """Bytes to wait for until the next frame (or first its length) is whole."""
        if len(self._data) < LENGTH.size:
            return LENGTH.size - len(self._data)
        (length,) = LENGTH.unpack_from(self._data)
        if length > MAX_FRAME_BYTES:
            raise ValueError(f"A frame of {length} bytes is larger than allowed.")
        return max(0, LENGTH.size + length - len(self._data))

    def has_frame(self) -> bool:
        return len(self._data) >= LENGTH.size and self.missing() == 0

    def take(self) -> dict[str, Any]:
        """The next whole frame; has_frame() must be true."""
        (length,) = LENGTH.unpack_from(self._data)
        end = LENGTH.size + length
        message: dict[str, Any] = json.loads(bytes(self._data[LENGTH.size : end]))
        del self._data[:end]
        return message
