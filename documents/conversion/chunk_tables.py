"""Where chunks end in tables: between rows, and each of its chunks begins with the header."""

from bisect import bisect_right
from collections.abc import Callable, Iterator
from io import StringIO
from typing import NamedTuple

from .markdown import FENCE, is_delimiter

Count = Callable[[str], int]  # the tokens of a text
Split = Callable[[str], list[tuple[int, str]]]  # the chunks of a text, and where they begin


class Piece(NamedTuple):
    """A chunk of a text from `start` to `end`, behind a header that stands before it."""

    start: int
    end: int
    header: str = ""


class _Table(NamedTuple):
    """From `start` to `end`; `rows` is where those behind its header begin."""

    start: int
    rows: int
    end: int
    header: str

    @property
    def goes_on(self) -> bool:
        """Whether its header stands in the section before."""
        return self.rows == self.start


def begins_table(line: str, below: str) -> bool:
    """Whether `line` is the header of a table, as `below` says."""
    return (
        line.startswith("|")
        and below.startswith("|")
        and not below.strip("|:- ")  # most lines need no closer look
        and is_delimiter(below)
    )


def pieces(text: str, *, above: str, size: int, count: Count, split: Split) -> Iterator[Piece]:
    """The chunks of `text`: those of tables larger than `size` tokens, and of what is around them.

    Args:
        above: the header of the table that goes on where the text starts, if one does.
        split: cuts a text without large tables; its chunks may overlap.
    """
    tables = list(_tables(text, above))
    done = 0
    for table in tables:
        header = count(table.header)
        is_large = table.goes_on or count(text[table.start : table.end]) > size
        if is_large and 2 * header <= size:
            before = split(text[done : table.start].rstrip())
            yield from _around(text, before, done, tables, lambda t: count(t) <= size)
            yield from _of_rows(text, table, size - header, count, split)
            done = table.end
    behind = split(text[done:])
    yield from _around(text, behind, done, tables, lambda t: count(t) <= size)


def _tables(text: str, above: str) -> Iterator[_Table]:
    start, rows, header = 0, 0, above
    offset, before, fence = 0, "", ""
    for line in _lines(text):
        bare = line.rstrip("\n")
        if mark := FENCE.match(bare):
            is_end = fence and mark[1].startswith(fence)
            fence = "" if is_end else fence or mark[1]
        is_row = not fence and bare.startswith("|")
        if header and not is_row:
            if offset > rows:
                yield _Table(start, rows, offset, header)
            header = ""
        if is_row and not header and begins_table(before, bare):
            header = f"{before}\n{bare}\n"
            rows = offset + len(line)
            start = rows - len(header)
        before = bare if is_row else ""
        offset += len(line)
    if header and offset > rows:
        yield _Table(start, rows, offset, header)


def _lines(text: str) -> Iterator[str]:
    """Lines with their ends, which are line feeds alone."""
    return iter(StringIO(text, newline="\n"))


def _of_rows(text: str, table: _Table, room: int, count: Count, split: Split) -> Iterator[Piece]:
    """As many rows as have room behind the header; a longer row by itself, without it."""
    first = table.start  # the header is there already
    filled = 0
    at = table.rows
    for row in _lines(text[table.rows : table.end]):
        tokens = count(row)
        if filled + tokens > room and at > max(first, table.rows):
            yield _piece(first, at, table)
            first, filled = at, 0
        if tokens > room:
            for start, part in split(row.rstrip("\n")):
                yield Piece(at + start, at + start + len(part))
            first = at + len(row)
        else:
            filled += tokens
        at += len(row)
    if at > max(first, table.rows):
        yield _piece(first, at, table)


def _piece(start: int, end: int, table: _Table) -> Piece:
    has_header = start < table.rows
    return Piece(start, end, "" if has_header else table.header)


def _around(
    text: str,
    parts: list[tuple[int, str]],
    start: int,
    tables: list[_Table],
    fits: Callable[[str], bool],
) -> Iterator[Piece]:
    """The `parts` of what begins at `start`; none of them begins in the rows of a small table."""
    last = start
    for offset, part in parts:
        first = start + offset
        behind = first + len(part)
        table = _around_row(tables, first)
        header = ""
        if table and first < last:  # rows that the chunk before ends with
            first = min(last, table.end)
            while first < last and text[first] == "\n":
                first += 1
        elif table and fits(table.header + part):
            header = table.header
        last = behind
        yield Piece(first, behind, header)


def _around_row(tables: list[_Table], offset: int) -> _Table | None:
    """The table in whose rows `offset` stands."""
    number = bisect_right(tables, offset, key=lambda table: table.rows)
    table = tables[number - 1] if number else None
    return table if table and offset < table.end else None
