"""Data, light markup, notebooks, books, contacts and drawings become what a reader would expect."""

import json

import pytest

from documents.conversion.document import (
    Code,
    Formula,
    Heading,
    ListItem,
    Note,
    Paragraph,
    Rule,
    Table,
    plain,
)
from documents.conversion.readers import (
    asciidoc,
    cards,
    data,
    drawings,
    fictionbook,
    notebooks,
    org,
    restructured,
)
from documents.conversion.readers.packages import parse


def kinds(document):
    return [type(block) for block in document.blocks]


def rows(table):
    return [[plain(cell.spans) for cell in row] for row in table.rows]


class TestData:
    def test_numbers_stay_as_they_are_written(self):
        (item, big) = data.blocks_of(data.loads('{"price": 1.10, "id": 12345678901234567890}'))
        assert plain(item.spans) == "price: 1.10"
        assert plain(big.spans) == "id: 12345678901234567890"

    def test_a_name_that_stands_there_twice_keeps_both_values(self):
        blocks = data.blocks_of(data.loads('{"a": 1, "b": 2, "a": 3}'))
        assert [plain(block.spans) for block in blocks] == ["a", "1", "3", "b: 2"]

    def test_entities_that_the_file_declares_stand_for_their_text(self):
        root = parse(
            b'<!DOCTYPE d [<!ENTITY co "Acme Ltd"><!ENTITY b "&co;&co;"><!ENTITY x SYSTEM "/etc">]>'
            b"<d>by &co; in &b;&x;2026</d>"
        )
        assert "".join(root.itertext()) == "by Acme Ltd in 2026"

    def test_like_records_are_a_table(self):
        (table,) = data.blocks_of(data.loads('[{"a": 1, "b": null}, {"a": 2, "c": [3, 4]}]'))
        assert rows(table) == [["a", "b", "c"], ["1", "", ""], ["2", "", "3, 4"]]

    def test_records_with_long_texts_stand_one_by_one(self):
        blocks = list(data.blocks_of([{"a": "x " * 300, "b": 1}, {"a": "y", "b": 2}]))
        assert all(isinstance(block, ListItem) for block in blocks)

    def test_records_in_records_are_nested_lists(self):
        blocks = list(data.blocks_of({"a": {"b": {"c": "d"}}}))
        assert [(plain(b.spans), b.depth) for b in blocks] == [("a", 0), ("b", 1), ("c: d", 2)]

    def test_deep_records_are_shown_as_they_are_written(self):
        blocks = list(data.blocks_of(data.loads("[" * 100 + "5" + "]" * 100)))
        assert "5" in blocks[-1].text

    def test_records_that_are_nested_without_end_are_refused(self):
        with pytest.raises(ValueError, match="deeply"):
            data.loads("[" * 100_000 + "]" * 100_000)

    def test_lines_that_are_no_json_are_kept_apart(self):
        values, broken = data.json_lines('{"a": 1}\n\nno json\n{"a": 2}\n')
        assert values == [{"a": "1"}, {"a": "2"}]
        assert broken == ["no json"]

    def test_elements_of_xml_are_records_by_their_names(self):
        root = parse(b'<r><row id="1"><n>x</n></row><row id="2"><n>y</n></row></r>')
        assert data.xml_value(root) == [{"id": "1", "n": "x"}, {"id": "2", "n": "y"}]

    def test_mixed_text_reads_as_it_is_written(self):
        root = parse(b"<r><p>One <b>two</b>\n three.</p></r>")
        assert data.xml_value(root) == {"p": "One two three."}


class TestOrg:
    def test_an_outline_has_headings_below_its_title(self):
        document = org.read_text("#+TITLE: Book\n* TODO One :tag:\n** Two\n")
        assert [(plain(b.spans), b.level) for b in document.blocks] == [
            ("Book", 1), ("TODO One", 2), ("Two", 3)
        ]  # fmt: skip

    def test_items_keep_numbers_boxes_and_depth(self):
        text = "- a\n  goes on\n  1. sub\n- [X] done\n- [ ] open\n- term :: meaning\n"
        blocks = org.read_text(text).blocks
        assert [(plain(b.spans), b.marker, b.depth, b.checked) for b in blocks] == [
            ("a goes on", "-", 0, None),
            ("sub", "1.", 1, None),
            ("done", "-", 0, True),
            ("open", "-", 0, False),
            ("term: meaning", "-", 0, None),
        ]

    def test_blocks_tables_and_notes_are_what_they_are(self):
        text = (
            "#+begin_src python\n  def f():\n      pass\n#+end_src\n"
            "| a | b |\n|---+---|\n| 1 | 2 |\n"
            "#+begin_quote\nsaid\n#+end_quote\nfact[fn:1]\n\n[fn:1] source\n# hidden\n"
        )
        code, table, quote, fact, note = org.read_text(text).blocks
        assert code == Code("def f():\n    pass", "python")
        assert rows(table) == [["a", "b"], ["1", "2"]]
        assert quote.quoted == 1
        assert fact.spans[1].note == note.label

    def test_marks_become_styles(self):
        (block,) = org.read_text("a *b* /i/ =c= +s+ 10^{6} [[https://x.org][l]] \\(x^2\\)").blocks
        styles = {s.text: s for s in block.spans}
        assert styles["b"].bold
        assert styles["i"].italic
        assert styles["c"].code
        assert styles["s"].strike
        assert styles["6"].raised
        assert styles["l"].link == "https://x.org"
        assert styles["x^2"].formula

    def test_environments_without_an_end_are_read_to_the_end_of_the_file(self):
        assert kinds(org.read_text("#+begin_quote\n" * 3000 + "a")) == [Paragraph]

    def test_quotes_in_quotes_formulas_and_long_notes_are_read_to_their_ends(self):
        text = "#+begin_quote\none\n#+begin_quote\ntwo\n#+end_quote\n#+end_quote\nthree[fn:1]\n\n"
        text += "\\[E = mc^2\\]\n\n[fn:1] First.\n\n Second.\n\n\nafter"
        *quotes, formula, note, after = org.read_text(text).blocks
        assert [(plain(b.spans), b.quoted) for b in quotes] == [
            ("one", 1),
            ("two", 2),
            ("three", 0),
        ]
        assert (formula.text, plain(after.spans)) == ("E = mc^2", "after")
        assert plain(note.spans) == "First.\nSecond."


class TestAsciiDoc:
    def test_notes_are_counted_and_formulas_have_no_marks(self):
        text = "a footnote:[One.] latexmath:[$x_1$]\n\n====\nb footnote:[Two.]\n====\n\n"
        text += "[latexmath]\n++++\n\\[E = mc^2\\]\n++++\n"
        blocks = asciidoc.read_text(text).blocks
        assert [b.label for b in blocks if isinstance(b, Note)] == ["1", "2"]
        assert [
            s.text for b in blocks if isinstance(b, Paragraph) for s in b.spans if s.formula
        ] == ["x_1"]
        assert [b.text for b in blocks if isinstance(b, Formula)] == ["E = mc^2"]

    def test_a_document_has_its_structure(self):
        text = (
            "= Title\nAda Lund\n:toc:\n\nHello footnote:[Source.]\n\n== Part\n\n* one\n** two\n+\n"
            "more\n\n. first\n. second\n\n[source,python]\n----\nx = 1\n----\n\n'''\n"
        )
        blocks = asciidoc.read_text(text).blocks
        assert [type(b) for b in blocks] == [
            Heading, Paragraph, Paragraph, Note, Heading, ListItem, ListItem, Paragraph,
            ListItem, ListItem, Code, Rule,
        ]  # fmt: skip
        assert [b.marker for b in blocks if isinstance(b, ListItem)] == ["-", "-", "1.", "2."]
        assert blocks[7].inside == 2

    def test_cells_span_rows_and_columns(self):
        table = asciidoc.read_text("|===\n|a |b\n\n.2+|tall |1\n|2\n2+|wide\n|===\n").blocks[0]
        assert isinstance(table, Table)
        assert rows(table) == [["a", "b"], ["tall", "1"], ["2"], ["wide"]]
        assert table.rows[1][0].row_span == 2

    @pytest.mark.parametrize("mark", ["====\n", "____\n", "|===\n|"])
    def test_blocks_in_blocks_end(self, mark):
        asciidoc.read_text(mark * 2000 + "a")


class TestRestructuredText:
    def test_a_document_has_its_structure(self):
        text = (
            "Title\n=====\n\nSee *this* [1]_.\n\nSub\n---\n\na. one\n\n   - nested\n\nterm\n"
            "  meaning\n\n.. math:: x^2\n\n.. code:: python\n\n   x = 1\n\n.. [1] Source.\n"
        )
        document = restructured.read_text(text)
        assert kinds(document) == [
            Heading, Paragraph, Heading, ListItem, ListItem, ListItem, Formula, Code, Note
        ]  # fmt: skip
        assert document.blocks[3].marker == "a."
        assert document.blocks[4].depth == 1
        assert document.blocks[1].spans[-2].note == document.blocks[-1].label

    def test_nothing_is_included_or_passed_through(self):
        document = restructured.read_text(".. include:: /etc/passwd\n\n.. raw:: html\n\n   <b>\n")
        assert document.blocks == []

    def test_rows_of_a_table_in_a_cell_stay_in_it(self):
        grid = "+---+---+\n| A | B |\n+===+===+\n| 1 | 2 |\n+---+---+\n| wide  |\n+-------+\n"
        (table,) = restructured.read_text(grid).blocks
        assert rows(table) == [["A", "B"], ["1", "2"], ["wide"]]
        assert table.rows[2][0].column_span == 2


class TestNotebooks:
    def test_text_code_and_output_follow_each_other(self):
        cells = [
            {"cell_type": "markdown", "source": ["# One\n", "\n", "text"]},
            {"cell_type": "code", "source": "1 + 1", "outputs": [
                {"output_type": "execute_result", "data": {"text/plain": ["2"]}},
                {"output_type": "error", "ename": "E", "evalue": "bad", "traceback": ["\x1b[0m"]},
            ]},
        ]  # fmt: skip
        book = {"cells": cells, "metadata": {"language_info": {"name": "python"}}}
        document = notebooks.read_text(json.dumps(book))
        heading, text, code, result, error = document.blocks
        assert (type(heading), plain(heading.spans)) == (Heading, "One")
        assert (text.text, code.text, result.text, error.text) == ("text", "1 + 1", "2", "E: bad")
        assert code.language == "python"

    @pytest.mark.parametrize("text", ["[]", '"a"', "{"])
    def test_what_is_no_notebook_is_refused(self, text):
        with pytest.raises(ValueError, match=r"\w"):
            notebooks.read_text(text)

    @pytest.mark.parametrize("text", ["{}", '{"cells": 5}', '{"cells": [1, {}]}'])
    def test_cells_that_are_none_are_passed_over(self, text):
        assert notebooks.read_text(text).blocks == []


def test_a_book_has_sections_verse_and_notes():
    book = b"""<FictionBook xmlns:l="http://www.w3.org/1999/xlink"><description><title-info>
    <author><first-name>Ada</first-name></author><book-title>Tales</book-title></title-info>
    </description><body><section><title><p>One</p></title><p>Text<a l:href="#n1" type="note">1</a>
    </p><section><title><p>Deep</p></title></section></section></body>
    <body name="notes"><section id="n1"><title><p>1</p></title><p>Said.</p></section></body>
    </FictionBook>"""
    document = fictionbook.read_tree(parse(book))
    assert kinds(document) == [Heading, Paragraph, Heading, Paragraph, Heading, Note]
    assert [b.level for b in document.blocks if isinstance(b, Heading)] == [1, 2, 3]
    assert document.blocks[3].spans[-1].note == document.blocks[-1].label == "n1"


def test_contacts_and_dates_are_lists_under_their_names():
    text = (
        "BEGIN:VCARD\r\nFN:Ada Lund\r\nTEL;TYPE=work:+46 1\r\nADR:;;Street 1;Town;;;\r\n"
        "NOTE;ENCODING=QUOTED-PRINTABLE;CHARSET=utf-8:gr=C3=BC=\r\n=C3=9Fe\r\nEND:VCARD\r\n"
        "BEGIN:VEVENT\r\nSUMMARY:Meet\r\n ing\r\nDTSTART:20270314T093000Z\r\nEND:VEVENT\r\n"
    )
    said = [plain(block.spans) for block in cards.read_text(text).blocks]
    assert said == [
        "Ada Lund", "Telephone (work): +46 1", "Address: Street 1, Town", "Note: grüße",
        "Meeting", "Start: 2027-03-14 09:30 UTC",
    ]  # fmt: skip


def test_words_of_a_drawing_are_paragraphs():
    words = '<text>One <tspan>more</tspan><tspan y="2">line</tspan></text>'
    document = drawings.read_tree(parse(f"<svg><title>Plan</title>{words}</svg>".encode()))
    assert [plain(block.spans) for block in document.blocks] == ["Plan", "One more line"]
