"""Requests and answers between connections and threads: what slow and vanished clients cost."""

import asyncio
import threading
from io import BytesIO

import pytest
from django.http import HttpResponse

from curatore.web import answers, pace
from curatore.web import bridge as bridge_module
from curatore.web.bridge import Bridge
from curatore.web.room import Room
from orgsettings import body_limits

MB = 1024 * 1024


class Client:
    """One request over ASGI: sends what it is told to, takes answers while `reads` is set."""

    def __init__(self, bridge, *, method="GET", body=(), headers=()):
        self.messages = asyncio.Queue()
        for number, part in enumerate(body, start=1):
            self.messages.put_nowait(
                {"type": "http.request", "body": part, "more_body": number < len(body)}
            )
        if not body:
            self.messages.put_nowait({"type": "http.request", "body": b"", "more_body": False})
        self.scope = {
            "type": "http",
            "method": method,
            "raw_path": b"/caf%C3%A9",
            "query_string": b"a=1",
            "server": ("127.0.0.1", 80),
            "client": ("192.0.2.1", 5000),
            "http_version": "1.1",
            "scheme": "http",
            "headers": [(b"host", b"localhost"), *headers],
        }
        self.reads = asyncio.Event()
        self.status, self.headers, self.content = None, [], b""
        self.asked_for_body = 0
        self.is_complete = self.was_aborted = False
        self.task = asyncio.ensure_future(
            bridge(self.scope, self.receive, self.send, abort=self.abort)
        )

    async def receive(self):
        self.asked_for_body += 1
        return await self.messages.get()

    async def send(self, message):
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], message["headers"]
            return
        await self.reads.wait()
        self.content += message["body"]
        self.is_complete = not message["more_body"]

    def abort(self):
        self.was_aborted = True
        self.leave()

    def leave(self):
        self.messages.put_nowait({"type": "http.disconnect"})
        self.reads.set()  # nothing waits for a client who is gone

    async def read(self):
        self.reads.set()
        await self.task
        return self


class Stream:
    """A WSGI application with an endless answer that notes how far it came and how it ended."""

    def __init__(self, pieces=None):
        self.pieces = pieces
        self.made = 0
        self.closed = threading.Event()

    def __call__(self, environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        return self

    def __iter__(self):
        while self.pieces is None or self.made < self.pieces:
            self.made += 1
            yield b"x" * 64 * 1024

    def close(self):
        self.closed.set()


def echo(environ, start_response):
    body = environ["wsgi.input"].read()
    start_response("200 OK", [("Set-Cookie", " a=1"), ("Content-Length", str(len(body)))])
    return [body]


def held_up_until(goes_on):
    """An application whose answer has a piece that takes long to make."""

    def pieces():
        yield b"first, "
        goes_on.wait(20)
        yield b"last"

    def application(environ, start_response):
        start_response("200 OK", [])
        return pieces()

    return application


def in_loop(scenario):
    """The test runs within an event loop."""

    def test(*args, **kwargs):
        asyncio.run(asyncio.wait_for(scenario(*args, **kwargs), 30))

    test.__name__ = scenario.__name__
    return pytest.mark.usefixtures("one_thread")(test)


@pytest.fixture
def one_thread(settings):
    settings.WEB_THREADS = 1


async def until(condition):
    while not condition():  # what is waited for happens in a thread
        await asyncio.sleep(0.001)


@in_loop
async def test_a_request_reaches_the_application_and_its_answer_the_client():
    seen = {}

    def application(environ, start_response):
        seen.update(environ)
        return echo(environ, start_response)

    client = await Client(
        Bridge(application),
        method="POST",
        body=[b"first ", b"second"],
        headers=[
            (b"content-length", b"12"),
            (b"cookie", b"a=1"),
            (b"cookie", b"b=2"),
            (b"x-forwarded-for", b"198.51.100.1"),
            (b"x_forwarded_for", b"6.6.6.6"),
        ],
    ).read()

    assert (client.status, client.content, client.is_complete) == (200, b"first second", True)
    assert (b"Set-Cookie", b"a=1") in client.headers
    assert seen["PATH_INFO"].encode("latin-1").decode() == "/café"
    assert (seen["CONTENT_LENGTH"], seen["HTTP_COOKIE"]) == ("12", "a=1; b=2")
    assert (seen["REMOTE_ADDR"], seen["HTTP_X_FORWARDED_FOR"]) == ("192.0.2.1", "198.51.100.1")


@in_loop
async def test_an_answer_is_made_no_faster_than_it_is_read():
    stream = Stream()
    client = Client(Bridge(stream))

    await until(lambda: client.status and stream.made > 4)
    made = stream.made
    await asyncio.sleep(0)
    client.leave()
    await client.task

    assert made * 64 * 1024 < 2 * MB
    assert stream.closed.wait(5)
    assert client.was_aborted


@in_loop
async def test_who_waits_for_a_slow_reader_lets_another_request_work():
    slow, bridge = Stream(pieces=100), None

    def application(environ, start_response):
        return (slow if environ["REQUEST_METHOD"] == "GET" else echo)(environ, start_response)

    bridge = Bridge(application)  # which has one slot
    reader = Client(bridge)
    await until(lambda: slow.made > 4)

    other = await Client(
        bridge, method="POST", body=[b"words"], headers=[(b"content-length", b"5")]
    ).read()

    assert other.content == b"words"
    assert not reader.is_complete
    assert len((await reader.read()).content) == 100 * 64 * 1024  # it misses nothing


@in_loop
async def test_of_too_many_slow_readers_one_is_given_up():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(answers, "SLOW_READERS", 2)
        streams = [Stream(pieces=100) for _ in range(3)]
        bridge = Bridge(None)
        clients = []
        for stream in streams:
            bridge.application = stream
            clients.append(Client(bridge))
            await until(lambda stream=stream: stream.made > 4)

        await asyncio.wait([client.task for client in clients], return_when="FIRST_COMPLETED")

        kept = [client for client in clients if not client.was_aborted]
        assert len(kept) == 2
        for client in kept:
            assert len((await client.read()).content) == 100 * 64 * 1024


@in_loop
async def test_an_answer_that_takes_long_to_make_keeps_no_request_waiting():
    goes_on = threading.Event()
    bridge = Bridge(held_up_until(goes_on))  # which has one slot
    reader = Client(bridge)
    reader.reads.set()
    await until(lambda: reader.content)
    bridge.application = echo

    headers = [(b"content-length", b"5")]
    other = Client(bridge, method="POST", body=[b"words"], headers=headers)

    try:
        assert (await asyncio.wait_for(other.read(), 5)).content == b"words"
    finally:
        goes_on.set()
    assert (await reader.read()).content == b"first, last"


@in_loop
async def test_a_whole_answer_of_django_without_a_length_waits_for_no_long_one():
    goes_on = threading.Event()
    bridge = Bridge(held_up_until(goes_on))  # which has one slot for long answers
    reader = Client(bridge)
    reader.reads.set()
    await until(lambda: reader.content)

    def refusal(environ, start_response):
        start_response("413 Content Too Large", [])  # as middleware answers, above Django's own
        return HttpResponse(b"The request is too large.")

    bridge.application = refusal

    try:
        assert (await asyncio.wait_for(Client(bridge).read(), 5)).content.endswith(b"large.")
    finally:
        goes_on.set()
    await reader.read()


@in_loop
async def test_long_answers_take_turns():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(answers, "TURN_SECONDS", 0.01)
        endless, short = Stream(), Stream(pieces=20)
        bridge = Bridge(endless)  # which has one slot for such answers
        reader = Client(bridge)
        reader.reads.set()
        await until(lambda: endless.made > 4)
        bridge.application = short

        assert len((await Client(bridge).read()).content) == 20 * 64 * 1024

        assert not reader.is_complete
        reader.leave()
        await reader.task


@in_loop
async def test_of_more_long_answers_than_can_wait_the_last_is_given_up():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(answers, "SLOW_READERS", 2)
        patch.setattr(bridge_module, "SLOW_READERS", 2)
        goes_on = threading.Event()

        bridge = Bridge(held_up_until(goes_on))
        readers = []
        for _ in range(4):  # one is made, two wait for their turn
            readers.append(Client(bridge))
            await until(lambda: readers[-1].status or readers[-1].was_aborted)

        await until(lambda: readers[3].was_aborted)
        goes_on.set()
        for reader in readers[:3]:
            assert (await reader.read()).content == b"first, last"


@in_loop
async def test_any_number_of_readers_that_take_nothing_leave_a_thread_for_others():
    def application(environ, start_response):
        return (Stream() if environ["REQUEST_METHOD"] == "GET" else echo)(environ, start_response)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(answers, "SLOW_READERS", 2)
        patch.setattr(bridge_module, "SLOW_READERS", 2)
        bridge = Bridge(application)  # which has three threads
        readers = [Client(bridge) for _ in range(20)]
        headers = [(b"content-length", b"5")]

        for _ in range(2):
            other = Client(bridge, method="POST", body=[b"words"], headers=headers)
            assert (await other.read()).content == b"words"

        await until(lambda: sum(not reader.was_aborted for reader in readers) == 2)
        for reader in readers:
            reader.leave()
        await asyncio.wait([reader.task for reader in readers])
        other = Client(bridge, method="POST", body=[b"words"], headers=headers)
        assert (await other.read()).content == b"words"


@in_loop
async def test_a_reader_that_takes_nothing_is_given_up_in_the_end():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pace, "PATIENCE_SECONDS", 0.05)
        stream = Stream()
        client = Client(Bridge(stream))

        await client.task

        assert client.was_aborted
        assert stream.closed.wait(5)


@in_loop
async def test_a_thread_that_is_far_ahead_ends_when_its_reader_was_given_up_meanwhile():
    slots = answers.Slots(1)
    await slots.take()
    answer = answers.Answer(slots, lambda: None)
    answer.put(b"x" * MB)

    answer.abandon()  # while the thread makes its next piece

    try:
        with pytest.raises(answers.ClientGone):
            await asyncio.wait_for(asyncio.to_thread(answer.put, b"the next piece"), 5)
    finally:
        answer.abandon()  # where the test fails, the thread must end, too


@in_loop
async def test_a_body_that_does_not_come_is_given_up_without_a_thread():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pace, "PATIENCE_SECONDS", 0.05)
        asked = []
        bridge = Bridge(lambda *args: asked.append(args))
        client = Client(
            bridge, method="POST", body=[b"a", b"b"], headers=[(b"content-length", b"9")]
        )
        client.messages = asyncio.Queue()  # nothing comes

        await client.task

        assert client.was_aborted
        assert not asked


@in_loop
async def test_what_came_of_a_body_is_dropped_when_the_client_goes_away():
    opened = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "curatore.web.bridge.SpooledTemporaryFile",
            lambda **options: opened.append(BytesIO()) or opened[-1],
        )
        client = Client(
            Bridge(echo), method="POST", body=[b"a", b"b"], headers=[(b"content-length", b"9")]
        )
        client.messages = asyncio.Queue()
        client.messages.put_nowait({"type": "http.request", "body": b"a", "more_body": True})
        client.leave()

        await client.task

    assert client.was_aborted
    assert [body.closed for body in opened] == [True]


@in_loop
async def test_a_refused_body_stays_unread_and_the_application_says_why():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            body_limits, "refusal", lambda request: body_limits.RequestTooLarge("Too large.")
        )
        client = Client(
            Bridge(echo),
            method="POST",
            body=[b"x"],
            headers=[(b"content-length", b"99999999"), (b"expect", b"100-continue")],
        )
        await client.read()

    assert (client.status, client.content) == (200, b"")  # the application got nothing
    assert client.asked_for_body == 0  # asking is what would tell the client to send
    assert (b"connection", b"close") in client.headers


@in_loop
async def test_a_body_in_chunks_is_dropped_behind_the_answer():
    client = Client(
        Bridge(echo), method="POST", body=[b"x", b"y"], headers=[(b"transfer-encoding", b"chunked")]
    )
    await client.read()

    assert (client.content, client.is_complete) == (b"", True)
    assert client.messages.empty()


@in_loop
async def test_a_refused_body_that_does_not_end_is_given_up():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bridge_module, "DROPPED_SECONDS", 0.05)
        client = Client(
            Bridge(echo), method="POST", body=[], headers=[(b"transfer-encoding", b"chunked")]
        )
        await client.messages.get()
        await client.read()

    assert (client.status, client.was_aborted) == (200, True)


@in_loop
async def test_head_makes_nothing_of_a_stream():
    stream = Stream()

    client = await Client(Bridge(stream), method="HEAD").read()

    assert (client.status, client.content, stream.made) == (200, b"", 0)
    assert stream.closed.is_set()


@in_loop
async def test_an_answer_that_breaks_off_is_seen_to_break_off():
    def application(environ, start_response):
        start_response("200 OK", [])
        yield b"half"
        raise ValueError("a bug")

    client = await Client(Bridge(application)).read()

    assert client.content == b"half"
    assert client.was_aborted
    assert not client.is_complete


KB = 1024


class Uploader(Client):
    """Somebody known who sends a body of which the first byte has come."""

    def __init__(self, bridge, who, size):
        headers = [(b"content-length", b"%d" % size), (b"x-user", b"%d" % who)]
        super().__init__(bridge, method="POST", body=[b"", b""], headers=headers)
        self.messages = asyncio.Queue()
        self.messages.put_nowait({"type": "http.request", "body": b"a", "more_body": True})

    async def is_being_read(self):
        """False if it is refused instead."""
        await until(lambda: self.asked_for_body > 1 or self.status)
        return self.status is None

    async def finish(self):
        self.messages.put_nowait({"type": "http.request", "body": b"z", "more_body": False})
        return await self.read()


def known(request):
    request.META[body_limits.SENDER] = int(request.headers["X-User"])


def noting_room(told):
    def application(environ, start_response):
        told.append(body_limits.NO_ROOM not in environ)
        return echo(environ, start_response)

    return application


@in_loop
async def test_no_more_is_taken_in_at_once_than_there_is_room_for():
    told = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(body_limits, "refusal", known)
        bridge = Bridge(noting_room(told))
        bridge.room = Room(1000 * KB)
        first, second = Uploader(bridge, 1, 500 * KB), Uploader(bridge, 2, 400 * KB)
        assert await first.is_being_read()
        assert await second.is_being_read()

        refused = Uploader(bridge, 3, 101 * KB)
        assert not await refused.is_being_read()
        fits = Uploader(bridge, 3, 100 * KB)
        assert await fits.is_being_read()
        first.leave()  # half of its body never came
        await first.task
        follows = Uploader(bridge, 3, 400 * KB)
        assert await follows.is_being_read()

        assert (await second.finish()).content == b"az"
        assert (await fits.finish()).content == b"az"
        assert (await follows.finish()).content == b"az"
        assert (await refused.finish()).content == b""
        assert told == [False, True, True, True]


@in_loop
async def test_one_person_takes_no_more_than_half_of_the_room():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(body_limits, "refusal", known)
        bridge = Bridge(echo)
        bridge.room = Room(1000 * KB)
        uploads = [Uploader(bridge, 1, 300 * KB), Uploader(bridge, 1, 200 * KB)]
        assert [await each.is_being_read() for each in uploads] == [True, True]

        uploads += [Uploader(bridge, 1, 65 * KB), Uploader(bridge, 2, 500 * KB)]
        assert [await each.is_being_read() for each in uploads[2:]] == [False, True]

        for upload in uploads:
            await upload.finish()


@in_loop
async def test_small_bodies_need_no_room():
    bridge = Bridge(echo)
    bridge.room = Room(0)

    upload = Uploader(bridge, 1, 64 * KB)

    assert await upload.is_being_read()
    assert (await upload.finish()).content == b"az"
