"""Documents as data: our JSON and its schema, docling's format, Markdown with a head."""

import base64
import gzip
import json
import warnings
from dataclasses import fields

import jsonschema_rs
import pytest
import yaml
from docling_core.types.doc import CoordOrigin, DoclingDocument
from docling_core.types.doc.document import ContentLayer
from hypothesis import given
from hypothesis import strategies as st

from documents.conversion import keeping
from documents.conversion.document import (
    KINDS,
    Box,
    Cell,
    Code,
    Document,
    Formula,
    Heading,
    ListItem,
    Markup,
    Note,
    PageInfo,
    Paragraph,
    Picture,
    Span,
    Table,
)
from documents.conversion.exports.blocks import SCHEMA_FILE
from documents.conversion.exports.docling import docling
from documents.conversion.exports.front_matter import with_front_matter
from documents.conversion.exports.making import Form, made, title_of
from documents.conversion.exports.markup import document_of
from documents.conversion.writer import to_markdown
from tests.conversion.any_documents import DOCUMENTS

SCHEMA = json.loads(SCHEMA_FILE.read_text("utf-8"))
ORIGINAL = {"filename": "report.pdf", "media_type": "application/pdf", "sha256": "0a" * 32}


def text(words, **style):
    return [Span(words, **style)]


def cells(*rows):
    return [[Cell(text(words)) for words in row] for row in rows]


REPORT = Document(
    [
        Heading(text("Report"), 1, page=1, box=Box(72, 70, 300, 95.04)),
        Paragraph([Span("Ships"), Span("", note="1"), Span(" came.")], page=1),
        Heading(text("Harbour"), 2, page=1),
        ListItem(text("Oslo"), 0, "1.", page=1),
        ListItem(text("fish"), 1, "-", page=1),
        Paragraph(text("dried"), inside=2, page=1),
        ListItem(text("Bergen"), 0, "2.", page=1, checked=True),
        Paragraph(text("Page 1 of 2"), page=1, part="footer"),
        Table(cells(["Ship", "Tons"], ["Anna", "12"]), caption=text("Table 1"), page=2),
        Picture("A cat", text("Figure 1"), page=2),
        Code("x = 1", "python"),
        Formula("a + b"),
        Paragraph(text("Say hello"), part="speaker_notes"),
        Paragraph(text("secret"), part="hidden"),
        Note(text("All of them."), label="1", part="note", page=1),
    ],
    [PageInfo(1, 595, 842), PageInfo(2, 595, 842)],
)


def as_docling(document, **original):
    # docling-core warns of what it has to mend.
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return DoclingDocument.model_validate(docling(document, **(ORIGINAL | original)))


def in_form(form, of=REPORT, **told):
    given = {"markdown": to_markdown(of), "document": keeping.packed(of)} | told
    return made(form, original=ORIGINAL, **given)


# --- our JSON -----------------------------------------------------------------------------------


@given(DOCUMENTS)
def test_every_document_is_what_the_schema_says(document):
    told = json.loads(in_form(Form.JSON, document))

    jsonschema_rs.Draft202012Validator(SCHEMA).validate(told)


def test_the_schema_names_every_member_of_the_model():
    told = {name: set(SCHEMA["$defs"][name]["properties"]) for name in (*KINDS, "span", "page")}

    for name, kind in KINDS.items():
        assert told[name] == {"kind", *(field.name for field in fields(kind))}
    assert told["span"] == {field.name for field in fields(Span)}
    assert told["page"] == {field.name for field in fields(PageInfo)}
    assert set(SCHEMA["$defs"]["cell"]["properties"]) == {field.name for field in fields(Cell)}


def test_the_schema_is_one():
    jsonschema_rs.meta.validate(SCHEMA)


def test_json_has_the_blocks_of_the_conversion_with_their_places():
    told = json.loads(in_form(Form.JSON))

    assert (told["made_from"], told["original"]) == ("original", ORIGINAL)
    assert told["blocks"][0] == {
        "kind": "heading",
        "spans": [{"text": "Report"}],
        "page": 1,
        "box": [72, 70, 300, 95.0],
    }


@pytest.mark.parametrize("kept", [None, "not Base64!", "QUJD"])
def test_json_is_read_back_from_markdown_when_no_blocks_were_kept(kept):
    told = json.loads(in_form(Form.JSON, document=kept, markdown="<!-- page 3 -->\n\n# Ships\n"))

    assert told["made_from"] == "markdown"
    assert told["blocks"] == [{"kind": "heading", "spans": [{"text": "Ships"}], "page": 3}]


@pytest.mark.parametrize("form", list(Form))
def test_the_same_result_gives_the_same_bytes(form):
    first = in_form(form, facts={"source": "report.pdf"})

    assert first == in_form(form, facts={"source": "report.pdf"})


def test_half_a_pair_of_surrogates_is_no_reason_to_fail():
    document = json.dumps({"blocks": [], "pages": [], "language": None, "title": "\ud800",
                           "warnings": []})  # fmt: skip
    packed = base64.b64encode(gzip.compress(document.encode())).decode()

    assert json.loads(in_form(Form.JSON, document=packed))["title"] == "?"


# --- docling ------------------------------------------------------------------------------------


def test_docling_reads_words_headings_lists_and_tables():
    markdown = as_docling(REPORT).export_to_markdown()

    assert "# Report" in markdown.splitlines()
    assert "## Harbour" in markdown.splitlines()
    assert "Ships[^1] came." in markdown
    assert "1. Oslo\n    - fish" in markdown
    assert "2. [x] Bergen" in markdown
    assert "| Anna   |     12 |" in markdown
    assert "Figure 1" in markdown
    assert "$$a + b$$" in markdown
    assert "[^1]: All of them." in markdown


def test_docling_reads_pages_and_boxes():
    found = as_docling(REPORT)

    assert (found.pages[1].size.width, found.pages[1].size.height) == (595, 842)
    place = found.texts[0].prov[0]
    assert (place.page_no, place.charspan) == (1, (0, 6))
    assert place.bbox.coord_origin == CoordOrigin.TOPLEFT
    assert place.bbox.as_tuple() == (72, 70, 300, 95.0)
    assert found.tables[0].prov[0].bbox.as_tuple() == (0, 0, 595, 842)  # the page: no box is known
    assert found.origin.filename == "report.pdf"
    assert found.origin.binary_hash == 0x0A0A0A0A0A0A0A0A


def test_running_lines_notes_and_hidden_parts_stand_in_layers_of_their_own():
    found = as_docling(REPORT)

    def words(layer):
        return [item.text for item, _ in found.iterate_items(included_content_layers={layer})
                if hasattr(item, "text")]  # fmt: skip

    assert words(ContentLayer.FURNITURE) == ["Page 1 of 2"]
    assert words(ContentLayer.NOTES) == ["Say hello"]
    assert words(ContentLayer.INVISIBLE) == ["secret"]
    assert "secret" not in found.export_to_markdown()


def test_docling_knows_captions_descriptions_and_languages():
    found = as_docling(REPORT)

    assert found.tables[0].caption_text(found) == "Table 1"
    assert found.pictures[0].meta.description.text == "A cat"
    assert next(item.code_language for item in found.texts if item.label == "code") == "Python"


def test_docling_reads_merged_cells():
    wide = Cell(text("Cargo"), column_span=2)
    tall = Cell(text("Anna"), row_span=2)
    rows = [[Cell(text("Ship")), wide], [tall, *cells(["fish", "2"])[0]], *cells(["salt", "3"])]

    frame = as_docling(Document([Table(rows)])).tables[0].export_to_dataframe()

    assert frame.to_numpy().tolist() == [["Anna", "fish", "2"], ["Anna", "salt", "3"]]


def test_a_span_of_a_hundred_thousand_columns_makes_no_grid_of_as_many():
    rows = [[Cell(text("a"), 100_000, 100_000), Cell(text("b"))]]

    assert as_docling(Document([Table(rows)])).tables[0].data.num_cols == 2


def test_a_table_of_mostly_nothing_is_a_text():
    rows = [[Cell(text("x"))] * 2000, *([[Cell(text("y"))]] * 2000)]

    found = docling(Document([Table(rows)]), **ORIGINAL)

    assert found["tables"] == []
    assert found["texts"][0]["text"].startswith("| x | x |")


def test_cells_that_all_hang_down_the_whole_table_are_a_text():
    tall = [Cell(text("x"), row_span=100_000)] * 200

    found = docling(Document([Table([tall, *([[Cell(text("y"))]] * 200)])]), **ORIGINAL)

    assert found["tables"] == []


def test_what_others_wrote_in_markdown_is_taken_apart():
    markup = Markup("- one\n- two\n\n| a | b |\n| - | - |\n| 1 | 2 |", page=1)

    found = as_docling(Document([markup], [PageInfo(1, 10, 10)]))

    assert [item.text for item in found.texts] == ["one", "two"]
    assert found.tables[0].data.num_cols == 2
    assert found.tables[0].prov[0].page_no == 1


def test_a_box_over_the_edge_of_its_page_is_cut_there():
    document = Document([Paragraph(text("x"), page=1, box=Box(-5, 1, 20, 3))], [PageInfo(1, 10, 9)])

    assert as_docling(document).texts[0].prov[0].bbox.as_tuple() == (0, 1, 10, 3)


def test_a_media_type_that_docling_refuses_becomes_one_that_says_nothing():
    found = as_docling(REPORT, media_type="application/x-something", sha256="")

    assert found.origin.mimetype == "application/octet-stream"


@given(DOCUMENTS)
def test_docling_reads_every_document(document):
    as_docling(document).export_to_markdown()


def test_lists_a_thousand_deep_are_read():
    document = Document([ListItem(text("x"), depth, "-") for depth in range(1000)])

    assert as_docling(document).export_to_markdown().count("x") == 1000


# --- Markdown read back -------------------------------------------------------------------------


def test_markdown_that_was_read_back_is_written_the_same_again():
    markdown = to_markdown(REPORT)

    assert to_markdown(document_of(markdown)) == markdown


@given(st.text(alphabet="#-*>|$`[]^: \n1a<!"))
def test_any_markdown_is_read_back(markdown):
    as_docling(document_of(markdown))


# --- the head of Markdown -----------------------------------------------------------------------


@given(st.dictionaries(st.sampled_from(["source", "title"]), st.text(min_size=1)), st.text())
def test_a_head_is_yaml_whatever_it_says(facts, markdown):
    text = with_front_matter(markdown, facts)

    if facts:
        head = text.removeprefix("---\n").partition("\n---\n")[0]
        assert yaml.safe_load(head) == facts
    assert text.endswith(markdown)


@pytest.mark.parametrize("title", ["---", "a: b", "no", "1e3", "!!python/object:x", "x\n---\ny"])
def test_a_title_stays_a_text(title):
    head = with_front_matter("", {"title": title})

    assert next(iter(yaml.safe_load_all(head))) == {"title": title}


def test_a_head_says_what_is_known():
    told = in_form(Form.MARKDOWN, facts={"source": "report.pdf", "pages": 2, "score": 0,
                                         "sha256": None})  # fmt: skip

    head, _, rest = told.partition("---\n\n")
    assert head == '---\nsource: "report.pdf"\npages: 2\nscore: 0\ntitle: "Report"\n'
    assert rest == to_markdown(REPORT)


def test_markdown_without_a_head_is_the_result_itself():
    assert made("markdown", markdown="# x", document=None, original=ORIGINAL) == "# x"


def test_the_title_is_what_the_file_says_else_its_first_heading():
    assert title_of(Document([], title=" Own \n title ")) == "Own title"
    assert title_of(REPORT) == "Report"
    assert title_of(Document([Heading(text("Part"), 2)])) is None
