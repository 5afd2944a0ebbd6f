"""A running web server as its clients meet it: raw sockets, and its processes."""

import http.client
import io
import json
import socket

import psutil

from tests.cluster.conftest import wait_for

BOUNDARY = "multipart/form-data; boundary=b"


class Connection:
    """One connection to a site, on which requests are written by hand."""

    def __init__(self, site, *, receive_buffer=None, source="127.0.0.1", port=None):
        self.socket = socket.socket()
        self.socket.settimeout(30)
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        try:
            self.socket.bind((source, 0))
            self.socket.connect(("127.0.0.1", port or site.port))
        except OSError:
            self.socket.close()
            raise
        self.reader = _Reader(self.socket.makefile("rb", buffering=0))

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.close()

    def send(self, data):
        self.socket.sendall(data)

    def answer(self, method="GET"):
        """The next answer: status, headers, body."""
        answer = http.client.HTTPResponse(self, method=method)
        answer.begin()
        return answer.status, answer.headers, answer.read()

    def has_ended(self):
        """Wait until the server closes the connection."""
        try:
            return self.reader.read(1) == b""
        except ConnectionResetError:
            return True

    def close(self):
        self.reader.raw.close()
        self.socket.close()

    def makefile(self, mode):
        return self.reader  # one for all answers: it may have read some of the next


class _Reader(io.BufferedReader):
    def close(self):
        pass  # an answer that was read does not end the connection


def head(method, path, *headers):
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: localhost", *headers, "", ""]).encode()


def status_of(site, path="/healthz"):
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=30)
    connection.request("GET", path)
    status = connection.getresponse().status
    connection.close()
    return status


def multipart(name, content):
    return (
        f'--b\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode()
        + content
        + b"\r\n--b--\r\n"
    )


def convert(site, token, name, content):
    """The id of a job that has converted one file."""
    document = site.ask(
        "/documents/upload", multipart(name, content), token=token, media_type=BOUNDARY
    )
    body = json.dumps({"document_ids": [document["document_id"]]}).encode()
    job = site.ask("/jobs", body, token=token)["id"]
    wait_for(lambda: site.ask(f"/jobs/{job}", token=token)["outcome"], "the job", seconds=90)
    return job


def processes(site, word):
    """The processes directly below `manage.py serve` whose command has this word."""
    children = psutil.Process(site.process.pid).children()
    return [child for child in children if word in child.cmdline()]


def web_processes(site):
    return processes(site, "curatore.web")


def worker(site):
    (found,) = wait_for(lambda: processes(site, "worker"), "the worker command")
    return found
