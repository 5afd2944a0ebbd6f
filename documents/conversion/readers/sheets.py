"""Workbooks: one heading for each sheet, below it the tables and the text that lie on it.

Hidden sheets are kept apart as hidden and comments as comments, both with a warning; hidden rows
and columns are left out, with one too.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ..document import Block, Document, Heading, Span
from ..options import ConversionOptions
from ..reading import Reading, Report
from .collecting import no_collecting
from .packages import Package
from .sheet_grids import Merges, Sheet, visible
from .sheet_tables import sheet_blocks
from .sheets_ods import read_ods
from .sheets_xls import read_xls
from .sheets_xlsx import read_xlsx
from .told import counted

# What a warning says of a count: of what, and what became of it.
SENTENCES = {
    "hidden cells": ("cell", "left out that hidden rows and columns hold."),
    "comments": ("comment", "left out."),
    "unshown": ("number", "left out that their format hides."),
    "formulas": (
        "formula",
        "kept instead of values, which the file does not hold; open it in its own program and"
        " save it again to have them.",
    ),
    "lost": ("cell", "left out whose text the file does not hold."),
    "merged": ("merged area", "read as single cells: the file has too many."),
}
MAX_NAMED = 10  # hidden sheets that a warning names


@dataclass(slots=True)
class _Told:
    """What the warnings of a workbook say."""

    counts: Counter[str]
    hidden_sheets: list[str]


def read(
    path: Path, filename: str, options: ConversionOptions, report: Report, *, format_name: str
) -> Reading:
    """All that the sheets of an XLSX, XLS or ODS workbook show."""
    with no_collecting():
        counts: Counter[str] = Counter()
        if format_name == "xls":
            sheets = read_xls(path, filename, counts)
            engine = "calamine" if counts["unformatted"] else "xlrd"
            return Reading(_document(sheets, counts), engine)
        with Package.open(path) as package:
            read_package = read_ods if format_name == "ods" else read_xlsx
            return Reading(_document(read_package(package, counts), counts), "lxml")


def _document(sheets: Iterable[Sheet], counts: Counter[str]) -> Document:
    document = Document()
    told = _Told(counts, [])
    for sheet in sheets:
        document.blocks += _sheet(sheet, told)
    document.warnings = list(_warnings(told))
    return document


def _sheet(sheet: Sheet, told: _Told) -> list[Block]:
    told.counts["hidden cells"] += visible(sheet)
    merges = Merges(sheet)
    told.counts["merged"] += merges.passed_over
    told.counts["comments"] += len(sheet.comments)
    blocks = sheet_blocks(sheet, merges)
    if not blocks:
        return []
    if sheet.name:
        blocks.insert(0, Heading([Span(sheet.name)]))
    if sheet.is_hidden:
        told.hidden_sheets.append(sheet.name)
        for block in blocks:
            block.part = "hidden"
    return blocks


def _warnings(told: _Told) -> Iterator[str]:
    names = told.hidden_sheets
    if names:
        named = ", ".join(f"“{name}”" for name in names[:MAX_NAMED])
        more = f" and {len(names) - MAX_NAMED} more" if len(names) > MAX_NAMED else ""
        yield f"{counted(len(names), 'hidden sheet')} left out: {named}{more}."
    for kind, (what, end) in SENTENCES.items():
        if count := told.counts[kind]:
            yield f"{counted(count, what)} {end}"
    if told.counts["unformatted"]:
        yield "The formats of this workbook cannot be read; its numbers are as they are stored."
