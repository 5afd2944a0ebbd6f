"""The results of many jobs of the list in one archive."""

import io
import json
import zipfile

import pytest

from jobs.listing import bulk
from jobs.models import DocumentStatus, JobDocument, JobStatus
from orgsettings.models import Role
from tests.factories import make_document, make_job, make_row, make_user
from tests.pages.conftest import sign_in

C, F = DocumentStatus.COMPLETED, DocumentStatus.FAILED


@pytest.fixture
def viewer(org):
    return sign_in(make_user(org, role=Role.VIEWER))


def make_jobs(user, count):
    return [make_job(user, name=f"Job {n}", status=JobStatus.COMPLETED) for n in range(count)]


def add_result(job, filename, markdown=""):
    document = make_document(job.user, filename=filename)
    return make_row(job, document=document, status=C, markdown=markdown)


def download(client, *jobs, **fields):
    return client.post("/jobs/bulk/download", {"job": [str(job.pk) for job in jobs]} | fields)


def opened(answer):
    assert answer.status_code == 200
    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    assert archive.testzip() is None
    return archive


def folders_in(answer):
    return {name.split("/")[1] for name in opened(answer).namelist() if "/" in name}


def manifest_of(archive):
    return json.loads(archive.read("manifest.json"))


def summary_of(archive):
    name = next(name for name in archive.namelist() if name.startswith("PROCESSING_SUMMARY"))
    return archive.read(name).decode()


def test_each_job_has_a_folder_with_its_results(browser, member):
    first, second = (make_job(member, name=name, rows=0) for name in ("Q3", "Q4"))
    add_result(first, "report.pdf", "# Of Q3\n")
    add_result(first, "report.docx", "# Of Q3 too\n")
    add_result(second, "report.pdf", "# Of Q4\n")

    answer = download(browser, first, second)

    archive = opened(answer)
    assert sorted(name for name in archive.namelist() if "/" in name) == [
        "processed_documents/Q3/report.docx.md",
        "processed_documents/Q3/report.pdf.md",
        "processed_documents/Q4/report.md",
    ]
    assert archive.read("processed_documents/Q3/report.pdf.md") == b"# Of Q3\n"
    assert archive.read("processed_documents/Q3/report.docx.md") == b"# Of Q3 too\n"
    assert archive.read("processed_documents/Q4/report.md") == b"# Of Q4\n"


def test_the_manifest_has_every_job_and_what_is_not_included(browser, member):
    part = make_job(member, name="Part", status=JobStatus.COMPLETED, rows=[C, F])
    failed = make_job(member, name="Bad", status=JobStatus.FAILED)

    manifest = manifest_of(opened(download(browser, part, failed)))

    done, lost = part.job_documents.order_by("position")
    assert [(job["job_id"], job["job_name"], job["status"], job["folder"])
            for job in manifest["jobs"]] == [
        (str(failed.pk), "Bad", "FAILED", None),
        (str(part.pk), "Part", "COMPLETED", "Part"),
    ]  # fmt: skip
    (entry,) = manifest["documents"]
    assert entry["job_id"] == str(part.pk)
    assert entry["path"].startswith("processed_documents/Part/")
    assert (entry["sha256"], entry["conversion_score"]) == (done.result_sha256, 95)
    left = [(entry["job_id"], entry["id"]) for entry in manifest["not_included"]]
    assert left == [
        (str(failed.pk), str(failed.job_documents.get().pk)),
        (str(part.pk), str(lost.pk)),
    ]
    assert {entry["error_code"] for entry in manifest["not_included"]} == {"corrupt_file"}


def test_the_summary_tells_people_of_every_job(browser, member):
    part = make_job(member, name="Part", status=JobStatus.COMPLETED, rows=[C, F])
    failed = make_job(member, name="Bad", status=JobStatus.FAILED)

    summary = summary_of(opened(download(browser, part, failed)))

    assert "- Bad (Failed): no results\n- Part (Completed): 1 of 2 documents, in `Part`" in summary
    assert f"### Part/{part.job_documents.get(status=C).filename}\n" in summary


@pytest.mark.parametrize(
    ("names", "folders"),
    [
        (["Reports", "Reports", "reports"], {"reports", "Reports (2)", "Reports (3)"}),
        (["2024/25: v1.2", "../../etc", "CON"], {"2024_25_ v1.2", "_.._etc", "_CON"}),
        (["...", "manifest.json"], {"_", "manifest.json"}),
        (["港" * 100], {"港" * 26}),  # three bytes each
    ],
)
def test_folders_are_told_apart_and_never_lead_elsewhere(browser, member, names, folders):
    jobs = [make_job(member, name=name, status=JobStatus.COMPLETED) for name in names]

    assert folders_in(download(browser, *jobs)) == folders


def test_a_result_that_is_gone_is_told_and_the_others_are_sent(browser, member):
    kept, gone = make_jobs(member, 2)
    row = gone.job_documents.get()
    row.result_file.storage.delete(row.result_file.name)

    archive = opened(download(browser, kept, gone))

    entries = {entry["job_id"]: entry for entry in manifest_of(archive)["documents"]}
    assert entries[str(kept.pk)]["path"]
    assert entries[str(gone.pk)]["path"] is None
    assert entries[str(gone.pk)]["error"] == "The result is missing from the storage."
    missing = summary_of(archive).partition("## Missing from the storage")[2]
    assert f"- {gone.name}/{row.filename}\n" in missing


def test_members_get_their_own_jobs_and_those_who_see_all_get_all(org, member, browser, viewer):
    own = make_job(member, name="Own", status=JobStatus.COMPLETED)
    other = make_job(make_user(org), name="Other", status=JobStatus.COMPLETED)
    foreign = make_job(name="Foreign", status=JobStatus.COMPLETED)
    admin = sign_in(make_user(org, role=Role.ADMIN))

    chosen = [own, other, foreign]
    assert folders_in(download(browser, *chosen)) == {"Own"}
    assert folders_in(download(viewer, *chosen)) == {"Own", "Other"}
    assert folders_in(download(admin, *chosen)) == {"Own", "Other"}


def test_jobs_of_others_are_not_in_the_manifest_either(org, browser, member):
    own = make_job(member, status=JobStatus.COMPLETED)
    colleagues = make_job(make_user(org), status=JobStatus.COMPLETED, rows=[C, F])
    foreign = make_job(status=JobStatus.COMPLETED, rows=[C, F])

    manifest = manifest_of(opened(download(browser, own, colleagues, foreign)))

    assert [job["job_id"] for job in manifest["jobs"]] == [str(own.pk)]
    assert len(manifest["documents"]) == 1
    assert manifest["not_included"] == []


def test_all_that_match_leave_out_the_jobs_of_others(org, browser, member, viewer):
    for user in (member, make_user(org), make_user()):
        make_job(user, name=f"Of {user.username}", status=JobStatus.COMPLETED)

    assert len(folders_in(download(browser, matching="1", query="search=of"))) == 1
    assert len(folders_in(download(viewer, matching="1", query="search=of"))) == 2


@pytest.mark.parametrize("sent", ["nonsense", "00000000-0000-0000-0000-000000000000"])
def test_jobs_that_are_gone_are_not_found(browser, sent):
    assert browser.post("/jobs/bulk/download", {"job": sent}).status_code == 404


def test_a_job_of_another_organization_is_not_found(browser):
    assert download(browser, make_job(status=JobStatus.COMPLETED)).status_code == 404


def test_jobs_without_any_result_lead_back_with_a_warning(browser, member):
    jobs = [make_job(member, status=JobStatus.FAILED), make_job(member, rows=0)]
    fields = {"job": [str(job.pk) for job in jobs], "query": "sort=name"}

    page = browser.post("/jobs/bulk/download", fields, follow=True)

    assert page.redirect_chain == [("/jobs?sort=name", 302)]
    said = [str(message) for message in page.context["messages"]]
    assert said == ["None of the selected jobs has results to download."]


def test_choosing_nothing_is_said_in_words(browser):
    page = browser.post("/jobs/bulk/download", {"query": "sort=name"}, follow=True)

    assert page.redirect_chain == [("/jobs?sort=name", 302)]
    assert "Choose at least one job first." in page.text


def test_all_matching_jobs_are_meant_not_only_those_of_the_page(browser, member):
    jobs = make_jobs(member, 30)
    make_job(member, name="Other", status=JobStatus.COMPLETED)
    make_job(member, name="Job without", status=JobStatus.FAILED)

    fields = {"matching": "1", "query": "status=completed&search=job"}
    answer = download(browser, jobs[0], **fields)

    assert folders_in(answer) == {job.name for job in jobs}


def test_of_more_jobs_than_the_limit_the_newest_are_sent_and_it_is_said(
    browser, member, monkeypatch
):
    monkeypatch.setattr(bulk, "LIMIT", 2)
    make_jobs(member, 3)

    archive = opened(download(browser, matching="1", query=""))

    manifest = manifest_of(archive)
    assert [job["job_name"] for job in manifest["jobs"]] == ["Job 2", "Job 1"]
    assert manifest["limited_to_newest"] == 2
    assert "Only the newest 2 of all jobs that match." in summary_of(archive)


def test_an_archive_of_all_chosen_jobs_speaks_of_no_limit(browser, member):
    archive = opened(download(browser, *make_jobs(member, 2)))

    assert manifest_of(archive)["limited_to_newest"] is None
    assert "newest" not in summary_of(archive)


def test_the_page_says_the_limit_before_when_more_jobs_match(browser, member, monkeypatch):
    for number in range(26):
        make_job(member, name=f"Draft {number}")

    assert "jobs at once: the newest." not in browser.get("/jobs").text

    monkeypatch.setattr(bulk, "LIMIT", 25)
    assert "At most 25 jobs at once: the newest." in browser.get("/jobs").text


def test_results_are_read_while_the_archive_is_sent(browser, member):
    jobs = make_jobs(member, 2)

    answer = download(browser, *jobs)
    JobDocument.objects.filter(job__in=jobs).delete()

    assert answer.streaming
    assert manifest_of(opened(answer))["documents"] == []


@pytest.mark.parametrize("length", [1, 20])
def test_an_archive_takes_seven_queries_however_many_jobs(
    browser, member, django_assert_num_queries, length
):
    jobs = make_jobs(member, length)

    # Session, user with organization, jobs with owners, which of them have results; then, while it
    # is sent, names of results, results with their documents, and what is not included.
    with django_assert_num_queries(7):
        assert len(folders_in(download(browser, *jobs))) == length
