"""Lines of a table as rows: broken texts joined, labels put to all of the rows that they name."""

import itertools
from statistics import median

from .grid import NUMBER, Grid, GridRow, Piece
from .styling import HYPHENS

GOES_ON = 0.82  # of the usual pitch; lines that are nearer are of one cell
LINE_PITCH, LOOSE_LINE_PITCH = 1.3, 1.45  # em between the lines of one cell, at most
OVERLAPPING = 0.7  # em; two rows so near would touch
HEADER_ALIGNED = 2.5  # points
BROKEN = 1.7  # em between the lines of one cell
HEADER_PITCH = 1.6  # em
OFFSET = 0.95  # em; rows are not set closer
OFFSET_ROW = 0.6  # of the pitch of rows; what stands in the middle of two is half of it away
OFFSET_OVER_RULE = 3.6  # em; a ruling under some columns only says that the others go on
SEPARATE = 0.9  # of the pitch of rows
SPARSE = 0.5  # of the rows have a label, at most, where one stands for several
FEWEST_OF_LIST = 4  # rows
GROUP_MIDDLE = 0.3  # of the pitch
LABEL_COLUMNS = 3


def gather_labels(grid: Grid) -> None:
    """Make one label of lines that stand in the middle of all rows between two rulings."""
    rows: list[GridRow] = []
    for _, band in itertools.groupby(grid.rows, key=lambda row: row.band):
        lines = list(band)
        rows += _with_label(lines) or lines
    grid.rows = rows


def _with_label(lines: list[GridRow]) -> list[GridRow] | None:
    labels = [row.pieces[0] for row in lines if len(row.pieces) == 1]
    rows = [row for row in lines if len(row.pieces) > 1]
    if len(labels) < 2 or len(rows) < 2:
        return None
    column = labels[0].first
    if column >= LABEL_COLUMNS or any((p.first, p.last) != (column, column) for p in labels):
        return None
    if any(column in row.columns() for row in rows) or any(NUMBER.match(p.text) for p in labels):
        return None
    segments = [segment for label in labels for segment in label.segments]
    if any(
        below.baseline - above.baseline > BROKEN * below.size
        for above, below in itertools.pairwise(segments)
    ):
        return None
    middle = (segments[0].baseline + segments[-1].baseline) / 2
    pitch = (rows[-1].baseline - rows[0].baseline) / (len(rows) - 1)
    if abs((rows[0].baseline + rows[-1].baseline) / 2 - middle) > GROUP_MIDDLE * pitch:
        return None
    label = Piece(segments, column, column, rows=len(rows))
    rows[0].pieces = sorted([*rows[0].pieces, label], key=lambda p: p.first)
    return rows


def attach_offset(grid: Grid) -> None:
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
        if _is_broken(above, row, below, grid):
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


def _is_broken(above: GridRow, row: GridRow, below: GridRow, grid: Grid) -> bool:
    """Whether two lines are one broken text beside the line that is between them."""
    if not _same(above, below) or _numbers_under_numbers(above, below):
        return False
    lone = len(above.pieces) == 1
    apart = below.baseline - above.baseline
    alone = sum(other.band == row.band for other in grid.rows) == 3
    if lone and alone and apart < BROKEN * row.size:
        return True  # nothing else stands between two rulings
    return apart < SEPARATE * grid.row_pitch and len(row.pieces) > len(above.pieces)


def _same(above: GridRow, below: GridRow) -> bool:
    return [(p.first, p.last) for p in above.pieces] == [(p.first, p.last) for p in below.pieces]


def _is_offset(above: GridRow, row: GridRow, below: GridRow, grid: Grid) -> bool:
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


def join_rows(grid: Grid) -> None:
    rows = [grid.rows[0]]
    pitch = _usual_pitch(grid)
    is_list = _is_list(grid)
    for row in grid.rows[1:]:
        if is_list and row.pieces[0].first == 0:
            rows.append(row)
            continue
        above = rows[-1]
        if row.band == above.band and _continues(above, row, grid, pitch):
            _take_in(above, row)
        else:
            rows.append(row)
    grid.rows = rows


def _is_list(grid: Grid) -> bool:
    """Whether single words fill rows from the left, of which the last one may be short."""
    texts = [segment for row in grid.rows for piece in row.pieces for segment in piece.segments]
    return len(grid.rows) >= FEWEST_OF_LIST and not any(
        len(text.words) > 1 or text.words[0].text.endswith(HYPHENS) for text in texts
    )


def _usual_pitch(grid: Grid) -> float:
    pitches = [
        below.baseline - above.baseline
        for above, below in zip(grid.rows, grid.rows[1:], strict=False)
        if above.band == below.band
    ]
    return median(pitches) if pitches else 0.0


def _continues(above: GridRow, row: GridRow, grid: Grid, pitch: float) -> bool:
    """Whether a row is the rest of the one above it, whose texts were broken."""
    if _numbers_under_numbers(above, row) or _is_ruled_off(above, row, grid):
        return False
    gap = row.baseline - above.last
    if _in_header(row, grid):
        most = max(HEADER_PITCH * row.size, SEPARATE * grid.row_pitch)
        return gap <= most and _header_goes_on(above, row)
    if gap < GOES_ON * pitch and gap < LINE_PITCH * row.size:
        return _nested(above, row) or gap < OVERLAPPING * row.size
    return gap <= LOOSE_LINE_PITCH * row.size and _is_rest(above, row, grid)


def _is_rest(above: GridRow, row: GridRow, grid: Grid) -> bool:
    """Whether each text of a row stands under one that had no room for its first word."""
    if not row.columns() <= above.columns():
        return False
    numbers = sum(bool(NUMBER.match(piece.text)) for piece in row.pieces)
    if numbers == len(row.pieces) or (numbers and len(row.pieces) > 1):
        return False
    if row.columns() == set(range(len(grid.intervals))):
        # Seldom are all texts of a row broken; if they are, they go on with small letters.
        small = sum(piece.text[0].islower() for piece in row.pieces)
        if len(row.pieces) > 2 or 2 * small < len(row.pieces):
            return False
    return all(_had_no_room(above, piece, grid) for piece in row.pieces)


def _in_header(row: GridRow, grid: Grid) -> bool:
    first, last = grid.rows[0].band, grid.rows[-1].band
    return row.band == first != last


def _header_goes_on(above: GridRow, row: GridRow) -> bool:
    """Whether two lines of a header are one row: each text under the one it goes on from."""
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


def _is_ruled_off(above: GridRow, row: GridRow, grid: Grid) -> bool:
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


def _had_no_room(above: GridRow, piece: Piece, grid: Grid) -> bool:
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
    for piece in above.pieces:
        piece.rows = max(1, piece.rows - 1)  # what stood beside both lines stands in one row now
    above.lines += 1
    above.last = row.baseline


def span_labels(grid: Grid) -> None:
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
    pitches = [b.baseline - a.baseline for a, b in itertools.pairwise(rows)]
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
