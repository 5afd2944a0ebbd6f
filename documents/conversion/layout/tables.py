"""Where the tables of a column are: chains of rulings, what grows on them, and unruled tables."""

from bisect import bisect_left
from statistics import median

from .chains import ruled
from .grid import table_columns
from .lines import NO_SPACE, Fences
from .page import Ruling
from .proof import GROW_ENDS, is_fenced, is_table
from .table_rows import ENDS, Row, Zone, pitches_of
from .unruled import rulings_beside, unruled

GOES_ON_PITCH = 1.5  # em between the lines of one cell
SAME_START = 1.0  # points
FEW_WORDS = 3  # of a line of a header
GROW_UP = 3  # lines of headers above the first ruling
GROW_GAP = (1.75, 2.0)  # times the pitch, em
GROW_SHARE = 0.4  # of the columns of the table; a key and its value below a table are no row of it
STAGGERED = 0.95  # em between the parts of a header that stand in the middle of each other
FEW_ROWS = 2  # lines of a table that is no more than the last row of the one above
REST_PITCH = 2.0  # em
MOST_RULINGS = 3_000  # of one column; a drawing has more
UNDERLINE = 0.32  # em below the baseline
SHORTEST_RULE = 8.0  # points


def zones_of(rows: list[Row], rulings: list[Ruling], left: float, right: float) -> list[Zone]:
    """The tables of a column from top to bottom; they do not overlap."""
    level = [r for r in rulings if r.kind == "H" and r.end - r.start >= SHORTEST_RULE]
    upright = [r for r in rulings if r.kind == "V"]
    level = [r for r in level if not _is_underline(r, rows)]
    zones = []
    if len(level) <= MOST_RULINGS and len(upright) <= MOST_RULINGS:
        zones = ruled(rows, sorted(level, key=lambda r: r.at), upright)
    zones = [zone for zone in zones if is_table(zone, rows)]
    taken = {at for zone in zones for at in range(zone.first, zone.last)}
    for zone in zones:
        _grow_up(zone, rows, taken)
        _grow_down(zone, rows, taken)
    few = level + upright if len(level) + len(upright) <= MOST_RULINGS else []
    for zone in unruled(rows, taken, few, left, right):
        if _grow_up(zone, rows, taken):
            zone.rulings = rulings_beside(rows[zone.first : zone.last], few)
        zones.append(zone)
    return _adjoined(sorted(zones, key=lambda zone: zone.first), rows)


def _adjoined(zones: list[Zone], rows: list[Row]) -> list[Zone]:
    """Zones as one where the next has the same ends and begins where a row of the first would."""
    found: list[Zone] = []
    for zone in zones:
        last = found[-1] if found else None
        if last is not None and _is_rest(last, zone, rows):
            last.last = zone.last
            last.rulings = [*last.rulings, *zone.rulings]
        else:
            found.append(zone)
    return found


def _is_rest(last: Zone, zone: Zone, rows: list[Row]) -> bool:
    if last.last != zone.first or zone.last - zone.first > FEW_ROWS:
        return False
    above, below = rows[zone.first - 1].line, rows[zone.first].line
    alike = abs(last.left - zone.left) <= ENDS and abs(last.right - zone.right) <= ENDS
    return alike and below.baseline - above.baseline <= REST_PITCH * below.size


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


def _grow_up(zone: Zone, rows: list[Row], taken: set[int]) -> bool:
    """Take headers above the first ruling or row into a table; whether there were any."""
    first = zone.first
    most, usual = _most_and_usual(zone, rows)
    while zone.first > 0 and first - zone.first < GROW_UP and zone.first - 1 not in taken:
        if not _joins(rows[zone.first - 1], rows[zone.first], zone, most, usual):
            break
        zone.first -= 1
        taken.add(zone.first)
    while zone.first > 0 and zone.first - 1 not in taken and _is_line_above(zone, rows):
        zone.first -= 1
        taken.add(zone.first)
    return zone.first < first


def _is_line_above(zone: Zone, rows: list[Row]) -> bool:
    """Whether the row above a table is an upper line of one of its headers, but of the first."""
    above, first = rows[zone.first - 1], rows[zone.first]
    if len(above.segments) > 1 or len(above.line.words) > FEW_WORDS:
        return False
    if first.line.baseline - above.line.baseline > GOES_ON_PITCH * above.line.size:
        return False
    starts = [s.x0 for row in rows[zone.first : zone.first + GROW_UP] for s in row.segments[1:]]
    return any(abs(above.line.x0 - start) <= SAME_START for start in starts)


def _grow_down(zone: Zone, rows: list[Row], taken: set[int]) -> None:
    most, usual = _most_and_usual(zone, rows)
    inside = [row.segments for row in rows[zone.first : zone.last]]
    intervals = table_columns(inside, Fences(zone.rulings))
    while zone.last < len(rows) and zone.last not in taken:
        row, above = rows[zone.last], rows[zone.last - 1]
        if not (
            is_fenced(row, zone)
            or _goes_on_in_column(row, above, intervals)
            or (_joins(row, above, zone, most, usual) and not _crowds(row, intervals))
        ):
            break
        intervals = _widened(intervals, row)
        taken.add(zone.last)
        zone.last += 1


def _widened(intervals: list[tuple[float, float]], row: Row) -> list[tuple[float, float]]:
    """Columns as wide as the texts of a row that has one for each of them."""
    if len(row.segments) != len(intervals) or _crowds(row, intervals):
        return intervals
    pairs = list(zip(intervals, row.segments, strict=True))
    if not all(s.x0 < right and s.x1 > left for (left, right), s in pairs):
        return intervals
    return [(min(left, s.x0), max(right, s.x1)) for (left, right), s in pairs]


def _most_and_usual(zone: Zone, rows: list[Row]) -> tuple[int, float]:
    """The most texts in a row of a table, and the usual pitch of its rows."""
    inside = rows[zone.first : zone.last]
    pitches = pitches_of(inside)
    most = max((len(row.segments) for row in inside), default=2)
    return most, median(pitches) if pitches else 0.0


def _goes_on_in_column(row: Row, above: Row, intervals: list[tuple[float, float]]) -> bool:
    """Whether a row is the rest of a text in a column; in the first one, of one without room."""
    if len(row.segments) > 1 or (not above.is_cells and len(above.segments) > 1):
        return False
    if row.line.baseline - above.line.baseline > GOES_ON_PITCH * row.line.size:
        return False
    first, *others = intervals
    if any(_fits(row, left, right) for left, right in others):
        return True
    over = [s for s in above.segments if s.x0 < first[1]]
    word = row.line.words[0]
    return (
        _fits(row, *first)
        and bool(over)
        and over[0].x1 + NO_SPACE * row.line.size + word.x1 - word.x0 > first[1]
    )


def _fits(row: Row, left: float, right: float) -> bool:
    return abs(row.line.x0 - left) < ENDS and row.line.x1 <= right + ENDS


def _crowds(row: Row, intervals: list[tuple[float, float]]) -> bool:
    """Whether two texts of a row stand in one column: then they are of another table."""
    places = [
        at
        for s in row.segments
        for at, (left, right) in enumerate(intervals)
        if s.x0 < right and s.x1 > left
    ]
    return len(places) > len(set(places))


def _joins(row: Row, next_to: Row, zone: Zone, most: int, usual: float) -> bool:
    pitch = abs(row.line.baseline - next_to.line.baseline)
    return (
        row.is_cells
        and (len(row.segments) >= GROW_SHARE * most or pitch < STAGGERED * row.line.size)
        and pitch <= max(GROW_GAP[0] * usual, GROW_GAP[1] * row.line.size)
        and row.line.x0 >= zone.left - GROW_ENDS
        and row.line.x1 <= zone.right + GROW_ENDS
    )
