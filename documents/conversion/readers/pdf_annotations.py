"""Annotations of a PDF page: links, fields of forms, and remarks (PDF 32000-1, 12.5)."""

import ctypes
from typing import Any, Literal

from pypdfium2 import raw

from ..layout.page import FormField, Link, Remark, SourcePage
from .pdf_frames import Frame

MOST_ANNOTATIONS = 5_000  # of one page
MOST_QUADS = 200  # pieces of one link
LONGEST_TEXT = 200_000  # bytes
HIDDEN = 2  # flag of an annotation (table 165)

_KINDS: dict[int, Literal["text", "choice", "check", "radio"]] = {
    raw.FPDF_FORMFIELD_TEXTFIELD: "text",
    raw.FPDF_FORMFIELD_COMBOBOX: "choice",
    raw.FPDF_FORMFIELD_LISTBOX: "choice",
    raw.FPDF_FORMFIELD_CHECKBOX: "check",
    raw.FPDF_FORMFIELD_RADIOBUTTON: "radio",
}
# The pop-up of a remark repeats its text; widgets are fields, links have their own way.
_NO_REMARKS = {raw.FPDF_ANNOT_POPUP, raw.FPDF_ANNOT_WIDGET, raw.FPDF_ANNOT_LINK}


def annotations(page: Any, frame: Frame, forms: Any, found: SourcePage) -> None:
    """Put the links, fields and remarks of a page into `found`."""
    _links(page, frame, found)
    for at in range(min(raw.FPDFPage_GetAnnotCount(page), MOST_ANNOTATIONS)):
        annotation = raw.FPDFPage_GetAnnot(page, at)
        if not annotation:
            continue
        try:
            _annotation(annotation, frame, forms, found)
        finally:
            raw.FPDFPage_CloseAnnot(annotation)


def _annotation(annotation: Any, frame: Frame, forms: Any, found: SourcePage) -> None:
    kind, rectangle = raw.FPDFAnnot_GetSubtype(annotation), raw.FS_RECTF()
    if raw.FPDFAnnot_GetFlags(annotation) & HIDDEN:
        return
    if not raw.FPDFAnnot_GetRect(annotation, rectangle):
        return
    left, top, right, bottom = _box(rectangle, frame)
    if kind == raw.FPDF_ANNOT_WIDGET:
        if forms is not None and (field := _field(annotation, forms)):
            field.left, field.top, field.right, field.bottom = left, top, right, bottom
            found.fields.append(field)
        return
    text = _text(raw.FPDFAnnot_GetStringValue, annotation, b"Contents").strip()
    if text and kind not in _NO_REMARKS:
        found.remarks.append(Remark(left, top, text))


def _field(annotation: Any, forms: Any) -> FormField | None:
    kind = _KINDS.get(raw.FPDFAnnot_GetFormFieldType(forms, annotation))
    if kind is None:
        return None
    # What people are shown, and else what programs call it.
    name = _text(raw.FPDFAnnot_GetFormFieldAlternateName, forms, annotation)
    name = name or _text(raw.FPDFAnnot_GetFormFieldName, forms, annotation)
    if kind in ("check", "radio"):
        checked = bool(raw.FPDFAnnot_IsChecked(forms, annotation))
        return FormField(0, 0, 0, 0, kind, name, checked=checked)
    value = _text(raw.FPDFAnnot_GetFormFieldValue, forms, annotation)
    if kind == "choice":
        value = ", ".join(_chosen(annotation, forms)) or value
    return FormField(0, 0, 0, 0, kind, name, value)


def _chosen(annotation: Any, forms: Any) -> list[str]:
    """What people see of the options that are chosen; the value may be a code for it."""
    count = min(raw.FPDFAnnot_GetOptionCount(forms, annotation), MOST_ANNOTATIONS)
    return [
        _text(raw.FPDFAnnot_GetOptionLabel, forms, annotation, at)
        for at in range(count)
        if raw.FPDFAnnot_IsOptionSelected(forms, annotation, at)
    ]


def _links(page: Any, frame: Frame, found: SourcePage) -> None:
    position, link = ctypes.c_int(0), raw.FPDF_LINK()
    for _ in range(MOST_ANNOTATIONS):
        if not raw.FPDFLink_Enumerate(page, position, link):
            return
        if target := _target(page, link):
            found.links += [Link(*box, target) for box in _pieces(link, frame)]


def _pieces(link: Any, frame: Frame) -> list[tuple[float, float, float, float]]:
    """The rectangles of a link: one for each line that its text stands on."""
    quad, rectangle = raw.FS_QUADPOINTSF(), raw.FS_RECTF()
    boxes = []
    for at in range(min(raw.FPDFLink_CountQuadPoints(link), MOST_QUADS)):
        if raw.FPDFLink_GetQuadPoints(link, at, quad):
            corners = [(quad.x1, quad.y1), (quad.x2, quad.y2), (quad.x3, quad.y3)]
            boxes.append(frame.to_page.box([*corners, (quad.x4, quad.y4)]))
    if not boxes and raw.FPDFLink_GetAnnotRect(link, rectangle):
        boxes.append(_box(rectangle, frame))
    return boxes


def _target(page: Any, link: Any) -> str:
    """An address, or `#page=3` for a place in the document itself."""
    action, document = raw.FPDFLink_GetAction(link), page.pdf
    kind = raw.FPDFAction_GetType(action) if action else raw.PDFACTION_UNSUPPORTED
    if kind == raw.PDFACTION_URI:
        buffer = ctypes.create_string_buffer(4096)
        length = raw.FPDFAction_GetURIPath(document, action, buffer, 4096)
        return buffer.value.decode("utf-8", "replace").strip() if 0 < length <= 4096 else ""
    place = raw.FPDFLink_GetDest(document, link)
    if not place and kind == raw.PDFACTION_GOTO:
        place = raw.FPDFAction_GetDest(document, action)
    index = raw.FPDFDest_GetDestPageIndex(document, place) if place else -1
    return f"#page={index + 1}" if index >= 0 else ""


def _box(rectangle: Any, frame: Frame) -> tuple[float, float, float, float]:
    corners = [(rectangle.left, rectangle.bottom), (rectangle.right, rectangle.top)]
    return frame.to_page.box(corners)


def _text(function: Any, *arguments: Any) -> str:
    """What a function of PDFium writes as UTF-16 into a buffer of its caller."""
    length = function(*arguments, None, 0)
    if not 2 < length <= LONGEST_TEXT:
        return ""
    buffer = ctypes.create_string_buffer(length)
    pointer = ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort))
    function(*arguments, pointer, length)
    return buffer.raw[:length].decode("utf-16-le", "replace").rstrip("\0")
