"""Pictures of web pages and books: where they come from, and those that stand in the page."""

import base64
import binascii

from .web_tree import Node, descendants


def sources(root: Node) -> list[str]:
    """Where the pictures of a page come from, each once."""
    found = [
        node.attrs.get("src") or node.attrs.get("href") or node.attrs.get("xlink:href", "")
        for node in descendants(root)
        if node.tag in {"img", "image"}
    ]
    return list(dict.fromkeys(source for source in found if source))


def embedded(source: str) -> bytes | None:
    """The picture that an address holds itself (RFC 2397); None if it holds none."""
    head, _, data = source.partition(",")
    if not head.lower().startswith("data:image/") or not head.lower().endswith(";base64"):
        return None
    try:
        return base64.b64decode("".join(data.split()))
    except (binascii.Error, ValueError):
        return None
