"""Markdown of strangers as HTML."""

import pytest

from documents import preview, text_work
from documents.conversion import rendering


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        '<a href="javascript:alert(1)">x</a>',
        '<p style="position:fixed" onclick="alert(1)" id="main" class="dialog">x</p>',
        "<iframe src=https://evil.example></iframe>",
        "<form action=https://evil.example><input></form>",
        '<svg><use href="data:x"/></svg>',
        "<style>body{display:none}</style>",
        "![x](https://evil.example/pixel.png)",
        "<!-- page 1 --><script>alert(1)</script>",
        '<meta http-equiv="refresh" content="0;url=https://evil.example">',
    ],
)
def test_nothing_in_a_document_acts_or_fetches(attack):
    html = preview.to_html(f"before\n\n{attack}\n\nafter")

    # What stands as plain text (“javascript:” of a link that is none) does no harm.
    for forbidden in ["<script", "<img", "<iframe", "<form", "<input", "<svg", "<style", "<meta",
                      'href="javascript', "onclick", "onerror", "style=", "id=",
                      'class="dialog"', "src="]:  # fmt: skip
        assert forbidden not in html
    assert "before" in html
    assert "after" in html


def test_links_tell_nothing_about_where_they_were_followed():
    html = preview.to_html("[site](https://example.org)")

    assert html == (
        '<p dir="auto">'
        '<a href="https://example.org" rel="nofollow noopener noreferrer">site</a></p>\n'
    )


def test_a_picture_becomes_its_description():
    html = preview.to_html("![a *blue* <b>chart</b>](https://example.org/x.png)")

    assert "[a blue" in html
    assert "example.org" not in html


def test_tables_keep_their_alignment_without_styles():
    html = preview.to_html("| a | b |\n|:-:|---|\n| 1 | 2 |")

    assert '<th align="center">a</th>' in html
    assert "<td>2</td>" in html


def test_page_marks_of_the_conversion_become_visible():
    html = preview.to_html("<!-- page 12 -->\n\ntext\n\n<!-- other -->\n")

    assert html == '<p class="page-mark" dir="auto">Page 12</p>\n<p dir="auto">text</p>\n\n'


def test_each_block_runs_in_the_direction_of_its_own_letters():
    html = preview.to_html("# שלום\n\nEnglish\n\n- مرحبا\n\n> x\n\n| a |\n|---|\n")

    for block in ("h1", "p", "ul", "li", "blockquote", "table"):
        assert f'<{block} dir="auto">' in html


def test_a_short_text_is_not_cut_and_a_long_one_at_a_line():
    assert preview.shortened("short") == ("short", False)

    text, is_cut = preview.shortened("0123456789\n" * 40_000)

    assert is_cut
    assert text.endswith("9")
    assert 299_980 < len(text) <= 300_000


@pytest.mark.parametrize(
    "html",
    [
        "<ul><li>" * 37_500,  # the sanitizer took the web process 26 s
        "<b>" * 25_000 + "<p>" * 25_000,
        "<blockquote>" * 101,
    ],
)
def test_elements_that_stand_deep_in_each_other_are_not_rendered(html):
    with pytest.raises(text_work.TakesTooLong):
        preview.to_html(html)


@pytest.mark.parametrize(
    "html",
    [
        "<p>",
        "</p>",
        "<p><b></p></b>",
        "<p>1 < 2</p>",
        "<p onclick=x>a</p>",
        "<!-- a -->",
        '<a href="x" title="<b>">a',
        "<b>" * 101 + "</b>" * 101,
        "<" * 1000,
        '<p class="' * 1000,
    ],
)
def test_html_that_is_not_well_formed_or_too_deep_is_not_believed(html):
    assert not rendering.is_sound(html)


@pytest.mark.parametrize(
    "markdown",
    [
        "",
        "text",
        "a<br>b\n\n---\n",
        "> - [x](http://e.org '<b>\"&')\n\n| a |\n|:-:|\n| <i> |",
        "<p>",
        "<!-- page 3 -->",
    ],
)
def test_what_a_child_cleaned_is_believed_to_be_well_formed(markdown):
    assert rendering.is_sound(rendering.to_html(markdown, "Page %s"))


def test_notes_stand_at_the_end_under_their_numbers():
    html = rendering.to_html("Fact[^a].\n\n[^a]: January.\n", "Page %s")

    assert "Fact<sup>[1]</sup>." in html
    assert "<li" in html[html.index("<hr>") :]
    assert "January." in html[html.index("<hr>") :]
