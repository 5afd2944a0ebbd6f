"""The Export tab: archives of all or chosen results, and chunks."""

import io
import json
import zipfile

import pytest
from django.urls import reverse

from jobs.models import DocumentStatus, JobDocument, JobStatus
from tests.factories import make_job

C, F = DocumentStatus.COMPLETED, DocumentStatus.FAILED


def url(job, name="export"):
    return reverse(f"jobs:{name}", args=[job.pk])


def names_in(answer):
    return zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))).namelist()


def results_in(answer):
    return sorted(name for name in names_in(answer) if "/" in name)


def export(browser, job, **values):
    return browser.post(url(job), {"scope": "selected", "summary": "on"} | values)


def test_the_chosen_documents_are_exported_and_no_others(browser, member):
    job = make_job(member, status=JobStatus.COMPLETED, rows=3)
    first, _, third = job.job_documents.order_by("position")

    answer = export(browser, job, row=[str(first.pk), str(third.pk)])

    expected = [row.filename.replace(".txt", ".md") for row in (first, third)]
    assert results_in(answer) == sorted(f"processed_documents/{name}" for name in expected)
    assert answer["Content-Disposition"].startswith("attachment; ")


@pytest.mark.parametrize(("scope", "count"), [("all", 3), ("rag_ready", 2)])
def test_all_or_the_rag_ready_ones_need_no_choice(browser, member, scope, count):
    job = make_job(member, status=JobStatus.COMPLETED, rows=[C, C, C, F])
    JobDocument.objects.filter(job=job, position=0).update(is_rag_ready=False)

    assert len(results_in(export(browser, job, scope=scope))) == count


def test_all_pages_at_once_are_chosen_by_one_box(browser, member):
    job = make_job(member, status=JobStatus.COMPLETED, rows=3)

    assert len(results_in(export(browser, job, every="1"))) == 3


def test_the_switches_decide_on_the_summary_and_the_one_file(browser, member):
    job = make_job(member, status=JobStatus.COMPLETED, rows=1)

    def kinds(**values):
        names = names_in(browser.post(url(job), {"scope": "all"} | values))
        return {name.split("_")[0] for name in names if "/" not in name} - {"manifest.json"}

    assert kinds() == set()
    assert kinds(summary="on") == {"PROCESSING"}
    assert kinds(summary="on", combined="on") == {"PROCESSING", "COMBINED"}


def test_an_archive_has_json_if_that_is_wanted(browser, member):
    job = make_job(member, status=JobStatus.COMPLETED, rows=2)

    def endings(**values):
        names = names_in(browser.post(url(job), {"scope": "all"} | values))
        return [name.rpartition(".")[2] for name in names if "/" in name]

    assert endings() == ["md", "md"]
    assert endings(json="on") == ["md", "json", "md", "json"]


def test_nothing_chosen_is_said_on_the_page(browser, member):
    job = make_job(member, status=JobStatus.COMPLETED, rows=2)

    page = export(browser, job)

    assert page.status_code == 422
    assert "Choose at least one document" in page.text
    assert page.context["tab"] == "export"


def test_a_choice_without_results_is_said_on_the_page(browser, member):
    job = make_job(member, status=JobStatus.COMPLETED, rows=[C, F])
    failed = job.job_documents.get(status=F)

    page = export(browser, job, row=str(failed.pk))

    assert page.status_code == 422
    assert "The chosen documents have no results to download." in page.text


@pytest.mark.parametrize("row", ["nonsense", "00000000-0000-0000-0000-000000000000"])
def test_a_document_of_elsewhere_is_said_on_the_page(browser, member, row):
    job = make_job(member, status=JobStatus.COMPLETED)

    page = export(browser, job, row=row)

    assert page.status_code == 422
    assert "Some documents are not in this job." in page.text


def test_the_rag_ready_ones_are_chosen_without_a_script(browser, member):
    job = make_job(member, status=JobStatus.COMPLETED, rows=3)
    JobDocument.objects.filter(job=job, position=0).update(is_rag_ready=False)

    page = browser.get(f"{url(job, 'detail')}?tab=export&choose=rag_ready").text

    assert page.count("data-ready checked") == 2


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (JobStatus.RUNNING, "There is nothing to export yet."),
        (JobStatus.FAILED, "No document was converted, so there is nothing to export."),
    ],
)
def test_a_job_without_results_has_nothing_to_export(browser, member, status, words):
    job = make_job(member, status=status)

    assert words in browser.get(f"{url(job, 'detail')}?tab=export").text


def test_chunks_are_downloaded_as_json_lines(browser, member):
    job = make_job(member, status=JobStatus.COMPLETED, rows=2)
    JobDocument.objects.filter(job=job, position=0).update(is_rag_ready=False)

    def filenames(query):
        body = b"".join(browser.get(url(job, "chunks") + query).streaming_content).decode()
        return {json.loads(line)["filename"] for line in body.splitlines()}

    assert len(filenames("")) == 2
    assert filenames("?rag_ready=1") == {job.job_documents.get(position=1).filename}


@pytest.mark.parametrize("length", [1, 20])
def test_the_tab_takes_seven_queries_however_many_documents(
    browser, member, django_assert_num_queries, length
):
    job = make_job(member, status=JobStatus.COMPLETED, rows=length)
    browser.get(url(job, "detail"))

    # Session, user with organization, job with owner, sums over its documents, documents; active
    # jobs and limit of the status bar.
    with django_assert_num_queries(7):
        browser.get(f"{url(job, 'detail')}?tab=export")
