"""A real server with a real worker, and a Chromium in front of them."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from urllib.error import URLError

import pytest
from django.conf import settings
from playwright.sync_api import expect, sync_playwright

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
# Nothing but what a test asks for may be sent anywhere.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PASSWORD = "correct horse battery staple"
# What a slow machine may take for anything that a person waits for.
PATIENCE_MS = 90_000

expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def site_environment(tmp_path_factory):
    """What the server's processes, and commands beside it, are told."""
    return {
        "PATH": os.environ["PATH"],
        "CURATORE_ENV_FILE": "",
        "SECRET_KEY": "only-for-browser-tests-and-worth-nothing-to-anybody",
        "DATA_DIR": str(tmp_path_factory.mktemp("site")),
        "ADMIN_USERNAME": "ada",
        "ADMIN_PASSWORD": PASSWORD,
        "ORGANIZATION_NAME": "Northwind",
        "JOB_STATUS_POLL_INTERVAL": "1",
        "CONVERSION_FAULT_INJECTION": "true",  # documents that take as long as a test needs
    }


@pytest.fixture(scope="session")
def site(site_environment):
    """The address of a Curatore on a database of its own, as `manage.py serve` runs it."""
    port = free_port()
    command = [sys.executable, "manage.py", "serve", "--host=127.0.0.1", f"--port={port}",
               "--no-samples"]  # fmt: skip
    log = Path(site_environment["DATA_DIR"]) / "serve.log"
    with log.open("w") as output:
        server = subprocess.Popen(
            command, cwd=settings.BASE_DIR, env=site_environment, stdout=output, stderr=output
        )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until_ready(address, server, log)
        yield address
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=60)


@pytest.fixture(scope="session")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def context(chromium, site):
    context = chromium.new_context(base_url=site, accept_downloads=True)
    context.set_default_timeout(PATIENCE_MS)
    yield context
    context.close()


@pytest.fixture
def page(context, site):
    """A signed-in page; the test fails if it asked another host or wrote an error."""
    page = context.new_page()
    asked, complaints = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda line: complaints.append(line.text) if is_error(line) else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    sign_in(page)
    yield page
    assert complaints == []
    assert [url for url in asked if not url.startswith((site, "data:", "blob:"))] == []


def is_error(line):
    # A form that is refused beside its fields answers 422, which Chromium notes as an error.
    return line.type == "error" and "status of 422" not in line.text


@pytest.fixture(scope="session")
def member(site, site_environment):
    """The name of a member of the organization who is no admin."""
    command = [sys.executable, "manage.py", "bootstrap", "--organization=Northwind",
               "--username=mia", f"--password={PASSWORD}", "--role=member"]  # fmt: skip
    subprocess.run(command, cwd=settings.BASE_DIR, env=site_environment, check=True)
    return "mia"


def sign_in(page, username="ada"):
    page.goto("/login")
    page.get_by_label("Username or e-mail address").fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/jobs")


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
