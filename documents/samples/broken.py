"""Samples of what people upload by mistake: empty, broken, locked, mislabelled and blank files."""

import io
import random
from pathlib import Path

import msoffcrypto
from PIL import Image
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from .markup import write_zip
from .pages import SEED

BOMB_BYTES = 400_000_000  # unpacked


def write_broken(good: Path, folder: Path) -> None:
    (folder / "empty.pdf").write_bytes(b"")
    (folder / "empty.txt").write_bytes(b"")
    (folder / "spaces.txt").write_text(" \n\t\n" * 20)
    (folder / "truncated.pdf").write_bytes((good / "report.pdf").read_bytes()[:900])
    (folder / "truncated.docx").write_bytes((good / "report.docx").read_bytes()[:9000])
    (folder / "random.docx").write_bytes(random.Random(SEED).randbytes(4096))  # noqa: S311 - the same grain every time
    (folder / "random.bin").write_bytes(random.Random(SEED + 1).randbytes(4096))  # noqa: S311 - the same grain every time
    (folder / "program.pdf").write_bytes(
        b"\x7fELF\x02\x01\x01" + bytes(9) + random.Random(SEED).randbytes(2000)  # noqa: S311 - the same grain every time
    )
    (folder / "program.docx").write_bytes(b"MZ\x90\0\x03" + bytes(55) + b"\x80" + bytes(2000))
    (folder / "picture-called.pdf").write_bytes((good / "picture.png").read_bytes())
    (folder / "broken.png").write_bytes((good / "picture.png").read_bytes()[:600])
    Image.new("L", (600, 400), 255).save(folder / "blank.png")
    _write_pdf(folder / "blank.pdf", text=None, encrypt=None)
    lock = StandardEncryption("open sesame", ownerPassword="owner", strength=128)
    _write_pdf(folder / "encrypted.pdf", text="Nobody may read this.", encrypt=lock)
    _encrypt_docx(good / "report.docx", folder / "encrypted.docx")
    _write_bomb(folder / "bomb.docx")


def _write_pdf(path: Path, *, text: str | None, encrypt: StandardEncryption | None) -> None:
    canvas = Canvas(str(path), invariant=1, encrypt=encrypt)
    if text:
        canvas.drawString(100, 700, text)
    canvas.showPage()
    canvas.save()


def _encrypt_docx(source: Path, target: Path) -> None:
    buffer = io.BytesIO()
    with source.open("rb") as plain:
        msoffcrypto.OfficeFile(plain).encrypt("open sesame", buffer)
    target.write_bytes(buffer.getvalue())


def _write_bomb(path: Path) -> None:
    """A DOCX of a few hundred kilobytes whose text unpacks to `BOMB_BYTES`."""
    start = (
        b'<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/'
        b'wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>'
    )
    end = b"</w:t></w:r></w:p></w:body></w:document>"
    types = (
        b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/'
        b'content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-'
        b'package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="'
        b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
        b'"/></Types>'
    )
    relations = (
        b'<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/'
        b'2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/'
        b'officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>'
        b"</Relationships>"
    )
    files = {
        "[Content_Types].xml": types,
        "_rels/.rels": relations,
        "word/document.xml": start + b"a" * BOMB_BYTES + end,
    }
    write_zip(path, files)
