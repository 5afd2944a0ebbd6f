"""Blocks of lines side by side, such as two addresses, which look like a table but are none."""

from collections.abc import Sequence
from itertools import pairwise

from .grid import NUMBER
from .page import Line, TextRegion
from .table_rows import Row

FEWEST_LINES = 3
MOST_LINES = 10
LINE_PITCH = 1.6  # em between lines of one block
ALIKE = 0.75  # of the lines have a number in both blocks or in none
SAME_START = 1.0  # points


def are_blocks(rows: Sequence[Row]) -> bool:
    """Whether two blocks of lines stand side by side, each of them like the other, line by line.

    The columns of a table are each of one kind: names, dates, sums. In addresses side by side the
    lines are: a name beside a name, a street beside a street, a town beside a town.
    """
    if not FEWEST_LINES <= len(rows) <= MOST_LINES or any(len(r.segments) > 2 for r in rows):
        return False
    pairs = [row.segments for row in rows if len(row.segments) == 2]
    if len(pairs) < FEWEST_LINES or not _is_close(rows):
        return False
    if any(
        NUMBER.match(s.text) or abs(s.x0 - first.x0) > SAME_START
        for pair in pairs
        for s, first in zip(pair, pairs[0], strict=True)
    ):
        return False
    numbers = [tuple(any(map(str.isdigit, s.text)) for s in pair) for pair in pairs]
    alike = sum(one == other for one, other in numbers)
    return (
        alike >= ALIKE * len(pairs)
        and any(all(pair) for pair in numbers)
        and any(not any(pair) for pair in numbers)
    )


def _is_close(rows: Sequence[Row]) -> bool:
    lines = [row.line for row in rows]
    return all(
        below.baseline - above.baseline <= LINE_PITCH * below.size
        for above, below in pairwise(lines)
    )


def regions_of(rows: Sequence[Row], left: float, right: float) -> list[TextRegion]:
    """The left and the right one of two blocks in a column from `left` to `right`."""
    middle = next(row.segments[1].x0 for row in rows if len(row.segments) == 2)
    sides: tuple[list[Line], list[Line]] = ([], [])
    for row in rows:
        for segment in row.segments:
            line = Line(segment.words, row.line.baseline, row.line.size, segment.x0, segment.x1)
            sides[segment.x0 >= middle - SAME_START].append(line)
    end = max(line.x1 for line in sides[0])
    return [TextRegion(sides[0], left, end), TextRegion(sides[1], middle, right)]
