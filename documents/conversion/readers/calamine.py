"""Spreadsheets and delimited text as pipe tables: one heading for each sheet, one table for each
group of rows between blank ones."""

import csv
import datetime
import io
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

from .. import errors
from ..encoding import decode_text
from ..extraction import Extraction, Page
from ..formats import FORMATS
from ..markdown import clean_text, escape_tags, table

DELIMITERS = ",;\t|"
SAMPLED_ROWS = 50
# A cell may hold a whole text; the reader's own limit of 128 KB would refuse the file.
csv.field_size_limit(2**31 - 1)

Row = list[str]


def read_sheets(path: Path, filename: str) -> Extraction:
    """All sheets of an XLSX, XLS or ODS workbook that hold anything."""
    import python_calamine

    blocks: list[str] = []
    # The bytes, not the path: the engine would judge by the name.
    data = io.BytesIO(path.read_bytes())
    engine = partial(errors.engine_at_work, python_calamine.PasswordError)
    try:
        with engine():
            book = python_calamine.CalamineWorkbook.from_filelike(data)
        with book:
            for sheet in book.sheets_metadata:
                if sheet.typ == python_calamine.SheetTypeEnum.WorkSheet:
                    with engine():
                        rows = book.get_sheet_by_name(sheet.name).to_python()
                    content = _blocks([_texts(row) for row in rows])
                    blocks += [f"# {escape_tags(clean_text(sheet.name))}", *content] * bool(content)
    except python_calamine.PasswordError as problem:
        raise errors.encrypted_file(filename, str(problem)) from problem
    return Extraction([Page(None, blocks)], "calamine", is_clean=True)


def read_delimited(path: Path, filename: str, *, format_name: str) -> Extraction:
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
    return Extraction([Page(None, _blocks(rows))], "text", source_text=text, is_clean=True)


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


def _texts(row: Iterable[Any]) -> Row:
    # Most cells are plain strings; a call for each of a million would be felt.
    return [
        value.strip()
        if type(value) is str and value.isascii() and value.isprintable()
        else _text(value)
        for value in row
    ]


def _text(value: Any) -> str:
    """One value as people write it: whole numbers without point, dates in ISO form."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime.datetime):
        is_day = value.time() == datetime.time()
        return value.date().isoformat() if is_day else value.isoformat(sep=" ")
    return clean_text(str(value)).strip()


def _blocks(rows: list[Row]) -> list[str]:
    """Markdown of the groups of rows that blank rows part."""
    blocks: list[str] = []
    for is_filled, group in groupby(rows, key=any):
        if is_filled:
            blocks += _island(list(group))
    return [escape_tags(block) for block in blocks]


def _island(rows: list[Row]) -> list[str]:
    """One table without its empty columns; single cells above it are its captions."""
    used = {column for row in rows for column, cell in enumerate(row) if cell}
    cells = [[cell for column, cell in enumerate(row) if column in used] for row in rows]
    first = 0
    while first < len(cells) and len(used) > 1 and sum(map(bool, cells[first])) == 1:
        first += 1
    captions = [" ".join("".join(row).split()) for row in cells[:first]]
    body = cells[first:]
    if len(body) == 1 and len(used) == 1:
        return ["".join(body[0])]
    return captions + ([table(body)] if body else [])
