"""Results: what a conversion is worth, and that it can be seen."""

import pytest
from django.utils import timezone

from documents.conversion import Quality
from documents.samples import BAD_FILES
from jobs import results
from jobs.engine import attempts, claims
from tests.api.through_http import Caller
from tests.factories import make_conversion, make_org, make_user, make_worker

pytestmark = pytest.mark.django_db

# Some words of it look like garbage: of about 80 points.
FAIR = b"A clear sentence that anybody can read. " * 4 + b"zxcvbn w~1|x^7{q a1b2c3d4e5f6g7"

# What the wizard, the server, the domain and the examples called the same threshold.
SPELLINGS = [
    {"quality_thresholds": {"conversion_threshold": 90}},
    {"quality_thresholds": {"conversion": 90}},
    {"quality_thresholds": {"conversion_quality": 90}},
    {"conversion_threshold": 90},
]


def test_a_good_document_is_never_called_not_ready(work):  # D2
    caller = Caller()
    job = caller.create(caller.sample("report.docx"))

    work()

    row = caller.document(job)
    assert (row["status"], row["conversion_score"], row["is_rag_ready"]) == ("COMPLETED", 100, True)


@pytest.mark.parametrize("options", SPELLINGS)
def test_no_spelling_of_a_threshold_is_ignored(work, options):  # D3
    caller = Caller()
    document = caller.upload(FAIR, "fair.txt")
    strict = caller.create(document, options=options)
    usual = caller.create(document)

    work()

    assert caller.document(usual)["is_rag_ready"] is True
    assert caller.document(strict)["is_rag_ready"] is False
    told = caller.job(strict)["processing_options"]["quality_thresholds"]
    assert told["conversion_threshold"] == 90


def test_settings_of_ocr_and_chunks_are_not_ignored(work):  # D3
    caller = Caller()
    options = {
        "ocr_settings": {"enabled": False},
        "processing_settings": {"chunk_size": 100, "chunk_overlap": 0},
    }
    job = caller.create(caller.sample("scan.pdf"), caller.sample("report.docx"), options=options)

    work()

    scan, report = caller.job(job)["documents"]
    assert (scan["status"], scan["error_code"]) == ("FAILED", "ocr_disabled")
    assert report["status"] == "COMPLETED"
    small = b"".join(caller.get(f"jobs/{job}/chunks").streaming_content).splitlines()
    large = caller.get(f"jobs/{job}/chunks?chunk_size=2000").streaming_content
    assert len(small) > len(b"".join(large).splitlines())


@pytest.mark.parametrize("name", ["truncated.docx", "broken.png", "spaces.txt", "encrypted.pdf"])
def test_a_document_that_cannot_be_read_is_never_called_completed(work, name):  # D4
    caller = Caller()
    bytes_of = (BAD_FILES / name).read_bytes()
    # Names with an id in front had the highest scores.
    document = caller.upload(bytes_of, f"0123456789abcdef0123456789abcdef_{name}")
    job = caller.create(document)

    work()

    row = caller.document(job)
    assert row["status"] == caller.job(job)["status"] == "FAILED"
    assert (row["conversion_score"], row["is_rag_ready"]) == (None, False)
    assert row["error_code"]
    assert caller.get(f"documents/{document}/content").status_code == 404


def test_a_pdf_with_text_is_not_read_by_ocr(work):  # D24
    caller = Caller()
    job = caller.create(caller.sample("report.pdf"))

    work()

    row = caller.document(job)
    assert (row["status"], row["ocr_page_count"]) == ("COMPLETED", 0)
    assert "tesseract" not in row["engine"]


def test_forced_ocr_does_not_fail(work):  # D24
    caller = Caller()
    job = caller.create(caller.sample("scan.pdf"), options={"ocr_settings": {"force": True}})

    work()

    row = caller.document(job)
    assert (row["status"], row["ocr_page_count"]) == ("COMPLETED", 2)


def test_the_threshold_of_markdown_is_not_ignored(work):  # D25
    caller = Caller()
    faulty = "# Title\n\nWords that can be read.\n\n### Deep\n\n| a | b |\n| --- | --- |\n| 1 |\n"
    document = caller.upload()
    job = caller.create(document, options={"quality_thresholds": {"markdown_threshold": 10}})

    work()
    before = caller.document(job)
    after = caller.put(f"documents/{document}/content", {"content": faulty}).json()

    assert before["is_rag_ready"] is True
    assert after["quality_scores"]["markdown"] < 10
    assert after["is_rag_ready"] is False


def test_a_relevance_below_its_threshold_is_not_ignored():  # D25
    caller = Caller()
    job = caller.create(caller.upload())
    (attempt,) = claims.claim(make_worker(), timezone.now())
    quality = Quality(95, clarity=9, completeness=9, markdown=9, relevance=6.5)
    conversion = make_conversion(quality=quality)

    stored = results.write(attempt.row, attempt.id, conversion.markdown)
    attempts.succeed(attempt, conversion, stored, timezone.now())

    assert caller.document(job)["is_rag_ready"] is False


def test_the_name_of_a_language_is_not_taken_for_a_heading(work):  # D25
    caller = Caller()
    text = "{} is a language that many people write every day. " * 60
    documents = [caller.upload(text.replace("{}", name).encode(), "a.txt") for name in ("C#", "Go")]
    jobs = [caller.create(document) for document in documents]

    work()

    sharp, plain = (caller.document(job)["conversion_score"] for job in jobs)
    assert sharp == plain


def test_a_score_is_not_that_of_a_text_that_was_changed_afterwards(work):  # D25
    caller = Caller()
    document = caller.upload(b"# Title\r\n\r\nWords   that can be read.  \r\n\r\n#### Deep\r\n")
    job = caller.create(document, options={"auto_optimize": True})

    work()
    text = caller.get(f"documents/{document}/content").json()["content"]
    again = caller.create(caller.upload(text.encode(), "again.md"))
    work()

    assert "## Deep" in text
    assert caller.document(job)["conversion_score"] == caller.document(again)["conversion_score"]


def test_no_organization_is_served_with_the_settings_of_another(work):  # D26
    without = {"ocr_settings": {"enabled": False}}
    callers = [Caller(make_user(make_org(default_options=options))) for options in (without, {})]
    jobs = [caller.create(caller.sample("scan.tiff")) for caller in callers]

    work()  # one worker, both organizations

    rows = [caller.document(job) for caller, job in zip(callers, jobs, strict=True)]
    assert [row["status"] for row in rows] == ["FAILED", "COMPLETED"]
    assert [row["error_code"] for row in rows] == ["ocr_disabled", None]
    assert [row["ocr_page_count"] for row in rows] == [0, 2]


def test_no_result_stays_invisible_and_none_is_the_upload_itself(work):  # D28
    caller = Caller()
    source = b"# Title\r\n\r\n\r\n\r\nWords that can be read.\r\n"
    document = caller.upload(source, "report.md")
    caller.create(document)

    work()

    listed = caller.get("documents").json()["documents"][0]["latest_result"]
    result = caller.get(f"documents/{document}/result").json()
    content = caller.get(f"documents/{document}/content").json()["content"]
    download = caller.get(f"documents/{document}/download").content
    assert listed["conversion_score"] == result["conversion_score"] == 100
    assert content == "# Title\n\nWords that can be read.\n"
    assert download == content.encode()
    assert download != source
