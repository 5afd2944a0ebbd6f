"""Where the tables of a column are: chains of rulings, what grows on them, and unruled tables."""

import itertools
from bisect import bisect_left
from dataclasses import dataclass
from statistics import median

from .grid import column_intervals
from .lines import Fences, Segment, segments_of
from .marks import BULLETS, LEADERS, NUMBERED, SENTENCE_END
from .page import Line, Ruling

CELL_GAP = 0.75  # em; wider than the spaces of justified lines, mostly
PROSE_WORDS = 4
PROSE_WIDTH = 0.8  # of the column
EVEN_GAP = (0.6, 1.8)  # em, or times the median: wide gaps of justified lines are even
WIDEST_EVEN = 0.9  # em; texts are not spaced wider over a whole line, headers of columns are
SENTENCE_GAP = (1.0, 3.2)  # the same after the end of a sentence
PROSE_LETTERS = 0.7  # of the words begin with a letter
SIDE_BY_SIDE = 1.05  # em between the baselines of cells that are set over two rows
ENDS = 4.0  # points that the ends of rulings of one table may differ
NEAR = 9.0  # points between two rulings with nothing between them
TABLE_SHARE = 0.34  # of the lines between two rulings that look like rows
FEW_LINES = 2
FULL = 0.9  # of the table's width; a shorter ruling stands under some columns only
BLANK_TOP, BLANK_BOTTOM = 1.6, 1.4  # em between a ruling and the text below or above it
BLANK_INSIDE = (1.9, 2.0)  # times the usual pitch, plus points
LONG_WORDS = 5  # that fill the width: a sentence
PARTIAL_LINES, PARTIAL_WORDS = 3, 6
GROW_UP = 3  # lines of headers above the first ruling
GROW_GAP = (1.75, 2.0)  # times the pitch, em
GROW_ENDS = 8.0  # points
GROW_SHARE = 0.4  # of the columns of the table; a key and its value below a table are no row of it
FEWEST_ROWS, FEWEST_FENCED_ROWS = 3, 2
LOOSE_PITCH, REGULAR_PITCH, PITCH_JUMP = 2.2, 3.4, 1.32  # em, em, times
MOST_RULINGS = 3_000  # of one column; a drawing has more
LOOK_BACK = 40  # rulings
UNDERLINE = 0.32  # em below the baseline
SHORTEST_RULE = 8.0  # points


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
    for above, below in itertools.pairwise(rows):
        size = max(above.line.size, below.line.size)
        if below.line.baseline - above.line.baseline <= SIDE_BY_SIDE * size and _beside(
            above, below
        ):
            above.is_cells = below.is_cells = True
    return rows


def _beside(above: Row, below: Row) -> bool:
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
    gaps = [after.x0 - word.x1 for word, after in itertools.pairwise(words)]
    usual = median(gaps)
    if usual > WIDEST_EVEN * line.size:
        return False
    for word, gap in zip(words, gaps, strict=False):
        least, times = SENTENCE_GAP if word.text.endswith(SENTENCE_END) else EVEN_GAP
        if gap > max(least * line.size, times * usual):
            return False
    return True


def zones_of(rows: list[Row], rulings: list[Ruling], left: float, right: float) -> list[Zone]:
    """The tables of a column from top to bottom; they do not overlap."""
    level = [r for r in rulings if r.kind == "H" and r.end - r.start >= SHORTEST_RULE]
    upright = [r for r in rulings if r.kind == "V"]
    level = [r for r in level if not _is_underline(r, rows)]
    zones = []
    if len(level) <= MOST_RULINGS and len(upright) <= MOST_RULINGS:
        zones = _ruled(rows, sorted(level, key=lambda r: r.at), upright)
    zones = _apart(zones)
    zones = [zone for zone in zones if is_table(zone, rows)]
    for zone in zones:
        _grow(zone, rows, zones)
    zones += _unruled(rows, zones, upright, left, right)
    return sorted(zones, key=lambda zone: zone.first)


def _is_underline(ruling: Ruling, rows: list[Row]) -> bool:
    first = bisect_left(rows, ruling.at - 12, key=lambda row: row.line.baseline)
    for row in rows[first : first + 6]:
        below = ruling.at - row.line.baseline
        if not -0.02 * row.line.size <= below <= UNDERLINE * row.line.size:
            continue
        words = [w for w in row.line.words if w.x1 > ruling.start + 1 and w.x0 < ruling.end - 1]
        if words and abs(words[0].x0 - ruling.start) < 1 and abs(words[-1].x1 - ruling.end) < 1:
            return True
    return False


# Chains of rulings


def _ruled(rows: list[Row], level: list[Ruling], upright: list[Ruling]) -> list[Zone]:
    fences = Fences(upright)
    parents = list(range(len(level)))

    def root(at: int) -> int:
        while parents[at] != at:
            parents[at] = parents[parents[at]]
            at = parents[at]
        return at

    for below in range(len(level)):
        for above in range(below - 1, max(-1, below - LOOK_BACK), -1):
            if not _overlap(level[above], level[below]):
                continue
            if _linked(level[above], level[below], rows, fences):
                parents[root(below)] = root(above)
            if level[below].at - level[above].at > 1 and _covers(level[above], level[below]):
                break
    chains: dict[int, list[Ruling]] = {}
    for at in range(len(level)):
        chains.setdefault(root(at), []).append(level[at])
    zones = [_zone(chain, rows, upright) for chain in chains.values()]
    return [zone for zone in zones if zone is not None]


def _overlap(one: Ruling, other: Ruling) -> bool:
    common = min(one.end, other.end) - max(one.start, other.start)
    if common < 0.5 * min(one.end - one.start, other.end - other.start):
        return False
    return _covers(one, other) or _covers(other, one)


def _covers(one: Ruling, other: Ruling) -> bool:
    return one.start - ENDS <= other.start and other.end <= one.end + ENDS


def _linked(above: Ruling, below: Ruling, rows: list[Row], fences: Fences) -> bool:
    start, end = max(above.start, below.start), min(above.end, below.end)
    if _fenced(above, below, start, end, fences):
        return True
    between = _rows_between(rows, above.at, below.at, above, below)
    if not between:
        return below.at - above.at <= NEAR
    if _has_blanks(between, above, below) or _reaches_out(between, above, below):
        return False
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
    pitches = _pitches(between)
    if len(pitches) < 2:
        return bool(pitches) and pitches[0] > 3 * first.size
    usual = sorted(pitches)[(len(pitches) - 1) // 2]
    return max(pitches) > BLANK_INSIDE[0] * max(usual, first.size) + BLANK_INSIDE[1]


def _pitches(rows: list[Row]) -> list[float]:
    return [below.line.baseline - above.line.baseline for above, below in itertools.pairwise(rows)]


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
            last.rulings += [r for r in zone.rulings if r not in last.rulings]
            last.left, last.right = min(last.left, zone.left), max(last.right, zone.right)
        else:
            found.append(zone)
    return found


# Growth


def _grow(zone: Zone, rows: list[Row], zones: list[Zone]) -> None:
    taken = {at for other in zones for at in range(other.first, other.last)}
    most = max((len(row.segments) for row in rows[zone.first : zone.last]), default=2)
    pitches = _pitches(rows[zone.first : zone.last])
    usual = median(pitches) if pitches else 0.0
    while zone.last < len(rows) and zone.last not in taken and _is_fenced(rows[zone.last], zone):
        zone.last += 1
    for _ in range(GROW_UP):
        at = zone.first - 1
        if at < 0 or at in taken or not _joins(rows[at], rows[at + 1], zone, most, usual):
            break
        zone.first = at
    while zone.last < len(rows) and zone.last not in taken:
        if not _joins(rows[zone.last], rows[zone.last - 1], zone, most, usual):
            break
        zone.last += 1


def _is_fenced(row: Row, zone: Zone) -> bool:
    """Whether a row still stands beside the vertical rulings of a table."""
    beside = [r for r in zone.rulings if r.kind == "V" and r.start < row.middle < r.end]
    inside = row.line.x0 >= zone.left - GROW_ENDS and row.line.x1 <= zone.right + GROW_ENDS
    return inside and len(beside) >= 1


def _joins(row: Row, next_to: Row, zone: Zone, most: int, usual: float) -> bool:
    pitch = abs(row.line.baseline - next_to.line.baseline)
    return (
        row.is_cells
        and len(row.segments) >= GROW_SHARE * most
        and pitch <= max(GROW_GAP[0] * usual, GROW_GAP[1] * row.line.size)
        and row.line.x0 >= zone.left - GROW_ENDS
        and row.line.x1 <= zone.right + GROW_ENDS
    )


# Unruled tables


def _unruled(
    rows: list[Row], zones: list[Zone], upright: list[Ruling], left: float, right: float
) -> list[Zone]:
    taken = {at for zone in zones for at in range(zone.first, zone.last)}
    found = []
    at = 0
    while at < len(rows):
        if at in taken or not rows[at].is_cells:
            at += 1
            continue
        end = _run(rows, at, taken)
        inside = _upright_beside(rows[at:end], upright)
        zone = Zone(at, end, inside, left, right)
        least = FEWEST_FENCED_ROWS if inside else FEWEST_ROWS
        run = rows[at:end]
        if sum(row.is_cells for row in run) >= least and is_table(zone, rows) and _in_columns(run):
            zone.left, zone.right = min(r.line.x0 for r in run), max(r.line.x1 for r in run)
            while end < len(rows) and end not in taken and _is_fenced(rows[end], zone):
                end += 1
            zone.last = end
            found.append(zone)
        at = end
    return found


def _run(rows: list[Row], begin: int, taken: set[int]) -> int:
    """The end of the rows that follow each other like those of one table."""
    end = begin + 1
    pitches: list[float] = []
    while end < len(rows) and end not in taken:
        row, above = rows[end], rows[end - 1]
        pitch, size = row.line.baseline - above.line.baseline, row.line.size
        regular = (
            bool(pitches) and pitch <= PITCH_JUMP * max(pitches) and pitch <= REGULAR_PITCH * size
        )
        if pitch > LOOSE_PITCH * size + 2 and not regular:
            if pitches or pitch > REGULAR_PITCH * size:
                break
        if pitches and pitch > max(PITCH_JUMP * max(pitches), 1.3 * size):
            break
        if not row.is_cells and not _goes_on(row, rows, begin, end):
            break
        pitches.append(pitch)
        end += 1
    while (
        end > begin + 1
        and not rows[end - 1].is_cells
        and not _goes_on(rows[end - 1], rows, begin, end - 1)
    ):
        end -= 1
    return end


def _goes_on(row: Row, rows: list[Row], begin: int, end: int) -> bool:
    """Whether a row of one segment is the rest of a cell that is not in the first column."""
    above = rows[end - 1]
    if len(row.segments) != 1 or row.line.baseline - above.line.baseline > 1.35 * row.line.size:
        return False
    left = min(r.line.x0 for r in rows[begin:end])
    return row.line.x0 > left + 1.5 * row.line.size


def _upright_beside(run: list[Row], upright: list[Ruling]) -> list[Ruling]:
    top, bottom = run[0].middle, run[-1].middle
    left, right = min(r.line.x0 for r in run), max(r.line.x1 for r in run)
    return [
        r
        for r in upright
        if r.start <= bottom and r.end >= top and left - ENDS <= r.at <= right + ENDS
    ]


def _in_columns(run: list[Row]) -> bool:
    """Whether most rows keep to separate columns."""
    cells = [row for row in run if row.is_cells]
    intervals = column_intervals([row.segments for row in cells])
    if len(intervals) < 2:
        return False
    separate = crossing = wide = 0
    extent = max(r.line.x1 for r in run) - min(r.line.x0 for r in run)
    for row in cells:
        places = [
            [at for at, (left, right) in enumerate(intervals) if s.x0 < right and s.x1 > left]
            for s in row.segments
        ]
        separate += len({p[0] for p in places if p}) >= 2
        crossing += any(len(p) > 1 for p in places)
        wide += any(s.x1 - s.x0 > 0.62 * extent for s in row.segments)
    count = len(cells)
    return separate >= 0.6 * count and crossing <= 0.25 * count and wide <= 0.2 * count


# What is no table


TIGHT = 0.95  # em; rows of tables are not set closer
TIGHT_SHARE = 0.2
FORMULA_SHARE = 0.15
OPERATORS = set("=+<>≤≥≈≡∼∝∈⊂⊆→×·⊗⊕∑∫∏√∂∇")
LONE_OPERATORS = set("=+∑∫∏")
BEFORE_VALUES = set("+<>≤≥≈∼×→±")
AFTER_VALUES = set("+×→")
FRACTION = 0.55  # of the width of its zone


def is_table(zone: Zone, rows: list[Row]) -> bool:
    """Whether what is in a zone is rows and columns, and no formula, frame or fraction."""
    inside = rows[zone.first : zone.last]
    if not any(len(row.segments) > 1 for row in inside):
        return False
    many = sum(len(row.segments) >= 3 for row in inside) >= 6
    pitches = _pitches(inside)
    tight = sum(
        pitch < TIGHT * max(row.line.size, 1)
        for pitch, row in zip(pitches, inside, strict=False)
        if not _beside(row, inside[inside.index(row) + 1])
    )
    fenced = any(r.kind == "V" for r in zone.rulings)
    if tight > TIGHT_SHARE * len(inside) and not many and not fenced:
        return False
    segments = [s for row in inside for s in row.segments]
    operators = sum(_has_operator(s) for s in segments)
    if operators > FORMULA_SHARE * len(segments) and not fenced:
        return False
    level = [r for r in zone.rulings if r.kind == "H"]
    if not level or fenced:
        return True
    width = max(row.line.x1 for row in inside) - min(row.line.x0 for row in inside)
    return max(r.end - r.start for r in level) >= FRACTION * width


def _has_operator(segment: Segment) -> bool:
    """Whether a text begins or ends in the middle of a formula; "≈ 0" and "3×" are values."""
    text = segment.text
    first, last = text[0] in OPERATORS, text[-1] in OPERATORS
    if len(text) == 1:
        return text in LONE_OPERATORS
    if first and text[0] in BEFORE_VALUES and text[1:].lstrip()[:1].isdigit():
        first = False
    if last and text[-1] in AFTER_VALUES and not text[-2].isspace():
        last = False
    return first or last
