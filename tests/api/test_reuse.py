"""Results of earlier jobs, taken for documents with the same bytes when a job asks for it."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from documents.conversion import recipes
from jobs import drafts, results, reuse
from jobs.models import Job, JobDocument, JobLog, Review
from jobs.review import edits, reviews
from tests.factories import make_api_client, make_document, make_org, make_user

pytestmark = pytest.mark.django_db

URL = "/api/v1/jobs"
CONTENT = b"<!doctype html><h1>Harbour</h1><p>The water was clean on most days.</p>"


@pytest.fixture
def ada():
    return make_user(make_org())


@pytest.fixture
def ben(ada):
    return make_user(ada.membership.organization)


def page_of(user, name="page.html"):
    return make_document(user, filename=name, content=CONTENT)


def converted(user, work, document, **fields):
    body = {"document_ids": [str(document.pk)]} | fields
    answer = make_api_client(user).post(URL, body, format="json")
    assert answer.status_code == 201, answer.content
    work()
    return JobDocument.objects.get(job=answer.json()["id"])


@pytest.fixture
def earlier(ada, work):
    return converted(ada, work, page_of(ada, "report.html"))


def test_an_earlier_result_of_the_same_bytes_is_copied(ben, earlier, work):
    edits.save(earlier, results.read(earlier) + "\nMended.\n", None)

    row = converted(ben, work, page_of(ben), reuse_results=True)

    assert row.is_reused
    assert results.read(row) == results.read(earlier)
    assert row.conversion_score == earlier.conversion_score
    assert row.result_file.name != earlier.result_file.name
    lines = JobLog.objects.filter(job=row.job_id)
    assert lines.get(event="document.reused").message.startswith(
        "Earlier result reused: page.html has the same content as report.html"
    )
    assert lines.get(event="job.completed").message.endswith("0 failed, 1 reused")
    told = make_api_client(ben).get(f"{URL}/{row.job_id}").json()
    assert told["results_summary"]["reused_documents"] == 1
    assert told["documents"][0]["is_reused"] is True


def test_edits_of_a_copy_are_compared_with_the_words_of_the_source(ada, earlier, work):
    row = converted(ada, work, page_of(ada), reuse_results=True)

    quality, _ = edits.judge("# Harbour\n", row)

    assert "of the words of the source are missing" in quality.parts[0].reason


@pytest.mark.parametrize(
    "fields", [{}, {"reuse_results": True, "options": {"auto_optimize": False}}]
)
def test_all_is_converted_anew_when_nobody_asked_or_the_options_differ(ada, earlier, work, fields):
    assert not converted(ada, work, page_of(ada), **fields).is_reused


def test_other_thresholds_do_not_make_another_result_but_judge_the_same_anew(ada, earlier, work):
    edits.save(earlier, "# Harbour\n", None)
    names = ("conversion", "clarity", "completeness", "markdown")
    thresholds = {"quality_thresholds": {f"{name}_threshold": 1 for name in names}}

    row = converted(ada, work, page_of(ada), reuse_results=True, options=thresholds)

    assert (row.is_reused, row.is_rag_ready, earlier.is_rag_ready) == (True, True, False)


def test_all_is_converted_anew_by_another_version_of_the_converter(ada, earlier, work, monkeypatch):
    monkeypatch.setattr(recipes, "_converter", lambda: "another")

    assert not converted(ada, work, page_of(ada), reuse_results=True).is_reused


def test_results_of_other_organizations_are_not_reused(earlier, work):
    stranger = make_user(make_org())

    assert not converted(stranger, work, page_of(stranger), reuse_results=True).is_reused


def test_a_document_is_converted_when_the_earlier_result_is_lost(ada, earlier, work):
    earlier.result_file.storage.delete(earlier.result_file.name)

    row = converted(ada, work, page_of(ada), reuse_results=True)

    assert (row.status, row.is_reused) == ("COMPLETED", False)


def test_create_new_job_offers_the_choice_only_where_a_result_fits(ada, earlier, client):
    client.force_login(ada)
    draft = drafts.create(
        earlier.job.organization, ada, documents=[page_of(ada), make_document(ada)]
    )

    page = client.get(f"/jobs/{draft.pk}/setup/review")
    assert reuse.reusable(draft).count() == 1
    assert "1 document has the same content as one that was converted" in page.text

    fields = {"name": "Again", "description": "", "reuse_results": "1", "save": "1"}
    client.post(page.wsgi_request.path, fields)
    draft.refresh_from_db()
    assert draft.reuse_results

    drafts.configure(draft, {"auto_optimize": False})
    assert "Reuse the results" not in client.get(page.wsgi_request.path).text


def test_the_newest_result_is_taken_when_several_fit(ada, earlier, work):
    newer = converted(ada, work, page_of(ada, "b.html"))
    JobDocument.objects.filter(pk=newer.pk).update(
        completed_at=timezone.now() + timedelta(minutes=1)
    )
    job = Job(organization=ada.membership.organization, reuse_results=True)
    row = JobDocument(document=page_of(ada, "c.html"))

    assert reuse.find(job, row, newer.job.options).source == newer


def test_all_is_converted_anew_when_the_names_claim_different_kinds(ada, work):
    content = b"a,b\n1,2\n"
    plain = make_document(ada, filename="numbers.txt", content=content)
    table = make_document(ada, filename="numbers.csv", content=content, media_type="text/csv")
    converted(ada, work, plain)

    row = converted(ada, work, table, reuse_results=True)

    assert (row.is_reused, row.media_type) == (False, "text/csv")


def test_a_result_that_somebody_left_out_is_not_reused(ada, earlier, work):
    reviews.review(earlier.job, [earlier.pk], Review.EXCLUDED, by=ada)

    assert not converted(ada, work, page_of(ada), reuse_results=True).is_reused


def test_a_document_is_converted_when_the_earlier_result_cannot_be_read(ada, earlier, work):
    path = Path(earlier.result_file.path)
    path.unlink()
    path.mkdir()  # reading it is an OSError, for root as well

    row = converted(ada, work, page_of(ada), reuse_results=True)

    assert (row.status, row.is_reused) == ("COMPLETED", False)
