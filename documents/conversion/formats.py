"""The formats that can be converted: one table for detection, upload checks and the interface."""

from dataclasses import dataclass
from pathlib import PurePath

OPEN_XML = "application/vnd.openxmlformats-officedocument"
OPEN_DOCUMENT = "application/vnd.oasis.opendocument"


@dataclass(frozen=True)
class Format:
    """One format: a short stable name, what people call it, and how it is recognized by name.

    `reader` is a module of documents/conversion/readers and its function, see reading.py.
    """

    name: str
    label: str
    media_type: str
    extensions: tuple[str, ...]  # with dot, lower case; the usual one first
    reader: str


SUPPORTED_FORMATS: tuple[Format, ...] = (
    Format("pdf", "PDF", "application/pdf", (".pdf",), "pdf:read"),
    Format(
        "docx", "Word", f"{OPEN_XML}.wordprocessingml.document", (".docx", ".docm"), "office:read"
    ),
    Format("doc", "Word 97-2003", "application/msword", (".doc",), "office:read"),
    Format(
        "pptx",
        "PowerPoint",
        f"{OPEN_XML}.presentationml.presentation",
        (".pptx", ".pptm"),
        "office:read",
    ),
    Format(
        "ppt",
        "PowerPoint 97-2003",
        "application/vnd.ms-powerpoint",
        (".ppt", ".pps"),
        "office:read",
    ),
    Format("xlsx", "Excel", f"{OPEN_XML}.spreadsheetml.sheet", (".xlsx", ".xlsm"), "calamine:read"),
    Format("xls", "Excel 97-2003", "application/vnd.ms-excel", (".xls",), "calamine:read"),
    Format("odt", "OpenDocument text", f"{OPEN_DOCUMENT}.text", (".odt",), "office:read"),
    Format(
        "odp",
        "OpenDocument presentation",
        f"{OPEN_DOCUMENT}.presentation",
        (".odp",),
        "office:read",
    ),
    Format(
        "ods",
        "OpenDocument spreadsheet",
        f"{OPEN_DOCUMENT}.spreadsheet",
        (".ods",),
        "calamine:read",
    ),
    Format("rtf", "Rich Text", "application/rtf", (".rtf",), "office:read"),
    Format("epub", "EPUB", "application/epub+zip", (".epub",), "office:read"),
    Format("html", "HTML", "text/html", (".html", ".htm", ".xhtml"), "office:read"),
    Format("eml", "e-mail", "message/rfc822", (".eml",), "office:read"),
    Format("msg", "Outlook message", "application/vnd.ms-outlook", (".msg",), "office:read"),
    Format("csv", "CSV", "text/csv", (".csv",), "delimited:read"),
    Format("tsv", "TSV", "text/tab-separated-values", (".tsv", ".tab"), "delimited:read"),
    Format("md", "Markdown", "text/markdown", (".md", ".markdown"), "text:read"),
    Format("txt", "plain text", "text/plain", (".txt", ".text", ".log"), "text:read"),
    Format("png", "PNG", "image/png", (".png",), "pictures:read"),
    Format("jpeg", "JPEG", "image/jpeg", (".jpg", ".jpeg"), "pictures:read"),
    Format("gif", "GIF", "image/gif", (".gif",), "pictures:read"),
    Format("tiff", "TIFF", "image/tiff", (".tif", ".tiff"), "pictures:read"),
    Format("bmp", "BMP", "image/bmp", (".bmp",), "pictures:read"),
    Format("webp", "WebP", "image/webp", (".webp",), "pictures:read"),
)
FORMATS = {format_.name: format_ for format_ in SUPPORTED_FORMATS}
BY_EXTENSION = {ext: format_ for format_ in SUPPORTED_FORMATS for ext in format_.extensions}
SUPPORTED_EXTENSIONS: frozenset[str] = frozenset(BY_EXTENSION)

IMAGES = frozenset({"png", "jpeg", "gif", "tiff", "bmp", "webp"})


def claimed_by(filename: str) -> Format | None:
    """The format that a file has by its extension; None if no format has that."""
    return BY_EXTENSION.get(PurePath(filename).suffix.lower())
