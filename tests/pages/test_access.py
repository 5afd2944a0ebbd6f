"""Who may open which page."""

import pytest
from django.test import Client
from django.urls import reverse

from jobs.models import JobStatus
from orgsettings.models import Role, User
from tests.factories import PASSWORD, make_job, make_user
from tests.pages.conftest import sign_in

OWN_PAGES = ["/jobs", "/jobs/live", "/jobs/active", "/documents", "/settings"]
JOB_PAGES = [
    "jobs:detail",
    "jobs:live",
    "jobs:log-tail",
    "jobs:log-download",
    "jobs:log-lines",
    "jobs:chunks",
]
DRAFT_PAGES = ["jobs:setup-select", "jobs:setup-configure", "jobs:setup-review"]
JOB_BUTTONS = ["jobs:start", "jobs:cancel", "jobs:retry", "jobs:delete", "jobs:setup-remove"]

pytestmark = pytest.mark.django_db


def job_urls(job, names):
    return [reverse(name, args=[job.pk]) for name in names]


def test_the_start_page_leads_to_the_jobs():
    assert Client().get("/").url == "/jobs"


def test_every_page_asks_strangers_to_sign_in_and_comes_back():
    job = make_job(status=JobStatus.RUNNING)

    for url in [*OWN_PAGES, "/jobs/new", *job_urls(job, JOB_PAGES + DRAFT_PAGES)]:
        assert Client().get(url).url == f"/login?next={url}"


def test_who_sends_a_form_after_the_session_ended_comes_back_to_its_page():
    job = make_job()
    client = Client()

    def answer(referer):
        return client.post(f"/jobs/{job.pk}/start", headers={"Referer": referer}).url

    assert answer("http://testserver/jobs?status=failed") == "/login?next=/jobs%3Fstatus%3Dfailed"
    assert answer("http://evil.example/jobs") == "/login?next=/"
    assert answer("") == "/login?next=/"


def test_every_button_asks_strangers_to_sign_in():
    job = make_job()

    for url in job_urls(job, JOB_BUTTONS):
        assert Client().post(url).url.startswith("/login")
    job.refresh_from_db()
    assert job.is_draft


def test_a_poll_after_the_session_ended_sends_the_whole_page_to_sign_in():
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/jobs?status=running"}

    answer = Client().get("/jobs/live", headers=headers)

    assert answer.status_code == 200
    assert answer["HX-Redirect"] == "/login?next=/jobs%3Fstatus%3Drunning"
    assert not answer.content


def test_a_person_without_an_organization_is_told_what_to_do():
    client = sign_in(User.objects.create_user("loner", password=PASSWORD))

    for url in [*OWN_PAGES, "/jobs/new"]:
        page = client.get(url)
        assert page.status_code == 403
        assert "You do not belong to an organization yet" in page.text


@pytest.mark.parametrize("role", [Role.ADMIN, Role.MEMBER, Role.VIEWER])
def test_every_role_may_open_the_pages_of_its_organization(org, role):
    client = sign_in(make_user(org, role=role))

    assert [client.get(url).status_code for url in OWN_PAGES] == [200] * len(OWN_PAGES)


@pytest.mark.parametrize("role", [Role.ADMIN, Role.VIEWER])
def test_admins_and_viewers_may_open_the_jobs_of_others(org, member, role):
    job = make_job(member, status=JobStatus.RUNNING)
    client = sign_in(make_user(org, role=role))

    assert {client.get(url).status_code for url in job_urls(job, JOB_PAGES)} <= {200, 204}
    assert job.name in client.get("/jobs").text


def test_a_members_job_is_refused_to_other_members(org, member):
    job = make_job(member)
    client = sign_in(make_user(org))

    for url in job_urls(job, JOB_PAGES + DRAFT_PAGES):
        assert client.get(url).status_code == 403
    assert job.name not in client.get("/jobs").text


def test_a_job_of_another_organization_does_not_exist(browser):
    job = make_job(make_user(role=Role.ADMIN))

    for url in job_urls(job, JOB_PAGES + DRAFT_PAGES):
        assert browser.get(url).status_code == 404
    for url in job_urls(job, JOB_BUTTONS):
        assert browser.post(url).status_code == 404


def test_a_viewer_finds_no_buttons_and_is_refused_without_them(org, member):
    draft = make_job(member)
    running = make_job(member, status=JobStatus.RUNNING)
    client = sign_in(make_user(org, role=Role.VIEWER))

    assert "Create New Job" not in client.get("/jobs").text
    assert "Start" not in client.get(f"/jobs/{draft.pk}").text
    assert "dialog-cancel" not in client.get(f"/jobs/{running.pk}").text
    assert client.get("/jobs/new").status_code == 403
    for url in [*job_urls(draft, JOB_BUTTONS), *job_urls(running, JOB_BUTTONS)]:
        assert client.post(url).status_code == 403


def test_only_an_admin_may_delete_a_job_that_ran(org, member):
    job = make_job(member, status=JobStatus.COMPLETED)
    admin = sign_in(make_user(org, role=Role.ADMIN))

    assert sign_in(member).post(f"/jobs/{job.pk}/delete").status_code == 403
    assert "dialog-delete" not in sign_in(member).get(f"/jobs/{job.pk}").text
    assert "dialog-delete" in admin.get(f"/jobs/{job.pk}").text
    assert admin.post(f"/jobs/{job.pk}/delete").url == "/jobs"
    assert admin.get(f"/jobs/{job.pk}").status_code == 404


def test_a_button_cannot_be_pressed_by_a_link(browser, member):
    job = make_job(member)

    assert {browser.get(url).status_code for url in job_urls(job, JOB_BUTTONS)} == {405}


def test_an_unknown_address_answers_in_the_products_look(browser):
    page = browser.get("/nothing-here")

    assert page.status_code == 404
    assert "Page not found" in page.text
    assert "curatore.css" in page.text


def test_a_fault_answers_in_the_products_look(browser, monkeypatch):
    browser.raise_request_exception = False
    monkeypatch.setattr("jobs.listing.listing.read", lambda *given: 1 / 0)

    page = browser.get("/jobs")

    assert page.status_code == 500
    assert "Something went wrong on the server" in page.text
    assert "ZeroDivisionError" not in page.text


def test_a_form_without_its_token_is_refused_in_the_products_look(member):
    client = Client(enforce_csrf_checks=True)
    client.force_login(member)

    page = client.post("/settings/profile", {"first_name": "Eve"})

    assert page.status_code == 403
    assert "This form has expired" in page.text


@pytest.mark.parametrize(("mode", "times"), [("available", 1), ("redirect", 0), ("removed", 0)])
def test_the_process_page_is_in_the_navigation_as_long_as_it_is_there(
    browser, settings, mode, times
):
    settings.PROCESS_PAGE_MODE = mode

    page = browser.get("/jobs").text

    assert page.count("data-process\n") == times
    assert ("Go to Process (deprecated)" in page) is bool(times)
