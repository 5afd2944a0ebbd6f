"""Web pages as plain trees, without what nobody sees."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from . import web_styles
from .web_styles import Declarations, Sheet

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
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hgroup",
        "hr",
        "html",
        "legend",
        "li",
        "main",
        "menu",
        "nav",
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
        "th",
        "thead",
        "tr",
        "ul",
        "caption",
        "xmp",
        "listing",
        "plaintext",
        "noframes",
    )
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
    has_tex: bool = False  # whether a script of the page sets LaTeX that stands in its text
    hidden: int = 0  # parts of the page that were left out as hidden


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


def inside(node: Node, tags: set[str]) -> list[Node]:
    """The outermost elements of these names in an element."""
    found: list[Node] = []
    stack = list(reversed(list(node.elements())))
    while stack:
        current = stack.pop()
        if current.tag in tags:
            found.append(current)
        else:
            stack.extend(reversed(list(current.elements())))
    return found


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
