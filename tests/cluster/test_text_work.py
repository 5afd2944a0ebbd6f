"""Texts made to stop a web server: it goes on answering, and so do the requests with the texts."""

import http.client
import json
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.error import HTTPError

import pytest

from tests.cluster.web import convert, status_of
from tests.site import running_site

pytestmark = pytest.mark.cluster

TEXTS = {
    "spaces": "# a" + " " * 60_000 + "x",
    "full stops": "." * 280_000 + "a",
    "comments": "<!-- x -->" * 30_000 + "a",
    "links": "](" * 140_000 + "a",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with running_site(tmp_path_factory.mktemp("site"), WORKER_STOP_TIMEOUT="2") as site:
        yield site


def test_exports_of_chunks_that_take_long_hold_up_nobody(site):
    token = site.token()
    job = convert(site, token, "signs.txt", b"a," * 2_000_000)  # of which a section takes a second
    url = f"/jobs/{job}/chunks?chunk_size=2000&chunk_overlap=500"
    number = 12  # more than there are threads for requests in both processes

    with ThreadPoolExecutor(number) as threads:
        exports = [threads.submit(first_part_of, site, url, token) for _ in range(number)]
        times = []
        while not all(export.done() for export in exports):
            begun = time.monotonic()
            assert status_of(site) == 200
            times.append(time.monotonic() - begun)

    assert [export.result() for export in exports] == [200] * number
    assert statistics.median(times) < 0.1
    assert max(times) < 5  # it was as long as the exports took


def first_part_of(site, url, token):
    """The status of an export of which some sections were read, and no more."""
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=120)
    connection.request("GET", f"/api/v1{url}", headers={"X-API-Key": token})
    answer = connection.getresponse()
    for _ in range(300):
        answer.readline()
    connection.close()
    return answer.status


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_edits_with_a_hostile_text_hold_up_nobody(name, site):
    token = site.token()
    job = convert(site, token, f"{name}.txt", f"Some words about {name}.\n".encode())
    (row,) = site.ask(f"/jobs/{job}/documents", token=token)["documents"]
    body = json.dumps({"content": TEXTS[name]}).encode()
    path = f"/documents/{row['document_id']}/content"

    def edit(_):
        try:
            site.ask(path, body, token=token, method="PUT")
        except HTTPError as refusal:
            return refusal.code
        return 200

    begun = time.monotonic()
    with ThreadPoolExecutor(4) as threads:
        edits = threads.map(edit, range(4))
        healthy = [status_of(site) for _ in range(20)]
        answers = list(edits)

    assert healthy == [200] * 20
    assert set(answers) <= {200, 503}
    assert time.monotonic() - begun < 30  # twice what four of them may wait; it was 58 s and a kill
