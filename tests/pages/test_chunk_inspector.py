"""The chunks of one result on its page: cut anew, searched, and shown with what they repeat."""

from itertools import pairwise

import pytest

from documents import text_work
from tests.pages.test_results import make_result, url

SENTENCE = "The harbour office counts every ship that comes in. "
TEXT = (
    "<!-- page 1 -->\n\n# Harbour\n\n" + SENTENCE * 30
    + "\n\n<!-- page 2 -->\n\n## Boilers\n\nThe boiler is old.\n"
)  # fmt: skip


@pytest.fixture
def row(member):
    return make_result(member, TEXT)


def inspect(browser, row, query=""):
    return browser.get(f"{url(row)}?view=chunks{query}")


def indices(page):
    return [chunk.index for chunk in page.context["page"].object_list]


def test_chunks_are_cut_as_the_job_does_at_first(browser, row):
    page = inspect(browser, row)

    assert indices(page) == [0]
    assert page.context["form"]["size"].value() == 1000
    assert "pages 1–2" in page.text


def test_chunks_are_cut_anew_with_another_size_and_say_where_they_are(browser, row):
    page = inspect(browser, row, "&size=100&overlap=30")

    shown = page.context["page"].object_list
    assert len(shown) > 3
    assert all(chunk.tokens <= 100 for chunk in shown)
    assert "Harbour › Boilers" in page.text
    assert f'data-page="{shown[-1].page}"' in page.text


def test_what_a_chunk_repeats_of_the_one_before_is_marked(browser, row):
    page = inspect(browser, row, "&size=100&overlap=30")

    shown = page.context["page"].object_list
    assert shown[0].repeated_text == ""
    assert any(chunk.repeated_text for chunk in shown)
    for before, chunk in pairwise(shown):
        assert before.text.endswith(chunk.repeated_text)
        assert chunk.repeated_text + chunk.new_text == chunk.text
    assert 'class="chunk-overlap"' in page.text


def test_a_search_shows_the_best_chunk_first_and_marks_its_words(browser, row):
    page = inspect(browser, row, "&size=100&overlap=0&words=boiler")

    shown = page.context["page"].object_list
    assert len(shown) == 1
    assert "The <mark>boiler</mark> is old." in page.text


def test_a_search_for_what_no_chunk_has_says_so(browser, row):
    assert "No chunks match." in inspect(browser, row, "&words=zebra").text


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("&size=1", "greater than or equal to 100"),
        ("&size=many", "Enter a whole number."),
        ("&size=100&overlap=100", "The overlap must be smaller than the chunk size"),
    ],
)
def test_sizes_that_cannot_be_are_refused_beside_the_field(browser, row, query, sentence):
    page = inspect(browser, row, query)

    assert page.status_code == 200
    assert sentence in page.text
    assert indices(page) == [0]  # as the job cuts


def test_markup_in_chunks_and_searches_is_text(browser, member):
    row = make_result(member, "Some <script>alert(1)</script> text.\n")

    page = inspect(browser, row, "&words=<b>script")

    assert "<script>alert" not in page.text
    assert "<b>script" not in page.text


def test_a_text_that_takes_too_long_to_cut_says_so(browser, row, monkeypatch):
    monkeypatch.setattr(text_work, "WORK_SECONDS", 0.0)

    assert "takes too long" in inspect(browser, row).text


def test_page_marks_that_are_no_page_numbers_break_nothing(browser, member):
    row = make_result(member, f"<!-- page {'9' * 5000} -->\n\nText.\n")

    for view in ("chunks", "markdown", "rendered"):
        assert browser.get(f"{url(row)}?view={view}").status_code == 200
