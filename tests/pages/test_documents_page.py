"""The documents of the organization."""

import pytest

from documents.models import Document
from jobs.models import JobStatus
from orgsettings.models import Role
from tests.factories import make_document, make_job, make_user
from tests.pages.conftest import sign_in


def shown(page):
    return [document.filename for document in page.context["documents"]]


def test_documents_are_those_of_the_organization(org, browser, member):
    make_document(member, filename="mine.txt")
    make_document(make_user(org), filename="ours.txt")
    make_document(filename="theirs.txt")

    assert shown(browser.get("/documents")) == ["ours.txt", "mine.txt"]


def test_documents_are_searched_by_name(browser, member):
    for name in ["Invoice 1.pdf", "letter.txt"]:
        make_document(member, filename=name)

    part = browser.get("/documents?search=INVOICE", headers={"HX-Request": "true"})

    assert shown(part) == ["Invoice 1.pdf"]
    assert "<html" not in part.text
    assert "No documents match" in browser.get("/documents?search=zzz").text


def test_the_folder_of_a_document_is_shown_and_searched(browser, member):
    make_document(member, filename="report.pdf", path="2026/March")
    make_document(member, filename="report.pdf", path="2026/April")

    page = browser.get("/documents?search=march/report")

    assert len(shown(page)) == 1
    assert '<span class="file-folder">2026/March/</span><wbr>report.pdf' in page.text
    assert "Delete 2026/March/report.pdf" in page.text


def test_an_organization_without_documents_is_told_how_they_come(browser):
    assert "No documents yet" in browser.get("/documents").text


def test_the_list_is_cut_into_pages(browser, member):
    for number in range(51):
        make_document(member, filename=f"file {number:02}.txt")

    page = browser.get("/documents?search=file&page=2")

    assert shown(page) == ["file 00.txt"]
    assert 'href="?search=file&amp;page=1"' in page.text


def test_the_latest_result_is_linked_for_everybody_in_the_organization(org, member):
    job = make_job(member, status=JobStatus.COMPLETED)
    row = job.job_documents.get()
    link = f"/jobs/{job.pk}/documents/{row.pk}"

    assert link in sign_in(member).get("/documents").text
    assert link in sign_in(make_user(org)).get("/documents").text
    assert link not in sign_in(make_user()).get("/documents").text


def test_names_are_escaped(browser, member):
    make_document(member, filename="<img src=x>.txt", path="<img src=x>")

    page = browser.get("/documents?search=<img").text

    assert "<img src=x>" not in page


def test_an_unused_document_is_deleted(browser, member, django_capture_on_commit_callbacks):
    document = make_document(member)

    with django_capture_on_commit_callbacks(execute=True):
        page = browser.post(f"/documents/{document.pk}/delete", follow=True)

    assert "was deleted" in page.text
    assert not Document.objects.exists()
    assert not document.file.storage.exists(document.file.name)


def test_a_document_in_use_stays_and_the_page_says_why(browser, member):
    job = make_job(member, name="Minutes", status=JobStatus.RUNNING)
    document = job.job_documents.get().document

    page = browser.post(f"/documents/{document.pk}/delete", follow=True)

    assert "is used by the job “Minutes”" in page.text.replace("&quot;", '"')
    assert Document.objects.filter(pk=document.pk).exists()


def test_only_the_uploader_and_admins_may_delete(org, member):
    document = make_document(member)
    button = f"/documents/{document.pk}/delete"

    for user in [make_user(org), make_user(org, role=Role.VIEWER)]:
        assert button not in sign_in(user).get("/documents").text
        assert sign_in(user).post(button).status_code == 403
    assert sign_in(make_user()).post(button).status_code == 404
    assert button in sign_in(make_user(org, role=Role.ADMIN)).get("/documents").text


@pytest.mark.parametrize("length", [1, 20])
def test_the_list_takes_seven_queries_however_long(
    browser, member, django_assert_num_queries, length
):
    for _ in range(length):
        make_job(member, status=JobStatus.COMPLETED)
    browser.get("/documents")

    # Session, user with organization, number of documents, documents with uploaders, latest
    # results with their jobs; active jobs and limit of the status bar.
    with django_assert_num_queries(7):
        page = browser.get("/documents")

    assert len(shown(page)) == length


def test_a_format_is_named_as_people_call_it(browser, member):
    make_document(member, filename="report.DOCX", media_type="application/octet-stream")

    page = browser.get("/documents").text

    assert "<span>Word</span>" in page
    assert "application/" not in page
