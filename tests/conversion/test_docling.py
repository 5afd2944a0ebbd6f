"""What docling.rs finds, as blocks: lists, tables with spans, notes, slides."""

import docx
import pytest

from documents.conversion import ConversionOptions
from documents.conversion.readers.docling import _Walk
from documents.conversion.readers.office import read
from documents.conversion.writer import to_markdown


def document_of(path, format_name):
    report = lambda *_: None  # noqa: E731
    return read(path, path.name, ConversionOptions(), report, format_name=format_name).document


def html(tmp_path, body):
    path = tmp_path / "page.html"
    path.write_text(f"<html><body>{body}</body></html>")
    return to_markdown(document_of(path, "html"))


def test_nested_lists_keep_their_levels_and_numbers(tmp_path):
    body = "<ol start=3><li>three<ul><li>a</li></ul></li><li>four</li></ol>"

    assert html(tmp_path, body) == "3. three\n   - a\n4. four\n"


def test_cells_keep_their_spans(tmp_path):
    body = (
        "<table><tr><th rowspan=2>Site<th colspan=2>Costs<tr><th>Fuel<th>Repair"
        "<tr><td>Kiel<td>3<td>4</table>"
    )

    assert html(tmp_path, body) == (
        "| Site | Costs |  |\n| --- | --- | --- |\n|  | Fuel | Repair |\n| Kiel | 3 | 4 |\n"
    )


def test_a_table_that_lays_out_the_page_dissolves(tmp_path):
    body = "<table><tr><td><h1>Title</h1><p>Text</p><ul><li>item</li></ul></table>"

    assert html(tmp_path, body) == "# Title\n\nText\n\n- item\n"


def test_styles_of_letters_are_kept(tmp_path):
    body = "<p>10<sup>6</sup> <s>old</s> <a href='https://example.org/x'>link</a>.</p>"

    assert html(tmp_path, body) == "10⁶ ~~old~~ [link](https://example.org/x).\n"


@pytest.mark.parametrize("depth", [200, 5000])
def test_what_stands_very_deep_is_read_all_the_same(tmp_path, depth):
    body = "<ul><li>x" * depth + "end"

    assert "x" in html(tmp_path, body)


def test_a_result_that_goes_very_deep_needs_no_recursion():
    items = [
        {"self_ref": f"#/groups/{n}", "label": "list", "children": [{"$ref": f"#/groups/{n + 1}"}]}
        for n in range(50_000)
    ]
    items[-1]["children"] = [{"$ref": "#/texts/0"}]
    text = {"self_ref": "#/texts/0", "label": "text", "text": "end"}
    roots = {"body": {"children": [{"$ref": "#/groups/0"}]}, "furniture": {}}

    found = _Walk({**roots, "groups": items, "texts": [text]}, "html").found()

    assert to_markdown(found.document) == "end\n"


def test_headers_of_a_text_are_not_part_of_its_body(tmp_path):
    text = docx.Document()
    text.add_paragraph("Body")
    text.sections[0].header.paragraphs[0].text = "Running head"
    path = tmp_path / "text.docx"
    text.save(path)

    assert to_markdown(document_of(path, "docx")) == "Body\n"
