"""Spreadsheets: one heading for each sheet, one table for each group of rows between blank ones."""

import datetime
import io
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any

from .. import errors
from ..document import Document, Heading, Span
from ..markdown import clean_text
from ..options import ConversionOptions
from ..reading import Reading, Report
from .islands import Row, islands


def read(
    path: Path, filename: str, options: ConversionOptions, report: Report, *, format_name: str
) -> Reading:
    """All sheets of an XLSX, XLS or ODS workbook that hold anything."""
    import python_calamine

    document = Document()
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
                    content = islands([_texts(row) for row in rows])
                    heading = Heading([Span(clean_text(sheet.name))])
                    document.blocks += [heading, *content] * bool(content)
    except python_calamine.PasswordError as problem:
        raise errors.encrypted_file(filename, str(problem)) from problem
    return Reading(document, "calamine")


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
