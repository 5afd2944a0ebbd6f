"""Faults around the web server: clients that take their time, and parts that are killed.

Part of `make faults`. FAULT_SCALE=1 is the short form.
"""

import json
import os
import random
import signal
import statistics
import threading
import time
from base64 import b64encode
from contextlib import contextmanager, suppress
from functools import partial

import psutil
import pytest

from curatore.web.answers import SLOW_READERS
from tests.cluster.conftest import wait_for
from tests.cluster.web import (
    BOUNDARY,
    Connection,
    convert,
    head,
    status_of,
    web_processes,
    worker,
)
from tests.site import running_site

pytestmark = pytest.mark.faults

SCALE = int(os.environ.get("FAULT_SCALE", "1"))
SLOW = 200  # clients
UNLIMITED = ("SIGN_IN_ATTEMPTS", "API_LOGIN_RATE_LIMIT", "API_ANONYMOUS_RATE_LIMIT")
THREADS = 10  # of a web process: four that work, and those of libraries


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    # Limits of other kinds would end what is tried here before it shows anything.
    limits = dict.fromkeys(UNLIMITED, "0")
    folder = tmp_path_factory.mktemp("site")
    with running_site(folder, WORKER_STOP_TIMEOUT="2", **limits) as site:
        yield site


def idle(site):
    return Connection(site)


def slow_with_headers(site):
    client = Connection(site)
    client.send(b"GET /jobs HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
    return client


def slow_with_a_form(site):
    client = Connection(site)
    client.send(head("POST", "/login", "Content-Length: 60000"))
    return client


def slow_with_an_upload(site, token):
    client = Connection(site)
    headers = [f"X-API-Key: {token}", "Content-Length: 40000000", f"Content-Type: {BOUNDARY}"]
    client.send(head("POST", "/api/v1/documents/upload", *headers))
    return client


def slow_with_reading(site, token, job):
    client = Connection(site, receive_buffer=4096)
    client.send(head("GET", f"/api/v1/jobs/{job}/download?type=individual", f"X-API-Key: {token}"))
    return client


@contextmanager
def repeating(action, *, every):
    """Do it again and again meanwhile, with so many seconds in between."""
    stop = threading.Event()

    def repeat():
        while not stop.wait(every):
            action()

    thread = threading.Thread(target=repeat)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def drip(clients):
    """Each sends one more byte, if the server has not had enough of it."""
    for client in clients:
        with suppress(OSError):
            client.send(b"x")


def test_the_web_answers_at_once_beside_200_slow_clients(site):
    token = site.token()
    job = convert(site, token, "noise.txt", incompressible(4_000_000))
    part = SLOW // 5
    waiting = [idle(site) for _ in range(part)]
    senders = [slow_with_headers(site) for _ in range(part)]
    senders += [slow_with_a_form(site) for _ in range(part)]
    senders += [slow_with_an_upload(site, token) for _ in range(part)]
    readers = [slow_with_reading(site, token, job) for _ in range(part)]
    try:
        with repeating(partial(drip, senders), every=0.5):
            wait_for(lambda: threads(site) > 2 * THREADS, "threads that wait for slow readers")
            times = [time_of(site, "/healthz") for _ in range(30 * SCALE)]
            pages = [time_of(site, "/login") for _ in range(5)]
            for client in waiting + senders[:part]:
                assert client.has_ended()  # of itself, by the deadline for headers
    finally:
        for client in waiting + senders + readers:
            client.close()

    # In seconds; single ones may meet the machine's other work.
    assert statistics.median(times) < 0.1
    assert statistics.median(pages) < 1
    assert len(web_processes(site)) == 2


def test_16_clients_that_try_passwords_keep_nobody_waiting(site):
    stop, outcomes = threading.Event(), []

    def try_passwords(number):
        body = b'{"email_or_username": "%d", "password": "wrong"}' % number
        length = f"Content-Length: {len(body)}"
        request = head("POST", "/api/v1/auth/login", length, "Content-Type: application/json")
        with Connection(site) as client:
            while not stop.is_set():
                client.send(request + body)
                status, _, answer = client.answer("POST")
                outcomes.append((status, json.loads(answer)["code"]))

    clients = [threading.Thread(target=try_passwords, args=[number]) for number in range(16)]
    for client in clients:
        client.start()
    try:
        wait_for(lambda: (401, "invalid_credentials") in outcomes, "passwords that are checked")
        times = [time_of(site, "/healthz") for _ in range(30)]
    finally:
        stop.set()
        for client in clients:
            client.join()

    assert (429, "too_many_sign_ins") in outcomes
    assert statistics.median(times) < 1  # it was 5 to 15 s; other tests use the processors, too


def test_strangers_who_ask_for_a_large_file_and_read_nothing_stop_nobody(site):
    request = head("GET", "/static/drf_spectacular_sidecar/redoc/bundles/redoc.standalone.js")
    readers = []
    try:
        for _ in range(SLOW):
            readers.append(Connection(site, receive_buffer=2048))
            readers[-1].send(request)
        wait_for(lambda: threads(site) > 2 * SLOW_READERS, "as many threads as may wait")
        during = [time_of(site, "/healthz") for _ in range(30)]
    finally:
        for reader in readers:
            reader.close()
    after = [time_of(site, "/healthz") for _ in range(30)]

    assert statistics.median(during) < 0.1
    assert statistics.median(after) < 0.1


def threads(site):
    return sum(process.num_threads() for process in web_processes(site))


def incompressible(size):
    """Lines of so many bytes together, of which an archive is hardly smaller."""
    dice = random.Random(4711)
    return b"".join(b64encode(dice.randbytes(45)) + b"\n" for _ in range(size // 61))


def time_of(site, path):
    began_at = time.perf_counter()
    assert status_of(site, path) == 200
    return time.perf_counter() - began_at


@contextmanager
def answering_all_along(site):
    """The web answers each request meanwhile."""
    outcomes = []

    def ask():
        try:
            outcomes.append(status_of(site))
        except OSError as trouble:
            outcomes.append(repr(trouble))

    with repeating(ask, every=0.05):
        yield
    assert set(outcomes) == {200}


def test_a_killed_worker_command_is_started_anew_while_the_web_answers(site):
    token = site.token()
    with answering_all_along(site):
        for n in range(SCALE):
            killed = worker(site)
            below = killed.children(recursive=True)
            killed.kill()
            job = convert(site, token, f"after{n}.txt", f"Words after kill {n}.".encode())

            assert worker(site).pid != killed.pid
            assert psutil.wait_procs(below, timeout=10)[1] == []
            assert site.ask(f"/jobs/{job}", token=token)["status"] == "COMPLETED"

    assert "The worker was killed by signal 9; restarting in 0.4 s." in site.log.read_text()


def test_a_killed_web_process_is_started_anew_while_the_other_answers(site):
    for _ in range(SCALE):
        killed = web_processes(site)[0]
        killed.kill()

        wait_for(lambda killed=killed: is_replaced(site, killed), "a new web process")
        assert status_of(site) == 200

    assert "The web process was killed by signal 9" in site.log.read_text()


def is_replaced(site, killed):
    pids = [process.pid for process in web_processes(site)]
    return len(pids) == 2 and killed.pid not in pids


def test_all_web_processes_at_once_may_be_killed(site):
    for process in web_processes(site):
        process.kill()

    assert status_of(site) == 200  # the request waits in the socket for a new one


def test_nothing_is_left_when_everything_is_told_to_stop(tmp_path):
    with running_site(tmp_path) as site:
        everything = psutil.Process(site.process.pid).children(recursive=True)
        assert len(everything) >= 6

        site.process.send_signal(signal.SIGINT)

        assert site.process.wait(timeout=60) == 0
        assert psutil.wait_procs(everything, timeout=10)[1] == []
        assert "Traceback" not in site.log.read_text()
