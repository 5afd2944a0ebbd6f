"""Web pages as plain trees: parsed as browsers do, without what nobody sees."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import turbohtml
from lxml import etree

from .. import errors
from . import web_styles
from .web_styles import Declarations, Sheet

# Deeper elements dissolve into their text: readers of trees call themselves.
MAX_DEPTH = 120
XHTML = "{http://www.w3.org/1999/xhtml}"
EPUB = "{http://www.idpf.org/2007/ops}"
XML_START = re.compile(r"\s*+<\?xml\b")
ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,31}+);")
XML_ENTITIES = frozenset({"amp", "lt", "gt", "quot", "apos"})
DOCTYPE = re.compile(r"<!DOCTYPE[^>\[]*+(?:\[[^\]]*+\])?+[^>]*+>", re.I)
DECLARATION = re.compile(r"\A\s*+<\?xml[^>]*+>")
# Their content is no text of the page.
UNSEEN = frozenset(
    ("template", "noscript", "datalist", "iframe", "audio", "video", "canvas", "map", "link")
    + ("noframes", "noembed", "param", "source", "track", "meta", "frameset")
)
# Made into elements however deep they are: they hold no others, or go as a whole.
LEAVES = UNSEEN | {"img", "input", "br", "script", "style", "title", "textarea", "select"}
BLOCKS = frozenset(
    (
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "center",
        "dd",
        "details",
        "dialog",
        "dir",
    )
    + ("div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3")
    + ("h4", "h5", "h6", "header", "hgroup", "hr", "html", "legend", "li", "main", "menu", "nav")
    + (
        "ol",
        "optgroup",
        "p",
        "pre",
        "section",
        "summary",
        "search",
        "table",
        "tbody",
        "td",
        "tfoot",
    )
    + ("th", "thead", "tr", "ul", "caption", "xmp", "listing", "plaintext", "noframes")
)
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
LISTS = frozenset({"ul", "ol", "dl", "menu", "dir"})
# What elements hold, as bits.
HEADING, LIST, TABLE, BLOCK, PRE, HEADER_CELL = 1, 2, 4, 8, 16, 32
KINDS = (
    dict.fromkeys(BLOCKS, BLOCK)
    | dict.fromkeys(HEADINGS, HEADING | BLOCK)
    | dict.fromkeys(LISTS, LIST | BLOCK)
    | {"table": TABLE | BLOCK, "pre": PRE | BLOCK, "th": HEADER_CELL | BLOCK}
)
FEW_SHOWN = 0.1  # of all text; a page that shows less is shown by its scripts


@dataclass(slots=True, eq=False)
class Node:
    """One element. `letters` counts its visible text, `linked` what of it stands in links,
    `holds` what is in it (the bits above, without its own)."""

    tag: str
    attrs: dict[str, str] = field(default_factory=dict)
    children: list["Node | str"] = field(default_factory=list)
    parent: "Node | None" = None
    style: Declarations = field(default_factory=dict)
    letters: int = 0
    linked: int = 0
    holds: int = 0

    @property
    def classes(self) -> list[str]:
        return self.attrs.get("class", "").split()

    def elements(self) -> Iterator["Node"]:
        return (child for child in self.children if isinstance(child, Node))

    def above(self) -> Iterator["Node"]:
        node = self.parent
        while node is not None:
            yield node
            node = node.parent


@dataclass(slots=True)
class Tree:
    """A parsed page. `sheets` are the texts of its own style sheets, `links` those it names."""

    root: Node
    title: str = ""
    language: str | None = None
    base: str | None = None
    sheets: list[str] = field(default_factory=list)
    linked_sheets: list[str] = field(default_factory=list)
    hidden: int = 0  # parts of the page that were left out as hidden


def parse(markup: str, *, is_xml: bool | None = None) -> Tree:
    """`markup` as a tree; as XML if it says so and is, else as browsers read HTML."""
    if is_xml or (is_xml is None and XML_START.match(markup[:200])):
        root = _xml_root(markup)
        if root is not None:
            return _grow(_xml_events(root))
    with errors.engine_at_work():
        document = turbohtml.parse(
            markup, scripting=True, positions=False, allow_declarative_shadow_roots=False
        )
    return _grow(_html_events(document))


def settle(tree: Tree, sheet: Sheet) -> None:
    """Apply the style sheet, take hidden elements out and count what the others hold."""
    nodes = list(descendants(tree.root))
    for node in nodes:
        node.style = sheet.style(node.tag, node.attrs)
    hidden = {node for node in nodes if _is_hidden(node)}
    if hidden:
        _count(nodes)
        everything = tree.root.letters
        gone = sum(n.letters for n in hidden if not any(up in hidden for up in n.above()))
        if everything - gone >= FEW_SHOWN * everything:
            tree.hidden = sum(node.letters > 0 and not is_decoration(node) for node in hidden)
            _without(nodes, hidden)
            nodes = list(descendants(tree.root))
    _count(nodes)


def recount(root: Node) -> None:
    """Count again what elements hold, after the tree was changed."""
    _count(list(descendants(root)))


def descendants(root: Node) -> Iterator[Node]:
    """`root` and all elements in it, in the order of the file."""
    stack = [root]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(child for child in reversed(node.children) if isinstance(child, Node))


def text_of(node: Node) -> str:
    """All text in an element as it is written."""
    return "".join(strings(node))


def strings(node: Node) -> Iterator[str]:
    stack: list[Node | str] = [node]
    while stack:
        thing = stack.pop()
        if isinstance(thing, str):
            yield thing
        else:
            stack.extend(reversed(thing.children))


def is_decoration(node: Node) -> bool:
    """Whether an element is hidden from screen readers only, or because it repeats another."""
    return node.attrs.get("aria-hidden") == "true"


def remove(nodes: set[Node]) -> None:
    """Take elements out of their parents."""
    for parent in {node.parent for node in nodes if node.parent is not None}:
        parent.children = [child for child in parent.children if child not in nodes]


def _is_hidden(node: Node) -> bool:
    attrs = node.attrs
    if node.tag == "dialog" and "open" not in attrs:
        return True
    if "pagebreak" in attrs.get("epub:type", "") or attrs.get("role") == "doc-pagebreak":
        return True  # the number of a page of the printed book
    hides = ("hidden" in attrs and attrs["hidden"] != "until-found") or web_styles.is_hidden(
        node.style
    )
    if hides:
        # Formulas are kept beside the picture that shows them.
        return node.tag not in {"html", "body", "math"} and not _is_formula(node)
    return is_decoration(node) and _is_icon(node)


def _is_formula(node: Node) -> bool:
    return any(child.tag == "math" for child in node.elements())


def _is_icon(node: Node) -> bool:
    """Whether what screen readers skip is an icon, or the drawn copy of a formula."""
    if node.tag in {"svg", "i", "img"} or "katex-html" in node.attrs.get("class", ""):
        return True
    return len(text_of(node).strip()) <= 2 and not any(c.isalnum() for c in text_of(node))


def _without(nodes: list[Node], hidden: set[Node]) -> None:
    for node in nodes:
        if any(child in hidden for child in node.children):
            node.children = [child for child in node.children if child not in hidden]


def _count(nodes: list[Node]) -> None:
    for node in reversed(nodes):  # what is inside comes before what it is in
        node.letters = node.linked = node.holds = 0
        for child in node.children:
            if isinstance(child, str):
                node.letters += len(child) if not child[:1].isspace() else len(child.strip())
            else:
                node.letters += child.letters
                node.linked += child.linked
                node.holds |= child.holds | KINDS.get(child.tag, 0)
        if node.tag in {"a", "button"}:
            node.linked = node.letters


# --- parsing ------------------------------------------------------------------------------------

Event = tuple[str, str, dict[str, str]]  # start, end or text; name or text; attributes


def _grow(events: Iterator[Event]) -> Tree:
    tree = Tree(Node("html"))
    opened = [tree.root]
    for what, name, attrs in events:
        if what == "text":
            opened[-1].children.append(name)
        elif what == "end":
            _ended(tree, opened.pop())
        elif name == "html":
            tree.root.attrs |= attrs
            tree.language = attrs.get("lang") or attrs.get("xml:lang")
            opened.append(opened[-1])
        else:
            parent = opened[-1]
            if len(opened) <= MAX_DEPTH or name in LEAVES:
                node = Node(name, attrs, parent=parent)
                parent.children.append(node)
                opened.append(node)
            else:
                if name in BLOCKS:
                    parent.children.append(Node("br", parent=parent))
                opened.append(parent)
            _started(tree, name, attrs)
    tree.root.children = [
        child for child in tree.root.children if isinstance(child, str) or child.tag != "head"
    ]
    return tree


def _started(tree: Tree, name: str, attrs: dict[str, str]) -> None:
    if name == "base" and tree.base is None:
        tree.base = attrs.get("href")
    elif name == "link" and "stylesheet" in attrs.get("rel", "").lower():
        tree.linked_sheets.append(attrs.get("href", ""))


def _ended(tree: Tree, node: Node) -> None:
    """Take out what is no text of the page, as soon as all of it is known."""
    is_formula = node.tag == "script" and node.attrs.get("type", "").startswith("math/tex")
    if node.tag == "style":
        tree.sheets.append(text_of(node))
    elif node.tag == "title" and not tree.title and not _is_drawing(node):
        tree.title = " ".join(text_of(node).split())
    elif node.tag not in UNSEEN and (node.tag != "script" or is_formula):
        return
    if node.parent is None or (node.tag == "title" and _is_drawing(node)):
        return
    if node.parent.children and node.parent.children[-1] is node:
        node.parent.children.pop()


def _is_drawing(node: Node) -> bool:
    return any(up.tag == "svg" for up in node.above())


def _html_events(document: turbohtml.Document) -> Iterator[Event]:
    stack: list[turbohtml.Node | str] = list(reversed(list(document.children)))
    while stack:
        thing = stack.pop()
        if isinstance(thing, str):
            yield "end", thing, {}
        elif isinstance(thing, (turbohtml.Text, turbohtml.CData)):
            yield "text", thing.data, {}
        elif isinstance(thing, turbohtml.Element):
            yield "start", thing.tag, _attributes(thing)
            stack.append(thing.tag)
            stack.extend(reversed(list(thing.children)))


def _attributes(element: turbohtml.Element) -> dict[str, str]:
    return {
        name: value if isinstance(value, str) else " ".join(value or ())
        for name, value in element.attrs.items()
    }


def _xml_root(markup: str) -> etree._Element | None:
    """The root of an XHTML page; None if it is none, or not well-formed."""
    markup = DECLARATION.sub("", DOCTYPE.sub("", markup, count=1), count=1)
    markup = ENTITY.sub(_character, markup)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True,
        remove_pis=True, huge_tree=False,
    )  # fmt: skip
    try:
        root = etree.fromstring(markup.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        return None
    is_page = isinstance(root.tag, str) and etree.QName(root).localname.lower() == "html"
    return root if is_page else None


def _character(reference: re.Match[str]) -> str:
    if reference[1] in XML_ENTITIES:
        return reference[0]
    character = html.unescape(reference[0])
    return reference[0] if character in "&<>" else character


def _xml_events(root: etree._Element) -> Iterator[Event]:
    for what, element in etree.iterwalk(root, events=("start", "end")):
        if not isinstance(element.tag, str):
            if what == "end" and element.tail:
                yield "text", element.tail, {}
            continue
        name = etree.QName(element).localname
        if what == "start":
            yield "start", name, {_attribute(str(k)): str(v) for k, v in element.attrib.items()}
            if element.text:
                yield "text", element.text, {}
            continue
        yield "end", name, {}
        if element.tail and element is not root:
            yield "text", element.tail, {}


def _attribute(name: str) -> str:
    if name.startswith(EPUB):
        return f"epub:{name[len(EPUB) :]}"
    if name.startswith("{http://www.w3.org/XML/1998/namespace}"):
        return f"xml:{name.rpartition('}')[2]}"
    return name.rpartition("}")[2]
