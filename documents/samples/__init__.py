"""Sample documents of every format, and what is known of their text.

`documents/samples/make_samples.py` writes the files from `content.py`; tests, benchmarks and the
sample job read them.
"""

from dataclasses import dataclass
from pathlib import Path

from . import content
from .content import Block, Heading, Items, Link, Table

FILES = Path(__file__).parent / "files"
BAD_FILES = Path(__file__).parent / "bad"


@dataclass(frozen=True)
class Sample:
    """One sample: its known text in reading order, and facts its Markdown must show.

    `rows` are the rows of its tables, header first; `pages` is None for formats without pages;
    `ocr_pages` of them are pictures of text.
    """

    filename: str
    format: str
    text: str
    headings: tuple[tuple[int, str], ...] = ()  # level and text
    rows: tuple[tuple[str, ...], ...] = ()
    items: tuple[str, ...] = ()
    links: tuple[tuple[str, str], ...] = ()  # text and address
    pages: int | None = None
    ocr_pages: int = 0

    @property
    def path(self) -> Path:
        return FILES / self.filename


def _of_blocks(filename: str, format_: str, blocks: tuple[Block, ...], pages: int | None) -> Sample:
    return Sample(
        filename,
        format_,
        content.plain_text(blocks),
        headings=tuple((b.level, b.text) for b in blocks if isinstance(b, Heading)),
        rows=tuple(row for b in blocks if isinstance(b, Table) for row in b.rows),
        items=tuple(item for b in blocks if isinstance(b, Items) for item in b.items),
        links=tuple((b.text, b.url) for b in blocks if isinstance(b, Link)),
        pages=pages,
    )


def _report(filename: str, format_: str, pages: int | None = None) -> Sample:
    return _of_blocks(filename, format_, content.REPORT, pages)


def _workbook(filename: str, format_: str) -> Sample:
    text = "\n".join(
        f"{name}\n{content.plain_text((table,))}" for name, table in content.WORKBOOK.items()
    )
    rows = tuple(row for table in content.WORKBOOK.values() for row in table.rows)
    headings = tuple((1, name) for name in content.WORKBOOK)
    return Sample(filename, format_, text, headings=headings, rows=rows)


def _delimited(filename: str, format_: str, sheet: str) -> Sample:
    table = content.WORKBOOK[sheet]
    return Sample(filename, format_, content.plain_text((table,)), rows=table.rows)


def _slides(filename: str, format_: str, pages: int | None) -> Sample:
    parts = ["\n".join((title, *points)) for title, points in content.SLIDES]
    return Sample(
        filename,
        format_,
        "\n".join([*parts, content.plain_text((content.SLIDE_TABLE,))]),
        headings=tuple((1, title) for title, _ in content.SLIDES),
        rows=content.SLIDE_TABLE.rows,
        items=tuple(point for _, points in content.SLIDES for point in points),
        pages=pages,
    )


def _mail(filename: str, format_: str, *heads: str) -> Sample:
    text = "\n".join((content.EMAIL_SUBJECT, *heads, *content.EMAIL))
    return Sample(filename, format_, text, headings=((1, content.EMAIL_SUBJECT),))


def _scan(filename: str, format_: str, pages: int) -> Sample:
    texts = (content.SCAN_TITLE, *content.SCAN)
    more = content.SCAN_SECOND_PAGE if pages == 2 else ()
    return Sample(
        filename,
        format_,
        "\n".join((*texts, *more)),
        headings=((1, content.SCAN_TITLE),),
        pages=pages,
        ocr_pages=pages,
    )


def _picture(filename: str, format_: str) -> Sample:
    return Sample(filename, format_, "\n".join(content.SCAN_SECOND_PAGE), pages=1, ocr_pages=1)


def _article() -> Sample:
    text = "\n".join((content.ARTICLE_TITLE, *content.ARTICLE)).replace("~", "")
    headings = ((1, content.ARTICLE_TITLE),)
    return Sample("two-columns.pdf", "pdf", text, headings=headings, pages=1)


def _mixed() -> Sample:
    text = "\n".join((content.MIXED, *content.SCAN_SECOND_PAGE))
    return Sample("mixed.pdf", "pdf", text, pages=2, ocr_pages=1)


def _xml(filename: str) -> Sample:
    table = content.WORKBOOK["Inventory"]
    text = f"inventory\n{content.plain_text((table,))}"
    return Sample(filename, "xml", text, headings=((1, "inventory"),), rows=table.rows)


def _book() -> Sample:
    text = "\n".join(f"{title}\n{words}" for title, words in content.BOOK)
    headings = tuple((1, title) for title, _ in content.BOOK)
    return Sample("report.fb2", "fb2", text, headings=headings)


def _notes(filename: str) -> Sample:
    return Sample(filename, "txt", "\n".join(content.NOTES))


_ALL = (
    _report("report.docx", "docx"),
    _report("report.doc", "doc"),
    _report("report.odt", "odt"),
    _report("report.rtf", "rtf"),
    _report("report.epub", "epub"),
    _report("report.html", "html"),
    _report("Übersicht – 港口.md", "md"),
    _report("report.pdf", "pdf", pages=3),
    _article(),
    _scan("scan.pdf", "pdf", pages=2),
    _scan("scan-noisy.pdf", "pdf", pages=1),
    _scan("scan-worn.pdf", "pdf", pages=2),
    _mixed(),
    _of_blocks("right-to-left.pdf", "pdf", content.RIGHT_TO_LEFT, pages=1),
    _of_blocks("right-to-left.docx", "docx", content.RIGHT_TO_LEFT, pages=None),
    _slides("slides.pptx", "pptx", pages=3),
    _slides("slides.odp", "odp", pages=3),
    _slides("slides.ppt", "ppt", pages=None),
    _workbook("inventory.xlsx", "xlsx"),
    _workbook("inventory.xls", "xls"),
    _workbook("inventory.ods", "ods"),
    _delimited("inventory.csv", "csv", "Inventory"),
    _delimited("inventory.tsv", "tsv", "Inventory"),
    _delimited("suppliers-semicolon.csv", "csv", "Suppliers"),
    _mail(
        "delivery.eml",
        "eml",
        f"From: {content.EMAIL_FROM}",
        f"To: {content.EMAIL_TO}",
        "Date: Mon, 28 Oct 2024 09:30:00 +0100",
    ),
    _mail("delivery.msg", "msg", f"From: {content.EMAIL_FROM}", f"To: {content.EMAIL_TO}"),
    _report("report.rst", "rst"),
    _report("report.adoc", "asciidoc"),
    _report("report.org", "org"),
    _report("report.ipynb", "ipynb"),
    _book(),
    _delimited("inventory.json", "json", "Inventory"),
    _delimited("inventory.jsonl", "jsonl", "Inventory"),
    _xml("inventory.xml"),
    Sample("contact.vcf", "vcf", content.CONTACT_TEXT, headings=((1, "Maria Jensen"),)),
    Sample("meeting.ics", "ics", content.MEETING_TEXT, headings=((1, content.MEETING_NAME),)),
    Sample("plan.svg", "svg", "\n".join(content.DRAWING)),
    _notes("notes.txt"),
    _notes("notes-windows.txt"),
    _notes("notes-utf16.txt"),
    _scan("scan.tiff", "tiff", pages=2),
    _picture("picture.png", "png"),
    _picture("picture.jpeg", "jpeg"),
    _picture("picture.gif", "gif"),
    _picture("picture.bmp", "bmp"),
    _picture("picture.webp", "webp"),
)
SAMPLES: dict[str, Sample] = {sample.filename: sample for sample in _ALL}

# A first job that shows everything in a few seconds, one scan included.
STARTER_SAMPLES: tuple[str, ...] = (
    "report.pdf",
    "two-columns.pdf",
    "scan.pdf",
    "scan-worn.pdf",  # scores about 60: a newcomer sees what a score means
    "mixed.pdf",
    "report.docx",
    "slides.pptx",
    "inventory.xlsx",
    "report.html",
    "delivery.eml",
    "picture.png",
    "Übersicht – 港口.md",
)


def sample_files() -> list[Path]:
    """The files of the sample job."""
    return [SAMPLES[name].path for name in STARTER_SAMPLES]


def bad_files() -> list[Path]:
    """Files that no conversion can or may succeed with, and one with a wrong name."""
    return sorted(BAD_FILES.iterdir())
