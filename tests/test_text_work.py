"""Work on people's texts: what a request does when the text takes too long."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.files.storage import default_storage

from documents import text_work
from documents.conversion.chunking import sections
from documents.text_work import TakesTooLong
from jobs import results
from tests.factories import make_api_client, make_job, make_row, make_user

TEXT = "# Title\n\nSome words.\n"


@pytest.fixture
def row(db):
    return make_row(make_job(make_user(), rows=0), status="COMPLETED", markdown=TEXT)


@pytest.fixture
def no_time(monkeypatch):
    """No text is done in time from now on."""
    text_work.score("a child that has started")
    monkeypatch.setattr(text_work, "WORK_SECONDS", 0.0)


@pytest.fixture
def page(client, row):
    client.force_login(row.job.user)
    return f"/jobs/{row.job_id}/documents/{row.pk}"


def test_a_text_is_scored_rendered_and_its_tokens_are_counted_by_a_child():
    quality, tokens = text_work.score(TEXT)

    assert quality.conversion_score == 100
    assert tokens == 5
    assert (
        text_work.render(TEXT, "Page %s")
        == '<h1 dir="auto">Title</h1>\n<p dir="auto">Some words.</p>\n'
    )


@pytest.mark.usefixtures("no_time")
def test_work_that_takes_too_long_is_refused_and_the_next_is_done(monkeypatch):
    with pytest.raises(TakesTooLong):
        text_work.score(TEXT)

    monkeypatch.undo()
    assert text_work.score(TEXT)[1] == 5


def test_as_many_requests_as_leave_a_thread_free_wait_and_the_others_are_refused(settings):
    settings.WEB_THREADS = 3
    children = text_work._Children()
    hard = {"text": "<!-- x -->\n\n" + "Words. " * 400_000}  # takes a second
    together = threading.Barrier(5)

    def ask(_):
        together.wait()
        try:
            children.done("score", hard, patience=0.01)
        except TakesTooLong:
            return "refused"
        return "done"

    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(ask, range(5)))

    assert sorted(answers) == ["done", "done", "refused", "refused", "refused"]
    assert children.done("score", {"text": TEXT}, patience=0.01)["tokens"] == 5
    children.close()


def test_exports_of_chunks_leave_a_place_for_edits_and_previews(settings, monkeypatch):
    settings.WEB_THREADS = 4
    children = text_work._Children()
    monkeypatch.setattr(text_work, "_children", lambda process: children)
    monkeypatch.setattr(text_work, "STREAM_SECONDS", 20.0)
    section = next(sections("Words and more words. " * 2900))
    stop = threading.Event()

    def export(_):
        while not stop.is_set():
            text_work.cut(section, size=100, overlap=20)

    with ThreadPoolExecutor(6) as pool:
        exports = pool.map(export, range(6))
        try:
            tokens = [text_work.score(TEXT)[1] for _ in range(20)]
        finally:
            stop.set()
        assert list(exports) == [None] * 6

    assert tokens == [5] * 20
    children.close()


@pytest.mark.usefixtures("no_time")
def test_an_edit_over_the_api_that_takes_too_long_changes_nothing(row):
    files = set(default_storage.listdir("")[0])
    url = f"/api/v1/documents/{row.document_id}/content"

    answer = make_api_client(row.job.user).put(url, {"content": "# New\n"}, format="json")

    assert answer.status_code == 503
    assert answer.json()["code"] == "takes_too_long"
    assert answer.headers["Retry-After"] == "10"
    row.refresh_from_db()
    assert results.read(row) == TEXT
    assert set(default_storage.listdir("")[0]) == files


@pytest.mark.usefixtures("no_time")
def test_an_edit_on_the_page_that_takes_too_long_keeps_what_was_typed(client, row, page):
    answer = client.post(f"{page}/save", {"content": "# Typed for an hour\n"})

    assert answer.status_code == 503
    assert "# Typed for an hour" in answer.content.decode()
    assert "takes too long" in answer.content.decode()


@pytest.mark.usefixtures("no_time")
def test_a_preview_that_takes_too_long_says_so(client, row, page):
    answer = client.post(f"{page}/preview", {"content": "# Typed\n"})

    assert answer.status_code == 200
    assert "takes too long" in answer.content.decode()


@pytest.mark.usefixtures("no_time")
def test_a_text_that_takes_too_long_to_render_is_shown_as_it_is_written(client, row, page):
    shown = client.get(page).content.decode()

    assert "its source is shown" in shown
    assert "# Title" in shown
