"""Documents, log and archives of a job over the API."""

import hashlib
import io
import json
import zipfile

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from jobs.models import JobStatus, LogLevel, Stage
from tests.factories import (
    make_api_client,
    make_document,
    make_job,
    make_log,
    make_row,
    make_user,
)

pytestmark = pytest.mark.django_db

URL = "/api/v1/jobs"


@pytest.fixture
def user():
    return make_user()


def unzipped(answer):
    return zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))


# --- documents ----------------------------------------------------------------------------------


def test_the_documents_of_a_job_are_listed_in_their_order_and_by_state(user):
    job = make_job(user, status=JobStatus.COMPLETED, rows=["COMPLETED", "FAILED", "COMPLETED"])
    api = make_api_client(user)

    told = api.get(f"{URL}/{job.pk}/documents?page_size=2").json()
    failed = api.get(f"{URL}/{job.pk}/documents?status=FAILED").json()

    assert [row["status"] for row in told["documents"]] == ["COMPLETED", "FAILED"]
    assert (told["total"], told["total_pages"]) == (3, 2)
    assert [row["status"] for row in failed["documents"]] == ["FAILED"]


def test_a_running_document_tells_its_stage_and_pages_and_the_others_none(user):
    job = make_job(user, status=JobStatus.RUNNING, rows=["COMPLETED", "RUNNING", "RUNNING"])
    job.job_documents.filter(position=1).update(stage=Stage.OCR, pages_done=11, pages_total=40)

    told = make_api_client(user).get(f"{URL}/{job.pk}/documents").json()["documents"]

    assert [(row["stage"], row["pages_done"], row["pages_total"]) for row in told] == [
        (None, None, None),
        ("OCR", 11, 40),
        (None, None, None),  # begun a moment ago
    ]


def test_the_markdown_of_a_document_is_given_as_json_or_as_a_file(user):
    job = make_job(user, rows=0)
    document = make_document(user, filename="v1.2 x.txt")
    row = make_row(job, document=document, status="COMPLETED", markdown="# Ü\n")
    api = make_api_client(user)
    url = f"{URL}/{job.pk}/documents/{row.pk}/content"

    assert api.get(url).json() == {"content": "# Ü\n"}
    for answer in (api.get(url, headers={"Accept": "text/markdown"}), api.get(f"{url}?format=md")):
        assert answer.content.decode() == "# Ü\n"
        assert answer.headers["Content-Disposition"] == 'attachment; filename="v1.2 x.md"'


def test_a_document_that_was_not_converted_has_no_markdown(user):
    job = make_job(user, status=JobStatus.FAILED)
    api = make_api_client(user)

    answer = api.get(
        f"{URL}/{job.pk}/documents/{job.job_documents.get().pk}/content",
        headers={"Accept": "text/markdown"},
    )

    assert (answer.status_code, answer.json()["code"]) == (404, "result_not_found")


def test_a_document_of_another_job_is_not_found_in_this_one(user):
    job = make_job(user, status=JobStatus.COMPLETED)
    other = make_job(user, status=JobStatus.COMPLETED).job_documents.get()
    api = make_api_client(user)

    assert api.get(f"{URL}/{job.pk}/documents/{other.pk}/content").status_code == 404
    assert api.get(f"{URL}/{job.pk}/documents/x/content").status_code == 404


# --- log ----------------------------------------------------------------------------------------


def messages(answer):
    return [line["message"] for line in answer.json()["logs"]]


def test_the_log_comes_newest_first_and_after_a_line_oldest_first(user):
    job = make_job(user)
    first, _, _ = (make_log(job, message) for message in "abc")
    api = make_api_client(user)

    assert messages(api.get(f"{URL}/{job.pk}/logs")) == ["c", "b", "a"]
    assert messages(api.get(f"{URL}/{job.pk}/logs?after={first.pk}")) == ["b", "c"]
    assert messages(api.get(f"{URL}/{job.pk}/logs?after=0&page_size=2")) == ["a", "b"]


def test_the_log_is_filtered_by_level_words_and_document(user):
    job = make_job(user, rows=2)
    row, other = job.job_documents.all()
    make_log(job, "Conversion failed", level=LogLevel.ERROR, job_document=row)
    make_log(job, "Conversion was slow", level=LogLevel.WARNING, job_document=other)
    make_log(job, "Job queued")
    api = make_api_client(user)

    def found(query):
        return messages(api.get(f"{URL}/{job.pk}/logs?{query}"))

    assert found("level=ERROR,WARNING") == ["Conversion was slow", "Conversion failed"]
    assert found("search=CONVERSION&level=ERROR") == ["Conversion failed"]
    assert found(f"document={row.pk}") == ["Conversion failed"]
    assert found(f"document={row.document_id}") == ["Conversion failed"]


def test_a_line_names_its_document(user):
    job = make_job(user)
    row = job.job_documents.get()
    make_log(job, "about one", job_document=row, metadata={"page": 3})
    make_log(job, "about all")

    about_all, about_one = make_api_client(user).get(f"{URL}/{job.pk}/logs").json()["logs"]

    assert about_one["document_id"] == str(row.document_id)
    assert about_one["job_document_id"] == str(row.pk)
    assert about_one["metadata"] == {"page": 3}
    assert about_all["document_id"] is None


def test_the_whole_log_streams_as_text_with_one_line_for_each_entry(user):
    job = make_job(user)
    make_log(job, "first")
    make_log(job, "second\nwith a line break", level=LogLevel.ERROR)

    answer = make_api_client(user).get(f"{URL}/{job.pk}/logs", headers={"Accept": "text/plain"})

    assert answer.streaming
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    lines = b"".join(answer.streaming_content).decode().splitlines()
    assert lines[0].endswith("INFO    first")
    assert lines[1].endswith("ERROR   second with a line break")


def test_the_filtered_log_streams_as_json_lines(user):
    job = make_job(user)
    make_log(job, "fine")
    make_log(job, "brøken", level=LogLevel.ERROR)

    answer = make_api_client(user).get(
        f"{URL}/{job.pk}/logs?level=ERROR", headers={"Accept": "application/x-ndjson"}
    )

    lines = b"".join(answer.streaming_content).decode().splitlines()
    assert [json.loads(line)["message"] for line in lines] == ["brøken"]


def test_a_wrong_query_is_a_problem_document_also_when_text_was_asked_for(user):
    job = make_job(user)

    answer = make_api_client(user).get(f"{URL}/{job.pk}/logs?level=LOUD&format=txt")

    assert (answer.status_code, answer.json()["code"]) == (422, "validation_error")


# --- archives -----------------------------------------------------------------------------------


def test_an_archive_has_each_result_a_summary_and_a_manifest(user):
    job = make_job(user, status=JobStatus.COMPLETED, rows=["COMPLETED", "FAILED"], name="Q4")
    row, failed = job.job_documents.order_by("position")

    answer = make_api_client(user).get(f"{URL}/{job.pk}/download")

    assert answer.headers["Content-Type"] == "application/zip"
    day = timezone.localdate().isoformat()
    assert f'filename="q4-{day}.zip"' in answer.headers["Content-Disposition"]
    archive = unzipped(answer)
    assert archive.testzip() is None
    result, summary, manifest = archive.namelist()
    assert result == f"processed_documents/{row.filename.removesuffix('.txt')}.md"
    assert summary.startswith("PROCESSING_SUMMARY_")
    assert "# Processing Summary: Q4" in archive.read(summary).decode()
    told = json.loads(archive.read(manifest))
    assert told["job_id"] == str(job.pk)
    assert told["processing_options"] == job.processing_options
    (entry,) = told["documents"]
    assert entry["path"] == result
    assert entry["sha256"] == hashlib.sha256(archive.read(result)).hexdigest()
    assert entry["conversion_score"] == 95
    assert entry["source_sha256"] == row.document.sha256
    assert told["not_included"][0]["id"] == str(failed.pk)
    assert told["not_included"][0]["error_code"] == "corrupt_file"


def test_a_combined_archive_has_all_results_in_one_file_one_level_down(user):
    job = make_job(user, rows=0)
    for name, markdown in (("a.txt", "# One\n\ntext"), ("b.txt", "## Two\n\n```\n# code\n```")):
        document = make_document(user, filename=name)
        make_row(job, document=document, status="COMPLETED", markdown=markdown)

    archive = unzipped(make_api_client(user).get(f"{URL}/{job.pk}/download?type=combined"))

    names = archive.namelist()
    assert names[:2] == ["individual_files/a.md", "individual_files/b.md"]
    combined = archive.read(names[2]).decode()
    assert names[2].startswith("COMBINED_EXPORT_")
    assert "**Total Files:** 2" in combined
    assert "**RAG Ready:** 2 (100%)" in combined
    assert "\n# a.txt\n" in combined
    assert "\n## One\n" in combined
    assert "\n### Two\n" in combined
    assert "\n# code\n" in combined


def test_a_rag_ready_archive_has_only_documents_that_are(user):
    job = make_job(user, rows=0)
    ready = make_row(job, status="COMPLETED")
    make_row(job, status="COMPLETED", is_rag_ready=False)
    make_row(job, status="FAILED")

    answer = make_api_client(user).get(f"{URL}/{job.pk}/download?type=rag_ready")

    assert "-rag-ready-" in answer.headers["Content-Disposition"]
    manifest = json.loads(unzipped(answer).read("manifest.json"))
    assert [entry["id"] for entry in manifest["documents"]] == [str(ready.pk)]
    assert manifest["not_included"] == []


def test_documents_with_the_same_name_keep_apart_in_an_archive(user):
    job = make_job(user, rows=0)
    for name in ("Report.txt", "report.md", "report (2).txt", "report.txt"):
        document = make_document(user, filename=name)
        make_row(job, document=document, status="COMPLETED", markdown=name)

    archive = unzipped(make_api_client(user).get(f"{URL}/{job.pk}/download"))

    contents = {name: archive.read(name).decode() for name in archive.namelist()[:4]}
    assert contents == {
        "processed_documents/Report.txt.md": "Report.txt",
        "processed_documents/report.md.md": "report.md",
        "processed_documents/report (2).md": "report (2).txt",
        "processed_documents/report.txt (2).md": "report.txt",
    }


@pytest.mark.parametrize("kind", ["individual", "combined", "rag_ready"])
def test_an_archive_has_the_folders_that_the_documents_come_from(user, kind):
    job = make_job(user, rows=0)
    for path in ("a", "b/c", ""):
        document = make_document(user, filename="report.docx", path=path)
        make_row(job, document=document, status="COMPLETED", markdown=f"From {path}")
    make_row(job, status="FAILED", path="bad")

    archive = unzipped(make_api_client(user).get(f"{URL}/{job.pk}/download?type={kind}"))

    top = "individual_files" if kind == "combined" else "processed_documents"
    manifest = json.loads(archive.read("manifest.json"))
    assert [(entry["path"], entry["source_path"]) for entry in manifest["documents"]] == [
        (f"{top}/a/report.md", "a"),
        (f"{top}/b/c/report.md", "b/c"),
        (f"{top}/report.md", ""),
    ]
    assert archive.read(f"{top}/b/c/report.md").decode() == "From b/c"
    assert [entry["source_path"] for entry in manifest["not_included"]] == ["bad"] * (
        kind != "rag_ready"
    )
    summary = next(name for name in archive.namelist() if name.startswith("PROCESSING_SUMMARY"))
    assert "### b/c/report.docx\n" in archive.read(summary).decode()


def test_a_result_that_the_storage_lost_is_named_in_the_archive_and_breaks_nothing(user):
    job = make_job(user, status=JobStatus.COMPLETED, rows=2)
    lost, kept = job.job_documents.order_by("position")
    default_storage.delete(lost.result_file.name)

    archive = unzipped(make_api_client(user).get(f"{URL}/{job.pk}/download?type=combined"))

    entries = json.loads(archive.read("manifest.json"))["documents"]
    assert [(entry["id"], entry["path"] is None) for entry in entries] == [
        (str(lost.pk), True),
        (str(kept.pk), False),
    ]
    assert (
        f"## Missing from the storage\n\n- {lost.filename}"
        in archive.read(archive.namelist()[2]).decode()
    )


@pytest.mark.parametrize("kind", ["individual", "combined", "rag_ready"])
def test_there_is_nothing_to_download_while_no_document_is_converted(user, kind):
    job = make_job(user, status=JobStatus.RUNNING)

    answer = make_api_client(user).get(
        f"{URL}/{job.pk}/download?type={kind}", headers={"Accept": "application/zip"}
    )

    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_to_download")


def test_an_unknown_kind_of_archive_is_refused(user):
    job = make_job(user, status=JobStatus.COMPLETED)

    answer = make_api_client(user).get(f"{URL}/{job.pk}/download?type=pdf")

    assert answer.status_code == 422
