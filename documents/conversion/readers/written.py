"""Formats that are text written for people or programs: decoded, then taken apart."""

from collections.abc import Callable
from pathlib import Path

from lxml import etree

from .. import errors
from ..document import Code, Document, Heading, Paragraph, Span
from ..markdown import clean_text
from ..options import ConversionOptions
from ..reading import Reading, Report
from . import asciidoc, cards, data, drawings, fictionbook, notebooks, org
from .elements import name_of
from .packages import parse
from .text import text_of_file


def read(
    path: Path, filename: str, options: ConversionOptions, report: Report, *, format_name: str
) -> Reading:
    """Read data, light markup, a notebook, a book, contacts or a drawing.

    Raises EngineError for what is not written in its language.
    """
    if format_name in TREES:
        return Reading(TREES[format_name](_tree(path.read_bytes())), "lxml")
    text = clean_text(text_of_file(path, filename, format_name))
    try:
        document = TEXTS[format_name](text)
    except ValueError as problem:
        raise errors.EngineError(str(problem)) from problem
    return Reading(document, "text")


def _tree(raw: bytes) -> etree._Element:
    with errors.engine_at_work():
        root = parse(raw)
    if root is None:
        raise errors.EngineError("It holds no XML.")
    return root


def _xml(root: etree._Element) -> Document:
    if name_of(root) == "FictionBook":
        return fictionbook.read_tree(root)
    if name_of(root) == "svg":
        return drawings.read_tree(root)
    heading = Heading([Span(name_of(root))])
    return Document([heading, *data.blocks_of(data.xml_value(root))])


def _json(text: str) -> Document:
    return Document(list(data.blocks_of(data.loads(text))))


def _json_lines(text: str) -> Document:
    values, broken = data.json_lines(text)
    document = Document(list(data.blocks_of(values)))
    if broken:
        document.blocks += [Code(line) for line in broken]
        document.warnings.append(f"{len(broken)} lines are no JSON; they stand at the end.")
    return document


def _restructured(text: str) -> Document:
    from . import restructured  # docutils takes a while to load

    return restructured.read_text(text)


def _cards(text: str) -> Document:
    document = cards.read_text(text)
    return document if document.blocks else Document([Paragraph([Span(text.strip())])])


TEXTS: dict[str, Callable[[str], Document]] = {
    "json": _json,
    "jsonl": _json_lines,
    "org": org.read_text,
    "asciidoc": asciidoc.read_text,
    "rst": _restructured,
    "ipynb": notebooks.read_text,
    "vcf": _cards,
    "ics": _cards,
}
TREES: dict[str, Callable[[etree._Element], Document]] = {
    "xml": _xml,
    "svg": drawings.read_tree,
    "fb2": fictionbook.read_tree,
}
