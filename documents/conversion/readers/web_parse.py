"""Web pages parsed into plain trees: as browsers do, or as XML."""

import html
import re
from collections.abc import Iterator

import turbohtml
from lxml import etree

from .. import errors
from .web_tree import BLOCKS, Node, Tree, text_of

# Deeper elements dissolve into their text: readers of trees call themselves.
MAX_DEPTH = 120
MAX_TABLE_DEPTH = MAX_DEPTH - 3  # so that a table has its cells
EPUB = "{http://www.idpf.org/2007/ops}"
TEX_SCRIPT = re.compile(r"mathjax|katex[\w./@-]{0,60}auto-render", re.I)
XML_START = re.compile(r"\s*+<\?xml\b")
ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,31}+);")
XML_ENTITIES = frozenset({"amp", "lt", "gt", "quot", "apos"})
DOCTYPE = re.compile(r"<!DOCTYPE[^>\[]*+(?:\[[^\]]*+\])?+[^>]*+>", re.I)
DECLARATION = re.compile(r"\A\s*+<\?xml[^>]*+>")
# Their content is no text of the page.
UNSEEN = frozenset(
    (
        "template",
        "noscript",
        "datalist",
        "iframe",
        "audio",
        "video",
        "canvas",
        "map",
        "link",
        "noframes",
        "noembed",
        "param",
        "source",
        "track",
        "meta",
        "frameset",
    )
)
# Made into elements however deep they are: they hold no others, or go as a whole.
LEAVES = UNSEEN | {"img", "input", "br", "script", "style", "title", "textarea", "select"}


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
            if len(opened) <= (MAX_TABLE_DEPTH if name == "table" else MAX_DEPTH) or name in LEAVES:
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
    elif name == "script" and TEX_SCRIPT.search(attrs.get("src", "")[:500]):
        tree.has_tex = True
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
