"""One process of the web server: python -m curatore.web LISTENER SIGN

Both are numbers of inherited files: a socket that listens, and a pipe that gets a byte as soon as
requests are answered. SIGTERM lets requests in hand finish.
"""

import asyncio
import faulthandler
import os
import socket
import sys

import uvicorn

from curatore.wsgi import application  # isort: skip  # sets Django up for the others

from curatore.web.bridge import Bridge
from curatore.web.processes import STOP_SECONDS
from curatore.web.protocol import BoundedProtocol
from documents import text_work

_STUCK_SECONDS = 60
_ALIVE_SECONDS = 10


async def _note_alive() -> None:
    """Restart the clock of a watchdog that needs no help of Python.

    It ends this process, with the place where each thread stands, if Python itself stands still.
    """
    faulthandler.dump_traceback_later(_STUCK_SECONDS, exit=True)


class _Server(uvicorn.Server):
    """Tells through a pipe that it answers."""

    sign: int

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        os.write(self.sign, b"1")


async def _serve(listener: int, sign: int) -> None:
    config = uvicorn.Config(
        Bridge(application),  # BoundedProtocol adds what is missing
        http=BoundedProtocol,
        interface="asgi3",
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="error",  # clients that speak no HTTP are no concern of the log
        access_log=False,
        proxy_headers=False,  # PROXY_COUNT says how far to trust them
        server_header=False,
        # Seconds; longer than the pause between two polls, or every fifth of them finds its
        # connection just closed.
        timeout_keep_alive=75,
        timeout_graceful_shutdown=STOP_SECONDS,
        callback_notify=_note_alive,
        timeout_notify=_ALIVE_SECONDS,
    )
    server = _Server(config)
    server.sign = sign
    await server.serve(sockets=[socket.socket(fileno=listener)])


if __name__ == "__main__":
    text_work.warm_up()  # so that nobody waits for the first child
    asyncio.run(_serve(int(sys.argv[1]), int(sys.argv[2])))
