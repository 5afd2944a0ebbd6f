"""What people decide about results: accepted, or left out of exports."""

from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from jobs import starts
from jobs.models import Job, JobDocument, JobStatus, Review
from jobs.review import edits, reviews
from tests.factories import C, F, make_job, make_user, succeed, take_document

NONE, ACCEPTED, EXCLUDED = Review.NONE, Review.ACCEPTED, Review.EXCLUDED
pytestmark = pytest.mark.django_db


@pytest.fixture
def user():
    return make_user(username="ada")


@pytest.fixture
def job(user):
    return make_job(user, status=JobStatus.COMPLETED, rows=[C, C, C, F])


def rows(job, *positions):
    found = {row.position: row for row in job.job_documents.all()}
    return [found[position].pk for position in positions]


def decided(job):
    """The review of each document, and what the job counts."""
    job.refresh_from_db()
    found = job.job_documents.order_by("position").values_list("review", flat=True)
    return [*found], (job.accepted_documents, job.excluded_documents)


def lines(job):
    return [line.message for line in job.logs.filter(event__contains="reviewed").order_by("pk")]


def test_a_review_says_who_decided_and_when(user, job):
    before = timezone.now()

    assert reviews.review(job, rows(job, 0), ACCEPTED, by=user) == 1

    row = job.job_documents.get(position=0)
    assert (row.review, row.reviewed_by) == (ACCEPTED, user)
    assert before <= row.reviewed_at <= timezone.now()
    assert decided(job) == ([ACCEPTED, NONE, NONE, NONE], (1, 0))
    assert lines(job) == [f"The result was accepted by ada: {row.filename}"]


def test_many_are_decided_at_once_and_told_in_one_line(user, job):
    reviews.review(job, rows(job, 0), ACCEPTED, by=user)

    assert reviews.review(job, rows(job, 0, 1, 2), EXCLUDED, by=user) == 3

    assert decided(job) == ([EXCLUDED, EXCLUDED, EXCLUDED, NONE], (0, 3))
    assert lines(job)[1:] == ["3 results were left out of exports by ada"]


def test_a_decision_is_taken_back(user, job):
    reviews.review(job, rows(job, 0, 1), ACCEPTED, by=user)

    reviews.review(job, rows(job, 1), NONE, by=user)

    row = job.job_documents.get(position=1)
    assert (row.reviewed_by, row.reviewed_at) == (None, None)
    assert decided(job) == ([ACCEPTED, NONE, NONE, NONE], (1, 0))
    assert lines(job)[-1] == f"The review was taken back by ada: {row.filename}"


def test_the_same_decision_again_changes_nothing(user, job):
    reviews.review(job, rows(job, 0), ACCEPTED, by=user)
    seen = Job.objects.get(pk=job.pk).version, job.job_documents.get(position=0).reviewed_at

    assert reviews.review(job, rows(job, 0), ACCEPTED, by=make_user()) == 0

    assert (Job.objects.get(pk=job.pk).version, job.job_documents.get(position=0).reviewed_at) == (
        seen
    )
    assert job.job_documents.get(position=0).reviewed_by == user
    assert len(lines(job)) == 1


def test_every_decision_raises_the_version_that_pages_compare(user, job):
    reviews.review(job, rows(job, 0), ACCEPTED, by=user)

    assert Job.objects.get(pk=job.pk).version == job.version + 1


@pytest.mark.parametrize("verdict", Review.values)
def test_a_document_without_a_result_is_not_reviewed_and_none_of_the_others_is(user, job, verdict):
    with pytest.raises(reviews.NotReviewable, match="was not converted"):
        reviews.review(job, rows(job, 0, 3), verdict, by=user)

    assert decided(job) == ([NONE] * 4, (0, 0))


def test_documents_of_another_job_are_left_alone(user, job):
    other = make_job(user, status=JobStatus.COMPLETED)

    assert reviews.review(job, rows(other, 0), ACCEPTED, by=user) == 0
    assert decided(other) == ([NONE], (0, 0))


def test_results_are_reviewed_while_the_job_still_runs(user):
    job = make_job(user, status=JobStatus.QUEUED, rows=2)
    succeed(take_document())

    reviews.review(job, rows(job, 0), ACCEPTED, by=user)

    assert decided(job) == ([ACCEPTED, NONE], (1, 0))


# --- what becomes of a review -----------------------------------------------------------------


def test_an_accepted_result_that_somebody_edits_stays_accepted_by_them(user, job):
    reviews.review(job, rows(job, 0), ACCEPTED, by=user)
    editor = make_user(user.membership.organization)
    row = job.job_documents.get(position=0)

    edits.save(row, "# Mended\n", editor)

    row.refresh_from_db()
    assert (row.review, row.reviewed_by) == (ACCEPTED, editor)
    assert decided(job)[1] == (1, 0)


def test_going_back_to_an_earlier_version_is_an_edit(user, job):
    row = job.job_documents.get(position=0)
    edits.save(row, "# Mended\n", user)
    reviews.review(job, [row.pk], ACCEPTED, by=user)
    editor = make_user(user.membership.organization)

    edits.restore(edits.find_version(row, 1), editor)

    row.refresh_from_db()
    assert (row.review, row.reviewed_by) == (ACCEPTED, editor)


def test_an_accepted_result_that_nobody_vouches_for_after_an_edit_is_to_be_reviewed(user, job):
    reviews.review(job, rows(job, 0), ACCEPTED, by=user)
    row = job.job_documents.get(position=0)

    edits.save(row, "# Mended\n", None)

    assert decided(job) == ([NONE] * 4, (0, 0))


def test_a_result_that_was_left_out_stays_out_when_it_is_edited(user, job):
    reviews.review(job, rows(job, 0), EXCLUDED, by=user)
    row = job.job_documents.get(position=0)

    edits.save(row, "# Mended\n", make_user(user.membership.organization))

    row.refresh_from_db()
    assert (row.review, row.reviewed_by) == (EXCLUDED, user)


@pytest.mark.parametrize("verdict", [ACCEPTED, EXCLUDED])
def test_a_review_ends_with_its_result_and_a_new_one_has_none(user, job, verdict):
    reviews.review(job, rows(job, 0, 1), verdict, by=user)
    row = job.job_documents.get(position=0)
    Path(row.result_file.path).unlink()
    call_command("verify_storage", "--fix")
    assert decided(job) == (
        [NONE, verdict, NONE, NONE],
        (1, 0) if verdict == ACCEPTED else (0, 1),
    )

    starts.retry(job, by=user)
    for _ in range(2):
        succeed(take_document())

    assert decided(job)[0] == [NONE, verdict, NONE, NONE]
    assert job.job_documents.get(position=0).reviewed_by is None


def test_a_review_outlives_who_made_it(user, job):
    reviewer = make_user(user.membership.organization)
    reviews.review(job, rows(job, 0), ACCEPTED, by=reviewer)

    reviewer.delete()

    row = job.job_documents.get(position=0)
    assert (row.review, row.reviewed_by) == (ACCEPTED, None)
    assert row.reviewed_at is not None


# --- what the database refuses ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("position", "values"),
    [
        (0, {"review": "perhaps", "reviewed_at": timezone.now()}),
        (0, {"review": ACCEPTED, "reviewed_at": None}),
        (0, {"review": NONE, "reviewed_at": timezone.now()}),
        (3, {"review": ACCEPTED, "reviewed_at": timezone.now()}),
        (3, {"review": EXCLUDED, "reviewed_at": timezone.now()}),
    ],
)
def test_the_database_refuses_reviews_that_cannot_be(job, position, values):
    with pytest.raises(IntegrityError), transaction.atomic():
        JobDocument.objects.filter(job=job, position=position).update(**values)


def test_the_database_refuses_more_reviews_than_results(job):
    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.filter(pk=job.pk).update(accepted_documents=2, excluded_documents=2)
