"""Create New Job: the last look, the start, and the trial before it."""

import re

import pytest
from django.utils import timezone

from jobs import drafts, starts
from jobs.models import Job, JobStatus
from tests.factories import make_document, make_job, make_org, make_user
from tests.pages.conftest import sign_in
from tests.pages.wizard import url

pytestmark = pytest.mark.django_db


def test_at_the_limit_the_review_explains_and_keeps_what_was_entered():
    member = make_user(make_org(limit=1))
    make_job(member, status=JobStatus.RUNNING)
    job = make_job(member)
    client = sign_in(member)
    assert "1 of 1 jobs of your organization are active" in client.get(url(job, "review")).text

    entered = {"name": "Kept", "description": "Kept, too", "start": "1"}
    page = client.post(url(job, "review"), entered)

    assert page.status_code == 409
    assert "Concurrency limit reached (1/1 active jobs)" in page.text
    assert 'value="Kept"' in page.text
    job.refresh_from_db()
    assert (job.status, job.name, job.description) == ("PENDING", "Kept", "Kept, too")


def test_a_draft_can_be_saved_for_later(browser, member):
    job = make_job(member)

    page = browser.post(url(job, "review"), {"name": "Later", "save": "1"}, follow=True)

    job.refresh_from_db()
    assert (job.status, job.name) == ("PENDING", "Later")
    assert "The draft was saved." in page.text


def test_a_job_needs_a_name(browser, member):
    job = make_job(member)

    page = browser.post(url(job, "review"), {"name": " ", "description": "x", "start": "1"})

    assert page.status_code == 422
    assert "Give the job a name" in page.text
    assert page.context["form"]["description"].value() == "x"


def test_a_draft_without_documents_cannot_be_started(browser, member):
    job = make_job(member, rows=0)

    page = browser.post(url(job, "review"), {"name": "Empty", "start": "1"})

    assert page.status_code == 409
    assert "The job has no documents." in page.text


def test_name_and_description_are_kept_while_they_are_entered(browser, member):
    job = make_job(member)

    answer = browser.post(url(job, "review"), {"name": "Half a na", "autosave": "1"})

    assert answer.status_code == 204
    assert 'value="Half a na"' in browser.get(url(job, "review")).text


def test_a_second_press_of_the_button_does_not_start_the_job_twice(browser, member, monkeypatch):
    job = make_job(member)
    rename = drafts.rename

    def rename_while_the_first_press_starts_it(draft, **fields):
        rename(draft, **fields)
        starts.start(Job.objects.get(pk=draft.pk), by=member)

    monkeypatch.setattr(drafts, "rename", rename_while_the_first_press_starts_it)
    second = browser.post(url(job, "review"), {"name": "Once", "start": "1"}, follow=True)

    assert second.redirect_chain == [(f"/jobs/{job.pk}", 302)]
    assert "This job was started already" in second.text
    assert job.logs.filter(event="job.queued").count() == 1


def test_what_is_kept_too_late_changes_nothing_and_says_nothing(browser, member):
    job = make_job(member, status=JobStatus.QUEUED, name="Started")

    answer = browser.post(url(job, "review"), {"name": "Too late", "autosave": "1"})

    assert answer.status_code == 409
    job.refresh_from_db()
    assert job.name == "Started"
    assert "This job was started already" not in browser.get("/jobs").text


@pytest.mark.parametrize("target", ["//evil.example", "detail", ""])
def test_only_the_names_of_steps_are_followed(browser, member, target):
    job = make_job(member)

    answer = browser.post(url(job, "review"), {"name": "x", "go": target})

    assert answer.url == url(job, "configure")


def test_the_suggested_name_follows_the_documents_until_somebody_chooses_one(member):
    job = drafts.create(
        member.membership.organization, member, documents=[make_document(member, filename="a.txt")]
    )
    assert drafts.suggested_name(job) == "a.txt"

    drafts.add_documents(job, [make_document(member), make_document(member)])
    assert drafts.suggested_name(job).startswith("Batch 3 files - ")

    drafts.rename(job, name="Mine", description="")
    assert drafts.suggested_name(job) == "Mine"


def test_a_draft_is_named_by_day_and_number_while_documents_come_and_go(member):
    job = drafts.create(member.membership.organization, member)
    assert re.fullmatch(r"Draft - \d{4}-\d\d-\d\d", job.name)

    drafts.add_documents(job, [make_document(member, filename="a.txt")])
    assert job.name == "a.txt"
    drafts.add_documents(job, [make_document(member), make_document(member)])
    assert re.fullmatch(r"Batch 3 files - \d{4}-\d\d-\d\d", job.name)
    drafts.remove_document(job, job.job_documents.get(filename="a.txt").pk)
    assert job.name.startswith("Batch 2 files - ")

    drafts.rename(job, name="Mine", description="")
    drafts.add_documents(job, [make_document(member)])
    assert job.name == "Mine"


@pytest.mark.parametrize("step", ["select", "configure", "review", "remove"])
def test_a_started_job_is_not_set_up_again(browser, member, step):
    job = make_job(member, status=JobStatus.RUNNING)

    page = browser.post(url(job, step), {"name": "x", "start": "1"}, follow=True)

    assert page.redirect_chain == [(f"/jobs/{job.pk}", 302)]
    assert "This job was started already" in page.text


# --- Trial -----------------------------------------------------------------------------------


def test_a_trial_is_started_and_leads_back_to_its_draft(browser, member):
    job = make_job(member, rows=5)
    assert "Try on 3 files" in browser.get(url(job, "review")).text

    page = browser.post(url(job, "review"), {"name": "Letters", "try": "1"}, follow=True)

    assert "These files show what the options of “Letters” produce." in page.text
    trial = Job.objects.get(trial_of=job)
    Job.objects.filter(pk=trial.pk).update(
        status=JobStatus.FAILED, failed_documents=3, completed_at=timezone.now()
    )
    ended = browser.get(f"/jobs/{trial.pk}").text
    assert f'action="/jobs/{job.pk}/start"' in ended
    assert f'href="{url(job, "configure")}"' in ended


def test_no_trial_is_offered_for_three_files_or_fewer(browser, member):
    job = make_job(member, rows=3)

    assert "Try on 3 files" not in browser.get(url(job, "review")).text


def test_no_trial_is_started_at_the_limit(browser, member):
    for _ in range(3):
        make_job(member, status=JobStatus.RUNNING)
    job = make_job(member, rows=5)

    page = browser.post(url(job, "review"), {"name": "Letters", "try": "1"})

    assert page.status_code == 409
    assert "Concurrency limit reached" in page.text
    assert not Job.objects.filter(trial_of=job).exists()
