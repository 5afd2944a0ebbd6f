"""How time and memory of a conversion grow with its file, for each format: `make bench`.

Each format is written at one, two and four times a size; each file is converted in a process of its
own. Shown are the seconds of processor time and the peak of memory (MB), and how the time grew over
the last doubling: 2.0 is linear. The numbers of seconds count for one core.

    python -m benchmarks.growth [FORMAT ...]
"""

import argparse
import io
import json
import random
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path

import docx
import openpyxl
import pptx
from PIL import Image, ImageDraw
from reportlab.pdfgen.canvas import Canvas

STEPS = (1, 2, 4)
SEED = 20

Writer = Callable[[Path, int], None]


def words(chooser: random.Random, count: int) -> str:
    letters = "abcdefghilmnoprstuv"
    return " ".join(
        "".join(chooser.choices(letters, k=chooser.randint(2, 10))) for _ in range(count)
    )


def paragraphs(count: int) -> Iterator[str]:
    chooser = random.Random(SEED)
    for _ in range(count):
        yield f"{words(chooser, 80).capitalize()}."


def write_txt(path: Path, count: int) -> None:
    path.write_text("\n\n".join(paragraphs(count)))


def write_md(path: Path, count: int) -> None:
    path.write_text("\n\n".join(f"## Part\n\n{text}\n\n- one\n- two" for text in paragraphs(count)))


def write_html(path: Path, count: int) -> None:
    parts = (f"<h2>Part</h2><p>{text}</p>" for text in paragraphs(count))
    path.write_text(f"<!doctype html><html><body>{''.join(parts)}</body></html>")


def write_eml(path: Path, count: int) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "a@example.org", "b@example.org", "Report"
    mail.set_content("\n\n".join(paragraphs(count)))
    path.write_bytes(bytes(mail))


def write_rtf(path: Path, count: int) -> None:
    path.write_text(
        "{\\rtf1\\ansi " + "".join(f"{text}\\par\n" for text in paragraphs(count)) + "}"
    )


def write_csv(path: Path, count: int) -> None:
    chooser = random.Random(SEED)
    path.write_text("".join(f"{n},{words(chooser, 2)},{n * 1.25}\n" for n in range(count)))


def write_xlsx(path: Path, count: int) -> None:
    chooser = random.Random(SEED)
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Data")
    for number in range(count):
        sheet.append([number, words(chooser, 1), words(chooser, 1), number * 1.25, "2024-01-02"])
    book.save(path)


def write_docx(path: Path, count: int) -> None:
    document = docx.Document()
    for text in paragraphs(count):
        document.add_paragraph(text)
    document.save(str(path))


def write_pptx(path: Path, count: int) -> None:
    slides = pptx.Presentation()
    for text in paragraphs(count):
        slide = slides.slides.add_slide(slides.slide_layouts[1])
        slide.shapes.title.text, slide.placeholders[1].text = text[:40], text
    slides.save(str(path))


def write_epub(path: Path, count: int) -> None:
    chapters = [f"<html><body><p>{text}</p></body></html>" for text in paragraphs(count)]
    items = "".join(
        f'<item id="c{n}" href="c{n}.xhtml" media-type="application/xhtml+xml"/>'
        for n in range(count)
    )
    spine = "".join(f'<itemref idref="c{n}"/>' for n in range(count))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/epub+zip", zipfile.ZIP_STORED)
        archive.writestr(
            "META-INF/container.xml",
            '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
            '<rootfile full-path="book.opf"/></rootfiles></container>',
        )
        archive.writestr(
            "book.opf",
            '<package xmlns="http://www.idpf.org/2007/opf" version="3.0"><metadata/>'
            f"<manifest>{items}</manifest><spine>{spine}</spine></package>",
        )
        for number, chapter in enumerate(chapters):
            archive.writestr(f"c{number}.xhtml", chapter)


def write_pdf(path: Path, count: int) -> None:
    chooser = random.Random(SEED)
    canvas = Canvas(str(path))
    for _ in range(count):
        for line in range(40):
            canvas.drawString(50, 800 - 18 * line, words(chooser, 10))
        canvas.showPage()
    canvas.save()


def write_tiff(path: Path, count: int) -> None:
    chooser = random.Random(SEED)
    frames = []
    for _ in range(count):
        frame = Image.new("L", (1654, 2339), "white")
        pen = ImageDraw.Draw(frame)
        for line in range(20):
            pen.text((150, 150 + 90 * line), words(chooser, 8), fill="black", font_size=36)
        frames.append(frame)
    buffer = io.BytesIO()
    frames[0].save(buffer, "TIFF", save_all=True, append_images=frames[1:], dpi=(200, 200))
    path.write_bytes(buffer.getvalue())


# Each format: who writes it, how large its smallest file is, and in what.
FORMATS: dict[str, tuple[Writer, int, str]] = {
    "pdf": (write_pdf, 500, "pages"),
    "xlsx": (write_xlsx, 50_000, "rows"),
    "csv": (write_csv, 50_000, "rows"),
    "txt": (write_txt, 9_000, "paragraphs, 5 MB"),
    "md": (write_md, 9_000, "parts, 5 MB"),
    "html": (write_html, 2_000, "parts, 1 MB"),
    "eml": (write_eml, 2_000, "paragraphs, 1 MB"),
    "rtf": (write_rtf, 2_000, "paragraphs, 1 MB"),
    "docx": (write_docx, 2_000, "paragraphs"),
    "pptx": (write_pptx, 50, "slides"),
    "epub": (write_epub, 500, "chapters"),
    "tiff": (write_tiff, 2, "frames"),
}


# What each process runs; the libraries that write the files are not in its memory.
MEASURE = """
import json, resource, sys, time
from pathlib import Path
from documents.conversion.options import ConversionOptions
from documents.conversion.pipeline import convert

path = Path(sys.argv[1])
convert(path, filename=path.name, options=ConversionOptions(), report=lambda *_: None)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps({"seconds": time.process_time(), "megabytes": peak / 1024}))
"""


def measure(path: Path) -> dict[str, float]:
    """Seconds of processor time that one conversion takes, and its peak of memory in MB."""
    command = [sys.executable, "-c", MEASURE, str(path)]
    answer = subprocess.run(command, capture_output=True, check=True, text=True)
    result: dict[str, float] = json.loads(answer.stdout.splitlines()[-1])
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("formats", nargs="*", choices=[*FORMATS, []], metavar="FORMAT")
    arguments = parser.parse_args()
    print(f"{'format':8}{'smallest':24}{'1x':>14}{'2x':>14}{'4x':>14}{'last doubling':>16}")
    with tempfile.TemporaryDirectory() as folder:
        for name in arguments.formats or FORMATS:
            write, size, unit = FORMATS[name]
            found = []
            for step in STEPS:
                path = Path(folder) / f"{step}.{name}"
                write(path, step * size)
                found.append(measure(path))
                path.unlink()
            cells = "".join(f"{f['seconds']:>6.1f} s{f['megabytes']:>4.0f} MB" for f in found)
            growth = found[-1]["seconds"] / found[-2]["seconds"]
            print(f"{name:8}{f'{size:,} {unit}':24}{cells}{growth:>16.1f}", flush=True)


if __name__ == "__main__":
    main()
