"""Delimited text (CSV, TSV) as tables."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from .. import errors
from ..document import Document
from ..encoding import decode_text
from ..formats import FORMATS
from ..markdown import clean_text
from ..options import ConversionOptions
from ..reading import Reading, Report
from .islands import Row, islands

DELIMITERS = ",;\t|"
SAMPLED_ROWS = 50
# A cell may hold a whole text; the reader's own limit of 128 KB would refuse the file.
csv.field_size_limit(2**31 - 1)


def read(
    path: Path, filename: str, options: ConversionOptions, report: Report, *, format_name: str
) -> Reading:
    """A CSV or TSV file in any encoding, with commas, semicolons, tabs or bars."""
    decoded = decode_text(path.read_bytes())
    if decoded is None:
        raise errors.corrupt_file(filename, FORMATS[format_name].label, "The bytes are no text.")
    text = clean_text(decoded.text).strip("\n")
    # Some programs write the delimiter into a first line of its own.
    if text[:4].lower() == "sep=":
        text = text.partition("\n")[2]
    delimiter = "\t" if format_name == "tsv" and "\t" in text else _delimiter(text)
    rows = [[cell.strip() for cell in row] for row in _records(text, delimiter)]
    return Reading(Document(islands(rows)), "text", source_text=text)


def _records(text: str, delimiter: str) -> Iterator[Row]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)


def _delimiter(text: str) -> str:
    """The delimiter that cuts the first rows into the same number of cells most often."""

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
