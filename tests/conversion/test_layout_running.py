"""Running lines are told by their places over the pages, and nothing else is taken for one."""

from documents.conversion.document import plain
from documents.conversion.layout.page import Ruling

from .typeset import FILLER, blocks, page, shown, words

HEAD = ("No.", "Name", "Price")


def sheets(count, head="Society of the lower river", foot="Page {}", first=1):
    """Pages of text with a line above and below it."""
    pages = []
    for number in range(1, count + 1):
        sheet = page(*FILLER, None, *FILLER, number=number, top=120.0)
        sheet.words += words(head.format(number), 200.0, 40.0, size=8.0)
        sheet.words += words(foot.format(number + first - 1), 270.0, 810.0, size=8.0)
        pages.append(sheet)
    return pages


def running(found):
    return [plain(b.spans) for b in found if b.part in {"header", "footer"}]


def test_lines_that_two_pages_share_are_running_lines():
    found = blocks(*sheets(2))

    heads = ["Society of the lower river"] * 2
    assert sorted(running(found)) == ["Page 1", "Page 2", *heads]


def test_a_bare_number_runs_only_if_it_counts_with_the_pages():
    assert "17" in running(blocks(*sheets(2, foot="{}", first=17)))

    same = blocks(*sheets(2, foot="1984"))
    assert "1984" not in running(same)


def test_a_number_of_something_else_is_no_page_number():
    found = blocks(*sheets(3, head="Sample {}"))

    assert [text for text in shown(found) if text.startswith("Sample")] == [
        "Sample 1",
        "Sample 2",
        "Sample 3",
    ]


def test_a_fact_that_most_pages_share_is_a_fact_of_each_page():
    pages = sheets(5, foot="Result: passed")
    for word in pages[3].words:
        if word.text == "passed":
            word.text = "FAILED"

    results = [text for text in shown(blocks(*pages)) if text.startswith("Result")]

    assert results == ["Result: passed"] * 3 + ["Result: FAILED", "Result: passed"]


def test_the_first_line_of_the_text_is_no_running_line_although_it_comes_back():
    pages = [page(*FILLER * 10, number=number, top=60.0) for number in (1, 2, 3)]

    assert running(blocks(*pages)) == []


def test_pages_that_hold_nothing_else_keep_their_lines():
    pages = [page("Confidential", number=number, top=60.0) for number in (1, 2)]

    assert shown(blocks(*pages)) == ["Confidential"] * 2


def test_titles_of_chapters_run_beside_the_page_number():
    pages = sheets(4, head="")
    for number, sheet in enumerate(pages, start=1):
        title = "On hives" if number < 3 else "On swarms"
        sheet.words += words(title, 72.0, 40.0, size=8.0)

    assert [text for text in running(blocks(*pages)) if text.startswith("On")] == [
        "On hives",
        "On hives",
        "On swarms",
        "On swarms",
    ]


def test_left_and_right_pages_mirror_each_other():
    pages = []
    for number in range(1, 4):
        sheet = page(*FILLER, None, *FILLER, number=number, top=120.0)
        x = 72.0 if number % 2 else 595.0 - 72.0 - 4.0
        sheet.words += words(str(number), x, 810.0, size=8.0)
        pages.append(sheet)

    assert running(blocks(*pages)) == ["1", "2", "3"]


def test_a_table_that_goes_on_over_pages_is_one_with_its_header_once():
    pages = []
    for number in (1, 2):
        sheet = page(number=number)
        for row in range(30):
            y = 100.0 + 20.0 * row
            cells = (f"{number}{row}", f"Part {row}", f"{row}.50") if row else HEAD
            for x, cell in zip((72.0, 200.0, 400.0), cells, strict=True):
                sheet.words += words(cell, x, y)
            sheet.rulings.append(Ruling("H", 70.0, 460.0, y + 5.0))
        pages.append(sheet)

    found = blocks(*pages)

    (table,) = [b for b in found if b.kind == "table"]
    assert len(table.rows) == 1 + 2 * 29
    assert running(found) == ["No. Name Price"]


def test_the_number_of_a_page_in_the_middle_of_its_foot_is_a_page_number():
    sheet = page(*FILLER, None, *FILLER)
    sheet.words += words("1", 595.0 / 2 - 2.5, 810.0)

    assert running(blocks(sheet)) == ["1"]


def test_a_named_page_number_runs_on_a_page_alone():
    sheet = page(*FILLER, None, *FILLER)
    sheet.words += words("Page 4 of 9", 72.0, 810.0)

    assert running(blocks(sheet)) == ["Page 4 of 9"]


def test_the_number_of_a_page_at_the_edge_of_its_text_is_a_page_number():
    sheet = page(*FILLER, None, *FILLER)
    right = max(word.x1 for word in sheet.words)
    sheet.words += words("1", right - 5.0, 810.0)

    assert running(blocks(sheet)) == ["1"]


def test_any_number_in_the_middle_of_the_foot_is_that_of_a_page_alone():
    sheet = page(*FILLER, None, *FILLER)
    sheet.words += words("217", 595.0 / 2 - 7.5, 810.0)

    assert running(blocks(sheet)) == ["217"]


def test_a_number_at_the_foot_is_a_fact_when_it_is_near_the_text_or_aside():
    near = page(*FILLER, None, *FILLER, top=690.0)
    near.words += words("217", 595.0 / 2 - 7.5, max(w.baseline for w in near.words) + 16.0)
    aside = page(*FILLER, None, *FILLER)
    aside.words += words("217", 72.0, 810.0)

    assert running(blocks(near)) == running(blocks(aside)) == []
