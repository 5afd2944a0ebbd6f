"""Long answers take no more memory and no more queries for many documents than for a few."""

import pytest

from benchmarks import streaming
from tests.factories import make_token, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.growth]

# What memory may keep of each document: the hash of its name in an archive, and some noise.
BYTES_A_DOCUMENT = 150
# Each document is a question to a child; what two threads pass each other is freed a little later.
BYTES_A_QUESTION = 300
FEW, MANY = 300, 1000  # documents; beyond what is read at once


@pytest.fixture
def answers(monkeypatch):
    """Every streamed answer, for a job of a few documents and for one of many."""
    monkeypatch.setattr(streaming, "MARKDOWN", "# Title\n\nSome words.\n")
    found = []
    for count in (1, FEW, MANY):  # the first loads what Python loads once
        user = make_user()
        job, secret = streaming.make_job(user, count), make_token(user)[1]
        # Twice: the interpreter's own tables, such as that of interned names, grow in leaps of
        # megabytes at a moment that is nobody's fault, and not again at once.
        found.append(lower(*(streaming.read_answers(job, secret) for _ in range(2))))
    return found[1:]


def lower(first, second):
    """Of each answer the reading that took less memory."""
    return {name: min(first[name], second[name], key=lambda read: read.peak) for name in first}


def test_long_answers_take_the_same_memory_and_queries_for_any_number_of_documents(answers):
    few, many = answers

    growth = {
        name: (many[name].peak - few[name].peak) / (MANY - FEW) for name in many
    }  # bytes a document
    allowed = dict.fromkeys(growth, BYTES_A_DOCUMENT)
    allowed["chunks"] += BYTES_A_QUESTION
    assert {name: grown for name, grown in growth.items() if grown > allowed[name]} == {}
    for name, answer in many.items():
        assert answer.size > 3 * few[name].size, name
    assert {name: answer.queries for name, answer in few.items()} == {
        # token; job with owner; whether there is a result; names; results; what is not included
        "ZIP": 6,
        "ZIP, combined": 6,
        # token; job with owner; all lines or results
        "log as text": 3,
        "log as NDJSON": 3,
        "chunks": 3,
        # token; whether there is a result; names; results; what is not included
        "all RAG-ready": 5,
        # session; user with organization; jobs; which have results; names; results; what is not
        # included
        "ZIP of jobs": 7,
    }
    assert [answer.queries for answer in many.values()] == [
        answer.queries for answer in few.values()
    ]
