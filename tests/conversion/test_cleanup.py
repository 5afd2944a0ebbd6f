"""The clean-up of documents made of blocks: what it takes out is kept apart and named."""

from documents.conversion.cleanup import clean_up
from documents.conversion.document import Document, Heading, PageInfo, Paragraph, Span
from documents.conversion.writer import to_markdown


def paged(*pages):
    blocks = [
        Paragraph([Span(words)], page=number)
        for number, page in enumerate(pages, 1)
        for words in page
    ]
    return Document(blocks, [PageInfo(number) for number, _ in enumerate(pages, 1)])


def test_running_lines_become_headers_and_footers_and_are_named_in_a_warning():
    words = ["Rain fell.", "Snow came.", "Wind blew."]
    document = paged(*(("Annual Report", text, f"Page {n}") for n, text in enumerate(words, 1)))

    clean_up(document)

    assert [block.part for block in document.blocks] == ["header", "body", "footer"] * 3
    assert document.warnings == [
        "Running headers, footers and page numbers were left out: “Annual Report” (3×), "
        "“Page 1” (3×)."
    ]


def test_a_paragraph_that_goes_on_over_a_page_keeps_its_styles():
    document = paged(["It was a conver-"], ["sion of the"], ["whole."])
    document.blocks[1].spans[0].bold = True

    clean_up(document)

    assert to_markdown(document).startswith(
        "<!-- page 1 -->\n\nIt was a conver**sion of the** whole.\n\n<!-- page 2 -->"
    )


def test_running_lines_do_not_part_a_paragraph():
    pages = [["It goes on and", "Foot"], ["on and", "Foot"], ["on to the end.", "Foot"]]
    document = paged(*pages)

    clean_up(document)

    assert [block.spans[0].text for block in document.body()] == ["It goes on and"]
    assert "It goes on and on and on to the end." in to_markdown(document)


def test_headings_begin_at_level_one_and_skip_none():
    document = Document([Heading([Span("x")], level=level) for level in (3, 5, 4, 3)])

    clean_up(document)

    assert [heading.level for heading in document.blocks] == [1, 2, 2, 1]


def test_a_document_without_pages_loses_nothing():
    document = Document([Paragraph([Span("Page 1")]) for _ in range(5)])

    clean_up(document)

    assert len(list(document.body())) == 5
    assert document.warnings == []
