"""Columns of a page and their order: a recursive cut along white gutters and between bands."""

from collections.abc import Iterator
from dataclasses import dataclass

from .lines import Fences, lines_of, segments_of
from .page import Ruling, SourcePage, Word
from .solids import solids_of
from .things import (
    FEWEST_LINES,
    GUTTER,
    Strip,
    Thing,
    em_of,
    gaps_in,
    is_gutter,
    is_prose_side,
    is_rowwise,
    line_count,
    of_ruling,
)

SEGMENT_GAP = 0.55  # em; more than justified lines stretch, less than any gutter
HEADING_BLANK = 0.8  # of the height of a band; a heading over two columns is set off from them
FEWEST_ROWS = 2
ROW_BLANK = 1.0  # of the height of a band; a table below two columns is set off from them
MOST_OBJECTS = 12_000  # of one page: a map or a drawing is not cut
DEEPEST = 24  # cuts inside cuts; newspapers have five
MOST_BANDS = 600
MOST_GAPS = 40  # white strips of a page that are tried, the widest first
MOST_TRIED = 150  # runs of bands; a page with more is a drawing


@dataclass(slots=True)
class Column:
    """One leaf of the cut: its words and rulings, and its left and right edges."""

    words: list[Word]
    rulings: list[Ruling]
    left: float
    right: float


def columns(page: SourcePage) -> list[Column]:
    """The columns of a page in reading order; what is above, beside and below is in its turn."""
    things = _things(page)
    if len(things) > MOST_OBJECTS:
        return [_column(things)]
    em = em_of(things)
    return [_column(leaf) for leaf in _cut(things, em, 0)]


def _things(page: SourcePage) -> list[Thing]:
    fences = Fences(page.rulings)
    segments = [
        segment
        for line in lines_of(page.words)
        for segment in segments_of(line, SEGMENT_GAP, fences)
    ]
    solids = solids_of(page, segments)
    things = list(solids)
    covered = {id(s) for solid in solids for s in solid.inside}
    taken = {id(r) for solid in solids for r in solid.rulings}
    things += [
        Thing(s.x0, s.top, s.x1, s.bottom, segment=s) for s in segments if id(s) not in covered
    ]
    things += [of_ruling(r) for r in page.rulings if id(r) not in taken]
    return things


def _cut(things: list[Thing], em: float, depth: int) -> Iterator[list[Thing]]:
    parts = [things]
    if line_count(things) >= FEWEST_LINES and depth < DEEPEST:
        parts = _at_gutter(things, em) or _at_bands(things, em) or parts
    if len(parts) == 1:
        yield things
        return
    for part in parts:
        yield from _cut(part, em, depth + 1)


def _at_gutter(things: list[Thing], em: float) -> list[list[Thing]]:
    """What is left and right of a gutter that goes through, and what is below both; or nothing."""
    gaps = sorted(gaps_in(things, GUTTER * em), key=lambda gap: gap[0] - gap[1])
    for left, right in gaps[:MOST_GAPS]:
        one, other = _sides([things], (left, right))
        if not is_gutter(one, other, right - left, em):
            continue
        bands = _bands(things)
        _, end = _trimmed(bands, 0, len(bands), (left, right))
        if end == len(bands):
            return [one, other]
        return [[t for band in part for t in band] for part in (bands[:end], bands[end:])]
    return []


def _at_bands(things: list[Thing], em: float) -> list[list[Thing]]:
    """What is above, in and below the highest run of bands that shares a gutter; or nothing."""
    bands = _bands(things)
    run = _run_of_bands(bands, em) if 1 < len(bands) <= MOST_BANDS else None
    if run is None:
        return []
    begin, end = run
    parts = bands[:begin], bands[begin:end], bands[end:]
    return [[t for band in part for t in band] for part in parts if part]


def _bands(things: list[Thing]) -> list[list[Thing]]:
    """Things in rows from top to bottom that nothing reaches across."""
    found: list[list[Thing]] = []
    bottom = 0.0
    for thing in sorted(things, key=lambda t: (t.top, t.left)):
        if found and thing.top < bottom:
            found[-1].append(thing)
            bottom = max(bottom, thing.bottom)
        else:
            found.append([thing])
            bottom = thing.bottom
    return found


def _run_of_bands(bands: list[list[Thing]], em: float) -> tuple[int, int] | None:
    """The highest run of bands that shares a gutter: its first band and the one after it."""
    left = min(t.left for band in bands for t in band)
    right = max(t.right for band in bands for t in band)
    free = [_free(band, left, right) for band in bands]
    tried: set[tuple[int, float]] = set()
    tables: list[tuple[int, Strip]] = []  # ends of runs that are rows, with the gap of their cells
    for begin in range(len(bands)):
        strips = _new(free[begin], free[begin - 1]) if begin else free[begin]
        for end, strip in _ends(strips, free, begin, GUTTER * em):
            key = (end, round(strip[0] + strip[1], 1))
            if key in tried or _is_within(begin, end, strip, tables):
                continue
            tried.add(key)
            if len(tried) > MOST_TRIED:
                return None
            first, last = _trimmed(bands, begin, end, strip)
            if first > begin and _goes_deeper(free, (first, end), strip, GUTTER * em):
                continue  # what was trimmed had made the gutter narrow; it is tried from there
            runs = {(first, last), (begin, end)}
            if any(is_rowwise(*_sides(bands[top:bottom], strip)) for top, bottom in runs):
                tables.append((end, strip))
            elif _shares(bands[first:last], strip, em) or _shares(bands[begin:end], strip, em):
                return first, last
    return None


def _goes_deeper(free: list[list[Strip]], run: tuple[int, int], strip: Strip, least: float) -> bool:
    """Whether the gutter around `strip` goes on through the band below a run of bands."""
    first, end = run
    if end >= len(free):
        return False
    strips = free[first]
    for band in range(first + 1, end):
        strips = _common(strips, free[band], least)
    around = [s for s in strips if s[0] < strip[1] and s[1] > strip[0]]
    return bool(_common(around, free[end], least))


def _is_within(begin: int, end: int, strip: Strip, tables: list[tuple[int, Strip]]) -> bool:
    """Whether a run is a part of one that is the rows of a table."""
    return any(
        begin < last and end <= last and strip[0] < right and strip[1] > left
        for last, (left, right) in tables
    )


def _ends(
    strips: list[Strip], free: list[list[Strip]], begin: int, least: float
) -> Iterator[tuple[int, Strip]]:
    """White strips that begin at a band, each with the band that it does not go through."""
    for end in range(begin + 1, len(free) + 1):
        narrowed = _common(strips, free[end], least) if end < len(free) else []
        for strip in strips:
            if not any(start < strip[1] and stop > strip[0] for start, stop in narrowed):
                yield end, strip
        strips = narrowed
        if not strips:
            return


def _new(strips: list[Strip], before: list[Strip]) -> list[Strip]:
    """Strips that reach beyond those of the band above: the others were tried with that."""
    return [
        (left, right)
        for left, right in strips
        if not any(start <= left and right <= end for start, end in before)
    ]


def _free(band: list[Thing], left: float, right: float) -> list[Strip]:
    edges = [(left, left), *((t.left, t.right) for t in band), (right, right)]
    found, reached = [], left
    for start, end in sorted(edges):
        if start > reached:
            found.append((reached, start))
        reached = max(reached, end)
    return found


def _common(one: list[Strip], other: list[Strip], least: float) -> list[Strip]:
    found = []
    i = j = 0
    while i < len(one) and j < len(other):
        start, end = max(one[i][0], other[j][0]), min(one[i][1], other[j][1])
        if end - start >= least:
            found.append((start, end))
        if one[i][1] < other[j][1]:
            i += 1
        else:
            j += 1
    return found


def _sides(bands: list[list[Thing]], strip: Strip) -> tuple[list[Thing], list[Thing]]:
    middle = (strip[0] + strip[1]) / 2
    things = [t for band in bands for t in band]
    return [t for t in things if t.right <= middle], [t for t in things if t.left >= middle]


def _shares(bands: list[list[Thing]], strip: Strip, em: float) -> bool:
    one, other = _sides(bands, strip)
    if not one or not other:
        return False
    gap = min(t.left for t in other) - max(t.right for t in one)
    return gap >= GUTTER * em and is_gutter(one, other, gap, em)


def _trimmed(bands: list[list[Thing]], begin: int, end: int, strip: Strip) -> tuple[int, int]:
    """The run without bands at its ends that stand on one side only, such as a heading above.

    What is left of the gutter in the first band, and right of it in the last, may stay: columns
    need not begin or end at the same height.
    """
    middle = (strip[0] + strip[1]) / 2
    while end - begin > 1 and not _has_both(bands[begin], middle) and _is_lone(bands, begin):
        begin += 1
    begin = _without_rest_above(bands, begin, end, middle)
    first = end - 1  # of the rows at the end
    while first > begin and _is_row(bands[first], middle) and not _is_row_blank(bands, first - 1):
        first -= 1
    if first == begin or end - first < FEWEST_ROWS or not _is_row(bands[first], middle):
        return begin, end
    if any(is_prose_side(side) for side in _sides(bands[first:end], strip)):
        return begin, end
    return begin, first


def _without_rest_above(bands: list[list[Thing]], begin: int, end: int, middle: float) -> int:
    """Where a run begins without lines on one side that are nearer to what is above it."""
    first = begin
    while first < end and not _has_both(bands[first], middle):
        first += 1
    if not 0 < begin < first < end:
        return begin
    widest = max(range(begin, first), key=lambda at: _blank(bands, at))
    return widest + 1 if _blank(bands, begin - 1) < _blank(bands, widest) else begin


def _is_row(band: list[Thing], middle: float) -> bool:
    """Whether a band is one line on both sides of a gutter, as the rows of a table are."""
    baselines = [t.segment.baseline for t in band if t.segment]
    return (
        len(baselines) == len(band) >= 2
        and _has_both(band, middle)
        and max(baselines) - min(baselines) < 1
    )


def _has_both(band: list[Thing], middle: float) -> bool:
    return any(t.right <= middle for t in band) and any(t.left >= middle for t in band)


def _is_lone(bands: list[list[Thing]], at: int) -> bool:
    """Whether a band has more space below it than lines of one column have between them."""
    return _blank(bands, at) > HEADING_BLANK * max((t.bottom - t.top for t in bands[at]), default=0)


def _is_row_blank(bands: list[list[Thing]], at: int) -> bool:
    """Whether there is more space below a band than between lines of the text below it."""
    return _blank(bands, at) > ROW_BLANK * max(t.bottom - t.top for t in bands[at + 1])


def _blank(bands: list[list[Thing]], at: int) -> float:
    return min(t.top for t in bands[at + 1]) - max(t.bottom for t in bands[at])


def _column(things: list[Thing]) -> Column:
    words: list[Word] = []
    rulings: list[Ruling] = []
    for thing in things:
        if thing.segment:
            words += thing.segment.words
        for segment in thing.inside:
            words += segment.words
        rulings += thing.rulings
    edges = [(t.left, t.right) for t in things if t.segment or t.inside] or [(0.0, 0.0)]
    left, right = min(left for left, _ in edges), max(right for _, right in edges)
    return Column(words, rulings, left, right)
