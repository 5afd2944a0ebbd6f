"""Create New Job, as plain forms and as the page that uploads file by file."""

import io
import json
import re
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from documents.models import Document, StoredFile
from jobs import drafts, starts
from jobs.forms import OptionsForm
from jobs.models import Job, JobStatus
from orgsettings import options
from orgsettings.options import FIELDS
from tests.factories import batch_file, make_document, make_job, make_org, make_user
from tests.pages.conftest import sign_in

pytestmark = pytest.mark.django_db


def file(name="letter.txt", content=b"Dear Sir or Madam,\n"):
    return SimpleUploadedFile(name, content)


def url(job, step):
    return reverse(f"jobs:setup-{step}", args=[job.pk])


def upload(client, address, *files, path=""):
    """What static/js/upload.js sends, and the answer it reads."""
    fields = {"files": files, "paths": [path] * len(files)}
    answer = client.post(address, fields, headers={"Accept": "application/json"})
    assert answer.status_code == 200
    return json.loads(answer.content)


def sent(page):
    """The fields of a page's OptionsForm, as a browser sends them back."""
    form = page.context["form"]
    return {name: value for name in form.fields if (value := form[name].value()) is not False}


def test_the_whole_way_needs_no_script(browser, member):
    """Three forms: files, options, name."""
    page = browser.get("/jobs/new")
    assert re.search(r'<input[^>]* type="file"\s+name="files"\s+multiple', page.text)

    selected = browser.post(
        "/jobs/new", {"files": [file(), file("notes.md", b"# Notes\n"), file("x.exe", b"MZ")]},
        follow=True,
    )  # fmt: skip
    job = Job.objects.get()
    assert selected.redirect_chain == [(url(job, "select"), 302)]
    assert "“x.exe” has no supported type" in selected.text
    assert "notes.md" in selected.text

    configured = browser.get(url(job, "configure"))
    answers = sent(configured) | {"ocr_settings.language": "eng+deu", "go": "review"}
    assert browser.post(url(job, "configure"), answers).url == url(job, "review")

    review = browser.get(url(job, "review"))
    assert review.context["form"]["name"].value().startswith("Batch 2 files - ")
    started = browser.post(url(job, "review"), {"name": "Letters", "start": "1"})
    job.refresh_from_db()
    assert started.url == f"/jobs/{job.pk}"
    assert (job.name, job.status, job.user) == ("Letters", JobStatus.QUEUED, member)
    assert job.total_documents == 2
    assert job.processing_options["ocr_settings"]["language"] == "eng+deu"


# --- Select ----------------------------------------------------------------------------------


def test_a_file_of_a_folder_is_selected_with_its_folder(browser):
    first = upload(browser, "/jobs/new", file(), path="2026/March")
    other = upload(browser, first["url"], file(), path="2026/April")

    assert "2026/March/</span><wbr>letter.txt" in first["draft"]
    assert "2026/April/</span><wbr>letter.txt" in other["files"][0]["html"]
    again = upload(browser, first["url"], file(), path="2026/March")
    assert again["files"][0]["verdict"] == "repeated"
    review = browser.get(first["url"].replace("select", "review"))
    assert "2026/April/</span><wbr>letter.txt" in review.text


def test_a_file_of_an_impossible_folder_is_refused_in_words(browser):
    answer = upload(browser, "/jobs/new", file(), path="../..")

    assert answer["files"][0]["verdict"] == "rejected"
    assert "“letter.txt” cannot be kept" in answer["files"][0]["message"]
    assert not Job.objects.exists()


def test_a_form_whose_paths_do_not_fit_its_files_is_refused(browser):
    answer = browser.post("/jobs/new", {"files": [file()], "paths": ["a", "b"]})

    assert answer.status_code == 422
    assert not Document.objects.exists()


def test_a_draft_is_made_with_the_first_file_that_is_accepted(browser):
    refused = upload(browser, "/jobs/new", file("x.exe"))
    assert not Job.objects.exists()
    assert refused["url"] == "/jobs/new"
    assert refused["files"][0]["verdict"] == "rejected"
    assert "x.exe" in refused["files"][0]["message"]

    accepted = upload(browser, "/jobs/new", file())
    job = Job.objects.get()
    assert accepted["url"] == url(job, "select")
    assert "letter.txt" in accepted["draft"]


def test_further_files_join_the_draft_and_change_its_totals(browser):
    first = upload(browser, "/jobs/new", file())

    second = upload(browser, first["url"], file("b.txt", b"another text\n"))

    assert Job.objects.get().total_documents == 2
    assert "b.txt" in second["files"][0]["html"]
    assert "2 files" in second["footer"]
    assert second["version"] > first["version"]
    assert "draft" not in second


def test_a_file_that_the_organization_has_is_used_again_and_says_so(browser, member):
    make_document(member, filename="old name.txt", content=b"the same\n")

    answer = upload(browser, "/jobs/new", file("new name.txt", b"the same\n"))

    html = answer["files"][0]["html"]
    assert "new name.txt" in html
    assert "Same content as old name.txt of <time" in html
    assert "View" not in html  # it has no result
    assert (Document.objects.count(), StoredFile.objects.count()) == (2, 1)


def test_a_file_whose_bytes_have_a_result_leads_to_it_also_after_a_reload(browser, member, org):
    row = make_job(make_user(org), status=JobStatus.COMPLETED).job_documents.get()
    with row.document.file.open() as stored:
        content = stored.read()

    answer = upload(browser, "/jobs/new", file("mine.txt", content))

    page = browser.get(answer["url"]).text
    for shown in (answer["draft"], page):
        assert f"Same content as {row.filename} of <time" in shown
        assert f'href="/jobs/{row.job_id}/documents/{row.pk}"' in shown
        assert "95" in shown


def test_a_file_that_one_uploaded_before_says_when(browser, member):
    first = upload(browser, "/jobs/new", file())
    again = upload(browser, "/jobs/new", file())

    assert "You uploaded it" not in first["files"][0]["html"]
    assert "You uploaded it on <time" in again["files"][0]["html"]


def test_a_file_that_the_draft_has_is_not_added_twice(browser):
    address = upload(browser, "/jobs/new", file())["url"]

    again = upload(browser, address, file())

    assert again["files"][0]["verdict"] == "repeated"
    assert Job.objects.get().total_documents == 1


def test_the_same_file_twice_in_one_form_is_one_document(browser):
    browser.post("/jobs/new", {"files": [file(), file()]})

    assert Job.objects.get().total_documents == 1


def test_the_same_bytes_under_two_names_are_two_documents_of_the_job(browser):
    browser.post("/jobs/new", {"files": [file("a.txt"), file("b.txt")]})

    assert [row.filename for row in Job.objects.get().job_documents.all()] == ["a.txt", "b.txt"]
    assert StoredFile.objects.count() == 1


def test_an_empty_form_says_what_to_do(browser):
    page = browser.post("/jobs/new", {"go": "configure"})

    assert page.status_code == 422
    assert "Please select at least one document." in page.text
    assert not Job.objects.exists()


def test_a_file_is_taken_out_with_and_without_script(browser, member):
    job = drafts.create(member.membership.organization, member, documents=[
        make_document(member), make_document(member),
    ])  # fmt: skip
    first, second = job.job_documents.order_by("position")

    part = browser.post(url(job, "remove"), {"row": first.pk}, headers={"HX-Request": "true"})
    assert first.filename not in part.text
    assert second.filename in part.text
    assert browser.post(url(job, "remove"), {"row": second.pk}).url == url(job, "select")

    job.refresh_from_db()
    assert job.total_documents == 0
    assert "Nothing is selected any more." in browser.get(url(job, "select")).text


def test_taking_out_nonsense_changes_nothing(browser, member):
    job = make_job(member)

    browser.post(url(job, "remove"), {"row": "nonsense"})

    assert job.job_documents.count() == 1


def test_earlier_documents_are_searched_and_chosen(browser, member):
    chosen = make_document(member, filename="needle.txt")
    make_document(member, filename="hay.txt")
    make_document(filename="needle of others.txt")

    found = browser.get("/jobs/new?from=library&q=NEEDLE", headers={"HX-Request": "true"})
    assert list(found.context["offers"]) == [chosen]
    assert "<html" not in found.text

    made = browser.post("/jobs/new?from=library", {"document": [chosen.pk]}, follow=True)
    job = Job.objects.get()
    assert [row.document for row in job.job_documents.all()] == [chosen]
    assert chosen not in made.context["offers"]


def test_a_large_library_comes_in_pages(browser, member, monkeypatch):
    monkeypatch.setattr("jobs.views.selection.OFFERS_PER_PAGE", 2)
    for number in range(3):
        make_document(member, filename=f"{number}.txt")

    first = browser.get("/jobs/new?from=library")
    second = browser.get("/jobs/new?from=library&offer=2")

    assert [document.filename for document in first.context["offers"]] == ["2.txt", "1.txt"]
    assert 'from=library&amp;offer=2&amp;q="' in first.text
    assert [document.filename for document in second.context["offers"]] == ["0.txt"]


def test_files_of_the_batch_directory_are_counted_searched_and_chosen(browser, org):
    batch_file(org, "March ledger.txt", b"March, in words.\n")
    batch_file(org, "April ledger.txt", b"April, in words.\n")
    assert browser.get("/jobs/new").context["batch_count"] == 2

    found = browser.get("/jobs/new?from=batch&q=march")
    assert [file.name for file in found.context["offers"]] == ["March ledger.txt"]

    made = browser.post("/jobs/new?from=batch", {"batch": ["March ledger.txt"]}, follow=True)
    assert [row.filename for row in Job.objects.get().job_documents.all()] == ["March ledger.txt"]
    assert "In this job" in made.text


def test_files_in_folders_of_the_batch_directory_keep_them(browser, org):
    batch_file(org, "2026/March/ledger.txt", b"March, in words.\n")
    batch_file(org, "2026/April/ledger.txt", b"April, in words.\n")

    found = browser.get("/jobs/new?from=batch&q=march/led")
    assert [file.name for file in found.context["offers"]] == ["2026/March/ledger.txt"]

    made = browser.post("/jobs/new?from=batch", {"batch": ["2026/March/ledger.txt"]}, follow=True)
    assert Job.objects.get().job_documents.get().full_name == "2026/March/ledger.txt"
    assert made.context["batch_known"] == {"2026/March/ledger.txt"}


def test_a_bad_file_of_the_batch_directory_does_not_keep_the_others_out(browser, org):
    batch_file(org, "good.txt", b"Good, in words.\n")
    batch_file(org, "empty.txt", b"")

    names = ["good.txt", "empty.txt", "gone.txt"]
    page = browser.post("/jobs/new?from=batch", {"batch": names}, follow=True)

    assert [row.filename for row in Job.objects.get().job_documents.all()] == ["good.txt"]
    assert "“empty.txt” is empty." in page.text
    assert "“gone.txt” is no longer in the batch directory." in page.text


def test_drafts_of_ones_own_are_offered_to_go_on_with(browser, org, member):
    own = make_job(member, name="My draft")
    make_job(make_user(org), name="Draft of a colleague")
    make_job(member, name="Started", status=JobStatus.RUNNING)

    page = browser.get("/jobs/new")

    assert list(page.context["drafts"]) == [own]
    assert f'href="{url(own, "select")}"' in page.text
    assert f'action="/jobs/{own.pk}/delete"' in page.text


@pytest.mark.parametrize("step", ["configure", "review"])
def test_no_step_follows_without_documents(browser, member, step):
    job = make_job(member, rows=0)

    page = browser.get(url(job, step), follow=True)

    assert page.redirect_chain == [(url(job, "select"), 302)]
    assert "Please select at least one document." in page.text


def test_selecting_takes_the_same_queries_however_much_there_is(
    browser, org, member, django_assert_max_num_queries
):
    job = make_job(member, rows=20)
    for number in range(20):
        batch_file(org, f"{number}.txt")
        make_document(member)

    # The eleventh asks which documents have a result to reuse.
    for source in ["upload", "batch", "library"]:
        with django_assert_max_num_queries(11):
            assert browser.get(f"{url(job, 'select')}?from={source}").status_code == 200


def test_a_document_of_another_organization_cannot_be_chosen(browser):
    foreign = make_document()

    page = browser.post("/jobs/new", {"document": [foreign.pk]})

    assert page.status_code == 422
    assert "Some documents cannot be used" in page.text
    assert not Job.objects.exists()


def test_names_of_files_are_escaped_everywhere(browser):
    evil = "<img src=x onerror=alert(1)>.txt"

    answer = upload(browser, "/jobs/new", file(evil))

    assert "<img" not in answer["draft"] + answer["files"][0]["html"]
    for step in ["select", "review"]:
        page = browser.get(url(Job.objects.get(), step)).text
        assert "<img src=x" not in page
        assert "&lt;img src=x" in page


# --- Configure -------------------------------------------------------------------------------


def test_every_option_has_a_field_with_its_bounds_and_its_value(browser, member):
    job = make_job(member)

    page = browser.get(url(job, "configure"))

    form = page.context["form"]
    assert set(form.fields) == {field.name for field in FIELDS}
    assert 'name="processing_settings.chunk_size" value="1000" min="100" max="2000"' in page.text
    assert {field.name: form[field.name].value() for field in FIELDS} == {
        field.name: field.default for field in FIELDS
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("quality_thresholds.conversion_threshold", "101"),
        ("quality_thresholds.clarity_threshold", ""),
        ("ocr_settings.confidence_threshold", "nan"),
        ("processing_settings.max_retries", "many"),
        ("ocr_settings.language", "../../etc"),
        ("processing_settings.chunk_overlap", "500"),
    ],
)
def test_a_bad_value_is_refused_beside_its_field_and_kept(browser, member, name, value):
    job = make_job(member)
    answers = sent(browser.get(url(job, "configure"))) | {"processing_settings.chunk_size": "400"}

    page = browser.post(url(job, "configure"), answers | {name: value})

    assert page.status_code == 422
    assert list(page.context["form"].errors) == [name]
    assert page.context["form"][name].value() == value
    job.refresh_from_db()
    assert job.processing_options == options.defaults()


def test_languages_are_ticked_by_name_and_the_main_one_stays_first(browser, member):
    german_first = {"ocr_settings": {"language": "deu"}}
    job = drafts.create(
        member.membership.organization,
        member,
        documents=[make_document(member)],
        options=german_first,
    )
    page = browser.get(url(job, "configure"))
    assert re.search(r'value="deu"[^>]* checked[^>]*> German</label>', page.text)
    assert re.search(r'value="eng"[^>]*> English</label>', page.text)

    answers = sent(page) | {"ocr_settings.language": ["eng", "deu"]}
    browser.post(url(job, "configure"), answers)

    job.refresh_from_db()
    assert job.processing_options["ocr_settings"]["language"] == "deu+eng"


def test_without_any_language_nothing_is_saved(browser, member):
    job = make_job(member)
    answers = sent(browser.get(url(job, "configure"))) | {"ocr_settings.language": []}

    page = browser.post(url(job, "configure"), answers)

    assert page.status_code == 422
    assert "Choose at least one language." in page.text


def test_a_default_language_that_is_gone_is_shown_and_has_to_be_unticked():
    member = make_user(make_org(default_options={"ocr_settings": {"language": "deu+tlh"}}))
    client = sign_in(member)
    job = drafts.create(member.membership.organization, member, documents=[make_document(member)])
    page = client.get(url(job, "configure"))
    assert re.search(r'value="tlh"[^>]* checked[^>]*> tlh \(not installed\)</label>', page.text)

    refused = client.post(url(job, "configure"), sent(page))
    assert refused.status_code == 422
    assert "“tlh” cannot be read on this server." in refused.text

    client.post(url(job, "configure"), sent(page) | {"ocr_settings.language": ["deu"]})
    job.refresh_from_db()
    assert job.processing_options["ocr_settings"]["language"] == "deu"


def test_the_form_starts_from_the_organizations_defaults_and_can_return_to_them(org):
    member = make_user(make_org(default_options={"processing_settings": {"chunk_size": 500}}))
    client = sign_in(member)
    job = drafts.create(member.membership.organization, member, documents=[make_document(member)])
    page = client.get(url(job, "configure"))
    assert page.context["form"]["processing_settings.chunk_size"].value() == 500

    changed = sent(page) | {"processing_settings.chunk_size": "800"}
    client.post(url(job, "configure"), changed)
    job.refresh_from_db()
    assert job.processing_options["processing_settings"]["chunk_size"] == 800

    client.post(url(job, "configure"), changed | {"reset": "1"})
    job.refresh_from_db()
    assert job.processing_options["processing_settings"]["chunk_size"] == 500


def option(page, name):
    """The control of an option on a page, and the group it is in."""
    groups = page.context["form"].groups
    return next(
        (control, group)
        for group in groups
        for control in [*group.usual, *group.advanced]
        if control.bound.name == name
    )


def test_options_that_differ_from_the_organizations_default_are_marked(org):
    member = make_user(make_org(default_options={"processing_settings": {"chunk_size": 500}}))
    client = sign_in(member)
    job = drafts.create(member.membership.organization, member, documents=[make_document(member)])
    before = client.get(url(job, "configure"))
    assert "option-changed" not in before.text
    assert "500 · 100 to 2000" in re.sub(r"\s+", " ", before.text)

    client.post(url(job, "configure"), sent(before) | {"processing_settings.chunk_size": "800"})

    after = client.get(url(job, "configure"))
    assert after.text.count("option-changed") == 1
    assert option(after, "processing_settings.chunk_size")[0].is_changed
    assert 'Chunk size</dt><dd class="changed">' in client.get(url(job, "review")).text


@pytest.mark.parametrize(
    ("changed", "is_open"),
    [({}, False), ({"ocr_settings.psm": "6"}, True), ({"ocr_settings.psm": "99"}, True)],
)
def test_advanced_options_are_folded_unless_one_must_be_seen(browser, member, changed, is_open):
    job = make_job(member)
    page = browser.get(url(job, "configure"))

    answer = browser.post(url(job, "configure"), sent(page) | changed | {"go": "configure"})

    page = answer if answer.status_code == 422 else browser.get(url(job, "configure"))
    assert option(page, "ocr_settings.psm")[1].is_open is is_open
    assert ('<details class="advanced" open>' in page.text) is is_open


def test_options_are_kept_while_they_are_entered(browser, member):
    job = make_job(member)
    answers = sent(browser.get(url(job, "configure"))) | {"autosave": "1"}

    good = browser.post(url(job, "configure"), answers | {"ocr_settings.psm": "6"})
    bad = browser.post(url(job, "configure"), answers | {"ocr_settings.psm": "99"})

    assert (good.status_code, bad.status_code) == (204, 422)
    job.refresh_from_db()
    assert job.processing_options["ocr_settings"]["psm"] == 6


def test_an_unticked_box_is_off(browser, member):
    job = make_job(member)
    answers = sent(browser.get(url(job, "configure")))
    del answers["ocr_settings.enabled"]

    browser.post(url(job, "configure"), answers)

    job.refresh_from_db()
    assert job.processing_options["ocr_settings"]["enabled"] is False


def test_going_back_saves_as_well(browser, member):
    job = make_job(member)
    answers = sent(browser.get(url(job, "configure"))) | {"ocr_settings.psm": "6", "go": "select"}

    assert browser.post(url(job, "configure"), answers).url == url(job, "select")

    job.refresh_from_db()
    assert job.processing_options["ocr_settings"]["psm"] == 6


def test_a_value_between_two_steps_can_be_sent_again():
    chosen = options.effective({"ocr_settings": {"confidence_threshold": 0.8125}})

    form = OptionsForm(options=chosen)

    assert 'step="any"' in str(form["ocr_settings.confidence_threshold"])
    assert 'step="0.5"' in str(form["quality_thresholds.clarity_threshold"])


# --- Review ----------------------------------------------------------------------------------


def test_at_the_limit_the_review_explains_and_keeps_what_was_entered():
    member = make_user(make_org(limit=1))
    make_job(member, status=JobStatus.RUNNING)
    job = make_job(member)
    client = sign_in(member)
    assert "1 of 1 jobs of your organization are active" in client.get(url(job, "review")).text

    entered = {"name": "Kept", "description": "Kept, too", "start": "1"}
    page = client.post(url(job, "review"), entered)

    assert page.status_code == 409
    assert "Concurrency limit reached (1/1 active jobs)" in page.text
    assert 'value="Kept"' in page.text
    job.refresh_from_db()
    assert (job.status, job.name, job.description) == ("PENDING", "Kept", "Kept, too")


def test_a_draft_can_be_saved_for_later(browser, member):
    job = make_job(member)

    page = browser.post(url(job, "review"), {"name": "Later", "save": "1"}, follow=True)

    job.refresh_from_db()
    assert (job.status, job.name) == ("PENDING", "Later")
    assert "The draft was saved." in page.text


def test_a_job_needs_a_name(browser, member):
    job = make_job(member)

    page = browser.post(url(job, "review"), {"name": " ", "description": "x", "start": "1"})

    assert page.status_code == 422
    assert "Give the job a name" in page.text
    assert page.context["form"]["description"].value() == "x"


def test_a_draft_without_documents_cannot_be_started(browser, member):
    job = make_job(member, rows=0)

    page = browser.post(url(job, "review"), {"name": "Empty", "start": "1"})

    assert page.status_code == 409
    assert "The job has no documents." in page.text


def test_name_and_description_are_kept_while_they_are_entered(browser, member):
    job = make_job(member)

    answer = browser.post(url(job, "review"), {"name": "Half a na", "autosave": "1"})

    assert answer.status_code == 204
    assert 'value="Half a na"' in browser.get(url(job, "review")).text


def test_a_second_press_of_the_button_does_not_start_the_job_twice(browser, member, monkeypatch):
    job = make_job(member)
    rename = drafts.rename

    def rename_while_the_first_press_starts_it(draft, **fields):
        rename(draft, **fields)
        starts.start(Job.objects.get(pk=draft.pk), by=member)

    monkeypatch.setattr(drafts, "rename", rename_while_the_first_press_starts_it)
    second = browser.post(url(job, "review"), {"name": "Once", "start": "1"}, follow=True)

    assert second.redirect_chain == [(f"/jobs/{job.pk}", 302)]
    assert "This job was started already" in second.text
    assert job.logs.filter(event="job.queued").count() == 1


def test_what_is_kept_too_late_changes_nothing_and_says_nothing(browser, member):
    job = make_job(member, status=JobStatus.QUEUED, name="Started")

    answer = browser.post(url(job, "review"), {"name": "Too late", "autosave": "1"})

    assert answer.status_code == 409
    job.refresh_from_db()
    assert job.name == "Started"
    assert "This job was started already" not in browser.get("/jobs").text


@pytest.mark.parametrize("target", ["//evil.example", "detail", ""])
def test_only_the_names_of_steps_are_followed(browser, member, target):
    job = make_job(member)

    answer = browser.post(url(job, "review"), {"name": "x", "go": target})

    assert answer.url == url(job, "configure")


def test_the_suggested_name_follows_the_documents_until_somebody_chooses_one(member):
    job = drafts.create(
        member.membership.organization, member, documents=[make_document(member, filename="a.txt")]
    )
    assert drafts.suggested_name(job) == "a.txt"

    drafts.add_documents(job, [make_document(member), make_document(member)])
    assert drafts.suggested_name(job).startswith("Batch 3 files - ")

    drafts.rename(job, name="Mine", description="")
    assert drafts.suggested_name(job) == "Mine"


def test_a_draft_is_named_by_day_and_number_while_documents_come_and_go(member):
    job = drafts.create(member.membership.organization, member)
    assert re.fullmatch(r"Draft - \d{4}-\d\d-\d\d", job.name)

    drafts.add_documents(job, [make_document(member, filename="a.txt")])
    assert job.name == "a.txt"
    drafts.add_documents(job, [make_document(member), make_document(member)])
    assert re.fullmatch(r"Batch 3 files - \d{4}-\d\d-\d\d", job.name)
    drafts.remove_document(job, job.job_documents.get(filename="a.txt").pk)
    assert job.name.startswith("Batch 2 files - ")

    drafts.rename(job, name="Mine", description="")
    drafts.add_documents(job, [make_document(member)])
    assert job.name == "Mine"


@pytest.mark.parametrize("step", ["select", "configure", "review", "remove"])
def test_a_started_job_is_not_set_up_again(browser, member, step):
    job = make_job(member, status=JobStatus.RUNNING)

    page = browser.post(url(job, step), {"name": "x", "start": "1"}, follow=True)

    assert page.redirect_chain == [(f"/jobs/{job.pk}", 302)]
    assert "This job was started already" in page.text


def test_the_step_shows_how_much_of_the_storage_is_used():
    user = make_user(make_org(storage_mb=2))
    make_document(user, content=b"x" * 1024 * 1024)

    page = sign_in(user).get("/jobs/new")

    assert "Storage: 1.0\xa0MB of 2.0\xa0MB used." in page.text
    assert "Storage:" not in sign_in(make_user()).get("/jobs/new").text


def test_a_file_without_room_is_refused_in_its_row_with_what_to_do():
    user = make_user(make_org(storage_mb=1))
    make_document(user, content=b"x" * 1024 * 1024)

    answer = upload(sign_in(user), "/jobs/new", file())

    assert answer["files"][0]["verdict"] == "rejected"
    assert answer["files"][0]["message"].startswith("There is no room for “letter.txt”")
    assert "The storage is full" in answer["storage"]
    assert not Job.objects.exists()


def test_a_batch_file_without_room_is_refused_with_a_message():
    user = make_user(make_org(storage_mb=1))
    make_document(user, content=b"x" * 1024 * 1024)
    batch_file(user.membership.organization, "a.txt")

    page = sign_in(user).post("/jobs/new?from=batch", {"batch": "a.txt"}, follow=True)

    assert "There is no room for “a.txt”" in page.text


# --- Trial -----------------------------------------------------------------------------------


def test_a_trial_is_started_and_leads_back_to_its_draft(browser, member):
    job = make_job(member, rows=5)
    assert "Try on 3 files" in browser.get(url(job, "review")).text

    page = browser.post(url(job, "review"), {"name": "Letters", "try": "1"}, follow=True)

    assert "These files show what the options of “Letters” produce." in page.text
    trial = Job.objects.get(trial_of=job)
    Job.objects.filter(pk=trial.pk).update(
        status=JobStatus.FAILED, failed_documents=3, completed_at=timezone.now()
    )
    ended = browser.get(f"/jobs/{trial.pk}").text
    assert f'action="/jobs/{job.pk}/start"' in ended
    assert f'href="{url(job, "configure")}"' in ended


def test_no_trial_is_offered_for_three_files_or_fewer(browser, member):
    job = make_job(member, rows=3)

    assert "Try on 3 files" not in browser.get(url(job, "review")).text


def test_no_trial_is_started_at_the_limit(browser, member):
    for _ in range(3):
        make_job(member, status=JobStatus.RUNNING)
    job = make_job(member, rows=5)

    page = browser.post(url(job, "review"), {"name": "Letters", "try": "1"})

    assert page.status_code == 409
    assert "Concurrency limit reached" in page.text
    assert not Job.objects.filter(trial_of=job).exists()


def test_an_archive_brings_its_files_each_with_a_verdict(browser):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        for name in ["2026/a.txt", "2026/b.txt", "tool.exe", "__MACOSX/._a.txt"]:
            packed.writestr(name, f"The words of {name}\n")

    answer = upload(browser, "/jobs/new", file("post.zip", archive.getvalue()))

    told = {item["name"]: item["verdict"] for item in answer["files"]}
    assert told == {"tool.exe": "rejected", "2026/a.txt": "accepted", "2026/b.txt": "accepted"}
    assert Job.objects.get().total_documents == 2
    again = upload(browser, answer["url"], file("post.zip", archive.getvalue()))
    assert {item["verdict"] for item in again["files"]} == {"rejected", "repeated"}


def test_without_script_an_archive_of_many_refused_files_says_only_some(browser):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        for number in range(30):
            packed.writestr(f"{number}.exe", "MZ")

    page = browser.post("/jobs/new", {"files": [file("all.zip", archive.getvalue())]}, follow=True)

    assert page.text.count("has no supported type") == 10
    assert "20 more files were refused." in page.text


def names_of(job):
    return [row.full_name for row in job.job_documents.order_by("position")]


def test_documents_of_a_form_stand_in_the_natural_order_of_their_names(browser):
    given = ["b10.txt", "a/z.txt", "B2.txt", "a.txt"]

    files = [file(name.split("/")[-1], name.encode()) for name in given]
    paths = [name.rpartition("/")[0] for name in given]
    browser.post("/jobs/new", {"files": files, "paths": paths})

    assert names_of(Job.objects.get()) == ["a/z.txt", "a.txt", "B2.txt", "b10.txt"]


def test_a_draft_is_put_in_order_when_the_last_of_many_files_came(browser):
    address = upload(browser, "/jobs/new", file("10.txt", b"Ten"))["url"]
    upload(browser, address, file("9.txt", b"Nine"))
    job = Job.objects.get()
    assert names_of(job) == ["10.txt", "9.txt"]

    told = browser.post(address, {"arrange": "1"}, headers={"Accept": "application/json"}).json()

    rows = {f"file-{row.pk}": row.filename for row in job.job_documents.all()}
    assert [rows[name] for name in told["rows"]] == ["9.txt", "10.txt"]
    assert names_of(job) == ["9.txt", "10.txt"]
    job.refresh_from_db()
    assert job.name.startswith("Batch 2 files")


def test_a_started_job_keeps_its_order(browser):
    address = upload(browser, "/jobs/new", file("10.txt", b"Ten"))["url"]
    upload(browser, address, file("9.txt", b"Nine"))
    job = Job.objects.get()
    starts.start(job, by=job.user)

    browser.post(address, {"arrange": "1"}, headers={"Accept": "application/json"})

    assert names_of(job) == ["10.txt", "9.txt"]
