"""Program code in web pages: its lines, and the language it is in."""

import re

from ..markdown import clean_text
from . import web_styles
from .web_tree import BLOCKS, Node

LANGUAGE = re.compile(
    r"\b(?:language|lang|highlight-source|highlight|brush:)[-\s]*([\w+#.-]{1,30})"
)
PANDOC_NAMES = frozenset({"sourceCode", "numberSource", "numberLines", "literate"})
NO_LANGUAGE = frozenset({"default", "none", "plaintext", "text"})
# What some programs write for numbers of lines, beside or inside of code.
GUTTER = re.compile(
    r"\b(?:line-?no|lineno\w*|line-?numbers?(?:-rows)?|ln-?num|gutter|hljs-ln-n\w*)\b"
)


def language(node: Node) -> str:
    """The language of code, as highlighters note it around or on it."""
    around = [node, *node.elements()]
    for _, up in zip(range(2), node.above(), strict=False):
        around.append(up)
    for place in around:
        name = place.attrs.get("data-lang") or place.attrs.get("data-language")
        if name:
            return name
        if "sourceCode" in place.classes:
            names = [name for name in place.classes if name not in PANDOC_NAMES]
            return names[0] if names else ""
        if match := LANGUAGE.search(place.attrs.get("class", "")):
            return "" if match[1] in NO_LANGUAGE else match[1]
    return ""


def is_code(node: Node) -> bool:
    """Whether a block keeps its white space, in a font as programs are written in."""
    style = node.style
    keeps = style.get("white-space", "") in {"pre", "pre-wrap"}
    return keeps and web_styles.is_monospace(style)


def code_text(node: Node) -> str:
    """The lines of preformatted text, without the numbers some pages put before them."""
    parts: list[str] = []
    stack: list[Node | str] = list(reversed(node.children))
    while stack:
        thing = stack.pop()
        if isinstance(thing, str):
            parts.append(thing)
        elif thing.tag == "br":
            parts.append("\n")
        elif thing.tag == "button" or GUTTER.search(thing.attrs.get("class", "")[:300]):
            continue
        elif _is_line(thing):
            if parts and not parts[-1].endswith("\n"):
                parts.append("\n")
            stack += ["\n", *reversed(thing.children)]
        else:
            stack.extend(reversed(thing.children))
    return _tidy("".join(parts))


def _tidy(text: str) -> str:
    """Lines without white space at their ends and empty ones around."""
    text = clean_text(text).replace("\xa0", " ")
    return "\n".join(line.rstrip() for line in text.split("\n")).strip("\n")


def _is_line(node: Node) -> bool:
    if node.tag == "code" and node.parent is not None and node.parent.tag == "pre":
        return True  # versions of one thing, or single lines
    return node.tag in BLOCKS or node.style.get("display") == "block"
