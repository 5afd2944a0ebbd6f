"""Documents whose pages hang: a web server goes on answering, and draws those of others."""

import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from urllib.error import HTTPError
from uuid import uuid4

import pytest

from tests.cluster.web import status_of
from tests.page_files import page, pdf
from tests.site import running_site

pytestmark = pytest.mark.cluster

HANGS = b"#!curatore-fault sleep 60\nSome words.\n"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    variables = {"CONVERSION_FAULT_INJECTION": "true", "WORKER_STOP_TIMEOUT": "2"}
    with running_site(tmp_path_factory.mktemp("site"), **variables) as site:
        yield site


@pytest.fixture
def ask(site):
    """ask(path) -> the status of the API's answer, and its body."""
    token = site.token()

    def ask(path):
        headers = {"X-API-Key": token}
        request = urllib.request.Request(f"{site.address}/api/v1{path}", headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, answer.read()
        except HTTPError as refusal:
            return refusal.code, refusal.read()

    return ask


@pytest.fixture
def upload(site):
    """upload(name, content) -> the id of the document."""
    token = site.token()

    def upload(name, content):
        boundary = uuid4().hex
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"'
        body = head.encode() + b"\r\n\r\n" + content + f"\r\n--{boundary}--\r\n".encode()
        kind = f"multipart/form-data; boundary={boundary}"
        return site.ask("/documents/upload", body, token=token, media_type=kind)["document_id"]

    return upload


def test_pages_that_hang_hold_up_nobody(site, ask, upload):
    hanging = upload("hangs.txt", HANGS)
    sound = upload("sound.pdf", pdf(page()))

    begun = time.monotonic()
    with ThreadPoolExecutor(12) as threads:
        asked = threads.map(ask, [f"/documents/{hanging}/pages"] * 12)
        healthy = [status_of(site) for _ in range(20)]
        answers = [status for status, _ in asked]

    assert healthy == [200] * 20
    assert set(answers) == {503}
    assert time.monotonic() - begun < 30
    status, picture = ask(f"/documents/{sound}/pages/1.png")
    assert (status, picture[:4]) == (200, b"\x89PNG")


def test_as_many_pictures_as_a_screen_asks_for_at_once_are_all_drawn(ask, upload):
    document = upload("many.pdf", pdf(*[page()] * 6, page(rotation=90)))

    with ThreadPoolExecutor(6) as threads:
        paths = [f"/documents/{document}/pages/{number}.png" for number in range(1, 7)]
        statuses = [status for status, _ in threads.map(ask, paths)]

    assert statuses == [200] * 6
