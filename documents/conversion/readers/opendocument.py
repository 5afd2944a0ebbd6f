"""OpenDocument texts (ODT): the body, with the headers and footers of its pages.

The text is read as LibreOffice shows it with all changes accepted. What is left out is said in
warnings.
"""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from lxml import etree

from .. import errors
from ..document import Block, Document, Heading, Paragraph, Table, plain
from ..options import ConversionOptions
from ..reading import Reading, Report
from .bold_lines import with_headings
from .embedded_pictures import is_wanted, read_pictures
from .flat import flattened
from .odf_flow import Flow
from .odf_names import DC, FO, OFFICE, STYLE
from .odf_source import source_text
from .packages import Package
from .told import counted

ENGINE = "opendocument"
USUAL_MASTER = "Standard"
MOST_MASTERS = 100
LETTERS = re.compile(r"[^\W\d_]+")
FEW_LETTERS = 12  # beside the number of a page: "Page", "of", and the like
REGIONS = {
    "header": ("header", "header-first", "header-left"),
    "footer": ("footer", "footer-first", "footer-left"),
}


def read(
    path: Path, filename: str, options: ConversionOptions, report: Report, *, format_name: str
) -> Reading:
    """Read a text; pictures in it only if there is hardly anything else, or if OCR is forced."""
    with Package.open(path) as package:
        document, pictures, source = read_text(package)
        reading = Reading(document, ENGINE, source)
        if is_wanted(reading, options):
            images = ((None, package.read(part)) for part in pictures)
            read_pictures(images, reading, options, report)
    return reading


class Texts(NamedTuple):
    """A text, the pictures in it by the names of their parts, and its bare words."""

    document: Document
    pictures: list[str]
    source_text: str | None


def read_text(package: Package) -> Texts:
    """The text in `package`. Raises EngineError if it holds none."""
    root, common = parts(package)
    body = root.find(f"{OFFICE}body/{OFFICE}text")
    if body is None:
        raise errors.EngineError("content.xml holds no text")
    flow = Flow(package, root, common)
    blocks = flow.blocks(body)
    for block in blocks:
        if isinstance(block, Heading):
            block.level = max(1, min(block.level + (flow.title_level or 0), 6))
    headers, footers = _running_lines(package, root, common)
    document = Document([*headers, *with_headings(blocks), *footers])
    document.title, document.language = properties(package, common)
    document.warnings += warnings(flow.counts)
    return Texts(document, flow.objects.pictures, source_text(body))


def parts(package: Package) -> tuple[etree._Element, etree._Element]:
    """The roots of the content and of the styles. Raises EngineError without content."""
    root = package.tree("content.xml")
    if root is None:
        raise errors.EngineError("content.xml is missing or damaged")
    common = package.tree("styles.xml")
    return root, common if common is not None else etree.Element(f"{OFFICE}document-styles")


def properties(package: Package, common: etree._Element) -> tuple[str | None, str | None]:
    """The title and the language of a file."""
    meta = package.tree("meta.xml")
    found = meta.find(f"{OFFICE}meta") if meta is not None else None
    title = found.findtext(f"{DC}title") if found is not None else None
    language = found.findtext(f"{DC}language") if found is not None else None
    for usual in common.iter(f"{STYLE}default-style"):
        look = usual.find(f"{STYLE}text-properties")
        if not language and look is not None and usual.get(f"{STYLE}family") == "paragraph":
            code, country = look.get(f"{FO}language", ""), look.get(f"{FO}country", "")
            language = "-".join(part for part in (code, country) if part not in {"", "none"})
    return " ".join((title or "").split()) or None, language or None


def warnings(counts: Counter[str]) -> Iterator[str]:
    """What was left out, or how it was read."""
    if counts["deletions"] or counts["insertions"]:
        yield (
            f"The document holds recorded changes ({counts['insertions']} insertions, "
            f"{counts['deletions']} deletions): it was read as if all were accepted."
        )
    if counts["comments"]:
        yield f"{counted(counts['comments'], 'comment')} left out."
    if counts["hidden"]:
        yield "Text that is marked as hidden was left out."
    if counts["embedded objects"]:
        yield f"{counted(counts['embedded objects'], 'embedded object')} not read."
    if counts["deep"]:
        yield "What is nested very deeply was read as plain text."


def _running_lines(
    package: Package, root: etree._Element, common: etree._Element
) -> tuple[list[Block], list[Block]]:
    """Headers and footers, each once, where they say more than the number of a page."""
    headers: list[Block] = []
    footers: list[Block] = []
    flow = Flow(package, common, common)
    seen: set[str] = set()
    for master in _masters(root, common):
        headers += _lines(flow, master, "header", seen)
        footers += _lines(flow, master, "footer", seen)
    return headers, footers


def _masters(root: etree._Element, common: etree._Element) -> list[etree._Element]:
    """The master pages that the text uses: the first, those its styles name, those that follow."""
    known = {m.get(f"{STYLE}name", ""): m for m in common.iter(f"{STYLE}master-page")}
    named = [s.get(f"{STYLE}master-page-name", "") for s in root.iter(f"{STYLE}style")]
    first = USUAL_MASTER if USUAL_MASTER in known else next(iter(known), "")
    waiting, used = [first, *named], dict[str, etree._Element]()
    for name in waiting:
        if name in known and name not in used and len(used) < MOST_MASTERS:
            used[name] = known[name]
            waiting.append(known[name].get(f"{STYLE}next-style-name", ""))
    return list(used.values())


def _lines(flow: Flow, master: etree._Element, region: str, seen: set[str]) -> Iterator[Block]:
    for name in REGIONS[region]:
        element = master.find(STYLE + name)
        if element is None or element.get(f"{STYLE}display") == "false":
            continue
        for block in flow.blocks(element, 1):
            spans = flattened([block])
            said = plain(spans).casefold()
            if said in seen or _is_page_number(said, flow.has_page_number(block)):
                continue
            seen.add(said)
            yield block if isinstance(block, Table) else Paragraph(spans)


def _is_page_number(text: str, has_number: bool) -> bool:
    letters = sum(map(len, LETTERS.findall(text)))
    return letters <= FEW_LETTERS if has_number else letters == 0
