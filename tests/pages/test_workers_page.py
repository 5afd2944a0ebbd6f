"""Admin settings, Workers: who works on what, and what waits for what."""

from datetime import timedelta

import pytest
from django.utils import timezone

from jobs.models import DocumentStatus, JobStatus, Worker
from orgsettings.models import Role
from tests.factories import make_document, make_job, make_row, make_user, make_worker
from tests.pages.conftest import sign_in

PAGE = "/settings-admin/workers"


@pytest.fixture
def admin(org):
    return make_user(org, role=Role.ADMIN)


@pytest.fixture
def browser(admin):
    return sign_in(admin)


def held(user, worker, filename):
    """A document that `worker` converts now."""
    job = make_job(user, status=JobStatus.RUNNING, rows=["PENDING"])
    document = make_document(user, filename=filename)
    make_row(job, status=DocumentStatus.RUNNING, document=document, worker=worker)
    type(job).objects.filter(pk=job.pk).update(total_documents=2)
    return job


def test_own_documents_are_named_and_others_are_not(browser, admin):
    held(admin, make_worker(), "own.txt")
    elsewhere = held(make_user(), make_worker(), "secret.txt")

    page = browser.get(PAGE).text

    assert "own.txt" in page
    assert "another organization’s document" in page
    assert "secret.txt" not in page
    assert str(elsewhere.pk) not in page
    assert elsewhere.name not in page


def test_a_worker_without_a_document_is_idle_and_one_without_a_sign_of_life_is_silent(browser):
    make_worker()
    make_worker(last_seen_at=timezone.now() - timedelta(hours=1))

    page = browser.get(PAGE)

    assert page.context["workforce"].alive == 1
    assert ("Idle" in page.text, "Silent" in page.text) == (True, True)


def test_without_a_worker_the_page_says_what_to_do(browser, admin):
    make_job(admin, status=JobStatus.QUEUED, rows=3)

    page = browser.get(PAGE)

    assert "No worker is running" in page.text
    assert "manage.py worker" in page.text
    assert page.context["workforce"].jobs[0].why.startswith("No worker is running.")


def test_the_queue_counts_own_documents_and_those_of_others(browser, admin):
    make_worker()
    make_job(admin, status=JobStatus.QUEUED, rows=3)
    make_job(make_user(), status=JobStatus.QUEUED, rows=5)
    held(make_user(), Worker.objects.get(), "a.txt")

    found = browser.get(PAGE).context["workforce"]

    assert (found.waiting, found.waiting_elsewhere) == (3, 6)
    assert "busy with 1 document of other jobs" in found.jobs[0].why


@pytest.mark.parametrize("length", [1, 9])
def test_the_page_asks_eleven_questions_when_a_job_waits(org, django_assert_num_queries, length):
    org.settings.job_concurrency_limit = 10
    org.settings.save()
    admin = make_user(org, role=Role.ADMIN)
    for number in range(length):
        held(admin, make_worker(), f"{number}.txt")
    make_job(admin, status=JobStatus.QUEUED)
    browser = sign_in(admin)

    # session; user; workers; what they hold; active jobs; held by job; workers alive; all running;
    # waiting elsewhere; capacity (2)
    with django_assert_num_queries(11):
        browser.get(PAGE)


def test_the_live_part_sends_nothing_until_something_changed(browser, admin):
    worker = make_worker(last_seen_at=timezone.now().replace(second=10, microsecond=0))
    live = f"{PAGE}/live?v={browser.get(PAGE).context['workforce'].version}"
    Worker.objects.update(last_seen_at=worker.last_seen_at + timedelta(seconds=5))
    assert browser.get(live).status_code == 204

    held(admin, worker, "new.txt")

    answer = browser.get(live)
    assert answer.status_code == 200
    assert "new.txt" in answer.text
    assert "<html" not in answer.text
