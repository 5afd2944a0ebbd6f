"""Small questions about elements of foreign XML."""

from lxml import etree


def name_of(element: etree._Element) -> str:
    """The name without its namespace; empty for what is no element, such as unread entities."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def whole(told: str | None, usual: int, most: int) -> int:
    """A whole number from 0 to `most`; `usual` if there is none that can be read."""
    if told is None or not told.isascii() or not told.isdecimal():
        return usual
    return min(int(told[:12]), most) if len(told) <= 12 else most
