"""The rows of an XLSX sheet as most programs write them, read without a parser.

A sheet of a million cells spends most of its time in making elements that are asked once for their
three attributes. Rows of nothing but numbers, and of texts by number, have one form in practice;
whatever has another goes to the parser.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

MAX_BYTES = 128 * 1024**2  # of a part that is held as text beside its bytes
START, END, ROW_END = "<sheetData>", "</sheetData>", "</row>"
ROW = re.compile(r"<row\b([^<>]{0,1000})>")
NUMBER = re.compile(r'(?:^|\s)r="([0-9]{1,7})"')
CELL = re.compile(
    r'<c r="([A-Z]{1,3})[0-9]{1,7}"(?: s="([0-9]{1,6})")?(?: t="([a-z]{1,3})")?>'
    r"<v>([^<&]+)</v></c>"
    r'|<c r="[A-Z]{1,3}[0-9]{1,7}"(?: s="[0-9]{1,6}")? ?/>'
)
SIGNS = 4  # that a cell with a value opens: <c>, <v>, </v>, </c>
UTF_8 = re.compile(
    rb"""\s*(?:<\?xml[^>]*encoding=["']utf-8["'][^>]*\?>|<\?xml(?![^>]*encoding)|(?!<\?))""", re.I
)

Cell = tuple[str, str, str, str]  # column, style, type and value; all empty if there is no value


class PlainRow(NamedTuple):
    """A row: its number from 1 on (0 if it has none of its own) and its cells."""

    number: int
    cells: list[Cell]


class OtherRow(NamedTuple):
    """A row, and perhaps empty ones before it, as XML without the names it may use."""

    xml: str


def taken_apart(data: bytes) -> tuple[bytes, Iterator[PlainRow | OtherRow]] | None:
    """The part of a sheet without its rows, and these; None if all of it is for the parser."""
    if len(data) > MAX_BYTES or b"<!" in data or UTF_8.match(data[:200]) is None:
        return None
    start, end = data.find(START.encode()), data.rfind(END.encode())
    if start < 0 or end < start:
        return None
    start += len(START)
    try:
        text = data[start:end].decode()
    except UnicodeDecodeError:
        return None
    return data[:start] + data[end:], _rows(text)


def _rows(text: str) -> Iterator[PlainRow | OtherRow]:
    start = 0
    while (end := text.find(ROW_END, start)) >= 0:
        yield _row(text[start:end])
        start = end + len(ROW_END)
    if rest := text[start:].strip():
        yield OtherRow(rest)


def _row(text: str) -> PlainRow | OtherRow:
    text = text.lstrip()
    head = ROW.match(text)
    if head is None or head[1].endswith("/") or "hidden=" in head[1]:
        return OtherRow(text + ROW_END)
    cells: list[Cell] = CELL.findall(text, head.end())
    valued = text.count("<v>", head.end())
    # No other markup is in the row if these cells have all of it.
    if text.count("<", head.end()) != SIGNS * valued + len(cells) - valued:
        return OtherRow(text + ROW_END)
    number = NUMBER.search(head[1])
    if number is None and "r=" in head[1]:
        return OtherRow(text + ROW_END)
    return PlainRow(int(number[1]) if number else 0, cells)
