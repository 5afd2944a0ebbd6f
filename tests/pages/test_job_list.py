"""The list of jobs."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from jobs.models import DocumentStatus, Job, JobOrigin, JobStatus
from orgsettings.models import Role
from tests.factories import make_job, make_row, make_user
from tests.pages.conftest import sign_in

C, F = DocumentStatus.COMPLETED, DocumentStatus.FAILED


def names(page):
    return [job.name for job in page.context["jobs"]]


def test_somebody_without_jobs_is_shown_how_to_begin(browser):
    page = browser.get("/jobs")

    assert "No jobs yet" in page.text
    assert page.text.count('href="/jobs/new"') == 2


def test_a_search_without_hits_offers_the_way_back(browser, member):
    make_job(member, name="Invoices")

    page = browser.get("/jobs?search=contracts&status=completed")

    assert "No jobs match" in page.text
    assert "Reset filters" in page.text


def test_tabs_count_and_filter_by_status(browser, member):
    make_job(member, name="good", status=JobStatus.COMPLETED)
    make_job(member, name="partial", status=JobStatus.COMPLETED, rows=[C, F])
    make_job(member, name="bad", status=JobStatus.FAILED)
    make_job(member, name="draft")

    page = browser.get("/jobs")

    assert page.context["tabs"][0][0] == "attention"
    assert page.context["listing"].counts == {
        "all": 4, "attention": 2, "running": 0, "queued": 0,
        "completed": 2, "failed": 1, "cancelled": 0, "pending": 1,
    }  # fmt: skip
    assert names(browser.get("/jobs?status=attention")) == ["bad", "partial"]
    assert names(browser.get("/jobs?status=COMPLETED")) == ["partial", "good"]


def test_the_search_looks_into_names_descriptions_and_file_names(browser, member):
    by_name = make_job(member, name="Needle one")
    by_note = make_job(member, name="two", description="a needle in it")
    by_file = make_job(member, name="three")
    by_file.job_documents.update(filename="NEEDLE.pdf")
    make_job(member, name="four")

    found = browser.get("/jobs?search=needle").context["jobs"]

    assert set(found) == {by_name, by_note, by_file}


def test_jobs_are_sorted_by_creation_name_or_duration(browser, member):
    now = timezone.now()
    for name, age, minutes in [("b", 3, 1), ("a", 2, 9), ("c", 1, None)]:
        status = JobStatus.COMPLETED if minutes else JobStatus.PENDING
        job = make_job(member, name=name, status=status, created_at=now - timedelta(hours=age))
        if minutes:
            ended = now + timedelta(minutes=minutes)
            Job.objects.filter(pk=job.pk).update(started_at=now, completed_at=ended)

    orders = ["-created", "created", "name", "-name", "-duration", "duration"]
    shown = ["".join(names(browser.get(f"/jobs?sort={order}"))) for order in orders]

    assert shown == ["cab", "bac", "abc", "cba", "abc", "bac"]


def test_jobs_are_sorted_by_their_average_quality_with_unscored_ones_last(browser, member):
    for name, total in [("fair", 150), ("good", 190), ("poor", 60)]:
        make_job(member, name=name, status=JobStatus.COMPLETED, rows=2, score_sum=total)
    make_job(member, name="draft")

    assert names(browser.get("/jobs?sort=quality")) == ["poor", "fair", "good", "draft"]
    assert names(browser.get("/jobs?sort=-quality")) == ["good", "fair", "poor", "draft"]


def test_a_job_of_poor_quality_needs_attention_and_shows_its_distribution(browser, member):
    make_job(
        member,
        name="poor",
        status=JobStatus.COMPLETED,
        rows=2,
        score_sum=110,
        score_bands=[0, 0, 0, 0, 1, 0, 1, 0, 0, 0],
        is_low_quality=True,
    )
    make_job(member, name="good", status=JobStatus.COMPLETED)

    page = browser.get("/jobs?status=attention")

    assert names(page) == ["poor"]
    assert "Documents by score: 40–49: 1, 60–69: 1" in page.text
    assert "55" in page.text


def test_a_good_job_with_one_document_below_the_threshold_needs_attention_and_says_so(
    browser, member
):
    make_job(member, name="mixed", status=JobStatus.COMPLETED, rows=3, not_ready_documents=1)
    make_job(member, name="good", status=JobStatus.COMPLETED)

    page = browser.get("/jobs?status=attention")

    assert names(page) == ["mixed"]
    assert "1 not RAG-ready" in page.text


def test_the_list_is_cut_into_pages_that_keep_the_filter(browser, member):
    for number in range(30):
        make_job(member, name=f"Report {number:02}")

    second = browser.get("/jobs?search=report&sort=name&page=2")

    assert names(second) == [f"Report {number}" for number in range(25, 30)]
    assert 'href="/jobs?search=report&amp;sort=name&amp;page=1"' in second.text
    assert "26–30 of 30" in second.text


@pytest.mark.parametrize("nonsense", ["page=0", "page=x", "page=99999999999", "sort=;", "status=?"])
def test_parameters_that_make_no_sense_are_left_out(browser, member, nonsense):
    make_job(member, name="Here")

    assert names(browser.get(f"/jobs?{nonsense}")) == ["Here"]


def test_names_of_jobs_and_people_are_escaped(org, member):
    make_job(member, name="<script>alert(1)</script>", description="<img src=x>")

    page = sign_in(make_user(org, role=Role.ADMIN)).get("/jobs?search=<script>")

    assert "<script>alert" not in page.text
    assert "<img src=x>" not in page.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page.text


def test_a_row_shows_progress_failures_quality_and_expiry(org, member):
    soon = timezone.now() + timedelta(days=2, hours=1)
    make_job(member, status=JobStatus.COMPLETED, rows=[C, C, F], expires_at=soon)

    page = sign_in(make_user(org, role=Role.ADMIN)).get("/jobs").text

    for words in ["Completed, 1 failed", "3 / 3", "1 failed", "deleted in 2 days", ">95<"]:
        assert words in page
    assert member.username in page


def test_a_row_says_where_a_job_came_from_unless_from_the_wizard(browser, member):
    make_job(member, origin=JobOrigin.API)
    make_job(member, origin=JobOrigin.WEB)

    page = browser.get("/jobs").text

    assert page.count("<span>API</span>") == 1
    assert "<span>Create New Job</span>" not in page


def test_the_chip_shows_active_jobs_against_the_limit(org, browser, member):
    make_job(member, status=JobStatus.RUNNING)
    make_job(make_user(org), status=JobStatus.QUEUED)

    page = browser.get("/jobs").text

    assert "2 of 3 active: 1 running, 1 queued" in page


@pytest.mark.parametrize(
    ("statuses", "words"),
    [
        ([], "0 of 3 active"),
        ([JobStatus.QUEUED], "1 of 3 active: 1 queued"),
        ([JobStatus.RUNNING] * 2, "2 of 3 active: 2 running"),
        ([JobStatus.RUNNING, JobStatus.QUEUED, JobStatus.QUEUED],
         "3 of 3 active: 1 running, 2 queued"),
    ],
)  # fmt: skip
def test_the_chip_says_how_many_of_the_active_jobs_run(browser, member, statuses, words):
    for status in statuses:
        make_job(member, status=status)

    page = browser.get("/jobs").text

    told = re.findall(r"\d of 3 active[^<\n]*", page)
    assert told == [words, words]  # above the list and in the status bar


def test_the_status_bar_changes_when_a_job_of_somebody_else_begins_to_run(org, browser):
    job = make_job(make_user(org), status=JobStatus.QUEUED)
    version = browser.get("/documents").context["capacity"].version

    Job.objects.filter(pk=job.pk).update(status=JobStatus.RUNNING, started_at=timezone.now())

    bar = browser.get("/jobs/active", {"v": version})
    assert "1 of 3 active: 1 running" in bar.text


def test_a_list_that_did_not_change_answers_204(browser, member):
    job = make_job(member, status=JobStatus.RUNNING)
    version = browser.get("/jobs").context["list_version"]

    assert browser.get(f"/jobs/live?v={version}").status_code == 204

    Job.objects.filter(pk=job.pk).update(version=job.version + 1)
    changed = browser.get(f"/jobs/live?v={version}")
    assert changed.status_code == 200
    assert "<html" not in changed.text
    assert f'id="job-{job.pk}"' in changed.text


def test_new_jobs_are_announced_and_do_not_move_the_rows(browser, member):
    make_job(member, name="there")
    live = browser.get("/jobs").context["live_query"]
    assert browser.get(f"/jobs/live?{live}").status_code == 204

    make_job(member, name="new")
    page = browser.get(f"/jobs/live?{live}")

    assert names(page) == ["there"]
    assert "1 new job" in page.text
    assert browser.get(f"/jobs/live?{page.context['live_query']}").status_code == 204
    assert names(browser.get("/jobs")) == ["new", "there"]


def test_a_new_job_in_an_empty_list_is_shown_at_once(browser, member):
    live = browser.get("/jobs").context["live_query"]

    make_job(member, name="first")

    assert names(browser.get(f"/jobs/live?{live}")) == ["first"]


def test_new_jobs_are_those_that_the_filter_lets_through(browser, member):
    make_job(member, name="there", status=JobStatus.FAILED)
    live = browser.get("/jobs?status=failed").context["live_query"]

    make_job(member, name="draft")

    assert "1 new job" not in browser.get(f"/jobs/live?{live}").text


@pytest.mark.parametrize("since", ["", "x", "2026-01-01", "2026-01-01T00:00:00", "9" * 99])
def test_a_poll_without_a_sensible_time_shows_everything(browser, member, since):
    make_job(member, name="there")

    assert names(browser.get("/jobs/live", {"since": since})) == ["there"]


def test_a_full_organization_is_told_so_above_the_list(browser, member):
    assert "All places are taken" not in browser.get("/jobs").text

    for _ in range(3):
        make_job(member, status=JobStatus.QUEUED)

    assert "All places are taken: 3 of 3 jobs" in browser.get("/jobs").text


def test_the_time_left_is_told_once_the_pace_is_known(browser, member):
    job = make_job(member, status=JobStatus.RUNNING, rows=[C, C, *["PENDING"] * 38])
    began = timezone.now() - timedelta(minutes=4)
    Job.objects.filter(pk=job.pk).update(started_at=began)
    assert "left" not in browser.get("/jobs").text.partition("<tbody")[2].partition("</tbody")[0]

    Job.objects.filter(pk=job.pk).update(completed_documents=4)
    for row in job.job_documents.filter(status="PENDING")[:2]:
        row.delete()
    make_row(job, status=C)
    make_row(job, status=C)

    assert re.search(r"about \d+–\d+ min left", browser.get("/jobs").text)


def test_documents_of_an_earlier_run_say_nothing_about_the_pace(browser, member):
    job = make_job(member, status=JobStatus.RUNNING, rows=[*[C] * 9, "PENDING"])
    job.job_documents.filter(status=C).update(completed_at=timezone.now() - timedelta(days=1))

    assert "left" not in browser.get("/jobs").text.partition("<tbody")[2].partition("</tbody")[0]


def test_the_list_asks_often_only_while_a_job_on_it_is_active(browser, member, settings):
    settings.JOB_STATUS_POLL_INTERVAL = 3
    job = make_job(member, status=JobStatus.COMPLETED)
    assert browser.get("/jobs").context["interval"] == 15

    make_job(member, status=JobStatus.RUNNING)
    page = browser.get("/jobs")

    assert page.context["interval"] == 3
    assert 'hx-trigger="every 3s"' in page.text
    assert browser.get(f"/jobs?search={job.name}").context["interval"] == 15


def test_htmx_gets_the_list_alone_and_history_the_whole_page(browser):
    part = browser.get("/jobs?search=x", headers={"HX-Request": "true"})
    restored = {"HX-Request": "true", "HX-History-Restore-Request": "true"}

    assert "<html" not in part.text
    assert "HX-Request" in part["Vary"]
    assert "<html" in browser.get("/jobs", headers=restored).text


def test_the_status_bar_names_active_jobs_and_answers_204_until_they_change(browser, member):
    job = make_job(member, name="Minutes", status=JobStatus.RUNNING, rows=3)
    version = browser.get("/documents").context["capacity"].version

    assert browser.get("/jobs/active", {"v": version}).status_code == 204
    Job.objects.filter(pk=job.pk).update(version=job.version + 1)
    bar = browser.get("/jobs/active", {"v": version}).text

    assert "Minutes" in bar
    assert "0/3" in bar


def test_the_status_bar_does_not_name_jobs_of_others(org, browser):
    make_job(make_user(org), name="Secret", status=JobStatus.RUNNING)

    bar = browser.get("/jobs/active").text

    assert "Secret" not in bar
    assert "1 of 3 active: 1 running" in bar


@pytest.mark.parametrize("length", [1, 20])
def test_the_list_takes_six_queries_however_long(org, member, django_assert_num_queries, length):
    for _ in range(length):
        make_job(member, status=JobStatus.COMPLETED, rows=2)
    client = sign_in(make_user(org, role=Role.ADMIN))
    client.cookies["first-steps"] = "done"  # they ask three more, in the first month
    client.get("/jobs")

    # Session, user with organization, counts of the tabs, jobs with owners; active jobs and
    # limit, for the chip and the status bar alike.
    with django_assert_num_queries(6):
        page = client.get("/jobs")

    assert len(page.context["jobs"]) == length


@pytest.mark.parametrize("length", [1, 20])
def test_an_unchanged_list_takes_six_queries_however_long(
    org, member, django_assert_num_queries, length
):
    for _ in range(length):
        make_job(member, status=JobStatus.COMPLETED, rows=2)
    client = sign_in(make_user(org, role=Role.ADMIN))
    live = client.get("/jobs").context["live_query"]

    # Session, user with organization, counts of the tabs with what is new, jobs with owners; active
    # jobs and limit.
    with django_assert_num_queries(6):
        assert client.get(f"/jobs/live?{live}").status_code == 204


@pytest.mark.parametrize("length", [1, 20])
def test_a_search_takes_seven_queries_however_long(
    browser, member, django_assert_num_queries, length
):
    for _ in range(length):
        make_job(member, name="Report", status=JobStatus.COMPLETED)
    browser.get("/jobs")

    # As the list, and how far back the search reaches.
    with django_assert_num_queries(7):
        page = browser.get("/jobs?search=report")

    assert len(page.context["jobs"]) == length


def test_a_list_with_running_jobs_takes_one_more_query_for_their_pace(
    browser, member, django_assert_num_queries
):
    for _ in range(3):
        make_job(member, status=JobStatus.RUNNING, rows=2)
    browser.get("/jobs")

    with django_assert_num_queries(7):
        browser.get("/jobs")


def test_empty_tabs_are_left_out_when_they_are_not_the_usual_ones(browser):
    names = [name for name, _, _, _ in browser.get("/jobs").context["tabs"]]
    chosen = [name for name, _, _, _ in browser.get("/jobs?status=pending").context["tabs"]]

    assert names == ["attention", "all", "running", "completed", "failed"]
    assert chosen == [*names, "pending"]
