"""Lines of a column, and which of them look like rows of a table and which like a text."""

from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from .lines import Fences, Segment, segments_of
from .marks import BULLETS, LEADERS, NUMBERED, SENTENCE_END
from .page import Line, Ruling, Word

CELL_GAP = 0.75  # em; wider than the spaces of justified lines, mostly
PROSE_WORDS = 4
PROSE_WIDTH = 0.8  # of the column
EVEN_GAP = (0.6, 1.8)  # em, or times the median: wide gaps of justified lines are even
WIDEST_EVEN = 0.9  # em; texts are not spaced wider over a whole line, headers of columns are
SENTENCE_GAP = (1.0, 3.2)  # the same after the end of a sentence
PROSE_LETTERS = 0.7  # of the words begin with a letter
SIDE_BY_SIDE = 1.05  # em between the baselines of cells that are set over two rows
ENDS = 4.0  # points that the ends of rulings of one table may differ


@dataclass(slots=True)
class Row:
    """A line and what it looks like."""

    line: Line
    segments: list[Segment]
    is_cells: bool = False  # it looks like a row of a table

    @property
    def middle(self) -> float:
        return self.line.baseline - 0.3 * self.line.size


@dataclass(slots=True)
class Zone:
    """Rows `first` to `last` (exclusive) of a column that are a table, and its rulings."""

    first: int
    last: int
    rulings: list[Ruling]
    left: float
    right: float


def rows_of(lines: list[Line], left: float, right: float, fences: Fences) -> list[Row]:
    """Lines with what they look like in a column from `left` to `right`."""
    rows = [Row(line, segments_of(line, CELL_GAP, fences)) for line in lines]
    for row in rows:
        row.is_cells = _is_cells(row, left, right)
    for above, below in pairwise(rows):
        size = max(above.line.size, below.line.size)
        if below.line.baseline - above.line.baseline <= SIDE_BY_SIDE * size and is_beside(
            above, below
        ):
            above.is_cells = below.is_cells = True
    return rows


def is_beside(above: Row, below: Row) -> bool:
    pairs = ((one, other) for one in above.segments for other in below.segments)
    return not any(one.x0 < other.x1 and other.x0 < one.x1 for one, other in pairs)


def _is_cells(row: Row, left: float, right: float) -> bool:
    segments = row.segments
    if len(segments) < 2 or is_prose(row.line, left, right):
        return False
    if len(segments) == 2 and is_marker(segments[0]):
        return False
    if all(word.mono for word in row.line.words):
        return False
    return not any(segment.text.endswith(LEADERS) for segment in segments)


def is_marker(segment: Segment) -> bool:
    """Whether a segment is the bullet or the number of an item."""
    text = segment.words[0].text
    return len(segment.words) == 1 and (text in BULLETS or bool(NUMBERED.match(text)))


def is_prose(line: Line, left: float, right: float) -> bool:
    """Whether a line is part of a text: long, with even gaps, mostly words."""
    words = line.words
    if len(words) < PROSE_WORDS or line.x1 - line.x0 < PROSE_WIDTH * (right - left):
        return False
    if sum(word.text[0].isalpha() for word in words) < PROSE_LETTERS * len(words):
        return False
    return has_even_gaps(words, line.size)


def has_even_gaps(words: list[Word], size: float) -> bool:
    """Whether words are spaced like those of a text: justified lines have wide gaps, but even."""
    gaps = [after.x0 - word.x1 for word, after in pairwise(words)]
    usual = median(gaps)
    if usual > WIDEST_EVEN * size:
        return False
    for word, gap in zip(words, gaps, strict=False):
        least, times = SENTENCE_GAP if word.text.endswith(SENTENCE_END) else EVEN_GAP
        if gap > max(least * size, times * usual):
            return False
    return True


def pitches_of(rows: list[Row]) -> list[float]:
    return [below.line.baseline - above.line.baseline for above, below in pairwise(rows)]
