"""What stands in a line of a web page: styled text, links, formulas, pictures."""

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from ..document import Formula, Span
from . import web_styles
from .math_latex import latex
from .web_flow import Style
from .web_lists import integer
from .web_tree import HEADINGS, Node, inside, text_of

if TYPE_CHECKING:
    from .web_blocks import Walker

BOLD, ITALIC, CODE, STRIKE = {"bold": True}, {"italic": True}, {"code": True}, {"strike": True}
MARKS: dict[str, dict[str, Any]] = {
    "b": BOLD, "strong": BOLD, "i": ITALIC, "em": ITALIC, "cite": ITALIC, "dfn": ITALIC,
    "var": ITALIC, "code": CODE, "kbd": CODE, "samp": CODE, "tt": CODE, "s": STRIKE, "del": STRIKE,
    "strike": STRIKE, "sup": {"raised": True, "lowered": False},
    "sub": {"lowered": True, "raised": False},
}  # fmt: skip
LINKED = frozenset({"http", "https", "mailto", "tel", "ftp", "ftps"})
KEEPING = frozenset({"pre", "pre-wrap", "pre-line", "break-spaces"})
HANDLES = frozenset({"#", "¶", "§", "🔗", "⚓"})
TEX_MARKS = re.compile(r"\A\\[(\[]|\\[)\]]\Z|\A\$+|\$+\Z")
MATH_CLASSES = frozenset({"math", "arithmatex", "MathJax_TeX"})


def styled(node: Node, style: Style) -> Style:
    """The style inside of an element."""
    own = MARKS.get(node.tag)
    if own:
        style = style._replace(**own)
    if node.tag == "font" and web_styles.is_monospace({"font-family": node.attrs.get("face", "")}):
        style = style._replace(code=True)
    declared = node.style
    if not declared:
        return style
    changed: dict[str, Any] = {**web_styles.marks(declared)}
    if changed:
        style = style._replace(**changed)
    if "white-space" in declared:
        style = style._replace(keeps=declared["white-space"] in KEEPING)
    if node.tag == "span" and web_styles.is_monospace(declared):
        style = style._replace(code=True)
    return style


def inline_break(walker: "Walker", node: Node, style: Style) -> None:
    walker.flow.line_break()


def inline_link(walker: "Walker", node: Node, style: Style) -> None:
    if _is_handle(node):
        return
    target = _target(node.attrs.get("href", ""), walker.page.base)
    style = styled(node, style)
    walker.walk(node, style._replace(link=target) if target else style)


def _is_handle(node: Node) -> bool:
    """Whether a link is only there to copy the address of the heading that it stands in."""
    if node.letters > 2 or not node.attrs.get("href", "").startswith("#"):
        return False
    is_sign = text_of(node).strip() in HANDLES
    return is_sign and any(up.tag in HEADINGS or up.tag in {"dt", "caption"} for up in node.above())


def _target(href: str, base: str | None) -> str | None:
    """Where a link leads; None if nobody can go there from outside of the page."""
    href = "".join(href.split("\n")).strip()
    if not href or href.startswith("#"):
        return None
    try:
        if base:
            href = urljoin(base, href)
        parts = urlsplit(href)
    except ValueError:
        return None
    return href if parts.scheme.lower() in LINKED and len(href) > len(parts.scheme) + 1 else None


def inline_quotation(walker: "Walker", node: Node, style: Style) -> None:
    walker.flow.text("“", style)
    walker.walk(node, styled(node, style))
    walker.flow.text("”", style)


def inline_ruby(walker: "Walker", node: Node, style: Style) -> None:
    """Characters with their reading behind them, in brackets as old browsers show it."""
    has_brackets = any(child.tag == "rp" for child in node.elements())
    for child in node.children:
        if isinstance(child, str):
            walker.flow.text(child.strip(), style)
        elif child.tag in {"rt", "rtc"} and not has_brackets:
            if text := text_of(child).strip():
                walker.flow.text(f"({text})", style)
        elif child.tag == "rp":
            walker.flow.text(text_of(child).strip(), style)
        else:
            walker.walk(child, style)


def inline_raised(walker: "Walker", node: Node, style: Style) -> None:
    """Raised text; brackets and commas between the calls of notes are left out."""
    if any(child in walker.page.notes.calls for child in node.elements()):
        for child in node.children:
            if isinstance(child, Node):
                walker.element(child, style)
            elif any(sign.isalnum() for sign in child):
                walker.flow.text(child, styled(node, style))
        return
    walker.walk(node, styled(node, style))


def inline_span(walker: "Walker", node: Node, style: Style) -> None:
    """A span; some programs put LaTeX into one, for a script to set."""
    classes = node.classes
    if not MATH_CLASSES.isdisjoint(classes) and not any(node.elements()):
        text = TEX_MARKS.sub("", text_of(node).strip()).strip()
        if "display" in classes:
            walker.flow.block(Formula(text=text))
        elif text:
            walker.flow.span(Span(text, formula=True))
        return
    if node.style.get("display", "").startswith("block"):
        walker.container(node, style)
    else:
        walker.walk(node, styled(node, style))


def inline_math(walker: "Walker", node: Node, style: Style) -> None:
    text = latex(node)
    if text and node.attrs.get("display") == "block":
        walker.flow.block(Formula(text=text))
    elif text:
        walker.flow.span(Span(text, formula=True))


def inline_script(walker: "Walker", node: Node, style: Style) -> None:
    """Only scripts that are formulas come here."""
    text = text_of(node).strip()
    if text and "mode=display" in node.attrs.get("type", ""):
        walker.flow.block(Formula(text=text))
    elif text:
        walker.flow.span(Span(text, formula=True))


def inline_image(walker: "Walker", node: Node, style: Style) -> None:
    attrs = node.attrs
    description = attrs.get("alt", attrs.get("aria-label") or attrs.get("title") or "")
    if integer(attrs.get("width")) == 1 and integer(attrs.get("height")) == 1:
        return
    walker.flow.picture(description, style)


def inline_drawing(walker: "Walker", node: Node, style: Style) -> None:
    """A drawing: its name, else the words in it."""
    name = node.attrs.get("aria-label", "")
    words = [" ".join(text_of(child).split()) for child in inside(node, {"title", "text", "desc"})]
    walker.flow.picture(name or ", ".join(word for word in words if word), style)
