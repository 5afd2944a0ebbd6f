"""Waiting for a place: what pages say and offer when all places are taken."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from jobs import line, serving, starts
from jobs.models import Job, JobOrigin, JobStatus
from orgsettings.models import OrgSettings, Role
from tests.factories import (
    C,
    F,
    make_job,
    make_log,
    make_org,
    make_user,
    make_waiting,
    make_worker,
)
from tests.pages.conftest import sign_in

pytestmark = pytest.mark.django_db

WAIT = "Start when a place is free"


@pytest.fixture
def org(db):
    return make_org(limit=1)


@pytest.fixture
def running(member):
    """The job that has the only place."""
    make_worker()
    return make_job(member, status=JobStatus.RUNNING)


def url(job, name="detail"):
    return reverse(f"jobs:{name}", args=[job.pk])


def pressed(page, label):
    """The fields that the form with this button sends."""
    form = next(form for form in re.findall(r"<form.*?</form>", page.text, re.S) if label in form)
    fields = re.findall(r'name="(\w+)"\s+value="([^"]*)"', form)
    return {name: [value for other, value in fields if other == name] for name, _ in fields}


# --- Getting in line ---------------------------------------------------------------------------


def test_the_last_step_of_the_wizard_offers_to_wait(browser, member, running):
    make_waiting(member)
    job = make_job(member)

    page = browser.get(url(job, "setup-review"))

    assert "1 of 1 jobs of your organization are active" in page.text
    assert "1 job waits already and comes before it." in page.text
    assert "Start processing" not in page.text
    answer = browser.post(
        url(job, "setup-review"), {**pressed(page, WAIT), "name": "Letters", "start": "1"},
        follow=True,
    )  # fmt: skip
    job.refresh_from_db()
    assert (job.name, line.place(job)) == ("Letters", 2)
    assert "The job waits for a place: 2nd in line. It will start automatically." in answer.text


def test_a_job_that_was_refused_a_moment_ago_can_wait(browser, member):
    """Somebody else waits for the place that is free."""
    make_waiting(member)
    job = make_job(member)

    page = browser.post(url(job, "setup-review"), {"name": "Letters", "start": "1"})

    assert page.status_code == 409
    assert pressed(page, WAIT)["when_full"] == ["queue"]


def test_a_draft_waits_from_its_page_on(browser, member, running):
    job = make_job(member)
    page = browser.get(url(job))

    answer = browser.post(url(job, "start"), pressed(page, WAIT), follow=True)

    assert "The job waits for a place: 1st in line." in answer.text
    assert line.place(Job.objects.get(pk=job.pk)) == 1


def test_nothing_waits_when_a_place_became_free_meanwhile(browser, member, running):
    job = make_job(member)
    page = browser.get(url(job))
    Job.objects.filter(pk=running.pk).delete()

    answer = browser.post(url(job, "start"), pressed(page, WAIT), follow=True)

    assert "The job was started." in answer.text


def test_the_process_page_offers_to_wait_as_a_tracked_job(browser, member, running):
    job = make_job(member, on_process_page=True, origin=JobOrigin.PROCESS)
    page = browser.get("/process")
    assert WAIT in page.text
    assert "Not possible while all places are taken." in page.text

    answer = browser.post(
        "/process/start",
        {"quality": "70", "language": "eng", "how": "tracked", "when_full": "queue"},
        follow=True,
    )

    job.refresh_from_db()
    assert answer.redirect_chain == [(url(job), 302)]
    assert (line.place(job), job.origin, job.on_process_page) == (1, JobOrigin.WEB, False)


def test_a_retry_waits_from_the_page_of_its_job_on(browser, member, running):
    job = make_job(member, status=JobStatus.COMPLETED, rows=["COMPLETED", "FAILED"])
    page = browser.get(url(job))

    answer = browser.post(
        url(job, "retry"), pressed(page, "Retry when a place is free"), follow=True
    )

    assert "The job waits for a place: 1st in line." in answer.text
    assert Job.objects.get(pk=job.pk).waiting_retry["rows"] is None


@pytest.mark.parametrize("choice", ["row", "cause"])
def test_chosen_documents_that_were_refused_can_wait(browser, member, running, choice):
    job = make_job(member, status=JobStatus.FAILED, rows=2)
    row = job.job_documents.first()
    row.error_code = "encrypted_file"
    row.save()
    chosen = {"row": str(row.pk), "cause": "encrypted_file"}[choice]

    refused = browser.post(url(job, "retry"), {choice: chosen})
    assert refused.status_code == 409
    browser.post(url(job, "retry"), pressed(refused, WAIT))

    assert Job.objects.get(pk=job.pk).waiting_retry["rows"] == [str(row.pk)]


def test_jobs_that_are_retried_together_wait_when_there_is_no_room(browser, member):
    jobs = [make_job(member, status=JobStatus.FAILED) for _ in range(3)]
    chosen = {"job": [str(job.pk) for job in jobs]}
    question = browser.post("/jobs/bulk/retry", chosen)
    assert "the others wait for a place and start automatically" in question.text

    page = browser.post("/jobs/bulk/retry", {**chosen, "confirmed": "1"}, follow=True)

    assert [str(message) for message in page.context["messages"]] == [
        "1 job runs again.",
        "2 jobs wait for a place and start automatically.",
    ]
    assert Job.objects.in_line().count() == 2


# --- In line -----------------------------------------------------------------------------------


def test_the_page_of_a_job_that_waits_says_where_it_stands(browser, member, running):
    make_waiting(member)
    job = make_waiting(member)

    page = browser.get(url(job)).text

    assert "Waiting for a place: 2nd in line." in page
    assert "To change its documents or options, withdraw it first." in page
    assert "Withdraw</button>" in page
    assert url(job, "setup-select") not in page
    assert url(job, "start") not in page


def test_the_page_of_a_job_that_waits_follows_it_through_the_line(browser, member, running):
    first, job = make_waiting(member), make_waiting(member)
    poll = re.search(r'hx-get="([^"]+/live[^"]*)"', browser.get(url(job)).text)[1]
    poll = poll.replace("&amp;", "&")
    assert browser.get(poll).status_code == 204

    starts.withdraw(first, by=member)
    moved = browser.get(poll)
    assert moved.status_code == 200
    assert "1st in line" in moved.text
    Job.objects.filter(pk=running.pk).delete()
    serving.serve(job.organization_id)
    started = browser.get(poll)

    assert started.status_code == 200
    assert 'id="dialog-cancel"' in browser.get(url(job)).text
    assert "Queued" in started.text


def test_a_page_stops_asking_when_its_job_left_the_line_elsewhere(browser, member, running):
    job = make_waiting(member)
    starts.withdraw(job, by=member)

    answer = browser.get(f"{url(job, 'live')}?v=0")

    assert answer.status_code == 286
    assert "HX-Trigger" not in answer.headers
    assert "Draft" in answer.text


def test_what_a_job_needs_to_be_cancelled_is_there_before_it_starts(browser, member, running):
    """The buttons are swapped in when it starts; the question stays in the page."""
    assert 'id="dialog-cancel"' in browser.get(url(make_waiting(member))).text


def test_the_log_of_a_job_that_waits_goes_on(browser, member, running):
    job = make_waiting(member)
    last = make_log(job)

    assert browser.get(f"{url(job, 'log-tail')}?after={last.pk}").status_code == 204


def test_a_page_says_that_nobody_would_work_when_no_worker_runs(browser, member):
    assert "No worker is running." in browser.get(url(make_waiting(member))).text


def test_an_ended_job_whose_retry_waits_says_so_beside_its_results(browser, member, running):
    job = make_waiting(member, status=JobStatus.COMPLETED, rows=["COMPLETED", "FAILED"])

    page = browser.get(url(job)).text

    assert "Waiting for a place: 1st in line." in page
    assert "Withdraw</button>" in page
    assert "Download ZIP" in page
    assert "Retry" not in page
    assert "Convert it again" not in page


def test_a_job_that_waits_is_withdrawn_and_can_be_edited(browser, member, running):
    job = make_waiting(member)
    setup = browser.get(url(job, "setup-select"), follow=True)
    assert setup.redirect_chain == [(url(job), 302)]
    assert "Withdraw it to change its documents or options." in setup.text

    page = browser.post(url(job, "withdraw"), follow=True)

    assert "The job no longer waits for a place." in page.text
    assert browser.get(url(job, "setup-select")).status_code == 200


def test_nothing_typed_is_saved_into_a_job_that_waits(browser, member):
    answer = browser.post(
        url(make_waiting(member), "setup-configure"), {"autosave": "1"}, follow=True
    )

    assert answer.status_code == 409


def test_withdrawing_twice_says_that_it_does_not_wait(browser, member, running):
    job = make_waiting(member)
    browser.post(url(job, "withdraw"))

    assert "The job does not wait for a place." in browser.post(
        url(job, "withdraw"), follow=True
    ).text  # fmt: skip


# --- What failed at its turn ---------------------------------------------------------------------


def served(job):
    """`job` once its turn came and nobody stood for it."""
    job.waiting_by.delete()
    serving.serve(job.organization_id)
    job.refresh_from_db()
    assert job.error_message
    return job


@pytest.fixture
def leaver(org):
    return make_user(org, username="leaver", role=Role.ADMIN)


def test_a_draft_says_what_to_do_when_it_could_not_be_started_at_its_turn(browser, member, leaver):
    job = served(make_waiting(member, waiting_by=leaver))

    page = browser.get(url(job))

    assert job.error_message in page.text
    assert "Check its documents and options, then press Start again." in page.text
    assert browser.post(url(job, "start"), follow=True).context["not_started"] == ""


def test_an_ended_job_says_what_to_do_when_it_could_not_be_retried_at_its_turn(
    browser, member, leaver
):
    job = make_job(member, status=JobStatus.COMPLETED, rows=[C, F])
    Job.objects.filter(pk=job.pk).update(
        waiting_since=timezone.now(), waiting_by=leaver, waiting_retry={"rows": None, "options": {}}
    )
    job = served(Job.objects.get(pk=job.pk))

    page = browser.get(url(job))

    assert "The documents were not retried." in page.text
    assert job.error_message in page.text
    assert "Retry the documents, or clone the job to start over." in page.text
    # Whoever waits again, or succeeds, is told nothing of the time before.
    assert browser.post(url(job, "retry"), follow=True).context["not_started"] == ""


def test_a_reader_is_told_who_can_try_again_when_a_job_could_not_be_started(org, member, leaver):
    job = served(make_waiting(member, waiting_by=leaver))

    page = sign_in(make_user(org, role=Role.VIEWER)).get(url(job))

    assert "Its owner or an admin can try again." in page.text


def test_nothing_of_a_start_is_said_when_a_job_failed_by_itself(browser, member):
    job = make_job(member, status=JobStatus.FAILED, rows=[F], error_message="No document worked.")

    assert 'id="job-not-started"' not in browser.get(url(job)).text


# --- The list ----------------------------------------------------------------------------------


def test_the_list_tells_the_places_and_follows_them(browser, org, member, running):
    first, job = make_waiting(make_user(org)), make_waiting(member)  # the first is a colleague's
    page = browser.get("/jobs")
    assert "waiting for a place: 2nd in line" in page.text
    assert page.context["interval"] == 2
    poll = f"/jobs/live?{page.context['live_query']}"
    assert browser.get(poll).status_code == 204

    starts.withdraw(first, by=member)

    assert "waiting for a place: 1st in line" in browser.get(poll).text
    assert job.name in browser.get(poll).text


@pytest.mark.parametrize("length", [1, 20])
def test_a_list_with_jobs_that_wait_takes_one_query_more(
    browser, member, length, django_assert_num_queries
):
    for _ in range(length):
        make_waiting(member)
    live = browser.get("/jobs").context["live_query"]

    # As the list, and the places.
    with django_assert_num_queries(7):
        browser.get("/jobs")
    with django_assert_num_queries(7):
        assert browser.get(f"/jobs/live?{live}").status_code == 204


@pytest.mark.parametrize("length", [1, 20])
def test_the_page_of_a_job_that_waits_takes_nine_queries(
    browser, member, running, length, django_assert_num_queries
):
    job = [make_waiting(member, rows=length) for _ in range(length)][-1]
    page = browser.get(url(job))
    version = page.context["live_version"]

    # Session, user with organization, job with owner, its place, whether a worker lives; then sums
    # over its documents, the documents; active jobs and limit of the status bar.
    with django_assert_num_queries(9):
        browser.get(url(job))
    with django_assert_num_queries(5):
        assert browser.get(f"{url(job, 'live')}?v={version}").status_code == 204


def test_jobs_are_withdrawn_from_the_list_after_a_question(browser, member, running):
    jobs = [make_waiting(member), make_waiting(member), make_job(member)]
    chosen = {"job": [str(job.pk) for job in jobs]}
    assert f'formaction="{reverse("jobs:bulk", args=["withdraw"])}"' in browser.get("/jobs").text

    question = browser.post("/jobs/bulk/withdraw", chosen)
    assert "Withdraw 2 jobs?" in question.text
    assert "The job does not wait for a place." in question.text
    page = browser.post("/jobs/bulk/withdraw", {**chosen, "confirmed": "1"}, follow=True)

    assert "2 jobs were withdrawn." in page.text
    assert not Job.objects.in_line().exists()


def test_a_job_that_waits_is_not_offered_as_a_draft_to_go_on_with(browser, member):
    make_waiting(member, name="In line")

    assert "In line" not in browser.get("/jobs/new").text


def test_a_colleague_sees_no_job_that_waits_but_it_comes_first(org, member, running):
    make_waiting(member, name="Of a colleague")
    other = make_user(org)
    job = make_waiting(other)

    page = sign_in(other).get("/jobs").text

    assert "Of a colleague" not in page
    assert "waiting for a place: 2nd in line" in page
    assert line.place(job) == 2


# --- The limit ---------------------------------------------------------------------------------


def test_jobs_that_wait_start_when_an_admin_raises_the_limit(org, member, running):
    jobs = [make_waiting(member) for _ in range(3)]
    admin = sign_in(make_user(org, role=Role.ADMIN))
    form = admin.get("/settings-admin").context["form"]
    values = {name: value for name in form.fields if (value := form[name].value()) is not False}

    admin.post("/settings-admin", values | {"job_concurrency_limit": "3"})

    assert OrgSettings.objects.get(organization=org).concurrency_limit == 3
    statuses = [Job.objects.get(pk=job.pk).status for job in jobs]
    assert statuses == ["QUEUED", "QUEUED", "PENDING"]
