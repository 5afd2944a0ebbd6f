"""The Markdown writer: what each block looks like, and that a parser gives it back."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from documents.conversion.document import (
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
    Rule,
    Span,
    Table,
    plain,
)  # fmt: skip
from documents.conversion.keeping import decoded, unpacked
from documents.conversion.writer import to_markdown
from documents.samples import SAMPLES

from .markdown_reader import PARSER, blocks_of, styled


def text(words, **styles):
    return [Span(words, **styles)]


def written(*blocks, pages=()):
    return to_markdown(Document(list(blocks), list(pages)))


def items(*entries):
    return [ListItem(text(words), depth=depth, marker=marker) for depth, marker, words in entries]


def test_blocks_are_parted_by_blank_lines():
    markdown = written(
        Heading(text("Title"), level=2), Paragraph(text("Text.")), Rule(), Code("x = 1", "python")
    )

    assert markdown == "## Title\n\nText.\n\n---\n\n```python\nx = 1\n```\n"


def test_nested_items_are_indented_by_the_markers_above_them():
    markdown = written(
        *items((0, "9.", "nine"), (0, "10.", "ten"), (1, "•", "bullet"), (2, "1)", "deep"))
    )

    assert markdown == "9. nine\n10. ten\n    - bullet\n      1) deep\n"


def test_numbers_that_do_not_follow_begin_a_list_of_their_own():
    markdown = written(*items((0, "1.", "a"), (0, "2.", "b"), (0, "1.", "c"), (0, "7.", "d")))

    assert markdown == "1. a\n2. b\n\n<!-- -->\n\n1. c\n\n<!-- -->\n\n7. d\n"
    assert [b[2] for b in blocks_of(markdown) if b[0] == "item"] == [
        (0, "1."), (0, "2."), (0, "1."), (0, "7."),
    ]  # fmt: skip


@pytest.mark.parametrize("marker", ["(a)", "1.1", "iv.", "a)", "§ 3", "01."])
def test_items_whose_markers_markdown_does_not_know_are_paragraphs(marker):
    (block,) = blocks_of(written(*items((0, marker, "words"))))

    assert block[:2] == ("paragraph", f"{marker} words")


def test_letters_below_a_number_belong_to_its_item():
    markdown = written(*items((0, "1.", "a"), (1, "a)", "b"), (1, "b)", "c"), (0, "2.", "d")))

    assert markdown == "1. a\n\n   a) b\n\n   b) c\n\n2. d\n"


def test_what_stands_below_a_letter_is_no_code_however_deep():
    markdown = written(*items(*((depth, "(a)", f"level {depth}") for depth in range(9))))

    assert {block[0] for block in blocks_of(markdown)} == {"paragraph"}


def test_a_nested_list_that_does_not_begin_at_one_is_a_list_all_the_same():
    markdown = written(*items((0, "1.", "a"), (1, "3.", "c")))

    assert [b[2] for b in blocks_of(markdown)] == [(0, "1."), (1, "3.")]


def test_check_boxes_are_task_items_and_brackets_are_not():
    markdown = written(
        ListItem(text("done"), checked=True), ListItem(text("open"), checked=False),
        ListItem(text("[x] no box")),
    )  # fmt: skip

    assert markdown == "- [x] done\n- [ ] open\n- \\[x] no box\n"


def test_what_belongs_to_an_item_stands_below_its_text():
    markdown = written(
        ListItem(text("first")), Paragraph(text("more"), inside=1), Code("x\n\ny", inside=1),
        ListItem(text("second")), Paragraph(text("outside")),
    )  # fmt: skip

    assert markdown == ("- first\n\n  more\n\n  ```\n  x\n\n  y\n  ```\n\n- second\n\noutside\n")


def test_quotes_hold_what_is_quoted():
    markdown = written(
        Paragraph(text("a"), quoted=1), ListItem(text("b"), quoted=1),
        Paragraph(text("c"), quoted=2), Paragraph(text("d")),
    )  # fmt: skip

    assert markdown == "> a\n>\n> - b\n>\n> > c\n\nd\n"


def test_lists_are_never_deeper_than_parsers_go():
    markdown = written(*items(*((depth, "-", f"level {depth}") for depth in range(500))))

    assert len([b for b in blocks_of(markdown) if b[0] == "item"]) == 500


def test_rows_are_as_wide_as_the_header_and_breaks_stay_in_their_cell():
    markdown = written(
        Table([[Cell(text("a|b")), Cell(text("c"))], [Cell(text("one\ntwo"))], []]),
    )

    assert markdown == "| a\\|b | c |\n| --- | --- |\n| one<br>two |  |\n"


def test_a_cell_over_rows_or_columns_stands_in_the_first_of_its_places():
    markdown = written(
        Table(
            [
                [Cell(text("Site"), row_span=2), Cell(text("Costs"), column_span=2)],
                [Cell(text("Fuel")), Cell(text("Repair"))],
                [Cell(text("Kiel"), row_span=2), Cell(text("310")), Cell(text("120"))],
                [Cell(text("75")), Cell(text(""))],
            ],
            header_rows=2,
        )
    )

    assert markdown == (
        "| Site | Costs |  |\n| --- | --- | --- |\n|  | Fuel | Repair |\n"
        "| Kiel | 310 | 120 |\n|  | 75 |  |\n"
    )


def test_spans_without_measure_make_no_large_table():
    wide = Cell(text("x"), row_span=100_000, column_span=100_000)

    markdown = written(Table([[wide, wide], *([[Cell(text("y"))]] * 2000)]))

    assert len(markdown) < 100_000


def test_notes_stand_at_the_end_of_their_page_under_labels_of_their_own():
    def page(number, words):
        return [
            Paragraph([Span(words), Span("", note="1")], page=number),
            Note(text(f"note of {words}"), label="1", page=number, part="note"),
            Paragraph(text("after"), page=number),
        ]

    markdown = written(*page(1, "one"), *page(2, "two"), pages=[PageInfo(1), PageInfo(2)])

    assert markdown == (
        "<!-- page 1 -->\n\none[^1]\n\nafter\n\n[^1]: note of one\n\n"
        "<!-- page 2 -->\n\ntwo[^1-2]\n\nafter\n\n[^1-2]: note of two\n"
    )


def test_notes_without_a_call_and_calls_without_a_note_are_raised():
    markdown = written(
        Paragraph([Span("text"), Span("", note="4")]), Note(text("never called"), label="2")
    )

    assert markdown == "text⁴\n\n² never called\n"


def test_pages_without_text_are_named():
    assert written(Paragraph(text("x"), page=2), pages=[PageInfo(1), PageInfo(2)]) == (
        "<!-- page 1 -->\n\n<!-- page 2 -->\n\nx\n"
    )


def test_running_lines_comments_and_hidden_parts_are_left_out_and_speaker_notes_quoted():
    parts = ["header", "body", "speaker_notes", "comment", "hidden", "footer"]

    assert written(*(Paragraph(text(part), part=part) for part in parts)) == (
        "body\n\n> speaker\\_notes\n".replace("\\", "")
    )


@pytest.mark.parametrize(
    ("spans", "markdown"),
    [
        ([Span("10"), Span("6", raised=True), Span(" cycles")], "10⁶ cycles"),
        ([Span("H"), Span("2", lowered=True), Span("O")], "H₂O"),
        ([Span("m"), Span("max", lowered=True)], "m<sub>max</sub>"),
        ([Span("the 1"), Span("st", raised=True)], "the 1st"),
        ([Span("bold ", bold=True), Span("word")], "**bold** word"),
        ([Span("pre"), Span("fix", bold=True), Span("ed")], "pre**fix**ed"),
        ([Span("see"), Span("(it)", bold=True), Span("now")], "see(**it**)now"),
        ([Span("a", bold=True), Span("b", bold=True, italic=True)], "**a*b***"),
        ([Span("x", formula=True), Span(" costs $5")], "$x$ costs \\$5"),
        ([Span("a ` b", code=True)], "``a ` b``"),
        ([Span("here", link="https://example.org/a_(b)")], "[here](https://example.org/a_(b))"),
        ([Span("https://example.org", link="https://example.org")], "<https://example.org>"),
        ([Span("me@example.org", link="mailto:me@example.org")], "<me@example.org>"),
        ([Span("click", link="javascript:alert(1)")], "click"),
        ([Span("one\ntwo")], "one\\\ntwo"),
        ([Span("2 * 3 * 4, snake_case_name, $5, x < y, R&D")], None),
        ([Span("Name* and more")], None),
        ([Span("*a* _b_ ~~c~~ <b> &amp; [x](y)")],
         "\\*a\\* \\_b\\_ \\~\\~c\\~\\~ \\<b> \\&amp; [x]\\(y)"),
        ([Span("# no heading")], "\\# no heading"),
        ([Span("1. no item")], "1\\. no item"),
        ([Span("- no item")], "\\- no item"),
        ([Span("words\n---")], "words\\\n\\---"),
    ],
)  # fmt: skip
def test_text_is_written_as_it_is_and_marked_as_it_looks(spans, markdown):
    assert written(Paragraph(spans)) == (spans[0].text if markdown is None else markdown) + "\n"


# What a text is made of: words, and whatever Markdown may take for its own.
SIGNS = st.sampled_from(
    [
        *"*_~`[]()<>#+-|!\\&$:.=^'\"",
        "word",
        "Ä",
        "9",
        "1.",
        "2)",
        " ",
        " ",
        "  ",
        "&amp;",
        "<b>",
        "「",
    ]
)
WORDS = st.lists(SIGNS, min_size=1, max_size=8).map("".join)
STYLES = st.fixed_dictionaries(
    {},
    optional={
        "bold": st.booleans(), "italic": st.booleans(), "strike": st.booleans(),
        "link": st.just("https://example.org/x"),
    },
)  # fmt: skip
SPANS = st.lists(
    st.builds(lambda words, styles: Span(words, **styles), WORDS, STYLES), min_size=1, max_size=5
)


def squeezed(words):
    return re.sub(r"\s+", " ", words).strip()


def same_words(expected, found):
    return squeezed(expected).replace(" ", "") == squeezed(found).replace(" ", "")


@settings(max_examples=400, deadline=None)
@given(st.lists(SPANS, min_size=1, max_size=3))
def test_a_parser_reads_the_words_of_any_paragraphs(paragraphs):
    wanted = ["".join(span.text for span in spans) for spans in paragraphs]

    found = blocks_of(written(*map(Paragraph, paragraphs)))

    assert [kind for kind, _, _ in found] == ["paragraph" for words in wanted if words.strip()]
    assert [squeezed(words) for _, words, _ in found] == [
        squeezed(words) for words in wanted if words.strip()
    ]


@settings(max_examples=400, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["ab", "c d", " e", "f "]), STYLES), min_size=1, max_size=6)
)
def test_a_parser_reads_the_styles_of_whole_words(pieces):
    """Marks never stand in the text, and what is bold is meant to be."""
    spans = [Span(words, **styles) for words, styles in pieces]

    tokens = PARSER.parse(written(Paragraph(spans)))
    read = [(sign, styles) for piece, styles in styled(tokens[1]) for sign in piece]

    meant = [(sign, span) for span in spans for sign in span.text]
    assert "".join(s for s, _ in read).split() == "".join(s for s, _ in meant).split()
    solid = [entry for entry in meant if not entry[0].isspace()]
    for (_, styles), (_, span) in zip((r for r in read if not r[0].isspace()), solid, strict=True):
        # Bold within a word has no marks beside those of struck-out words (CommonMark, 6.2).
        assert ("bold" in styles) == span.bold or (span.bold and span.strike)
        assert ("strike" in styles) == span.strike
        assert ("link" in styles) == (span.link is not None)


def test_a_list_within_a_note_belongs_to_it():
    item = ListItem([Span("fish")], marker="•", part="note")
    call = Paragraph([Span("Ships"), Span("", note="1")])

    written_note = to_markdown(Document([call, Note([Span("As:")], label="1"), item]))

    assert written_note == "Ships[^1]\n\n[^1]: As:\n\n    - fish\n"


MARKERS = st.sampled_from(["-", "•", "1.", "2.", "3)", "(a)", "iv."])
ITEMS = st.lists(st.tuples(st.integers(0, 4), MARKERS, WORDS), min_size=1, max_size=8)


@settings(max_examples=400, deadline=None)
@given(ITEMS)
def test_a_parser_reads_the_items_of_any_list(entries):
    found = [block for block in blocks_of(written(*items(*entries))) if block[0] != "html_block"]

    above = []  # depths of what is open, and whether it is an item of Markdown
    before = None
    wanted = []
    for depth, marker, words in entries:
        while above and above[-1][0] >= depth:
            above.pop()
        is_item = marker in {"-", "•", "1.", "2.", "3)"}
        level = sum(known for _, known in above)
        said = words if is_item else f"{marker} {words}"
        shown = marker if marker[0].isdigit() else "-"
        if is_item:
            wanted.append(("item", squeezed(said), (level, shown)))
        elif above and above[-1] is before and wanted[-1][:2] == ("item", ""):
            # What has its own marker is the text of an item that has no other.
            wanted[-1] = ("item", squeezed(said), wanted[-1][2])
        else:
            wanted.append(squeezed(said))
        before = (depth, is_item)
        above.append(before)
    assert [
        (kind, squeezed(words), detail) if kind == "item" else squeezed(words)
        for kind, words, detail in found
    ] == wanted


@settings(max_examples=300, deadline=None)
@given(st.lists(st.lists(SPANS, min_size=1, max_size=4), min_size=1, max_size=4))
def test_a_parser_reads_the_cells_of_any_table(rows):
    wanted = [["".join(span.text for span in spans) for spans in row] for row in rows]
    wanted = [[squeezed(cell) for cell in row] for row in wanted if any(c.strip() for c in row)]
    width = max(map(len, wanted), default=0)

    found = blocks_of(written(Table([[Cell(spans) for spans in row] for row in rows])))

    grids = [
        [[squeezed(cell) for cell in row] for row in grid]
        for kind, grid, _ in found
        if kind == "table"
    ]
    assert grids == ([[row + [""] * (width - len(row)) for row in wanted]] if width else [])


@settings(max_examples=200, deadline=None)
@given(WORDS, st.integers(1, 6), WORDS)
def test_a_parser_reads_headings_and_code(title, level, code):
    found = blocks_of(written(Heading(text(title), level=level), Code(f"x{code}\ny")))

    wanted = [("heading", squeezed(title), level)] if title.strip() else []
    assert [(k, squeezed(t), d) for k, t, d in found] == [
        *wanted, ("code", squeezed(f"x{code}\ny"), ""),
    ]  # fmt: skip


def test_formulas_pictures_and_foreign_markdown_keep_their_form():
    markdown = written(
        Formula("a^2\n\n+ b"),
        Picture("A [red] boat", text("Figure 1")),
        Markup("> as *it* was"),
    )

    assert markdown == "$$\na^2\n+ b\n$$\n\n![A \\[red\\] boat]()\n\nFigure 1\n\n> as *it* was\n"


@pytest.mark.parametrize("name", [n for n in sorted(SAMPLES) if SAMPLES[n].pages is None])
def test_a_parser_finds_the_blocks_of_a_sample_in_its_markdown(name, convert_sample):
    conversion = convert_sample(name)
    document = unpacked(decoded(conversion.document))

    found = blocks_of(conversion.markdown)

    for kind in ("heading", "item", "table", "code"):
        wanted = [block for block in document.body() if block.kind == kind]
        if any(block.kind == "markup" for block in document.blocks) and kind != "heading":
            continue  # others wrote these
        assert len([block for block in found if block[0] == kind]) == len(wanted)
        if kind in {"heading", "item"}:
            texts = [squeezed(plain(block.spans)) for block in wanted]
            assert [squeezed(words) for was, words, _ in found if was == kind] == texts
