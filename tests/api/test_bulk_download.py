"""Archives of the latest results of any documents."""

import io
import json
import zipfile

import pytest

from orgsettings.models import Role
from tests.factories import make_api_client, make_document, make_job, make_org, make_row, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def user():
    return make_user()


@pytest.fixture
def rows(user):
    job = make_job(user, rows=0)
    ready = make_document(user, filename="ready.txt")
    poor = make_document(user, filename="poor.txt")
    return [
        make_row(job, document=ready, status="COMPLETED", markdown="# Ready\n"),
        make_row(job, document=poor, status="COMPLETED", markdown="# Poor\n", is_rag_ready=False),
    ]


def download(user, rows, **body):
    ids = [str(row.document_id) for row in rows]
    return make_api_client(user).post(
        "/api/v1/documents/download/bulk", {"document_ids": ids} | body, format="json"
    )


def opened(answer):
    assert answer.status_code == 200
    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    assert archive.testzip() is None
    return archive


def kinds(archive):
    return sorted(name.split("/")[0].split("_2")[0] for name in archive.namelist())


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ({}, ["PROCESSING_SUMMARY", "manifest.json", *["processed_documents"] * 2]),
        ({"include_summary": False}, ["manifest.json", *["processed_documents"] * 2]),
        ({"download_type": "combined"},
         ["COMBINED_EXPORT", "PROCESSING_SUMMARY", "individual_files", "individual_files",
          "manifest.json"]),
        ({"include_combined": True, "include_summary": False},
         ["COMBINED_EXPORT", "individual_files", "individual_files", "manifest.json"]),
        ({"download_type": "rag_ready"},
         ["PROCESSING_SUMMARY", "manifest.json", "processed_documents"]),
        ({"download_type": "summary", "include_summary": False},
         ["PROCESSING_SUMMARY", "manifest.json"]),
    ],
)  # fmt: skip
def test_an_archive_has_what_was_asked_for(user, rows, body, found):
    assert kinds(opened(download(user, rows, **body))) == found


def test_the_manifest_names_documents_without_a_result(user, rows):
    new = make_document(user, filename="new.txt")
    ids = [str(rows[0].document_id), str(new.pk)]

    archive = opened(download(user, [], document_ids=ids))

    manifest = json.loads(archive.read("manifest.json"))
    assert [entry["filename"] for entry in manifest["documents"]] == ["ready.txt"]
    assert manifest["documents"][0]["sha256"] == rows[0].result_sha256
    assert manifest["not_included"] == [
        {"document_id": str(new.pk), "filename": "new.txt", "source_path": ""}
    ]


def test_only_the_latest_result_of_a_document_is_taken(user, rows):
    job = make_job(user, rows=0)
    make_row(job, document=rows[0].document, status="COMPLETED", markdown="# Newer\n")

    archive = opened(download(user, rows[:1]))

    assert archive.read("processed_documents/ready.md") == b"# Newer\n"


@pytest.mark.parametrize(
    ("given", "name"),
    [("Q4 reports", "Q4 reports.zip"), ("a.zip", "a.zip"), ("../../etc/cron", "cron.zip")],
)
def test_the_archive_is_called_as_asked_and_never_a_path(user, rows, given, name):
    answer = download(user, rows, custom_filename=given)

    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'


def test_the_earlier_member_for_the_name_is_understood(user, rows):
    answer = download(user, rows, zip_name="old")

    assert "old.zip" in answer.headers["Content-Disposition"]


def test_documents_without_any_result_are_refused(user, rows):
    new = make_document(user)

    answer = download(user, [], document_ids=[str(new.pk)])
    unready = download(user, rows[1:], download_type="rag_ready")

    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_to_download")
    assert (unready.status_code, unready.json()["code"]) == (409, "nothing_to_download")


def test_documents_of_another_organization_are_named_and_nothing_is_sent(user, rows):
    foreign = make_row(make_job(rows=0), status="COMPLETED")

    answer = download(user, [*rows, foreign])

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/document_ids/2")


def test_results_of_a_colleagues_job_are_given_to_members_and_to_no_stranger(rows):
    org = rows[0].job.organization

    assert download(make_user(org), rows).status_code == 200
    assert download(make_user(org, role=Role.VIEWER), rows).status_code == 200
    assert download(make_user(make_org()), rows).status_code == 422


def all_ready(user, query=""):
    return make_api_client(user).get(f"/api/v1/documents/download/rag-ready{query}")


def test_every_ready_document_comes_in_one_archive(user, rows):
    make_row(make_job(rows=0), status="COMPLETED")  # of another organization

    archive = opened(all_ready(user))

    assert kinds(archive) == ["PROCESSING_SUMMARY", "manifest.json", "processed_documents"]
    assert "processed_documents/ready.md" in archive.namelist()
    left = json.loads(archive.read("manifest.json"))["not_included"]
    assert [entry["filename"] for entry in left] == ["poor.txt"]


def test_the_archive_of_ready_documents_is_named_and_bare_as_asked(user, rows):
    answer = all_ready(user, "?zip_name=april&include_summary=false")

    assert answer.headers["Content-Disposition"] == 'attachment; filename="april.zip"'
    assert kinds(opened(answer)) == ["manifest.json", "processed_documents"]


def test_there_is_no_archive_without_a_ready_document(user, rows):
    rows[0].delete()

    answer = all_ready(user)

    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_to_download")


def test_ready_results_of_a_colleagues_job_are_given_to_members_and_to_no_stranger(rows):
    org = rows[0].job.organization

    assert all_ready(make_user(make_org())).status_code == 409
    assert all_ready(make_user(org)).status_code == 200
    assert all_ready(make_user(org, role=Role.ADMIN)).status_code == 200
