"""The id of a request: in its answer and in every log line that is about it."""

import logging
from logging.config import DictConfigurator

import pytest

from curatore.core.middleware import RequestIdFilter
from tests.factories import make_api_client, make_job, make_log, make_user

pytestmark = pytest.mark.django_db

URL = "/api/v1/jobs"


@pytest.fixture
def log(caplog):
    """The lines of the log, each with the id that the server's own handler writes."""
    caplog.set_level(logging.DEBUG)
    caplog.handler.addFilter(RequestIdFilter())
    return caplog


def test_every_answer_has_an_id_and_each_another():
    api = make_api_client()

    first, second = (api.get(URL).headers["X-Request-Id"] for _ in range(2))

    assert len({first, second, ""}) == 3


@pytest.mark.parametrize("given", ["short", "x" * 65, "two words", "line\tbreak", "ä" * 10])
def test_an_id_that_could_disturb_a_log_is_replaced(given):
    told = make_api_client().get(URL, headers={"X-Request-Id": given}).headers["X-Request-Id"]

    assert told != given
    assert len(told) == 32


def test_the_log_line_about_a_refusal_has_the_id_of_its_answer(log):
    answer = make_api_client().get(f"{URL}/nothing", headers={"X-Request-Id": "proxy-0000001"})

    assert answer.json()["request_id"] == "proxy-0000001"
    (line,) = [record for record in log.records if record.name == "django.request"]
    assert line.request_id == "proxy-0000001"


def test_what_is_logged_while_an_answer_streams_has_its_id(log, monkeypatch):
    user = make_user()
    job = make_job(user)
    make_log(job)
    monkeypatch.setattr(
        "jobs.exports.log_export.text_line",
        lambda line: logging.getLogger("test").info("line") or "x",
    )

    answer = make_api_client(user).get(f"{URL}/{job.pk}/logs?format=txt")
    b"".join(answer.streaming_content)

    (line,) = [record for record in log.records if record.name == "test"]
    assert line.request_id == answer.headers["X-Request-Id"]
    logging.getLogger("test").info("later")
    assert log.records[-1].request_id == "-"


def test_one_request_cannot_write_much_into_the_log(client, log, settings):
    configure = DictConfigurator(settings.LOGGING).configure_formatter
    line = configure(settings.LOGGING["formatters"]["line"])

    client.get("/" + "a" * 60_000)
    client.get("/login", headers={"host": "b" * 8_000})  # named twice, and again by the traceback

    entries = [line.format(record) for record in log.records]
    address, host = (entry for entry in entries if "aaa" in entry or "bbb" in entry)
    assert "Not Found: /aaa" in address
    assert "DisallowedHost" in host
    assert host.endswith("bbb' to ALLOWED_HOSTS.")
    assert max(len(address), len(host)) < 10_100
