"""What is drawn on a PDF page: rulings (lines, thin boxes, edges of boxes) and small shapes."""

import ctypes
from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

from pypdfium2 import raw

from ..document import Box
from ..layout.page import Ruling, Shape
from .pdf_frames import Frame, Matrix
from .stripes import stripes

THIN = 2.6  # points; a filled box that is thicker colours a cell
SHORTEST = 2.0  # points; what is shorter both ways is a dot
TOGETHER = 1.6  # points between lines that are one, such as the two edges of a thin box
GAP = 3.0  # points between the pieces of one line; the ends of rules over columns are farther apart
LARGEST_SHAPE = 12.0  # points; bullets and boxes to tick are no larger
SMALLEST_SHAPE = 1.0
WHITE = 250  # of 255, in each colour
MOST_OBJECTS = 60_000  # of one page; maps and plans have more, and no tables
MOST_SEGMENTS = 2_000  # of one path; a table drawn as one path has fewer
MOST_RULINGS = 40_000
FARTHEST = 100_000.0  # points; no page is larger
MOST_NESTING = 12  # forms in forms

_CORNERS = tuple[float, float, float, float]


class _Stroke(NamedTuple):
    x0: float
    y0: float
    x1: float
    y1: float
    curved: bool


def drawings(page: Any, frame: Frame) -> tuple[list[Ruling], list[Shape]]:
    """Rulings whose pieces are joined, and small shapes, on the upright page."""
    found: list[Ruling] = []
    shapes: list[Shape] = []
    fills: list[Box] = []
    for path, matrix in _paths(page, frame.to_page):
        _read(path, matrix, found, shapes, fills)
        if len(found) > MOST_RULINGS:
            break
    near = [r for r in found + stripes(fills) if _is_near(r.start, r.end, r.at)]
    return joined(near), [s for s in shapes if _is_near(s.left, s.top, s.right, s.bottom)]


def _is_near(*places: float) -> bool:
    """Whether these are places of a page; in bad files they may be endless or no numbers."""
    return all(abs(place) < FARTHEST for place in places)


def _paths(page: Any, to_page: Matrix) -> Iterator[tuple[Any, Matrix]]:
    """The paths of a page and of the forms on it, each with the way from its space to the page."""
    objects = [
        (raw.FPDFPage_GetObject(page, at), to_page, 0)
        for at in range(min(raw.FPDFPage_CountObjects(page), MOST_OBJECTS))
    ]
    objects.reverse()
    left = MOST_OBJECTS
    while objects and left > 0:
        left -= 1
        thing, matrix, depth = objects.pop()
        kind = raw.FPDFPageObj_GetType(thing)
        if kind == raw.FPDF_PAGEOBJ_PATH:
            yield thing, matrix.after(_matrix(thing))
        elif kind == raw.FPDF_PAGEOBJ_FORM and depth < MOST_NESTING:
            inside = matrix.after(_matrix(thing))
            count = min(raw.FPDFFormObj_CountObjects(thing), MOST_OBJECTS)
            for at in range(count - 1, -1, -1):
                objects.append((raw.FPDFFormObj_GetObject(thing, at), inside, depth + 1))


def _matrix(thing: Any) -> Matrix:
    matrix = raw.FS_MATRIX()
    if not raw.FPDFPageObj_GetMatrix(thing, matrix):
        return Matrix(1, 0, 0, 1, 0, 0)
    return Matrix(matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f)


def _read(
    path: Any, matrix: Matrix, found: list[Ruling], shapes: list[Shape], fills: list[Box]
) -> None:
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    if not raw.FPDFPath_GetDrawMode(path, fill, stroke):
        return
    filled = bool(fill.value) and _is_seen(path, raw.FPDFPageObj_GetFillColor)
    stroked = bool(stroke.value) and _is_seen(path, raw.FPDFPageObj_GetStrokeColor)
    if not filled and not stroked:
        return
    width = _width(path, matrix) if stroked else 0.0
    for figure in _figures(path, matrix):
        if stroked:
            found += _stroked(figure, width)
        box = _extent(figure)
        if filled:
            found += _thin(figure)
            fills.append(Box(*box))
        if all(SMALLEST_SHAPE <= side <= LARGEST_SHAPE for side in _sides(box)):
            shapes.append(Shape(*box))


def _is_seen(path: Any, colour_of: Any) -> bool:
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if not colour_of(path, red, green, blue, alpha):
        return True  # a pattern
    return alpha.value > 0 and min(red.value, green.value, blue.value) < WHITE


def _width(path: Any, matrix: Matrix) -> float:
    width = ctypes.c_float()
    raw.FPDFPageObj_GetStrokeWidth(path, width)
    return width.value * abs(matrix.a * matrix.d - matrix.b * matrix.c) ** 0.5


def _figures(path: Any, matrix: Matrix) -> Iterator[list[_Stroke]]:
    """The subpaths of a path as straight pieces; a curve is one from its begin to its end."""
    count = raw.FPDFPath_CountSegments(path)
    if count > MOST_SEGMENTS:
        return
    x, y = ctypes.c_float(), ctypes.c_float()
    figure: list[_Stroke] = []
    begin = last = (0.0, 0.0)
    for at in range(count):
        segment = raw.FPDFPath_GetPathSegment(path, at)
        raw.FPDFPathSegment_GetPoint(segment, x, y)
        here = matrix.at(x.value, y.value)
        kind = raw.FPDFPathSegment_GetType(segment)
        if kind == raw.FPDF_SEGMENT_MOVETO:
            if figure:
                yield figure
            figure, begin = [], here
        else:
            figure.append(_Stroke(*last, *here, kind == raw.FPDF_SEGMENT_BEZIERTO))
        last = here
        if raw.FPDFPathSegment_GetClose(segment):
            if here != begin:
                figure.append(_Stroke(*here, *begin, False))
            last = begin
    if figure:
        yield figure


def _stroked(figure: list[_Stroke], width: float) -> Iterator[Ruling]:
    for x0, y0, x1, y1, curved in figure:
        if curved:
            continue
        across, down = abs(x1 - x0), abs(y1 - y0)
        if width > THIN and max(across, down) <= 2 * width:
            continue  # a stroke that is as thick as it is long is a filled box
        if down <= TOGETHER and across > down:
            yield _ruling("H", x0, x1, (y0 + y1) / 2, width)
        elif across <= TOGETHER and down > across:
            yield _ruling("V", y0, y1, (x0 + x1) / 2, width)


def _ruling(kind: Literal["H", "V"], one: float, other: float, at: float, width: float) -> Ruling:
    return Ruling(kind, min(one, other), max(one, other), at, width)


def _thin(figure: list[_Stroke]) -> Iterator[Ruling]:
    """A filled box that is so thin that people see a line."""
    left, top, right, bottom = _extent(figure)
    across, down = right - left, bottom - top
    if max(across, down) <= SHORTEST or min(across, down) > THIN:
        return
    if across > down:
        yield Ruling("H", left, right, (top + bottom) / 2, down)
    else:
        yield Ruling("V", top, bottom, (left + right) / 2, across)


def _extent(figure: list[_Stroke]) -> _CORNERS:
    across = [x for stroke in figure for x in (stroke.x0, stroke.x1)]
    down = [y for stroke in figure for y in (stroke.y0, stroke.y1)]
    return min(across), min(down), max(across), max(down)


def _sides(box: _CORNERS) -> tuple[float, float]:
    return box[2] - box[0], box[3] - box[1]


def joined(rulings: list[Ruling]) -> list[Ruling]:
    """Rulings whose pieces are one; a line drawn piece by piece, cell by cell, twice, is one."""
    found: list[Ruling] = []
    for kind in ("H", "V"):
        found += _joined(sorted((r for r in rulings if r.kind == kind), key=lambda r: r.at))
    return found


def _joined(rulings: list[Ruling]) -> Iterator[Ruling]:
    at = 0
    while at < len(rulings):
        end = at
        while end < len(rulings) and rulings[end].at - rulings[at].at <= TOGETHER:
            end += 1
        yield from _merged(sorted(rulings[at:end], key=lambda r: r.start))
        at = end


def _merged(level: list[Ruling]) -> Iterator[Ruling]:
    current = level[0]
    for ruling in level[1:]:
        if ruling.start - current.end > GAP:
            yield current
            current = ruling
            continue
        longer = max(current, ruling, key=lambda r: r.end - r.start)
        current = Ruling(
            current.kind,
            current.start,
            max(current.end, ruling.end),
            longer.at,
            max(current.width, ruling.width),
        )
    yield current
