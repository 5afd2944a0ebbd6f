"""How the documents of a job part into those that wait, run and ended."""

import re

import pytest
from django.db.models import Sum
from django.urls import reverse

from jobs import access, lifecycle, partition, starts
from jobs.models import DocumentStatus, Job, JobStatus, Stage
from tests.factories import (
    C,
    F,
    P,
    R,
    X,
    make_api_client,
    make_job,
    make_user,
    make_worker,
    succeed,
    take_document,
)
from tests.pages.conftest import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def user():
    return make_user()


@pytest.fixture
def job(user):
    """One of twelve documents, in every state and at every stage; 7 is taken, but not begun."""
    job = make_job(user, status=JobStatus.RUNNING, rows=[C, C, F, R, R, R, R, R, P, P, P, X])
    for position, stage in {3: Stage.CONVERTING, 4: Stage.OCR, 5: Stage.SCORING}.items():
        job.job_documents.filter(position=position).update(stage=stage)
    job.job_documents.filter(position=7).update(started_at=None)
    return job


def parts(job):
    return vars(partition.of(job))


def page_of(user, job, query=""):
    return sign_in(user).get(reverse("jobs:detail", args=[job.pk]) + query)


def chips_of(page):
    return {name: count for name, _, count, _ in page.context["filters"]}


def test_every_document_is_in_one_part(user, job):
    found = partition.of(access.find(user, job.pk))

    assert vars(found) == {
        "waiting": 4, "converting": 2, "ocr": 1, "scoring": 1,
        "completed": 2, "failed": 1, "cancelled": 1,
    }  # fmt: skip
    assert (found.running, found.total) == (4, 12)


def test_the_parts_are_those_of_one_moment_whatever_happens_after_the_look(user):
    job = make_job(user, status=JobStatus.QUEUED, rows=2)
    attempt = take_document()
    seen = access.find(user, job.pk)

    succeed(attempt)

    assert partition.of(seen).total == 2
    assert (partition.of(seen).running, partition.of(seen).completed) == (1, 0)
    assert partition.of(access.find(user, job.pk)).completed == 1


def test_reading_the_parts_takes_no_query_of_its_own(user, job, django_assert_num_queries):
    access.find(user, job.pk)

    with django_assert_num_queries(1):
        parts(access.find(user, job.pk))


def test_the_page_shows_one_partition_on_card_stages_legend_and_chips(user, job):
    make_worker()
    page = page_of(user, job)

    text = page.text
    stages = text[text.index('class="stages"') : text.index('class="legend"')]
    legend = text[text.index('class="legend"') :]
    legend = legend[: legend.index("</dl>")]
    numbers = [int(n) for n in re.findall(r'class="numeric">(\d+)<', stages)]
    told = dict(re.findall(r"</span>(\w+)</dt><dd>(\d+)</dd>", legend))
    chips = chips_of(page)

    assert numbers == [4, 2, 1, 1, 3, 1]
    assert told == {
        "Converted": "2", "Failed": "1", "Cancelled": "1", "Running": "4", "Waiting": "4"
    }  # fmt: skip
    states = ("failed", "running", "waiting", "completed", "cancelled")
    assert chips["all"] == sum(chips[state] for state in states) == 12
    assert (chips["waiting"], chips["running"]) == (4, 4)


@pytest.mark.parametrize("state", ["waiting", "running", "completed", "failed", "cancelled"])
def test_a_chip_counts_the_rows_that_it_leads_to_and_their_badges_agree(user, job, state):
    page = page_of(user, job, f"?state={state}")

    rows = page.context["page"].object_list
    badge = {"waiting": "pending"}.get(state, state)
    assert len(rows) == chips_of(page)[state]
    assert page.text.count(f'<td class="cell-status"><span class="badge badge-{badge}">') == len(
        rows
    )


def test_the_api_tells_the_same_partition_and_its_lists_agree(user, job):
    client = make_api_client(user)

    told = client.get(f"/api/v1/jobs/{job.pk}").json()

    assert told["document_counts"] == {
        "waiting": 4, "converting": 2, "ocr": 1, "scoring": 1,
        "completed": 2, "failed": 1, "cancelled": 1,
    }  # fmt: skip
    assert sum(told["document_counts"].values()) == told["total_documents"]
    of_status = {
        status: client.get(f"/api/v1/jobs/{job.pk}/documents?status={status}").json()
        for status in DocumentStatus.values
    }
    assert {status: page["total"] for status, page in of_status.items()} == {
        P: 4, R: 4, C: 2, F: 1, X: 1
    }  # fmt: skip
    for status, page in of_status.items():
        assert {row["status"] for row in page["documents"]} == {status}
    many = client.get(f"/api/v1/jobs/{job.pk}/documents?status=PENDING,FAILED").json()
    assert many["total"] == 5


def test_every_way_through_the_life_of_a_job_keeps_the_parts_complete(user):
    job = make_job(user, rows=3)
    seen = []

    def look():
        found = partition.of(access.find(user, job.pk))
        seen.append((found.waiting, found.running, found.completed, found.cancelled))
        assert found.total == Job.objects.aggregate(total=Sum("total_documents"))["total"]

    look()
    starts.start(job, by=user)
    look()
    succeed(take_document())
    look()
    lifecycle.request_cancel(job, by=user)
    look()
    starts.retry(job, by=user)
    look()

    assert seen == [(3, 0, 0, 0), (3, 0, 0, 0), (2, 0, 1, 0), (0, 0, 1, 2), (2, 0, 1, 0)]


# --- cancelled is no progress -----------------------------------------------------------------


def test_a_cancelled_job_says_how_many_were_converted_and_how_many_cancelled(user):
    job = make_job(user, status=JobStatus.CANCELLED, rows=6)

    page = page_of(user, job).text

    assert "0 of 6 converted, 6 cancelled" in page
    assert 'aria-valuenow="0"' in page
    assert '<p class="progress-percent numeric">0 %</p>' in page


@pytest.mark.parametrize(
    ("status", "rows", "percent"),
    [
        (JobStatus.CANCELLED, [X] * 6, 0),
        (JobStatus.CANCELLED, [C, C, X, X], 50),
        (JobStatus.COMPLETED, [C, F], 100),
        (JobStatus.COMPLETED, [C, X, X], 33),
        (JobStatus.RUNNING, [C, F, R, P], 50),
    ],
)
def test_what_was_cancelled_is_no_progress(user, status, rows, percent):
    job = make_job(user, status=status, rows=rows)

    told = make_api_client(user).get(f"/api/v1/jobs/{job.pk}").json()

    assert told["progress_percent"] == percent


def test_the_list_of_jobs_counts_cancelled_documents_apart(user):
    make_job(user, status=JobStatus.CANCELLED, rows=[C, X, X])

    page = sign_in(user).get("/jobs").text

    row = page[page.index('class="cell-progress"') :]
    row = row[: row.index("</td>")]
    assert re.search(r"\b1 / 3\b", row)
    assert "2 cancelled" in row
    assert 'aria-valuenow="33"' in row


def test_a_job_of_which_some_stayed_cancelled_does_not_say_that_none_failed(user):
    job = make_job(user, status=JobStatus.COMPLETED, rows=[C, X])

    page = page_of(user, job).text

    assert "Completed, 1 cancelled" in page
    assert "1 of 2 converted, 1 cancelled" in page
    assert "0 failed" not in page


# --- running again ----------------------------------------------------------------------------


def test_a_retry_shows_the_documents_that_were_queued_again(user):
    job = make_job(user, status=JobStatus.COMPLETED, rows=[C, C, C, F, F])

    starts.retry(job, by=user)

    page = page_of(user, job)
    assert "2 documents queued" in page.text
    assert "5 documents queued" not in page.text
    chips = chips_of(page)
    assert (chips["all"], chips["waiting"], chips["completed"]) == (5, 2, 3)
