"""The page of one job: what it shows, how it stays current, what its buttons do."""

import io
import json
import re
import zipfile
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from django_q.models import OrmQ

from jobs import file_passwords, starts
from jobs.models import Job, JobDocument, JobStatus, Stage
from orgsettings.models import Role
from tests.factories import (
    C,
    F,
    P,
    R,
    X,
    make_job,
    make_org,
    make_row,
    make_user,
    make_worker,
    succeed,
    take_document,
)
from tests.pages.conftest import sign_in

HTMX = {"HX-Request": "true"}


def url(job, name="detail"):
    return reverse(f"jobs:{name}", args=[job.pk])


def test_documents_that_need_attention_come_first(browser, member):
    job = make_job(member, status=JobStatus.RUNNING, rows=[C, P, R, F])

    page = browser.get(url(job))

    assert [row.status for row in page.context["page"].object_list] == [F, R, C, P]


def test_failures_are_grouped_by_cause_with_hint(browser, member):
    job = make_job(member, status=JobStatus.COMPLETED, rows=[C, F, F, F])
    locked = job.job_documents.filter(status=F)[:2].values_list("pk", flat=True)
    JobDocument.objects.filter(pk__in=list(locked)).update(
        error_code="encrypted_file",
        error_message="It is protected by a password.",
        error_hint="Save a copy without a password.",
    )

    page = browser.get(url(job))

    failures = page.context["failures"]
    assert [(f["error_code"], f["count"]) for f in failures] == [
        ("encrypted_file", 2),
        ("corrupt_file", 1),
    ]
    assert "Save a copy without a password." in page.text


def failed_job(member, *names, code="encrypted_file", status=JobStatus.FAILED):
    """A job all of whose documents, of these names, failed for one cause."""
    job = make_job(member, status=status, rows=[F] * len(names))
    for row, name in zip(job.job_documents.order_by("position"), names, strict=True):
        JobDocument.objects.filter(pk=row.pk).update(filename=name, error_code=code)
    return job


def test_the_failures_name_every_file_they_speak_of(browser, member):
    job = failed_job(member, "first.pdf", "second.pdf")

    page = browser.get(url(job)).text

    [card] = re.findall(r'id="job-failures".*?</section>', page, re.S)
    assert "first.pdf</a>" in card
    assert "second.pdf</a>" in card


def test_the_failures_name_fifty_files_and_lead_to_the_others(browser, member):
    job = failed_job(member, *[f"{number:03}.pdf" for number in range(53)])

    page = browser.get(url(job))

    [cause] = page.context["failures"]
    assert (len(cause["files"]), cause["more"]) == (50, 3)
    assert f'href="{url(job)}?state=failed">and 3 more' in page.text


def test_documents_of_one_cause_are_retried_with_options_of_their_own(browser, member):
    job = failed_job(member, "scan.pdf", code="no_text_found")
    form = browser.get(url(job)).context["failures"][0]["form"]
    assert form["processing_settings.timeout_seconds"].value() == 600

    browser.post(
        url(job, "retry"),
        {
            "with": "options",
            "cause": "no_text_found",
            "ocr_settings.language": ["deu", "eng"],
            "ocr_settings.force": "on",
            "processing_settings.timeout_seconds": "600",
        },
    )

    job.refresh_from_db()
    assert job.status == JobStatus.QUEUED
    assert job.job_documents.get().options_override == {
        "ocr_settings": {"language": "deu+eng", "force": True}
    }
    assert job.processing_options["ocr_settings"]["language"] == "auto"


def test_a_password_is_asked_for_where_it_helps_and_kept_sealed(browser, member):
    job = failed_job(member, "locked.pdf")
    assert 'type="password"' in browser.get(url(job)).text
    form = {
        "with": "options",
        "cause": "encrypted_file",
        "ocr_settings.language": "eng",
        "processing_settings.timeout_seconds": "600",
        "password": " open sesame ",
    }

    browser.post(url(job, "retry"), form)

    row = job.job_documents.get()
    assert file_passwords.take(row.pk, timezone.now()) == " open sesame "


def test_no_password_is_asked_for_where_it_does_not_help(browser, member):
    job = failed_job(member, "torn.pdf", code="corrupt_file")

    assert 'type="password"' not in browser.get(url(job)).text


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"ocr_settings.language": []}, "Choose at least one language."),
        ({"ocr_settings.language": ["xyz"]}, "“xyz” cannot be read on this server."),
        ({"processing_settings.timeout_seconds": "5"}, "Enter a whole number from 10 to 3600."),
    ],
)
def test_bad_options_of_a_retry_are_refused_beside_their_fields(browser, member, changed, sentence):
    job = failed_job(member, "locked.pdf")
    form = {
        "with": "options",
        "cause": "encrypted_file",
        "ocr_settings.language": "eng",
        "processing_settings.timeout_seconds": "600",
        "password": "open sesame",
    }

    page = browser.post(url(job, "retry"), form | changed)

    assert page.status_code == 422
    assert sentence in page.text
    assert "open sesame" not in page.text
    job.refresh_from_db()
    assert job.status == JobStatus.FAILED


def test_a_failed_document_is_replaced_by_an_uploaded_file(browser, member):
    job = failed_job(member, "torn.txt", code="corrupt_file")
    job.job_documents.update(path="2026/March")
    row = job.job_documents.get()
    assert "2026/March/</span><wbr>torn.txt</a></li>" in browser.get(url(job)).text

    page = browser.post(
        url(job, "replace"),
        {"row": row.pk, "file": SimpleUploadedFile("whole.txt", b"All of it.\n")},
        follow=True,
    )

    assert "“torn.txt” was replaced and is converted again." in page.text
    row.refresh_from_db()
    assert (row.full_name, row.status) == ("2026/March/whole.txt", P)  # in its place


def zipped(*names):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, f"All of {name}.\n")
    return SimpleUploadedFile("mended.zip", buffer.getvalue())


def test_a_failed_document_is_replaced_by_the_one_file_in_an_archive(browser, member):
    job = failed_job(member, "torn.txt", code="corrupt_file")
    row = job.job_documents.get()

    browser.post(url(job, "replace"), {"row": row.pk, "file": zipped("whole.txt")})

    row.refresh_from_db()
    assert (row.filename, row.status) == ("whole.txt", P)


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"file": zipped("a.txt", "b.txt")}, "“mended.zip” holds 2 files, and one document is"),
        ({}, "Choose a file first."),
        ({"file": SimpleUploadedFile("x.exe", b"MZ")}, "“x.exe” has no supported type."),
    ],
)
def test_what_cannot_be_uploaded_replaces_nothing(browser, member, sent, sentence):
    job = failed_job(member, "torn.txt", code="corrupt_file")
    row = job.job_documents.get()

    page = browser.post(url(job, "replace"), sent | {"row": row.pk}, follow=True)

    assert sentence in page.text
    assert job.job_documents.get().filename == "torn.txt"


def test_viewers_see_the_files_and_nothing_to_press(org, member):
    job = failed_job(member, "locked.pdf")
    viewer = sign_in(make_user(org, role=Role.VIEWER))

    page = viewer.get(url(job)).text

    assert "locked.pdf</a>" in page
    assert "Retry with…" not in page
    assert "Replace file…" not in page


def test_a_job_of_poor_quality_says_so_and_leads_to_the_documents(browser, member):
    job = make_job(
        member,
        status=JobStatus.COMPLETED,
        score_sum=41,
        is_low_quality=True,
        not_ready_documents=1,
    )

    page = browser.get(url(job)).text

    assert "1 document is not RAG-ready." in page
    assert "The average quality, 41, is below the threshold of 70." in page
    assert f'href="{url(job)}?state=not_ready"' in page


def test_one_document_below_the_threshold_is_told_although_the_average_is_good(browser, member):
    job = make_job(member, status=JobStatus.COMPLETED, rows=3, not_ready_documents=1)

    page = browser.get(url(job)).text

    assert "Needs attention" in page
    assert "1 document is not RAG-ready." in page
    assert "The average quality" not in page


def test_a_result_says_how_many_tokens_it_has_if_that_is_known(browser, member):
    job = make_job(member, status=JobStatus.COMPLETED, rows=2)
    job.job_documents.filter(position=0).update(result_tokens=12345)

    page = browser.get(url(job)).text

    assert page.count("12,345 tokens") == 1
    assert page.count("tokens</span>") == 1


def test_a_hundred_documents_stand_on_a_page(browser, member):
    job = make_job(member, rows=0)
    for _ in range(101):
        make_row(job)
    Job.objects.filter(pk=job.pk).update(total_documents=101)

    first, second = (browser.get(f"{url(job)}?page={number}") for number in (1, 2))

    assert len(first.context["page"].object_list) == 100
    assert len(second.context["page"].object_list) == 1


def test_file_names_and_error_messages_are_escaped(browser, member):
    job = make_job(member, status=JobStatus.FAILED)
    evil = "<script>alert(1)</script>"
    job.job_documents.update(filename=evil, error_message=evil, error_hint=evil)

    page = browser.get(url(job)).text

    assert evil not in page
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 4


@pytest.mark.parametrize(
    ("status", "rows", "offered"),
    [
        (JobStatus.PENDING, 1, {"Start", "Edit"}),
        (JobStatus.PENDING, 0, {"Edit"}),
        (JobStatus.QUEUED, 1, {"Cancel"}),
        (JobStatus.RUNNING, [C, R], {"Cancel", "Download ZIP"}),
        (JobStatus.COMPLETED, [C], {"Download ZIP"}),
        (JobStatus.COMPLETED, [C, F], {"Download ZIP", "Retry failed (1)"}),
        (JobStatus.FAILED, [F], {"Retry failed (1)"}),
        (JobStatus.CANCELLED, [C, X], {"Download ZIP", "Run the rest"}),
    ],
)
def test_the_buttons_fit_the_state(browser, member, status, rows, offered):
    job = make_job(member, status=status, rows=rows)
    every = {"Start", "Edit", "Cancel", "Download ZIP", "Retry failed (1)", "Run the rest"}

    page = browser.get(url(job)).text
    head = page[page.index('class="job-actions"') : page.index('class="job-summary"')]

    assert {words for words in every if f">{words}<" in head or f"{words}\n" in head} == offered


def test_the_live_part_answers_204_while_nothing_changes(browser, member):
    job = make_job(member, status=JobStatus.RUNNING)

    assert browser.get(f"{url(job, 'live')}?v={job.version}").status_code == 204
    assert browser.get(f"{url(job, 'live')}?v={job.version - 1}").status_code == 200


def test_the_live_part_keeps_asking_while_the_job_is_active(browser, member, settings):
    settings.JOB_STATUS_POLL_INTERVAL = 7
    job = make_job(member, status=JobStatus.RUNNING, rows=3)

    part = browser.get(f"{url(job, 'live')}?v=0&tab=documents&page=1", headers=HTMX).text

    assert "<html" not in part
    assert f"{url(job, 'live')}?v={job.version}&amp;tab=documents&amp;page=1" in part
    assert 'hx-trigger="every 7s"' in part


def test_the_live_part_stops_with_286_when_the_job_ended(browser, member):
    job = make_job(member, name="Minutes", status=JobStatus.COMPLETED, rows=[C, F])

    last = browser.get(f"{url(job, 'live')}?v={job.version}", headers=HTMX)

    assert last.status_code == 286
    assert "hx-trigger" not in last.text
    told = json.loads(last["HX-Trigger"])["job:finished"]
    assert told == {"message": "“Minutes” is done: 1 of 2 converted, 1 failed.", "kind": "info"}


def test_an_ended_job_does_not_ask(browser, member):
    job = make_job(member, status=JobStatus.COMPLETED)

    page = browser.get(url(job)).text

    assert url(job, "live") not in page


def test_a_waiting_job_says_why_and_says_it_anew_when_that_changes(browser, member):
    job = make_job(member, status=JobStatus.QUEUED)
    page = browser.get(url(job))
    poll = f"{url(job, 'live')}?v={page.context['live_version']}"
    assert "No worker is running." in page.text
    assert browser.get(poll).status_code == 204

    make_worker()
    changed = browser.get(poll)

    assert changed.status_code == 200
    assert "Waiting for a worker to take it" in changed.text


def test_starting_a_draft_queues_it(browser, member):
    job = make_job(member)

    answer = browser.post(url(job, "start"), follow=True)

    job.refresh_from_db()
    assert job.status == JobStatus.QUEUED
    assert OrmQ.objects.count() == 1
    assert "The job was started." in answer.text


def test_starting_at_the_limit_explains_and_leaves_the_draft(member):
    member = make_user(make_org(limit=1))
    make_job(member, status=JobStatus.RUNNING)
    job = make_job(member)

    page = sign_in(member).post(url(job, "start"))

    job.refresh_from_db()
    assert page.status_code == 409
    assert "Concurrency limit reached (1/1 active jobs)" in page.text
    assert job.is_draft


def test_starting_twice_says_that_it_runs_already(browser, member):
    job = make_job(member)
    browser.post(url(job, "start"))

    second = browser.post(url(job, "start"), follow=True)

    assert "The job cannot be started" in second.text
    assert second.redirect_chain == [(url(job), 302)]


def test_cancelling_a_queued_job_shows_the_receipt(browser, member):
    job = make_job(member, rows=3)
    starts.start(job, by=member)

    page = browser.post(url(job, "cancel"), follow=True)

    job.refresh_from_db()
    assert job.status == JobStatus.CANCELLED
    assert f"Cancelled by {member.username}" in page.text
    assert "<dt>Results kept</dt><dd>0</dd>" in page.text
    assert "Verified: every document has stopped." in page.text


def test_a_job_whose_workers_are_stopping_says_so(browser, member):
    job = make_job(member, status=JobStatus.RUNNING, rows=[R, P])

    page = browser.post(url(job, "cancel"), follow=True).text

    assert "Waiting for the workers to stop" in page
    assert "Cancelling…" in page


def test_an_ended_job_cannot_be_cancelled(browser, member):
    job = make_job(member, status=JobStatus.COMPLETED)

    page = browser.post(url(job, "cancel"), follow=True).text

    assert "The job cannot be cancelled" in page


def test_retrying_runs_only_what_failed(browser, member):
    job = make_job(member, status=JobStatus.COMPLETED, rows=[C, F])

    browser.post(url(job, "retry"))

    job.refresh_from_db()
    assert job.status == JobStatus.QUEUED
    assert [row.status for row in job.job_documents.order_by("position")] == [C, P]


def test_retrying_when_nothing_failed_says_so(browser, member):
    job = make_job(member, status=JobStatus.COMPLETED)

    page = browser.post(url(job, "retry"), follow=True).text

    assert "There is no failed or cancelled document to run again." in page


def test_an_active_job_is_not_deleted(org, member):
    job = make_job(member, status=JobStatus.RUNNING)

    page = sign_in(make_user(org, role=Role.ADMIN)).post(url(job, "delete"), follow=True)

    assert "Cancel it first" in page.text
    assert Job.objects.filter(pk=job.pk).exists()


def test_the_options_tab_shows_every_option_and_marks_changes(browser, member):
    job = make_job(member)
    options = job.processing_options
    options["ocr_settings"]["language"] = "deu"
    Job.objects.filter(pk=job.pk).update(processing_options=options)

    page = browser.get(f"{url(job)}?tab=options")

    assert "Chunk overlap" in page.text
    assert "German" in page.text
    assert page.context["changed_options"] == page.text.count("option-changed") == 1


def rows_of(page):
    return [(row.status, row.position) for row in page.context["page"].object_list]


def test_the_options_tab_names_the_engines_that_read_the_documents(browser, member):
    job = make_job(member, status=JobStatus.COMPLETED, rows=[C, C, F])
    job.job_documents.filter(position=1).update(engine="tesseract")

    page = browser.get(f"{url(job)}?tab=options")

    assert page.context["engines"] == [("tesseract", 1), ("text", 1)]
    assert "tesseract" in page.text


def test_documents_are_chosen_by_state_and_by_file_name(browser, member):
    job = make_job(member, status=JobStatus.RUNNING, rows=[C, F, R, P, C, F])
    JobDocument.objects.filter(job=job, position__in=[1, 4]).update(filename="Minutes.pdf")

    assert rows_of(browser.get(f"{url(job)}?state=failed")) == [(F, 1), (F, 5)]
    assert rows_of(browser.get(f"{url(job)}?search=minutes")) == [(F, 1), (C, 4)]
    assert rows_of(browser.get(f"{url(job)}?search=minutes&state=completed")) == [(C, 4)]
    assert rows_of(browser.get(f"{url(job)}?state=nonsense")) == [
        (F, 1), (F, 5), (R, 2), (C, 0), (C, 4), (P, 3)
    ]  # fmt: skip
    assert "No documents match." in browser.get(f"{url(job)}?search=none").text


def test_each_state_says_how_many_documents_it_has(browser, member):
    job = make_job(member, status=JobStatus.RUNNING, rows=[C, C, F, R, P, P, P])

    page = browser.get(url(job))

    assert {name: count for name, _, count, _ in page.context["filters"]} == {
        "all": 7, "failed": 1, "to_review": 2, "running": 1, "waiting": 3, "completed": 2,
        "rag_ready": 2,
    }  # fmt: skip


def test_a_page_of_documents_may_lie_across_the_states(browser, member, monkeypatch):
    monkeypatch.setattr("jobs.views.panels.DOCUMENTS_PER_PAGE", 2)
    job = make_job(member, status=JobStatus.COMPLETED, rows=[C, F, C, C, F, F])

    pages = [rows_of(browser.get(f"{url(job)}?page={number}")) for number in (1, 2, 3)]

    assert pages == [[(F, 1), (F, 4)], [(F, 5), (C, 0)], [(C, 2), (C, 3)]]


def test_the_live_part_keeps_to_what_was_chosen(browser, member):
    job = make_job(member, status=JobStatus.RUNNING, rows=[R, P, P])

    part = browser.get(f"{url(job, 'live')}?v=0&tab=documents&state=waiting", headers=HTMX)

    assert rows_of(part) == [(P, 1), (P, 2)]
    assert "&amp;state=waiting" in part.text


def test_results_appear_in_queue_and_export_while_the_job_runs(browser, member):
    job = make_job(member, status=JobStatus.QUEUED, rows=2)
    attempt = take_document()
    tabs = ["documents&state=completed", "export"]
    before = [browser.get(f"{url(job)}?tab={tab}") for tab in tabs]

    succeed(attempt)

    for page in before:
        live = browser.get(f"{url(job, 'live')}?{page.context['live_query']}", headers=HTMX)
        assert attempt.row.filename not in page.text
        assert attempt.row.filename in live.text
        assert live.context["page"].paginator.count == 1


def test_the_card_of_an_active_job_counts_the_documents_of_each_stage(browser, member):
    job = make_job(member, status=JobStatus.RUNNING, rows=[C, F, R, R, R, R, R, R, P, P])
    running = job.job_documents.filter(status=R)
    stages = {3: Stage.CONVERTING, 4: Stage.OCR, 5: Stage.OCR, 6: Stage.SCORING}
    for position, stage in stages.items():  # 2 was begun a moment ago
        running.filter(position=position).update(stage=stage)
    running.filter(position=7).update(started_at=None)  # taken by a worker for later

    page = browser.get(url(job))

    assert [(name, count) for name, _, count in page.context["stage_counts"]] == [
        ("queued", 3), ("converting", 2), ("ocr", 2), ("scoring", 1), ("done", 2)
    ]  # fmt: skip
    strip = page.text[page.text.index('class="stages"') : page.text.index('class="legend"')]
    assert strip.count("<li") == strip.count("stage-taken") == 5


@pytest.mark.parametrize("status", [JobStatus.PENDING, JobStatus.COMPLETED, JobStatus.CANCELLED])
def test_a_job_that_is_not_active_has_no_stages(browser, member, status):
    page = browser.get(url(make_job(member, status=status)))

    assert 'class="stages"' not in page.text


@pytest.mark.parametrize(
    ("progress", "words"),
    [
        ({"stage": Stage.OCR, "pages_done": 11, "pages_total": 40}, "OCR, page 12 of 40"),
        ({"stage": Stage.CONVERTING}, "Converting"),
        ({"stage": Stage.SCORING, "pages_done": 40, "pages_total": 40}, "Scoring"),
    ],
)
def test_a_running_document_says_what_is_done_with_it(browser, member, progress, words):
    job = make_job(member, status=JobStatus.RUNNING, rows=[R])
    job.job_documents.update(**progress)

    assert f'<span class="row-stage">{words}</span>' in browser.get(url(job)).text


def test_a_document_that_was_just_begun_says_no_more_than_that_it_runs(browser, member):
    job = make_job(member, status=JobStatus.RUNNING, rows=[R])

    assert "row-stage" not in browser.get(url(job)).text


def test_pages_a_minute_are_shown_while_a_job_runs_and_after(browser, member):
    make_worker()
    begun = timezone.now() - timedelta(minutes=10)
    job = make_job(member, status=JobStatus.RUNNING, rows=[C, R], started_at=begun)
    job.job_documents.filter(status=C).update(page_count=12_340)
    ended = make_job(member, status=JobStatus.COMPLETED, started_at=begun)
    ended.job_documents.update(page_count=25)

    assert "1,234 pages/min" in browser.get(url(job)).text
    assert "2.5 pages/min" in browser.get(url(ended)).text


def test_retrying_a_cause_runs_only_its_documents(browser, member):
    job = make_job(member, status=JobStatus.COMPLETED, rows=[C, F, F, F])
    JobDocument.objects.filter(job=job, position=2).update(error_code="encrypted_file")

    page = browser.post(url(job, "retry"), {"cause": "corrupt_file"}, follow=True)

    assert [row.status for row in job.job_documents.order_by("position")] == [C, P, F, P]
    assert "2 documents are converted again." in page.text


def test_retrying_one_document_leaves_the_others(browser, member):
    job = make_job(member, status=JobStatus.COMPLETED, rows=[C, F, F])
    row = job.job_documents.get(position=2)

    browser.post(url(job, "retry"), {"row": str(row.pk)})

    assert [row.status for row in job.job_documents.order_by("position")] == [C, F, P]


def test_retrying_a_document_of_another_job_is_refused(browser, member):
    job = make_job(member, status=JobStatus.COMPLETED, rows=[C, F])
    other = make_job(member, status=JobStatus.FAILED).job_documents.get()

    page = browser.post(url(job, "retry"), {"row": str(other.pk)}, follow=True)

    assert "Some documents are not in this job." in page.text
    job.refresh_from_db()
    assert job.status == JobStatus.COMPLETED


def test_a_job_is_renamed(browser, member):
    job = make_job(member, status=JobStatus.RUNNING)

    page = browser.post(url(job, "rename"), {"name": "Minutes", "description": "Q4"}, follow=True)

    assert "<h1>Minutes</h1>" in page.text
    assert "Q4" in page.text


def test_a_name_that_is_refused_stays_in_the_form(browser, member):
    job = make_job(member, name="Before")

    page = browser.post(url(job, "rename"), {"name": "", "description": "Kept words"})

    job.refresh_from_db()
    assert (page.status_code, job.name) == (422, "Before")
    assert "Give the job a name" in page.text
    assert "Kept words" in page.text


def test_cloning_leads_to_the_wizard_of_the_new_draft(browser, member):
    job = make_job(member, name="Minutes", status=JobStatus.COMPLETED, rows=2)
    job.job_documents.get(position=0).document.delete()

    page = browser.post(url(job, "clone"), follow=True)

    draft = Job.objects.exclude(pk=job.pk).get()
    assert page.redirect_chain == [(url(draft, "setup-select"), 302)]
    assert (draft.name, draft.total_documents) == ("Minutes (copy)", 1)
    assert "1 document was deleted meanwhile" in page.text


def test_cloning_one_document_leads_to_its_options(browser, member):
    job = make_job(member, status=JobStatus.COMPLETED, rows=2)
    row = job.job_documents.get(position=1)

    answer = browser.post(url(job, "clone"), {"row": row.pk})

    draft = Job.objects.get(status=JobStatus.PENDING)
    assert answer.url == reverse("jobs:setup-configure", args=[draft.pk])
    assert draft.total_documents == 1


def test_a_document_of_another_job_is_not_cloned(browser, member):
    other = make_job(make_user(), status=JobStatus.COMPLETED)
    job = make_job(member, status=JobStatus.COMPLETED)

    answer = browser.post(url(job, "clone"), {"row": other.job_documents.get().pk})

    assert answer.status_code == 404
    assert not Job.objects.filter(status=JobStatus.PENDING).exists()


def test_a_cancelled_job_whose_worker_said_nothing_is_not_called_verified(browser, member):
    receipt = {"requested_by": "ada", "seconds": 30.2, "verification_timeout": True}
    job = make_job(member, status=JobStatus.CANCELLED, rows=2, cancellation=receipt)

    page = browser.get(url(job)).text

    assert "Not verified" in page
    assert "Verified:" not in page


@pytest.mark.parametrize("length", [1, 20])
def test_the_page_takes_ten_queries_however_many_documents(
    browser, member, django_assert_num_queries, length
):
    job = make_job(member, status=JobStatus.COMPLETED, rows=[F, *[C] * length])
    browser.get(url(job))

    # Session, user with organization, job with owner, sums over its documents, causes of failures,
    # their files, failed and other documents; active jobs and limit of the status bar.
    with django_assert_num_queries(10):
        browser.get(url(job))


@pytest.mark.parametrize("length", [1, 20])
def test_a_poll_takes_seven_queries_and_four_if_nothing_changed(
    browser, member, django_assert_num_queries, length
):
    job = make_job(member, status=JobStatus.RUNNING, rows=[R, *[P] * length])
    browser.get("/jobs")

    # Session, user with organization, job with owner, whether a worker is at it.
    with django_assert_num_queries(4):
        browser.get(f"{url(job, 'live')}?v={job.version}")
    with django_assert_num_queries(7):  # the same, sums, running documents, the other documents
        browser.get(f"{url(job, 'live')}?v=0")
