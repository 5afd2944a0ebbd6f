"""The admin site: everything can be looked at, nothing can be broken."""

import pytest
from django.contrib import admin

from documents.models import Discard, Document
from jobs import edits
from jobs.models import Job, JobDocument, JobLog, JobStatus, ResultVersion, Worker
from orgsettings import changes
from orgsettings.models import (
    ApiToken,
    Membership,
    Organization,
    Role,
    SettingsChange,
    User,
)
from tests.factories import PASSWORD, make_job, make_log, make_token, make_user, make_worker

pytestmark = pytest.mark.django_db

READ_ONLY = [
    ApiToken, Discard, Document, Job, JobDocument, JobLog, ResultVersion, SettingsChange, Worker,
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


def test_an_organization_is_not_deleted(site, job):
    answer = site.post(f"{address(Organization)}{job.organization_id}/delete/", {"post": "yes"})

    assert answer.status_code == 403
    assert Organization.objects.filter(pk=job.organization_id).exists()
