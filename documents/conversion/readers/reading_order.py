"""In which order people read what stands freely on a slide: columns one after the other.

The area is cut where nothing stands (recursive X-Y cut; Nagy and Seth, 1984), first into bands from
top to bottom, then into columns. Bands that stand close together and whose columns go on are one:
a heading above each column is read with its column.
"""

from collections.abc import Sequence

from ..document import Box

MAX_DEPTH = 12  # columns in bands in columns
MOST_BOXES = 1500  # beyond, the order is that of rows
SLACK = 0.15  # of a box: what it may reach into its neighbour on either side
MOST_SLACK = 8.0  # points
FAR_APART = 60.0  # points between bands that are certainly read one after the other


def reading_order(boxes: Sequence[Box]) -> list[int]:
    """The places of `boxes` in the order they are read in."""
    everything = list(range(len(boxes)))
    if len(boxes) > MOST_BOXES:
        return _by_rows(everything, boxes)
    return _cut(everything, boxes, 0)


def _cut(these: list[int], boxes: Sequence[Box], depth: int) -> list[int]:
    if len(these) < 2:
        return these
    if depth > MAX_DEPTH:
        return _by_rows(these, boxes)
    bands = _merged(_parts(these, boxes, across=False), boxes)
    if len(bands) > 1:
        return [place for band in bands for place in _cut(band, boxes, depth + 1)]
    columns = _parts(these, boxes, across=True)
    if len(columns) > 1:
        return [place for column in columns for place in _cut(column, boxes, depth + 1)]
    return _by_rows(these, boxes)


def _parts(these: list[int], boxes: Sequence[Box], *, across: bool) -> list[list[int]]:
    """`these` cut wherever no box stands: columns if `across`, else bands."""
    edges = {place: _edges(boxes[place], across) for place in these}
    parts: list[list[int]] = []
    reached = 0.0
    for place in sorted(these, key=lambda place: (edges[place], place)):
        start, end = edges[place]
        if not parts or start >= reached:
            parts.append([])
            reached = end
        parts[-1].append(place)
        reached = max(reached, end)
    return parts


def _edges(box: Box, across: bool) -> tuple[float, float]:
    """Where a box begins and ends, less what it may overlap."""
    start, end = (box.left, box.right) if across else (box.top, box.bottom)
    slack = min(MOST_SLACK, SLACK * (end - start))
    return start + slack, end - slack


def _merged(bands: list[list[int]], boxes: Sequence[Box]) -> list[list[int]]:
    """Bands with those below them that go on with the same columns."""
    merged: list[list[int]] = []
    columns = 0
    for band in bands:
        own = len(_parts(band, boxes, across=True))
        if merged and own > 1 and columns > 1 and _gap(merged[-1], band, boxes) < FAR_APART:
            both = merged[-1] + band
            together = len(_parts(both, boxes, across=True))
            if together >= min(own, columns):
                merged[-1], columns = both, together
                continue
        merged.append(band)
        columns = own
    return merged


def _gap(upper: list[int], lower: list[int], boxes: Sequence[Box]) -> float:
    return min(boxes[i].top for i in lower) - max(boxes[i].bottom for i in upper)


def _by_rows(these: list[int], boxes: Sequence[Box]) -> list[int]:
    """Rows from top to bottom; what begins no lower than the middle of a row belongs to it."""
    rows: list[list[int]] = []
    middle = 0.0
    for place in sorted(these, key=lambda place: (boxes[place].top, place)):
        if not rows or boxes[place].top >= middle:
            rows.append([])
            middle = (boxes[place].top + boxes[place].bottom) / 2
        rows[-1].append(place)
    return [p for row in rows for p in sorted(row, key=lambda p: (boxes[p].left, p))]
