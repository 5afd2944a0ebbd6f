"""Any Documents, for tests of what must hold for all of them."""

from hypothesis import strategies as st

from documents.conversion.document import KINDS, Box, Cell, Document, PageInfo, Span, Table

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
