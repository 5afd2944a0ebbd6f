"""An answer on its way: a thread makes it, the client takes it as fast as it can.

A thread works in a slot, of which there are WEB_THREADS. When it is further ahead of its client
than `_AHEAD` it gives its slot to another request and waits without: slow readers cost a thread and
a database connection, but keep nobody from working. Of too many slow readers the one that took
nothing for the longest time is given up.

Answers that are made while they are sent, such as archives, may take minutes: they have WEB_THREADS
slots of their own and take turns in them, so that they keep no request waiting.

There are as many threads as slots and SLOW_READERS together. Whoever has a slot must get a thread,
so no more than SLOW_READERS may wait without a slot, be it for their clients or for a slot.
"""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable

_AHEAD = 256 * 1024  # bytes that are made before the client has taken what was made earlier
SLOW_READERS = 32  # threads of one process that may wait, most of them for their clients
TURN_SECONDS = 0.2  # after which an answer that is made while it is sent lets others go on

Headers = list[tuple[str, str]]


class ClientGone(Exception):
    """Nobody is there any more to read the answer."""


class Slots:
    """Who may work at the same time; made within the event loop."""

    def __init__(self, number: int) -> None:
        self.loop = asyncio.get_running_loop()
        self._of_requests = asyncio.Semaphore(number)
        self._of_streams = asyncio.Semaphore(number)
        self._lent: dict[Answer, None] = {}  # in the order in which they began to wait
        self.waiting = 0  # threads that wait for a slot, not for their clients

    async def take(self) -> None:
        await self._of_requests.acquire()

    def give_back(self, answer: "Answer | None" = None) -> None:
        """The slot of a request, or the one that its answer has, if any."""
        if answer is None:
            self._of_requests.release()
        elif answer.has_slot:
            answer.has_slot = False
            (self._of_streams if answer.is_stream else self._of_requests).release()

    def lend(self, answer: "Answer") -> None:
        """Called by the thread of `answer`, before it waits for its client."""
        self.loop.call_soon_threadsafe(self._lend, answer)

    def reclaim(self, answer: "Answer") -> None:
        """Called by the same thread afterwards; returns when it may work again, or has to end."""
        asyncio.run_coroutine_threadsafe(self._reclaim(answer), self.loop).result()

    def stream(self, answer: "Answer") -> None:
        """Called by the thread of `answer`, which is made while it is sent: for its next turn."""
        asyncio.run_coroutine_threadsafe(self._stream(answer), self.loop).result()

    def _lend(self, answer: "Answer") -> None:
        self.give_back(answer)
        self._make_room_for(answer)
        if not answer.is_abandoned:
            self._lent[answer] = None

    async def _reclaim(self, answer: "Answer") -> None:
        self._lent.pop(answer, None)
        if answer.is_abandoned:
            return  # to end takes no slot, and waiting for one would keep a thread from others
        self.waiting += 1
        await (self._of_streams if answer.is_stream else self._of_requests).acquire()
        self.waiting -= 1
        answer.has_slot, answer.turn_began_at = True, self.loop.time()

    async def _stream(self, answer: "Answer") -> None:
        self.give_back(answer)
        answer.is_stream = True
        self._make_room_for(answer)
        await self._reclaim(answer)

    def _make_room_for(self, answer: "Answer") -> None:
        if len(self._lent) + self.waiting >= SLOW_READERS:
            longest = next(iter(self._lent), answer)
            self._lent.pop(longest, None)
            longest.give_up()


class Answer:
    """The pieces of one answer; a thread puts them in, the event loop takes them out."""

    def __init__(self, slots: Slots, abort: Callable[[], None]) -> None:
        self.status = 0  # HTTP; 0 until it is known
        self.headers: Headers = []
        self.is_complete = False
        self.is_abandoned = False
        self.was_slow = False  # whether the thread ever waited for the client
        self.is_stream = False  # whether it is made while it is sent
        self.has_slot = True  # known to the event loop alone
        self.turn_began_at = 0.0  # of a stream; by the loop's clock
        self._slots = slots
        self._abort = abort  # closes the client's connection at once
        self._pieces: list[bytes] = []
        self._size = 0  # bytes of them
        self._has_ended = False
        self._changed = threading.Condition()
        self._news = asyncio.Event()

    # --- in the thread ---

    def start(self, status: int, headers: Headers) -> None:
        self.status, self.headers = status, headers
        self._tell()

    def wait_for_turn(self) -> None:
        """Before the first piece is made: let requests have the slot if this may take long.

        Raises:
            ClientGone: too many wait.
        """
        is_empty = self.status in {204, 304}
        if is_empty or any(name.lower() == "content-length" for name, _ in self.headers):
            return
        self._slots.stream(self)
        if self.is_abandoned:
            raise ClientGone

    def put(self, piece: bytes) -> None:
        """Add a piece, as soon as the client has taken most of those before.

        Raises:
            ClientGone
        """
        if self._size > _AHEAD:
            self._wait_for_client()
        elif self.is_stream and self._slots.waiting and self._has_had_its_turn():
            self._slots.stream(self)
        with self._changed:
            if self.is_abandoned:
                raise ClientGone
            self._pieces.append(piece)
            self._size += len(piece)
        self._tell()

    def end(self, *, is_complete: bool) -> None:
        with self._changed:
            self.is_complete = is_complete
            self._has_ended = True
        self._tell()

    def _has_had_its_turn(self) -> bool:
        return self._slots.loop.time() - self.turn_began_at > TURN_SECONDS

    def _wait_for_client(self) -> None:
        self.was_slow = True
        self._slots.lend(self)
        with self._changed:
            self._changed.wait_for(lambda: self._size <= _AHEAD or self.is_abandoned)
        self._slots.reclaim(self)

    def _tell(self) -> None:
        self._slots.loop.call_soon_threadsafe(self._news.set)

    # --- in the event loop ---

    async def has_started(self) -> bool:
        """Wait for status and headers; False if there will be none."""
        while not (self.status or self._has_ended or self.is_abandoned):
            await self._next_news()
        return bool(self.status) and not self.is_abandoned

    async def pieces(self) -> AsyncIterator[bytes]:
        """All pieces, as large as they have become since the last one was taken.

        Raises:
            ClientGone: the answer was abandoned.
        """
        while True:
            with self._changed:
                pieces, self._pieces, self._size = self._pieces, [], 0
                has_ended, is_abandoned = self._has_ended, self.is_abandoned
                self._changed.notify()
            if is_abandoned:
                raise ClientGone
            if pieces:
                yield b"".join(pieces)
            elif has_ended:
                return
            else:
                await self._next_news()

    def abandon(self) -> None:
        """Let the thread stop at its next piece."""
        with self._changed:
            self.is_abandoned = True
            self._changed.notify()
        self._news.set()

    def give_up(self) -> None:
        """Abandon the answer and its client, who may not notice for long."""
        self.abandon()
        self._abort()

    async def _next_news(self) -> None:
        await self._news.wait()
        self._news.clear()
