"""Create New Job: documents are selected."""

import io
import zipfile

import pytest

from documents.models import Document, StoredFile
from jobs import drafts
from jobs.models import Job, JobStatus
from tests.factories import batch_file, make_document, make_job, make_org, make_user
from tests.pages.conftest import sign_in
from tests.pages.wizard import file, upload, url

pytestmark = pytest.mark.django_db


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
