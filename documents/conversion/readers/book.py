"""Books (EPUB 2 and 3): their chapters in the order they are read, notes from any file in place."""

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from lxml import etree

from .. import errors
from ..document import Document
from ..options import ConversionOptions
from ..reading import Reading, Report
from . import web, web_tree
from .embedded_pictures import is_wanted, read_pictures
from .packages import Package
from .web_inferred import infer
from .web_parse import parse
from .web_pictures import sources
from .web_styles import Sheet
from .web_tree import Node, Tree

CONTAINER = "META-INF/container.xml"
ENCRYPTION = "META-INF/encryption.xml"
MAX_CHAPTERS = 10_000
MAX_BYTES = 256 * 1024**2  # of all chapters, unpacked
# Fonts may be scrambled in a book that everybody can read.
FONT_SCRAMBLING = frozenset(
    {"http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC"}
)
PAGES = frozenset({"application/xhtml+xml", "text/html", "application/x-dtbook+xml", "text/xml"})
PAGE_ENDINGS = (".xhtml", ".html", ".htm", ".xml")
MOSTLY_LINKS = 0.8


@dataclass
class Entry:
    """A file of the book; names are those in the archive."""

    name: str
    media_type: str
    properties: list[str]


@dataclass
class Book:
    title: str | None = None
    language: str | None = None
    chapters: list[Entry] = field(default_factory=list)
    contents: str | None = None  # the page with the table of contents, in EPUB 2
    labels: list[tuple[str, str, int]] = field(default_factory=list)  # file, label, depth
    warnings: list[str] = field(default_factory=list)


def read(
    path: Path, filename: str, options: ConversionOptions, report: Report, *, format_name: str
) -> Reading:
    with Package.open(path) as package:
        if _is_protected(package):
            raise errors.unknown_protection(filename)
        book = _opened(package)
        trees = list(_chapters(package, book))
    root = Node("html")
    for tree in trees:
        tree.root.parent = root
        root.children.append(tree.root)
        tree.root.tag = "section"
    web_tree.recount(root)
    infer(root)
    if not root.holds & web_tree.HEADING:
        _title_chapters(root, book)
    document = Document(
        blocks=web.blocks(Tree(root)),
        language=book.language,
        title=book.title,
        warnings=book.warnings,
    )
    reading = Reading(document, web.ENGINE, web.bare_text(root))
    if is_wanted(reading, options):
        with Package.open(path) as package:
            found = [data for name in sources(root) if (data := package.read(name))]
        read_pictures(((None, data) for data in found), reading, options, report)
    return reading


def _is_protected(package: Package) -> bool:
    """Whether more than fonts is encrypted (EPUB OCF 3.3, sections 4.2.6.3.2 and 4.4)."""
    if "META-INF/sinf.xml" in package.names:
        return True
    root = package.tree(ENCRYPTION)
    if root is None:
        return False
    for method in _all(root, "EncryptionMethod"):
        if method.get("Algorithm") in FONT_SCRAMBLING:
            continue
        data = method.getparent()
        targets = [str(ref.get("URI", "")) for ref in _all(data, "CipherReference")]
        if any(unquote(target).lower().endswith(PAGE_ENDINGS) for target in targets):
            return True
    return False


def _all(root: etree._Element | None, name: str) -> list[etree._Element]:
    """All elements of a name, in any namespace."""
    return [] if root is None else list(root.iter(f"{{*}}{name}"))


def _opened(package: Package) -> Book:
    """What the package document says (EPUB 3.3, section 5)."""
    files = [str(e.get("full-path", "")) for e in _all(package.tree(CONTAINER), "rootfile")]
    name = next((file for file in files if file in package.names), None)
    name = name or next((n for n in sorted(package.names) if n.endswith(".opf")), None)
    root = package.tree(name) if name else None
    if root is None or name is None:
        raise errors.EngineError("the book has no package document")
    book = Book(title=_said(root, "title"), language=_said(root, "language"))
    folder = posixpath.dirname(name)
    manifest = {
        str(item.get("id", "")): Entry(
            _path(folder, str(item.get("href", ""))),
            str(item.get("media-type", "")),
            str(item.get("properties", "")).split(),
        )
        for item in _all(root, "item")
    }
    order = [
        (str(ref.get("idref", "")), ref.get("linear") == "no") for ref in _all(root, "itemref")
    ]
    entries = [(manifest[id_], is_aside) for id_, is_aside in order if id_ in manifest]
    # What is read beside the text, such as notes, comes behind it.
    entries.sort(key=lambda entry: entry[1])
    book.chapters = [entry for entry, _ in entries if _is_page(entry)][:MAX_CHAPTERS]
    for reference in _all(root, "reference"):
        if reference.get("type") == "toc":
            book.contents = _path(folder, str(reference.get("href", "")))
    book.labels = list(_labels(package, manifest))
    return book


def _said(root: etree._Element, name: str) -> str | None:
    found = next(iter(root.iter(f"{{http://purl.org/dc/elements/1.1/}}{name}")), None)
    return " ".join((found.text or "").split()) or None if found is not None else None


def _is_page(entry: Entry) -> bool:
    return "nav" not in entry.properties and (
        entry.media_type in PAGES or entry.name.lower().endswith(PAGE_ENDINGS)
    )


def _path(folder: str, href: str) -> str:
    """A name in the archive for an address in a file of `folder`."""
    return posixpath.normpath(posixpath.join(folder, unquote(href.partition("#")[0]))).lstrip("/")


def _labels(package: Package, manifest: dict[str, Entry]) -> Iterator[tuple[str, str, int]]:
    """The table of contents: files, what they are called there, and how deep."""
    for entry in manifest.values():
        if entry.media_type != "application/x-dtbncx+xml" and "nav" not in entry.properties:
            continue
        folder = posixpath.dirname(entry.name)
        is_nav = "nav" in entry.properties
        root = package.tree(entry.name)
        for element in _all(root, "a" if is_nav else "navPoint"):
            depth = sum(1 for up in element.iterancestors() if _is_level(up))
            if is_nav:
                label, href = _words(element), element.get("href", "")
            else:
                label = _words(element[0]) if len(element) else ""
                href = next(
                    (c.get("src", "") for c in element if str(c.tag).endswith("content")), ""
                )
            if label.strip() and href:
                yield _path(folder, str(href)), str(label), max(1, depth + (not is_nav))


def _words(element: etree._Element) -> str:
    return "".join(str(text) for text in element.itertext())


def _is_level(element: etree._Element) -> bool:
    return isinstance(element.tag, str) and element.tag.rpartition("}")[2] in {"ol", "navPoint"}


def _chapters(package: Package, book: Book) -> Iterator[Tree]:
    """The chapters as trees whose links lead from one to the other."""
    sheets: dict[str, Sheet] = {}
    by_lower = {name.lower(): name for name in package.names}
    total = missing = 0
    for entry in book.chapters:
        name = entry.name if entry.name in package.names else by_lower.get(entry.name.lower(), "")
        data = package.read(name)
        total += len(data)
        if total > MAX_BYTES:
            raise errors.EngineError("the chapters are too large")
        if not data:
            missing += 1
            continue
        tree = parse(web.decoded(data), is_xml=True)
        web_tree.settle(tree, _sheet(package, tree, name, sheets))
        is_contents = book.contents == name and tree.root.linked >= MOSTLY_LINKS * tree.root.letters
        if not is_contents:
            _connect(tree.root, name)
            yield tree
    if missing:
        words = "A chapter is" if missing == 1 else f"{missing} chapters are"
        book.warnings.append(f"{words} missing in the file of the book.")


def _sheet(package: Package, tree: Tree, name: str, sheets: dict[str, Sheet]) -> Sheet:
    folder = posixpath.dirname(name)
    linked = [_path(folder, href) for href in tree.linked_sheets]
    key = "\n".join((*linked, *tree.sheets))
    if key not in sheets:
        texts = [package.read(file).decode("utf-8", "replace") for file in linked]
        sheets[key] = Sheet([*texts, *tree.sheets])
    return sheets[key]


def _connect(root: Node, name: str) -> None:
    """Make names of elements and links between chapters unique in the whole book."""
    folder = posixpath.dirname(name)
    for node in web_tree.descendants(root):
        attrs = node.attrs
        for key in attrs.keys() & {"id", "name"}:
            attrs[key] = f"{name}#{attrs[key]}"
        if node.tag in {"img", "image"}:
            for key in attrs.keys() & {"src", "href"}:
                attrs[key] = _path(folder, attrs[key])
        elif node.tag == "a" and (target := _place(attrs.get("href", ""), name)):
            attrs["href"] = f"#{target}"


def _place(href: str, name: str) -> str | None:
    """Which element of the book a link in the file `name` leads to, if to any."""
    try:
        parts = urlsplit(href)
    except ValueError:
        return None
    if parts.scheme or parts.netloc or not parts.fragment:
        return None
    file = _path(posixpath.dirname(name), parts.path) if parts.path else name
    return f"{file}#{unquote(parts.fragment)}"


def _title_chapters(root: Node, book: Book) -> None:
    """In a book without headings, what its table of contents calls its chapters are some."""
    labels = {_key(label): depth for _, label, depth in book.labels}
    for node in web_tree.descendants(root):
        if node.tag in {"p", "div"} and node.letters and not node.holds & web_tree.BLOCK:
            depth = labels.get(_key(web_tree.text_of(node)[:500]))
            if depth is not None:
                node.tag = f"h{min(depth, 6)}"
    web_tree.recount(root)


def _key(text: str) -> str:
    return " ".join(text.split()).casefold()
