"""The deprecated Process page: one batch per person, on the page or as a tracked job."""

import io
import json
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from documents.models import Document
from jobs import drafts
from jobs.legacy import process_page
from jobs.models import Job, JobOrigin, JobStatus
from orgsettings import options
from orgsettings.models import Role
from tests.factories import (
    batch_file,
    make_api_client,
    make_document,
    make_job,
    make_org,
    make_row,
    make_user,
)
from tests.pages.conftest import sign_in

pytestmark = pytest.mark.django_db

CHOICE = {"quality": "85", "auto_optimize": "on", "language": "eng"}


def file(name="letter.txt", content=b"Dear Sir or Madam,\n"):
    return SimpleUploadedFile(name, content)


def make_batch(user, **fields):
    """A job that the Process page of `user` shows."""
    return make_job(user, origin=JobOrigin.PROCESS, on_process_page=True, **fields)


def answer(browser, how, **changes):
    return browser.post("/process/start", CHOICE | {"how": how} | changes)


# --- Upload & Select -------------------------------------------------------------------------


def test_the_upload_comes_first_then_the_options_then_what_was_selected(browser):
    page = browser.get("/process").text

    places = [page.index(f'id="{name}"') for name in ("files", "process-form", "draft")]
    assert places == sorted(places)


def test_the_page_says_that_it_is_deprecated_and_where_to_go(browser):
    page = browser.get("/process")

    assert "This page is deprecated." in page.text
    assert 'href="/jobs"' in page.text
    assert "Try Jobs Page" in page.text


def test_files_are_kept_in_a_draft_so_that_the_page_can_be_loaded_again(browser, member):
    browser.post("/process", {"files": [file(), file("notes.md", b"# Notes\n")]})

    job = Job.objects.get()
    assert (job.origin, job.status, job.user) == (JobOrigin.PROCESS, JobStatus.PENDING, member)
    assert "notes.md" in browser.get("/process").text
    assert "notes.md" in sign_in(member).get("/process").text  # on another machine, too


def test_files_come_one_by_one_as_in_the_wizard(browser):
    first = browser.post("/process", {"files": file()}, headers={"Accept": "application/json"})
    refused = browser.post(
        "/process", {"files": file("x.exe")}, headers={"Accept": "application/json"}
    )

    first, refused = json.loads(first.content), json.loads(refused.content)
    assert first["url"] == refused["url"] == "/process"
    assert "letter.txt" in first["draft"]
    assert "1 file" in refused["footer"]
    assert refused["files"][0]["verdict"] == "rejected"


def test_documents_of_every_source_join_the_same_batch(browser, org, member):
    batch_file(org, "ledger.txt", b"A ledger, in words.\n")
    document = make_document(member, filename="earlier.txt")

    browser.post("/process?from=batch", {"batch": "ledger.txt"})
    browser.post("/process?from=library", {"document": document.pk})

    job = Job.objects.get()
    assert sorted(row.filename for row in job.job_documents.all()) == ["earlier.txt", "ledger.txt"]


def test_a_document_is_taken_out_again(browser, member):
    job = make_batch(member, rows=2)
    row = job.job_documents.first()

    assert browser.post("/process/remove", {"row": row.pk}).url == "/process"

    job.refresh_from_db()
    assert job.total_documents == 1


@pytest.mark.parametrize("address", ["/process", "/process/start"])
def test_nothing_is_processed_without_documents(browser, address):
    page = browser.post(address, CHOICE)

    assert page.status_code == 422
    assert "Please select at least one document." in page.text
    assert not Job.objects.exists()


def test_the_quick_choice_begins_with_the_organizations_threshold():
    member = make_user(
        make_org(default_options={"quality_thresholds": {"conversion_threshold": 60}})
    )

    page = sign_in(member).get("/process")

    assert '<option value="60" selected>As in your organization (60)</option>' in page.text
    for name in ["Lenient (50)", "Standard (70)", "Strict (85)", "Very strict (95)"]:
        assert name in page.text


def test_the_quick_choice_is_kept_while_it_is_entered(browser, member):
    job = make_batch(member)

    entered = {"quality": "95", "language": ["auto", "eng"], "autosave": "1"}
    saved = browser.post("/process/start", entered)

    assert saved.status_code == 204
    job.refresh_from_db()
    assert job.is_draft
    assert job.processing_options["quality_thresholds"]["conversion_threshold"] == 95
    assert job.processing_options["ocr_settings"]["language"] == "eng"
    assert job.processing_options["auto_optimize"] is False
    assert '<option value="95" selected>' in browser.get("/process").text


def test_a_threshold_that_is_not_offered_is_refused_beside_its_field(browser, member):
    job = make_batch(member)

    page = answer(browser, "immediate", quality="51")

    assert page.status_code == 422
    assert "field-error" in page.text
    job.refresh_from_db()
    assert job.is_draft


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ([], "Choose at least one language."),
        (["eng", "xyz"], "“xyz” cannot be read on this server."),
    ],
)
def test_languages_that_cannot_be_read_start_nothing(browser, member, language, sentence):
    job = make_batch(member)

    page = answer(browser, "immediate", language=language)

    assert page.status_code == 422
    assert sentence in page.text
    job.refresh_from_db()
    assert job.is_draft


# --- how? ------------------------------------------------------------------------------------


def test_a_tracked_job_is_started_and_the_page_is_free_again(browser, member):
    browser.post("/process", {"files": [file("letter.txt")]})

    started = answer(browser, "tracked")

    job = Job.objects.get()
    assert started.url == f"/jobs/{job.pk}"
    assert (job.status, job.origin) == (JobStatus.QUEUED, JobOrigin.WEB)
    assert process_page.current(member) is None
    assert job.name == "letter.txt"
    assert job.processing_options["quality_thresholds"]["conversion_threshold"] == 85


def test_processing_immediately_stays_on_the_page(browser, member):
    job = make_batch(member)

    started = answer(browser, "immediate")

    job.refresh_from_db()
    assert started.url == "/process"
    assert (job.status, job.origin) == (JobStatus.QUEUED, JobOrigin.PROCESS)
    page = browser.get("/process")
    assert page.context["stage"] == "review"
    assert "/process/live?v=" in page.text
    assert job.name in browser.get("/jobs").text


@pytest.mark.parametrize("how", ["tracked", "immediate"])
def test_at_the_limit_nothing_starts_and_everything_is_kept(how):
    member = make_user(make_org(limit=1))
    make_job(member, status=JobStatus.RUNNING)
    job = make_batch(member)

    page = answer(sign_in(member), how)

    assert page.status_code == 409
    assert "Concurrency limit reached (1/1 active jobs)" in page.text
    assert "Your files and choices are kept." in page.text
    assert '<option value="85" selected>' in page.text
    job.refresh_from_db()
    assert (job.status, job.on_process_page) == (JobStatus.PENDING, True)


def test_a_second_press_of_the_button_starts_nothing_twice(browser, member):
    job = make_batch(member)

    assert answer(browser, "immediate").url == answer(browser, "immediate").url == "/process"

    assert job.logs.filter(event="job.queued").count() == 1


def test_a_second_batch_waits_until_the_first_one_has_ended(browser, member):
    make_batch(member, status=JobStatus.RUNNING)

    page = browser.post("/process", {"files": [file()]}, follow=True)

    assert "Your batch is still being processed." in page.text
    assert Job.objects.count() == 1


def test_an_ended_batch_takes_no_further_files(browser, member):
    job = make_batch(member, status=JobStatus.COMPLETED)

    sent = browser.post("/process", {"files": file()}, headers={"Accept": "application/json"})

    assert "Start over to process other files." in json.loads(sent.content)["files"][0]["message"]
    job.refresh_from_db()
    assert job.total_documents == 1


def test_the_database_allows_one_batch_for_each_person(member):
    make_batch(member, status=JobStatus.RUNNING)

    with pytest.raises(IntegrityError, match=r"(?i)unique"), transaction.atomic():
        make_batch(member)
    make_batch(make_user(member.membership.organization))


def test_two_requests_at_once_make_one_batch(member, monkeypatch):
    """The second one saw no batch either, and finds that of the first."""
    first, second = make_document(member), make_document(member)
    job = process_page.add_documents(member, [first])
    monkeypatch.setattr(process_page, "current", lambda user: None)

    assert process_page.add_documents(member, [second]) == job

    assert job.job_documents.count() == 2


# --- Review ----------------------------------------------------------------------------------


def test_results_are_told_apart_by_what_became_of_them(browser, member):
    job = make_batch(member, status=JobStatus.COMPLETED, rows=["COMPLETED", "FAILED"])
    make_row(job, status="COMPLETED", is_rag_ready=False, conversion_score=40)
    Job.objects.filter(pk=job.pk).update(
        total_documents=3, completed_documents=2, not_ready_documents=1
    )

    assert dict(browser.get("/process").context["filters"]) == {
        "all": 3, "failed": 1, "low": 1, "passed": 1,
    }  # fmt: skip
    failed = browser.get("/process?show=failed").context["page"]
    low = browser.get("/process?show=low")
    assert [row.status for row in failed] == ["FAILED"]
    assert [row.conversion_score for row in low.context["page"]] == [40]
    row = low.context["page"][0]
    assert f'href="/jobs/{job.pk}/documents/{row.pk}"' in low.text


def test_the_live_part_is_silent_until_something_changes_and_then_ends(browser, member):
    job = make_batch(member, status=JobStatus.RUNNING)
    version = browser.get("/process").context["live_version"]

    assert browser.get(f"/process/live?v={version}").status_code == 204
    assert browser.get("/process/live?v=0").status_code == 200

    Job.objects.filter(pk=job.pk).delete()
    assert browser.get("/process/live?v=0").headers["HX-Refresh"] == "true"
    make_batch(member, status=JobStatus.COMPLETED)
    last = browser.get("/process/live?v=0")
    assert last.status_code == 286
    assert "hx-get" not in last.text
    assert "is done: 1 of 1" in last.headers["HX-Trigger"].encode().decode("unicode_escape")


@pytest.mark.parametrize("length", [2, 40])
def test_the_live_part_takes_the_same_queries_however_long(
    browser, member, length, django_assert_num_queries
):
    make_batch(member, status=JobStatus.RUNNING, rows=length)
    version = browser.get("/process").context["live_version"]

    # Session, person, batch, why it waits; then running and waiting rows.
    with django_assert_num_queries(4):
        browser.get(f"/process/live?v={version}")
    with django_assert_num_queries(6):
        browser.get("/process/live?v=0")


def test_a_batch_is_cancelled_from_the_page(browser, member):
    job = make_batch(member, status=JobStatus.QUEUED)

    assert browser.post("/process/cancel").url == "/process"

    job.refresh_from_db()
    assert job.status == JobStatus.CANCELLED


# --- Download --------------------------------------------------------------------------------


def archive(answer):
    return zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))


def names(answer):
    return {
        name.removeprefix("processed_documents/")
        for name in archive(answer).namelist()
        if name.startswith("processed_documents/")
    }


def test_results_are_downloaded_all_or_chosen(browser, member):
    job = make_batch(member, status=JobStatus.COMPLETED, rows=2)
    first, second = job.job_documents.order_by("position")
    stems = {row.filename.replace(".txt", ".md") for row in (first, second)}
    page = browser.get("/process?stage=download")
    assert "Download all (2)" in page.text

    everything = browser.get("/process/download?type=individual")
    chosen = browser.get(f"/process/download?type=selected&row={second.pk}")

    assert names(everything) == stems
    assert names(chosen) == {second.filename.replace(".txt", ".md")}
    summary = browser.get("/process/download?type=summary")
    assert names(summary) == set()


def test_nothing_chosen_downloads_nothing_and_says_so(browser, member):
    make_batch(member, status=JobStatus.COMPLETED)

    page = browser.get("/process/download?type=selected", follow=True)

    assert page.redirect_chain == [("/process?stage=download", 302)]
    assert "Choose at least one document" in page.text


def test_a_document_of_another_job_is_not_downloaded(browser, member):
    make_batch(member, status=JobStatus.COMPLETED)
    other = make_job(member, status=JobStatus.COMPLETED).job_documents.get()

    page = browser.get(f"/process/download?type=selected&row={other.pk}")

    assert page.status_code == 422


def test_a_stage_that_was_not_reached_is_not_shown(browser, member):
    assert browser.get("/process?stage=download").context["stage"] == "select"
    make_batch(member, status=JobStatus.FAILED)
    assert browser.get("/process?stage=download").context["stage"] == "review"


def test_starting_over_clears_the_page_and_deletes_nothing(browser, member):
    job = make_batch(member, status=JobStatus.COMPLETED)
    colleague = make_user(member.membership.organization)
    theirs = make_batch(colleague, status=JobStatus.COMPLETED)

    page = browser.post("/process/start-over", follow=True)

    assert page.context["stage"] == "select"
    assert "Nothing was deleted" in page.text
    assert browser.get(f"/jobs/{job.pk}").status_code == 200
    assert process_page.current(colleague) == theirs
    assert Document.objects.count() == 2


def test_an_active_batch_keeps_its_page(browser, member):
    job = make_batch(member, status=JobStatus.RUNNING)

    page = browser.post("/process/start-over", follow=True)

    assert "Wait for its end or cancel it first." in page.text
    assert process_page.current(member) == job


def test_an_empty_draft_leaves_nothing_behind_when_the_page_is_cleared(browser, member):
    make_batch(member, rows=0)

    browser.post("/process/start-over")

    assert not Job.objects.exists()


# --- who, and how long -----------------------------------------------------------------------


def test_everybody_has_a_page_of_their_own(browser, member):
    make_batch(make_user(member.membership.organization), name="Of a colleague")
    admin = make_user(member.membership.organization, role=Role.ADMIN)

    assert browser.get("/process").context["job"] is None
    assert sign_in(admin).get("/process").context["job"] is None


def test_drafts_of_the_page_are_not_offered_in_the_wizard(browser, member):
    make_batch(member)

    assert not browser.get("/jobs/new").context["drafts"]


@pytest.mark.parametrize(
    ("role", "mode", "shown"),
    [
        (Role.MEMBER, "available", True),
        (Role.VIEWER, "available", False),
        (Role.MEMBER, "redirect", False),
        (Role.MEMBER, "removed", False),
    ],
)
def test_templates_know_whether_to_lead_to_the_page(org, settings, role, mode, shown):
    settings.PROCESS_PAGE_MODE = mode

    page = sign_in(make_user(org, role=role)).get("/documents")

    assert page.context["process_page_available"] is shown


ROUTES = [
    ("get", "/process"),
    ("post", "/process"),
    ("post", "/process/start"),
    ("get", "/process/live"),
    ("get", "/process/download"),
    ("post", "/process/start-over"),
]


@pytest.mark.parametrize(("method", "address"), ROUTES)
def test_a_redirected_page_leads_to_the_jobs_with_a_notice(browser, settings, method, address):
    settings.PROCESS_PAGE_MODE = "redirect"

    page = getattr(browser, method)(address, follow=True)

    assert page.redirect_chain == [("/jobs", 302)]
    assert "The Process page has moved to Jobs" in page.text


@pytest.mark.parametrize(("method", "address"), ROUTES)
def test_a_removed_page_is_gone_and_points_to_the_jobs(browser, settings, method, address):
    settings.PROCESS_PAGE_MODE = "removed"

    page = getattr(browser, method)(address)

    assert page.status_code == 410
    assert "The Process page was removed" in page.text
    assert 'href="/jobs"' in page.text


def test_jobs_of_programs_say_by_which_door_they_came(member):
    api, document = make_api_client(member), make_document(member)
    body = {"document_ids": [str(document.pk)], "start_immediately": False}
    api.post("/api/v1/jobs", body, format="json")
    api.post(f"/api/v1/documents/{document.pk}/process", {}, format="json")
    api.post("/api/v1/documents/batch/process", body, format="json")

    origins = Job.objects.order_by("created_at").values_list("origin", flat=True)
    assert list(origins) == [JobOrigin.API, JobOrigin.LEGACY, JobOrigin.LEGACY]


def test_a_job_of_the_wizard_says_so(browser, member, org):
    made = drafts.create(org, member, documents=[make_document(member)])

    assert made.origin == JobOrigin.WEB
    assert made.processing_options == options.defaults()
    assert "<dd>wizard</dd>" in browser.get(f"/jobs/{made.pk}").text
