"""The numbers and signs of list items, as browsers show them."""

import re

from .web_tree import Node

ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"),
    (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
MOST_ROMAN = 3999
# HTML, section 4.4.5: the values of `type`.
TYPES = {
    "1": "decimal", "a": "lower-alpha", "A": "upper-alpha", "i": "lower-roman", "I": "upper-roman",
}  # fmt: skip
INTEGER = re.compile(r"\A\s*+([-+]?\d{1,9})")
STYLES = re.compile(
    r"\b(decimal-leading-zero|decimal|(?:lower|upper)-(?:alpha|latin|roman)|lower-greek|none"
    r"|disc|circle|square)\b"
)
LISTS = frozenset({"ul", "ol", "menu", "dir"})


def items(listing: Node) -> list[tuple[Node | str, str]]:
    """The children of a list, each with its marker; text between items has none."""
    is_numbered = listing.tag == "ol"
    count = sum(node.tag == "li" for node in listing.elements())
    is_reversed = is_numbered and "reversed" in listing.attrs
    number = integer(listing.attrs.get("start")) if is_numbered else None
    if number is None:
        number = count if is_reversed else 1
    kind = _kind(listing)
    found: list[tuple[Node | str, str]] = []
    for child in listing.children:
        if isinstance(child, str) or child.tag != "li":
            found.append((child, ""))
            continue
        if is_numbered and (value := integer(child.attrs.get("value"))) is not None:
            number = value
        own = _kind(child) or kind
        found.append((child, _marker(number, own, is_numbered=is_numbered)))
        if own not in {"", "none"} or is_numbered:
            number += -1 if is_reversed else 1
    return found


def integer(text: str | None) -> int | None:
    """A number as HTML reads it from an attribute."""
    match = INTEGER.match(text) if text else None
    return int(match[1]) if match else None


def _kind(node: Node) -> str:
    declared = node.style.get("list-style-type", "") or node.style.get("list-style", "")
    match = STYLES.search(declared[:200])
    if match:
        return match[1]
    return TYPES.get(node.attrs.get("type", ""), "")


def _marker(number: int, kind: str, *, is_numbered: bool) -> str:
    if kind in {"disc", "circle", "square", "none"} or (not kind and not is_numbered):
        return "-"
    return f"{written(number, kind)}."


def written(number: int, kind: str) -> str:
    """A number in the style that CSS calls `kind`; decimal where that has no sign for it."""
    if kind == "decimal-leading-zero":
        return f"{number:02d}"
    if kind.endswith(("alpha", "latin")) and number > 0:
        return _cased(_letters(number, "abcdefghijklmnopqrstuvwxyz"), kind)
    if kind == "lower-greek" and number > 0:
        return _letters(number, "αβγδεζηθικλμνξοπρστυφχψω")
    if kind.endswith("roman") and 0 < number <= MOST_ROMAN:
        return _cased(_roman(number), kind)
    return str(number)


def _cased(text: str, kind: str) -> str:
    return text.upper() if kind.startswith("upper") else text


def _letters(number: int, alphabet: str) -> str:
    signs = ""
    while number > 0:
        number, place = divmod(number - 1, len(alphabet))
        signs = alphabet[place] + signs
    return signs


def _roman(number: int) -> str:
    signs = ""
    for value, sign in ROMAN:
        times, number = divmod(number, value)
        signs += sign * times
    return signs
