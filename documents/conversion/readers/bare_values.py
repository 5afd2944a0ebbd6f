"""The bare values of a workbook by calamine, for files that its other reader gives up on."""

import datetime
import io
from collections.abc import Iterator
from functools import partial
from typing import Any

from .. import errors
from ..markdown import clean_text
from .number_formats import general
from .sheet_grids import Sheet


def bare_sheets(data: bytes, filename: str) -> Iterator[Sheet]:
    """The sheets of a workbook, with values as plain as can be."""
    import python_calamine

    engine = partial(errors.engine_at_work, python_calamine.PasswordError)
    try:
        with engine():
            book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        with book:
            for about in book.sheets_metadata:
                if about.typ == python_calamine.SheetTypeEnum.WorkSheet:
                    with engine():
                        rows = book.get_sheet_by_name(about.name).to_python()
                    yield Sheet(
                        clean_text(about.name).strip(),
                        rows={
                            number: cells
                            for number, row in enumerate(rows)
                            if (cells := _cells(row))
                        },
                        is_hidden=about.visible != python_calamine.SheetVisibleEnum.Visible,
                    )
    except python_calamine.PasswordError as problem:
        raise errors.encrypted_file(filename, str(problem)) from problem


def _cells(row: list[Any]) -> dict[int, Any]:
    return {column: text for column, value in enumerate(row) if (text := _text(value))}


def _text(value: Any) -> str:
    """One value as people write it: whole numbers without point, dates in ISO form."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return general(value)
    if isinstance(value, datetime.datetime):
        is_day = value.time() == datetime.time()
        return value.date().isoformat() if is_day else value.isoformat(sep=" ")
    return clean_text(str(value)).strip()
