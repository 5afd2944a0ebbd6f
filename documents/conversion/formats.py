"""The formats that can be converted: one table for detection, upload checks and the interface."""

from dataclasses import dataclass
from pathlib import PurePath

OPEN_XML = "application/vnd.openxmlformats-officedocument"
OPEN_DOCUMENT = "application/vnd.oasis.opendocument"


@dataclass(frozen=True)
class Format:
    """One format: a short stable name, what people call it, and how it is recognized by name."""

    name: str
    label: str
    media_type: str
    extensions: tuple[str, ...]  # with dot, lower case; the usual one first


SUPPORTED_FORMATS: tuple[Format, ...] = (
    Format("pdf", "PDF", "application/pdf", (".pdf",)),
    Format("docx", "Word", f"{OPEN_XML}.wordprocessingml.document", (".docx", ".docm")),
    Format("doc", "Word 97-2003", "application/msword", (".doc",)),
    Format("pptx", "PowerPoint", f"{OPEN_XML}.presentationml.presentation", (".pptx", ".pptm")),
    Format("ppt", "PowerPoint 97-2003", "application/vnd.ms-powerpoint", (".ppt", ".pps")),
    Format("xlsx", "Excel", f"{OPEN_XML}.spreadsheetml.sheet", (".xlsx", ".xlsm")),
    Format("xls", "Excel 97-2003", "application/vnd.ms-excel", (".xls",)),
    Format("odt", "OpenDocument text", f"{OPEN_DOCUMENT}.text", (".odt",)),
    Format("odp", "OpenDocument presentation", f"{OPEN_DOCUMENT}.presentation", (".odp",)),
    Format("ods", "OpenDocument spreadsheet", f"{OPEN_DOCUMENT}.spreadsheet", (".ods",)),
    Format("rtf", "Rich Text", "application/rtf", (".rtf",)),
    Format("epub", "EPUB", "application/epub+zip", (".epub",)),
    Format("html", "HTML", "text/html", (".html", ".htm", ".xhtml")),
    Format("eml", "e-mail", "message/rfc822", (".eml",)),
    Format("msg", "Outlook message", "application/vnd.ms-outlook", (".msg",)),
    Format("csv", "CSV", "text/csv", (".csv",)),
    Format("tsv", "TSV", "text/tab-separated-values", (".tsv", ".tab")),
    Format("md", "Markdown", "text/markdown", (".md", ".markdown")),
    Format("txt", "plain text", "text/plain", (".txt", ".text", ".log")),
    Format("png", "PNG", "image/png", (".png",)),
    Format("jpeg", "JPEG", "image/jpeg", (".jpg", ".jpeg")),
    Format("gif", "GIF", "image/gif", (".gif",)),
    Format("tiff", "TIFF", "image/tiff", (".tif", ".tiff")),
    Format("bmp", "BMP", "image/bmp", (".bmp",)),
    Format("webp", "WebP", "image/webp", (".webp",)),
)
FORMATS = {format_.name: format_ for format_ in SUPPORTED_FORMATS}
BY_EXTENSION = {ext: format_ for format_ in SUPPORTED_FORMATS for ext in format_.extensions}
SUPPORTED_EXTENSIONS: frozenset[str] = frozenset(BY_EXTENSION)

IMAGES = frozenset({"png", "jpeg", "gif", "tiff", "bmp", "webp"})


def claimed_by(filename: str) -> Format | None:
    """The format that a file has by its extension; None if no format has that."""
    return BY_EXTENSION.get(PurePath(filename).suffix.lower())
