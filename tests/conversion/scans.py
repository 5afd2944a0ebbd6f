"""Scans with known text: pages of a PDF as pictures that lie askew, are grainy or badly stored."""

import io

import pypdfium2
from PIL import Image
from reportlab.lib import colors
from reportlab.lib.pagesizes import A5
from reportlab.lib.styles import ParagraphStyle, getSampleStyleSheet
from reportlab.platypus import (
    ListFlowable,
    ListItem,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    Table,
)

STYLES = getSampleStyleSheet()
BODY = ParagraphStyle("body", parent=STYLES["Normal"], fontSize=10, leading=13, spaceAfter=6)
TEXT = (
    "The committee met in the spring of 2026 and agreed on the plan for the northern district."
    " The work should be finished by November."
)
ROWS = [["Quay", "Ships", "Share"], ["North", "112", "34.5"], ["South", "87", "22.2"]]
GRID = ("GRID", (0, 0), (-1, -1), 0.6, colors.black)
BOOK = (
    ("LINEABOVE", (0, 0), (-1, 0), 0.9, colors.black),
    ("LINEBELOW", (0, 0), (-1, 0), 0.5, colors.black),
    ("LINEBELOW", (0, -1), (-1, -1), 0.9, colors.black),
)


def paragraph(text=TEXT, style=BODY):
    return Paragraph(text, style)


def heading(text, level=2):
    return Paragraph(text, STYLES[f"Heading{level}"])


def bullets(*texts, sign="•"):
    items = [ListItem(paragraph(text)) for text in texts]
    return ListFlowable(items, bulletType="bullet", start=sign)


def table(*lines, rows=ROWS):
    made = Table(rows, colWidths=[90, 60, 60])
    made.setStyle(list(lines))
    return made


def pdf(*flowables):
    """A PDF with `flowables` one below the other."""
    buffer = io.BytesIO()
    template = SimpleDocTemplate(
        buffer, pagesize=A5, leftMargin=50, rightMargin=50, topMargin=50, bottomMargin=50
    )
    spaced = [part for flowable in flowables for part in (flowable, Spacer(1, 6))]
    template.build(spaced)
    return buffer.getvalue()


def scan(data, dpi=200, *, skew=0.0, noise=0, quality=None):
    """The first page as a picture in shades of gray, turned clockwise by `skew` degrees."""
    with pypdfium2.PdfDocument(data) as document:
        page = document[0].render(scale=dpi / 72, grayscale=True).to_pil().convert("L")
    if skew:
        page = page.rotate(-skew, resample=Image.Resampling.BICUBIC, fillcolor=255)
    if noise:
        grain = Image.effect_noise(page.size, noise)
        page = Image.blend(page, grain, 0.15)
    if quality:
        buffer = io.BytesIO()
        page.save(buffer, "JPEG", quality=quality)
        page = Image.open(io.BytesIO(buffer.getvalue()))
        page.load()
    return page
