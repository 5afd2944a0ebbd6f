"""The OpenAPI schema is answered to everybody, whoever asks at the same moment."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

# In a process of its own, where nobody has asked yet.
ALL_AT_ONCE = """
import os, django
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
django.setup()
from concurrent.futures import ThreadPoolExecutor
from django.test import Client
ask = lambda _: Client(raise_request_exception=False).get("/api/v1/schema").status_code
with ThreadPoolExecutor(4) as threads:
    print(list(threads.map(ask, range(4))))
"""


def test_the_first_requests_for_the_schema_may_come_at_once():
    done = subprocess.run(
        [sys.executable, "-c", ALL_AT_ONCE],
        cwd=settings.BASE_DIR,
        env=os.environ
        | {"DJANGO_SETTINGS_MODULE": "tests.settings", "ALLOWED_HOSTS": "testserver"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.strip() == "[200, 200, 200, 200]", done.stderr


@pytest.mark.parametrize("query", ["version=9", "lang=de"])
def test_nobody_changes_the_schema_for_others(client, query):
    plain = "/api/v1/schema?format=json"

    changed = client.get(f"{plain}&{query}").json()

    assert changed == client.get(plain).json()
    assert changed["info"]["version"] == settings.VERSION


def test_the_schema_is_made_once_for_all_requests(client, monkeypatch):
    client.get("/api/v1/schema")
    monkeypatch.delattr("drf_spectacular.generators.SchemaGenerator.get_schema")

    assert client.get("/api/v1/schema").status_code == 200
