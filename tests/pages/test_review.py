"""One result: leafing through, the editor with its preview, and earlier versions."""

import pytest
from django.urls import reverse

from documents import text_work
from jobs import results
from jobs.models import JobDocument, JobStatus
from jobs.review import edits
from orgsettings.models import Role
from tests.factories import C, F, make_job, make_user
from tests.pages.conftest import sign_in

HTMX = {"HX-Request": "true"}


def make_result(user, markdown="# Report\n\nSome words.\n"):
    row = make_job(user, status=JobStatus.COMPLETED).job_documents.get()
    edits.save(row, markdown, None)
    return row


def url(row, name="result"):
    return reverse(f"jobs:{name}", args=[row.job_id, row.pk])


def save(browser, row, content, **values):
    return browser.post(url(row, "result-save"), {"content": content} | values, follow=True)


def test_one_leafs_through_the_filtered_documents(browser, member):
    job = make_job(member, status=JobStatus.COMPLETED, rows=[F, C, F, C])
    first, second = job.job_documents.filter(status=F).order_by("position")

    page = browser.get(url(first) + "?state=failed")

    assert (page.context["previous"], page.context["next"]) == (None, second)
    assert f"{url(second)}?view=rendered&amp;state=failed" in page.text


def test_saving_an_edit_scores_it_anew(browser, member):
    row = make_result(member)

    page = save(browser, row, "# Mended\n\nBetter words than before.\n")

    row.refresh_from_db()
    assert results.read(row) == "# Mended\n\nBetter words than before.\n"
    assert f"Saved. The score is {row.conversion_score}, before it was" in page.text
    assert page.redirect_chain == [(f"{url(row)}?view=edit", 302)]


def test_saving_a_text_that_lost_its_content_says_what_is_missing(browser, member):
    row = make_result(member)

    page = save(browser, row, "# Nothing else\n")

    row.refresh_from_db()
    assert row.conversion_score == 15
    assert "100% of the words are missing, such as “document”" in page.text
    assert "It is not RAG-ready." in page.text


def test_the_editor_holds_the_whole_text_with_its_first_line_break(browser, member):
    row = make_result(member, "\n\nLine after line breaks.\n")

    page = browser.get(url(row) + "?view=edit").text

    # A browser drops the first line break behind the tag.
    assert ">\n\n\nLine after line breaks.\n</textarea>" in page


def test_a_text_that_somebody_else_changed_meanwhile_is_not_overwritten(browser, member):
    row = make_result(member)
    seen = row.result_sha256
    edits.save(row, "# Of somebody else\n", None)

    page = save(browser, row, "# Mine, at length\n", based_on=seen)

    row.refresh_from_db()
    assert page.status_code == 409
    assert results.read(row) == "# Of somebody else\n"
    assert "was changed by someone else" in page.text
    assert "# Mine, at length" in page.text
    # Whoever has seen that may save all the same.
    again = save(browser, row, "# Mine, at length\n", based_on=page.context["based_on"])
    assert again.status_code == 200


def test_an_empty_text_is_refused_beside_the_editor(browser, member):
    row = make_result(member)

    page = save(browser, row, " \n ")

    assert page.status_code == 422
    assert "The text is empty." in page.text
    assert 'name="content"' in page.text


def test_a_text_whose_result_is_gone_can_still_be_copied(browser, member):
    row = make_result(member)
    JobDocument.objects.filter(pk=row.pk).update(
        status=F, error_code="result_lost", error_message="It was lost."
    )

    page = save(browser, row, "# Hours of work\n")

    assert page.status_code == 409
    assert "has no result to edit" in page.text
    assert "# Hours of work" in page.text


def test_a_preview_shows_text_and_scores_and_saves_nothing(browser, member):
    row = make_result(member)

    part = browser.post(
        url(row, "result-preview"), {"content": "# New\n\n<b onclick='x'>words</b>"}, headers=HTMX
    )

    row.refresh_from_db()
    assert '<h1 dir="auto">New</h1>' in part.text
    assert "onclick" not in part.text
    assert "would not be RAG-ready" in part.text
    assert part.context["measures"][0].value is not None
    assert results.read(row) == "# Report\n\nSome words.\n"


def test_a_preview_says_which_words_would_be_lost(browser, member):
    row = make_result(member)

    part = browser.post(url(row, "result-preview"), {"content": "# Gone\n"}, headers=HTMX)

    assert "100% of the words are missing" in part.text
    assert part.context["measures"][0].value == 15
    assert not part.context["is_ready"]


def test_a_very_long_text_is_neither_edited_nor_previewed_here(browser, member):
    row = make_result(member)
    JobDocument.objects.filter(pk=row.pk).update(result_size=5_000_000)

    assert "too long for the editor" in browser.get(url(row) + "?view=edit").text
    part = browser.post(url(row, "result-preview"), {"content": "x" * 300_001}, headers=HTMX)
    assert "too long for a preview" in part.text


def test_an_earlier_version_is_read_and_restored(browser, member):
    row = make_result(member, "# Second\n")

    listed = browser.get(url(row) + "?view=versions")
    old = browser.get(url(row) + "?view=markdown&version=1")
    back = browser.post(url(row, "result-restore"), {"number": 1}, follow=True)

    assert [(v.number, now) for v, now in listed.context["versions"]] == [(2, True), (1, False)]
    assert "Converted." in old.context["markdown"]
    assert "It is not the current result." in old.text
    row.refresh_from_db()
    assert "Converted." in results.read(row)
    assert "Version 1 is the result again." in back.text


def test_an_earlier_version_is_compared_with_the_result_now(browser, member):
    row = make_result(member, "# Report\n\n<b>One</b> line\n\nLast\n")
    edits.save(row, "# Report\n\n<b>Two</b> line\n\nLast\n", None)

    page = browser.get(url(row) + "?view=versions&compare=2")

    assert page.status_code == 200
    assert "From version 2 to the current result" in page.text
    assert "<del><mark>&lt;b&gt;One&lt;/b&gt;</mark> line</del>" in page.text
    assert "<ins><mark>&lt;b&gt;Two&lt;/b&gt;</mark> line</ins>" in page.text
    assert "1 line added" in page.text
    assert "There are no differences." in browser.get(url(row) + "?view=versions&compare=3").text


@pytest.mark.parametrize("number", ["7", "-1", "x", "9" * 30])
def test_a_version_that_does_not_exist_is_not_compared(browser, member, number):
    row = make_result(member)

    assert browser.get(f"{url(row)}?view=versions&compare={number}").status_code == 404


def test_versions_that_are_too_long_are_not_compared(browser, member):
    row = make_result(member)
    JobDocument.objects.filter(pk=row.pk).update(result_size=5_000_000)

    page = browser.get(url(row) + "?view=versions&compare=1")

    assert "too long to compare" in page.text


def test_a_comparison_that_takes_too_long_says_so(browser, member, monkeypatch):
    row = make_result(member)
    monkeypatch.setattr(text_work, "WORK_SECONDS", 0.0)

    page = browser.get(url(row) + "?view=versions&compare=1")

    assert page.status_code == 200
    assert "takes too long" in page.text


@pytest.mark.parametrize("number", ["", "7", "-1", "x", "9" * 30])
def test_a_version_that_does_not_exist_is_not_found(browser, member, number):
    row = make_result(member)

    assert browser.post(url(row, "result-restore"), {"number": number}).status_code == 404


def test_a_version_whose_file_is_gone_is_not_restored(browser, member):
    row = make_result(member)
    oldest = edits.versions(row)[-1]
    results.storage().delete(oldest.result_file.name)

    page = browser.post(url(row, "result-restore"), {"number": 1}, follow=True)

    assert "Version 1 is missing from the storage." in page.text


def test_viewers_read_and_have_no_editor(org, member):
    row = make_result(member)
    viewer = sign_in(make_user(org, role=Role.VIEWER))

    page = viewer.get(url(row) + "?view=edit")

    assert page.context["view"] == "rendered"
    assert 'href="?view=edit' not in page.text


def test_a_lost_result_is_told_with_a_way_on(browser, member):
    row = make_result(member)
    results.storage().delete(row.result_file.name)

    page = browser.get(url(row))

    assert page.status_code == 404
    assert "This result is lost." in page.text
    assert "Clone the job" in page.text


@pytest.mark.parametrize(
    "view", ["rendered", "markdown", "edit", "quality", "versions", "versions&compare=1"]
)
def test_a_document_takes_eight_queries_at_most(
    browser, member, django_assert_max_num_queries, view
):
    row = make_result(member)
    browser.get(f"{url(row)}?view={view}")  # its pages are measured, once

    # Session, user with organization, job with owner, document with its upload, those before and
    # after it; active jobs and limit of the status bar; versions and attempts; the one to compare.
    most = {"versions": 10, "versions&compare=1": 11}.get(view, 8)
    with django_assert_max_num_queries(most):
        browser.get(f"{url(row)}?view={view}")
