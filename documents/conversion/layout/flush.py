"""Texts of a table that its gaps do not tell: too near to be parted by them, or too far apart.

Numbers that are set flush right may stand closer to the text on their right than the words of a
text stand to each other; their ends tell that they are a column. The lines of a broken text that
is set flush on both sides may have wider gaps than columns; their ends tell that they are one text.
"""

from collections.abc import Iterator
from itertools import pairwise

from .lines import Segment
from .table_rows import PROSE_LETTERS, PROSE_WORDS, has_even_gaps

SAME = 0.12  # em
RAGGED = 0.3  # em that the ends of texts differ at least where they are not flush
LEAST_GAP = 0.2  # em
FEWEST_ROWS = 4
ODD_ROWS = 1  # headers that are set in another way
SAME_ENDS = 1.0  # points

Strip = tuple[float, float]


def parted(rows: list[list[Segment]], intervals: list[tuple[float, float]]) -> list[list[Segment]]:
    """Rows with their texts parted where one column is flush right and the next one flush left."""
    strips = [strip for interval in intervals if (strip := _strip(rows, interval))]
    if not strips:
        return rows
    return [[part for segment in row for part in _parts(segment, strips)] for row in rows]


def _strip(rows: list[list[Segment]], interval: tuple[float, float]) -> Strip | None:
    """The white strip through all texts of a column, if it has two columns beside it."""
    left, right = interval
    header, *others = [[s for s in row if s.x0 < right and s.x1 > left] for row in rows]
    below = [segment for row in others for segment in row]
    whole = [s for s in header + below if len(s.words) > 1 and s.x0 > left - 1 and s.x1 < right + 1]
    if len(whole) < max(FEWEST_ROWS, len(below) - ODD_ROWS):
        return None
    size = whole[0].size
    for strip in _white(below):
        if strip[1] - strip[0] >= LEAST_GAP * size and _are_columns(whole, strip, size):
            return strip
    return None


def _white(segments: list[Segment]) -> list[Strip]:
    """What is white between the words of all texts."""
    edges = sorted((word.x0, word.x1) for segment in segments for word in segment.words)
    strips, reached = [], edges[0][1]
    for left, right in edges:
        if left > reached:
            strips.append((reached, left))
        reached = max(reached, right)
    return strips


def _are_columns(segments: list[Segment], strip: Strip, size: float) -> bool:
    """Whether what is left of a strip is flush right, and what is right of it flush left."""
    middle = sum(strip) / 2
    pairs = [
        ([w for w in s.words if w.x1 < middle], [w for w in s.words if w.x0 > middle])
        for s in segments
    ]
    pairs = [
        (left, right)
        for left, right in pairs
        if left
        and right
        and abs(left[-1].x1 - strip[0]) <= SAME * size
        and abs(right[0].x0 - strip[1]) <= SAME * size
    ]
    letters = sum(right[0].text[0].isalpha() for _, right in pairs)
    return (
        len(pairs) >= max(FEWEST_ROWS, len(segments) - ODD_ROWS)
        and letters >= PROSE_LETTERS * len(pairs)
        and _range([left[0].x0 for left, _ in pairs]) >= RAGGED * size
        and _range([right[-1].x1 for _, right in pairs]) >= RAGGED * size
    )


def _range(values: list[float]) -> float:
    return max(values) - min(values)


def _parts(segment: Segment, strips: list[Strip]) -> Iterator[Segment]:
    begin = 0
    for at, (before, after) in enumerate(pairwise(segment.words), 1):
        if any(before.x1 <= left + 0.1 and after.x0 >= right - 0.1 for left, right in strips):
            yield _segment(segment, begin, at)
            begin = at
    yield _segment(segment, begin, len(segment.words))


def _segment(segment: Segment, begin: int, end: int) -> Segment:
    words = segment.words[begin:end]
    right = max(word.x1 for word in words)
    return Segment(words, words[0].x0, right, segment.baseline, segment.size)


def stretched(rows: list[list[Segment]]) -> list[list[Segment]]:
    """Rows with the words of a line joined that has the ends of a text above or below it."""
    joined = list(rows)
    for at in range(len(joined)):
        for near in (at - 1, at + 1):
            if 0 <= near < len(joined) and len(joined[at]) > 1:
                joined[at] = _stretched(joined[at], joined[near])
    return joined


def _stretched(row: list[Segment], near: list[Segment]) -> list[Segment]:
    for text in near:
        if len(text.words) < PROSE_WORDS:
            continue
        inside = [s for s in row if s.x1 > text.x0 and s.x0 < text.x1]
        if len(inside) > 1 and _is_one(inside, text):
            at = row.index(inside[0])
            words = [word for segment in inside for word in segment.words]
            one = Segment(words, inside[0].x0, inside[-1].x1, inside[0].baseline, inside[0].size)
            row = [*row[:at], one, *row[at + len(inside) :]]
    return row


def _is_one(inside: list[Segment], text: Segment) -> bool:
    """Whether texts are one that is set as wide as another one."""
    words = [word for segment in inside for word in segment.words]
    if len(words) < PROSE_WORDS:
        return False
    if abs(inside[0].x0 - text.x0) > SAME_ENDS or abs(inside[-1].x1 - text.x1) > SAME_ENDS:
        return False
    letters = sum(word.text[0].isalpha() for word in words)
    return letters >= PROSE_LETTERS * len(words) and has_even_gaps(words, inside[0].size)
