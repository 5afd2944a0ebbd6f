"""Tables without rulings, or with hardly any: rows in columns that follow each other regularly."""

from .grid import column_intervals
from .page import Ruling
from .proof import is_fenced, is_table
from .table_rows import ENDS, Row, Zone

FEWEST_ROWS, FEWEST_FENCED_ROWS = 3, 2
CLOSE_PITCH = 1.35  # em
SAME_START = range(-2, 3)  # points
LOOSE_PITCH, REGULAR_PITCH, PITCH_JUMP = 2.2, 3.4, 1.32  # em, em, times


def unruled(
    rows: list[Row], taken: set[int], rulings: list[Ruling], left: float, right: float
) -> list[Zone]:
    """Zones of rows that are not `taken`; these are taken then."""
    found = []
    at = 0
    while at < len(rows):
        if at in taken or not rows[at].is_cells:
            at += 1
            continue
        end = _run(rows, at, taken)
        at = _begin(rows, at, taken)
        inside = rulings_beside(rows[at:end], rulings)
        zone = Zone(at, end, inside, left, right)
        framed = any(r.kind == "V" for r in inside) or _has_border(rows[at:end], rulings)
        least = FEWEST_FENCED_ROWS if framed else FEWEST_ROWS
        run = rows[at:end]
        if sum(row.is_cells for row in run) >= least and is_table(zone, rows) and _in_columns(run):
            zone.left, zone.right = min(r.line.x0 for r in run), max(r.line.x1 for r in run)
            while end < len(rows) and end not in taken and is_fenced(rows[end], zone):
                end += 1
            zone.last = end
            taken |= set(range(at, end))
            found.append(zone)
        at = end
    return found


def _run(rows: list[Row], begin: int, taken: set[int]) -> int:
    """The end of the rows that follow each other like those of one table."""
    end = begin + 1
    widest, left = 0.0, rows[begin].line.x0
    starts = _starts(rows[begin])
    while end < len(rows) and end not in taken:
        row, above = rows[end], rows[end - 1]
        pitch = row.line.baseline - above.line.baseline
        goes_on = _is_aligned(row, pitch, starts)
        if not goes_on:
            if not _is_regular(pitch, widest, row.line.size) and not _is_below(row, above, pitch):
                break
            if not row.is_cells and not _goes_on(row, above, left):
                break
        starts |= _starts(row)
        if not goes_on or pitch > CLOSE_PITCH * row.line.size:
            widest = max(widest, pitch)
        left = min(left, row.line.x0)
        end += 1
    return end


def _is_regular(pitch: float, widest: float, size: float) -> bool:
    """Whether a row is as far from the one above it as rows of a table are."""
    if not widest:
        return pitch <= REGULAR_PITCH * size
    if pitch > max(PITCH_JUMP * widest, 1.3 * size):
        return False
    return pitch <= LOOSE_PITCH * size + 2 or pitch <= REGULAR_PITCH * size


def _starts(row: Row) -> set[int]:
    """Where the texts of the other columns than the first begin."""
    return {round(segment.x0) for segment in row.segments[1:]}


def _begin(rows: list[Row], begin: int, taken: set[int]) -> int:
    """Where the first row of a table begins, if its other texts stand in the middle of one."""
    starts = _starts(rows[begin])
    while begin > 0 and begin - 1 not in taken:
        above, below = rows[begin - 1], rows[begin]
        pitch = below.line.baseline - above.line.baseline
        if pitch > CLOSE_PITCH * above.line.size or not _is_aligned(above, pitch, starts):
            break
        begin -= 1
    return begin


def _is_below(row: Row, above: Row, pitch: float) -> bool:
    """Whether texts begin where all of those above do, which may be the last lines of cells."""
    return (
        len(row.segments) == len(above.segments) > 2
        and pitch <= LOOSE_PITCH * row.line.size + 2
        and all(
            abs(one.x0 - other.x0) <= SAME_START.stop
            for one, other in zip(row.segments, above.segments, strict=True)
        )
    )


def _is_aligned(row: Row, pitch: float, starts: set[int]) -> bool:
    """Whether a row of one segment is a line of a cell that begins where others do."""
    if len(row.segments) != 1 or pitch > LOOSE_PITCH * row.line.size + 2:
        return False
    return any(round(row.line.x0) + off in starts for off in SAME_START)


def _goes_on(row: Row, above: Row, left: float) -> bool:
    """Whether a row of one segment is the rest of a cell that is not in the first column."""
    if len(row.segments) != 1:
        return False
    pitch = row.line.baseline - above.line.baseline
    return pitch <= CLOSE_PITCH * row.line.size and row.line.x0 > left + 1.5 * row.line.size


def _has_border(run: list[Row], rulings: list[Ruling]) -> bool:
    """Whether a ruling as wide as the rows stands close above or below them."""
    left, right = min(r.line.x0 for r in run), max(r.line.x1 for r in run)
    size = run[0].line.size
    top, bottom = run[0].line.baseline - 2 * size, run[-1].line.baseline + size
    return any(
        r.kind == "H" and top < r.at < bottom and r.start < left + ENDS and r.end > right - ENDS
        for r in rulings
    )


def rulings_beside(run: list[Row], rulings: list[Ruling]) -> list[Ruling]:
    top, bottom = run[0].middle, run[-1].middle
    left, right = min(r.line.x0 for r in run), max(r.line.x1 for r in run)
    return [
        r
        for r in rulings
        if (
            r.start <= bottom and r.end >= top and left - ENDS <= r.at <= right + ENDS
            if r.kind == "V"
            else top < r.at < bottom and left - ENDS <= (r.start + r.end) / 2 <= right + ENDS
        )
    ]


def _in_columns(run: list[Row]) -> bool:
    """Whether most rows keep to separate columns."""
    cells = [row for row in run if row.is_cells]
    intervals = column_intervals([row.segments for row in cells])
    if len(intervals) < 2:
        return False
    separate = beside = crossing = wide = 0
    first = intervals[0][1]
    extent = max(r.line.x1 for r in run) - min(r.line.x0 for r in run)
    for row in cells:
        places = [
            [at for at, (left, right) in enumerate(intervals) if s.x0 < right and s.x1 > left]
            for s in row.segments
        ]
        separate += len({p[0] for p in places if p}) >= 2
        beside += len(row.segments) == 1  # a line of a cell beside the line of another
        crossing += any(len(p) > 1 for p in places)
        # Of three columns one may well be wide, if it is not the first.
        texts = [s for s in row.segments if s.x0 < first or len(intervals) < 3]
        wide += any(s.x1 - s.x0 > 0.62 * extent for s in texts)
    count = len(cells)
    return separate >= 0.6 * (count - beside) and crossing <= 0.25 * count and wide <= 0.2 * count
