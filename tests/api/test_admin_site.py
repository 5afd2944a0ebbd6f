"""The admin site: everything can be looked at, nothing can be broken."""

import pytest
from django.contrib import admin

from documents.models import Discard, Document, StoredFile
from jobs.models import Job, JobDocument, JobLog, JobStatus, ResultVersion, Worker
from jobs.review import edits
from orgsettings import changes
from orgsettings.models import (
    ApiToken,
    Invitation,
    Membership,
    Organization,
    Role,
    SettingsChange,
    User,
)
from tests.factories import (
    PASSWORD,
    make_document,
    make_invitation,
    make_job,
    make_log,
    make_org,
    make_row,
    make_token,
    make_user,
    make_worker,
)

pytestmark = pytest.mark.django_db

READ_ONLY = [
    ApiToken, Discard, Document, Invitation, Job, JobDocument, JobLog, Membership, ResultVersion,
    SettingsChange, StoredFile, Worker,
]  # fmt: skip
OWN = [Organization, User, *READ_ONLY]


@pytest.fixture
def site(client):
    client.force_login(User.objects.create_superuser("root", password=PASSWORD))
    return client


@pytest.fixture
def job():
    job = make_job(status=JobStatus.RUNNING, rows=["COMPLETED", "PENDING"])
    edits.save(job.job_documents.completed().get(), "# Edited\n", job.user)
    changes.save(job.organization, job.user, {"job_concurrency_limit": 5})
    make_log(job, job_document=job.job_documents.first())
    make_token(job.user)
    make_worker()
    make_invitation()
    Discard.objects.create(name="results/lost.md")
    return job


def address(model, row=None):
    base = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
    return f"{base}{row.pk}/change/" if row else base


@pytest.mark.parametrize("model", OWN)
def test_every_model_can_be_listed_searched_and_looked_at(site, job, model):
    row = model.objects.first()

    assert site.get(address(model)).status_code == 200
    if admin.site.get_model_admin(model).search_fields:
        assert site.get(f"{address(model)}?q=a").status_code == 200
    assert site.get(address(model, row)).status_code == 200


@pytest.mark.parametrize("model", READ_ONLY)
def test_what_the_life_cycle_owns_cannot_be_added_changed_or_deleted(site, job, model):
    row = model.objects.first()

    assert site.get(f"{address(model)}add/").status_code == 403
    assert site.post(address(model, row), {"status": "COMPLETED"}).status_code == 403
    assert site.post(f"{address(model)}{row.pk}/delete/", {"post": "yes"}).status_code == 403


def test_the_hash_of_a_token_is_not_shown(site, job):
    token = ApiToken.objects.get()

    assert token.key_hash not in site.get(address(ApiToken, token)).content.decode()


def test_jobs_are_cancelled_by_the_verb_of_the_product(site):
    waiting, ended = make_job(status=JobStatus.QUEUED), make_job(status=JobStatus.COMPLETED)

    page = site.post(
        address(Job),
        {"action": "cancel", "_selected_action": [waiting.pk, ended.pk]},
        follow=True,
    )

    waiting.refresh_from_db()
    assert waiting.status == JobStatus.CANCELLED
    assert waiting.logs.filter(event="job.cancelled").exists()
    assert "cannot be cancelled" in page.content.decode()


def test_failed_documents_are_retried_by_the_verb_of_the_product(site):
    failed, ended = make_job(status=JobStatus.FAILED), make_job(status=JobStatus.COMPLETED)

    page = site.post(
        address(Job),
        {"action": "retry", "_selected_action": [failed.pk, ended.pk]},
        follow=True,
    )

    failed.refresh_from_db()
    assert failed.status == JobStatus.QUEUED
    assert failed.logs.get(event="job.retried").metadata["by"] == "root"
    assert "no failed or cancelled document" in page.text


def test_a_retry_past_the_limit_is_refused_in_words(site):
    user = make_user(make_org(limit=1))
    make_job(user, status=JobStatus.RUNNING)
    failed = make_job(user, status=JobStatus.FAILED)

    page = site.post(
        address(Job), {"action": "retry", "_selected_action": [failed.pk]}, follow=True
    )

    failed.refresh_from_db()
    assert failed.status == JobStatus.FAILED
    assert "Concurrency limit reached" in page.text


@pytest.mark.parametrize("action", ["cancel", "retry"])
def test_an_action_on_too_many_jobs_does_nothing(site, monkeypatch, action):
    monkeypatch.setattr("jobs.admin.LARGEST_SELECTION", 1)
    jobs = [make_job(status=status) for status in (JobStatus.QUEUED, JobStatus.FAILED)]

    page = site.post(
        address(Job), {"action": action, "_selected_action": [job.pk for job in jobs]}, follow=True
    )

    assert "Choose at most 1 jobs at once. Nothing was changed." in page.text
    assert set(Job.objects.values_list("status", flat=True)) == {"QUEUED", "FAILED"}


def test_a_job_is_found_by_name_file_owner_and_id(site):
    owner = make_user(username="frida")
    wanted = make_job(owner, name="Harbour", rows=0)
    rows = [
        make_row(wanted, document=make_document(owner, filename=name))
        for name in ("a.txt", "quay plan.pdf")
    ]
    make_job(name="Other")

    for words in ("harbour", "quay plan", "frida", str(wanted.pk), wanted.pk.hex, rows[0].pk):
        found = site.get(address(Job), {"q": words}).context["cl"].result_list
        assert list(found) == [wanted], words


def test_a_job_leads_to_its_documents_its_log_and_its_page(site, job):
    page = site.get(address(Job, job)).text

    for model in (JobDocument, JobLog):
        link = f"{address(model)}?job__id__exact={job.pk}"
        assert link in page
        assert {row.job_id for row in site.get(link).context["cl"].result_list} == {job.pk}
    assert f'href="/jobs/{job.pk}"' in page


@pytest.mark.parametrize("model", OWN)
def test_a_list_asks_as_often_for_one_row_as_for_many(site, model, django_assert_max_num_queries):
    def fill():
        job = make_job(status=JobStatus.RUNNING, rows=["COMPLETED", "PENDING"])
        edits.save(job.job_documents.completed().get(), "# Edited\n", job.user)
        changes.save(job.organization, job.user, {"job_concurrency_limit": 5})
        make_log(job, job_document=job.job_documents.first())
        make_token(job.user)
        make_worker(host="one")
        make_invitation()
        Discard.objects.create(name="results/lost.md")

    for _ in range(8):
        fill()

    # session; user; count; rows; range of dates; their months; choices of up to two filters
    with django_assert_max_num_queries(9):
        assert site.get(address(model)).status_code == 200


def test_settings_changed_here_are_checked_and_logged(site):
    org = make_org(limit=3)
    form = {"name": org.name, "slug": org.slug, "is_active": "on"}
    form |= {"settings-TOTAL_FORMS": "1", "settings-INITIAL_FORMS": "1"}
    form |= {"settings-0-organization": org.pk, "memberships-TOTAL_FORMS": "0"}
    form |= {"memberships-INITIAL_FORMS": "0", "settings-0-job_retention_days": "90"}
    form |= {"settings-0-members_see": "own"}

    refused = site.post(address(Organization, org), form | {"settings-0-job_concurrency_limit": 99})
    saved = site.post(address(Organization, org), form | {"settings-0-job_concurrency_limit": 7})

    assert (refused.status_code, saved.status_code) == (200, 302)
    change = SettingsChange.objects.get()
    assert change.user.username == "root"
    assert change.after == {"job_concurrency_limit": 7, "job_retention_days": 90}
    org.settings.refresh_from_db()
    assert org.settings.job_concurrency_limit == 7


def test_invitations_are_revoked_and_their_secret_is_not_shown(site):
    invitation, _ = make_invitation()
    assert invitation.secret_hash not in site.get(address(Invitation, invitation)).text

    site.post(address(Invitation), {"action": "revoke", "_selected_action": [invitation.pk]})

    invitation.refresh_from_db()
    assert invitation.revoked_at is not None


def test_tokens_are_revoked(site):
    token, _ = make_token()

    site.post(address(ApiToken), {"action": "revoke", "_selected_action": [token.pk]})

    token.refresh_from_db()
    assert token.revoked_at is not None


def test_a_new_organization_gets_its_settings(site):
    user = make_user()
    form = {"name": "Harbour", "slug": "harbour", "is_active": "on"}
    for prefix in ("settings", "memberships"):
        form |= {f"{prefix}-TOTAL_FORMS": "0", f"{prefix}-INITIAL_FORMS": "0"}

    answer = site.post(f"{address(Organization)}add/", form)

    assert answer.status_code == 302
    assert Organization.objects.get(name="Harbour").settings.concurrency_limit == 3
    assert user.membership.organization.name != "Harbour"


def test_the_role_of_a_person_is_changed(site):
    user = make_user(role=Role.MEMBER)
    page = site.get(address(User, user))
    form = page.context["adminform"].form.initial | {"date_joined_0": "2026-01-01"}
    form = {name: value for name, value in form.items() if value not in (None, [])}
    form |= {
        "date_joined_1": "12:00:00",
        "membership-TOTAL_FORMS": "1",
        "membership-INITIAL_FORMS": "1",
        "membership-0-id": user.membership.pk,
        "membership-0-user": user.pk,
        "membership-0-organization": user.membership.organization_id,
        "membership-0-role": "admin",
    }

    assert site.post(address(User, user), form).status_code == 302

    assert Membership.objects.get(user=user).role == Role.ADMIN
    change = SettingsChange.objects.get()
    assert (change.subject, change.after) == (user.username, {"role": "admin"})


def test_an_organization_is_not_deleted(site, job):
    answer = site.post(f"{address(Organization)}{job.organization_id}/delete/", {"post": "yes"})

    assert answer.status_code == 403
    assert Organization.objects.filter(pk=job.organization_id).exists()
