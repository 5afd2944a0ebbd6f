"""One result as data over the API: JSON, docling's format, Markdown with a head."""

import io
import json
import zipfile

import pytest
from docling_core.types.doc import DoclingDocument

from documents import text_work
from jobs import results
from jobs.models import JobDocument
from jobs.review import edits
from tests.api.through_http import Caller
from tests.factories import make_api_client, make_job, make_row, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def converted(work):
    """The caller, and its row of a converted PDF."""
    caller = Caller()
    job = caller.create(caller.sample("report.pdf"))
    work()
    return caller, JobDocument.objects.get(job_id=job)


def url(row, query=""):
    return f"/api/v1/jobs/{row.job_id}/documents/{row.pk}/export{query}"


def fetched(row, query=""):
    answer = make_api_client(row.job.user).get(url(row, query))
    assert answer.status_code == 200
    return answer


def test_a_result_is_told_as_json_with_the_boxes_of_its_blocks(converted):
    _, row = converted

    answer = fetched(row)

    told = answer.json()
    assert answer.headers["Content-Disposition"] == 'attachment; filename="report.json"'
    assert told["original"] == {
        "filename": "report.pdf",
        "media_type": "application/pdf",
        "sha256": row.document.sha256,
    }
    assert told["made_from"] == "original"
    assert all(block["page"] and len(block["box"]) == 4 for block in told["blocks"])
    assert {page["number"] for page in told["pages"]} == {1, 2, 3}


def test_docling_reads_a_result(converted):
    _, row = converted

    answer = fetched(row, "?type=docling")

    found = DoclingDocument.model_validate_json(answer.content)
    assert 'filename="report.docling.json"' in answer.headers["Content-Disposition"]
    assert found.name == "report"
    assert found.texts[0].prov[0].page_no == 1


def test_markdown_has_a_head_if_somebody_wants_it(converted):
    _, row = converted

    plain = fetched(row, "?type=markdown").content.decode()
    headed = fetched(row, "?type=markdown&front_matter=true").content.decode()

    assert plain == results.read(row)
    head, _, rest = headed.partition("---\n\n")
    assert rest == plain
    assert f'source: "report.pdf"\nsha256: "{row.document.sha256}"\npages: 3\nscore: ' in head


@pytest.mark.parametrize("form", ["json", "docling", "markdown&front_matter=true"])
def test_a_result_gives_the_same_bytes_each_time(converted, form):
    _, row = converted

    assert fetched(row, f"?type={form}").content == fetched(row, f"?type={form}").content


def test_an_edited_result_is_told_by_its_new_text(converted):
    _, row = converted
    edits.save(row, "<!-- page 1 -->\n\n# Mended\n", row.job.user)

    told = fetched(row).json()

    assert told["made_from"] == "markdown"
    assert told["blocks"] == [{"kind": "heading", "spans": [{"text": "Mended"}], "page": 1}]


def test_the_latest_result_of_a_document_is_told_the_same_way(converted):
    _, row = converted

    answer = make_api_client(row.job.user).get(f"/api/v1/documents/{row.document_id}/export")

    assert answer.content == fetched(row).content


def test_a_result_whose_document_is_gone_has_no_hash():
    row = make_row(make_job(make_user(), rows=0), status="COMPLETED", markdown="# Ships")
    JobDocument.objects.filter(pk=row.pk).update(document=None)

    assert fetched(row).json()["original"]["sha256"] == ""
    assert "sha256" not in fetched(row, "?type=markdown&front_matter=1").content.decode()


def test_a_row_without_a_result_has_nothing_to_tell():
    row = make_row(make_job(make_user(), rows=0), status="FAILED")

    answer = make_api_client(row.job.user).get(url(row))

    assert (answer.status_code, answer.json()["code"]) == (404, "result_not_found")


def test_an_unknown_form_is_refused(converted):
    _, row = converted

    answer = make_api_client(row.job.user).get(url(row, "?type=xml"))

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/type")


def test_the_schema_of_json_is_open_to_everybody():
    schema = make_api_client().get("/api/v1/config/document-schema").json()

    assert schema["$id"] == schema["properties"]["schema"]["const"]


def test_chunks_of_a_result_have_the_boxes_of_what_is_in_them(converted):
    _, row = converted

    told = chunks_of(row)

    assert all(line["boxes"] for line in told)
    assert {box["page"] for box in told[0]["boxes"]} <= set(
        range(told[0]["page"], told[0]["last_page"] + 1)
    )
    assert chunks_of(row) == told


def test_chunks_of_an_edited_result_have_no_boxes(converted):
    _, row = converted
    edits.save(row, "<!-- page 1 -->\n\n# Mended\n", row.job.user)

    assert [line["boxes"] for line in chunks_of(row)] == [[]]


@pytest.mark.parametrize(("form", "ending"), [("json", ".json"), ("docling", ".docling.json")])
def test_an_archive_has_data_beside_markdown_if_somebody_wants_it(converted, form, ending):
    _, row = converted

    archive = archive_of(row, f"?also={form}")

    name = f"processed_documents/report{ending}"
    assert archive.read(name) == fetched(row, f"?type={form}").content
    manifest = json.loads(archive.read("manifest.json"))
    assert manifest["documents"][0]["data_path"] == name
    assert manifest["documents"][0]["path"] == "processed_documents/report.md"


def test_an_archive_says_which_data_could_not_be_made_in_time(converted, monkeypatch):
    _, row = converted
    monkeypatch.setattr(text_work, "WORK_SECONDS", 0.0)

    archive = archive_of(row, "?also=json")

    assert json.loads(archive.read("manifest.json"))["documents"][0]["data_path"] is None
    assert "processed_documents/report.md" in archive.namelist()


def test_an_archive_has_markdown_alone_if_nobody_says_otherwise(converted):
    _, row = converted

    archive = archive_of(row)

    assert not [name for name in archive.namelist() if "report" in name and ".json" in name]
    assert "data_path" not in json.loads(archive.read("manifest.json"))["documents"][0]


def archive_of(row, query=""):
    answer = make_api_client(row.job.user).get(f"/api/v1/jobs/{row.job_id}/download{query}")
    return zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))


def chunks_of(row):
    answer = make_api_client(row.job.user).get(f"/api/v1/jobs/{row.job_id}/chunks")
    return [json.loads(line) for line in b"".join(answer.streaming_content).splitlines()]
