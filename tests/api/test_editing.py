"""Editing the Markdown of a result: scored anew, the earlier states kept."""

import io
import zipfile
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from documents import storage
from documents.conversion.chunking import count_tokens
from documents.conversion.scoring.facts import Facts
from documents.conversion.scoring.source_words import packed
from documents.conversion.scoring.words import words_of
from jobs import drafts, lifecycle, results
from jobs.models import JobDocument, JobStatus, ResultVersion
from jobs.review import edits
from orgsettings.models import Role
from tests.factories import make_api_client, make_document, make_job, make_org, make_row, make_user

pytestmark = pytest.mark.django_db

GARBLED = "(cid:12)(cid:13)(cid:99) x~~w|1 qzxwv\n" * 20
MENDED = "# First\n\nA sentence that everybody can read, as converted.\n"


@pytest.fixture
def user():
    return make_user()


@pytest.fixture
def row(user):
    job = make_job(user, status=JobStatus.COMPLETED, rows=0, total_documents=1,
                   completed_documents=1)  # fmt: skip
    return make_row(job, status="COMPLETED", markdown="# First\n\nAs converted.\n")


def content_url(row):
    return f"/api/v1/documents/{row.document_id}/content"


def put(user, row, content):
    return make_api_client(user).put(content_url(row), {"content": content}, format="json")


def test_an_edit_replaces_the_text_and_its_scores_and_readiness_follow(user, row):
    answer = put(user, row, GARBLED)

    told = answer.json()
    assert answer.status_code == 200
    assert told["conversion_score"] < 70
    assert told["is_rag_ready"] is False
    assert told["quality_scores"]["conversion_score"] == told["conversion_score"]
    assert make_api_client(user).get(content_url(row)).json() == {"content": GARBLED}

    better = put(user, row, MENDED).json()
    assert (better["conversion_score"], better["is_rag_ready"]) == (100, True)


def coverage_of(answer):
    parts = answer.json()["quality_scores"]["parts"]
    return next(part for part in parts if part["name"] == "text_coverage")


LONG = "# Report\n\n" + " ".join(f"The figure of ledger{n} rose." for n in range(40)) + "\n"


@pytest.fixture
def long_row(user):
    job = make_job(user, status=JobStatus.COMPLETED, rows=0, total_documents=1,
                   completed_documents=1)  # fmt: skip
    return make_row(job, status="COMPLETED", markdown=LONG)


def test_an_edit_that_lost_most_words_scores_low_and_says_which_are_missing(user, long_row):
    answer = put(user, long_row, "# Report\n\nThe figure of ledger0 rose.\n")

    assert answer.json()["conversion_score"] == 15
    assert answer.json()["is_rag_ready"] is False
    assert coverage_of(answer)["reason"] == (
        "97% of the words are missing, such as “ledger1”, “ledger2”, “ledger3”."
    )


def test_not_all_words_are_said_to_be_missing_while_one_is_left(user, long_row):
    answer = put(user, long_row, "# Report\n")

    assert coverage_of(answer)["reason"].startswith("99% of the words are missing")


def test_an_edit_that_keeps_the_words_loses_no_score(user, long_row):
    answer = put(user, long_row, LONG.replace("# Report", "# The report\n\n## Figures"))

    assert (answer.json()["conversion_score"], coverage_of(answer)["score"]) == (100, 100)
    assert coverage_of(answer)["reason"] == "All words of the converted text are kept."


def test_later_edits_are_measured_against_the_conversion_and_not_the_edit_before(user, long_row):
    put(user, long_row, "# Report\n")

    assert put(user, long_row, "# Report\n\nWords.\n").json()["conversion_score"] == 15
    assert put(user, long_row, LONG + "\nMore.\n").json()["conversion_score"] == 100


HTML = b"<!doctype html><h1>Harbour</h1><p>The water was clean on 318 of 365 days.</p>"


def test_an_edit_is_compared_with_the_words_of_the_source_when_they_were_kept(
    user, work, stored_files, django_capture_on_commit_callbacks
):
    made = started(user, HTML)
    work()
    row = JobDocument.objects.get(job=made)
    kept = [path for path in stored_files.rglob("*") if path.suffix == ".words"]

    same = put(user, row, results.read(row) + "\nMore.\n")
    less = put(user, row, "# Harbour\n\nThe water was clean.\n")

    assert coverage_of(same)["reason"] == "All words of the source are kept."
    assert coverage_of(less)["reason"] == (
        "50% of the words of the source are missing, such as “318”, “365”, “days”."
    )
    assert [path.stat().st_mode & 0o777 for path in kept] == [0o600]
    with django_capture_on_commit_callbacks(execute=True):
        lifecycle.delete(made, by=user)
    assert not (stored_files / "results" / str(made.pk)).exists()


def test_the_blocks_of_a_conversion_lie_beside_its_result_until_somebody_edits_it(
    user, work, stored_files, django_capture_on_commit_callbacks
):
    made = started(user, HTML)
    work()
    row = JobDocument.objects.get(job=made)
    before = sum(storage.stored_bytes(made.organization))

    assert [block.kind for block in results.document_of(row).blocks] == ["heading", "paragraph"]
    file = next(path for path in stored_files.rglob("*.json.gz"))
    assert (row.result_document_size, file.stat().st_mode & 0o777) == (file.stat().st_size, 0o600)

    put(user, row, "# Mended\n")

    row.refresh_from_db()
    assert (results.document_of(row), row.result_document_size) == (None, 0)
    assert sum(storage.stored_bytes(made.organization)) == before + len("# Mended\n")

    edits.restore(row.versions.get(number=1), user)

    row.refresh_from_db()
    assert len(results.document_of(row).blocks) == 2
    with django_capture_on_commit_callbacks(execute=True):
        lifecycle.delete(made, by=user)
    assert list(stored_files.rglob("*.json.gz")) == []


def packed_words():
    return packed(Facts(words=words_of("Ships sailed north in winter")))


def test_an_edit_is_not_praised_when_the_conversion_had_lost_what_it_lacks(user, row):
    stored = results.write(row, uuid4(), "Ships sailed", source_words=packed_words())
    JobDocument.objects.filter(pk=row.pk).update(result_file=stored.name)

    poor = put(user, row, "# Ships sailed")
    mended = put(user, row, "# Ships sailed north in winter")

    assert "60% of the words of the source are missing" in coverage_of(poor)["reason"]
    assert coverage_of(mended)["score"] == 100


def test_the_words_of_an_earlier_conversion_are_not_those_of_the_latest(user, row):
    """The earlier one was edited, so that its file is kept; the latest kept no words."""
    words = packed_words()
    stored = results.write(row, uuid4(), "Ships sailed", source_words=words)
    JobDocument.objects.filter(pk=row.pk).update(result_file=stored.name)
    put(user, row, "# Ships\n\nShips sailed")
    row.refresh_from_db()
    assert row.versions.count() == 2
    assert results.source_words_of(row) == words

    again = results.write(row, uuid4(), "Ships sailed again")
    JobDocument.objects.filter(pk=row.pk).update(
        result_file=again.name, completed_at=timezone.now()
    )
    row.refresh_from_db()

    assert results.source_words_of(row) is None


def started(user, content):
    document = make_document(user, filename="page.html", content=content)
    return drafts.create_and_start(document.organization, user, documents=[document])


def test_edits_after_a_new_conversion_are_measured_against_that(user, long_row):
    put(user, long_row, LONG + "\nEdited.\n")
    again = results.write(long_row, uuid4(), "# Anew\n\nQuite other content.\n")
    JobDocument.objects.filter(pk=long_row.pk).update(
        result_file=again.name, result_sha256=again.sha256, completed_at=timezone.now()
    )

    assert (
        coverage_of(put(user, long_row, "# Anew\n\nQuite other content, mended.\n"))["score"] == 100
    )
    assert coverage_of(put(user, long_row, "# Anew\n\nQuite other content!\n"))["score"] == 100
    assert coverage_of(put(user, long_row, LONG))["score"] == 0


def test_an_edit_is_scored_by_itself_when_the_conversions_text_is_gone(user, long_row):
    put(user, long_row, LONG + "\nMore.\n")
    default_storage.delete(edits.find_version(long_row, 1).result_file.name)

    answer = put(user, long_row, "# Report\n")

    names = [part["name"] for part in answer.json()["quality_scores"]["parts"]]
    assert (answer.status_code, "text_coverage" in names) == (200, False)


def test_the_tokens_are_those_of_the_current_text(user, row):
    put(user, row, "# Second\n\nThree more words.\n")

    row.refresh_from_db()
    assert row.result_tokens == count_tokens("# Second\n\nThree more words.\n")


def test_the_scores_of_the_job_follow_an_edit(user, row):
    put(user, row, GARBLED)

    row.job.refresh_from_db()
    row.refresh_from_db()
    assert row.job.score_sum == row.conversion_score
    assert row.job.score_bands[row.conversion_score // 10] == 1
    assert sum(row.job.score_bands) == 1
    assert row.job.is_low_quality
    assert row.job.not_ready_documents == 1

    put(user, row, MENDED)

    row.job.refresh_from_db()
    assert (row.job.score_sum, row.job.score_bands) == (100, [0] * 9 + [1])
    assert not row.job.is_low_quality
    assert row.job.not_ready_documents == 0


@pytest.mark.parametrize(
    "extra",
    [
        {},
        {"improvement_prompt": "", "apply_vector_optimization": False},
        {"improvement_prompt": None},
    ],
)
def test_an_edit_as_earlier_clients_send_it_is_understood(user, row, extra):
    body = {"content": "# Second"} | extra

    assert make_api_client(user).put(content_url(row), body, format="json").status_code == 200


@pytest.mark.parametrize(
    "extra", [{"improvement_prompt": "Shorten it."}, {"apply_vector_optimization": True}]
)
def test_an_edit_by_a_language_model_is_refused_and_not_ignored(user, row, extra):
    answer = make_api_client(user).put(content_url(row), {"content": "# B"} | extra, format="json")

    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["code"]) == (422, "not_supported")
    assert error["pointer"] == f"/{next(iter(extra))}"
    row.refresh_from_db()
    assert results.read(row) != "# B"


def test_an_edit_of_a_text_that_was_changed_meanwhile_is_refused(user, row):
    seen = row.result_sha256
    put(user, row, "# Of somebody else\n")
    body = {"content": "# Mine\n", "based_on_sha256": seen}

    answer = make_api_client(user).put(content_url(row), body, format="json")

    assert (answer.status_code, answer.json()["code"]) == (409, "result_changed")
    assert make_api_client(user).get(content_url(row)).json()["content"] == "# Of somebody else\n"
    row.refresh_from_db()
    body["based_on_sha256"] = row.result_sha256
    assert make_api_client(user).put(content_url(row), body, format="json").status_code == 200


def test_an_edit_is_in_the_log_and_raises_the_version_that_pages_compare(user, row):
    before = row.job.version

    put(user, row, "# Second\n")

    row.job.refresh_from_db()
    assert row.job.version > before
    assert row.job.logs.get(event="document.edited").metadata["version"] == 2


def test_the_archive_has_the_edited_text_and_its_hash(user, row):
    put(user, row, "# Second\n")

    answer = make_api_client(user).get(f"/api/v1/jobs/{row.job_id}/download")

    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    (name,) = [name for name in archive.namelist() if name.startswith("processed_documents/")]
    assert archive.read(name) == b"# Second\n"


def test_every_state_is_kept_and_can_be_made_the_current_one_again(user, row):
    put(user, row, "# Second\n")
    put(user, row, "# Third\n")
    api = make_api_client(user)
    url = f"/api/v1/jobs/{row.job_id}/documents/{row.pk}/versions"

    told = api.get(url).json()
    answer = api.post(f"{url}/1/restore")

    assert [(item["number"], item["is_current"]) for item in told] == [
        (3, True), (2, False), (1, False),
    ]  # fmt: skip
    assert [item["made_by"] for item in told] == [user.username, user.username, None]
    assert answer.status_code == 200
    assert answer.json()["conversion_score"] == 95
    assert api.get(content_url(row)).json()["content"] == "# First\n\nAs converted.\n"
    assert [item["is_current"] for item in api.get(url).json()] == [False, False, True]


def test_a_restored_state_is_edited_without_losing_the_ones_after_it(user, row):
    put(user, row, "# Second\n")
    edits.restore(edits.find_version(row, 1), user)
    put(user, row, "# Third\n")

    row.refresh_from_db()
    assert [version.number for version in edits.versions(row)] == [3, 2, 1]
    assert edits.versions(row)[0].result_file.name == row.result_file.name


def test_the_same_text_again_is_no_new_version(user, row):
    put(user, row, "# First\n\nAs converted.\n")

    assert edits.versions(row) == []


@pytest.mark.parametrize("content", ["", "  \n\t", None, ["# List"]])
def test_an_edit_without_text_is_refused_and_changes_nothing(user, row, content):
    answer = put(user, row, content)

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/content")
    assert make_api_client(user).get(content_url(row)).json()["content"].startswith("# First")


def test_white_space_at_the_ends_is_kept_and_line_ends_are_made_one_kind(user, row):
    put(user, row, "    code\r\nmore\n\n")

    text = make_api_client(user).get(content_url(row)).json()["content"]
    assert text == "    code\nmore\n\n"


def test_only_the_owner_of_the_job_and_admins_edit(row):
    org = row.job.organization
    seen = {role: put(make_user(org, role=role), row, f"# By {role}\n").status_code
            for role in Role}  # fmt: skip

    assert seen == {Role.ADMIN: 200, Role.MEMBER: 403, Role.VIEWER: 403}
    assert put(make_user(role=Role.ADMIN), row, "# Foreign\n").status_code == 404


def test_versions_of_a_colleagues_job_cannot_be_restored_by_viewers(user, row):
    put(user, row, "# Second\n")
    api = make_api_client(make_user(row.job.organization, role=Role.VIEWER))

    url = f"/api/v1/jobs/{row.job_id}/documents/{row.pk}/versions"
    assert api.get(url).status_code == 200
    assert api.post(f"{url}/1/restore").status_code == 403


@pytest.mark.parametrize("number", ["2", "0", "-1", "x", "9" * 30])
def test_an_unknown_version_is_not_found(user, row, number):
    url = f"/api/v1/jobs/{row.job_id}/documents/{row.pk}/versions/{number}/restore"

    assert make_api_client(user).post(url).status_code == 404


def test_a_version_whose_file_is_gone_is_not_restored(user, row):
    put(user, row, "# Second\n")
    version = edits.find_version(row, 1)
    default_storage.delete(version.result_file.name)

    url = f"/api/v1/jobs/{row.job_id}/documents/{row.pk}/versions/1/restore"
    answer = make_api_client(user).post(url)

    assert (answer.status_code, answer.json()["code"]) == (409, "result_not_editable")
    assert make_api_client(user).get(content_url(row)).json()["content"] == "# Second\n"


def test_a_refused_edit_leaves_no_file(user, row, stored_files):
    before = sorted(path for path in Path(stored_files).rglob("*") if path.is_file())
    stale = JobDocument.objects.get(pk=row.pk)
    JobDocument.objects.filter(pk=row.pk).update(status="FAILED", error_code="result_lost")

    with pytest.raises(edits.NotEditable):
        edits.save(stale, "# Late\n", user)

    assert sorted(path for path in Path(stored_files).rglob("*") if path.is_file()) == before


def test_all_versions_go_with_their_job(user, row, django_capture_on_commit_callbacks):
    put(user, row, "# Second\n")
    names = list(ResultVersion.objects.values_list("result_file", flat=True))

    with django_capture_on_commit_callbacks(execute=True):
        lifecycle.delete(row.job, by=user)

    assert len(names) == 2
    assert not any(default_storage.exists(name) for name in names)
    assert not ResultVersion.objects.exists()


def test_earlier_versions_count_as_used_storage():
    org = make_org()
    user = make_user(org, role=Role.ADMIN)
    job = make_job(user, rows=0, total_documents=1, completed_documents=1)
    row = make_row(job, status="COMPLETED", markdown="# One\n")
    before = sum(storage.stored_bytes(org))

    put(user, row, "# Three\n")

    assert sum(storage.stored_bytes(org)) == before + len("# Three\n")


def test_the_words_kept_beside_a_result_count_as_used_storage_also_after_an_edit():
    org = make_org()
    user = make_user(org, role=Role.ADMIN)
    job = make_job(user, rows=0, total_documents=1, completed_documents=1)
    row = make_row(job, status="COMPLETED", markdown="# One\n")
    before = sum(storage.stored_bytes(org))

    words = packed_words()
    stored = results.write(row, uuid4(), "# One\n", source_words=words)
    JobDocument.objects.filter(pk=row.pk).update(result_file=stored.name)

    assert sum(storage.stored_bytes(org)) == before + len(words)
    put(user, row, "# Two\n")
    assert sum(storage.stored_bytes(org)) == before + len(words) + len("# Two\n")


def test_a_result_whose_files_are_lost_counts_without_what_was_beside_it():
    org = make_org()
    user = make_user(org)
    row = make_row(make_job(user, rows=0), status="COMPLETED", markdown="# One\n")
    before = sum(storage.stored_bytes(org))

    JobDocument.objects.filter(pk=row.pk).update(result_file="results/none/none/none.md")

    assert sum(storage.stored_bytes(org)) == before
