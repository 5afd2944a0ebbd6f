"""HTML and XHTML: the page as a browser shows it, without the site around its content."""

import codecs
import contextlib
import re
from pathlib import Path

from ..document import Block, Document
from ..encoding import decode_text, narrowed
from ..options import ConversionOptions
from ..reading import Reading, Report
from . import web_tree
from .embedded_pictures import is_wanted, read_pictures
from .web_blocks import Page, Walker
from .web_content import keep_content
from .web_flow import PLAIN
from .web_inferred import infer
from .web_notes import find_notes
from .web_parse import parse
from .web_pictures import embedded, sources
from .web_styles import Sheet
from .web_tree import Node, Tree

ENGINE = "turbohtml"
DECLARATION_BYTES = 4096  # of a page; there it says what its encoding is
CHARSET = re.compile(
    rb"""(?:<meta[^<>]+charset\s*=\s*["']?|encoding\s*=\s*["'])\s*([\w.:-]+)""", re.I
)
# Encoding Standard, section 4.2: what browsers take some names for.
BROWSER_NAMES = {
    "iso-8859-1": "cp1252", "latin1": "cp1252", "windows-1252": "cp1252",
    "us-ascii": "cp1252", "ascii": "cp1252",
    "gb2312": "gb18030", "gbk": "gb18030", "iso-8859-9": "cp1254", "tis-620": "cp874",
    "shift_jis": "cp932", "ks_c_5601-1987": "cp949", "euc-kr": "cp949", "x-sjis": "cp932",
}  # fmt: skip


def read(
    path: Path, filename: str, options: ConversionOptions, report: Report, *, format_name: str
) -> Reading:
    tree = parse(decoded(path.read_bytes()))
    document, source = page(tree)
    reading = Reading(document, ENGINE, source)
    if is_wanted(reading, options):
        found = [data for link in sources(tree.root) if (data := embedded(link)) is not None]
        read_pictures(((None, data) for data in found), reading, options, report)
    return reading


def page(tree: Tree, *, whole: bool = False, sheet: Sheet | None = None) -> tuple[Document, str]:
    """A parsed page as a document, and its bare text. `whole`: with what is around the content."""
    web_tree.settle(tree, sheet or Sheet(tree.sheets))
    warnings = []
    if tree.hidden:
        warnings.append(_hidden(tree.hidden))
    left_out = None if whole else keep_content(tree.root)
    if left_out is not None:
        warnings.append(left_out.sentence)
    infer(tree.root)
    source = bare_text(tree.root)
    document = Document(
        blocks=blocks(tree), language=tree.language, title=tree.title or None, warnings=warnings
    )
    return document, source


def blocks(tree: Tree) -> list[Block]:
    """The blocks of a settled tree."""
    notes = find_notes(tree.root)
    walker = Walker(Page(base=tree.base, has_tex=tree.has_tex, notes=notes))
    walker.walk(tree.root, PLAIN)
    walker.flow.flush()
    return walker.flow.blocks


def bare_text(root: Node) -> str:
    """All words in a tree, with spaces where blocks end."""
    parts: list[str] = []
    stack: list[Node | str] = [root]
    while stack:
        thing = stack.pop()
        if isinstance(thing, str):
            parts.append(thing)
            continue
        if thing.tag in web_tree.BLOCKS or thing.tag in {"br", "img", "input"}:
            stack.append(" ")
            parts.append(" ")
        if thing.tag == "select":
            continue
        stack.extend(reversed(thing.children))
    return "".join(parts)


def words(markup: str) -> str:
    """What a page says, as bare text."""
    tree = parse(markup)
    web_tree.settle(tree, Sheet(tree.sheets))
    return bare_text(tree.root)


def decoded(data: bytes, charset: str | None = None) -> str:
    """The text of a page; a mark at its start comes first, then `charset`, then its own word."""
    marked = narrowed(data)
    if marked is not data:
        return marked.decode("utf-8", "replace")
    declared = CHARSET.search(data[:DECLARATION_BYTES])
    own = declared[1].decode("ascii", "replace") if declared else None
    for name in (charset, own):
        if name and (text := _as(data, name)) is not None:
            return text
    guess = decode_text(data)
    return guess.text if guess else data.decode("utf-8", "replace")


def _as(data: bytes, name: str) -> str | None:
    name = BROWSER_NAMES.get(name.lower(), name)
    with contextlib.suppress(LookupError, UnicodeError, ValueError):
        if name == "cp1252" and not data.isascii():
            # Said by programs that do not know; what is UTF-8 by chance is no text.
            with contextlib.suppress(UnicodeError):
                return data.decode("utf-8")
        if codecs.lookup(name)._is_text_encoding:
            return data.decode(name)
    return None


def _hidden(number: int) -> str:
    if number == 1:
        return "A hidden part of the page was left out."
    return f"{number} hidden parts of the page were left out."
