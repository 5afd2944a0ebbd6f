"""Rich Text: letters by the character set of their font, structure as word processors show it."""

import pytest

from documents.conversion.document import Code, Heading, ListItem, Note, Paragraph, Table, plain
from documents.conversion.errors import EngineError
from documents.conversion.options import ConversionOptions
from documents.conversion.readers import rtf

FONTS = (
    r"{\fonttbl{\f0\fcharset0 Arial;}{\f1\fcharset204 Arial Cyr;}{\f2\fcharset128 Mincho;}"
    r"{\f3\fmodern\fprq1 Ours;}{\f4\fcharset2 Wingdings;}}"
    r"{\stylesheet{\s0 Normal;}{\s1 heading 1;}{\s2\sbasedon1 heading 2;}{\s9 Title;}}"
)


@pytest.fixture
def read(tmp_path):
    def read(body: str):
        path = tmp_path / "file.rtf"
        path.write_bytes(rb"{\rtf1\ansi\ansicpg1252\deff0" + (FONTS + body + "}").encode("latin-1"))
        reading = rtf.read(path, path.name, ConversionOptions(), print, format_name="rtf")
        return reading.document

    return read


def texts(document):
    return [plain(block.spans) for block in document.blocks]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (r"\f1\'cc\'ee\'f1\'ea\'e2\'e0", "Москва"),
        (r"\f2\'93\'fa\'96\'7b", "日本"),
        (r"\f2\'93\'fa\'96{\f2 {}}\'7b", "日"),  # a half of a letter is none
        (r"na\'efve \'80 5", "naïve € 5"),
        (r"\u1740?x", "یx"),
        (r"\uc2\u228ab done", "ä done"),
        (r"\u-10179?\u-8704?", "😀"),
        (r"{\upr{old}{\*\ud{new \u228?}}}", "new ä"),
        (r"a\~b\_c\emdash d\ldblquote e\rdblquote", "a\u00a0b-c—d“e”"),
        (r"{\f4\'fc} done", "✓ done"),
    ],
)
def test_letters_are_those_of_their_font(read, written, shown):
    assert texts(read(written + r"\par"))[0].startswith(shown)


def test_headings_lie_below_the_title_when_there_is_one(read):
    document = read(r"\pard\s9 Book\par\pard\s1 One\par\pard\s2 Two\par\pard\outlinelevel2 3\par")
    assert [(type(b), b.level) for b in document.blocks] == [
        (Heading, 1), (Heading, 2), (Heading, 3), (Heading, 4)
    ]  # fmt: skip


def test_items_keep_the_numbers_that_are_written_beside_them(read):
    document = read(
        r"\pard\ls1\ilvl0\li360{\listtext 2.1\tab}clause\par"
        r"\pard\ls1\ilvl1\li720{\listtext (a)\tab}letter\par"
        r"\pard\ls2\ilvl0\li1080{\listtext\'b7\tab}bullet\par"
    )
    assert [(b.marker, b.depth) for b in document.blocks] == [("2.1", 0), ("(a)", 1), ("-", 2)]
    assert all(isinstance(block, ListItem) for block in document.blocks)


def test_a_note_stands_apart_and_its_sentence_stays_whole(read):
    sentence, note = read(r"fact{\super\chftn{\footnote\chftn  Source.\par}} goes on\par").blocks
    assert plain(sentence.spans) == "fact goes on"
    assert isinstance(note, Note)
    assert plain(note.spans) == "Source."


def test_hidden_and_deleted_words_are_left_out_with_a_word(read):
    document = read(r"a {\v secret }{\deleted gone }b\par")
    assert texts(document) == ["a b"]
    assert len(document.warnings) == 2


def test_a_link_has_its_address(read):
    field = r'{\field{\*\fldinst{HYPERLINK "https://example.org/"}}{\fldrslt{terms}}}'
    (block,) = read(field + r"\par").blocks
    assert [(s.text, s.link) for s in block.spans] == [("terms", "https://example.org/")]


@pytest.mark.parametrize(("result", "shown"), [(r"\ffres1", "☒"), (r"\ffres0", "☐"),
                                               (r"\ffres25\ffdefres1", "☒")])  # fmt: skip
def test_a_check_box_shows_its_state(read, result, shown):
    form = r"{\*\formfield{\fftype1" + result + "}}"
    field = r"{\field{\*\fldinst{FORMCHECKBOX }" + form + r"}{\fldrslt }}"
    assert texts(read(field + r" Insured\par")) == [f"{shown} Insured"]


def test_cells_span_the_columns_between_their_edges(read):
    (table,) = read(
        r"\trowd\cellx1000\cellx2000\cellx3000\pard\intbl a\cell b\cell c\cell\row"
        r"\trowd\clvmgf\cellx1000\cellx3000\pard\intbl d\cell wide\cell\row"
        r"\trowd\clvmrg\cellx1000\cellx2000\cellx3000\pard\intbl\cell e\cell f\cell\row\pard"
    ).blocks
    assert isinstance(table, Table)
    assert [(c.row_span, c.column_span) for c in table.rows[1]] == [(2, 1), (1, 2)]
    assert [plain(cell.spans) for cell in table.rows[2]] == ["e", "f"]


def test_a_table_in_a_cell_keeps_its_rows(read):
    document = read(
        r"\trowd\cellx1000\cellx9000\pard\intbl x\cell y\cell\row"
        r"\trowd\cellx1000\cellx9000\pard\intbl outer\cell\pard\intbl\itap2 k\nestcell v\nestcell"
        r"{\*\nesttableprops\trowd\cellx2000\cellx3000\nestrow}\pard\intbl\cell\row\pard after\par"
    )
    rows = [[plain(c.spans) for c in row] for b in document.blocks[:2] for row in b.rows]
    assert rows == [["x", "y"], ["outer", ""], ["k", "v"]]
    assert texts_of_last(document) == "after"


def texts_of_last(document):
    return plain(document.blocks[-1].spans)


def test_lines_of_fixed_letters_are_one_piece_of_code(read):
    assert read(r"\f3 if x:\par     go()\par").blocks == [Code("if x:\n    go()")]


def test_pictures_and_binary_data_are_passed_over(read):
    assert texts(read("a{\\pict\\pngblip 89504e47}{\\*\\blob\\bin5 }}{{}}b\\par")) == ["ab"]


def test_a_file_is_refused_when_its_groups_never_end(read):
    with pytest.raises(EngineError):
        read("{" * 100_000)


@pytest.mark.parametrize(
    "junk", [r"\cell\row\nestrow\cell", r"\itap99999 a\par", "}}}}a", r"{\ud a}\par"]
)
def test_broken_structure_is_read_as_well_as_can_be(read, junk):
    read(junk + r"\intbl a\cell b\par")


def test_plain_text_has_the_usual_font_again(read):
    document = read(r"\pard\plain\f3 x = 1\par\pard\plain Words\par\f1\'cc\plain\'e4\par")

    assert [type(block) for block in document.blocks] == [Code, Paragraph, Paragraph]
    assert plain(document.blocks[2].spans) == "Мä"


def test_typed_bullets_and_numbers_are_items_when_their_indent_hangs(read):
    document = read(
        r"{\pard\li360\fi-360 1.\tx360\tab One\par}{\pard\li360 more\par}"
        r"{\pard\li720\fi-360 \endash\tab a\par}{\pard\li1080\fi-360 \bullet\tab b\par}"
        r"{\pard\li360\fi-360 2.\tab\b Two\par}{\pard 3.\tab a row of numbers\par}"
    )

    items = [
        (b.marker, b.depth, plain(b.spans)) for b in document.blocks if isinstance(b, ListItem)
    ]
    assert items == [("1.", 0, "One"), ("-", 1, "a"), ("-", 2, "b"), ("2.", 0, "Two")]
    assert document.blocks[1].inside == 1
    assert plain(document.blocks[-1].spans) == "3. a row of numbers"


def test_headers_of_first_and_of_other_pages_stand_once_each(read):
    document = read(
        r"\titlepg{\headerl Board\par}{\headerr Board\par}{\headerf Cover of the board\par}"
        r"{\footerf Leeds\par}Text\par"
    )

    assert texts(document) == ["Board", "Cover of the board", "Text", "Leeds"]
