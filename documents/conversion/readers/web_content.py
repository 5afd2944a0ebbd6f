"""What of a web page is its content, and what belongs to the site around it.

Sites say it themselves, by elements and roles for navigation, banners and asides (HTML, section
4.3; WAI-ARIA 1.2, section 5.3.4). Names of classes and ids count only for what is mostly links, and
for notes about cookies. Where little would be left, everything stays.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .web_tree import HEADING, HEADINGS, Node, descendants, remove

MIN_KEPT = 0.25  # of the letters outside of links
CLEAR_MAIN = 0.35  # of the letters outside of links, in the one main element
MANY_LINKS = 0.5  # of the letters of an element
MAX_NOTICE = 2500  # letters of a note about cookies
COOKIES = re.compile(
    r"(?:\A|[\W_])(?:cookies?|gdpr|ccpa|onetrust|cookiebot|cky|cmp|usercentrics|consent)"
    r"(?:[\W_]|(?:banner|bar|notice|consent|law|info|message|popup|modal|dialog|overlay)|\Z)",
    re.I,
)
CONSENT_WORDS = re.compile(r"\b(?:cookie|consent|gdpr|einwillig|datenschutz)", re.I)
MENU_NAMES = re.compile(
    r"(?:\A|[\W_])(?:nav|navbar|navigation|menu|mainmenu|topmenu|submenu|breadcrumbs?|pagination"
    r"|pager|sidebar|side-?bar|toc|share|sharing|social|related|recommended|footer|foot|header"
    r"|masthead|topbar|skip|skip-?links?|tags|widget|promo|newsletter)(?:[\W_]|\Z)",
    re.I,
)
AROUND = re.compile(r"(?:site|page)?[-_]?(header|footer|masthead|sidebar)", re.I)
ROLES = {
    "navigation": "navigation", "search": "a search form", "banner": "the page header",
    "contentinfo": "the page footer", "complementary": "asides",
}  # fmt: skip
NAMES = {
    "nav": "navigation", "menu": "navigation", "search": "a search form",
    "header": "the page header", "footer": "the page footer", "aside": "asides",
}  # fmt: skip
CONTENT = frozenset({"main", "article"})
SECTIONS = frozenset({"main", "article", "section", "blockquote", "td", "figure", "details"})
NOTE_TYPES = re.compile(r"\b(?:footnotes?|endnotes?|rearnotes?|note)\b")
NAMED = frozenset({"div", "ul", "ol", "section", "p", "form", "dialog", "table"})
SKIPS = re.compile(r"(?:\A|[\W_])skip(?:[\W_]|-?links?|nav|-?to-?\w*|\Z)", re.I)


@dataclass(frozen=True)
class LeftOut:
    """What was taken out of a page: names of its kinds, and how many words."""

    kinds: tuple[str, ...]
    words: int

    @property
    def sentence(self) -> str:
        listed = ", ".join(self.kinds)
        return f"Left out as not part of the content of the page: {listed} ({self.words} words)."


def keep_content(root: Node) -> LeftOut | None:
    """Take out of a page what is not its content; None if nothing was."""
    found = dict(_chrome(root))
    prose = root.letters - root.linked
    chosen = {
        node: kind for node, kind in found.items() if not any(u in found for u in node.above())
    }
    gone = sum(node.letters - node.linked for node in chosen)
    if (
        not chosen
        or prose - gone < MIN_KEPT * prose
        or root.letters <= sum(n.letters for n in chosen)
    ):
        return None
    words = sum(len(text.split()) for node in chosen for text in _texts(node))
    kinds = tuple(dict.fromkeys(kind for node, kind in chosen.items() if node.letters))
    remove(set(chosen))
    return LeftOut(kinds, words) if words else None


def _texts(node: Node) -> Iterator[str]:
    for inner in descendants(node):
        yield from (child for child in inner.children if isinstance(child, str))


def _chrome(root: Node) -> Iterator[tuple[Node, str]]:
    nodes = list(descendants(root))
    main = _main(nodes, root)
    inside = set(descendants(main)) if main is not None else set()
    around = set(main.above()) if main is not None else set()
    title_inside = main is not None and _has_own_title(main)
    in_content = _in(nodes, CONTENT)
    in_section = _in(nodes, SECTIONS)
    articles = {n for n in nodes if n.tag == "article"}
    for node in nodes:
        if node is root or node.tag == "body" or node in around:
            continue
        kind = _declared(node)
        if kind in {"the page header", "the page footer"} and node in in_section:
            kind = "" if node.linked < MANY_LINKS * node.letters or node.holds & HEADING else kind
        if kind == "asides":
            kind = _aside(node, in_content, articles)
        kind = kind or _named(node, root, is_inside=node in inside or node in in_content)
        if main is not None and node not in inside and not kind and node.parent in around:
            kind = "what stands around the main part"
        if not kind or _is_notes(node):
            continue
        if (
            kind != "navigation"
            and not title_inside
            and node not in in_content
            and _has_title(node)
        ):
            # The title of the page often stands in its header.
            yield from ((child, kind) for child in _beside_title(node))
            continue
        yield node, kind


def _has_own_title(main: Node) -> bool:
    """Whether a main part has a title of its own: the heading it begins with, or its first h1."""
    for node in descendants(main):
        if node.tag in HEADINGS and node.letters:
            return True
        if node.tag in {"p", "li", "td", "pre"} and node.letters:
            break
    return any(node.tag == "h1" and node.letters for node in descendants(main))


def _main(nodes: list[Node], root: Node) -> Node | None:
    """The one element that holds what the page is about, if there is one."""
    prose = root.letters - root.linked
    for wanted in (_is_main, _is_article):
        found = [node for node in nodes if wanted(node)]
        if len(found) == 1 and found[0].letters - found[0].linked >= CLEAR_MAIN * prose:
            return found[0]
        if found and wanted is _is_main:
            return None
    return None


def _is_main(node: Node) -> bool:
    return node.tag == "main" or node.attrs.get("role") == "main"


def _is_article(node: Node) -> bool:
    return node.tag == "article" or node.attrs.get("role") == "article"


def _in(nodes: list[Node], tags: frozenset[str]) -> set[Node]:
    """All elements that stand inside of such with these names."""
    found: set[Node] = set()
    for node in nodes:
        up = node.parent
        if up is not None and (up in found or up.tag in tags or (_is_main(up) and "main" in tags)):
            found.add(node)
    return found


def _declared(node: Node) -> str:
    role = node.attrs.get("role", "")
    if role in ROLES:
        return ROLES[role]
    if role in {"dialog", "alertdialog"} and _is_notice(node):
        return "a cookie notice"
    if role and role not in {"group", "list", "doc-toc"}:
        return ""
    return NAMES.get(node.tag, "")


def _aside(node: Node, in_content: set[Node], articles: set[Node]) -> str:
    """Asides of an article are part of it, unless they are lists of links or about the site."""
    in_article = any(up in articles for up in node.above())
    is_content = in_article or (node in in_content and not articles)
    if (
        is_content
        and node.linked < MANY_LINKS * node.letters
        and not MENU_NAMES.search(_names(node))
    ):
        return ""
    return "asides"


def _named(node: Node, root: Node, *, is_inside: bool) -> str:
    names = _names(node)
    if node.tag == "a" and node.attrs.get("href", "").startswith("#") and SKIPS.search(names):
        return "navigation"
    if not names or node.tag not in NAMED:
        return ""
    if COOKIES.search(names) and _is_notice(node):
        return "a cookie notice"
    is_small = node.letters - node.linked < MIN_KEPT * (root.letters - root.linked + 1)
    is_links = node.letters > 0 and node.linked >= MANY_LINKS * node.letters
    if is_small and is_links and MENU_NAMES.search(names):
        return "navigation"
    around = AROUND.fullmatch(node.attrs.get("id", "")) if node.tag == "div" else None
    if around is not None and not is_inside:
        return f"the page {around[1].lower()}"
    return ""


def _names(node: Node) -> str:
    return f"{node.attrs.get('id', '')} {node.attrs.get('class', '')}"[:300].strip()


def _is_notice(node: Node) -> bool:
    if node.letters > MAX_NOTICE:
        return False
    return any(CONSENT_WORDS.search(text) for text in _texts(node))


def _is_notes(node: Node) -> bool:
    return bool(
        NOTE_TYPES.search(node.attrs.get("epub:type", ""))
        or node.attrs.get("role", "").startswith(("doc-footnote", "doc-endnote", "note"))
    )


def _has_title(node: Node) -> bool:
    return node.tag != "h1" and any(n.tag == "h1" and n.letters for n in descendants(node))


def _beside_title(node: Node) -> Iterator[Node]:
    """What stands in `node`, but for its main heading and what that stands in."""
    titles = {n for n in descendants(node) if n.tag == "h1"}
    above = {up for title in titles for up in title.above()}
    for inner in descendants(node):
        if inner in above or inner in titles or inner.parent not in above or inner is node:
            continue
        if inner.tag not in HEADINGS and inner.tag != "p":
            yield inner
