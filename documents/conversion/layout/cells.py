"""The grid of a table: which column and row each text stands in, and what it spans."""

import re
from dataclasses import dataclass
from statistics import median

from ..document import Box, Cell, Span, Table
from .lines import Fences, Segment, segments_of
from .page import Line, Ruling, Word

PIECE_GAP = 0.5  # em between two cells at least; tight tables have little more
FULL_ROW = 0.8  # of the most pieces that a row of the table has
SPLIT_GAP, SPLIT_NUMBER_GAP = 0.33, 0.2  # em at least where a text over two columns is two texts
ALIGNED = 1.5  # points
CENTRED = 3.0  # points
FULL_RULE = 0.88  # of the table's width
GOES_ON = 0.82  # of the usual pitch; lines that are nearer are of one cell
HEADER_ALIGNED = 2.5  # points
OFFSET = 0.95  # em; rows are not set closer
OFFSET_ROW = 0.6  # of the pitch of rows; what stands in the middle of two is half of it away
WHOLE_ROW = 0.6  # of the most texts in a row
SEPARATE = 0.9  # of the pitch of rows
HEADER_PITCH = 1.6  # em
SPARSE = 0.5  # of the rows have a label, at most, where one stands for several
OFFSET_OVER_RULE = 3.6  # em; a ruling under some columns only says that the others go on
GROUP_MIDDLE = 0.3  # of the pitch
LABEL_COLUMNS = 3
MOST_CELLS = 60_000
NUMBER = re.compile(
    r"[-+−–±(<>≤≥~≈$€£]*\d[\d.,:'’%/ ×±()+−–-]*[%*†‡]*[a-zA-Z°]{0,3}\)?$|[-–—]+$|n/?a$"
)


@dataclass(slots=True)
class Piece:
    """A text in one row, over the columns `first` to `last`; `lines` has more than one if wrapped."""

    segments: list[Segment]
    first: int = -1
    last: int = -1
    rows: int = 1

    @property
    def x0(self) -> float:
        return min(s.x0 for s in self.segments)

    @property
    def x1(self) -> float:
        return max(s.x1 for s in self.segments)

    @property
    def text(self) -> str:
        return " ".join(s.text for s in self.segments)

    @property
    def baseline(self) -> float:
        return self.segments[0].baseline


@dataclass(slots=True)
class GridRow:
    """Pieces from left to right; `band` counts the full rulings above."""

    pieces: list[Piece]
    top: float
    baseline: float
    size: float
    band: int = 0
    lines: int = 1
    last: float = 0.0  # the baseline of its last line

    def columns(self) -> set[int]:
        return {at for piece in self.pieces for at in range(piece.first, piece.last + 1)}


@dataclass(slots=True)
class _Grid:
    rows: list[GridRow]
    intervals: list[tuple[float, float]]
    level: list[Ruling]
    full: list[float]
    pitch: float = 0.0
    row_pitch: float = 0.0  # of rows that have most of their cells


def table_of(lines: list[Line], rulings: list[Ruling], page: int) -> Table | None:
    """The table that the lines are, or None if they have fewer than two rows or columns."""
    grid = _grid(lines, rulings)
    if grid is None:
        return None
    _place(grid)
    _split_spans(grid)
    _span_headers(grid)
    _attach_offset(grid)
    _join_rows(grid)
    _span_labels(grid)
    return _table(grid, lines, rulings, page)


def _grid(lines: list[Line], rulings: list[Ruling]) -> _Grid | None:
    fences = Fences(rulings)
    broken = [segments_of(line, PIECE_GAP, fences) for line in lines]
    intervals = column_intervals(broken)
    if len(intervals) < 2 or len(lines) < 2 or len(intervals) * len(lines) > MOST_CELLS:
        return None
    level = [r for r in rulings if r.kind == "H"]
    left, right = min(line.x0 for line in lines), max(line.x1 for line in lines)
    full = sorted(r.at for r in level if r.end - r.start >= FULL_RULE * (right - left))
    rows = []
    for line, segments in zip(lines, broken, strict=True):
        middle = line.baseline - 0.3 * line.size
        rows.append(
            GridRow(
                pieces=[Piece([segment]) for segment in segments],
                top=line.baseline - 0.8 * line.size,
                baseline=line.baseline,
                size=line.size,
                band=sum(at < middle for at in full),
                last=line.baseline,
            )
        )
    pitches = [b.baseline - a.baseline for a, b in zip(rows, rows[1:], strict=False)]
    return _Grid(rows, intervals, level, full, median(pitches), _row_pitch(rows))


def _row_pitch(rows: list[GridRow]) -> float:
    most = max(len(row.pieces) for row in rows)
    whole = [row for row in rows if len(row.pieces) >= WHOLE_ROW * most]
    pitches = [
        below.baseline - above.baseline
        for above, below in zip(whole, whole[1:], strict=False)
        if above.band == below.band
    ]
    return median(pitches) if pitches else 0.0


# Columns


def column_intervals(rows: list[list[Segment]]) -> list[tuple[float, float]]:
    """Left and right end of each column: from full rows first, from narrow texts first."""
    most = max((len(row) for row in rows), default=0)
    full = [s for row in rows if len(row) >= FULL_ROW * most for s in row]
    rest = [s for row in rows if len(row) < FULL_ROW * most for s in row]
    intervals: list[tuple[float, float]] = []
    for segments in (full, rest):
        for segment in sorted(segments, key=lambda s: s.x1 - s.x0):
            intervals = _with_segment(intervals, segment, extend=segments is full)
    return _without_bullets(intervals, rows)


def _with_segment(
    intervals: list[tuple[float, float]], segment: Segment, *, extend: bool
) -> list[tuple[float, float]]:
    over = [
        at for at, (left, right) in enumerate(intervals) if segment.x0 < right and segment.x1 > left
    ]
    if not over and not extend and _centred_between(intervals, segment.x0, segment.x1):
        return intervals
    if not over:
        return sorted([*intervals, (segment.x0, segment.x1)])
    if len(over) > 1:
        return intervals
    at = over[0]
    left, right = intervals[at]
    wider = (min(left, segment.x0), max(right, segment.x1))
    if not extend:
        # A title over free space beside a column must not make it that wide.
        before = intervals[at - 1][1] if at else wider[0]
        after = intervals[at + 1][0] if at + 1 < len(intervals) else wider[1]
        wider = (max(wider[0], before), min(wider[1], after))
    return [*intervals[:at], wider, *intervals[at + 1 :]]


def _centred_between(
    intervals: list[tuple[float, float]], x0: float, x1: float
) -> tuple[int, int] | None:
    """The two columns in whose middle a text stands that is over neither of them."""
    after = sum(1 for left, _ in intervals if left < x0)
    for reach in range(1, after + 1):
        first, last = after - reach, after + reach - 1
        if first < 0 or last >= len(intervals):
            return None
        if abs(intervals[first][0] + intervals[last][1] - x0 - x1) <= 2 * CENTRED:
            return first, last
    return None


def _without_bullets(
    intervals: list[tuple[float, float]], rows: list[list[Segment]]
) -> list[tuple[float, float]]:
    """Columns of nothing but bullets belong to the text on their right."""
    from .tables import BULLETS

    kept: list[tuple[float, float]] = []
    waiting: float | None = None
    for left, right in intervals:
        texts = [s.text for row in rows for s in row if s.x0 < right and s.x1 > left]
        start = left if waiting is None else waiting
        if texts and all(text in BULLETS - {"-", "–", "—"} for text in texts):
            waiting = start
            continue
        kept.append((start, right))
        waiting = None
    return kept


def _place(grid: _Grid) -> None:
    """Say of each piece which columns it is over; what is over none takes the nearest."""
    for row in grid.rows:
        for piece in row.pieces:
            over = _over(grid.intervals, piece.x0, piece.x1)
            if not over and (pair := _centred_between(grid.intervals, piece.x0, piece.x1)):
                over = list(pair)
            if not over:
                middle = (piece.x0 + piece.x1) / 2
                over = [
                    min(
                        range(len(grid.intervals)),
                        key=lambda at: abs(sum(grid.intervals[at]) / 2 - middle),
                    )
                ]
            piece.first, piece.last = over[0], over[-1]
        row.pieces = _joined_in_place(row.pieces)


def _over(intervals: list[tuple[float, float]], x0: float, x1: float) -> list[int]:
    over = [at for at, (left, right) in enumerate(intervals) if x0 < right and x1 > left]
    if len(over) < 2:
        return over
    # Touching a column with an edge is not standing in it.
    sure = [
        at
        for at in over
        if min(x1, intervals[at][1]) - max(x0, intervals[at][0])
        > min(2.0, 0.3 * (intervals[at][1] - intervals[at][0]))
    ]
    return sure or over


def _joined_in_place(pieces: list[Piece]) -> list[Piece]:
    """Pieces without two in one place: what a bullet or a wide space has parted."""
    kept: list[Piece] = []
    for piece in pieces:
        if kept and piece.first <= kept[-1].last:
            kept[-1].segments += piece.segments
            kept[-1].last = max(kept[-1].last, piece.last)
            kept[-1].segments = [_merged(kept[-1].segments)]
        else:
            kept.append(piece)
    return kept


def _merged(segments: list[Segment]) -> Segment:
    words = [word for segment in segments for word in segment.words]
    first = segments[0]
    return Segment(words, first.x0, max(s.x1 for s in segments), first.baseline, first.size)


# Spans


def _split_spans(grid: _Grid) -> None:
    """Split texts over several columns if their words keep to the columns and their edges."""
    for row in grid.rows:
        pieces = []
        for piece in row.pieces:
            parts = _parts(piece, grid) if piece.last > piece.first else None
            pieces += parts or [piece]
        row.pieces = pieces


def _parts(piece: Piece, grid: _Grid) -> list[Piece] | None:
    words = [word for segment in piece.segments for word in segment.words]
    groups: list[tuple[int, list[Word]]] = []
    for word in words:
        over = _over(grid.intervals, word.x0, word.x1)
        if len(over) != 1:
            return None
        if groups and groups[-1][0] == over[0]:
            groups[-1][1].append(word)
        else:
            groups.append((over[0], [word]))
    if len(groups) < 2 or len({at for at, _ in groups}) != len(groups):
        return None
    for (_, one), (_, other) in zip(groups, groups[1:], strict=False):
        numbers = NUMBER.match(one[-1].text) and NUMBER.match(other[0].text)
        least = SPLIT_NUMBER_GAP if numbers else SPLIT_GAP
        if other[0].x0 - one[-1].x1 < least * other[0].size:
            return None
    if not all(_fits(grid.intervals[at], group) for at, group in groups):
        return None
    size, baseline = piece.segments[0].size, piece.segments[0].baseline
    return [
        Piece([Segment(group, group[0].x0, max(w.x1 for w in group), baseline, size)], at, at)
        for at, group in groups
    ]


def _fits(interval: tuple[float, float], words: list[Word]) -> bool:
    left, right = interval
    x0, x1 = words[0].x0, max(word.x1 for word in words)
    return (
        abs(x0 - left) <= ALIGNED
        or abs(x1 - right) <= ALIGNED
        or abs((x0 + x1) - (left + right)) <= 2 * ALIGNED
        or (left - ALIGNED <= x0 and x1 <= right + ALIGNED and len(words) == 1)
    )


def _span_headers(grid: _Grid) -> None:
    """Let headers span the columns that the ruling below them names, or over which they are centred."""
    last_header = grid.full[1] if len(grid.full) > 2 else None
    for index, row in enumerate(grid.rows):
        below = grid.rows[index + 1] if index + 1 < len(grid.rows) else None
        for piece in row.pieces:
            named = _named(grid, row, piece, below)
            if named is not None:
                first, last = named
                others = {
                    c for p in row.pieces if p is not piece for c in range(p.first, p.last + 1)
                }
                if not others & set(range(first, last + 1)):
                    piece.first, piece.last = first, last
        in_header = last_header is None or row.baseline < last_header
        if below is not None and in_header and len(row.pieces) < len(below.pieces):
            _centre(grid, row)


def _named(
    grid: _Grid, row: GridRow, piece: Piece, below: GridRow | None
) -> tuple[int, int] | None:
    bottom = below.baseline - 0.3 * below.size if below else row.baseline + 2 * row.size
    width = grid.intervals[-1][1] - grid.intervals[0][0]
    for ruling in grid.level:
        if not row.baseline - 0.2 * row.size < ruling.at < bottom:
            continue
        if ruling.end - ruling.start >= FULL_RULE * width:
            continue
        middle = (piece.x0 + piece.x1) / 2
        if not (ruling.start <= middle <= ruling.end):
            continue
        if piece.x0 < ruling.start - 4 or piece.x1 > ruling.end + 4:
            continue
        over = [
            at
            for at, (left, right) in enumerate(grid.intervals)
            if ruling.start - 3 <= (left + right) / 2 <= ruling.end + 3
        ]
        if over:
            return over[0], over[-1]
    return None


def _centre(grid: _Grid, row: GridRow) -> None:
    """Widen pieces over free columns if they stand in the middle of these."""
    taken = row.columns()
    for piece in row.pieces:
        best = None
        middle = piece.x0 + piece.x1
        first = piece.first
        while True:
            last = piece.last
            while True:
                if (first, last) != (piece.first, piece.last):
                    extent = grid.intervals[first][0] + grid.intervals[last][1]
                    off = abs(extent - middle) / 2
                    if off <= CENTRED and (best is None or off < best[0]):
                        best = (off, first, last)
                last += 1
                if last >= len(grid.intervals) or last in taken:
                    break
            first -= 1
            if first < 0 or first in taken:
                break
        own = grid.intervals[piece.first][0] + grid.intervals[piece.last][1]
        if best is not None and best[0] < abs(own - middle) / 2 - 0.5:
            piece.first, piece.last = best[1], best[2]
            taken = row.columns()


# Rows


def _attach_offset(grid: _Grid) -> None:
    """Lines between two rows, in columns that are free in both, belong to the first of them.

    If the line between has more texts than these, it is the row, and they are the lines of a
    broken text in it.
    """
    rows = grid.rows
    at = 1
    while at < len(rows) - 1:
        above, row, below = rows[at - 1], rows[at], rows[at + 1]
        if not _is_offset(above, row, below, grid):
            at += 1
            continue
        broken = below.baseline - above.baseline < SEPARATE * grid.row_pitch
        fuller = len(row.pieces) > max(len(above.pieces), len(below.pieces))
        if broken and fuller and _same(above, below):
            _take_in(above, below)
            above.pieces = sorted(above.pieces + row.pieces, key=lambda p: p.first)
            above.baseline = row.baseline
            del rows[at : at + 2]
            continue
        for piece in row.pieces:
            over = next((p for p in above.pieces if p.first == piece.first), None)
            if over is None:
                piece.rows = 2
                above.pieces.append(piece)
            else:
                over.segments += piece.segments
                over.rows = 2
        above.pieces.sort(key=lambda p: p.first)
        del rows[at]


def _same(above: GridRow, below: GridRow) -> bool:
    return [(p.first, p.last) for p in above.pieces] == [(p.first, p.last) for p in below.pieces]


def _is_offset(above: GridRow, row: GridRow, below: GridRow, grid: _Grid) -> bool:
    if above.band != below.band or row.columns() & below.columns():
        return False
    parted = any(
        above.baseline < ruling.at < below.baseline and ruling.at not in grid.full
        for ruling in grid.level
    )
    close = (OFFSET_OVER_RULE if parted else OFFSET) * max(row.size, above.size)
    close = max(close, OFFSET_ROW * grid.row_pitch)
    if row.baseline - above.baseline >= close or below.baseline - row.baseline >= close:
        return False
    return all(_is_free_or_goes_on(above, piece, row) for piece in row.pieces)


def _is_free_or_goes_on(above: GridRow, piece: Piece, row: GridRow) -> bool:
    """Whether nothing stands over a text in the row above, or the first line of the same text."""
    over = [p for p in above.pieces if p.first <= piece.last and piece.first <= p.last]
    if not over:
        return True
    if len(over) > 1 or (over[0].first, over[0].last) != (piece.first, piece.last):
        return False
    pitch = row.baseline - over[0].segments[-1].baseline
    return 0.9 * row.size < pitch < 1.35 * row.size and not NUMBER.match(piece.text)


def _join_rows(grid: _Grid) -> None:
    rows = [grid.rows[0]]
    pitch = _usual_pitch(grid)
    for row in grid.rows[1:]:
        above = rows[-1]
        if row.band == above.band and _continues(above, row, grid, pitch):
            _take_in(above, row)
        else:
            rows.append(row)
    grid.rows = rows


def _usual_pitch(grid: _Grid) -> float:
    pitches = [
        below.baseline - above.baseline
        for above, below in zip(grid.rows, grid.rows[1:], strict=False)
        if above.band == below.band
    ]
    return median(pitches) if pitches else 0.0


def _continues(above: GridRow, row: GridRow, grid: _Grid, pitch: float) -> bool:
    """Whether a row is the rest of the one above it, whose texts were broken."""
    if _numbers_under_numbers(above, row):
        return False
    if _is_ruled_off(above, row, grid):
        return False
    gap = row.baseline - above.last
    if _in_header(row, grid):
        return gap <= HEADER_PITCH * row.size and _header_goes_on(above, row)
    if gap < GOES_ON * pitch and gap < 1.3 * row.size:
        return _nested(above, row) or gap < 0.7 * row.size
    if gap > 1.45 * row.size or not row.columns() <= above.columns():
        return False
    return all(_had_no_room(above, piece, grid) for piece in row.pieces)


def _in_header(row: GridRow, grid: _Grid) -> bool:
    first, last = grid.rows[0].band, grid.rows[-1].band
    return row.band == first != last


def _header_goes_on(above: GridRow, row: GridRow) -> bool:
    """Whether two lines of a header are one row of broken texts: each under what it goes on from."""
    if not _nested(above, row):
        return False
    pairs = 0
    for piece in row.pieces:
        if piece.first != piece.last or NUMBER.match(piece.text):
            return False
        over = next((p for p in above.pieces if p.first <= piece.first <= p.last), None)
        if over is None:
            continue
        if over.first != over.last or NUMBER.match(over.text) or not _aligned(over, piece):
            return False
        pairs += 1
    return pairs > 0


def _aligned(one: Piece, other: Piece) -> bool:
    offs = (one.x0 - other.x0, one.x1 - other.x1, (one.x0 + one.x1 - other.x0 - other.x1) / 2)
    return min(map(abs, offs)) <= HEADER_ALIGNED


def _is_ruled_off(above: GridRow, row: GridRow, grid: _Grid) -> bool:
    return any(
        above.last - 0.2 * above.size < ruling.at < row.baseline - 0.3 * row.size
        and any(p.x0 < ruling.end and p.x1 > ruling.start for p in row.pieces)
        for ruling in grid.level
    )


def _nested(above: GridRow, row: GridRow) -> bool:
    return row.columns() <= above.columns() or above.columns() <= row.columns()


def _numbers_under_numbers(above: GridRow, row: GridRow) -> bool:
    for piece in row.pieces:
        over = next((p for p in above.pieces if p.first <= piece.first <= p.last), None)
        if over and NUMBER.match(piece.text) and NUMBER.match(over.segments[-1].text):
            return True
    return False


def _had_no_room(above: GridRow, piece: Piece, grid: _Grid) -> bool:
    over = next((p for p in above.pieces if (p.first, p.last) == (piece.first, piece.last)), None)
    if over is None:
        return False
    left, right = grid.intervals[piece.first][0], grid.intervals[piece.last][1]
    last = over.segments[-1]
    word = piece.segments[0].words[0]
    needed = (last.x1 - last.x0) + 0.25 * last.size + (word.x1 - word.x0)
    return needed > right - left + 0.5


def _take_in(above: GridRow, row: GridRow) -> None:
    for piece in row.pieces:
        over = next(
            (p for p in above.pieces if p.first <= piece.last and piece.first <= p.last), None
        )
        if over is None:
            above.pieces.append(piece)
        else:
            over.segments += piece.segments
    above.pieces.sort(key=lambda p: p.first)
    above.lines += 1
    above.last = row.baseline


def _span_labels(grid: _Grid) -> None:
    """Labels of several rows stand in the middle of them: move each to the first of its rows."""
    bands: dict[int, list[GridRow]] = {}
    for row in grid.rows:
        bands.setdefault(row.band, []).append(row)
    for rows in bands.values():
        if len(rows) < 2:
            continue
        for column in range(min(LABEL_COLUMNS, len(grid.intervals) - 1)):
            if not _span_labels_of(rows, column):
                break


def _span_labels_of(rows: list[GridRow], column: int) -> bool:
    """Whether the labels in a column part the rows, each in the middle of its own."""
    labels = [
        (at, piece)
        for at, row in enumerate(rows)
        for piece in row.pieces
        if piece.first == piece.last == column
    ]
    if not labels or len(labels) > SPARSE * len(rows):
        return False
    pitches = [b.baseline - a.baseline for a, b in zip(rows, rows[1:], strict=False)]
    slack = GROUP_MIDDLE * median(pitches)
    groups = []
    begin = 0
    for _, piece in labels:
        middle = sum(s.baseline for s in piece.segments) / len(piece.segments)
        end = next(
            (
                end
                for end in range(begin, len(rows))
                if abs((rows[begin].baseline + rows[end].baseline) / 2 - middle) <= slack
            ),
            None,
        )
        if end is None:
            return False
        groups.append((begin, end, piece))
        begin = end + 1
    if begin != len(rows):
        return False
    for (begin, end, piece), (at, _) in zip(groups, labels, strict=True):
        rows[at].pieces.remove(piece)
        rows[begin].pieces = sorted([*rows[begin].pieces, piece], key=lambda p: p.first)
        piece.rows = end - begin + 1
    return True


# The table


def _table(grid: _Grid, lines: list[Line], rulings: list[Ruling], page: int) -> Table | None:
    if len(grid.rows) < 2:
        return None
    used = sorted({at for row in grid.rows for at in row.columns()})
    number = {column: at for at, column in enumerate(used)}
    rows: list[list[Cell]] = []
    below: dict[int, int] = {}
    header = _header_rows(grid)
    for index, row in enumerate(grid.rows):
        cells: list[Cell] = []
        at = 0
        for piece in [*row.pieces, None]:
            first = number[piece.first] if piece else len(used)
            while at < first:
                if below.get(at, 0) <= index:
                    cells.append(Cell([]))
                at += 1
            if piece is None:
                continue
            width = number[piece.last] - first + 1
            span = min(piece.rows, len(grid.rows) - index)
            cells.append(Cell(_spans(piece.segments), span, width))
            for column in range(first, first + width):
                below[column] = index + span
            at = first + width
        rows.append(cells)
    level = [r for r in rulings if r.kind == "H"]
    box = Box(
        min([line.x0 for line in lines] + [r.start for r in level]),
        min([line.baseline - 0.8 * line.size for line in lines] + [r.at for r in level]),
        max([line.x1 for line in lines] + [r.end for r in level]),
        max([line.baseline + 0.22 * line.size for line in lines] + [r.at for r in level]),
    )
    return Table(rows=rows, header_rows=header, page=page, box=box)


def _header_rows(grid: _Grid) -> int:
    """Rows above the second full ruling, or above the first if there are any."""
    bands = [row.band for row in grid.rows]
    count = sum(band == bands[0] for band in bands)
    return count if count < len(bands) else 1


def _spans(segments: list[Segment]) -> list[Span]:
    """The text of a cell; lines of it are joined by a space, or without one after a hyphen."""
    spans: list[Span] = []
    before: Word | None = None
    for segment in segments:
        for word in segment.words:
            same = before is not None and word is not segment.words[0]
            if before is not None and (
                not same or word.gap or word.x0 - before.x1 > 0.12 * word.size
            ):
                _add(spans, Span(" "))
            for span in _word_spans(word):
                _add(spans, span)
            before = word
    return spans


def _word_spans(word: Word) -> list[Span]:
    spans, at = [], 0
    for script in word.scripts:
        if script.start > at:
            spans.append(Span(word.text[at : script.start]))
        spans.append(
            Span(
                word.text[script.start : script.end],
                raised=script.raised,
                lowered=not script.raised,
            )
        )
        at = script.end
    if at < len(word.text):
        spans.append(Span(word.text[at:]))
    return spans


def _add(spans: list[Span], span: Span) -> None:
    if spans and (spans[-1].raised, spans[-1].lowered) == (span.raised, span.lowered):
        spans[-1].text += span.text
    elif spans and span.text == " ":
        spans.append(span)
    else:
        spans.append(span)
