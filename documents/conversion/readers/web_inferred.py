"""Headings and code that a page only shows by its fonts.

Some programs write every paragraph alike and leave the rest to style sheets. Where a file has no
heading at all, short paragraphs in larger letters than the others are its headings; paragraphs in a
font of typewriters are code, where most of the text is not.
"""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from . import web_styles
from .web_tree import HEADING, Node, descendants, recount, text_of

USUAL = 12.0  # points; what browsers and word processors begin with
LARGER = 1.1  # times the size of most text
SAME = 1.06  # sizes that eyes do not tell apart
MAX_HEADING = 200  # letters
MAX_SHARE = 0.5  # of all letters that headings may have
MAX_CODE = 0.5
LENGTH = re.compile(r"(\d{1,4}(?:\.\d{1,8})?)(pt|px|em|rem|%|in|cm|mm)")
POINTS = {"pt": 1, "px": 0.75, "in": 72, "cm": 72 / 2.54, "mm": 7.2 / 2.54}
NAMES = {
    "xx-small": 7, "x-small": 7.5, "small": 10, "medium": 12, "large": 13.5, "x-large": 18,
    "xx-large": 24,
}  # fmt: skip
SIZES = {"1": 7.5, "2": 10, "3": 12, "4": 13.5, "5": 18, "6": 24, "7": 36}  # of <font>
# Text in here is no heading, and may be smaller than the rest.
ASIDE = frozenset({"li", "td", "th", "dd", "blockquote", "figure", "aside", "pre"})
Look = tuple[float, bool, bool]  # size, bold, italic


def infer(root: Node) -> None:
    """Make headings and code of what only looks like them."""
    if not any(node.style or node.tag == "font" for node in descendants(root)):
        return
    changed = _code(root)
    if not root.holds & HEADING:
        changed = _headings(root) or changed
    if changed:
        recount(root)


def _headings(root: Node) -> bool:
    letters: Counter[float] = Counter()
    paragraphs: list[tuple[Node, Look]] = []
    for node in _paragraphs(root):
        if _is_inside(node):
            continue
        looks = _looks(node)
        for look, count in looks.items():
            letters[look[0]] += count
        if len(looks) == 1:
            paragraphs.append((node, next(iter(looks))))
    if not letters:
        return False
    usual = letters.most_common(1)[0][0]
    found = [
        (node, look)
        for node, look in paragraphs
        if look[0] >= LARGER * usual and node.letters <= MAX_HEADING
    ]
    if not found or sum(node.letters for node, _ in found) > MAX_SHARE * root.letters:
        return False
    levels = _levels([look for _, look in found])
    for node, look in found:
        node.tag = f"h{levels[look]}"
    return True


def _levels(looks: list[Look]) -> dict[Look, int]:
    """A level for each look: larger letters first; of like sizes, what comes first in the file."""
    order = list(dict.fromkeys(looks))
    ranked = sorted(order, key=lambda look: -look[0])
    groups: list[list[Look]] = [ranked[:1]]
    for before, look in pairwise(ranked):
        if before[0] <= SAME * look[0]:
            groups[-1].append(look)
        else:
            groups.append([look])
    flat = [look for group in groups for look in sorted(group, key=order.index)]
    return {look: min(level, 6) for level, look in enumerate(flat, start=1)}


def _paragraphs(root: Node) -> Iterator[Node]:
    return (node for node in descendants(root) if node.tag in {"p", "div"} and not node.holds)


def _is_inside(node: Node) -> bool:
    return any(up.tag in ASIDE for up in node.above())


def _looks(node: Node) -> Counter[Look]:
    """How the text of a paragraph looks, with the letters of each look."""
    looks: Counter[Look] = Counter()
    stack: list[tuple[Node, Look]] = [(node, (_size(node, USUAL), False, False))]
    while stack:
        current, (size, bold, italic) = stack.pop()
        marks = web_styles.marks(current.style)
        bold = marks.get("bold", bold or current.tag in {"b", "strong"})
        italic = marks.get("italic", italic or current.tag in {"i", "em"})
        for child in current.children:
            if isinstance(child, Node):
                stack.append((child, (_size(child, size), bold, italic)))
            elif child.strip():
                looks[(round(size, 1), bold, italic)] += len(child)
    return looks


def _size(node: Node, around: float) -> float:
    declared = node.style.get("font-size", "")
    if not declared:
        return SIZES.get(node.attrs.get("size", ""), around) if node.tag == "font" else around
    match = LENGTH.match(declared)
    if match is None:
        return NAMES.get(declared, around)
    number, unit = float(match[1]), match[2]
    if unit in POINTS:
        return number * POINTS[unit]
    return number * {"em": around, "%": around / 100, "rem": USUAL}[unit]


def _code(root: Node) -> bool:
    found = [node for node in _paragraphs(root) if node.tag == "p" and _is_typed(node)]
    if not found or sum(node.letters for node in found) > MAX_CODE * root.letters:
        return False
    chosen = set(found)
    for parent in dict.fromkeys(node.parent for node in found):
        if parent is not None:
            _join(parent, chosen)
    return True


def _join(parent: Node, chosen: set[Node]) -> None:
    """Make one block of code of each run of chosen paragraphs."""
    children: list[Node | str] = []
    code: Node | None = None
    for child in parent.children:
        if isinstance(child, Node) and child in chosen:
            if code is None:
                code = Node("pre", parent=parent)
                children.append(code)
            child.tag = "div"
            child.parent = code
            child.children = [_unwrapped(part) for part in child.children]
            code.children.append(child)
        elif isinstance(child, Node) or child.strip():
            code = None
            children.append(child)
        elif code is None:
            children.append(child)
    parent.children = children


def _unwrapped(part: Node | str) -> Node | str:
    """Line ends in the source of a paragraph are spaces."""
    if isinstance(part, str):
        return " ".join(part.split("\n"))
    part.children = [_unwrapped(inner) for inner in part.children]
    return part


def _is_typed(node: Node) -> bool:
    """Whether all text of a paragraph is in a font of typewriters."""
    if not node.letters:
        return False
    if web_styles.is_monospace(node.style):
        return True
    parts = [child for child in node.children if isinstance(child, Node) or child.strip()]
    return bool(parts) and all(
        isinstance(part, Node) and (part.tag == "br" or not text_of(part) or _is_typed_part(part))
        for part in parts
    )


def _is_typed_part(part: Node) -> bool:
    face = part.attrs.get("face", "") if part.tag == "font" else ""
    if web_styles.is_monospace(part.style) or web_styles.is_monospace({"font-family": face}):
        return True
    inner = [child for child in part.children if isinstance(child, Node) or child.strip()]
    return bool(inner) and all(isinstance(i, Node) and _is_typed_part(i) for i in inner)
