"""What a source holds, counted by plainer means than its conversion: headings, items, rows, notes.

Only what is certain is counted: a table that may arrange a page and not hold data is left out, and
where there is no plain way to count, nothing is, so that no result is accused for want of evidence.
"""

import contextlib
import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from lxml import etree, html

from ..encoding import decode_text
from ..errors import EngineError, engine_at_work
from ..readers.elements import name_of
from ..readers.packages import Package, parse
from .facts import Facts, key, named_key, of_markdown, row_key
from .words import words_of

MAX_BYTES = 64 * 1024**2  # of a part; counting more takes longer than it is worth
MOST_ATTRIBUTES = 10_000  # of one tag
# Formats whose words are those that people see, and no guess of an engine.
TRUSTED = frozenset(
    ["docx", "odt", "pptx", "odp", "xlsx", "xls", "ods", "html", "epub", "eml", "msg", "csv", "tsv",
     "json", "jsonl", "xml", "org", "rst", "asciidoc", "ipynb", "fb2", "vcf", "ics", "svg"]
)  # fmt: skip
HIDDEN = frozenset(
    ["Fallback", "del", "moveFrom", "annotation", "tracked-changes", "script", "style", "head",
     "template", "noscript", "oMath", "math", "nav", "footer", "aside", "notes", "forms",
     "instrText", "header"]
)  # fmt: skip
HEADING_STYLE = re.compile(r"heading [1-9]|title", re.I)
SLIDE = re.compile(r"ppt/slides/slide\d+\.xml")
HTML_HEADING = re.compile(r"h[1-6]")
BLOCKS_IN_CELLS = frozenset(
    ["h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "h", "list", "tbl", "dl", "pre"]
)
ROW_ENDS = frozenset(["p", "h", "br", "div", "line-break", "tab", "li"])

Counter = Callable[[Path], Facts]


def facts_of(path: Path, format_name: str) -> Facts:
    """What the file at `path` holds beside its words; nothing where there is no way to count."""
    count = COUNTERS.get(format_name)
    facts = Facts()
    if count is not None and path.stat().st_size <= MAX_BYTES:
        # What is damaged is told by the reader.
        with contextlib.suppress(EngineError), engine_at_work():
            facts = count(path)
    return replace(facts, is_trusted=format_name in TRUSTED)


def walk(root: etree._Element) -> Iterator[etree._Element]:
    """All elements that are shown, in their order."""
    stack = [iter([root])]
    while stack:
        element = next(stack[-1], None)
        if element is None:
            stack.pop()
        elif (name := name_of(element)) and name not in HIDDEN:
            yield element
            stack.append(iter(element))


def said(element: etree._Element, runs: str | None) -> str:
    """The text of an element: of its `runs` if they are named, else all of it."""
    pieces: list[str] = []
    for inner in walk(element):
        name = name_of(inner)
        if inner is not element and name in ROW_ENDS:
            pieces.append(" ")
        if runs is None or name == runs:
            pieces.append(inner.text or "")
        if runs is None and inner is not element:
            pieces.append(inner.tail or "")
    return "".join(pieces)


def rows_of(
    table: etree._Element, row: str, cells: frozenset[str], runs: str | None
) -> list[tuple[str, ...]]:
    """The rows of a table that certainly holds data: at least two rows and two columns of text."""
    rows = [element for element in walk(table) if name_of(element) == row]
    found: list[tuple[str, ...]] = []
    for element in rows:
        own = [cell for cell in element if name_of(cell) in cells]
        if any(name_of(inner) in BLOCKS_IN_CELLS for cell in own for inner in walk(cell)):
            return []
        found.append(row_key(said(cell, runs) for cell in own))
    filled = [entry for entry in found if entry]
    return filled if len(filled) > 1 and max(map(len, filled)) > 1 else []


def _docx(path: Path) -> Facts:
    with Package.open(path) as package:
        body = package.tree("word/document.xml")
        styles = package.tree("word/styles.xml")
        notes, noted = _docx_notes(package)
    if body is None:
        return Facts()
    heading_styles, list_styles = _docx_styles(styles)
    headings: list[str] = []
    items: list[str] = []
    rows: list[tuple[str, ...]] = []
    _clear_hidden(body)
    # Cells are lines of text in Markdown: an item in one may be told in any way.
    in_cells = {paragraph for cell in body.iter("{*}tc") for paragraph in cell.iter("{*}p")}
    for element in walk(body):
        if name_of(element) == "tbl":
            rows += rows_of(element, "tr", frozenset(["tc"]), "t")
        if name_of(element) != "p" or not (found := named_key(said(element, "t"))):
            continue
        style, level, is_item = _docx_paragraph(element)
        if style in heading_styles or level is not None:
            headings.append(found)
        elif element in in_cells:
            continue
        elif is_item or (style in list_styles and is_item is None):
            items.append(found)
    words = words_of(" ".join([said(body, "t"), *noted]))
    return Facts(words, headings, items, rows, notes)


def _clear_hidden(body: etree._Element) -> None:
    """Empty the runs that are marked as hidden."""
    for mark in body.iterfind(".//{*}r/{*}rPr/{*}vanish"):
        run = mark.getparent().getparent()  # type: ignore[union-attr]
        for text in () if run is None else run.iterfind("{*}t"):
            text.text = ""


def _docx_paragraph(element: etree._Element) -> tuple[str, str | None, bool | None]:
    """Style, outline level and whether it is an item: None where its style has to tell."""
    style, level, is_item = "", None, None
    for inner in element.iterfind("{*}pPr/*"):
        value = next((v for n, v in inner.attrib.items() if str(n).endswith("}val")), "")
        match name_of(inner):
            case "pStyle":
                style = str(value)
            case "outlineLvl" if str(value) != "9":
                level = str(value)
            case "numPr":
                number = inner.find("{*}numId")
                is_item = number is not None and "0" not in number.attrib.values()
    return style, level, is_item


def _docx_styles(styles: etree._Element | None) -> tuple[set[str], set[str]]:
    """The styles that are headings, and those of lists."""
    headings: set[str] = set()
    listed: set[str] = set()
    for style in () if styles is None else styles.iterfind("{*}style"):
        own = next((str(v) for n, v in style.attrib.items() if str(n).endswith("styleId")), "")
        name = style.find("{*}name")
        called = " ".join(map(str, name.attrib.values())) if name is not None else ""
        if HEADING_STYLE.fullmatch(called):
            headings.add(own)
        elif style.find("{*}pPr/{*}numPr") is not None:
            listed.add(own)
    return headings, listed


def _docx_notes(package: Package) -> tuple[list[str], list[str]]:
    """The keys of the notes, and their texts."""
    texts: list[str] = []
    for kind in ("footnote", "endnote"):
        root = package.tree(f"word/{kind}s.xml")
        for note in () if root is None else root.iterfind(f"{{*}}{kind}"):
            if not any(str(name).endswith("}type") for name in note.attrib):
                texts.append(said(note, "t"))
    return [found for text in texts if (found := key(text))], texts


def _odf(path: Path) -> Facts:
    with Package.open(path) as package:
        root = package.tree("content.xml")
    if root is None:
        return Facts()
    headings: list[str] = []
    notes: list[str] = []
    rows: list[tuple[str, ...]] = []
    titles = {"Title", *_odf_titles(root)}
    for element in walk(root):
        name = name_of(element)
        is_title = name == "p" and _named(element, "style-name") in titles
        if (name == "h" or is_title) and (found := named_key(said(element, None))):
            headings.append(found)
        elif name == "note-body" and (found := key(said(element, None))):
            notes.append(found)
        elif name == "table":
            rows += rows_of(element, "table-row", frozenset(["table-cell"]), None)
    return Facts(headings=headings, rows=rows, notes=notes)


def _odf_titles(root: etree._Element) -> Iterator[str]:
    """The styles of a text that are its own kinds of the style of titles."""
    for style in root.iterfind("{*}automatic-styles/{*}style"):
        if _named(style, "parent-style-name") == "Title":
            yield _named(style, "name")


def _named(element: etree._Element, name: str) -> str:
    return next((str(v) for n, v in element.attrib.items() if str(n).endswith(f"}}{name}")), "")


def _pptx(path: Path) -> Facts:
    rows: list[tuple[str, ...]] = []
    with Package.open(path) as package:
        names = [n for n in package.names if SLIDE.fullmatch(n)]
        slides = [package.tree(name) for name in sorted(names)]
    for slide in slides:
        if slide is None or slide.get("show") == "0":
            continue
        for table in (element for element in walk(slide) if name_of(element) == "tbl"):
            rows += rows_of(table, "tr", frozenset(["tc"]), "t")
    return Facts(rows=rows)


def _html(path: Path) -> Facts:
    data = path.read_bytes()
    if max(piece.count(b"=") for piece in data.split(b">")) > MOST_ATTRIBUTES:
        return Facts()  # the parser compares each attribute of a tag with all others
    parser = html.HTMLParser(remove_comments=True, remove_pis=True, huge_tree=True)
    root = html.document_fromstring(data, parser=parser)
    return _web(root)


def _epub(path: Path) -> Facts:
    rows: list[tuple[str, ...]] = []
    with Package.open(path) as package:
        names = [n for n in package.names if n.lower().endswith((".xhtml", ".html", ".htm"))]
        for root in (parse(package.read(name)) for name in sorted(names)):
            rows += (_web(root).rows or []) if root is not None else []
    return Facts(rows=rows)


def _web(root: etree._Element) -> Facts:
    headings: list[str] = []
    rows: list[tuple[str, ...]] = []
    for element in walk(root):
        name = name_of(element)
        if HTML_HEADING.fullmatch(name) and (found := named_key(said(element, None))):
            headings.append(found)
        elif name == "table":
            rows += rows_of(element, "tr", frozenset(["td", "th"]), None)
    return Facts(headings=headings, rows=rows)


def _delimited(path: Path) -> Facts:
    decoded = decode_text(path.read_bytes())
    if decoded is None:
        return Facts()
    try:
        dialect: Any = csv.Sniffer().sniff(decoded.text[:20_000], ",;\t|")
        rows = list(csv.reader(io.StringIO(decoded.text), dialect))
    except csv.Error:
        return Facts()
    found = [entry for row in rows if (entry := row_key(row))]
    return Facts(rows=[entry for entry in found if len(entry) > 1])


def _markdown(path: Path) -> Facts:
    decoded = decode_text(path.read_bytes())
    return of_markdown(decoded.text) if decoded else Facts()


COUNTERS: dict[str, Counter] = {
    "docx": _docx,
    "odt": _odf,
    "pptx": _pptx,
    "html": _html,
    "epub": _epub,
    "csv": _delimited,
    "tsv": _delimited,
    "md": _markdown,
}
