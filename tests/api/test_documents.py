"""Documents over the API."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from documents.models import Document, StoredFile
from jobs.models import JobDocument, JobStatus
from orgsettings.models import Role
from tests.factories import (
    make_api_client,
    make_document,
    make_job,
    make_org,
    make_row,
    make_user,
)

pytestmark = pytest.mark.django_db

URL = "/api/v1/documents"


def upload(api, name="report.txt", content=b"Quarterly report"):
    return api.post(f"{URL}/upload", {"file": SimpleUploadedFile(name, content)})


def upload_many(api, *files):
    return api.post(URL, {"files": [SimpleUploadedFile(name, content) for name, content in files]})


def test_an_upload_is_stored_and_answered_in_the_shape_that_clients_know():
    user = make_user()

    answer = upload(make_api_client(user))

    assert answer.status_code == 200
    told = answer.json()
    assert set(told) == {
        "document_id", "filename", "path", "file_size", "upload_time", "message", "duplicate",
        "already_exists", "duplicate_of", "same_content",
    }  # fmt: skip
    document = Document.objects.get(pk=told["document_id"])
    assert (document.filename, document.file_size) == ("report.txt", 16)
    assert (document.organization, document.uploaded_by) == (user.membership.organization, user)
    with document.file.open() as file:
        assert file.read() == b"Quarterly report"


def test_the_same_file_again_is_the_document_that_is_there():
    api = make_api_client()
    first = upload(api).json()

    again = upload(api).json()

    assert (again["document_id"], again["duplicate"]) == (first["document_id"], True)
    assert (first["already_exists"], again["already_exists"]) == (False, True)
    assert (again["duplicate_of"], again["same_content"]) == (None, None)
    assert Document.objects.count() == 1


def test_the_same_bytes_under_another_name_are_a_document_of_that_name():
    user = make_user()
    first = upload(make_api_client(user)).json()

    copy = upload(make_api_client(user), name="copy.txt").json()
    elsewhere = upload(make_api_client()).json()

    assert copy["document_id"] != first["document_id"]
    assert (copy["filename"], copy["duplicate"]) == ("copy.txt", True)
    assert elsewhere["duplicate"] is False
    assert StoredFile.objects.count() == 2


def test_an_upload_says_what_it_equals_and_how_good_the_result_of_that_is():
    org = make_org()
    colleague, user = make_user(org), make_user(org)
    make_document(make_user(), filename="elsewhere.txt", content=b"the same")
    first = make_document(colleague, filename="final.txt", path="Kunden", content=b"the same")
    other = make_document(colleague, filename="copy.txt", content=b"the same")
    row = make_row(make_job(colleague, rows=0), document=other, status="COMPLETED")
    api = make_api_client(user)

    single = upload(api, "mine.txt", b"the same").json()
    of_several = upload_many(api, ("also mine.txt", b"the same"), ("new.txt", b"new")).json()

    for told in (single, of_several["documents"][0]):
        assert (told["duplicate"], told["already_exists"]) == (True, False)
        assert told["duplicate_of"] == str(first.pk)
        same = told["same_content"]
        assert (same["filename"], same["path"]) == ("final.txt", "Kunden")
        assert datetime.fromisoformat(same["uploaded_at"]) == first.created_at
        assert same["latest_result"]["job_document_id"] == str(row.pk)
        assert same["latest_result"]["conversion_score"] == 95
    assert of_several["documents"][0]["latest_result"] is None  # it has no result of its own
    new = of_several["documents"][1]
    assert (new["duplicate"], new["duplicate_of"], new["same_content"]) == (False, None, None)


def test_equal_documents_without_a_result_are_named_without_one():
    user = make_user()
    first = make_document(user, filename="a.txt", content=b"the same")
    make_row(make_job(user, rows=0), document=first, status="FAILED")

    told = upload(make_api_client(user), "b.txt", b"the same").json()

    assert told["same_content"]["filename"] == "a.txt"
    assert told["same_content"]["latest_result"] is None


@pytest.mark.parametrize(
    ("name", "content", "status", "code"),
    [
        ("empty.txt", b"", 400, "empty_file"),
        ("tool.exe", b"MZ", 400, "unsupported_format"),
        ("noextension", b"text", 400, "unsupported_format"),
        ("large.txt", b"x" * 2001, 413, "file_too_large"),
    ],
)
def test_a_file_is_refused_with_its_reason(settings, name, content, status, code):
    settings.MAX_UPLOAD_SIZE = 2000
    api = make_api_client()

    for answer in (upload(api, name, content), upload_many(api, (name, content))):
        assert answer.status_code == status
        assert answer.json()["code"] == code
        assert name in answer.json()["detail"]
    assert not Document.objects.exists()


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\me\\report.txt", "report.txt"),
        ("Übersicht – 港口.txt", "Übersicht – 港口.txt"),
        ("line\nbreak\x00.txt", "linebreak.txt"),
        ("x" * 300 + ".txt", "x" * 251 + ".txt"),
    ],
)
def test_the_name_of_an_upload_is_cleaned(given, kept):
    # Django cleans the names of uploads, too; what comes through must still be harmless.
    api = make_api_client()
    file = SimpleUploadedFile("x.txt", b"text")
    file._name = given

    told = api.post(f"{URL}/upload", {"file": file}).json()

    assert told["filename"] == kept


@pytest.mark.parametrize("path", ["/upload", ""])
def test_an_upload_without_a_file_says_which_part_is_missing(path):
    answer = make_api_client().post(URL + path, {"document": SimpleUploadedFile("a.txt", b"a")})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] in {"/file", "/files"}


def test_an_upload_that_is_no_form_is_415():
    assert make_api_client().post(f"{URL}/upload", {}, format="json").status_code == 415


def test_of_many_files_the_good_ones_are_accepted_and_the_bad_ones_explained():
    answer = upload_many(
        make_api_client(), ("a.txt", b"first"), ("b.exe", b"MZ"), ("c.txt", b"first")
    )

    assert answer.status_code == 201
    told = answer.json()
    assert [item["filename"] for item in told["documents"]] == ["a.txt", "c.txt"]
    assert [item["duplicate"] for item in told["documents"]] == [False, True]
    assert told["rejected"][0]["filename"] == "b.exe"
    assert told["rejected"][0]["code"] == "unsupported_format"
    assert StoredFile.objects.count() == 1


def test_an_upload_is_refused_as_a_whole_when_no_file_is_accepted():
    answer = upload_many(make_api_client(), ("a.txt", b""), ("b.exe", b"MZ"))

    assert answer.status_code == 400
    assert answer.json()["code"] == "upload_refused"
    assert [item["code"] for item in answer.json()["rejected"]] == [
        "empty_file",
        "unsupported_format",
    ]


def test_more_files_than_a_request_may_have_are_413(settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FILES = 2

    answer = upload_many(make_api_client(), *[(f"{n}.txt", b"text") for n in range(3)])

    assert answer.status_code == 413
    assert answer.json()["code"] == "request_too_large"


def test_viewers_may_not_upload_or_delete():
    viewer = make_user(role=Role.VIEWER)
    api = make_api_client(viewer)

    assert upload(api).status_code == 403
    assert upload_many(api, ("a.txt", b"text")).status_code == 403
    assert api.delete(f"{URL}/{make_document(viewer).pk}").status_code == 403


def test_documents_are_listed_for_the_whole_organization_and_nobody_else():
    org = make_org()
    mine, colleagues = make_document(make_user(org)), make_document(make_user(org))
    make_document()

    told = make_api_client(make_user(org)).get(URL).json()

    assert [item["id"] for item in told["documents"]] == [str(colleagues.pk), str(mine.pk)]
    assert told["total"] == 2
    assert set(told["documents"][0]) == {
        "id", "filename", "path", "file_size", "media_type", "sha256", "page_count", "source",
        "created_at", "uploaded_by", "latest_result",
    }  # fmt: skip


def test_documents_are_found_by_a_part_of_their_name():
    user = make_user()
    wanted = make_document(user, filename="Annual Report.txt")
    make_document(user, filename="letter.txt")

    told = make_api_client(user).get(f"{URL}?search=report").json()

    assert [item["id"] for item in told["documents"]] == [str(wanted.pk)]


def test_pages_of_documents_are_linked():
    user = make_user()
    for _ in range(5):
        make_document(user)
    api = make_api_client(user)

    first = api.get(f"{URL}?page_size=2&search=document").json()
    second = api.get(first["next"]).json()
    last = api.get(second["next"]).json()

    assert (first["total"], first["total_pages"], first["previous"]) == (5, 3, None)
    assert "search=document" in first["next"]
    assert (len(last["documents"]), last["next"]) == (1, None)
    assert api.get(last["previous"]).json()["documents"] == second["documents"]
    beyond = api.get(f"{URL}?page=9").json()
    assert (beyond["documents"], beyond["total"], beyond["next"]) == ([], 5, None)


@pytest.mark.parametrize("part", ["", "/result", "/content", "/download"])
def test_a_document_of_another_organization_does_not_exist(part):
    foreign = make_job(status=JobStatus.COMPLETED).job_documents.get().document
    api = make_api_client()

    for wanted in (foreign.pk, uuid4(), "not-an-id", "*"):
        assert api.get(f"{URL}/{wanted}{part}").status_code == 404


def test_a_document_of_another_organization_cannot_be_deleted():
    foreign = make_document()

    assert (
        make_api_client(make_user(role=Role.ADMIN)).delete(f"{URL}/{foreign.pk}").status_code == 404
    )
    assert Document.objects.filter(pk=foreign.pk).exists()


def test_a_document_comes_with_its_latest_result():
    user = make_user()
    document = make_document(user)
    older = make_row(make_job(user, rows=0), document=document, status="COMPLETED")
    JobDocument.objects.filter(pk=older.pk).update(completed_at=timezone.now() - timedelta(hours=1))
    row = make_row(make_job(user, rows=0), document=document, status="COMPLETED", markdown="# New")
    make_row(make_job(user, rows=0), document=document, status="FAILED")
    api = make_api_client(user)

    told = api.get(f"{URL}/{document.pk}").json()["latest_result"]

    assert told["job_document_id"] == str(row.pk)
    assert told["conversion_score"] == 95
    assert api.get(f"{URL}/{document.pk}/content").json() == {"content": "# New"}
    result = api.get(f"{URL}/{document.pk}/result").json()
    assert (result["status"], result["success"]) == ("completed", True)
    assert result["pass_all_thresholds"] is True
    assert result["thresholds_used"]["conversion_threshold"] == 70
    assert result["conversion_result"]["conversion_score"] == 95


def test_a_result_has_every_member_that_earlier_clients_read():
    user = make_user()
    document = make_document(user, filename="report.txt")
    job = make_job(user, rows=0)
    reasons = [{"name": "coverage", "weight": 70, "score": 95, "reason": "95% of the words."}]
    make_row(
        job,
        document=document,
        status="COMPLETED",
        quality_scores={"conversion_score": 95, "parts": reasons, "clarity": 8.5},
    )

    told = make_api_client(user).get(f"{URL}/{document.pk}/result").json()

    assert {
        "document_id", "filename", "status", "success", "message", "original_path",
        "markdown_path", "conversion_result", "llm_evaluation", "document_summary",
        "conversion_score", "pass_all_thresholds", "vector_optimized", "processing_time",
        "processed_at", "thresholds_used",
    } <= set(told)  # fmt: skip
    assert (told["original_path"], told["markdown_path"]) == ("report.txt", "report.md")
    assert (told["document_summary"], told["vector_optimized"]) == (None, True)
    assert told["llm_evaluation"] == {
        "clarity_score": 8.5, "completeness_score": None, "relevance_score": None,
        "markdown_score": None, "overall_feedback": "95% of the words.",
        "pass_recommendation": "Pass",
    }  # fmt: skip


def test_a_result_downloads_as_markdown_under_the_name_of_the_document():
    user = make_user()
    document = make_document(user, filename="v1.2 Übersicht.txt")
    make_row(make_job(user, rows=0), document=document, status="COMPLETED", markdown="# Ü")

    answer = make_api_client(user).get(f"{URL}/{document.pk}/download")

    assert answer.content.decode() == "# Ü"
    assert answer.headers["Content-Type"] == "text/markdown; charset=utf-8"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "v1.2%20%C3%9Cbersicht.md" in answer.headers["Content-Disposition"]


def test_a_download_is_given_whatever_the_client_accepts():
    user = make_user()
    document = make_job(user, status=JobStatus.COMPLETED).job_documents.get().document

    answer = make_api_client(user).get(
        f"{URL}/{document.pk}/download", headers={"Accept": "text/markdown"}
    )

    assert answer.status_code == 200


@pytest.mark.parametrize("part", ["result", "content", "download"])
def test_a_document_without_result_answers_404_with_its_own_code(part):
    user = make_user()

    answer = make_api_client(user).get(f"{URL}/{make_document(user).pk}/{part}")

    assert answer.status_code == 404
    assert answer.json()["code"] == "result_not_found"


def test_a_lost_result_file_answers_404_with_its_own_code():
    user = make_user()
    row = make_job(user, status=JobStatus.COMPLETED).job_documents.get()
    default_storage.delete(row.result_file.name)

    answer = make_api_client(user).get(f"{URL}/{row.document_id}/content")

    assert answer.status_code == 404
    assert answer.json()["code"] == "result_not_found"


def test_the_result_of_a_colleagues_job_is_everybodys_in_the_organization():
    org = make_org()
    document = make_job(make_user(org), status=JobStatus.COMPLETED).job_documents.get().document
    seen = {}

    for role in Role:
        api = make_api_client(make_user(org, role=role))
        one = api.get(f"{URL}/{document.pk}").json()["latest_result"] is not None
        listed = api.get(URL).json()["documents"][0]["latest_result"] is not None
        content = api.get(f"{URL}/{document.pk}/content").status_code == 200
        seen[role] = (one, listed, content)

    assert set(seen) == set(Role)
    assert set(seen.values()) == {(True, True, True)}


def test_a_deleted_document_is_gone_with_its_bytes_and_its_results_stay(
    django_capture_on_commit_callbacks,
):
    user = make_user()
    row = make_job(user, status=JobStatus.COMPLETED).job_documents.get()
    name, version = row.document.file.name, row.job.version

    with django_capture_on_commit_callbacks(execute=True):
        answer = make_api_client(user).delete(f"{URL}/{row.document_id}")

    assert answer.status_code == 204
    assert not default_storage.exists(name)
    row.refresh_from_db()
    assert row.document is None
    assert row.job.version == version + 1  # pages and clients that poll see that it is gone
    assert default_storage.exists(row.result_file.name)


@pytest.mark.parametrize("status", [JobStatus.PENDING, JobStatus.QUEUED, JobStatus.RUNNING])
def test_a_document_cannot_be_deleted_while_an_unfinished_job_uses_it(status):
    user = make_user()
    document = make_job(user, status=status).job_documents.get().document

    answer = make_api_client(user).delete(f"{URL}/{document.pk}")

    assert answer.status_code == 409
    assert answer.json()["code"] == "document_in_use"
    assert default_storage.exists(document.file.name)


def test_a_colleagues_document_may_be_deleted_by_admins_only():
    org = make_org()
    document = make_document(make_user(org))

    assert make_api_client(make_user(org)).delete(f"{URL}/{document.pk}").status_code == 403
    admin = make_api_client(make_user(org, role=Role.ADMIN))
    assert admin.delete(f"{URL}/{document.pk}").status_code == 204


def test_the_supported_formats_are_told():
    told = make_api_client().get("/api/v1/config/supported-formats").json()

    assert {".pdf", ".docx", ".txt", ".png"} <= set(told["supported_extensions"])
    assert told["max_file_size"] == 50 * 1024 * 1024
    assert {"name", "label", "media_type", "extensions"} == set(told["formats"][0])


def test_the_default_options_are_those_of_the_organization():
    org = make_org(default_options={"quality_thresholds": {"conversion_threshold": 85}})

    told = make_api_client(make_user(org)).get("/api/v1/config/defaults").json()

    assert told["quality_thresholds"]["conversion_threshold"] == 85
    assert told["quality_thresholds"]["clarity_threshold"] == 7
    assert told["ocr_settings"]["language"] == "auto"
    assert told["auto_optimize"] is True
