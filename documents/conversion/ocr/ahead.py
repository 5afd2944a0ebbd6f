"""Pages read ahead: while one is recognized, the next one is drawn, and recognized if a core idles.

Tesseract lets other threads run while it reads, and each thread has an engine of its own. There are
two at most: the processor time of a conversion is limited to twice its seconds.
"""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import ParamSpec, Self, TypeVar

Given = ParamSpec("Given")
Result = TypeVar("Result")

RUNNING = Path("/proc/loadavg")  # its fourth word: threads that run or want to, of all there are
MOST_AHEAD = 2  # pages begun before the oldest is waited for; each keeps its picture until then


class Readers:
    """Threads that read pages; one thread if no core is idle. To be used in a `with` block."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(2) if idle_cores() >= 1 else None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def begin(
        self, work: Callable[Given, Result], *given: Given.args, **named: Given.kwargs
    ) -> Callable[[], Result]:
        """Begin `work` if there are threads; what is returned waits for its result."""
        if self._pool is None:
            return lambda: work(*given, **named)
        return self._pool.submit(work, *given, **named).result


def idle_cores() -> int:
    """How many processors have nothing to do at this moment, beside the one that asks."""
    try:
        running = int(RUNNING.read_text().split()[3].split("/")[0])
        return len(os.sched_getaffinity(0)) - running
    except (AttributeError, IndexError, OSError, ValueError):  # not on every system
        return 0


def in_order(begun: Iterable[Callable[[], Result]]) -> Iterator[Result]:
    """The results of what was begun, in order; MOST_AHEAD are begun before the first is waited for.

    That many in any case, so that a document is read alike however many threads there are.
    """
    waiting: deque[Callable[[], Result]] = deque()
    for finish in begun:
        waiting.append(finish)
        if len(waiting) > MOST_AHEAD:
            yield waiting.popleft()()
    while waiting:
        yield waiting.popleft()()
