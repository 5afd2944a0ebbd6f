"""Whatever stands on pages: no word is lost or doubled, and no box leaves its page."""

from collections import Counter

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from documents.conversion.document import Document, Table, plain
from documents.conversion.layout.page import Ruling, Script, SourcePage, Word
from documents.conversion.layout.tags import Tree

from .typeset import blocks

TEXTS = [
    "ship",
    "harbour",
    "a",
    "1.",
    "b)",
    "•",
    "–",
    "12",
    "docu-",
    "2.1",
    "[1]",
    "*",
    ".....",
    "3",
]
TEXTS += ["Table", "שלום", "港口", "(c)", "éé", "☐", "page", "iv"]
PLACES = st.one_of(st.sampled_from([50.0, 62.0, 200.0, 320.0]), st.floats(0, 500))
BASELINES = st.one_of(st.integers(3, 60).map(lambda n: 13.0 * n), st.floats(10, 790))


@st.composite
def drawn_words(draw):
    text = draw(st.sampled_from(TEXTS))
    size = draw(st.sampled_from([8.0, 10.0, 10.0, 14.0]))
    x, y = draw(PLACES), draw(BASELINES)
    end = x + size / 2 * len(text)
    word = Word(text, x, end, y, size, y - 0.8 * size, y + 0.2 * size, end)
    word.bold, word.mono = draw(st.booleans()), draw(st.sampled_from([False, False, True]))
    if draw(st.integers(0, 9)) == 0:
        word.scripts = [Script(0, 1, raised=draw(st.booleans()))]
    return word


@st.composite
def drawn_pages(draw):
    pages = []
    for number in range(1, draw(st.integers(1, 3)) + 1):
        sheet = SourcePage(number, 595.0, 842.0, draw(st.lists(drawn_words(), max_size=40)))
        for kind, start, at in draw(
            st.lists(st.tuples(st.sampled_from("HV"), PLACES, BASELINES), max_size=6)
        ):
            sheet.rulings.append(Ruling(kind, start, start + 120.0, at))
        pages.append(sheet)
    return pages


ROLES = ["P", "H1", "H", "L", "LI", "Lbl", "LBody", "Table", "TR", "TD", "TH", "Note", "Figure"]
ROLES += ["Code", "Span", "Link", "Sect", "BlockQuote", "Caption", "TOCI"]
NUMBERS = st.integers(0, 12)
TREES = st.recursive(
    st.builds(Tree, st.sampled_from(ROLES), st.lists(NUMBERS, max_size=3)),
    lambda inner: st.builds(
        Tree, st.sampled_from(ROLES), st.lists(st.one_of(NUMBERS, inner), max_size=4)
    ),
    max_leaves=12,
)


def letters(texts):
    return Counter(char for text in texts for char in text if char.isalnum())


def texts_of(block):
    if isinstance(block, Table):
        cells = [cell.spans for row in block.rows for cell in row]
        return [part for spans in [*cells, block.caption] for part in spoken(spans)]
    own = [getattr(block, "marker", ""), getattr(block, "label", "").split("-")[0]]
    return [*own, getattr(block, "text", ""), *spoken(getattr(block, "spans", []))]


def spoken(spans):
    """Texts of spans, and the labels of the notes that they call."""
    return [plain(spans), *((span.note or "").split("-")[0] for span in spans)]


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(drawn_pages())
def test_the_words_of_the_pages_are_those_of_the_document(pages):
    wanted = letters(word.text for page in pages for word in page.words)

    found = blocks(*pages)

    assert letters(text for block in found for text in texts_of(block)) == wanted


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(drawn_pages())
def test_no_box_leaves_its_page(pages):
    for block in blocks(*pages):
        left, top, right, bottom = block.box
        assert 0 <= left <= right <= 595.0
        assert 0 <= top <= bottom <= 842.0


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(drawn_pages())
def test_what_is_read_can_be_kept_as_json(pages):
    found = Document(blocks(*pages))

    assert len(Document.from_dict(found.as_dict()).blocks) == len(found.blocks)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(drawn_pages(), TREES, st.data())
def test_no_word_is_lost_to_any_structure_tree(pages, tree, data):
    for page in pages:
        for word in page.words:
            word.mcid = data.draw(NUMBERS)
    wanted = letters(word.text for page in pages for word in page.words)

    root = Tree("Document", [tree, Tree("H1", [13])])
    found = blocks(*pages, trees=dict.fromkeys(range(1, 4), root))

    assert not wanted - letters(text for block in found for text in texts_of(block))
