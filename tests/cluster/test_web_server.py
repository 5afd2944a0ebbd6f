"""The web server on a real connection: bodies it refuses, connections it keeps, how it stops."""

import os
import select
import signal
import socket
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.conf import settings

from curatore.web import processes
from tests.cluster.conftest import wait_for
from tests.cluster.web import (
    BOUNDARY,
    Connection,
    head,
    multipart,
    status_of,
    web_processes,
)
from tests.site import running_site

pytestmark = pytest.mark.cluster

UPLOAD = "/api/v1/documents/upload"
MB = 1024 * 1024


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    (folder / "tmp").mkdir()
    with running_site(folder, TMPDIR=str(folder / "tmp"), API_ANONYMOUS_RATE_LIMIT="0") as site:
        yield site


@pytest.fixture(scope="module")
def token(site):
    return site.token()


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/login", [], 413),
        (UPLOAD, ["Authorization: Bearer cur_guess"], 401),
        ("/api/v1/auth/login", [], 413),
    ],
)
def test_who_asks_before_sending_a_body_is_refused_before_sending_it(site, path, headers, status):
    with Connection(site) as client:
        client.send(
            head("POST", path, f"Content-Length: {5 * MB}", "Expect: 100-continue", *headers)
        )

        answered, told, _ = client.answer("POST")

        assert answered == status
        assert told["Connection"] == "close"
        assert client.has_ended()


def test_who_asks_before_sending_a_body_that_is_welcome_is_told_to_send_it(site, token):
    body = multipart("welcome.txt", b"words " * 50_000)
    with Connection(site) as client:
        client.send(
            head(
                "POST", UPLOAD, f"Content-Length: {len(body)}", f"Content-Type: {BOUNDARY}",
                "Expect: 100-continue", f"X-API-Key: {token}",
            )
        )  # fmt: skip
        assert client.socket.recv(100).startswith(b"HTTP/1.1 100 ")

        client.send(body)

        assert client.answer("POST")[0] == 200


def test_a_client_that_sends_a_refused_body_all_the_same_sees_why_and_may_go_on(site):
    with Connection(site) as client:
        client.send(head("POST", "/login", f"Content-Length: {3 * MB}") + b"x" * 3 * MB)
        status, _, page = client.answer("POST")
        client.send(head("GET", "/healthz"))

        assert (status, b"at most" in page) == (413, True)
        assert client.answer()[0] == 200


@pytest.mark.parametrize("size", [1, 3 * MB])
def test_a_client_that_still_sends_when_it_is_refused_sees_why(site, size):
    with Connection(site) as client:
        client.send(head("POST", "/login", f"Content-Length: {5 * MB}", "Connection: close"))
        assert select.select([client.socket], [], [], 30)[0]  # it was refused already
        client.send(b"x" * size)
        client.socket.shutdown(socket.SHUT_WR)
        status, _, page = client.answer("POST")

    assert (status, b"at most" in page) == (413, True)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (["Transfer-Encoding: chunked"], 411),
        (["Transfer-Encoding: chunked", "Content-Length: 4"], 411),
        (["Content-Length: 4", "Content-Length: 5"], 400),
        (["Content-Length: -4"], 400),
        (["Content-Length: 4, 5"], 400),
        (["Content Length: 4"], 400),
    ],
)
def test_no_second_request_hides_in_the_body_of_the_first(site, headers, status):
    hidden = b"0\r\n\r\n" + head("GET", "/healthz")
    with Connection(site) as client:
        client.send(head("POST", "/login", *headers) + hidden)

        assert client.answer("POST")[0] == status


def test_requests_on_one_connection_are_answered_in_their_order(site):
    with Connection(site) as client:
        client.send(head("GET", "/login") + head("HEAD", "/login") + head("GET", "/healthz"))

        sign_in, same, health = client.answer(), client.answer("HEAD"), client.answer()

    assert (sign_in[0], same[0], health[0]) == (200, 200, 200)
    assert b"</html>" in sign_in[2]
    assert same[2] == b""
    assert int(same[1]["Content-Length"]) > 1000
    assert b"ok" in health[2]


def test_headers_without_end_are_refused(site):
    with Connection(site) as client:
        client.send(b"GET /healthz HTTP/1.1\r\nX-Long: " + b"x" * 20_000)

        assert client.answer()[0] == 400


def temporary_files(site):
    """Files in the temporary folder of web processes; also those without a name.

    The folders in it are the homes of their children, which work on texts and pages.
    """
    folder = Path(site.environment["TMPDIR"])
    opened = [
        str(link.readlink())
        for process in web_processes(site)
        for link in Path(f"/proc/{process.pid}/fd").iterdir()
        if link.is_symlink()
    ]
    named = [path for path in folder.iterdir() if path.is_file()]
    return [path for path in opened if path.startswith(str(folder))] + named


def test_nothing_is_left_of_an_upload_whose_client_goes_away(site, token):
    client = Connection(site)
    client.send(
        head(
            "POST", UPLOAD, f"Content-Length: {40 * MB}", f"Content-Type: {BOUNDARY}",
            f"X-API-Key: {token}",
        )
        + b"x" * 5 * MB
    )  # fmt: skip
    wait_for(lambda: temporary_files(site), "the begin of the upload")

    client.close()

    wait_for(lambda: not temporary_files(site), "the end of its temporary file")


def test_many_large_uploads_at_once_do_not_fill_the_temporary_folder(tmp_path):
    (tmp_path / "tmp").mkdir()
    limits = {"MAX_REQUEST_SIZE": str(5 * MB), "UPLOADS_AT_ONCE_SIZE": str(20 * MB)}
    folder = {"TMPDIR": str(tmp_path / "tmp"), "WEB_PROCESSES": "1"}
    with running_site(tmp_path, **limits, **folder) as site, ExitStack() as opened:
        token = site.token()
        request = head(
            "POST", UPLOAD, f"Content-Length: {5 * MB}", f"Content-Type: {BOUNDARY}",
            f"X-API-Key: {token}",
        )  # fmt: skip
        clients = [opened.enter_context(Connection(site)) for _ in range(12)]
        for client in clients:
            client.send(request + b"x" * 4 * MB)

        sockets = [client.socket for client in clients]
        answered = wait_for(lambda: _answered(sockets, 10), "the refusals")
        refused = [client for client in clients if client.socket in answered]
        for client in refused:
            client.send(b"x" * MB)
            status, told, problem = client.answer("POST")
            assert (status, told["Retry-After"]) == (429, "10")
            assert b"too_many_uploads" in problem

        assert len(refused) == 10  # of one person two fit into half of the room
        assert len(temporary_files(site)) == 2


def _answered(sockets, number):
    """Those that have something to read, if they are so many."""
    found = select.select(sockets, [], [], 0)[0]
    return found if len(found) >= number else None


def test_requests_in_hand_end_well_when_the_server_is_stopped(tmp_path):
    with running_site(tmp_path) as site, Connection(site) as client:
        body = b'{"email_or_username": "nobody", "password": "x"}'
        request = head(
            "POST", "/api/v1/auth/login", f"Content-Length: {len(body)}",
            "Content-Type: application/json",
        )  # fmt: skip
        client.send(request + body[:10])
        wait_for(lambda: status_of(site) == 200, "the server")

        site.process.send_signal(signal.SIGTERM)
        wait_for(lambda: _refuses(site), "the end of new connections")
        client.send(body[10:])

        assert client.answer("POST")[0] == 401
        assert site.process.wait(timeout=60) == 0


def test_a_client_that_never_ends_its_request_does_not_keep_the_server_from_stopping(tmp_path):
    with running_site(tmp_path) as site, Connection(site) as client:
        client.send(head("POST", "/login", "Content-Length: 10") + b"x")
        wait_for(lambda: status_of(site) == 200, "the server")

        site.process.send_signal(signal.SIGTERM)

        assert site.process.wait(timeout=40) == 0


def _refuses(site):
    try:
        Connection(site).close()
    except ConnectionRefusedError:
        return True
    return False


def test_a_web_process_gives_a_sign_when_it_answers(tmp_path):
    read, sign = os.pipe()
    with processes.listen("127.0.0.1", 0) as listener:
        fds = [listener.fileno(), sign]
        process = subprocess.Popen(
            [sys.executable, "-m", "curatore.web", *map(str, fds)],
            cwd=settings.BASE_DIR,
            env={
                "CURATORE_ENV_FILE": "",
                "SECRET_KEY": settings.SECRET_KEY,
                "DATA_DIR": str(tmp_path),
            },
            pass_fds=fds,
        )
        os.close(sign)
        try:
            assert os.read(read, 1) == b"1"  # nothing, when it ends before
        finally:
            process.kill()
            process.wait()
            os.close(read)


@pytest.mark.parametrize("command", ["serve", "web"])
def test_a_port_that_is_taken_ends_the_command_with_a_sentence(tmp_path, command):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "manage.py", command, "--host=127.0.0.1", f"--port={port}"],
            cwd=settings.BASE_DIR,
            env={
                "CURATORE_ENV_FILE": "",
                "SECRET_KEY": settings.SECRET_KEY,
                "DATA_DIR": str(tmp_path),
            },
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    assert done.returncode == 1
    assert done.stderr.startswith(f"CommandError: Cannot listen on 127.0.0.1:{port}:")
    assert f"make run PORT={port + 1}" in done.stderr
