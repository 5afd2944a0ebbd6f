"""The whole path against bare conversion: python -m benchmarks.end_to_end

Converts 100 documents of all sample formats, in turn: as a job, from POST /jobs to COMPLETED on a
freshly started server with two worker processes, and by `manage.py convert` with two workers. The
ratio of the two is what a tracked job costs beside bare conversion.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
import zipfile
from itertools import cycle, islice
from pathlib import Path
from typing import Any
from uuid import uuid4

from documents.samples import SAMPLES

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = 100
WORKERS = 2
ROUNDS = 2


def make_documents(folder: Path) -> list[Path]:
    """Copies of the samples, each with bytes of its own, so that none is taken for another."""
    paths = []
    for number, sample in enumerate(islice(cycle(SAMPLES.values()), DOCUMENTS)):
        path = folder / f"{number:03}-{sample.path.name}"
        shutil.copy(sample.path, path)
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path, "a") as archive:
                archive.comment = str(number).encode()
        else:
            with path.open("ab") as file:
                file.write(b"\n" * (number + 1))
        paths.append(path)
    return paths


class Api:
    """A client of one server."""

    def __init__(self, base: str, token: str) -> None:
        self.base, self.token = base, token

    def call(self, path: str, data: bytes | None = None, kind: str = "application/json") -> Any:
        request = urllib.request.Request(self.base + path, data)
        request.add_header("Authorization", f"Bearer {self.token}")
        request.add_header("Content-Type", kind)
        with urllib.request.urlopen(request) as response:
            return json.load(response)

    def upload(self, path: Path) -> str:
        boundary = uuid4().hex
        head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="files"; filename="{path.name}"'
        )
        body = f"{head}\r\n\r\n".encode() + path.read_bytes() + f"\r\n--{boundary}--\r\n".encode()
        answer = self.call("/documents", body, f"multipart/form-data; boundary={boundary}")
        return answer["documents"][0]["id"]

    def seconds_of_job(self, documents: list[str]) -> float:
        began = time.perf_counter()
        job = self.call("/jobs", json.dumps({"document_ids": documents}).encode())
        while job["outcome"] is None:
            time.sleep(0.1)
            job = self.call(f"/jobs/{job['id']}")
        if job["outcome"] != "success":
            sys.exit(f"The job ended as {job['outcome']}: {job['error_message']}")
        return time.perf_counter() - began


def seconds_of_convert(documents: Path, out: Path) -> float:
    began = time.perf_counter()
    command = ["manage.py", "convert", str(documents), "--out", str(out), "--workers", str(WORKERS)]
    subprocess.run([sys.executable, *command], cwd=ROOT, check=True, capture_output=True)
    return time.perf_counter() - began


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_ready(base: str) -> None:
    while True:
        try:
            with urllib.request.urlopen(f"{base}/readyz"):
                return
        except OSError:
            time.sleep(0.2)


def measure(folder: Path) -> None:
    documents = folder / "documents"
    documents.mkdir()
    paths = make_documents(documents)
    os.environ |= {
        "CURATORE_ENV_FILE": "",
        "SECRET_KEY": "benchmark",
        "DATA_DIR": str(folder / "data"),
        "WORKER_PROCESSES": str(WORKERS),
        "ADMIN_PASSWORD": uuid4().hex,
        "LOG_LEVEL": "ERROR",
    }
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "manage.py", "serve", "--no-samples", "--port", str(port)],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
    )
    try:
        wait_until_ready(f"http://127.0.0.1:{port}")
        token = subprocess.check_output(
            [sys.executable, "manage.py", "create_api_token", "admin", "--name", "benchmark"],
            cwd=ROOT,
            text=True,
        ).strip()
        api = Api(f"http://127.0.0.1:{port}/api/v1", token)
        ids = [api.upload(path) for path in paths]
        for turn in range(ROUNDS):
            job = api.seconds_of_job(ids)
            bare = seconds_of_convert(documents, folder / f"out-{turn}")
            sys.stdout.write(
                f"{DOCUMENTS} documents: job {job:.1f} s, manage.py convert {bare:.1f} s,"
                f" ratio {job / bare:.2f}\n"
            )
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        measure(Path(temporary))
