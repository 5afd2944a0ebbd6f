"""How many pages a draft has and how long it will take, told only when that is honest."""

import pytest
from django.utils import timezone

from documents.models import StoredFile
from jobs.detail.forecasts import forecast
from jobs.models import JobDocument, JobStatus
from tests.factories import (
    make_api_client,
    make_document,
    make_job,
    make_org,
    make_row,
    make_user,
    make_worker,
)

pytestmark = pytest.mark.django_db

PDF = "application/pdf"


@pytest.fixture
def user():
    return make_user()


def measured(user, *, count=3, pages=10, seconds=20.0, media_type=PDF):
    """Documents that were converted lately."""
    job = make_job(user, status=JobStatus.COMPLETED, rows=count)
    JobDocument.objects.filter(job=job).update(
        media_type=media_type, page_count=pages, processing_time_seconds=seconds
    )


def draft_of(user, *pages, media_type=PDF):
    job = make_job(user, rows=0, total_documents=len(pages))
    for number in pages:
        document = make_document(user, media_type=media_type)
        StoredFile.objects.filter(pk=document.stored_id).update(page_count=number)
        make_row(job, document=document)
    return job


def of(job):
    return forecast(job, timezone.now())


def test_a_draft_takes_as_long_as_its_pages_took_lately_shared_by_the_workers(user):
    measured(user)
    make_worker(), make_worker()

    found = of(draft_of(user, 100, 114))

    assert found.pages == 214
    assert (found.time.shortest, found.time.longest) == pytest.approx((214 * 0.85, 214 * 1.15))


def test_nothing_is_told_of_time_when_nothing_of_the_kind_was_measured(user):
    make_worker()
    measured(user, count=2)
    measured(make_user(), count=9)  # another organization

    assert of(draft_of(user, 3)).time is None


def test_nothing_is_told_of_time_when_no_worker_lives(user):
    measured(user)

    assert of(draft_of(user, 3)).time is None


def test_the_pages_are_not_told_when_those_of_one_document_are_unknown(user):
    assert of(draft_of(user, 3, None)).pages is None
    assert of(draft_of(user, None, media_type="text/plain")).pages is None


def test_documents_without_pages_are_told_by_their_number_and_size(user):
    make_worker()
    measured(user, pages=None, media_type="text/plain")

    assert of(draft_of(user, None, media_type="text/plain")).time.shortest > 0


def test_nothing_is_told_when_number_and_size_say_quite_different_things(user):
    make_worker()
    measured(user, pages=None, media_type="text/plain")
    job = draft_of(user, None, media_type="text/plain")
    JobDocument.objects.filter(job=job).update(file_size=10_000_000)

    assert of(job).time is None


def test_the_api_tells_the_estimate_of_a_draft_and_of_no_ended_job(user):
    measured(user)
    make_worker()
    api = make_api_client(user)

    told = api.get(f"/api/v1/jobs/{draft_of(user, 9).pk}").json()["estimate"]
    ended = api.get(f"/api/v1/jobs/{make_job(user, status=JobStatus.COMPLETED).pk}").json()

    assert told["pages"] == 9
    assert told["shortest_seconds"] < 18 < told["longest_seconds"]
    assert ended["estimate"] is None


def test_an_organization_without_jobs_learns_nothing():
    user = make_user(make_org())

    assert (of(draft_of(user, 1)).pages, of(draft_of(user, 1)).time) == (1, None)
