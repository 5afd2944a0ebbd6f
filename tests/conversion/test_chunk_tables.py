"""Chunks of tables: cut between rows, each behind the header; and where chunks stand."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from documents.conversion import keeping
from documents.conversion.chunking import LONGEST_SECTION, count_tokens, cut, sections
from documents.conversion.document import Box, Document, Heading, PageInfo, Paragraph, Span
from documents.conversion.exports.boxes import Boxed, between, boxes_of
from documents.conversion.writer import to_markdown, written
from tests.conversion.any_documents import DOCUMENTS

HEADER = "| Ship | Tons |\n| --- | --- |\n"


def table(rows, header=HEADER):
    return header + "".join(f"| Anna {number} | {number} |\n" for number in range(rows))


def chunks(markdown, size=100, overlap=0):
    return [(section, piece) for section in sections(markdown)
            for piece in cut(section, size=size, overlap=overlap)]  # fmt: skip


def texts(markdown, **how):
    return [piece.text for _, piece in chunks(markdown, **how)]


def rows_of(pieces):
    return [line for piece in pieces for line in piece.splitlines() if line.startswith("| Anna")]


def test_every_chunk_of_a_large_table_begins_with_its_header():
    before, *parts, behind = texts(f"Ships came.\n\n{table(60)}\nThey left.")

    assert (before, behind) == ("Ships came.", "They left.")
    assert len(parts) > 3
    assert all(part.startswith(HEADER) for part in parts)
    assert rows_of(parts) == table(60).splitlines()[2:]


def test_a_header_that_comes_again_is_told_as_repeated():
    _, first, second, *_ = chunks(f"Ships came.\n\n{table(60)}")

    assert first[1].repeated == 0
    assert second[1].text[: second[1].repeated] == HEADER


def test_chunks_of_tables_are_no_larger_than_asked():
    pieces = chunks(table(200), size=60, overlap=20)

    assert all(piece.tokens == count_tokens(piece.text) <= 60 for _, piece in pieces)


def test_a_small_table_stays_in_one_chunk():
    parts = texts(f"{'Ships came. ' * 20}\n\n{table(5)}\n{'They left. ' * 20}", overlap=30)

    assert [part for part in parts if "| Anna 0" in part and "| Anna 4" in part]
    assert all(HEADER in part for part in parts if "| Anna" in part)


def test_a_table_longer_than_a_section_keeps_its_header():
    markdown = table(5000)
    assert len(markdown) > LONGEST_SECTION

    parts = texts(markdown)

    assert all(part.startswith(HEADER) for part in parts)
    assert rows_of(parts) == markdown.splitlines()[2:]


def test_a_row_that_has_no_room_behind_the_header_is_cut_by_itself():
    long = f"| {'word ' * 200}| 1 |\n"

    parts = texts(f"{HEADER}| a | b |\n{long}| c | d |\n")

    assert parts[0] == f"{HEADER}| a | b |"
    assert parts[-1] == f"{HEADER}| c | d |"
    assert " ".join(parts).count("word") == 200


def test_a_header_that_would_fill_the_chunk_is_not_repeated():
    wide = f"| {' | '.join(['name'] * 40)} |\n|{' --- |' * 40}\n"

    parts = texts(table(20, wide))

    assert sum("---" in part for part in parts) < len(parts)
    assert rows_of(parts) == table(20).splitlines()[2:]


def test_a_table_within_code_is_no_table():
    parts = texts(f"```\n{table(40)}```\n")

    assert "".join(parts).count(HEADER) == 1
    assert rows_of(parts) == table(40).splitlines()[2:]


LINES = st.sampled_from(
    ["| a | b |", "| --- | --- |", "|---|", "| x", "", "Words and words.", "# Title", "```",
     "<!-- page 2 -->", "|", "\x85| odd |", "> | q |", "- item"]
)  # fmt: skip


@settings(deadline=None)
@given(st.lists(LINES, max_size=60), st.integers(8, 40))
def test_new_texts_are_the_document_again_in_its_order(lines, size):
    markdown = "\n".join(lines)

    pieces = chunks(markdown, size=size, overlap=size // 3)

    fresh = "".join(piece.text[piece.repeated :] for _, piece in pieces)
    # A sign of a row may be parted from the next one: white space does not count.
    assert "".join(fresh.split()) == "".join(markdown.replace("<!-- page 2 -->", "").split())
    assert all(piece.tokens <= size for _, piece in pieces)


@settings(deadline=None)
@given(st.lists(LINES, max_size=60), st.integers(8, 40))
def test_a_chunk_knows_its_place_in_the_markdown(lines, size):
    markdown = "\n".join(lines)

    for section, piece in chunks(markdown, size=size, overlap=size // 3):
        start, end = section.place(piece.start), section.place(piece.end - 1)
        assert markdown[start] == section.text[piece.start]
        assert markdown[end] == section.text[piece.end - 1]


def test_places_hold_behind_marks_and_sections():
    page = "Words and words. " * 4000
    markdown = "".join(f"<!-- page {number} -->\n\n{page}\n\n" for number in range(1, 4))

    for section, piece in chunks(markdown, size=900):
        start = section.place(piece.start)
        assert markdown[start : start + 5] == section.text[piece.start : piece.start + 5]


# --- boxes --------------------------------------------------------------------------------------

TITLE = Heading([Span("Ships")], page=1, box=Box(1, 2, 3, 4.04))
WORDS = Paragraph([Span("came in")], page=1, box=Box(5, 6, 7, 8))
LATER = Paragraph([Span("again")], page=2)
REPORT = Document([TITLE, WORDS, LATER], [PageInfo(1, 10, 10), PageInfo(2, 10, 10)])


def test_blocks_have_the_places_where_they_were_written():
    markdown, places = written(REPORT)

    assert [markdown[place.start : place.end] for place in places] == [
        "# Ships", "came in", "again",
    ]  # fmt: skip
    assert [place.block for place in places] == [TITLE, WORDS, LATER]


@given(DOCUMENTS)
def test_places_follow_each_other_within_the_markdown(document):
    markdown, places = written(document)

    assert all(0 <= place.start < place.end <= len(markdown) for place in places)
    assert all(one.end <= two.start for one, two in pairwise(places))


def test_boxes_are_those_of_the_blocks_between_two_places():
    markdown = to_markdown(REPORT)
    boxes = boxes_of(markdown, keeping.packed(REPORT))

    assert [tuple(boxed.box) for boxed in boxes] == [(1, 2, 3, 4.0), (5, 6, 7, 8)]
    start = markdown.index("came")
    assert between(boxes, start, start + 4) == [{"page": 1, "box": [5, 6, 7, 8]}]
    assert len(between(boxes, 0, len(markdown))) == 2
    assert between(boxes, 0, 5) == []
    assert between([], 0, 5) == []


def test_a_box_is_told_once_for_all_parts_of_its_block():
    boxes = [Boxed(0, 2, 1, [1, 2, 3, 4]), Boxed(4, 6, 1, [1, 2, 3, 4])]

    assert between(boxes, 0, 9) == [{"page": 1, "box": [1, 2, 3, 4]}]


def test_another_text_has_no_boxes():
    assert boxes_of("# Ships, mended", keeping.packed(REPORT)) == []
    assert boxes_of("# Ships", "no document") == []
