"""Rows of cells as blocks: one table for each group of rows between blank ones."""

from itertools import groupby

from ..document import Block, Cell, Paragraph, Span, Table

Row = list[str]
EMPTY = Cell([])  # most cells of many sheets; nothing changes it


def islands(rows: list[Row]) -> list[Block]:
    """The groups of rows that blank rows part."""
    blocks: list[Block] = []
    for is_filled, group in groupby(rows, key=any):
        if is_filled:
            blocks += _island(list(group))
    return blocks


def _island(rows: list[Row]) -> list[Block]:
    """One table without its empty columns; single cells above it are its captions."""
    used = sorted({column for row in rows for column, cell in enumerate(row) if cell})
    first = 0
    while first < len(rows) and len(used) > 1 and sum(map(bool, rows[first])) == 1:
        first += 1
    captions: list[Block] = [
        Paragraph([Span(" ".join("".join(row).split()))]) for row in rows[:first]
    ]
    body = rows[first:]
    if len(body) == 1 and len(used) == 1:
        return [Paragraph([Span("".join(body[0]))])]
    return [*captions, Table([_cells(row, used) for row in body])] if body else captions


def _cells(row: Row, used: list[int]) -> list[Cell]:
    count = len(row)
    texts = [row[column] for column in used if column < count]
    return [Cell([Span(text)]) if text else EMPTY for text in texts]
