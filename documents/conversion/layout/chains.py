"""Chains of rulings: those that belong to one table, because of what is between them."""

from bisect import bisect_left
from collections.abc import Iterator

from .lines import Fences
from .page import Ruling
from .table_rows import ENDS, PROSE_WIDTH, Row, Zone, pitches_of

NEAR = 9.0  # points between two rulings with nothing between them
TABLE_SHARE = 0.34  # of the lines between two rulings that look like rows
FEW_LINES = 2
FULL = 0.9  # of the table's width; a shorter ruling stands under some columns only
BLANK_TOP, BLANK_BOTTOM = 1.6, 1.4  # em between a ruling and the text below or above it
BLANK_INSIDE = (1.9, 2.0)  # times the usual pitch, plus points
LONG_WORDS = 5  # that fill the width: a sentence
PARTIAL_LINES, PARTIAL_WORDS = 3, 6
LOOK_BACK = 40  # rulings


def ruled(rows: list[Row], level: list[Ruling], upright: list[Ruling]) -> list[Zone]:
    """The zones between horizontal rulings, given from top to bottom, that belong together."""
    zones = (_zone(chain, rows, upright) for chain in _chains(rows, level, Fences(upright)))
    return _apart([zone for zone in zones if zone is not None])


def _chains(rows: list[Row], level: list[Ruling], fences: Fences) -> list[list[Ruling]]:
    parents = list(range(len(level)))
    for above, below in _neighbours(level):
        if _linked(level[above], level[below], rows, fences):
            parents[_root(parents, below)] = _root(parents, above)
    chains: dict[int, list[Ruling]] = {}
    for at, ruling in enumerate(level):
        chains.setdefault(_root(parents, at), []).append(ruling)
    return list(chains.values())


def _root(parents: list[int], at: int) -> int:
    while parents[at] != at:
        parents[at] = parents[parents[at]]
        at = parents[at]
    return at


def _neighbours(level: list[Ruling]) -> Iterator[tuple[int, int]]:
    """Each ruling with those above it, up to the next that is at least as wide."""
    for below, ruling in enumerate(level):
        for above in range(below - 1, max(-1, below - LOOK_BACK), -1):
            if not _overlap(level[above], ruling):
                continue
            yield above, below
            if ruling.at - level[above].at > 1 and _covers(level[above], ruling):
                break


def _overlap(one: Ruling, other: Ruling) -> bool:
    common = min(one.end, other.end) - max(one.start, other.start)
    if common < 0.5 * min(one.end - one.start, other.end - other.start):
        return False
    if not one.width or not other.width:  # edges of coloured rows belong to their like
        return _covers(one, other) and _covers(other, one)
    return _covers(one, other) or _covers(other, one)


def _covers(one: Ruling, other: Ruling) -> bool:
    return one.start - ENDS <= other.start and other.end <= one.end + ENDS


def _linked(above: Ruling, below: Ruling, rows: list[Row], fences: Fences) -> bool:
    start, end = max(above.start, below.start), min(above.end, below.end)
    if _fenced(above, below, start, end, fences):
        return True
    if _ends_frame(above, below, fences):
        return False
    between = _rows_between(rows, above.at, below.at, above, below)
    if not between:
        return below.at - above.at <= NEAR
    if _has_blanks(between, above, below) or _reaches_out(between, above, below):
        return False
    return _is_of_table(between, above, below)


def _is_of_table(between: list[Row], above: Ruling, below: Ruling) -> bool:
    """Whether what stands between two rulings looks like rows of a table and not like a text."""
    wide = max(above.end - above.start, below.end - below.start)
    if _over_prose(between, wide):
        return False
    cells = sum(row.is_cells for row in between)
    if cells >= TABLE_SHARE * len(between) or len(between) <= FEW_LINES:
        return True
    partial = min(above.end - above.start, below.end - below.start) < FULL * wide
    return (
        partial
        and len(between) - cells <= PARTIAL_LINES
        and all(len(s.words) < PARTIAL_WORDS for row in between for s in row.segments)
    )


def _fenced(above: Ruling, below: Ruling, start: float, end: float, fences: Fences) -> bool:
    first = bisect_left(fences.places, start - ENDS)
    for ruling in fences.rulings[first:]:
        if ruling.at > end + ENDS:
            return False
        if ruling.start <= above.at + ENDS and ruling.end >= below.at - ENDS:
            return True
    return False


def _ends_frame(above: Ruling, below: Ruling, fences: Fences) -> bool:
    """Whether the outer vertical rulings of a table end at the upper or begin at the lower one."""
    for edge in (above.start, above.end, below.start, below.end):
        first = bisect_left(fences.places, edge - ENDS)
        last = bisect_left(fences.places, edge + ENDS)
        for ruling in fences.rulings[first:last]:
            height = ruling.end - ruling.start
            if height > NEAR and abs(ruling.end - above.at) <= ENDS:
                return True
            if height > NEAR and abs(ruling.start - below.at) <= ENDS:
                return True
    return False


def _rows_between(
    rows: list[Row], top: float, bottom: float, above: Ruling, below: Ruling
) -> list[Row]:
    left, right = min(above.start, below.start), max(above.end, below.end)
    first = bisect_left(rows, top, key=lambda row: row.middle)
    last = bisect_left(rows, bottom, key=lambda row: row.middle)
    return [row for row in rows[first:last] if row.line.x0 < right and row.line.x1 > left]


def _has_blanks(between: list[Row], above: Ruling, below: Ruling) -> bool:
    first, last = between[0].line, between[-1].line
    if first.baseline - 0.75 * first.size - above.at > BLANK_TOP * first.size:
        return True
    if below.at - last.baseline - 0.2 * last.size > BLANK_BOTTOM * last.size:
        return True
    pitches = pitches_of(between)
    if len(pitches) < 2:
        return bool(pitches) and pitches[0] > 3 * first.size
    usual = sorted(pitches)[(len(pitches) - 1) // 2]
    return max(pitches) > BLANK_INSIDE[0] * max(usual, first.size) + BLANK_INSIDE[1]


def _reaches_out(between: list[Row], above: Ruling, below: Ruling) -> bool:
    left, right = min(above.start, below.start), max(above.end, below.end)
    slack = 2 * ENDS
    return any(row.line.x0 < left - slack or row.line.x1 > right + slack for row in between)


def _over_prose(between: list[Row], width: float) -> bool:
    """Whether sentences stand between two rulings, which then belong to different things."""
    lone = 0
    for row in between:
        if row.is_cells:
            lone = 0
            continue
        line = row.line
        extent = line.x1 - line.x0
        if extent >= PROSE_WIDTH * width and len(line.words) >= LONG_WORDS:
            return True
        lone = lone + 1 if extent > 0.4 * width else lone
        if lone >= 2:
            return True
    return False


def _zone(chain: list[Ruling], rows: list[Row], upright: list[Ruling]) -> Zone | None:
    left, right = min(r.start for r in chain), max(r.end for r in chain)
    top, bottom = min(r.at for r in chain), max(r.at for r in chain)
    first = bisect_left(rows, top, key=lambda row: row.middle)
    last = bisect_left(rows, bottom, key=lambda row: row.middle)
    if first >= last and len(chain) > 1:
        return None
    inside = [
        r
        for r in upright
        if left - ENDS <= r.at <= right + ENDS and r.start < bottom + ENDS and r.end > top - ENDS
    ]
    return Zone(first, last, chain + inside, left, right)


def _apart(zones: list[Zone]) -> list[Zone]:
    """Zones that share no row: what overlaps is one table, what is empty is none."""
    found: list[Zone] = []
    for zone in sorted(zones, key=lambda zone: (zone.first, -zone.last)):
        if zone.first >= zone.last:
            continue
        if found and zone.first < found[-1].last:
            last = found[-1]
            last.last = max(last.last, zone.last)
            last.rulings = list({id(r): r for r in last.rulings + zone.rulings}.values())
            last.left, last.right = min(last.left, zone.left), max(last.right, zone.right)
        else:
            found.append(zone)
    return found
