"""What is cut into columns: segments of lines, rulings and solids, and the gutters between."""

from bisect import bisect_left
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from .lines import Segment
from .page import Ruling
from .table_rows import has_even_gaps

Strip = tuple[float, float]  # from left to right

GUTTER = 0.7  # em; narrower ones are never set between columns of text
LOOSE_GUTTER = 1.2  # em, between things that are no prose
FEWEST_LINES = 3  # on both sides of a gutter
NARROWEST = 4.0  # em, of a column
AGREEING = 0.6  # of the baselines; rows of a table agree, columns of text need not
MOST_COLUMNS = 6  # of text on one side of a gutter
PROSE_WORDS = 4
PROSE_LETTERS = 0.6  # of the words begin with a letter; cells of numbers do not
PROSE_COVER = 0.8  # of its extent, that the words of a row of prose fill
ROW_JUMP = 1.2  # times the usual pitch: a blank between rows
FEWEST_ROWS = 4
SAME_MIDDLE = 1.5  # points, of rounded places
TOGETHER = 0.8  # of the rows begin on both sides
PROSE_WIDTH = 0.5  # of the column
PROSE_ROWS = 0.4  # of the text of a column of prose; the rest are headings, ends and formulas


class Thing(NamedTuple):
    """A segment, a ruling, or a solid with what is in it."""

    left: float
    top: float
    right: float
    bottom: float
    segment: Segment | None = None
    rulings: tuple[Ruling, ...] = ()
    inside: tuple[Segment, ...] = ()  # of a solid


def of_ruling(ruling: Ruling) -> Thing:
    if ruling.kind == "H":
        return Thing(ruling.start, ruling.at, ruling.end, ruling.at, rulings=(ruling,))
    return Thing(ruling.at, ruling.start, ruling.at, ruling.end, rulings=(ruling,))


def em_of(things: list[Thing]) -> float:
    sizes = [t.segment.size for t in things if t.segment]
    sizes += [s.size for t in things for s in t.inside]
    return median(sizes) if sizes else 10.0


def gaps_in(things: list[Thing], least: float) -> list[Strip]:
    """White strips between things, at least so wide, from left to right."""
    found = []
    right = None
    for thing in sorted(things, key=lambda t: t.left):
        if right is not None and thing.left - right >= least:
            found.append((right, thing.left))
        right = thing.right if right is None else max(right, thing.right)
    return found


def is_gutter(one: list[Thing], other: list[Thing], gap: float, em: float) -> bool:
    for side in (one, other):
        if not side or max(t.right for t in side) - min(t.left for t in side) < NARROWEST * em:
            return False
        if line_count(side) < FEWEST_LINES:
            return False
    if not _are_side_by_side(one, other, em):
        return False
    if is_prose_side(one) and is_prose_side(other):
        return not is_rowwise(one, other)
    return gap >= LOOSE_GUTTER * em and _agreement(one, other) <= AGREEING


def _are_side_by_side(one: list[Thing], other: list[Thing], em: float) -> bool:
    """Whether two sides share some height: the sender of a letter stands above whom it is for."""
    top = max(min(t.top for t in side) for side in (one, other))
    bottom = min(max(t.bottom for t in side) for side in (one, other))
    return bottom - top > em


def line_count(things: list[Thing]) -> int:
    """How many lines there are, those inside of solids too."""
    return len({round(s.baseline) for s in segments_in(things)})


def segments_in(things: list[Thing]) -> list[Segment]:
    """The segments among things and inside of solids."""
    return [t.segment for t in things if t.segment] + [s for t in things for s in t.inside]


def is_prose_side(side: list[Thing], depth: int = MOST_COLUMNS) -> bool:
    """Whether a side of a gutter is a column of text, or several of them."""
    if _is_prose_column(side):
        return True
    gaps = gaps_in(side, GUTTER * em_of(side)) if depth else []
    for _, right in sorted(gaps, key=lambda gap: gap[0] - gap[1])[:MOST_COLUMNS]:
        one = [t for t in side if t.right < right]
        other = [t for t in side if t.left >= right]
        if _is_prose_column(one) and is_prose_side(other, depth - 1):
            return not is_rowwise(one, other)
    return False


def _is_prose_column(side: list[Thing]) -> bool:
    """Whether most of the text is lines of a text, or stands in a solid.

    It is measured by its width: a formula is many short pieces. Pieces of one line count as one:
    narrow justified columns have wide spaces.
    """
    left, right = min(t.left for t in side), max(t.right for t in side)
    rows: dict[int, list[Segment]] = {}
    for thing in side:
        if thing.segment:
            rows.setdefault(round(thing.segment.baseline), []).append(thing.segment)
    inside = sum(s.x1 - s.x0 for t in side for s in t.inside)
    prose = sum(_width(row) for row in rows.values() if _is_prose_row(row, right - left))
    return prose + inside >= PROSE_ROWS * (sum(map(_width, rows.values())) + inside)


def _width(row: list[Segment]) -> float:
    return sum(s.x1 - s.x0 for s in row)


def _is_prose_row(row: list[Segment], width: float) -> bool:
    words = [word for segment in row for word in segment.words]
    extent = max(s.x1 for s in row) - min(s.x0 for s in row)
    if len(words) < PROSE_WORDS or extent < PROSE_WIDTH * width:
        return False
    if sum(word.text[0].isalpha() for word in words) < PROSE_LETTERS * len(words):
        return False
    if len(row) > 1:  # parts of a line that is justified by wide spaces
        return has_even_gaps(words, row[0].size)
    return sum(word.x1 - word.x0 for word in words) >= PROSE_COVER * extent


def is_rowwise(one: list[Thing], other: list[Thing]) -> bool:
    """Whether two sides are cells of broken lines: they begin together, row by row.

    The blanks between rows go through. In columns of text, there are blanks where paragraphs end,
    and the other column has lines there.
    """
    places = [sorted({round(s.baseline) for s in segments_in(side)}) for side in (one, other)]
    every = sorted({y for side in places for y in side})
    pitches = [below - above for above, below in pairwise(every) if below - above > 2]
    if len(pitches) < FEWEST_LINES or not all(places):
        return False
    usual = median(pitches)
    begins = [every[0]]
    begins += [below for above, below in pairwise(every) if below - above > ROW_JUMP * usual]
    if 2 * max(_group_sizes(every, begins)) > len(every):
        return False  # a column of text between a heading and the number of the page
    ends = [*begins[1:], every[-1] + 2]
    together = sum(_are_together(places, *row) for row in zip(begins, ends, strict=True))
    return len(begins) >= FEWEST_ROWS and together >= TOGETHER * len(begins)


def _are_together(sides: list[list[int]], begin: int, end: int) -> bool:
    """Whether the cells of a row begin together, or stand in the middle of each other."""
    if all(_is_near(begin, places) for places in sides):
        return True
    inside = [places[bisect_left(places, begin) : bisect_left(places, end)] for places in sides]
    if not all(inside):
        return False
    middles = [places[0] + places[-1] for places in inside]
    return abs(middles[0] - middles[1]) <= 2 * SAME_MIDDLE


def _group_sizes(places: list[int], begins: list[int]) -> list[int]:
    """How many places there are from each beginning to the next."""
    ends = [bisect_left(places, begin) for begin in begins] + [len(places)]
    return [after - before for before, after in pairwise(ends)]


def _is_near(y: int, places: list[int]) -> bool:
    at = bisect_left(places, y - 1)
    return at < len(places) and places[at] <= y + 1


def _agreement(one: list[Thing], other: list[Thing]) -> float:
    """The share of baselines that both sides have, of the side that has fewer."""
    places = []
    for side in (one, other):
        places.append({round(s.baseline) for s in segments_in(side)})
    fewer, more = sorted(places, key=len)
    if not fewer:
        return 0.0
    near = sum(1 for y in fewer if y in more or y - 1 in more or y + 1 in more)
    return near / len(fewer)
