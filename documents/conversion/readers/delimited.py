"""Delimited text (CSV, TSV): its table, and the lines of text before and after it.

A file may begin with lines about itself and end with a remark. They are told from the table by the
number of their cells, and are written as they stand.
"""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from .. import errors
from ..document import Block, Document, Paragraph, Span
from ..markdown import clean_text
from ..options import ConversionOptions
from ..reading import Reading, Report
from .collecting import no_collecting
from .sheet_grids import Content, Merges, Sheet, bands
from .sheet_tables import part_blocks, table
from .text import text_of_file

DELIMITERS = ",;\t|"
SAMPLED_ROWS = 100
MAX_PREAMBLE = 50  # lines
MIN_TABLE = 3  # rows
# A cell may hold a whole text; the usual limit of 128 KB would refuse the file.
csv.field_size_limit(2**31 - 1)

Fields = list[str]


def read(
    path: Path, filename: str, options: ConversionOptions, report: Report, *, format_name: str
) -> Reading:
    """A CSV or TSV file in any encoding, with commas, semicolons, tabs or bars."""
    text = clean_text(text_of_file(path, filename, format_name)).strip("\n")
    # Some programs write the delimiter into a first line of its own.
    told = text[4:5] if text[:4].lower() == "sep=" and text[4:5] not in {"", "\n"} else ""
    if text[:4].lower() == "sep=":
        text = text.partition("\n")[2]
    delimiter = told or _delimiter(text, format_name)
    with no_collecting():
        with errors.engine_at_work():
            records = list(_records(text, delimiter))
        return Reading(Document(list(_blocks(records, delimiter))), "text", source_text=text)


def _records(text: str, delimiter: str) -> Iterator[Fields]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)


def _delimiter(text: str, format_name: str) -> str:
    """The delimiter that cuts the first rows into the same number of cells most often."""
    if format_name == "tsv" and "\t" in text:
        return "\t"

    def agreement(delimiter: str) -> tuple[float, int]:
        widths = [
            len(row)
            for row, _ in zip(_records(text, delimiter), range(SAMPLED_ROWS), strict=False)
            if row
        ]
        usual = max(set(widths), key=widths.count, default=1)
        if usual < 2:
            return (0.0, 0)
        return (widths.count(usual) / len(widths), usual)

    return max(DELIMITERS, key=agreement)


def _blocks(records: list[Fields], delimiter: str) -> Iterator[Block]:
    width = _usual_width(records)
    first, last = _table_range(records, width)
    yield from _lines(records[:first], delimiter)
    yield from _tables(records[first:last], width)
    yield from _lines(records[last:], delimiter)


def _usual_width(records: list[Fields]) -> int:
    widths = Counter(len(record) for record in records if any(record))
    return max(widths, key=lambda width: (widths[width], width), default=0)


def _table_range(records: list[Fields], width: int) -> tuple[int, int]:
    """Where the table begins and ends. What stands before and after has fewer cells than it.

    Such lines are text if they are single cells, or if a blank line parts them from the table.
    """
    if width < 2:
        return 0, len(records)
    rows = enumerate(records[:MAX_PREAMBLE])
    first = next((p for p, r in rows if len(r) >= width and _filled(r) * 2 > width), 0)
    if not _is_preamble(records[:first]):
        first = 0
    last = len(records)
    while last > first + 1 and len(records[last - 1]) < 2 and len(records) - last < MAX_PREAMBLE:
        last -= 1
    return first, last


def _is_preamble(before: list[Fields]) -> bool:
    """Whether the lines before a table are text; three of the same shape are a table themselves."""
    said = [record for record in before if _filled(record)]
    widths = {_filled(record) for record in said}
    if widths <= {1}:
        return bool(said) and all(record[0].strip() for record in said)
    is_table = len(said) >= MIN_TABLE and len(widths) == 1
    return not any(before[-1]) and not is_table


def _filled(record: Fields) -> int:
    return sum(1 for field in record if field and not field.isspace())


def _lines(records: list[Fields], delimiter: str) -> Iterator[Paragraph]:
    for record in records:
        fields = [" ".join(field.split()) for field in record]
        while fields and not fields[-1]:
            fields.pop()
        if fields:
            said = f"{delimiter.strip()} ".join(fields)
            yield Paragraph([Span(said)])


def _tables(records: list[Fields], width: int) -> Iterator[Block]:
    """The rows as tables that blank lines part; of one column, what is no list is text."""
    rows: dict[int, dict[int, Content]] = {}
    for number, record in enumerate(records):
        cells: dict[int, Content] = {
            column: said for column, field in enumerate(record) if (said := field.strip())
        }
        if cells:
            rows[number] = cells
    sheet = Sheet("", rows=rows)
    merges = Merges(sheet)
    for band in bands(sheet, merges):
        if band.width == 1 and width < 2 and len(band.rows) > 1:
            yield table(band, merges)
        else:
            yield from part_blocks(band, merges, set())
