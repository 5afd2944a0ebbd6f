"""Cancelling, retrying and deleting many jobs of the list at once."""

import pytest

from jobs.listing import bulk
from jobs.models import DocumentStatus, Job, JobStatus
from orgsettings.models import Role
from tests.factories import make_job, make_user
from tests.pages.conftest import sign_in

C, F = DocumentStatus.COMPLETED, DocumentStatus.FAILED


@pytest.fixture
def admin(org):
    return sign_in(make_user(org, role=Role.ADMIN))


def ids(*jobs):
    return [str(job.pk) for job in jobs]


def do(client, verb, *jobs, **fields):
    """Press a button of the bar and confirm; returns the list with what it says."""
    fields = {"job": ids(*jobs), "confirmed": "1"} | fields
    return client.post(f"/jobs/bulk/{verb}", fields, follow=True)


def said(page):
    return [str(message) for message in page.context["messages"]]


def test_nothing_happens_before_the_question_is_answered(admin, member):
    jobs = [make_job(member, name=f"Old {n}", status=JobStatus.COMPLETED) for n in range(7)]

    question = admin.post("/jobs/bulk/delete", {"job": ids(*jobs)})

    assert Job.objects.count() == 7
    assert "Delete 7 jobs?" in question.text
    assert "and 2 more" in question.text
    assert question.text.count('type="hidden" name="job"') == 7


def test_the_question_comes_alone_for_a_dialog(admin, member):
    job = make_job(member, status=JobStatus.COMPLETED)

    part = admin.post("/jobs/bulk/delete", {"job": ids(job)}, headers={"HX-Request": "true"})

    assert "Delete 1 job?" in part.text
    assert "<html" not in part.text


def test_jobs_are_deleted_and_the_list_comes_back_as_it_was(admin, member):
    jobs = [make_job(member, status=JobStatus.FAILED) for _ in range(2)]
    kept = make_job(member, status=JobStatus.COMPLETED)

    page = do(admin, "delete", *jobs, query="status=failed&sort=name&page=2")

    assert list(Job.objects.all()) == [kept]
    assert page.redirect_chain == [("/jobs?status=failed&sort=name&page=2", 302)]
    assert said(page) == ["2 jobs were deleted."]


def test_active_jobs_are_cancelled_and_others_left_alone_with_the_reason(browser, member):
    running = make_job(member, status=JobStatus.QUEUED, rows=2)
    ended = make_job(member, status=JobStatus.COMPLETED)

    page = do(browser, "cancel", running, ended)

    running.refresh_from_db()
    assert running.status == JobStatus.CANCELLED
    assert said(page) == [
        "1 job is being cancelled.",
        "1 job was left alone: The job is not running or waiting to run.",
    ]


def test_as_many_jobs_are_retried_as_there_is_room_for(browser, member):
    jobs = [make_job(member, status=JobStatus.FAILED) for _ in range(5)]

    page = do(browser, "retry", *jobs)

    assert Job.objects.filter(status=JobStatus.QUEUED).count() == 3
    assert said(page) == ["3 jobs run again.", "2 jobs wait for a place and start automatically."]


def test_a_member_deletes_drafts_but_nothing_that_ran(browser, member):
    draft, ran = make_job(member), make_job(member, status=JobStatus.COMPLETED)

    question = browser.post("/jobs/bulk/delete", {"job": ids(draft, ran)})
    do(browser, "delete", draft, ran)

    assert "Delete 1 job?" in question.text
    assert "Only an admin may delete a job that was started." in question.text
    assert list(Job.objects.all()) == [ran]


def test_jobs_of_others_are_left_alone(org, browser, member):
    own = make_job(member, status=JobStatus.QUEUED)
    colleagues = make_job(make_user(org), status=JobStatus.QUEUED)
    foreign = make_job(status=JobStatus.QUEUED)

    page = do(browser, "cancel", own, colleagues, foreign)

    left = Job.objects.exclude(status=JobStatus.CANCELLED)
    assert set(left) == {colleagues, foreign}
    assert "Only the owner of the job or an admin may do this." in said(page)[1]


def test_all_matching_jobs_are_meant_not_only_those_of_the_page(admin, member):
    failed = [make_job(member, name="Bad", status=JobStatus.FAILED) for _ in range(30)]
    make_job(member, name="Other", status=JobStatus.FAILED)
    make_job(member, name="Bad", status=JobStatus.COMPLETED)
    fields = {"job": ids(failed[0]), "matching": "1", "query": "status=failed&search=bad"}

    question = admin.post("/jobs/bulk/delete", fields)

    assert "Delete 30 jobs?" in question.text
    assert question.text.count('type="hidden" name="job"') == 30


def test_more_jobs_than_the_limit_are_done_in_several_goes(admin, member, monkeypatch):
    monkeypatch.setattr(bulk, "LIMIT", 2)
    jobs = [make_job(member, name=f"Job {n}", status=JobStatus.FAILED) for n in range(3)]

    question = admin.post("/jobs/bulk/delete", {"matching": "1", "query": ""})

    assert "Delete 2 jobs?" in question.text
    assert "At most 2 jobs at once" in question.text
    assert str(jobs[0].pk) not in question.text


def test_a_question_without_any_possible_job_offers_only_the_way_back(browser, member):
    job = make_job(member, status=JobStatus.COMPLETED)

    question = browser.post("/jobs/bulk/cancel", {"job": ids(job)})

    assert "Nothing can be done with these jobs" in question.text
    assert 'class="button button-danger"' not in question.text


def test_choosing_nothing_is_said_in_words(browser, member):
    page = browser.post("/jobs/bulk/cancel", {"query": "sort=name"}, follow=True)

    assert page.redirect_chain == [("/jobs?sort=name", 302)]
    assert said(page) == ["Choose at least one job first."]


@pytest.mark.parametrize("sent", [["nonsense"], ["00000000-0000-0000-0000-000000000000"]])
def test_jobs_that_are_gone_are_not_found(browser, sent):
    assert browser.post("/jobs/bulk/cancel", {"job": sent}).status_code == 404


def test_an_unknown_action_is_not_found(browser, member):
    answer = browser.post("/jobs/bulk/rename", {"job": ids(make_job(member))})

    assert answer.status_code == 404


def test_the_menu_of_a_row_offers_what_its_state_allows(admin, member):
    make_job(member, status=JobStatus.COMPLETED, rows=[C, F])
    menu = admin.get("/jobs").text.partition('class="menu-panel"')[2].partition("</ul>")[0]

    for words in ("Open", "Download ZIP", "Retry failed", "Clone", "Delete"):
        assert words in menu
    assert "Cancel" not in menu


@pytest.mark.parametrize("length", [2, 20])
def test_the_question_takes_five_queries_however_many_jobs(
    admin, member, django_assert_num_queries, length
):
    jobs = [make_job(member, status=JobStatus.COMPLETED) for _ in range(length)]

    # Session, user with organization, jobs with owners; then, for the frame, active jobs and limit.
    with django_assert_num_queries(5):
        admin.post("/jobs/bulk/delete", {"job": ids(*jobs)})
