"""The documents of a job as a table for spreadsheets."""

import csv

from django.urls import reverse

from jobs.models import DocumentStatus, JobStatus
from tests.factories import make_document, make_job, make_row

C, F = DocumentStatus.COMPLETED, DocumentStatus.FAILED


def report(browser, job):
    answer = browser.get(reverse("jobs:report", args=[job.pk]))
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    text = answer.getvalue().decode("utf-8-sig")
    return list(csv.DictReader(text.splitlines()))


def test_every_document_is_a_line_with_its_scores_or_its_cause(browser, member):
    job = make_job(member, status=JobStatus.COMPLETED, rows=[C, F])
    job.job_documents.filter(status=C).update(
        quality_scores={"conversion_score": 95, "clarity": 8.5, "markdown": 9}
    )

    good, bad = report(browser, job)

    assert (good["status"], good["conversion_score"], good["clarity"]) == (C, "95", "8.5")
    assert (good["relevance"], good["is_rag_ready"], good["error_code"]) == ("", "True", "")
    assert (bad["status"], bad["error_code"]) == (F, "corrupt_file")
    assert bad["error_message"] == "The file is damaged."


def test_a_file_name_is_no_formula_in_a_spreadsheet(browser, member):
    job = make_job(member, rows=0)
    make_row(job, document=make_document(member, filename='=HYPERLINK("x").pdf', path="@x/y"))

    (line,) = report(browser, job)

    assert (line["filename"], line["path"]) == ('\'=HYPERLINK("x").pdf', "'@x/y")
