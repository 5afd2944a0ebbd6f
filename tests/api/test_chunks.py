"""Chunks of Markdown for retrieval."""

import json
import re

import pytest
from django.core.files.storage import default_storage

from documents import text_work
from documents.chunks import chunks
from documents.conversion.chunking import LONGEST_SECTION, count_tokens
from tests.factories import make_api_client, make_job, make_row, make_user

SENTENCE = "The harbour office counts every ship that comes in. "
PAGED = (
    "<!-- page 1 -->\n\n# Report\n\n" + SENTENCE * 20 + "\n\n## Ships\n\n" + SENTENCE * 3
    + "\n\n<!-- page 2 -->\n\n" + SENTENCE * 20
    + "\n\n```\n# not a heading\n```\n\n## Goods\n\n" + SENTENCE * 20
)  # fmt: skip


def cut(markdown, *, size=100, overlap=0, document="d"):
    return list(chunks(markdown, document=document, size=size, overlap=overlap))


@pytest.mark.parametrize(
    ("text", "tokens"),
    [("", 0), ("ship", 1), ("harbour", 2), ("1234", 2), ("übermut", 2), ("a, b", 3), ("港口", 2)],
)
def test_tokens_are_counted_as_documented(text, tokens):
    assert count_tokens(text) == tokens


def test_no_chunk_is_larger_than_asked_and_no_word_is_lost():
    pieces = cut(PAGED)

    assert all(0 < piece.tokens <= 100 for piece in pieces)
    assert all(piece.tokens == count_tokens(piece.text) for piece in pieces)
    words = "\n".join(piece.text for piece in pieces).split()
    marks = ("<!--", "page", "1", "2", "-->")
    assert words == [word for word in PAGED.split() if word not in marks]


def test_a_chunk_knows_the_headings_above_it_and_its_pages():
    pieces = cut(PAGED)

    assert pieces[0].headings == ["Report"]
    assert (pieces[0].page, pieces[0].last_page) == (1, 1)
    assert pieces[-1].headings == ["Report", "Goods"]
    assert pieces[-1].page == 2
    ships = [piece for piece in pieces if piece.headings == ["Report", "Ships"]]
    assert {piece.page for piece in ships} == {1, 2}
    assert not any("not a heading" in piece.headings for piece in pieces)


def test_a_chunk_names_no_more_of_a_heading_than_its_beginning():
    title = "long title " * 1000

    pieces = cut(f"# {title}\n\n{SENTENCE * 20}\n\n## Ships\n\n{SENTENCE * 20}")

    named = {heading for piece in pieces for heading in piece.headings}
    assert named == {title[:199] + "…", "Ships"}
    assert title.split() == [word for piece in pieces for word in piece.text.split()][1:2001]


def test_a_document_without_pages_and_headings_has_none():
    (piece,) = cut("Only words.")

    assert (piece.headings, piece.page, piece.last_page) == ([], None, None)


def test_chunks_repeat_the_end_of_the_one_before_when_they_overlap():
    text = " ".join(f"Sentence number {number} ends." for number in range(100))

    first, second, *_ = cut(text, size=100, overlap=40)

    repeated = second.text.split(".")[0]
    assert repeated in first.text


def test_what_a_chunk_repeats_does_not_decide_its_headings():
    text = "# One\n\n" + SENTENCE * 5 + "\n\n# Two\n\n" + SENTENCE * 5

    headings = [piece.headings for piece in cut(text, size=60, overlap=55)]

    assert headings[-1] == ["Two"]


def test_ids_are_the_same_for_the_same_text_and_differ_between_documents():
    first = [piece.id for piece in cut(PAGED)]
    edited = [piece.id for piece in cut(PAGED + "\n\n# End\n\nMore.")]

    assert first == [piece.id for piece in cut(PAGED)]
    assert edited[: len(first) - 1] == first[:-1]
    assert not set(first) & {piece.id for piece in cut(PAGED, document="other")}


def test_equal_chunks_of_one_document_have_different_ids():
    pieces = cut("\n\n".join([SENTENCE * 6] * 4), size=100)

    assert len({piece.text for piece in pieces}) < len(pieces)
    assert len({piece.id for piece in pieces}) == len(pieces)


@pytest.mark.parametrize("text", ["", " \n ", "<!-- page 1 -->\n"])
def test_a_document_without_text_has_no_chunks(text):
    assert cut(text) == []


# --- over the API -------------------------------------------------------------------------------


def lines(answer):
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/x-ndjson"
    return [json.loads(line) for line in b"".join(answer.streaming_content).splitlines()]


@pytest.fixture
def job(db):
    user = make_user()
    job = make_job(user, rows=0)
    make_row(job, status="COMPLETED", markdown=PAGED)
    make_row(job, status="COMPLETED", markdown="Not ready.", is_rag_ready=False)
    make_row(job, status="FAILED")
    return job


def url(job, query=""):
    return f"/api/v1/jobs/{job.pk}/chunks{query}"


def test_all_results_of_a_job_are_cut_in_their_order(job):
    row, other, _ = job.job_documents.order_by("position")

    told = lines(make_api_client(job.user).get(url(job)))

    assert set(told[0]) == {
        "id", "job_id", "job_document_id", "document_id", "filename", "path", "conversion_score",
        "is_rag_ready", "index", "page", "last_page", "boxes", "headings", "text", "token_count",
    }  # fmt: skip
    assert told[0]["document_id"] == str(row.document_id)
    assert [line["document_id"] for line in told][-1] == str(other.document_id)
    assert [line["index"] for line in told[:-1]] == list(range(len(told) - 1))


def test_the_size_is_the_jobs_unless_another_is_asked_for(job):
    job.processing_options["processing_settings"] |= {"chunk_size": 150, "chunk_overlap": 0}
    job.save()
    api = make_api_client(job.user)

    own = lines(api.get(url(job)))
    smaller = lines(api.get(url(job, "?chunk_size=100&chunk_overlap=0")))

    assert 100 < max(line["token_count"] for line in own) <= 150
    assert len(smaller) > len(own)


def test_only_ready_documents_are_cut_when_asked_for(job):
    told = lines(make_api_client(job.user).get(url(job, "?rag_ready=true")))

    assert {line["is_rag_ready"] for line in told} == {True}


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("?chunk_size=99", "/chunk_size"),
        ("?chunk_overlap=501", "/chunk_overlap"),
        ("?chunk_size=100&chunk_overlap=100", "/chunk_overlap"),
        ("?rag_ready=perhaps", "/rag_ready"),
    ],
)
def test_bounds_that_cannot_be_are_refused(job, query, pointer):
    answer = make_api_client(job.user).get(url(job, query))

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)


def test_a_lost_result_is_told_and_the_others_come(job):
    first = job.job_documents.order_by("position").first()
    default_storage.delete(first.result_file.name)

    told = lines(make_api_client(job.user).get(url(job)))

    assert told[0]["error"]["code"] == "result_not_found"
    assert "text" not in told[0]
    assert told[1]["text"] == "Not ready."


# --- long documents -----------------------------------------------------------------------------


def long_document(parts=3000):
    return "\n\n".join(
        f"<!-- page {number} -->\n\n## Part {number}\n\nWhat is said in part {number}. " + SENTENCE
        for number in range(1, parts + 1)
    )


def test_a_long_document_loses_no_word_and_knows_headings_and_pages_throughout():
    pieces = cut(long_document(), size=40)

    assert len(long_document()) > 3 * LONGEST_SECTION
    words = "\n".join(piece.text for piece in pieces).split()
    marks = re.compile(r"<!-- page \d+ -->")
    assert words == marks.sub("", long_document()).split()
    for piece in pieces:
        number = int(re.search(r"art (\d+)", piece.text)[1])
        assert (piece.headings, piece.page) == ([f"Part {number}"], number)


@pytest.mark.parametrize("text", ["word " * 50_000, "word\n" * 50_000, "words\n\n" * 40_000])
def test_a_long_text_without_headings_is_cut_without_losing_a_word(text):
    pieces = cut(text, size=500)

    assert "\n".join(piece.text for piece in pieces).split() == text.split()
    assert all(piece.tokens <= 500 for piece in pieces)


def test_a_long_block_of_code_goes_on_as_code():
    text = "```\n" + "# no heading\n\n" * 8000 + "```\n\n# Heading\n\nText.\n"

    pieces = cut(text, size=500)

    assert {tuple(piece.headings) for piece in pieces} <= {(), ("Heading",)}
    assert pieces[-1].text.endswith("Text.")


def test_the_first_chunk_comes_when_one_section_was_cut(monkeypatch):
    asked = []
    cut_section = text_work.cut
    monkeypatch.setattr(
        text_work, "cut", lambda section, **sizes: asked.append(1) or cut_section(section, **sizes)
    )

    next(chunks(long_document(), document="d", size=500, overlap=50))

    assert len(asked) == 1


def test_a_result_that_cannot_be_cut_in_time_says_so_in_its_line(job, monkeypatch):
    text_work.score("a child that has started")
    monkeypatch.setattr(text_work, "WORK_SECONDS", 0.0)

    told = lines(make_api_client(job.user).get(url(job)))

    assert [line["error"]["code"] for line in told] == ["takes_too_long"] * 2
