"""What slow clients and large bodies cost: python -m benchmarks.web_servers [NAME ...]

Starts Curatore behind each of SERVERS (all that are installed, or those named) on one SQLite site,
two processes of four threads where a server has them. Prints for each: requests in a second and the
processor time of one, memory at rest, how soon an archive of 130 MB begins, how much memory grows
with it and with an upload of 500 MB, and how soon /healthz answers beside 200 slow sockets (a
quarter each idle, slow with headers, with a body, with reading an archive).

Curatore needs none of the others. To compare: pip install gunicorn gevent granian waitress
"""

import http.client
import json
import os
import secrets
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parent.parent
PORT = 8123
SLOW = 200  # sockets
UPLOAD = 500 * 1024 * 1024  # bytes
CLIENTS, SECONDS = 8, 5  # of the measurement of requests
WSGI, BIND = "curatore.wsgi:application", f"127.0.0.1:{PORT}"
GUNICORN = ["gunicorn", f"--bind={BIND}", "--workers=2", "--keep-alive=75", "--log-level=critical"]
SERVERS = {
    "curatore.web": ["benchmarks.web_servers", "--serve"],
    "gunicorn gthread": [*GUNICORN, "--threads=4", WSGI],
    "gunicorn gevent": [*GUNICORN, "--worker-class=gevent", WSGI],
    "gunicorn asgi": [*GUNICORN, "--worker-class=asgi", "benchmarks.web_servers:asgi()"],
    "granian wsgi": [
        "granian", "--interface=wsgi", "--workers=2", "--blocking-threads=4",
        "--host=127.0.0.1", f"--port={PORT}", "--log-level=critical", WSGI,
    ],
    "waitress": ["waitress", f"--listen={BIND}", "--threads=8", WSGI],
}  # fmt: skip


def asgi() -> Any:
    """Django itself under ASGI, for servers that can do that."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "curatore.settings")
    from django.core.asgi import get_asgi_application

    return get_asgi_application()


def serve() -> None:
    """As manage.py web, on the port of this measurement."""
    from django.core.management import execute_from_command_line

    execute_from_command_line(["manage.py", "web", f"--port={PORT}"])


def prepare() -> None:
    """A person with a token and a job of 2,000 results that no archive makes smaller."""
    from benchmarks import streaming

    streaming.set_up_django()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    streaming.MARKDOWN = b64encode(secrets.token_bytes(65_000)).decode()
    user, secret = streaming.make_person()
    print(json.dumps({"token": secret, "job": str(streaming.make_job(user, 2000).pk)}))


class Server:
    """A running server and what its processes use."""

    def __init__(self, command: list[str], environment: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.root = psutil.Process(self.process.pid)

    def processes(self) -> list[psutil.Process]:
        return [self.root, *self.root.children(recursive=True)]

    def memory(self) -> int:
        """Bytes that would be free if the server ended."""
        return sum(process.memory_full_info().uss for process in self.processes())

    def cpu(self) -> float:
        """Seconds of the processor that it used so far."""
        return sum(sum(process.cpu_times()[:2]) for process in self.processes())

    @contextmanager
    def growth(self) -> Iterator[Callable[[], int]]:
        """Gives a function: by how many bytes memory grew at most meanwhile."""
        before, most, stop = self.memory(), 0, threading.Event()

        def watch() -> None:
            nonlocal most
            while not stop.wait(0.05):
                most = max(most, self.memory() - before)

        thread = threading.Thread(target=watch)
        thread.start()
        try:
            yield lambda: most
        finally:
            stop.set()
            thread.join()

    def stop(self) -> None:
        members = self.processes()
        self.process.send_signal(signal.SIGTERM)
        _, alive = psutil.wait_procs(members, timeout=20)
        for process in alive:
            process.kill()
        self.process.wait()


def connection(timeout: float = 60) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", PORT, timeout=timeout)


def wait_until_up() -> None:
    while True:
        try:
            health_in_ms(timeout=5)
            return
        except OSError:
            time.sleep(0.2)


def health_in_ms(timeout: float = 10) -> float:
    began_at = time.perf_counter()
    client = connection(timeout)
    client.request("GET", "/healthz")
    client.getresponse().read()
    client.close()
    return (time.perf_counter() - began_at) * 1000


def requests(server: Server, token: str) -> str:
    """The list of jobs, asked for by some clients that keep their connections."""
    counts = [0] * CLIENTS
    until, cpu = time.monotonic() + SECONDS, server.cpu()

    def ask(number: int) -> None:
        client = connection()
        while time.monotonic() < until:
            client.request("GET", "/api/v1/jobs", headers={"X-API-Key": token})
            client.getresponse().read()
            counts[number] += 1

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    total = sum(counts)
    return f"{total / SECONDS:.0f}, {(server.cpu() - cpu) / total * 1000:.1f} ms"


def wait_until_quiet(server: Server) -> None:
    """Until the server has done what can be done for its clients; a minute at most."""
    for _ in range(60):
        before = server.cpu()
        time.sleep(1)
        if server.cpu() - before < 0.1:
            return


def beside_slow_sockets(server: Server, token: str, job: str) -> str:
    begin = "Host: localhost\r\n"
    key = f"X-API-Key: {token}\r\n"
    kinds = [
        "",
        f"GET /jobs HTTP/1.1\r\n{begin}X-Slow: ",
        f"POST /login HTTP/1.1\r\n{begin}Content-Length: 60000\r\n\r\n",
        f"GET /api/v1/jobs/{job}/download?type=individual HTTP/1.1\r\n{begin}{key}\r\n",
    ]
    sockets = []
    for number in range(SLOW):
        client = socket.socket()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.connect(("127.0.0.1", PORT))
        client.sendall(kinds[number % 4].encode())
        sockets.append(client)
    wait_until_quiet(server)
    try:
        times = [health_in_ms() for _ in range(20)]
        return f"{statistics.median(times):.0f} ms"
    except OSError:
        return "none in 10 s"
    finally:
        for client in sockets:
            client.close()


def upload(server: Server, token: str) -> str:
    begin = b'--b\r\nContent-Disposition: form-data; name="file"; filename="large.txt"\r\n\r\n'
    end = b"\r\n--b--\r\n"
    client = connection(timeout=300)
    with server.growth() as growth:
        client.putrequest("POST", "/api/v1/documents/upload")
        client.putheader("Content-Type", "multipart/form-data; boundary=b")
        client.putheader("Content-Length", str(len(begin) + UPLOAD + len(end)))
        client.putheader("X-API-Key", token)
        client.endheaders()
        client.send(begin)
        for _ in range(UPLOAD // (1024 * 1024)):
            client.send(secrets.token_bytes(1024) * 1024)
        client.send(end)
        status = client.getresponse().status
    return f"{growth() / 1e6:.0f} MB" if status == 200 else f"status {status}"


def download(server: Server, token: str, job: str) -> str:
    client = connection(timeout=300)
    with server.growth() as growth:
        began_at = time.perf_counter()
        client.request(
            "GET", f"/api/v1/jobs/{job}/download?type=individual", headers={"X-API-Key": token}
        )
        answer = client.getresponse()
        answer.read(1)
        first = time.perf_counter() - began_at
        while answer.read(1024 * 1024):
            pass
    return f"{first * 1000:.0f} ms, {growth() / 1e6:.0f} MB"


def measure(name: str, environment: dict[str, str], made: dict[str, str]) -> list[str]:
    server = Server(SERVERS[name], environment)
    token, job = made["token"], made["job"]
    steps: list[Callable[[], str]] = [
        lambda: requests(server, token),
        lambda: f"{server.memory() / 1e6:.0f} MB",
        lambda: download(server, token, job),
        lambda: upload(server, token),
        lambda: beside_slow_sockets(server, token, job),
    ]
    cells = []
    try:
        wait_until_up()
        for step in steps:
            try:
                cells.append(step())
            except (OSError, http.client.HTTPException) as trouble:
                cells.append(type(trouble).__name__)
    finally:
        server.stop()
    return cells


def measure_all(names: list[str]) -> None:
    print("| Server | Requests/s, CPU of each | At rest | Archive: first byte, memory", end="")
    print(" | Upload of 500 MB | /healthz beside 200 slow sockets |\n|" + "---|" * 6)
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {
            "CURATORE_ENV_FILE": "",
            "SECRET_KEY": "benchmark" * 6,
            "DATA_DIR": folder,
            "STATIC_ROOT": f"{folder}/static",
            "TMPDIR": folder,
            "API_RATE_LIMIT": "0",
            "LOG_LEVEL": "ERROR",
            "MAX_UPLOAD_SIZE": str(UPLOAD),
            "MAX_REQUEST_SIZE": str(2 * UPLOAD),
            "DJANGO_SETTINGS_MODULE": "curatore.settings",
        }
        this = [sys.executable, "-m", "benchmarks.web_servers", "--prepare"]
        done = subprocess.run(this, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE)
        made = json.loads(done.stdout)
        for name in names:
            print("| " + " | ".join([name, *measure(name, environment, made)]) + " |", flush=True)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["--serve"]:
            serve()
        case ["--prepare"]:
            prepare()
        case names:
            installed = [name for name, command in SERVERS.items() if find_spec(command[0])]
            measure_all(names or installed)
