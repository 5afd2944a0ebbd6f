"""The page of one job: what it shows, how it stays current, what its buttons do."""

import json

import pytest
from django.urls import reverse
from django_q.models import OrmQ

from jobs import lifecycle
from jobs.models import DocumentStatus, Job, JobDocument, JobStatus
from orgsettings.models import Role
from tests.factories import make_job, make_log, make_org, make_row, make_user, make_worker
from tests.pages.conftest import sign_in

C, F, R, P, X = (
    DocumentStatus.COMPLETED,
    DocumentStatus.FAILED,
    DocumentStatus.RUNNING,
    DocumentStatus.PENDING,
    DocumentStatus.CANCELLED,
)
HTMX = {"HX-Request": "true"}


def url(job, name="detail"):
    return reverse(f"jobs:{name}", args=[job.pk])


def test_documents_that_need_attention_come_first(browser, member):
    job = make_job(member, status=JobStatus.RUNNING, rows=[C, P, R, F])

    page = browser.get(url(job))

    assert [row.status for row in page.context["page"].object_list] == [F, R, C, P]


def test_failures_are_grouped_by_cause_with_hint(browser, member):
    job = make_job(member, status=JobStatus.COMPLETED, rows=[C, F, F, F])
    locked = job.job_documents.filter(status=F)[:2].values_list("pk", flat=True)
    JobDocument.objects.filter(pk__in=list(locked)).update(
        error_code="encrypted_file",
        error_message="It is protected by a password.",
        error_hint="Save a copy without a password.",
    )

    page = browser.get(url(job))

    failures = page.context["failures"]
    assert [(f["error_code"], f["count"]) for f in failures] == [
        ("encrypted_file", 2),
        ("corrupt_file", 1),
    ]
    assert "Save a copy without a password." in page.text


def test_a_hundred_documents_stand_on_a_page(browser, member):
    job = make_job(member, rows=0)
    for _ in range(101):
        make_row(job)
    Job.objects.filter(pk=job.pk).update(total_documents=101)

    first, second = (browser.get(f"{url(job)}?page={number}") for number in (1, 2))

    assert len(first.context["page"].object_list) == 100
    assert len(second.context["page"].object_list) == 1


def test_file_names_and_error_messages_are_escaped(browser, member):
    job = make_job(member, status=JobStatus.FAILED)
    evil = "<script>alert(1)</script>"
    job.job_documents.update(filename=evil, error_message=evil, error_hint=evil)

    page = browser.get(url(job)).text

    assert evil not in page
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 4


@pytest.mark.parametrize(
    ("status", "rows", "offered"),
    [
        (JobStatus.PENDING, 1, {"Start", "Edit"}),
        (JobStatus.PENDING, 0, {"Edit"}),
        (JobStatus.QUEUED, 1, {"Cancel"}),
        (JobStatus.RUNNING, [C, R], {"Cancel", "Download ZIP"}),
        (JobStatus.COMPLETED, [C], {"Download ZIP"}),
        (JobStatus.COMPLETED, [C, F], {"Download ZIP", "Retry failed (1)"}),
        (JobStatus.FAILED, [F], {"Retry failed (1)"}),
        (JobStatus.CANCELLED, [C, X], {"Download ZIP", "Run the rest"}),
    ],
)
def test_the_buttons_fit_the_state(browser, member, status, rows, offered):
    job = make_job(member, status=status, rows=rows)
    every = {"Start", "Edit", "Cancel", "Download ZIP", "Retry failed (1)", "Run the rest"}

    page = browser.get(url(job)).text
    head = page[page.index('class="job-actions"') : page.index('class="job-summary"')]

    assert {words for words in every if f">{words}<" in head or f"{words}\n" in head} == offered


def test_the_live_part_answers_204_while_nothing_changes(browser, member):
    job = make_job(member, status=JobStatus.RUNNING)

    assert browser.get(f"{url(job, 'live')}?v={job.version}").status_code == 204
    assert browser.get(f"{url(job, 'live')}?v={job.version - 1}").status_code == 200


def test_the_live_part_keeps_asking_while_the_job_is_active(browser, member, settings):
    settings.JOB_STATUS_POLL_INTERVAL = 7
    job = make_job(member, status=JobStatus.RUNNING, rows=3)

    part = browser.get(f"{url(job, 'live')}?v=0&tab=documents&page=1", headers=HTMX).text

    assert "<html" not in part
    assert f"{url(job, 'live')}?v={job.version}&amp;tab=documents&amp;page=1" in part
    assert 'hx-trigger="every 7s"' in part


def test_the_live_part_stops_with_286_when_the_job_ended(browser, member):
    job = make_job(member, name="Minutes", status=JobStatus.COMPLETED, rows=[C, F])

    last = browser.get(f"{url(job, 'live')}?v={job.version}", headers=HTMX)

    assert last.status_code == 286
    assert "hx-trigger" not in last.text
    told = json.loads(last["HX-Trigger"])["job:finished"]
    assert told == {"message": "“Minutes” is done: 1 of 2 converted, 1 failed.", "kind": "info"}


def test_an_ended_job_does_not_ask(browser, member):
    job = make_job(member, status=JobStatus.COMPLETED)

    page = browser.get(url(job)).text

    assert url(job, "live") not in page


def test_a_waiting_job_says_why_and_says_it_anew_when_that_changes(browser, member):
    job = make_job(member, status=JobStatus.QUEUED)
    page = browser.get(url(job))
    poll = f"{url(job, 'live')}?v={page.context['live_version']}"
    assert "No worker is running." in page.text
    assert browser.get(poll).status_code == 204

    make_worker()
    changed = browser.get(poll)

    assert changed.status_code == 200
    assert "Waiting for a worker to take it" in changed.text


def test_starting_a_draft_queues_it(browser, member):
    job = make_job(member)

    answer = browser.post(url(job, "start"), follow=True)

    job.refresh_from_db()
    assert job.status == JobStatus.QUEUED
    assert OrmQ.objects.count() == 1
    assert "The job was started." in answer.text


def test_starting_at_the_limit_explains_and_leaves_the_draft(member):
    member = make_user(make_org(limit=1))
    make_job(member, status=JobStatus.RUNNING)
    job = make_job(member)

    page = sign_in(member).post(url(job, "start"))

    job.refresh_from_db()
    assert page.status_code == 409
    assert "Concurrency limit reached (1/1 active jobs)" in page.text
    assert job.is_draft


def test_starting_twice_says_that_it_runs_already(browser, member):
    job = make_job(member)
    browser.post(url(job, "start"))

    second = browser.post(url(job, "start"), follow=True)

    assert "The job cannot be started" in second.text
    assert second.redirect_chain == [(url(job), 302)]


def test_cancelling_a_queued_job_shows_the_receipt(browser, member):
    job = make_job(member, rows=3)
    lifecycle.start(job, by=member)

    page = browser.post(url(job, "cancel"), follow=True)

    job.refresh_from_db()
    assert job.status == JobStatus.CANCELLED
    assert f"Cancelled by {member.username}" in page.text
    assert "0 results kept" in page.text


def test_a_job_whose_workers_are_stopping_says_so(browser, member):
    job = make_job(member, status=JobStatus.RUNNING, rows=[R, P])

    page = browser.post(url(job, "cancel"), follow=True).text

    assert "Waiting for the workers to stop" in page
    assert "Cancelling…" in page


def test_an_ended_job_cannot_be_cancelled(browser, member):
    job = make_job(member, status=JobStatus.COMPLETED)

    page = browser.post(url(job, "cancel"), follow=True).text

    assert "The job cannot be cancelled" in page


def test_retrying_runs_only_what_failed(browser, member):
    job = make_job(member, status=JobStatus.COMPLETED, rows=[C, F])

    browser.post(url(job, "retry"))

    job.refresh_from_db()
    assert job.status == JobStatus.QUEUED
    assert [row.status for row in job.job_documents.order_by("position")] == [C, P]


def test_retrying_when_nothing_failed_says_so(browser, member):
    job = make_job(member, status=JobStatus.COMPLETED)

    page = browser.post(url(job, "retry"), follow=True).text

    assert "There is no failed or cancelled document to run again." in page


def test_an_active_job_is_not_deleted(org, member):
    job = make_job(member, status=JobStatus.RUNNING)

    page = sign_in(make_user(org, role=Role.ADMIN)).post(url(job, "delete"), follow=True)

    assert "Cancel it first" in page.text
    assert Job.objects.filter(pk=job.pk).exists()


def test_the_options_tab_shows_every_option_and_marks_changes(browser, member):
    job = make_job(member)
    options = job.processing_options
    options["ocr_settings"]["language"] = "deu"
    Job.objects.filter(pk=job.pk).update(processing_options=options)

    page = browser.get(f"{url(job)}?tab=options").text

    assert "Chunk overlap" in page
    assert "deu" in page
    assert page.count(">changed<") == 1


@pytest.mark.parametrize("length", [1, 20])
def test_the_page_takes_eight_queries_however_many_documents(
    browser, member, django_assert_num_queries, length
):
    job = make_job(member, status=JobStatus.COMPLETED, rows=[F, *[C] * length])
    browser.get(url(job))

    # Session, user with organization, job with owner, sums over its documents, causes of failures,
    # documents; active jobs and limit of the status bar.
    with django_assert_num_queries(8):
        browser.get(url(job))


@pytest.mark.parametrize("length", [1, 20])
def test_a_poll_takes_six_queries_and_four_if_nothing_changed(
    browser, member, django_assert_num_queries, length
):
    job = make_job(member, status=JobStatus.RUNNING, rows=length)
    browser.get("/jobs")

    # Session, user with organization, job with owner, whether a worker is at it.
    with django_assert_num_queries(4):
        browser.get(f"{url(job, 'live')}?v={job.version}")
    with django_assert_num_queries(6):  # the same, sums over its documents, documents
        browser.get(f"{url(job, 'live')}?v=0")


# --- log -------------------------------------------------------------------------------------


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
    assert f"after={new.pk}&amp;level=all" in answer.text


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
