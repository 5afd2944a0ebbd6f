"""Documents as they are kept beside results: the same again, bounded, and never trusted."""

import gzip

import pytest
from hypothesis import given

from documents.conversion import keeping
from documents.conversion.document import Cell, Document, Note, Paragraph, Span, Table
from tests.conversion.any_documents import DOCUMENTS


def kept(document):
    return keeping.unpacked(keeping.decoded(keeping.packed(document)))


@given(DOCUMENTS)
def test_a_kept_document_is_the_same_again(document):
    assert kept(document) == document


def test_the_same_document_gives_the_same_bytes():
    document = Document([Paragraph([Span("x")]), Note([Span("y")], label="1")])

    assert keeping.packed(document) == keeping.packed(document)


def test_a_very_large_table_is_not_kept():
    row = [Cell([Span("x")])] * 1000

    assert keeping.packed(Document([Table([row] * 50)])) is not None
    assert keeping.packed(Document([Table([row] * 51)])) is None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no gzip",
        gzip.compress(b"no JSON"),
        gzip.compress(b"[]"),
        gzip.compress(b'{"blocks": [{"kind": "x"}]}'),
        gzip.compress(b"[" * 200_000),
        gzip.compress(b"whole")[:-10],
        gzip.compress(b"0" * (keeping.MOST_JSON + 1)),
    ],
)
def test_what_is_no_document_is_none(data):
    assert keeping.unpacked(data) is None


@pytest.mark.parametrize("packed", ["not Base64!", "ÄÖ", "A" * (2 * keeping.MOST_PACKED + 4)])
def test_what_a_child_made_up_is_not_stored(packed):
    assert keeping.decoded(packed) is None
