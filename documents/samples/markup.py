"""Sample text files: TXT, MD, HTML, CSV, TSV, EPUB, EML and MSG."""

import html
import struct
import zipfile
from email.message import EmailMessage
from pathlib import Path

from .compound import Tree, write_compound
from .content import (
    EMAIL,
    EMAIL_FROM,
    EMAIL_SUBJECT,
    EMAIL_TO,
    NOTES,
    REPORT,
    WORKBOOK,
    Block,
    Heading,
    Items,
    Link,
    Paragraph,
    Table,
)

ZIP_TIME = (2024, 1, 2, 3, 4, 6)


def as_html(block: Block) -> str:
    match block:
        case Heading():
            return f"<h{block.level}>{html.escape(block.text)}</h{block.level}>"
        case Paragraph():
            return f"<p>{html.escape(block.text)}</p>"
        case Link():
            link = f'<a href="{html.escape(block.url)}">{html.escape(block.text)}</a>'
            return f"<p>{html.escape(block.before)}{link}{html.escape(block.after)}</p>"
        case Items():
            tag = "ol" if block.ordered else "ul"
            items = "".join(f"<li>{html.escape(item)}</li>" for item in block.items)
            return f"<{tag}>{items}</{tag}>"
        case Table():
            head, *body = ("".join(f"<td>{html.escape(c)}</td>" for c in r) for r in block.rows)
            head = head.replace("td>", "th>")
            return f"<table>{''.join(f'<tr>{row}</tr>' for row in (head, *body))}</table>"


def as_markdown(block: Block) -> str:
    match block:
        case Heading():
            return f"{'#' * block.level} {block.text}"
        case Paragraph():
            return block.text
        case Link():
            return f"{block.before}[{block.text}]({block.url}){block.after}"
        case Items():
            marks = [f"{n}." if block.ordered else "-" for n in range(1, len(block.items) + 1)]
            return "\n".join(f"{m} {t}" for m, t in zip(marks, block.items, strict=True))
        case Table():
            rows = ["| " + " | ".join(c.replace("|", "\\|") for c in r) + " |" for r in block.rows]
            return "\n".join([rows[0], "|" + "---|" * len(block.rows[0]), *rows[1:]])


def write_html(path: Path) -> None:
    body = "\n".join(as_html(block) for block in REPORT)
    path.write_text(
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        "<title>Harbour Water Report</title>"
        "<style>p { margin: 1em }</style><script>console.log('not text')</script></head>\n"
        f"<body>\n<main>\n{body}\n</main>\n</body></html>\n",
        encoding="utf-8",
    )


def write_epub(path: Path) -> None:
    body = "".join(as_html(block) for block in REPORT)
    page = (
        '<?xml version="1.0" encoding="utf-8"?><html xmlns="http://www.w3.org/1999/xhtml">'
        f"<head><title>Harbour Water Report</title></head><body>{body}</body></html>"
    )
    container = (
        '<?xml version="1.0"?><container version="1.0" '
        'xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile '
        'full-path="book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
    )
    package = (
        '<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf" version="3.0" '
        'unique-identifier="id"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/">'
        '<dc:identifier id="id">harbour</dc:identifier><dc:language>en</dc:language>'
        "<dc:title>Harbour Water Report</dc:title></metadata><manifest><item id='page' "
        "href='page.xhtml' media-type='application/xhtml+xml'/></manifest>"
        "<spine><itemref idref='page'/></spine></package>"
    )
    files = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": container,
        "book.opf": package,
        "page.xhtml": page,
    }
    write_zip(path, {name: text.encode() for name, text in files.items()})


def write_zip(path: Path, files: dict[str, bytes], *, store_first: bool = True) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            how = zipfile.ZIP_STORED if store_first and name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(zipfile.ZipInfo(name, ZIP_TIME), content, compress_type=how)


def write_eml(path: Path) -> None:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = EMAIL_SUBJECT, EMAIL_FROM, EMAIL_TO
    message["Date"] = "Mon, 28 Oct 2024 09:30:00 +0100"
    message["Message-ID"] = "<sample@example.org>"
    message.set_content("\n\n".join(EMAIL))
    rich = "".join(f"<p>{html.escape(text)}</p>" for text in EMAIL)
    message.add_alternative(f"<html><body>{rich}</body></html>", subtype="html")
    for number, part in enumerate(message.walk()):
        if part.is_multipart():
            part.set_boundary(f"=-sample-{number}")
    path.write_bytes(message.as_bytes())


def write_msg(path: Path) -> None:
    """An Outlook message: its properties as streams of a compound file ([MS-OXMSG])."""
    name, address = EMAIL_FROM.rstrip(">").split(" <")
    to_name, to_address = EMAIL_TO.rstrip(">").split(" <")
    texts = {
        0x001A: "IPM.Note",
        0x0037: EMAIL_SUBJECT,
        0x0C1A: name,
        0x0C1E: "SMTP",
        0x0C1F: address,
        0x0042: name,
        0x0E04: to_name,
        0x1000: "\r\n\r\n".join(EMAIL),
    }
    recipient = {0x3001: to_name, 0x3002: "SMTP", 0x3003: to_address, 0x39FE: to_address}
    tree: Tree = {
        **_properties(texts, header=struct.pack("<8xIIII8x", 1, 0, 1, 0)),
        "__recip_version1.0_#00000000": _properties(recipient, {0x0C15: 1}, header=bytes(8)),
        "__nameid_version1.0": {
            f"__substg1.0_{number}0102": b"" for number in ("0002", "0003", "0004")
        },
    }
    path.write_bytes(write_compound(tree))


def _properties(
    texts: dict[int, str], numbers: dict[int, int] | None = None, *, header: bytes
) -> dict[str, bytes]:
    """Streams for Unicode properties: id -> text, and the table that lists them and the numbers."""
    streams = {
        f"__substg1.0_{tag:04X}001F": text.encode("utf-16-le") for tag, text in texts.items()
    }
    table = header + struct.pack("<IIII", 0x340D0003, 6, 0x40000, 0)  # the store knows Unicode
    for tag, number in (numbers or {}).items():
        table += struct.pack("<IIII", tag << 16 | 0x0003, 6, number, 0)
    for tag, text in sorted(texts.items()):
        table += struct.pack("<IIII", tag << 16 | 0x001F, 6, len(text) * 2 + 2, 0)
    return {**streams, "__properties_version1.0": table}


def write_markup(folder: Path) -> None:
    write_html(folder / "report.html")
    write_epub(folder / "report.epub")
    write_eml(folder / "delivery.eml")
    write_msg(folder / "delivery.msg")
    text = "\n\n".join(NOTES) + "\n"
    (folder / "notes.txt").write_text(text, encoding="utf-8")
    (folder / "notes-windows.txt").write_bytes(text.replace("\n", "\r\n").encode("cp1252"))
    (folder / "notes-utf16.txt").write_bytes(text.encode("utf-16"))
    markdown = "\n\n".join(as_markdown(block) for block in REPORT) + "\n"
    (folder / "Übersicht – 港口.md").write_text(markdown, encoding="utf-8")
    rows = WORKBOOK["Inventory"].rows
    (folder / "inventory.csv").write_text("".join(",".join(row) + "\n" for row in rows))
    (folder / "inventory.tsv").write_text("".join("\t".join(row) + "\n" for row in rows))
    suppliers = WORKBOOK["Suppliers"].rows
    semicolons = "".join(";".join(row) + "\r\n" for row in suppliers)
    (folder / "suppliers-semicolon.csv").write_bytes(semicolons.encode("cp1252"))
