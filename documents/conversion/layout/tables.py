"""Where the tables of a column are: chains of rulings, what grows on them, and unruled tables."""

from bisect import bisect_left
from statistics import median

from .chains import ruled
from .grid import column_intervals
from .page import Ruling
from .proof import GROW_ENDS, is_fenced, is_table
from .table_rows import ENDS, Row, Zone, pitches_of
from .unruled import unruled

GOES_ON_PITCH = 1.5  # em between the lines of one cell
GROW_UP = 3  # lines of headers above the first ruling
GROW_GAP = (1.75, 2.0)  # times the pitch, em
GROW_SHARE = 0.4  # of the columns of the table; a key and its value below a table are no row of it
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
    for zone in zones:
        _grow(zone, rows, zones)
    few = level + upright if len(level) + len(upright) <= MOST_RULINGS else []
    zones += unruled(rows, zones, few, left, right)
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


def _grow(zone: Zone, rows: list[Row], zones: list[Zone]) -> None:
    taken = {at for other in zones for at in range(other.first, other.last)}
    most = max((len(row.segments) for row in rows[zone.first : zone.last]), default=2)
    pitches = pitches_of(rows[zone.first : zone.last])
    usual = median(pitches) if pitches else 0.0
    intervals = column_intervals([row.segments for row in rows[zone.first : zone.last]])
    while zone.last < len(rows) and zone.last not in taken and is_fenced(rows[zone.last], zone):
        zone.last += 1
    for _ in range(GROW_UP):
        at = zone.first - 1
        if at < 0 or at in taken or not _joins(rows[at], rows[at + 1], zone, most, usual):
            break
        zone.first = at
    while zone.last < len(rows) and zone.last not in taken:
        row = rows[zone.last]
        if not _goes_on_in_column(row, rows[zone.last - 1], intervals) and (
            not _joins(row, rows[zone.last - 1], zone, most, usual) or _crowds(row, intervals)
        ):
            break
        zone.last += 1


def _goes_on_in_column(row: Row, above: Row, intervals: list[tuple[float, float]]) -> bool:
    """Whether a row is the rest of a text in a column of a table that is not its first."""
    if len(row.segments) > 1 or (not above.is_cells and len(above.segments) > 1):
        return False
    if row.line.baseline - above.line.baseline > GOES_ON_PITCH * row.line.size:
        return False
    return any(
        abs(row.line.x0 - left) < ENDS and row.line.x1 <= right + ENDS
        for left, right in intervals[1:]
    )


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
        and len(row.segments) >= GROW_SHARE * most
        and pitch <= max(GROW_GAP[0] * usual, GROW_GAP[1] * row.line.size)
        and row.line.x0 >= zone.left - GROW_ENDS
        and row.line.x1 <= zone.right + GROW_ENDS
    )
