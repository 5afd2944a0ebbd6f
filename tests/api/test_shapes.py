"""The members that clients rely on: all there, under these names, also when there is no value.

More may be added; none of these is renamed or taken away within version 1.
"""

import pytest

from jobs.models import JobStatus
from orgsettings.models import Role
from tests.factories import (
    PASSWORD,
    make_api_client,
    make_document,
    make_job,
    make_log,
    make_org,
    make_row,
    make_user,
)

pytestmark = pytest.mark.django_db

API = "/api/v1"

PAGE = "total page page_size total_pages next previous"
DOCUMENT = (
    "id filename path file_size media_type sha256 source created_at uploaded_by latest_result"
)
JOB = (
    "id organization_id user_id name description status outcome total_documents"
    " completed_documents failed_documents cancelled_documents progress_percent review"
    " error_message created_at queued_at started_at completed_at cancelled_at expires_at version"
)
JOB_DETAIL = (
    f"{JOB} document_counts processing_options documents recent_logs cancellation results_summary"
)
JOB_DOCUMENT = (
    "id document_id filename path file_size status attempts engine page_count conversion_score"
    " quality_scores is_rag_ready error_code error_message created_at started_at completed_at"
    " processing_time_seconds review reviewed_by reviewed_at"
)
LOG = "id timestamp level message document_id metadata"
RECEIPT = (
    "job_id status tasks_revoked tasks_verified_stopped verification_timeout cancelled_at"
    " requested_at message"
)
USER_NUMBERS = "active_jobs total_jobs_24h total_jobs_7d completed_jobs_24h failed_jobs_24h"
EARLIER_NUMBERS = "queued_jobs total_jobs completed_jobs failed_jobs cancelled_jobs"
NUMBERS = (
    f"{USER_NUMBERS} concurrency_limit total_jobs_30d avg_processing_time_minutes"
    " success_rate_7d storage_usage_bytes organization_id total_documents_processed"
)
ORGANIZATION = "id name display_name slug is_active settings created_at updated_at"
SETTINGS = "job_concurrency_limit job_retention_days default_processing_options"
KEY = "id name prefix is_active created_at last_used_at expires_at"
LOGIN = "access_token token_type expires_in"
FORMATS = "supported_extensions max_file_size"
OPTIONS = "quality_thresholds ocr_settings processing_settings auto_optimize extraction_engine"


@pytest.fixture
def admin():
    return make_user(make_org(), role=Role.ADMIN)


@pytest.fixture
def api(admin):
    return make_api_client(admin)


def missing(told, *members):
    return set(" ".join(members).split()) - set(told)


@pytest.mark.parametrize("status", JobStatus.values)
def test_a_job_has_its_members_in_every_state(api, admin, status):
    job = make_job(admin, status=status)
    make_log(job)

    listed = api.get(f"{API}/jobs").json()
    detail = api.get(f"{API}/jobs/{job.pk}").json()

    assert missing(listed, PAGE, "jobs") == set()
    assert missing(listed["jobs"][0], JOB) == set()
    assert missing(detail, JOB_DETAIL) == set()
    assert missing(detail["documents"][0], JOB_DOCUMENT) == set()
    assert missing(detail["recent_logs"][0], LOG) == set()


@pytest.mark.parametrize("status", ["PENDING", "RUNNING", "COMPLETED", "FAILED", "CANCELLED"])
def test_a_document_of_a_job_has_its_members_in_every_state(api, admin, status):
    job = make_job(admin, rows=0)
    row = make_row(job, status=status)
    make_log(job, job_document=row)

    documents = api.get(f"{API}/jobs/{job.pk}/documents").json()
    logs = api.get(f"{API}/jobs/{job.pk}/logs").json()

    assert missing(documents, PAGE, "documents") == missing(logs, PAGE, "logs") == set()
    assert missing(documents["documents"][0], JOB_DOCUMENT) == set()
    assert missing(logs["logs"][0], LOG) == set()


def test_the_answers_to_actions_have_their_members(api, admin):
    draft = make_job(admin)
    failed = make_job(admin, status=JobStatus.FAILED)

    assert missing(api.post(f"{API}/jobs/{draft.pk}/start").json(), JOB) == set()
    assert missing(api.post(f"{API}/jobs/{draft.pk}/cancel").json(), RECEIPT) == set()
    assert missing(api.post(f"{API}/jobs/{failed.pk}/retry").json(), JOB) == set()
    renamed = api.patch(f"{API}/jobs/{draft.pk}", {"name": "New"}, format="json")
    assert missing(renamed.json(), JOB) == set()


def test_a_document_has_its_members(api, admin):
    document = make_document(admin)

    listed = api.get(f"{API}/documents").json()

    assert missing(listed, PAGE, "documents") == set()
    assert missing(listed["documents"][0], DOCUMENT) == set()
    assert missing(api.get(f"{API}/documents/{document.pk}").json(), DOCUMENT) == set()


@pytest.mark.parametrize(
    ("path", "members"),
    [
        ("jobs/stats/user", f"{USER_NUMBERS} {EARLIER_NUMBERS} user_id"),
        ("jobs/stats/organization", f"{NUMBERS} {EARLIER_NUMBERS}"),
        ("organizations/me", ORGANIZATION),
        ("organizations/me/settings", f"{SETTINGS} settings"),
        ("api-keys", f"{PAGE} keys"),
        ("config/supported-formats", FORMATS),
        ("config/defaults", OPTIONS),
        ("documents/uploaded", "files count"),
        ("documents/batch", "files count"),
    ],
)
def test_every_other_answer_has_its_members(api, path, members):
    assert missing(api.get(f"{API}/{path}").json(), members) == set()


def test_a_token_has_its_members(api):
    (key,) = api.get(f"{API}/api-keys").json()["keys"]

    assert missing(key, KEY) == set()


def test_the_answer_to_a_sign_in_has_its_members(client, admin):
    body = {"email_or_username": admin.username, "password": PASSWORD}

    told = client.post(f"{API}/auth/login", body, content_type="application/json").json()

    assert missing(told, LOGIN) == set()
