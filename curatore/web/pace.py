"""How slow a client may be, with a body that it sends or an answer that it reads."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

T = TypeVar("T")

# A client is given up when it has kept the server waiting for so long, taken together; what comes
# through gives it time again, at the rate of the slowest connection that is served.
PATIENCE_SECONDS = 60
SLOWEST = 16 * 1024  # bytes a second


class Pace:
    """Of one body or one answer."""

    def __init__(self) -> None:
        self._left = float(PATIENCE_SECONDS)

    async def wait(self, step: Awaitable[T]) -> T:
        """Wait for the client's next step.

        Raises:
            TimeoutError: it took too long.
        """
        clock = asyncio.get_running_loop().time
        begun_at = clock()
        async with asyncio.timeout(self._left):
            result = await step
        self._left -= clock() - begun_at
        return result

    def came_through(self, size: int) -> None:
        """So many bytes."""
        self._left = min(self._left + size / SLOWEST, PATIENCE_SECONDS)
