"""How long a picture of a page takes: python -m benchmarks.page_pictures

Starts a fresh server with an empty database and uploads sample PDFs many times over, each time with
bytes of its own. Prints, in milliseconds over HTTP, the very first picture that the server draws,
the median and the slowest of those that nobody has asked for before, of the same pictures once they
are kept, of answers that they are unchanged, and of the sizes of the pages; and of six pictures
asked for at once, as a screen does, how long until the last is there and how many were refused.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.error import HTTPError
from uuid import uuid4

from benchmarks.end_to_end import ROOT, Api, free_port, wait_until_ready
from documents.samples import SAMPLES

NAMES = ("report.pdf", "two-columns.pdf", "scan.pdf", "scan-noisy.pdf")
COPIES = 20  # of each
AT_ONCE = 6  # as many as browsers ask one host for
WIDTH = 1000  # pixels


class Pictures(Api):
    """Pictures of pages from one server."""

    def fetch(self, path: str, tag: str = "") -> tuple[int, str]:
        """Status and ETag; the body is read."""
        request = urllib.request.Request(self.base + path)
        request.add_header("Authorization", f"Bearer {self.token}")
        if tag:
            request.add_header("If-None-Match", tag)
        try:
            with urllib.request.urlopen(request) as answer:
                answer.read()
                return answer.status, answer.headers["ETag"]
        except HTTPError as other:
            return other.code, ""

    def upload_copies(self, folder: Path, name: str, count: int) -> list[str]:
        ids = []
        for number in range(count):
            path = folder / f"{number}-{name}"
            path.write_bytes(SAMPLES[name].path.read_bytes() + b"\n" * (number + 1))
            ids.append(self.upload(path))
        return ids


def milliseconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - began)


def told(values: list[float]) -> str:
    return f"{statistics.median(values):6.0f} ({max(values):4.0f})"


def measure_one(api: Pictures, name: str, documents: list[str]) -> None:
    pictures = [f"/documents/{key}/pages/1.png?width={WIDTH}" for key in documents]
    first = [milliseconds(lambda path=path: api.fetch(path)) for path in pictures]
    kept = [milliseconds(lambda path=path: api.fetch(path)) for path in pictures]
    tags = [api.fetch(path)[1] for path in pictures]
    same = [
        milliseconds(lambda path=path, tag=tag: api.fetch(path, tag))
        for path, tag in zip(pictures, tags, strict=True)
    ]
    sizes = [
        milliseconds(lambda key=key: api.fetch(f"/documents/{key}/pages")) for key in documents
    ]
    columns = "  ".join(map(told, (first, kept, same, sizes)))
    sys.stdout.write(f"{name:<18}{columns}\n")


def measure_at_once(api: Pictures, documents: list[str]) -> None:
    paths = [f"/documents/{key}/pages/1.png?width=1400" for key in documents[:AT_ONCE]]
    began = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as threads:
        statuses = [status for status, _ in threads.map(api.fetch, paths)]
    seconds = time.perf_counter() - began
    refused = sum(status != 200 for status in statuses)
    sys.stdout.write(f"{AT_ONCE} at once: all after {1000 * seconds:.0f} ms, {refused} refused\n")


def measure(folder: Path) -> None:
    os.environ |= {
        "CURATORE_ENV_FILE": "",
        "SECRET_KEY": uuid4().hex,
        "DATA_DIR": str(folder / "data"),
        "ADMIN_PASSWORD": uuid4().hex,
        "LOG_LEVEL": "ERROR",
        "API_RATE_LIMIT": "0",
    }
    port = free_port()
    command = [sys.executable, "manage.py", "serve", "--no-samples", "--port", str(port)]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        wait_until_ready(f"http://127.0.0.1:{port}")
        token = subprocess.check_output(
            [sys.executable, "manage.py", "create_api_token", "admin", "--name", "benchmark"],
            cwd=ROOT,
            text=True,
        ).strip()
        api = Pictures(f"http://127.0.0.1:{port}/api/v1", token)
        (very_first,) = api.upload_copies(folder, "mixed.pdf", 1)
        took = milliseconds(lambda: api.fetch(f"/documents/{very_first}/pages/1.png"))
        sys.stdout.write(f"very first picture: {took:.0f} ms\n\n")
        sys.stdout.write(
            f"{'ms: median (worst)':<18}   first          kept      unchanged      sizes\n"
        )
        documents = {name: api.upload_copies(folder, name, COPIES) for name in NAMES}
        for name in NAMES:
            measure_one(api, name, documents[name])
        sys.stdout.write("\n")
        for name in NAMES:
            sys.stdout.write(f"{name:<18}")
            measure_at_once(api, documents[name])
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        measure(Path(temporary))
