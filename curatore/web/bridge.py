"""From a request on a connection to the WSGI application in a thread, and back.

A body is taken in before a thread is given to its request, once `body_limits.refusal` allows it
and there is room for it. A refused body stays unread: the application gets the headers alone, and
answers with the refusal.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from tempfile import SpooledTemporaryFile
from typing import IO, Any, TypeVar

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.db import close_old_connections, connections

from curatore.core.bodies import STRANGERS_LIMIT
from curatore.web.answers import SLOW_READERS, Answer, ClientGone, Headers, Slots
from curatore.web.environ import Environ, environ_of
from curatore.web.pace import Pace
from curatore.web.room import Room
from orgsettings import body_limits

logger = logging.getLogger(__name__)

Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]
Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
T = TypeVar("T")

DROPPED_SECONDS = 15  # for the rest of a refused body to come
_IN_MEMORY = 1024 * 1024  # bytes of a body; a longer one goes to a temporary file without a name
_AT_ONCE = 64 * 1024  # bytes of an answer
_CLOSE = (b"connection", b"close")


class Bridge:
    """An ASGI application that runs a WSGI application in threads; made within the event loop."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self.threads = ThreadPoolExecutor(2 * settings.WEB_THREADS + SLOW_READERS, "web")
        self.slots = Slots(settings.WEB_THREADS)
        self.room = Room(settings.UPLOADS_AT_ONCE_SIZE)

    async def __call__(
        self, scope: dict[str, Any], receive: Receive, send: Send, *, abort: Callable[[], None]
    ) -> None:
        """Answer one request; `abort` closes its connection at once."""
        environ = environ_of(scope)
        answer = Answer(self.slots, abort)
        try:
            if not await self._may_be_read(environ):
                await self._refuse(environ, answer, send, receive)
                return
            with self._room_for(environ) as has_room:
                if not has_room:
                    await self._refuse(environ, answer, send, receive)
                    return
                environ["wsgi.input"] = await _taken_in(receive)
                await self._answer(environ, answer, send, receive)
        except (ClientGone, TimeoutError):
            abort()
            await asyncio.sleep(0)  # uvicorn notices, and does not complain of half an answer

    async def _may_be_read(self, environ: Environ) -> bool:
        if "HTTP_TRANSFER_ENCODING" in environ:
            return False
        if _length(environ) <= STRANGERS_LIMIT:
            return True  # so little is taken from anybody; where it is too much, Django says so
        return await self._in_slot(_is_accepted, environ)

    @contextmanager
    def _room_for(self, environ: Environ) -> Iterator[bool]:
        """Room for the body until its request is answered; if there is none the application knows.

        Small ones need none: connections are bounded, too.
        """
        length, sender = _length(environ), environ.get(body_limits.SENDER)
        if length <= STRANGERS_LIMIT:
            yield True
        elif self.room.take(sender, length):
            try:
                yield True
            finally:
                self.room.give_back(sender, length)
        else:
            environ[body_limits.NO_ROOM] = True
            yield False

    async def _answer(self, environ: Environ, answer: Answer, send: Send, receive: Receive) -> None:
        """Run the application, and send what it answers, as long as the client is there."""
        work = asyncio.ensure_future(self._in_slot(self._work, environ, answer, of=answer))
        watch = asyncio.ensure_future(_watch(receive, answer))
        try:
            await _send(answer, send)
            await _end(send)
        finally:
            answer.abandon()
            watch.cancel()
            await asyncio.shield(work)

    async def _refuse(self, environ: Environ, answer: Answer, send: Send, receive: Receive) -> None:
        """As _answer, with a body that the application does not get.

        The rest of the body is read and dropped before the answer ends: to close a connection with
        something unread in it takes back what was sent, and the client, such as a proxy, may never
        see the refusal.
        """
        work = asyncio.ensure_future(self._in_slot(self._work, environ, answer, of=answer))
        # Who asked whether to send the body was refused it; the next bytes would be taken for it.
        was_asked = "HTTP_EXPECT" in environ
        try:
            await _send(answer, send, [_CLOSE] if was_asked else [])
            if not was_asked:
                async with asyncio.timeout(DROPPED_SECONDS):
                    await _dropped(receive)
            await _end(send)
        finally:
            answer.abandon()
            await asyncio.shield(work)

    async def _in_slot(self, function: Callable[..., T], *args: Any, of: Answer | None = None) -> T:
        """Run the function in a thread; `of` is the answer that may lend the slot meanwhile."""
        await self.slots.take()
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self.threads, function, *args)
        finally:
            self.slots.give_back(of)

    def _work(self, environ: Environ, answer: Answer) -> None:
        """In a thread: make the answer."""
        is_complete = False
        try:
            if not answer.is_abandoned:  # while the request waited for its turn
                self._run(environ, answer)
            is_complete = True
        except ClientGone:
            pass
        except Exception:
            logger.exception("%s %s failed", environ["REQUEST_METHOD"], environ["PATH_INFO"])
        finally:
            environ["wsgi.input"].close()
            if answer.was_slow:  # its thread was one too many, and will have nothing to do
                connections.close_all()
            answer.end(is_complete=is_complete)

    def _run(self, environ: Environ, answer: Answer) -> None:
        def start_response(status: str, headers: Headers, exc_info: Any = None) -> Any:
            answer.start(int(status[:3]), headers)
            return answer.put

        pieces = self.application(environ, start_response)
        try:
            if environ["REQUEST_METHOD"] == "HEAD":  # nothing of its body needs to be made
                return
            if getattr(pieces, "streaming", True):  # Django's word for it
                answer.wait_for_turn()
            for piece in pieces:
                answer.put(piece)
        finally:
            if close := getattr(pieces, "close", None):
                close()


def _length(environ: Environ) -> int:
    return int(environ.get("CONTENT_LENGTH", 0))


def _is_accepted(environ: Environ) -> bool:
    """In a thread: whether the body may be read."""
    try:
        close_old_connections()
        return body_limits.refusal(WSGIRequest(environ)) is None
    except Exception:  # the database is gone, say: Django meets that again, and tells of it
        return False


async def _taken_in(receive: Receive) -> IO[bytes]:
    """The body, to be read from its beginning.

    Raises:
        ClientGone
        TimeoutError
    """
    body = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115  # the thread closes it
    pace = Pace()
    try:
        while True:
            message = await pace.wait(receive())
            if message["type"] == "http.disconnect":
                raise ClientGone
            pace.came_through(len(message["body"]))
            body.write(message["body"])
            if not message["more_body"]:
                body.seek(0)
                return body
    except BaseException:
        body.close()
        raise


async def _watch(receive: Receive, answer: Answer) -> None:
    """Abandon the answer when the client goes away."""
    while (await receive())["type"] != "http.disconnect":
        pass
    answer.abandon()


async def _dropped(receive: Receive) -> None:
    """Read what is left of a body and forget it, until it ends or the client goes away."""
    while (await receive()).get("more_body"):
        pass


async def _send(answer: Answer, send: Send, more: Iterable[tuple[bytes, bytes]] = ()) -> None:
    """Send what the thread makes, at the client's pace, all but its end.

    Args:
        more: headers in front of the answer's own.

    Raises:
        ClientGone: or the answer broke off, which the client sees as a broken connection.
        TimeoutError
    """
    if not await answer.has_started():
        raise ClientGone
    headers = [*more]
    for name, value in answer.headers:
        headers.append((name.encode("latin-1"), value.strip().encode("latin-1")))
    pace = Pace()
    start = {"type": "http.response.start", "status": answer.status, "headers": headers}
    await pace.wait(send(start))
    async for piece in answer.pieces():
        for first in range(0, len(piece), _AT_ONCE):
            part = piece[first : first + _AT_ONCE]
            await pace.wait(send({"type": "http.response.body", "body": part, "more_body": True}))
            pace.came_through(len(part))
    if not answer.is_complete:
        raise ClientGone


async def _end(send: Send) -> None:
    await Pace().wait(send({"type": "http.response.body", "body": b"", "more_body": False}))
