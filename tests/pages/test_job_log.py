"""The log of a job on its page: a window of lines, filters, its tail, and downloads."""

import json

import pytest
from django.urls import reverse

from jobs.detail import log_reading
from jobs.models import JobStatus
from jobs.views import panels
from tests.factories import make_document, make_job, make_log, make_row


def url(job, name="detail"):
    return reverse(f"jobs:{name}", args=[job.pk])


def body(answer):
    return b"".join(answer.streaming_content).decode()


def messages(page):
    return [line.message for line in page.context["lines"]]


def test_the_log_shows_the_newest_lines_last_and_leads_to_earlier_ones(browser, member):
    job = make_job(member)
    for number in range(205):
        make_log(job, f"line {number}")

    newest = browser.get(f"{url(job)}?tab=logs")
    first = newest.context["lines"][0].pk
    earlier = browser.get(f"{url(job)}?tab=logs&before={first}")

    assert messages(newest) == [f"line {number}" for number in range(5, 205)]
    assert f"before={first}" in newest.text
    assert messages(earlier) == [f"line {number}" for number in range(5)]


def test_the_log_is_filtered_by_level_and_words(browser, member):
    job = make_job(member)
    for level in ["INFO", "SUCCESS", "WARNING", "ERROR"]:
        make_log(job, f"{level} of page 1", level=level)

    def shown(query):
        return messages(browser.get(f"{url(job)}?tab=logs&{query}"))

    assert len(shown("level=all")) == len(shown("level=nonsense")) == 4
    assert shown("level=warning") == ["WARNING of page 1", "ERROR of page 1"]
    assert shown("level=error&search=PAGE") == ["ERROR of page 1"]
    assert shown("search=other") == []


def test_log_lines_are_escaped(browser, member):
    job = make_job(member)
    make_log(job, "<script>alert(1)</script>")

    assert "<script>alert(1)" not in browser.get(f"{url(job)}?tab=logs").text


def test_the_tail_answers_204_without_new_lines_and_moves_its_cursor_with_them(browser, member):
    job = make_job(member, status=JobStatus.RUNNING)
    old = make_log(job, "old")
    tail = f"{url(job, 'log-tail')}?level=all"
    assert browser.get(f"{tail}&after={old.pk}").status_code == 204

    new = make_log(job, "new")
    answer = browser.get(f"{tail}&after={old.pk}")

    assert messages(answer) == ["new"]
    assert f"after={new.pk}" in answer.text


def test_the_tail_ends_with_286_when_the_job_ended(browser, member):
    job = make_job(member, status=JobStatus.COMPLETED)
    line = make_log(job, "Job completed")

    last = browser.get(f"{url(job, 'log-tail')}?after={line.pk}")

    assert last.status_code == 286
    assert "hx-trigger" not in last.text
    assert "End of the log" in last.text


def test_the_tail_of_an_ended_job_delivers_what_is_left_in_pieces(browser, member):
    job = make_job(member, status=JobStatus.COMPLETED)
    for number in range(201):
        make_log(job, f"line {number}")

    first = browser.get(f"{url(job, 'log-tail')}?after=0")
    second = browser.get(f"{url(job, 'log-tail')}?after={first.context['after']}")

    assert (first.status_code, len(messages(first))) == (200, 200)
    assert "hx-trigger" in first.text
    assert (second.status_code, len(messages(second))) == (286, 1)


def test_the_whole_log_is_downloaded_as_text(browser, member):
    job = make_job(member)
    make_log(job, "first\nwith a break")
    make_log(job, "second", level="ERROR")

    answer = browser.get(url(job, "log-download"))
    lines = b"".join(answer.streaming_content).decode().splitlines()

    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert "attachment" in answer["Content-Disposition"]
    assert lines[0].endswith("INFO    first with a break")
    assert lines[1].endswith("ERROR   second")


@pytest.mark.parametrize("kind", ["log-download", "log-lines"])
def test_a_download_holds_what_the_filter_shows(browser, member, kind):
    job = make_job(member, rows=2)
    one, other = job.job_documents.order_by("position")
    make_log(job, "about one", level="ERROR", job_document=one)
    make_log(job, "about another", level="ERROR", job_document=other)
    make_log(job, "about all")

    chosen = body(browser.get(f"{url(job, kind)}?level=error&document={one.pk}"))

    assert "about one" in chosen
    assert chosen.count("\n") == 1
    assert body(browser.get(url(job, kind))).count("\n") == 3


def test_json_lines_have_what_the_api_has(browser, member):
    job = make_job(member)
    line = make_log(job, "Read", job_document=job.job_documents.get(), metadata={"pages": 3})

    facts = json.loads(body(browser.get(url(job, "log-lines"))))

    assert (facts["id"], facts["message"], facts["metadata"]) == (line.pk, "Read", {"pages": 3})
    assert facts["document_id"] == str(line.job_document.document_id)


def test_the_log_shows_the_lines_of_one_document(browser, member):
    job = make_job(member, rows=2)
    one, other = job.job_documents.order_by("position")
    make_log(job, "about one", job_document=one)
    make_log(job, "about another", job_document=other)

    page = browser.get(f"{url(job)}?tab=logs&document={one.pk}")

    assert messages(page) == ["about one"]
    assert page.context["matches"] == 1
    assert one.filename in page.text
    assert len(messages(browser.get(f"{url(job)}?tab=logs&document=nonsense"))) == 2


def test_a_link_to_a_line_shows_it_with_those_around_it(browser, member):
    job = make_job(member, status=JobStatus.RUNNING)
    lines = [make_log(job, f"line {number}") for number in range(400)]

    page = browser.get(f"{url(job)}?tab=logs&line={lines[150].pk}")

    assert messages(page) == [f"line {number}" for number in range(50, 250)]
    assert page.text.count("log-named") == 1
    assert "Back to the newest lines" in page.text
    assert 'id="log-tail"' not in page.text


def test_a_line_shows_its_details(browser, member):
    job = make_job(member)
    make_log(job, "It crashed", metadata={"detail": "Traceback:\n  <frozen>", "attempt": 2})

    page = browser.get(f"{url(job)}?tab=logs").text

    assert "Traceback:\n  &lt;frozen&gt;" in page


def test_the_log_of_many_documents_is_narrowed_by_a_part_of_a_file_name(
    browser, member, monkeypatch
):
    monkeypatch.setattr(panels, "MOST_CHOICES", 1)
    job = make_job(member, rows=0, total_documents=3)
    for filename in ("Harbour report.pdf", "harbour.txt", "city.pdf"):
        row = make_row(job, document=make_document(member, filename=filename))
        make_log(job, f"About {filename}", job_document=row)
    make_log(job, "About the job")

    page = browser.get(f"{url(job)}?tab=logs&file=HARBOUR")

    assert messages(page) == ["About Harbour report.pdf", "About harbour.txt"]
    assert 'name="file"' in page.text
    assert "2 lines match." in page.text
    assert body(browser.get(f"{url(job, 'log-download')}?file=city")).count("About") == 1


def test_file_names_are_offered_while_one_is_typed(browser, member):
    job = make_job(member, rows=0)
    for number in range(25):
        make_row(job, document=make_document(member, filename=f"Report {number:02}.pdf"))
    make_row(job, document=make_document(member, filename="<city>.pdf"))

    assert browser.get(f"{url(job, 'log-files')}?file=report").text.count("<option") == 20
    city = browser.get(f"{url(job, 'log-files')}?file=CITY").text
    assert city.strip() == '<option value="&lt;city&gt;.pdf"></option>'


def test_what_was_searched_is_marked_and_counted(browser, member, monkeypatch):
    monkeypatch.setattr(log_reading, "WINDOW", 2)
    job = make_job(member)
    for number in range(5):
        make_log(job, f"<b> Needle & needle {number}")

    page = browser.get(f"{url(job)}?tab=logs&search=needle").text

    marked = "&lt;b&gt; <mark>Needle</mark> &amp; <mark>needle</mark> 4"
    assert marked in page
    assert 'data-first="4"' in page
    assert 'data-total="5"' in page
    assert "data-match=" not in browser.get(f"{url(job)}?tab=logs&level=warning").text


@pytest.mark.parametrize("length", [1, 20])
def test_the_log_takes_nine_queries_however_many_lines(
    browser, member, django_assert_num_queries, length
):
    job = make_job(member, status=JobStatus.COMPLETED, rows=length)
    for row in job.job_documents.all():
        make_log(job, job_document=row)
    browser.get(url(job))

    # Session, user with organization, job with owner, sums over its documents, lines, how many fit,
    # documents to choose; active jobs and limit of the status bar.
    with django_assert_num_queries(9 if length > 1 else 8):  # one document is no choice
        browser.get(f"{url(job)}?tab=logs&level=warning")
