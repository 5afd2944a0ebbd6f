"""manage.py rescore: results of an older method get the score that their source deserves."""

from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from documents.conversion.scoring.facts import Facts
from documents.conversion.scoring.score import METHOD
from documents.conversion.scoring.source_words import packed
from documents.conversion.scoring.words import words_of
from jobs import results
from jobs.models import JobDocument, JobStatus
from tests.factories import make_job, make_row, make_user

pytestmark = pytest.mark.django_db

SOURCE = "Ships sailed north in winter with forty barrels of salted herring. " * 5
OLD = {"conversion_score": 95, "parts": [], "clarity": 9.0}


@pytest.fixture
def job():
    return make_job(make_user(), status=JobStatus.COMPLETED, rows=0, total_documents=1,
                    completed_documents=1, score_sum=95)  # fmt: skip


def make_old(job, text, source=SOURCE):
    row = make_row(
        job, status="COMPLETED", conversion_score=95, quality_scores=OLD, is_rag_ready=True
    )
    words = packed(Facts(words=words_of(source))) if source else None
    stored = results.write(row, uuid4(), text, source_words=words)
    JobDocument.objects.filter(pk=row.pk).update(result_file=stored.name)
    return row


def rescore(*arguments):
    out = StringIO()
    call_command("rescore", *arguments, stdout=out)
    return out.getvalue()


def test_a_result_that_lost_its_text_loses_its_score_and_the_job_its_average(job):
    row = make_old(job, "Ships sailed.\n")

    told = rescore()

    row.refresh_from_db()
    job.refresh_from_db()
    assert "results scored anew: 1" in told
    assert row.conversion_score < 50
    assert not row.is_rag_ready
    assert row.quality_scores["method"] == METHOD
    assert job.score_sum == row.conversion_score


def test_a_result_is_scored_once(job):
    make_old(job, SOURCE)
    rescore()

    assert "results scored anew: 0" in rescore()


def test_a_result_keeps_its_score_when_nothing_was_kept_of_its_source(job):
    row = make_old(job, "Ships sailed.\n", source=None)

    assert "keep their score, without a source: 1" in rescore()
    row.refresh_from_db()
    assert row.conversion_score == 95


def test_what_text_recognition_was_sure_of_stays_a_part(job):
    part = {"name": "ocr_confidence", "weight": 25, "score": 40, "reason": "So it was."}
    row = make_old(job, SOURCE)
    JobDocument.objects.filter(pk=row.pk).update(quality_scores=OLD | {"parts": [part]})

    rescore()

    row.refresh_from_db()
    assert part in row.quality_scores["parts"]
    assert row.conversion_score < 60


def test_a_run_goes_on_behind_the_last_result_of_the_run_before(job):
    for _ in range(3):
        make_old(job, SOURCE, source=None)

    told = rescore("--limit", "2")
    last = told.rsplit(" ", 1)[1].strip()

    assert "results left: 1" in told
    assert "without a source: 1" in rescore("--after", last)


def test_a_limit_of_nothing_is_refused(job):
    with pytest.raises(CommandError):
        rescore("--limit", "0")
