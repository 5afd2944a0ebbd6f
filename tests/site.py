"""A Curatore of a test's own, as `manage.py serve` runs it: web server, worker and database."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from fcntl import LOCK_EX, flock
from pathlib import Path
from urllib.error import URLError

import pytest
from django.conf import settings

ADMIN = "ada"
STATIC_ROOT = settings.BASE_DIR / "test-results" / "static"  # of all sites
PASSWORD = "correct horse battery staple"


@dataclass(frozen=True)
class Site:
    address: str
    environment: dict[str, str]
    process: subprocess.Popen  # manage.py serve
    log: Path  # what it says

    @property
    def port(self):
        return int(self.address.rpartition(":")[2])

    def token(self):
        """An API token of the admin."""
        body = json.dumps({"email_or_username": ADMIN, "password": PASSWORD}).encode()
        return self.ask("/auth/login", body)["access_token"]

    def ask(self, path, body=None, *, token="", media_type="application/json", method=None):
        """The answer of the API as JSON; with a body it is a POST, unless told otherwise."""
        headers = {"Content-Type": media_type} | ({"X-API-Key": token} if token else {})
        url = f"{self.address}/api/v1{path}"
        request = urllib.request.Request(url, body, headers, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def manage(self, *arguments):
        """What `manage.py` with these arguments prints, run against the site's database."""
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(
            command,
            cwd=settings.BASE_DIR,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@contextmanager
def running_site(folder: Path, **variables):
    """Start a site with its files in `folder`, wait until a worker lives, stop it at the end."""
    port = free_port()
    environment = {
        "PATH": os.environ["PATH"],
        "CURATORE_ENV_FILE": "",
        "SECRET_KEY": "only-for-tests-and-therefore-worth-nothing-to-anybody",
        "DATA_DIR": str(folder),
        "STATIC_ROOT": str(STATIC_ROOT),
        "ADMIN_USERNAME": ADMIN,
        "ADMIN_PASSWORD": PASSWORD,
        "ORGANIZATION_NAME": "Northwind",
    } | variables
    collect_static_files(environment)
    command = [sys.executable, "manage.py", "serve", "--host=127.0.0.1", f"--port={port}",
               "--no-samples"]  # fmt: skip
    log = folder / "serve.log"
    with log.open("w") as output:
        server = subprocess.Popen(
            command, cwd=settings.BASE_DIR, env=environment, stdout=output, stderr=output
        )
    site = Site(f"http://127.0.0.1:{port}", environment, server, log)
    try:
        wait_until_ready(site.address, server, log)
        yield site
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=60)


def collect_static_files(environment):
    """Collect them for all sites, unless an earlier one did; several may be about to start."""
    code = "import django; django.setup(); from curatore.core import static_files as s; s.collect()"
    STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    with STATIC_ROOT.with_suffix(".lock").open("w") as lock:
        flock(lock, LOCK_EX)
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=settings.BASE_DIR,
            env=environment | {"DJANGO_SETTINGS_MODULE": "curatore.settings"},
            check=True,
        )


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until_ready(address, server, log, seconds=120):
    """Web server and worker: /readyz answers 200 only when a worker lives."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if server.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=5):
                return
        except (URLError, TimeoutError):
            time.sleep(0.1)
    server.kill()
    pytest.fail(f"The server did not become ready:\n{log.read_text()}")
