"""Answers are compressed for who takes them so, and mean the same."""

import gzip
import json

import pytest
from django.test import Client

from curatore.core import middleware
from jobs.models import DocumentStatus, JobStatus
from tests.factories import make_api_client, make_job, make_row, make_user

pytestmark = pytest.mark.django_db

GZIP = {"Accept-Encoding": "gzip, deflate, br"}


@pytest.fixture
def job():
    return make_job(make_user(), status=JobStatus.COMPLETED, rows=20)


def test_a_page_is_a_fraction_of_its_size_on_the_wire(job):
    browser = Client()
    browser.force_login(job.user)

    plain = browser.get(f"/jobs/{job.pk}")
    small = browser.get(f"/jobs/{job.pk}", headers=GZIP)

    assert "Content-Encoding" not in plain.headers
    assert small.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in small.headers["Vary"]
    assert len(small.content) < len(plain.content) / 4
    assert gzip.decompress(small.content).startswith(plain.content[:200])


def test_an_answer_of_the_api_is_the_same_and_is_still_known_by_its_etag(job):
    api, address = make_api_client(job.user), f"/api/v1/jobs/{job.pk}"

    small = api.get(address, headers=GZIP)
    again = api.get(address, headers=GZIP | {"If-None-Match": small.headers["ETag"]})

    assert small.headers["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(small.content)) == api.get(address).json()
    assert again.status_code == 304


def test_the_length_of_a_compressed_page_is_no_secret_teller():
    browser = Client()

    lengths = {len(browser.get("/login", headers=GZIP).content) for _ in range(20)}

    assert len(lengths) > 5


def test_streams_and_files_are_sent_as_they_are(job):
    row = make_row(job, status=DocumentStatus.COMPLETED, markdown="words " * 1000)
    api = make_api_client(job.user)

    for address in (f"/api/v1/jobs/{job.pk}/download", f"/api/v1/jobs/{row.job_id}/chunks"):
        answer = api.get(address, headers=GZIP)

        assert answer.streaming, address
        assert "Content-Encoding" not in answer.headers, address


def test_an_answer_that_takes_long_to_compress_is_sent_as_it_is(job, monkeypatch):
    monkeypatch.setattr(middleware, "_MOST_COMPRESSED", 100)

    answer = make_api_client(job.user).get(f"/api/v1/jobs/{job.pk}", headers=GZIP)

    assert "Content-Encoding" not in answer.headers
