"""The page of one result, and downloads."""

import io
import re
import zipfile
from urllib.parse import unquote

import pytest
from django.core.files import File
from django.core.files.storage import FileSystemStorage
from django.urls import reverse

from jobs import results
from jobs.models import DocumentStatus, JobDocument, JobStatus
from orgsettings.models import Role
from tests.factories import make_document, make_job, make_row, make_user
from tests.pages.conftest import sign_in

MARKDOWN = """<!-- page 1 -->

# Report

| a | b |
|---|--:|
| 1 | 2 |

<script>alert(1)</script>
"""


def make_result(user, markdown=MARKDOWN, *, filename="report.pdf", **fields):
    job = make_job(user, status=JobStatus.COMPLETED, rows=0, completed_documents=1,
                   total_documents=1)  # fmt: skip
    document = make_document(user, filename=filename)
    return make_row(
        job, status=DocumentStatus.COMPLETED, document=document, markdown=markdown, **fields
    )


def url(row, name="result"):
    return reverse(f"jobs:{name}", args=[row.job_id, row.pk])


def body(answer):
    return b"".join(answer.streaming_content)


def test_a_result_is_rendered_and_harmless(browser, member):
    page = browser.get(url(make_result(member))).text

    assert '<h1 dir="auto">Report</h1>' in page
    assert '<td align="right">2</td>' in page
    assert '<p class="page-mark" dir="auto">Page 1</p>' in page
    assert "alert(1)" not in page


def test_a_result_is_offered_as_data(browser, member):
    row = make_result(member)
    download = url(row, "result-download")

    page = browser.get(url(row)).text

    for form, media_type in [
        ("json", "application/json"),
        ("docling", "application/json"),
        ("markdown&amp;front_matter=1", "text/markdown; charset=utf-8"),
    ]:
        assert f'href="{download}?type={form}"' in page
        answer = browser.get(f"{download}?type={form.replace('&amp;', '&')}")
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, media_type)
    assert browser.get(f"{download}?type=xml").status_code == 400


def test_a_colleagues_result_is_read_without_ways_into_their_job(browser, member):
    row = make_result(make_user(member.membership.organization))

    page = browser.get(url(row))

    assert '<h1 dir="auto">Report</h1>' in page.text
    assert reverse("jobs:detail", args=[row.job_id]) not in page.text.replace(url(row), "")
    assert browser.get(url(row, "result-download")).status_code == 200
    assert browser.get(reverse("jobs:detail", args=[row.job_id])).status_code == 403
    assert browser.post(url(row, "result-save"), {"content": "# Mine"}).status_code == 403


def test_a_colleagues_document_without_a_result_stays_with_their_job(browser, member):
    job = make_job(make_user(member.membership.organization), status=JobStatus.RUNNING)

    assert browser.get(url(job.job_documents.first())).status_code == 403


def test_a_result_of_another_organization_does_not_exist(browser, member):
    row = make_result(make_user())

    assert browser.get(url(row)).status_code == 404
    assert browser.get(url(row, "result-download")).status_code == 404


def test_the_source_is_shown_as_it_is(browser, member):
    page = browser.get(url(make_result(member)) + "?view=markdown").text

    assert "| a | b |" in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert(1)" not in page


def test_a_very_long_result_is_cut_with_a_word_about_it(browser, member):
    row = make_result(member, "word " * 100_000)

    page = browser.get(url(row) + "?view=markdown")

    assert len(page.context["markdown"]) == 300_000
    assert "Only the beginning of this long text is shown." in page.text
    assert len(browser.get(url(row, "result-download")).content) == 500_000


@pytest.mark.parametrize("letter", ["a", "ä", "漢", "🦊"])
def test_no_more_of_a_long_result_is_read_than_is_shown(browser, member, letter, read_bytes):
    row = make_result(member, letter * 2_000_000)

    page = browser.get(url(row) + "?view=markdown")

    assert page.context["markdown"] == letter * 300_000
    assert page.context["is_cut"]
    assert sum(read_bytes) <= 4 * 300_001


@pytest.fixture
def read_bytes(monkeypatch):
    """How many bytes were read from the storage, one number for each time."""
    sizes = []

    class Counted(io.FileIO):
        def read(self, size=-1):
            content = super().read(size)
            sizes.append(len(content))
            return content

    def opened(storage, name, mode):
        return File(Counted(storage.path(name)))

    monkeypatch.setattr(FileSystemStorage, "_open", opened)
    return sizes


def test_quality_names_each_score_its_threshold_and_its_reasons(browser, member):
    part = {"name": "coverage", "weight": 40, "score": 61, "reason": "Half of it <is> missing."}
    scores = {"conversion_score": 61, "clarity": 6.5, "completeness": 8.0, "relevance": None,
              "markdown": 9.0, "parts": [part]}  # fmt: skip
    row = make_result(member, quality_scores=scores, conversion_score=61, is_rag_ready=False)

    page = browser.get(url(row) + "?view=quality")

    judged = {m.name: (m.value, m.threshold, m.is_met) for m in page.context["measures"]}
    assert judged == {
        "conversion": (61, 70, False),
        "clarity": (6.5, 7, False),
        "completeness": (8.0, 7, True),
        "relevance": (None, 7, True),
        "markdown": (9.0, 7, True),
    }
    assert "Half of it &lt;is&gt; missing." in page.text
    assert "needs a language model" in page.text


def quality_page(browser, member, score, **scores):
    """The Quality view of a document with this score, made of parts with these."""
    weights = {"text_coverage": 30, "ocr_confidence": 25, "legibility": 30, "markdown": 15}
    parts = [
        {"name": name, "weight": weights[name], "score": value, "reason": "So it is."}
        for name, value in scores.items()
    ]
    row = make_result(
        member,
        conversion_score=score,
        quality_scores={"conversion_score": score, "parts": parts},
    )
    return " ".join(browser.get(url(row) + "?view=quality").text.split())


def test_the_parts_of_a_score_end_in_the_row_that_explains_the_total(browser, member):
    page = quality_page(
        browser, member, 80, text_coverage=100, ocr_confidence=76, legibility=90, markdown=100
    )

    assert [int(n) for n in re.findall(r"(\d+) % of the score", page)] == [30, 25, 30, 15]
    total = page[page.index('class="parts-total"') :]
    assert "80 / 100" in total
    assert "Limited to 80 by OCR confidence; the parts alone come to 91." in total


def test_a_score_that_nothing_limits_is_the_mean_of_its_parts(browser, member):
    page = quality_page(browser, member, 93, text_coverage=100, markdown=80)

    assert [int(n) for n in re.findall(r"(\d+) % of the score", page)] == [67, 33]
    assert "The weighted mean of the parts." in page
    assert "Limited" not in page


def test_a_score_of_earlier_days_is_not_explained_by_the_rules_of_now(browser, member):
    page = quality_page(browser, member, 61, text_coverage=100, legibility=90)

    total = page[page.index('class="parts-total"') :]
    assert "61 / 100" in total
    assert "mean of the parts" not in total


def test_a_failed_document_shows_cause_and_hint(browser, member):
    job = make_job(member, status=JobStatus.FAILED)
    job.job_documents.update(error_hint="Save it again.")

    page = browser.get(url(job.job_documents.get())).text

    assert "The file is damaged." in page
    assert "Save it again." in page


def test_a_waiting_document_has_no_result_yet(browser, member):
    row = make_job(member).job_documents.get()

    assert "There is no result" in browser.get(url(row)).text
    assert browser.get(url(row, "result-download")).status_code == 404


def test_a_result_that_the_storage_lost_is_not_found(browser, member):
    row = make_result(member)
    results.storage().delete(row.result_file.name)

    assert browser.get(url(row)).status_code == 404


def test_one_leafs_through_the_documents_of_a_job(browser, member):
    job = make_job(member, status=JobStatus.COMPLETED, rows=3)
    first, second, third = job.job_documents.order_by("position")

    page = browser.get(url(second) + "?view=quality")

    assert (page.context["previous"], page.context["next"]) == (first, third)
    assert f"{url(third)}?view=quality" in page.text


def test_a_document_is_downloaded_as_markdown_under_its_own_name(browser, member):
    row = make_result(member, filename="Übersicht “1”.pdf")

    answer = browser.get(url(row, "result-download"))

    assert answer["Content-Type"] == "text/markdown; charset=utf-8"
    assert "Übersicht “1”.md" in unquote(answer["Content-Disposition"])
    assert answer.content.decode() == MARKDOWN


@pytest.mark.parametrize(
    ("kind", "members"),
    [("individual", 2), ("combined", 2), ("rag_ready", 1)],
)
def test_results_are_downloaded_together(browser, member, kind, members):
    job = make_job(member, status=JobStatus.COMPLETED, rows=2)
    JobDocument.objects.filter(job=job, position=0).update(is_rag_ready=False)

    answer = browser.get(f"/jobs/{job.pk}/download?type={kind}")

    archive = zipfile.ZipFile(io.BytesIO(body(answer)))
    assert answer["Content-Disposition"].startswith("attachment; ")
    assert sum("/" in name for name in archive.namelist()) == members


def test_an_unknown_kind_of_download_is_a_bad_request(browser, member):
    job = make_job(member, status=JobStatus.COMPLETED)

    page = browser.get(f"/jobs/{job.pk}/download?type=pdf")

    assert page.status_code == 400
    assert "The server did not understand this request" in page.text


def test_a_job_without_results_says_that_there_is_nothing_to_download(browser, member):
    job = make_job(member, status=JobStatus.FAILED)

    page = browser.get(f"/jobs/{job.pk}/download?type=individual")

    assert page.status_code == 409
    assert "The job has no results to download." in page.text


def test_results_are_seen_by_the_organization_and_archives_by_those_who_see_the_job(org, member):
    row = make_result(member)
    pages = [url(row), url(row, "result-download"), f"/jobs/{row.job_id}/download"]

    def codes(user):
        return [sign_in(user).get(page).status_code for page in pages]

    assert codes(make_user(org, role=Role.VIEWER)) == [200, 200, 200]
    assert codes(make_user(org)) == [200, 200, 403]
    assert codes(make_user(role=Role.ADMIN)) == [404, 404, 404]


def test_a_document_of_one_job_is_not_found_under_another(browser, member):
    row, other = make_result(member), make_job(member)

    wrong = reverse("jobs:result", args=[other.pk, row.pk])

    assert browser.get(wrong).status_code == 404
