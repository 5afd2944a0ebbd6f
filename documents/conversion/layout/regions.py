"""A page as text regions and tables in reading order."""

from collections.abc import Iterator
from dataclasses import replace

from ..document import Table
from . import blocks, turning
from .cells import table_of
from .columns import Column, columns
from .lines import Fences, lines_of
from .page import Line, SourcePage, TextRegion, Word
from .table_rows import Row, Zone, rows_of
from .tables import zones_of

TURNS = (0, 90, 180, 270)


def regions(page: SourcePage) -> list[TextRegion | Table]:
    """The texts and tables of a page in reading order; sideways ones follow the upright."""
    found: list[TextRegion | Table] = []
    turned: dict[int, list[Word]] = {}
    for word in page.words:
        turned.setdefault(word.turn, []).append(word)
    order = sorted(turned, key=lambda turn: (turn not in TURNS, turn != 0, turn))
    for turn in order:
        words = turned[turn]
        if turn == 0:
            found += _upright(_only(page, words))
        elif turn in TURNS:
            found += _sideways(page, turn, words)
        else:
            found += [_slanted(word) for word in words]
    return found


def _only(page: SourcePage, words: list[Word]) -> SourcePage:
    return replace(page, words=words)


def _upright(page: SourcePage) -> Iterator[TextRegion | Table]:
    for column in columns(page):
        yield from _of_column(column, page)


def _sideways(page: SourcePage, turn: int, words: list[Word]) -> Iterator[TextRegion | Table]:
    for region in _upright(turning.upright(page, turn, words)):
        if isinstance(region, TextRegion):
            region.turn = turn
        elif region.box:
            region.box = turning.box_on_page(region.box, page, turn)
        yield region


def _slanted(word: Word) -> TextRegion:
    line = Line([word], word.bottom, word.size, word.x0, word.x1)
    return TextRegion([line], word.x0, word.x1, word.turn)


def _of_column(column: Column, page: SourcePage) -> Iterator[TextRegion | Table]:
    lines = lines_of(column.words)
    fences = Fences(column.rulings)
    rows = rows_of(lines, column.left, column.right, fences)
    at = 0
    for zone in zones_of(rows, column.rulings, column.left, column.right):
        found = _of_zone(zone, rows[zone.first : zone.last], column, page)
        if not found:
            continue
        if zone.first > at:
            yield _text(lines[at : zone.first], column)
        yield from found
        at = zone.last
    if at < len(lines):
        yield _text(lines[at:], column)


def _of_zone(
    zone: Zone, rows: list[Row], column: Column, page: SourcePage
) -> list[TextRegion | Table]:
    """The table that a zone is, or the two texts if it looks like one only."""
    if not zone.rulings and blocks.are_blocks(rows):
        return [*blocks.regions_of(rows, column.left, column.right)]
    lines = [row.line for row in rows]
    table = table_of(lines, zone.rulings, page.number, page.links)
    return [table] if table is not None else []


def _text(lines: list[Line], column: Column) -> TextRegion:
    return TextRegion(lines, column.left, column.right)
