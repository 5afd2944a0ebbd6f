"""One connection: how long it may take to say what it wants, and how many there may be."""

import asyncio
from functools import partial
from typing import Any

from django.conf import settings
from uvicorn.protocols.http.h11_impl import H11Protocol

HEADERS_SECONDS = 15  # from the first byte, or the connection's begin, to the end of the headers
CONNECTIONS = 1000  # of one process
CONNECTIONS_OF_ONE_ADDRESS = 250  # so that no single client takes all of them


class BoundedProtocol(H11Protocol):
    """uvicorn's protocol with a deadline for headers, which it lacks."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.app = partial(self.app, abort=self._abort)
        self.deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if self.client is None or self._are_too_many(self.client[0]):  # None: it has left already
            self._abort()
            return
        # uvicorn's `send` then waits until what was sent before has left this process: no answer
        # piles up here, and an answer that has ended is with the kernel but for a few bytes.
        transport.set_write_buffer_limits(high=0)
        self._set_deadline()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        # What comes after an answer is the next request, or the rest of a refused body, which is
        # read and dropped so that the client gets to see the refusal: neither may take for ever.
        if self.cycle is None or self.cycle.response_complete:
            self._set_deadline()
        else:
            self._drop_deadline()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._drop_deadline()

    def timeout_keep_alive_handler(self) -> None:
        self._abort()  # closing would wait for a client that does not read its answer

    def _are_too_many(self, address: str) -> bool:
        if len(self.connections) > CONNECTIONS:
            return True
        if settings.PROXY_COUNT:  # a proxy's address is everybody's
            return False
        clients = [each.client for each in self.connections if isinstance(each, BoundedProtocol)]
        same = [client for client in clients if client and client[0] == address]
        return len(same) > CONNECTIONS_OF_ONE_ADDRESS

    def _abort(self) -> None:
        self.transport.abort()

    def _set_deadline(self) -> None:
        if self.deadline is None:
            self.deadline = self.loop.call_later(HEADERS_SECONDS, self._abort)

    def _drop_deadline(self) -> None:
        if self.deadline is not None:
            self.deadline.cancel()
            self.deadline = None
