"""How many pages a draft has and how long it will take, told only when that is honest."""

import pytest
from django.utils import timezone

from documents.models import StoredFile
from jobs import drafts, reuse
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


def reusing(user, job, *, count):
    """`job` wants earlier results, and this many of its documents have one that fits."""
    earlier = make_job(user, rows=0)
    for row in job.job_documents.order_by("position")[:count]:
        make_row(earlier, document=row.document, status="COMPLETED")
    recipe = reuse.recipe_of(job.options)
    JobDocument.objects.filter(job=earlier).update(recipe=recipe, processing_time_seconds=None)
    drafts.choose_reuse(job, True)
    return job


def test_documents_whose_results_are_reused_take_no_time_but_their_pages_count(user):
    measured(user)
    make_worker()

    found = of(reusing(user, draft_of(user, 100, 14), count=1))

    assert found.pages == 114
    assert (found.time.shortest, found.time.longest) == pytest.approx((28 * 0.85, 28 * 1.15))


def test_a_draft_of_which_all_is_reused_is_done_at_once(user):
    found = of(reusing(user, draft_of(user, 100), count=1))

    assert (found.time.shortest, found.time.longest) == (0, 0)


def test_earlier_results_change_nothing_while_nobody_asked_for_them(user):
    measured(user)
    make_worker()
    job = reusing(user, draft_of(user, 100), count=1)
    drafts.choose_reuse(job, False)

    assert of(job).time.shortest == pytest.approx(200 * 0.85)


def test_the_etag_of_a_draft_follows_its_estimate(user):
    measured(user)
    job = draft_of(user, 9)
    api = make_api_client(user)
    address = f"/api/v1/jobs/{job.pk}"
    tag = api.get(address).headers["ETag"]
    assert api.get(address, headers={"If-None-Match": tag}).status_code == 304

    make_worker()

    told = api.get(address, headers={"If-None-Match": tag})
    assert told.status_code == 200
    assert told.json()["estimate"]["shortest_seconds"]
