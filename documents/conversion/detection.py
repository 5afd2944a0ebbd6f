"""What a file really is: from its bytes, with the name only to tell kinds of text apart.

Not libmagic or filetype: those name a kind, and what is needed besides is in no table of theirs:
which format of ours a ZIP or OLE file holds, whether it may be unpacked, and why it is refused.
"""

import re
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePath

import olefile

from . import errors
from .encoding import decode_text
from .formats import FORMATS, OPEN_DOCUMENT, claimed_by

HEAD_BYTES = 65_536
# A file that unpacks to more than this, or to this many times its size, is refused unread.
MAX_UNPACKED_BYTES = 2 * 1024**3
SUSPECT_UNPACKED_BYTES = 200 * 1024**2
MAX_RATIO = 100

PDF_MARK = b"%PDF-"
PICTURES = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"II*\0", "tiff"),
    (b"MM\0*", "tiff"),
    (b"BM", "bmp"),
)
FOREIGN = (
    (b"\x7fELF", "a program (ELF)"),
    (b"MZ", "a program (Windows)"),
    (b"\xcf\xfa\xed\xfe", "a program (macOS)"),
    (b"\xca\xfe\xba\xbe", "a program (Java or macOS)"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\0", "an xz archive"),
    (b"SQLite format 3\0", "a database (SQLite)"),
    (b"ID3", "a sound file"),
    (b"OggS", "a sound or video file"),
    (b"\0asm", "a program (WebAssembly)"),
)
ODF_TYPES = {
    f"{OPEN_DOCUMENT}.text": "odt",
    f"{OPEN_DOCUMENT}.presentation": "odp",
    f"{OPEN_DOCUMENT}.spreadsheet": "ods",
    "application/epub+zip": "epub",
}
OPEN_XML_PARTS = {"word/": "docx", "ppt/": "pptx", "xl/": "xlsx"}
OLE_STREAMS = {
    "WordDocument": "doc",
    "PowerPoint Document": "ppt",
    "Workbook": "xls",
    "Book": "xls",
    "__properties_version1.0": "msg",
}
XML_DECLARATION = re.compile(r"\A<\?xml[^>]*>", re.I)
# Kinds of text that nothing but their names tells apart from others.
TOLD_BY_NAME = frozenset(
    ["md", "csv", "tsv", "html", "json", "jsonl", "rst", "asciidoc", "org", "ipynb", "xml", "fb2",
     "svg", "vcf", "ics"]
)  # fmt: skip
BOOK_START = re.compile(r"(?:<\?xml[^>]{0,200}>\s{0,100})?<FictionBook\b")
CARD_START = re.compile(r"BEGIN:(VCARD|VCALENDAR)\b", re.I)
HTML_START_LENGTH = len("<!doctype html")
HTML_START = re.compile(r"\A(?:<!doctype html|<html)", re.I)
MAIL_START = re.compile(r"\A(?:[A-Za-z][A-Za-z0-9-]*+:[^\n]*+\n(?:[ \t][^\n]*+\n)*+){2}")
MAIL_FIELDS = re.compile(r"^(from|received|return-path|message-id|mime-version):", re.I | re.M)


@dataclass(frozen=True)
class Detected:
    """The real format of a file; `warning` is a sentence if its name says something else."""

    format: str
    media_type: str
    extension: str
    warning: str | None = None


def detect(path: Path, filename: str) -> Detected:
    """Find out the format of the file at `path`, which people know as `filename`.

    Raises ConversionError: empty_file, encrypted_file, corrupt_file, unsupported_format, too_large.
    """
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if not head:
        raise errors.empty_file(filename)
    name = _from_signature(head, path, filename) or _from_text(head, filename)
    if name is None:
        claimed = claimed_by(filename)
        if claimed is None or claimed.name in {"txt", "md", "csv", "tsv"}:
            raise errors.unsupported_format(filename, "a file of an unknown kind")
        raise errors.corrupt_file(filename, claimed.label, "The bytes match no known format.")
    return _described(name, filename)


def _described(name: str, filename: str) -> Detected:
    real = FORMATS[name]
    claimed = claimed_by(filename)
    warning = None
    if claimed is not None and claimed != real:
        suffix = PurePath(filename).suffix.lower()
        warning = f"The file is called {suffix}, but it is {real.label}; it was converted as such."
    return Detected(name, real.media_type, real.extensions[0], warning)


def _from_signature(head: bytes, path: Path, filename: str) -> str | None:
    """Format of a file with a signature; None if it has none."""
    if head.startswith(b"PK\x03\x04"):
        return _from_zip(path, filename)
    if head.startswith(olefile.MAGIC):
        return _from_ole(path, filename)
    for signature, what in FOREIGN:
        if head.startswith(signature) and b"\0" in head:
            raise errors.unsupported_format(filename, what)
    # Mail programs, web servers and printers put a few lines before a PDF; other files quote one.
    is_called_pdf = PurePath(filename).suffix.lower() == ".pdf"
    if PDF_MARK in (head if is_called_pdf else head[:1024]):
        return "pdf"
    return _picture(head)


def _picture(head: bytes) -> str | None:
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "webp"
    for signature, name in PICTURES:
        # Two letters are a weak signature: a text may begin with BM.
        if head.startswith(signature) and (name != "bmp" or b"\0" in head[:32]):
            return name
    return None


def _from_zip(path: Path, filename: str) -> str:
    try:
        with errors.engine_at_work(), zipfile.ZipFile(path) as archive:
            _refuse_bombs(archive, path, filename)
            return _zip_format(archive, filename)
    except errors.EngineError as problem:
        claimed = claimed_by(filename)
        label = claimed.label if claimed else "ZIP"
        raise errors.corrupt_file(filename, label, str(problem)) from problem


def _refuse_bombs(archive: zipfile.ZipFile, path: Path, filename: str) -> None:
    unpacked = sum(info.file_size for info in archive.infolist())
    too_dense = unpacked > SUSPECT_UNPACKED_BYTES and unpacked > MAX_RATIO * path.stat().st_size
    if unpacked > MAX_UNPACKED_BYTES or too_dense:
        raise errors.too_large(filename, f"it unpacks to {unpacked // 1024**2} MB")


def _zip_format(archive: zipfile.ZipFile, filename: str) -> str:
    if any(info.flag_bits & 1 for info in archive.infolist()):
        raise errors.encrypted_file(filename)
    name = zip_format(archive)
    if name is None:
        raise errors.unsupported_format(filename, "a ZIP archive")
    if name in ODF_TYPES.values():
        _refuse_locked_odf(archive, filename)
    return name


def zip_format(archive: zipfile.ZipFile) -> str | None:
    """The format of a document that is a ZIP archive; None if it is just an archive."""
    names = set(archive.namelist())
    if "mimetype" in names and not archive.getinfo("mimetype").flag_bits & 1:
        with archive.open("mimetype") as file:
            declared = file.read(200).decode("ascii", "replace").strip()
        if declared in ODF_TYPES:
            return ODF_TYPES[declared]
    if "[Content_Types].xml" in names:
        for folder, name in OPEN_XML_PARTS.items():
            if any(entry.startswith(folder) for entry in names):
                return name
    return "epub" if "META-INF/container.xml" in names else None


def _refuse_locked_odf(archive: zipfile.ZipFile, filename: str) -> None:
    if "META-INF/manifest.xml" not in archive.namelist():
        return
    if b"encryption-data" in archive.read("META-INF/manifest.xml"):
        raise errors.encrypted_file(filename)


def _from_ole(path: Path, filename: str) -> str:
    try:
        with errors.engine_at_work(), olefile.OleFileIO(path) as container:
            streams = {entry[0] for entry in container.listdir()}
    except errors.EngineError as problem:
        raise errors.corrupt_file(filename, "Office", str(problem)) from problem
    if "EncryptedPackage" in streams:
        raise errors.encrypted_file(filename)
    for stream, name in OLE_STREAMS.items():
        if stream in streams:
            return name
    raise errors.unsupported_format(filename, "an Office container without a document")


def _from_text(head: bytes, filename: str) -> str | None:
    """Kind of text: HTML and mail by how they begin, the others by name; None for binary data."""
    decoded = decode_text(head, partial=True)
    if decoded is None:
        return None
    text = decoded.text.lstrip()
    if text.startswith("{\\rtf"):
        return "rtf"
    claimed = claimed_by(filename)
    if claimed is not None and claimed.name in TOLD_BY_NAME:
        return claimed.name
    return _by_its_start(text, claimed.name if claimed else None)


def _by_its_start(text: str, claimed: str | None) -> str:
    if BOOK_START.match(text):
        return "fb2"
    if card := CARD_START.match(text):
        return "vcf" if card[1].upper() == "VCARD" else "ics"
    if _begins_as_html(text):
        return "html"
    is_mail = MAIL_START.match(text) and MAIL_FIELDS.search(text[:4000])
    return "eml" if is_mail and claimed != "txt" else "txt"


def _begins_as_html(text: str) -> bool:
    """Whether the first thing in `text` behind an XML declaration and comments is a web page."""
    position = 0
    if declaration := XML_DECLARATION.match(text := text.lstrip()):
        position = declaration.end()
    while True:
        while position < len(text) and text[position].isspace():
            position += 1
        if not text.startswith("<!--", position):
            return HTML_START.match(text[position : position + HTML_START_LENGTH]) is not None
        end = text.find("-->", position)
        if end < 0:
            return False
        position = end + len("-->")
