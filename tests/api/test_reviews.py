"""Reviewing results over the API, and exports of what was decided."""

import csv
import io
import json
import zipfile

import pytest
from django.urls import reverse

from jobs.models import JobStatus, Review
from jobs.review import reviews
from orgsettings.models import Role
from tests.factories import make_api_client, make_job, make_poor, make_user
from tests.pages.conftest import sign_in

pytestmark = pytest.mark.django_db

URL = "/api/v1/jobs"


@pytest.fixture
def user():
    return make_user(username="ada")


@pytest.fixture
def api(user):
    return make_api_client(user)


@pytest.fixture
def job(user):
    return make_job(user, status=JobStatus.COMPLETED, rows=["COMPLETED"] * 4 + ["FAILED"])


@pytest.fixture
def reviewed(user, job):
    """The job when 0 was accepted and 1 left out; 2 and 3 are open, 4 failed."""
    first, second = ids(job)[:2]
    reviews.review(job, [first], Review.ACCEPTED, by=user)
    reviews.review(job, [second], Review.EXCLUDED, by=user)
    return job


def ids(job):
    return [row.pk for row in job.job_documents.order_by("position")]


def names(job, *positions):
    rows = job.job_documents.filter(position__in=positions)
    return sorted(row.filename.replace(".txt", ".md") for row in rows)


def patch(api, job, position, body):
    return api.patch(f"{URL}/{job.pk}/documents/{ids(job)[position]}", body, format="json")


# --- deciding ---------------------------------------------------------------------------------


def test_a_document_is_accepted_left_out_and_taken_back(api, job):
    accepted = patch(api, job, 0, {"review": "accepted"})
    left_out = patch(api, job, 0, {"review": "excluded"})
    back = patch(api, job, 0, {"review": "none"})

    assert [answer.status_code for answer in (accepted, left_out, back)] == [200, 200, 200]
    told = accepted.json()
    assert (told["review"], told["reviewed_by"]) == ("accepted", "ada")
    assert told["reviewed_at"].endswith("Z")
    assert left_out.json()["review"] == "excluded"
    assert (back.json()["review"], back.json()["reviewed_by"], back.json()["reviewed_at"]) == (
        "none", None, None
    )  # fmt: skip


def test_the_same_review_again_answers_the_same(api, job):
    first = patch(api, job, 0, {"review": "accepted"})
    second = patch(api, job, 0, {"review": "accepted"})

    assert (second.status_code, second.json()) == (200, first.json())


@pytest.mark.parametrize("value", ["accepted", "excluded", "none"])
def test_a_document_without_a_result_is_refused(api, job, value):
    answer = patch(api, job, 4, {"review": value})

    assert (answer.status_code, answer.json()["code"]) == (409, "document_not_reviewable")


@pytest.mark.parametrize("body", [{"review": "good"}, {"review": None}, {"review": 1}, []])
def test_a_review_that_is_none_is_refused(api, job, body):
    answer = patch(api, job, 0, body)

    assert (answer.status_code, answer.json()["code"]) == (422, "validation_error")


def test_a_change_of_nothing_changes_nothing(api, job):
    patch(api, job, 0, {"review": "accepted"})

    answer = patch(api, job, 0, {})

    assert (answer.status_code, answer.json()["review"]) == (200, "accepted")


def test_a_document_of_another_job_is_not_found(api, user, job):
    other = make_job(user, status=JobStatus.COMPLETED)

    answer = api.patch(
        f"{URL}/{job.pk}/documents/{ids(other)[0]}", {"review": "accepted"}, format="json"
    )

    assert answer.status_code == 404


def test_an_admin_reviews_what_others_converted(user, job):
    admin = make_user(user.membership.organization, role=Role.ADMIN, username="grace")

    answer = patch(make_api_client(admin), job, 0, {"review": "accepted"})

    assert answer.json()["reviewed_by"] == "grace"


# --- looking ----------------------------------------------------------------------------------


def test_a_job_counts_its_reviews_wherever_it_is_told(api, reviewed):
    expected = {"accepted": 1, "excluded": 1, "none": 2}

    assert api.get(f"{URL}/{reviewed.pk}").json()["review"] == expected
    assert api.get(URL).json()["jobs"][0]["review"] == expected
    assert api.patch(f"{URL}/{reviewed.pk}", {"name": "x"}, format="json").json()["review"] == (
        expected
    )


@pytest.mark.parametrize(
    ("query", "positions"),
    [
        ("review=accepted", [0]),
        ("review=excluded", [1]),
        ("review=accepted,excluded", [0, 1]),
        ("review=none", [2, 3, 4]),
        ("review=none&status=COMPLETED", [2, 3]),
        ("review=", [0, 1, 2, 3, 4]),
    ],
)
def test_documents_are_listed_by_their_review(api, reviewed, query, positions):
    told = api.get(f"{URL}/{reviewed.pk}/documents?{query}").json()["documents"]

    expected = ids(reviewed)
    assert [row["id"] for row in told] == [str(expected[position]) for position in positions]


def test_an_unknown_review_to_list_is_refused(api, job):
    assert api.get(f"{URL}/{job.pk}/documents?review=good").status_code == 422


@pytest.mark.parametrize("length", [1, 20])
def test_who_reviewed_costs_no_query_for_each_document(
    api, user, django_assert_num_queries, length
):
    job = make_job(user, status=JobStatus.COMPLETED, rows=length)
    reviews.review(job, ids(job), Review.ACCEPTED, by=user)

    with django_assert_num_queries(4):  # token, job, count, documents with their reviewers
        told = api.get(f"{URL}/{job.pk}/documents").json()["documents"]

    assert {row["reviewed_by"] for row in told} == {"ada"}


# --- exports ----------------------------------------------------------------------------------


def archive(answer):
    assert answer.status_code == 200, answer.json()
    return zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))


def results_in(answer):
    return sorted(name.split("/")[1] for name in archive(answer).namelist() if "/" in name)


def chunked(answer):
    lines = b"".join(answer.streaming_content).decode().splitlines()
    return sorted({json.loads(line)["filename"].replace(".txt", ".md") for line in lines})


@pytest.mark.parametrize(
    ("query", "positions"),
    [
        ("", [0, 2, 3]),
        ("?review=accepted", [0]),
        ("?type=rag_ready", [0, 3]),
        ("?type=rag_ready&review=accepted", [0]),
    ],
)
def test_what_was_left_out_is_in_no_archive(api, reviewed, query, positions):
    make_poor(reviewed, 2)

    answer = api.get(f"{URL}/{reviewed.pk}/download{query}")

    assert results_in(answer) == names(reviewed, *positions)


@pytest.mark.parametrize(
    ("query", "positions"),
    [
        ("", [0, 2, 3]),
        ("?review=accepted", [0]),
        ("?rag_ready=true", [0, 3]),
        ("?rag_ready=true&review=accepted", [0]),
    ],
)
def test_what_was_left_out_is_not_cut_into_chunks(api, reviewed, query, positions):
    make_poor(reviewed, 2)

    answer = api.get(f"{URL}/{reviewed.pk}/chunks{query}")

    assert chunked(answer) == names(reviewed, *positions)


@pytest.mark.parametrize("path", ["download", "chunks"])
@pytest.mark.parametrize("value", ["excluded", "none", "all"])
def test_exports_of_anything_but_the_accepted_ones_are_refused(api, reviewed, path, value):
    answer = api.get(f"{URL}/{reviewed.pk}/{path}?review={value}")

    assert answer.status_code == 422


def test_an_archive_names_what_was_left_out_and_why(api, reviewed):
    found = archive(api.get(f"{URL}/{reviewed.pk}/download"))

    manifest = json.loads(found.read("manifest.json"))
    assert manifest["review"] is None
    assert [entry["review"] for entry in manifest["documents"]] == ["accepted", "none", "none"]
    assert [(entry["status"], entry["review"]) for entry in manifest["not_included"]] == [
        ("COMPLETED", "excluded"),
        ("FAILED", "none"),
    ]
    summary = next(name for name in found.namelist() if name.startswith("PROCESSING"))
    assert "1 result is left out of exports by review." in found.read(summary).decode()


def test_an_archive_of_accepted_documents_says_so_and_names_the_others(api, reviewed):
    found = archive(api.get(f"{URL}/{reviewed.pk}/download?review=accepted"))

    manifest = json.loads(found.read("manifest.json"))
    assert manifest["review"] == "accepted"
    assert [entry["review"] for entry in manifest["not_included"]] == [
        "excluded", "none", "none", "none"
    ]  # fmt: skip
    summary = next(name for name in found.namelist() if name.startswith("PROCESSING"))
    assert "Accepted results only." in found.read(summary).decode()


def test_a_job_without_accepted_results_has_nothing_to_download(api, job):
    answer = api.get(f"{URL}/{job.pk}/download?review=accepted")

    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_to_download")
    assert "no accepted results" in answer.json()["detail"]


def test_a_job_of_which_everything_was_left_out_has_nothing_to_download(api, user, job):
    reviews.review(job, ids(job)[:4], Review.EXCLUDED, by=user)

    assert api.get(f"{URL}/{job.pk}/download").status_code == 409


@pytest.mark.parametrize(("extra", "positions"), [({}, [0, 2, 3]), ({"review": "accepted"}, [0])])
def test_archives_of_chosen_documents_leave_out_what_was_left_out(api, reviewed, extra, positions):
    documents = [str(row.document_id) for row in reviewed.job_documents.all()]

    answer = api.post(
        "/api/v1/documents/download/bulk", {"document_ids": documents} | extra, format="json"
    )

    assert results_in(answer) == names(reviewed, *positions)


@pytest.mark.parametrize(("query", "positions"), [("", [0, 2, 3]), ("?review=accepted", [0])])
def test_the_archive_of_all_rag_ready_documents_leaves_out_what_was_left_out(
    api, reviewed, query, positions
):
    answer = api.get(f"/api/v1/documents/download/rag-ready{query}")

    assert results_in(answer) == names(reviewed, *positions)


def test_an_archive_of_many_jobs_leaves_out_what_was_left_out(user, reviewed):
    answer = sign_in(user).post("/jobs/bulk/download", {"job": reviewed.pk})

    found = [name for name in archive(answer).namelist() if name.count("/") == 2]
    assert sorted(name.rsplit("/", 1)[1] for name in found) == names(reviewed, 0, 2, 3)


def test_the_report_marks_each_review(user, reviewed):
    answer = sign_in(user).get(reverse("jobs:report", args=[reviewed.pk]))

    lines = list(csv.DictReader(answer.getvalue().decode("utf-8-sig").splitlines()))
    assert [(line["review"], line["reviewed_by"]) for line in lines] == [
        ("accepted", "ada"), ("excluded", "ada"), ("none", ""), ("none", ""), ("none", ""),
    ]  # fmt: skip
    assert lines[0]["reviewed_at"]
    assert not lines[2]["reviewed_at"]


def test_the_markdown_of_a_document_that_was_left_out_is_still_read(api, reviewed):
    answer = api.get(f"{URL}/{reviewed.pk}/documents/{ids(reviewed)[1]}/content")

    assert answer.status_code == 200
