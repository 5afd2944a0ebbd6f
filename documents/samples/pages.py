"""Sample PDFs and images: text, two columns, scans, a mix of both, and a TIFF of several pages."""

import io
import random
from collections.abc import Iterable
from pathlib import Path

import pypdfium2
from PIL import Image, ImageFilter
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, ListFlowable, SimpleDocTemplate, Spacer
from reportlab.platypus import Paragraph as Text
from reportlab.platypus import Table as Grid

from .content import (
    ARTICLE,
    ARTICLE_TITLE,
    MIXED,
    REPORT,
    SCAN,
    SCAN_SECOND_PAGE,
    SCAN_TITLE,
    Block,
    Heading,
    Items,
    Link,
    Paragraph,
    Table,
)

WIDTH, HEIGHT = A4  # points
RUNNING_HEADER = "District Laboratory – Port Lindqvist"
SEED = 20240102


def write_report(path: Path) -> None:
    """Three pages with headings, lists, a ruled table, a link, and a header and footer on each."""
    styles = getSampleStyleSheet()

    def flow(block: Block) -> list[Flowable]:
        match block:
            case Heading():
                return [Text(block.text, styles[f"Heading{block.level}"])]
            case Paragraph():
                return [Text(block.text, styles["BodyText"])]
            case Link():
                link = f'<a href="{block.url}" color="blue">{block.text}</a>'
                return [Text(block.before + link + block.after, styles["BodyText"])]
            case Items():
                items = [Text(item, styles["BodyText"]) for item in block.items]
                kind = "1" if block.ordered else "bullet"
                return [
                    ListFlowable(
                        items, bulletType=kind, bulletFormat="%s." if kind == "1" else None
                    )
                ]
            case Table():
                grid = Grid(block.rows, style=[("GRID", (0, 0), (-1, -1), 0.5, colors.black)])
                return [Spacer(1, 8), grid, Spacer(1, 8)]

    def decorate(canvas: Canvas, template: SimpleDocTemplate) -> None:
        canvas.setFont("Helvetica", 8)
        canvas.drawString(72, HEIGHT - 40, RUNNING_HEADER)
        canvas.drawCentredString(WIDTH / 2, 36, f"Page {template.page} of 3")

    # A5-like frame on A4: the report then runs over three pages.
    template = SimpleDocTemplate(
        str(path), pagesize=A4, topMargin=150, bottomMargin=430, title="Harbour Water Report",
        invariant=1,
    )  # fmt: skip
    flowables = [flowable for block in REPORT for flowable in flow(block)]
    template.build(flowables, onFirstPage=decorate, onLaterPages=decorate)


def write_columns(path: Path) -> None:
    canvas = Canvas(str(path), pagesize=A4, invariant=1)
    canvas.setFont("Times-Bold", 18)
    canvas.drawString(60, HEIGHT - 70, ARTICLE_TITLE)
    for x, texts in ((60, ARTICLE[:3]), (320, ARTICLE[3:])):
        y = HEIGHT - 110
        canvas.setFont("Times-Roman", 11)
        for text in texts:
            for line in _wrap(text, "Times-Roman", 11, 215):
                canvas.drawString(x, y, line)
                y -= 14
            y -= 9
    canvas.save()


def _wrap(text: str, font: str, size: float, width: float) -> Iterable[str]:
    """Lines of `text` at most `width` points wide; words are broken at ~ where that helps."""
    line = ""
    for word in text.split():
        joined = f"{line} {word.replace('~', '')}".strip()
        if stringWidth(joined, font, size) <= width:
            line = joined
            continue
        head, mark, tail = word.partition("~")
        if mark and stringWidth(f"{line} {head}-", font, size) <= width:
            yield f"{line} {head}-"
            line = tail
            continue
        yield line
        line = word.replace("~", "")
    yield line


def letter(title: str | None, texts: Iterable[str]) -> bytes:
    """One A4 page of typewritten text as a PDF, from which the scans are made."""
    styles = getSampleStyleSheet()
    body = styles["BodyText"].clone("letter", fontName="Times-Roman", fontSize=13, leading=18)
    buffer = io.BytesIO()
    flow: list[Flowable] = [Text(title, styles["Heading1"])] if title else []
    for text in texts:
        flow += [Text(text, body), Spacer(1, 10)]
    SimpleDocTemplate(buffer, pagesize=A4, invariant=1).build(flow)
    return buffer.getvalue()


def scan(pdf: bytes, dpi: int) -> Image.Image:
    page = pypdfium2.PdfDocument(pdf)[0]
    return page.render(scale=dpi / 72, grayscale=True).to_pil()


def spoil(image: Image.Image, *, degrees: float, noise: float) -> Image.Image:
    """Turn `image` a little, blur it and mix in `noise` (0-1) of gray grain, always the same."""
    turned = image.rotate(degrees, fillcolor=245, resample=Image.Resampling.BICUBIC)
    turned = turned.filter(ImageFilter.GaussianBlur(0.8))
    grain = Image.frombytes(
        "L",
        turned.size,
        random.Random(SEED).randbytes(turned.width * turned.height),  # noqa: S311 - the same grain every time
    )
    return Image.blend(turned, grain, noise)


def write_image_pdf(path: Path, images: Iterable[Image.Image], first: str | None = None) -> None:
    """A PDF of whole-page JPEGs, after a page of real text if `first` is given."""
    canvas = Canvas(str(path), pagesize=A4, invariant=1)
    if first is not None:
        body = getSampleStyleSheet()["BodyText"].clone("first", fontSize=12, leading=16)
        paragraph = Text(first, body)
        _, height = paragraph.wrap(WIDTH - 144, HEIGHT)
        paragraph.drawOn(canvas, 72, HEIGHT - 90 - height)
        canvas.showPage()
    for image in images:
        buffer = io.BytesIO()
        image.save(buffer, "JPEG", quality=60)
        buffer.seek(0)
        canvas.drawImage(ImageReader(buffer), 0, 0, WIDTH, HEIGHT)
        canvas.showPage()
    canvas.save()


def write_pages(folder: Path) -> None:
    write_report(folder / "report.pdf")
    write_columns(folder / "two-columns.pdf")
    first, second = letter(SCAN_TITLE, SCAN), letter(None, SCAN_SECOND_PAGE)
    write_image_pdf(folder / "scan.pdf", [scan(first, 200), scan(second, 200)])
    noisy = spoil(scan(first, 120), degrees=1.8, noise=0.35)
    write_image_pdf(folder / "scan-noisy.pdf", [noisy])
    # Half of it is a guess: what a low score looks like.
    worn = [
        spoil(scan(first, 120), degrees=1.8, noise=0.35),
        spoil(scan(second, 105), degrees=1.8, noise=0.38),
    ]
    write_image_pdf(folder / "scan-worn.pdf", worn)
    write_image_pdf(folder / "mixed.pdf", [scan(second, 150)], first=MIXED)
    bilevel = [
        scan(pdf, 200).point(lambda v: 255 * (v > 140)).convert("1") for pdf in (first, second)
    ]
    bilevel[0].save(
        folder / "scan.tiff", save_all=True, append_images=bilevel[1:], compression="group4",
        dpi=(200, 200),
    )  # fmt: skip
    picture = scan(second, 150)
    picture = picture.crop((0, 0, picture.width, picture.height // 3))
    for suffix in ("png", "jpeg", "gif", "bmp", "webp"):
        mode = picture.convert("1") if suffix == "bmp" else picture
        mode.save(folder / f"picture.{suffix}", dpi=(150, 150))
