"""What people see of a web page is in its Markdown, once and in order; nothing else is."""

import time
from types import SimpleNamespace

import pytest

from documents.conversion.document import Code, ListItem, Note, Table, plain
from documents.conversion.options import ConversionOptions
from documents.conversion.readers import web
from documents.conversion.writer import to_markdown


def page(tmp_path, markup, name="page.html"):
    path = tmp_path / name
    path.write_bytes(markup if isinstance(markup, bytes) else markup.encode())
    reading = web.read(path, name, ConversionOptions(), lambda *_: None, format_name="html")
    return SimpleNamespace(
        document=reading.document,
        markdown=to_markdown(reading.document).strip(),
        warnings=reading.document.warnings,
        blocks=reading.document.blocks,
    )


@pytest.fixture
def md(tmp_path):
    return lambda markup: page(tmp_path, markup).markdown


def test_unclosed_cells_and_wrong_nesting_are_read_as_browsers_read_them(md):
    assert md("<table><tr><th>A<th>B<tr><td>1<div>2<tr><td>3<td>4</table>") == (
        "| A | B |\n| --- | --- |\n| 1<br>2 |  |\n| 3 | 4 |"
    )
    assert md("<p>a <b>b <i>c</b> d</i>") == "a **b *c*** *d*"


@pytest.mark.parametrize(
    ("listing", "shown"),
    [
        ("<ol start=3><li>a<li value=7>b<li>c</ol>", "3. a\n\n<!-- -->\n\n7. b\n8. c"),
        ("<ol type=a><li>x<li>y</ol>", "a. x\n\nb. y"),
        ("<ol type=I start=4><li>x</ol>", "IV. x"),
        ("<ol reversed><li>x<li>y<li>z</ol>", "3. x\n\n<!-- -->\n\n2. y\n\n<!-- -->\n\n1. z"),
        ("<ol style='list-style-type:lower-greek'><li>x</ol>", "α. x"),
        ("<ul><li>a<ul><li>b</ul><li>c</ul>", "- a\n  - b\n- c"),
        ("<ul><li>a</li><ul><li>b</li></ul></ul>", "- a\n  - b"),
        ("<ul><li><ul><li>b</ul></ul>", "- b"),
        ("<ul><li>a<p>more</p><li>b</ul>", "- a\n\n  more\n\n- b"),
    ],
)
def test_items_have_the_numbers_and_levels_that_people_see(md, listing, shown):
    assert md(listing) == shown


def test_a_heading_in_an_item_keeps_its_number_and_its_place(md):
    steps = "<ol><li><h3>Load</h3><p>Lift it.</p><li><h3>Drive</h3><p>Go.</p></ol>"

    assert md(steps) == "### 1. Load\n\nLift it.\n\n### 2. Drive\n\nGo."


def test_boxes_of_a_task_list_keep_their_state(md):
    tasks = "<ul><li><input type=checkbox checked> Fuel<li><input type=checkbox> Oil</ul>"

    assert md(tasks) == "- [x] Fuel\n- [ ] Oil"


def test_forms_say_what_was_filled_in_and_chosen(md):
    form = (
        "<form><p>Name <input value='Ada'> <input type=hidden value=secret>"
        "<select><option>Kiel<option selected>Oslo</select> "
        "<label><input type=radio checked>Yes</label> <label><input type=radio>No</label>"
        "<button>Send</button></p></form>"
    )

    assert md(form) == "Name Ada Oslo ☒ Yes ☐ No"


def test_coloured_code_keeps_its_lines_and_its_language(tmp_path):
    pre = (
        '<div class="highlight-python"><pre><span class="lineno">1</span><span class="k">def</span>'
        ' f():\n<span class="lineno">2</span>    <b>return</b> <i>1</i>\n</pre></div>'
    )

    [code] = page(tmp_path, pre).blocks

    assert code == Code(text="def f():\n    return 1", language="python")


def test_a_table_of_line_numbers_and_code_is_code(tmp_path):
    table = "<table><tr><td><pre>1\n2</pre><td><pre>a = 1\n\tb = 2</pre></table>"

    assert [b.text for b in page(tmp_path, table).blocks] == ["a = 1\n\tb = 2"]


def test_paragraphs_in_courier_are_one_block_of_code_among_text(tmp_path):
    line = "<p style='font-family:Courier New'>x = {}</p>"
    markup = f"<p>{'Words of a text. ' * 5}</p>{line.format(1)}{line.format(2)}"

    assert page(tmp_path, markup).blocks[-1] == Code(text="x = 1\nx = 2")


def test_raised_lowered_and_struck_text_is_marked(md):
    assert md("<p>10<sup>6</sup> H<sub>2</sub>O <del>90</del> <ins>75</ins></p>") == (
        "10⁶ H₂O ~~90~~ 75"
    )


WORD_NOTE = '<div id="ftn1"><p><a href="#_ftnref1" name="_ftn1">[1]</a> '


@pytest.mark.parametrize(
    ("call", "note"),
    [
        ('<a epub:type="noteref" href="#n">*</a>', '<aside epub:type="footnote" id="n">'),
        ('<sup><a id="r" href="#n">1</a></sup>', '<p id="n"><a href="#r">1</a>. '),
        ('<a role="doc-noteref" href="#n">1</a>', '<div><p id="n">'),
        ('<sup class="reference"><a href="#n">[1]</a></sup>', '<ol><li id="n"><a href="#r">↑</a> '),
        ('<a href="#_ftn1" name="_ftnref1">[1]</a>', WORD_NOTE),
    ],
)  # fmt: skip
def test_a_raised_number_that_leads_to_a_note_calls_it(tmp_path, call, note):
    markup = f"<p>The pump{call} is old.</p><p>Next.</p>{note}Made in 1950."

    result = page(tmp_path, markup)

    label = next(block for block in result.blocks if isinstance(block, Note)).label
    assert f"The pump[^{label}] is old." in result.markdown
    assert f"[^{label}]: Made in 1950." in result.markdown


def test_links_to_headings_call_no_notes(md):
    assert md('<p>See <a href="#two">2</a>.</p><h2 id="two">2 Pumps</h2>') == (
        "See 2.\n\n## 2 Pumps"
    )


def test_terms_stand_above_their_definitions(md):
    assert md("<dl><dt>Volt<dd>Tension.<dd>Unit.</dl>") == "**Volt**\\\nTension.\n\nUnit."


def test_quotes_nest_and_hold_lists(md):
    assert md("<blockquote>a<blockquote>b</blockquote><ul><li>c</ul></blockquote>") == (
        "> a\n>\n> > b\n>\n> - c"
    )


def test_only_links_that_lead_somewhere_are_links(md):
    markup = (
        "<base href='https://e.org/x/'><p><a href='y'>rel</a> <a href='javascript:a()'>js</a>"
        " <a href='#top'>top</a> <a href='mailto:a@b.org'>mail</a></p>"
    )

    assert md(markup) == "[rel](https://e.org/x/y) js top [mail](mailto:a@b.org)"


def test_pictures_say_what_describes_them(md):
    assert md("<p><img src=p.png alt='A pump'></p>") == "![A pump]()"
    assert md("<p>Press <img alt=Enter> now <img alt=''></p>") == "Press Enter now"
    assert md("<figure><img alt='A pump'><figcaption>Figure 1</figcaption></figure>") == (
        "![A pump]()\n\nFigure 1"
    )


def test_soft_hyphens_and_what_has_no_width_go(md):
    assert md("<p>co&shy;op zero&#x200b;width a<wbr>b</p>") == "coop zerowidth ab"


def test_readings_of_characters_stand_in_brackets(md):
    assert md("<p><ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby></p>") == "漢(kan)"
    assert md("<p><ruby>漢<rt>kan</rt></ruby></p>") == "漢(kan)"


R2 = "<mi>A</mi><mo>=</mo><mi>π</mi><msup><mi>r</mi><mn>2</mn></msup>"
ROOT = "<mfrac><mi>m</mi><msqrt><mi>V</mi></msqrt></mfrac>"
SUM = "<munderover><mo>∑</mo><mi>i</mi><mi>n</mi></munderover><msub><mi>x</mi><mi>i</mi></msub>"
KEPT = (
    "<semantics><mi>x</mi><annotation encoding='application/x-tex'>{\\displaystyle y}"
    "</annotation></semantics>"
)
MATRIX = (
    "<mo>(</mo><mtable><mtr><mtd><mn>1</mn></mtd><mtd><mn>0</mn></mtd></mtr></mtable><mo>)</mo>"
)


@pytest.mark.parametrize(
    ("mathml", "written"),
    [
        (R2, r"$A=\pi r^2$"),
        (ROOT, r"$\frac{m}{\sqrt{V}}$"),
        (SUM, r"$\sum_i^nx_i$"),
        ("<mi>sin</mi><mi>x</mi>", r"$\sin x$"),
        (KEPT, "$y$"),
        (MATRIX, r"$\begin{pmatrix} 1 & 0 \end{pmatrix}$"),
    ],
)
def test_formulas_are_latex(md, mathml, written):
    assert md(f"<p>so <math>{mathml}</math> holds</p>") == f"so {written} holds"


def test_a_formula_on_its_own_line_is_displayed(md):
    assert md("<p>a<math display=block><mi>x</mi></math>b</p>") == "a\n\n$$\nx\n$$\n\nb"


def test_latex_that_a_script_would_set_is_a_formula(md):
    text = r"<p>so \(x^2\) holds \[y\] now</p>"

    assert md(f"<script src='https://x.org/MathJax.js'></script>{text}") == (
        "so $x^2$ holds\n\n$$\ny\n$$\n\nnow"
    )
    assert "$" not in md(text)


# --- tables ---


def test_tables_that_lay_out_the_page_dissolve(md):
    frame = "<table><tr><td>{}</td></tr></table>"
    data = "<table border=1><tr><td>Load<td>5 kg</table>"

    markup = frame.format(f"<h1>Pumps</h1>{frame.format('<p>Text.</p>' + data)}")

    assert md(markup) == "# Pumps\n\nText.\n\n| Load | 5 kg |\n| --- | --- |"


def test_one_row_of_frames_dissolves_and_one_row_of_words_does_not(md):
    assert md("<table><tr><td><ul><li>a</ul><td><p>b</p><p>c</p></table>") == "- a\n\nb\n\nc"
    assert md("<table><tr><td>Total<td>12 EUR</table>").startswith("| Total | 12 EUR |")


def test_a_table_with_the_role_of_presentation_dissolves(md):
    assert md("<table role=presentation><tr><td>a<td>b<tr><td>c<td>d</table>") == "a\n\nb\n\nc\n\nd"


def test_a_table_in_a_cell_follows_its_row(tmp_path):
    inner = "<table><tr><th>K<th>N<tr><td>a<td>1</table>"
    markup = (
        "<table><tr><th>Customer<th>Lines"
        f"<tr><td>Ada<td>Before{inner}After<tr><td>Bo<td>None</table>"
    )

    result = page(tmp_path, markup)

    tables = [
        [[plain(cell.spans) for cell in row] for row in block.rows]
        for block in result.blocks
        if isinstance(block, Table)
    ]
    assert tables == [
        [["Customer", "Lines"], ["Ada", "Before"]],
        [["K", "N"], ["a", "1"]],
        [["Customer", "Lines"], ["Bo", "None"]],
    ]
    assert result.markdown.index("| a | 1 |") < result.markdown.index("After")


def test_lists_and_breaks_in_a_cell_are_lines_of_it(md):
    table = "<table><tr><th>A<tr><td><ul><li>x<li>y</ul>z<br>q</table>"

    assert md(table) == "| A |\n| --- |\n| • x<br>• y<br>z<br>q |"


def test_captions_and_titles_stand_above_their_tables(md):
    rows = "<tr><th>A<th>B<tr><td>1<td>2"

    assert md(f"<table><caption>Limits</caption>{rows}</table>").startswith("Limits\n\n| A | B |")
    assert md(f"<table><tr><td colspan=2>Limits</td></tr>{rows}</table>").startswith(
        "Limits\n\n| A | B |"
    )


# --- what is the page, and what the site ---

ARTICLE = f"<h1>Pumps</h1><p>{'The pump runs at night and rests by day. ' * 5}</p>"
SITE = (
    '<header><a href="/">Logo</a></header><nav><a href="/a">Home</a> <a href="/b">News</a></nav>'
    '<div id="cookie-banner">We use cookies. <button>Accept</button></div>{}'
    "<aside><h2>Related</h2><a href=/c>Valves</a></aside><footer>Copyright 2026</footer>"
)


@pytest.mark.parametrize(
    "content",
    [
        f"<main>{ARTICLE}</main>",
        f"<article>{ARTICLE}</article>",
        f"<div class=content>{ARTICLE}</div>",
        f"<div role=main>{ARTICLE}</div>",
    ],
)
def test_the_site_around_the_content_is_left_out_with_a_word(tmp_path, content):
    result = page(tmp_path, SITE.format(content))

    assert result.markdown.startswith("# Pumps\n\nThe pump runs")
    for chrome in ("Home", "cookies", "Related", "Copyright", "Logo"):
        assert chrome not in result.markdown
    assert any("navigation" in warning for warning in result.warnings)


def test_the_title_of_a_page_is_kept_from_its_header(md):
    header = "<header><h1>Pumps</h1><nav><a href=/>Home</a></nav></header>"

    assert md(f"{header}<main><p>{'Long text. ' * 20}</p></main>").startswith("# Pumps\n\nLong")


def test_header_aside_and_footer_of_an_article_are_part_of_it(md):
    article = (
        f"<main><article><header><p>By Ada</p></header>{ARTICLE}<aside>Mind the valve.</aside>"
        "<footer>Printed in Kiel</footer></article></main>"
    )

    for words in ("By Ada", "Mind the valve.", "Printed in Kiel"):
        assert words in md(article)


def test_a_page_of_links_keeps_them(md):
    links = "<nav><ul><li><a href='https://a.org'>A</a><li><a href='https://b.org'>B</a></ul></nav>"

    assert md(links) == "- [A](https://a.org)\n- [B](https://b.org)"


@pytest.mark.parametrize(
    "hidden",
    [
        "<p hidden>gone</p>",
        "<p style='display: none'>gone</p>",
        "<style>.x { display: none }</style><p class=x>gone</p>",
        "<template><p>gone</p></template>",
        "<noscript>gone</noscript>",
        "<script>gone</script>",
        "<dialog>gone</dialog>",
        "<p style='mso-hide:all'>gone</p>",
    ],
)
def test_what_browsers_do_not_show_is_left_out(md, hidden):
    assert md(f"<p>kept {'words ' * 10}</p>{hidden}<p>end</p>").split() == (
        ["kept", *["words"] * 10, "end"]
    )


def test_a_page_that_its_scripts_would_show_is_shown(md):
    assert md("<body><div style='display:none'><p>All there is.</p></div>") == "All there is."


def test_larger_letters_are_headings_in_a_page_without_any(md):
    style = "<style>.t{font-size:18pt;font-weight:bold}.s{font-size:14pt}</style>"
    text = f"<p>{'Common words of a text. ' * 4}</p>"

    result = md(f"{style}<p><span class=t>Pumps</span></p>{text}<p class=s>Old</p>{text}")

    assert result.startswith("# Pumps\n")
    assert "\n## Old\n" in result


# --- encodings ---


@pytest.mark.parametrize(
    ("encoding", "declaration"),
    [
        ("windows-1251", '<meta charset="windows-1251">'),
        ("shift_jis", '<meta http-equiv="Content-Type" content="text/html; charset=Shift_JIS">'),
        ("utf-16", ""),
        ("utf-8", ""),
    ],
)
def test_a_page_is_read_in_the_encoding_it_states(tmp_path, encoding, declaration):
    words = "Москва стоит" if encoding != "shift_jis" else "東京の港"

    result = page(tmp_path, f"<html>{declaration}<p>{words}</p>".encode(encoding))

    assert result.markdown == words


def test_xhtml_is_read_as_xml_when_it_is_some(tmp_path):
    markup = (
        '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body>'
        '<p>a<a id="p1"/>b&nbsp;<b/>c</p><script/><p>d</p></body></html>'
    )

    assert page(tmp_path, markup, "page.xhtml").markdown == "ab c\n\nd"


# --- hostile pages ---


@pytest.mark.parametrize(
    "piece",
    [
        "<div>", "<table><tr><td>", "<ul><li>a", "<blockquote>a", "<b>a", "<sup>a", "<dl><dt>a<dd>",
        "<figure><figcaption>a",  "<table border=1><tr><td>a<td>b<tr><td>",
    ],
)  # fmt: skip
def test_elements_without_end_in_one_another_are_read_to_the_last_word(md, piece):
    assert "last" in md(f"{piece * 20_000}last")


def test_spans_over_thousands_of_columns_cost_nothing(tmp_path):
    rows = "<tr><td colspan=100000 rowspan=100000>x<td>y" * 2000

    start = time.process_time()
    result = page(tmp_path, f"<table border=1>{rows}</table>")

    assert time.process_time() - start < 5  # seconds
    assert len(result.markdown) < 100_000


def test_items_are_items(tmp_path):
    assert all(isinstance(b, ListItem) for b in page(tmp_path, "<ul><li>a<li>b</ul>").blocks)


def test_words_stay_apart_when_a_style_changes_after_a_line_break(md):
    markup = (
        "<p>Office<br>Call <b>0800 55</b> or<br><a href='https://x.example'>write</a> to us</p>"
    )

    assert md(markup) == ("Office\\\nCall **0800 55** or\\\n[write](https://x.example) to us")
