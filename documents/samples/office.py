"""Sample office files: DOCX, PPTX, XLSX by their libraries, the other formats by LibreOffice."""

import shutil
import subprocess
import tempfile
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pptx
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from pptx.util import Inches

from .content import (
    REPORT,
    RIGHT_TO_LEFT,
    SLIDE_TABLE,
    SLIDES,
    WORKBOOK,
    Block,
    Heading,
    Items,
    Link,
    Paragraph,
    Table,
)
from .markup import write_zip

# Fixed, so that the same content gives the same bytes.
WRITTEN_AT = datetime(2024, 1, 2, 3, 4, 5)  # noqa: DTZ001 - office files store naive times


def write_docx(path: Path, blocks: tuple[Block, ...], *, right_to_left: bool = False) -> None:
    document = docx.Document()
    document.core_properties.created = document.core_properties.modified = WRITTEN_AT
    for block in blocks:
        _add_block(document, block)
    if right_to_left:
        for paragraph in document.paragraphs:
            paragraph._p.get_or_add_pPr().append(OxmlElement("w:bidi"))
            for run in paragraph.runs:
                run._r.get_or_add_rPr().append(OxmlElement("w:rtl"))
                run.font.name = "DejaVu Sans"
    document.save(str(path))


def _add_block(document: Any, block: Block) -> None:
    match block:
        case Heading():
            document.add_heading(block.text, block.level)
        case Paragraph():
            document.add_paragraph(block.text)
        case Items():
            style = "List Number" if block.ordered else "List Bullet"
            for item in block.items:
                document.add_paragraph(item, style=style)
        case Table():
            _add_table(document, block)
        case Link():
            _add_link(document.add_paragraph(block.before), block)


def _add_table(document: Any, block: Table) -> None:
    table = document.add_table(len(block.rows), len(block.rows[0]), style="Table Grid")
    for cells, row in zip(table.rows, block.rows, strict=True):
        for cell, text in zip(cells.cells, row, strict=True):
            cell.text = text


def _add_link(paragraph: Any, link: Link) -> None:
    relation = paragraph.part.relate_to(link.url, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    hyperlink = OxmlElement("w:hyperlink")
    hyperlink.set(qn("r:id"), relation)
    run = paragraph.add_run(link.text)
    hyperlink.append(run._r)
    paragraph._p.append(hyperlink)
    paragraph.add_run(link.after)


def write_pptx(path: Path) -> None:
    deck = pptx.Presentation()
    deck.core_properties.created = deck.core_properties.modified = WRITTEN_AT
    for title, points in SLIDES:
        slide = deck.slides.add_slide(deck.slide_layouts[1 if points else 5])
        slide.shapes.title.text = title
        if points:
            slide.placeholders[1].text = "\n".join(points)
        else:
            rows = SLIDE_TABLE.rows
            size = (Inches(1), Inches(2), Inches(7), Inches(2))
            table = slide.shapes.add_table(len(rows), len(rows[0]), *size).table
            for y, row in enumerate(rows):
                for x, text in enumerate(row):
                    table.cell(y, x).text = text
    deck.save(str(path))


def write_xlsx(path: Path) -> None:
    book = openpyxl.Workbook()
    book.remove(book.active)
    book.properties.created = book.properties.modified = WRITTEN_AT
    for name, table in WORKBOOK.items():
        sheet = book.create_sheet(name)
        for row in table.rows:
            sheet.append([_cell(text) for text in row])
    book.save(path)


def _cell(text: str) -> str | float:
    try:
        return float(text)
    except ValueError:
        return text


def convert_with_libreoffice(source: Path, target: Path) -> None:
    """Let LibreOffice write `source` in the format that the suffix of `target` names."""
    program = shutil.which("soffice")
    if program is None:
        raise SystemExit(f"LibreOffice (soffice) is needed to make {target.name}.")
    with tempfile.TemporaryDirectory() as folder:
        profile = f"-env:UserInstallation=file://{folder}/profile"
        to = ["--convert-to", target.suffix[1:], "--outdir", folder]
        subprocess.run(  # noqa: S603 - LibreOffice, by its full path
            [program, profile, "--headless", *to, str(source)], check=True, capture_output=True
        )
        shutil.move(Path(folder, source.stem + target.suffix), target)


def repack(path: Path) -> None:
    """Write a ZIP file anew without the times of its members."""
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    write_zip(path, files)


def write_office(folder: Path) -> None:
    write_docx(folder / "report.docx", REPORT)
    write_docx(folder / "right-to-left.docx", RIGHT_TO_LEFT, right_to_left=True)
    write_pptx(folder / "slides.pptx")
    write_xlsx(folder / "inventory.xlsx")
    for name in ("report.docx", "right-to-left.docx", "slides.pptx", "inventory.xlsx"):
        repack(folder / name)
    for source, suffixes in {
        "report.docx": ("doc", "odt", "rtf"),
        "slides.pptx": ("ppt", "odp"),
        "inventory.xlsx": ("xls", "ods"),
        "right-to-left.docx": ("pdf",),
    }.items():
        for suffix in suffixes:
            target = (folder / source).with_suffix(f".{suffix}")
            convert_with_libreoffice(folder / source, target)
