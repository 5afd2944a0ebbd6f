"""Columns of a page and their order: a recursive cut along white gutters and between bands.

The objects that are cut are segments of lines, rulings, and solids: boxes between rulings with the
same ends, which are tables or frames and are never cut through.
"""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median
from typing import NamedTuple

from .lines import Fences, Segment, lines_of, segments_of
from .page import Ruling, SourcePage, Word

SEGMENT_GAP = 0.55  # em; more than justified lines stretch, less than any gutter
GUTTER = 0.7  # em; narrower ones are never set between columns of text
LOOSE_GUTTER = 1.2  # em, between things that are no prose
FEWEST_LINES = 3  # on both sides of a gutter
NARROWEST = 4.0  # em, of a column
AGREEING = 0.6  # of the baselines; rows of a table agree, columns of text need not
PROSE_WORDS = 4
PROSE_COVER = 0.8  # of its extent, that the words of a row of prose fill
PROSE_WIDTH = 0.5  # of the column
PROSE_ROWS = 0.4  # of the rows of a column of prose; the rest are headings, ends and formulas
SAME_END = 3.0  # points between the ends of rulings that belong together
SMALLEST_SOLID = 30.0  # points wide
TALLEST_SOLID = 0.75  # of the page; a frame around all of it has columns inside
ROW_BLANK = 1.0  # of the height of a band; a table below two columns is set off from them
MOST_OBJECTS = 12_000  # of one page: a map or a drawing is not cut
DEEPEST = 24  # cuts inside cuts; newspapers have five
MOST_BANDS = 600
MOST_GAPS = 40  # white strips of a page that are tried, the widest first
MOST_TRIED = 150  # runs of bands; a page with more is a drawing
MOST_RULINGS = 3_000


@dataclass(slots=True)
class Column:
    """One leaf of the cut: its words and rulings, and its left and right edges."""

    words: list[Word]
    rulings: list[Ruling]
    left: float
    right: float


class _Thing(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float
    segment: Segment | None = None
    rulings: tuple[Ruling, ...] = ()
    inside: tuple[Segment, ...] = ()  # of a solid


def columns(page: SourcePage) -> list[Column]:
    """The columns of a page in reading order; what is above, beside and below is in its turn."""
    things = _things(page)
    if len(things) > MOST_OBJECTS:
        return [_column(things)]
    em = _em(things)
    return [_column(leaf) for leaf in _cut(things, em, 0)]


def _things(page: SourcePage) -> list[_Thing]:
    fences = Fences(page.rulings)
    segments = [
        segment
        for line in lines_of(page.words)
        for segment in segments_of(line, SEGMENT_GAP, fences)
    ]
    solids = _solids(page, segments) if len(page.rulings) <= MOST_RULINGS else []
    things = list(solids)
    covered = {id(s) for solid in solids for s in solid.inside}
    taken = {id(r) for solid in solids for r in solid.rulings}
    things += [
        _Thing(s.x0, s.top, s.x1, s.bottom, segment=s) for s in segments if id(s) not in covered
    ]
    things += [_of_ruling(r) for r in page.rulings if id(r) not in taken]
    return things


def _of_ruling(ruling: Ruling) -> _Thing:
    if ruling.kind == "H":
        return _Thing(ruling.start, ruling.at, ruling.end, ruling.at, rulings=(ruling,))
    return _Thing(ruling.at, ruling.start, ruling.at, ruling.end, rulings=(ruling,))


def _solids(page: SourcePage, segments: list[Segment]) -> list[_Thing]:
    """Boxes between consecutive rulings with the same ends, joined where they touch."""
    level = [r for r in page.rulings if r.kind == "H" and r.end - r.start >= SMALLEST_SOLID]
    level.sort(key=lambda r: r.at)
    ends: dict[tuple[int, int], Ruling] = {}
    boxes: list[list[Ruling]] = []
    of_ruling: dict[int, list[Ruling]] = {}
    by_top = sorted(segments, key=lambda s: s.baseline)
    tops = [s.baseline for s in by_top]
    for ruling in level:
        key = (round(ruling.start / SAME_END), round(ruling.end / SAME_END))
        above = next(
            (
                ends[x, y]
                for x in (key[0], key[0] - 1, key[0] + 1)
                for y in (key[1], key[1] - 1, key[1] + 1)
                if (x, y) in ends
                and abs(ends[x, y].start - ruling.start) <= SAME_END
                and abs(ends[x, y].end - ruling.end) <= SAME_END
            ),
            None,
        )
        ends[key] = ruling
        if above is None or not _is_solid(above, ruling, page, by_top, tops):
            continue
        box = of_ruling.get(id(above))
        if box is None:
            box = of_ruling[id(above)] = [above]
            boxes.append(box)
        box.append(ruling)
        of_ruling[id(ruling)] = box
    return _each_once([_solid(box, page, by_top, tops) for box in boxes])


def _each_once(solids: list[_Thing]) -> list[_Thing]:
    """Solids as one where they overlap, so that nothing is in two of them."""
    found: list[_Thing] = []
    for solid in sorted(solids, key=lambda s: s.top):
        near = [s for s in found if _touch(s, solid)]
        found = [s for s in found if s not in near]
        parts = [*near, solid]
        segments = {id(s): s for part in parts for s in part.inside}
        rulings = {id(r): r for part in parts for r in part.rulings}
        found.append(
            _Thing(
                min(part.left for part in parts),
                min(part.top for part in parts),
                max(part.right for part in parts),
                max(part.bottom for part in parts),
                rulings=tuple(rulings.values()),
                inside=tuple(segments.values()),
            )
        )
    return found


def _touch(one: _Thing, other: _Thing) -> bool:
    across = min(one.right, other.right) - max(one.left, other.left)
    return across > 0 and min(one.bottom, other.bottom) - max(one.top, other.top) > 0


def _is_solid(
    above: Ruling, below: Ruling, page: SourcePage, segments: list[Segment], tops: list[float]
) -> bool:
    if below.at - above.at > TALLEST_SOLID * page.height:
        return False
    left, right = min(above.start, below.start) - SAME_END, max(above.end, below.end) + SAME_END
    inside: list[Segment] = []
    for s in _between(segments, tops, above.at, below.at):
        if s.x1 <= left or s.x0 >= right:
            continue
        if s.x0 < left or s.x1 > right:
            return False
        inside.append(s)
    if not inside:
        return below.at - above.at <= 9
    return not _holds_columns(inside)


def _holds_columns(inside: list[Segment]) -> bool:
    """Whether two columns of prose stand between two rulings: then these do not make a table."""
    things = [_Thing(s.x0, s.top, s.x1, s.bottom, segment=s) for s in inside]
    if len(inside) < 4 * FEWEST_LINES:
        return False
    em = _em(things)
    for left, right in _gaps(things, GUTTER * em):
        middle = (left + right) / 2
        sides = [t for t in things if t.right < middle], [t for t in things if t.left > middle]
        if all(len(side) >= 2 * FEWEST_LINES and _is_prose(side) for side in sides):
            return True
    return False


def _between(
    segments: list[Segment], tops: list[float], above: float, below: float
) -> list[Segment]:
    return segments[bisect_left(tops, above) : bisect_left(tops, below + 0.01)]


def _solid(
    box: list[Ruling], page: SourcePage, segments: list[Segment], tops: list[float]
) -> _Thing:
    left, right = min(r.start for r in box), max(r.end for r in box)
    top, bottom = box[0].at, box[-1].at
    inside = tuple(
        s
        for s in _between(segments, tops, top, bottom)
        if s.x0 >= left - SAME_END and s.x1 <= right + SAME_END
    )
    rulings = tuple(
        r
        for r in page.rulings
        if (
            top - 1 <= r.at <= bottom + 1
            and r.start >= left - SAME_END
            and r.end <= right + SAME_END
            if r.kind == "H"
            else left - SAME_END <= r.at <= right + SAME_END
            and r.start >= top - SAME_END
            and r.end <= bottom + SAME_END
        )
    )
    return _Thing(left, top, right, bottom, rulings=rulings, inside=inside)


def _em(things: list[_Thing]) -> float:
    sizes = [t.segment.size for t in things if t.segment]
    sizes += [s.size for t in things for s in t.inside]
    return median(sizes) if sizes else 10.0


def _cut(things: list[_Thing], em: float, depth: int) -> Iterator[list[_Thing]]:
    if _line_count(things) < 2 * FEWEST_LINES or depth > DEEPEST:
        yield things
        return
    gaps = sorted(_gaps(things, GUTTER * em), key=lambda gap: gap[0] - gap[1])
    for left, right in gaps[:MOST_GAPS]:
        middle = (left + right) / 2
        one = [t for t in things if t.right <= middle]
        other = [t for t in things if t.left >= middle]
        if _is_gutter(one, other, right - left, em):
            yield from _cut(one, em, depth + 1)
            yield from _cut(other, em, depth + 1)
            return
    bands = _bands(things)
    run = _run_of_bands(bands, em) if 1 < len(bands) <= MOST_BANDS else None
    if run is None:
        yield things
        return
    begin, end = run
    parts = bands[:begin], bands[begin:end], bands[end:]
    for part in parts:
        if part:
            yield from _cut([t for band in part for t in band], em, depth + 1)


def _gaps(things: list[_Thing], least: float) -> list[tuple[float, float]]:
    """White strips between things, at least so wide, from left to right."""
    found = []
    right = None
    for thing in sorted(things, key=lambda t: t.left):
        if right is not None and thing.left - right >= least:
            found.append((right, thing.left))
        right = thing.right if right is None else max(right, thing.right)
    return found


def _bands(things: list[_Thing]) -> list[list[_Thing]]:
    """Things in rows from top to bottom that nothing reaches across."""
    found: list[list[_Thing]] = []
    bottom = 0.0
    for thing in sorted(things, key=lambda t: (t.top, t.left)):
        if found and thing.top < bottom:
            found[-1].append(thing)
            bottom = max(bottom, thing.bottom)
        else:
            found.append([thing])
            bottom = thing.bottom
    return found


def _run_of_bands(bands: list[list[_Thing]], em: float) -> tuple[int, int] | None:
    """The highest run of bands that shares a gutter: its first band and the one after it."""
    left = min(t.left for band in bands for t in band)
    right = max(t.right for band in bands for t in band)
    free = [_free(band, left, right) for band in bands]
    tried: set[tuple[int, float]] = set()  # ends of runs with the strips that died there
    for begin in range(len(bands)):
        strips = _new(free[begin], free[begin - 1]) if begin else free[begin]
        for end in range(begin + 1, len(bands) + 1):
            narrowed = _common(strips, free[end], GUTTER * em) if end < len(bands) else []
            for strip in strips:
                if any(n[0] < strip[1] and n[1] > strip[0] for n in narrowed):
                    continue
                key = (end, round(strip[0] + strip[1], 1))
                if key in tried:
                    continue
                tried.add(key)
                if len(tried) > MOST_TRIED:
                    return None
                if _shares(bands[begin:end], strip, em):
                    return _trimmed(bands, begin, end, strip)
            strips = narrowed
            if not strips:
                break
    return None


def _new(
    strips: list[tuple[float, float]], before: list[tuple[float, float]]
) -> list[tuple[float, float]]:
    """Strips that reach beyond those of the band above: the others were tried with that."""
    return [
        (left, right)
        for left, right in strips
        if not any(start <= left and right <= end for start, end in before)
    ]


def _free(band: list[_Thing], left: float, right: float) -> list[tuple[float, float]]:
    edges = [(left, left), *((t.left, t.right) for t in band), (right, right)]
    found, reached = [], left
    for start, end in sorted(edges):
        if start > reached:
            found.append((reached, start))
        reached = max(reached, end)
    return found


def _common(
    one: list[tuple[float, float]], other: list[tuple[float, float]], least: float
) -> list[tuple[float, float]]:
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


def _shares(bands: list[list[_Thing]], strip: tuple[float, float], em: float) -> bool:
    middle = (strip[0] + strip[1]) / 2
    one = [t for band in bands for t in band if t.right <= middle]
    other = [t for band in bands for t in band if t.left >= middle]
    if not one or not other:
        return False
    gap = min(t.left for t in other) - max(t.right for t in one)
    return gap >= GUTTER * em and _is_gutter(one, other, gap, em)


def _trimmed(
    bands: list[list[_Thing]], begin: int, end: int, strip: tuple[float, float]
) -> tuple[int, int]:
    """The run without bands at its ends that stand on one side only, such as a heading above.

    What is left of the gutter in the first band, and right of it in the last, may stay: columns
    need not begin or end at the same height.
    """
    middle = (strip[0] + strip[1]) / 2
    while end - begin > 1 and not _has_both(bands[begin], middle) and _is_lone(bands, begin):
        begin += 1
    last = end - 1
    while last > begin and _is_row(bands[last], middle):
        last -= 1
    if not _is_row(bands[last], middle) and last < end - 1 and _is_lone(bands, last, ROW_BLANK):
        end = last + 1
    return begin, end


def _is_row(band: list[_Thing], middle: float) -> bool:
    """Whether a band is one line on both sides of a gutter, as the rows of a table are."""
    baselines = [t.segment.baseline for t in band if t.segment]
    return (
        len(baselines) == len(band) >= 2
        and _has_both(band, middle)
        and max(baselines) - min(baselines) < 1
    )


def _has_both(band: list[_Thing], middle: float) -> bool:
    return any(t.right <= middle for t in band) and any(t.left >= middle for t in band)


def _is_lone(bands: list[list[_Thing]], at: int, least: float = 0.8) -> bool:
    """Whether a band has more space below it than lines of one column have between them."""
    size = min(max(t.bottom - t.top for t in band) for band in bands[at : at + 2])
    return min(t.top for t in bands[at + 1]) - max(t.bottom for t in bands[at]) > least * size


def _is_gutter(one: list[_Thing], other: list[_Thing], gap: float, em: float) -> bool:
    for side in (one, other):
        if not side or max(t.right for t in side) - min(t.left for t in side) < NARROWEST * em:
            return False
        if _line_count(side) < FEWEST_LINES:
            return False
    if _is_prose(one) and _is_prose(other):
        return True
    return gap >= LOOSE_GUTTER * em and _agreement(one, other) <= AGREEING


def _line_count(side: list[_Thing]) -> int:
    return sum(1 for t in side if t.segment) + sum(len(t.inside) for t in side)


def _is_prose(side: list[_Thing]) -> bool:
    """Whether most lines are those of a text, or stand in a solid."""
    left, right = min(t.left for t in side), max(t.right for t in side)
    rows = [t.segment for t in side if t.segment]
    inside = sum(len(t.inside) for t in side)
    prose = sum(_is_prose_row(row, right - left) for row in rows)
    return prose + inside >= PROSE_ROWS * (len(rows) + inside)


def _is_prose_row(row: Segment, width: float) -> bool:
    if len(row.words) < PROSE_WORDS or row.x1 - row.x0 < PROSE_WIDTH * width:
        return False
    covered = sum(word.x1 - word.x0 for word in row.words)
    return covered >= PROSE_COVER * (row.x1 - row.x0)


def _agreement(one: list[_Thing], other: list[_Thing]) -> float:
    """The share of baselines that both sides have, of the side that has fewer."""
    places = []
    for side in (one, other):
        segments = [t.segment for t in side if t.segment] + [s for t in side for s in t.inside]
        places.append({round(s.baseline) for s in segments})
    fewer, more = sorted(places, key=len)
    if not fewer:
        return 0.0
    near = sum(1 for y in fewer if y in more or y - 1 in more or y + 1 in more)
    return near / len(fewer)


def _column(things: list[_Thing]) -> Column:
    words, rulings = [], []
    for thing in things:
        if thing.segment:
            words += thing.segment.words
        for segment in thing.inside:
            words += segment.words
        rulings += thing.rulings
    edges = [(t.left, t.right) for t in things if t.segment or t.inside] or [(0.0, 0.0)]
    left, right = min(left for left, _ in edges), max(right for _, right in edges)
    return Column(words, rulings, left, right)
