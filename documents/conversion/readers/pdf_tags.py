"""The structure tree of one page of a PDF (ISO 32000-1, 14.7 and 14.8), from PDFium."""

import ctypes
from collections.abc import Callable
from typing import Any

from pypdfium2 import raw

from ..layout.tags import MAX_DEPTH, MAX_ELEMENTS, Tree

MAX_TEXT = 20_000  # bytes
MAX_SPAN = 1_000


def tree_of(page: Any) -> Tree | None:
    """The elements that have content on a page, below one root; None if there is no tree."""
    tree = raw.FPDF_StructTree_GetForPage(page)
    if not tree:
        return None
    try:
        root = Tree("Document")
        budget = [MAX_ELEMENTS]
        for place in range(max(0, raw.FPDF_StructTree_CountChildren(tree))):
            element = raw.FPDF_StructTree_GetChildAtIndex(tree, place)
            if element and (node := _node(element, budget, MAX_DEPTH)):
                root.kids.append(node)
        return root if root.kids else None
    finally:
        raw.FPDF_StructTree_Close(tree)


def _node(element: Any, budget: list[int], depth: int) -> Tree | None:
    """An element with all below it; what is too deep or too much is left out."""
    budget[0] -= 1
    if budget[0] < 0 or depth < 0:
        return None
    node = Tree(
        _text(raw.FPDF_StructElement_GetType, element),
        description=_text(raw.FPDF_StructElement_GetAltText, element),
        text=_text(raw.FPDF_StructElement_GetActualText, element),
    )
    if node.role in {"TD", "TH"}:
        node.row_span, node.column_span = _cell_spans(element)
    for place in range(max(0, raw.FPDF_StructElement_CountChildren(element))):
        child = raw.FPDF_StructElement_GetChildAtIndex(element, place)
        if child:
            if below := _node(child, budget, depth - 1):
                node.kids.append(below)
            continue
        mcid = raw.FPDF_StructElement_GetChildMarkedContentID(element, place)
        if mcid >= 0:
            node.kids.append(mcid)
    return node


def _text(get: Callable[..., int], element: Any) -> str:
    length = get(element, None, 0)
    if not 2 < length <= MAX_TEXT:
        return ""
    buffer = ctypes.create_string_buffer(length)
    get(element, buffer, length)
    return buffer.raw[: length - 2].decode("utf-16-le", errors="replace")


def _cell_spans(element: Any) -> tuple[int, int]:
    spans = {"RowSpan": 1, "ColSpan": 1}
    for place in range(max(0, raw.FPDF_StructElement_GetAttributeCount(element))):
        attributes = raw.FPDF_StructElement_GetAttributeAtIndex(element, place)
        for name in spans if attributes else ():
            value = raw.FPDF_StructElement_Attr_GetValue(attributes, name.encode())
            number = ctypes.c_float()
            if value and raw.FPDF_StructElement_Attr_GetNumberValue(value, number):
                spans[name] = max(1, min(int(number.value), MAX_SPAN))
    return spans["RowSpan"], spans["ColSpan"]
