"""Documents as they are kept beside results: the same again, bounded, and never trusted."""

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents.conversion import keeping
from documents.conversion.document import (
    KINDS,
    Box,
    Cell,
    Document,
    Note,
    PageInfo,
    Paragraph,
    Span,
    Table,
)

SPANS = st.lists(
    st.builds(Span, st.text(), bold=st.booleans(), link=st.none() | st.just("https://x.org")),
    max_size=3,
)
WHERE = {
    "page": st.none() | st.integers(1, 9),
    "box": st.none() | st.just(Box(1.0, 2.0, 3.5, 4.0)),
    "part": st.sampled_from(["body", "header", "note", "hidden"]),
    "confidence": st.none() | st.just(0.5),
}
CELLS = st.builds(Cell, SPANS, st.integers(1, 3), st.integers(1, 3))
BLOCKS = st.one_of(
    *(st.builds(KINDS[kind], SPANS, **WHERE) for kind in ("heading", "paragraph", "item", "note")),
    *(st.builds(KINDS[kind], st.text(), **WHERE) for kind in ("code", "markup", "formula")),
    st.builds(Table, st.lists(st.lists(CELLS, max_size=3), max_size=3), caption=SPANS, **WHERE),
    st.builds(KINDS["picture"], st.text(), SPANS, **WHERE),
    st.builds(KINDS["rule"], **WHERE),
)
DOCUMENTS = st.builds(
    Document,
    st.lists(BLOCKS, max_size=5),
    st.lists(st.builds(PageInfo, st.integers(1, 9), unread=st.booleans()), max_size=3),
    title=st.none() | st.text(),
    warnings=st.lists(st.text(), max_size=2),
)


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
