"""Texts made to stop a web server: it goes on answering, and so do the requests with the texts."""

import json
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
