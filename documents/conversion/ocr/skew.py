"""How far a page lies askew in its picture, and the same picture straight.

A page is straight when its lines of text stand in rows: then the sums of ink over the rows of
pixels differ most from one row to the next. The same is tried over the columns, for pages that lie
on their side.
"""

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from .ink import ink, reduced

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

LOOKED_AT_DPI = 75  # a line of text is then four pixels high
MOST = 6.0  # degrees; what lies worse was not fed by hand or machine
COARSE, FINE = 0.4, 0.05  # degrees between two trials
LEAST = 0.1  # degrees; the baselines of a line then differ by less than a point
BETTER = 1.03  # how much sharper a turned page must be than the one that there is
MOST_INK = 60_000  # pixels that are looked at
FEW = 200


def angle(picture: Image.Image, dpi: float) -> float:
    """By how many degrees (counter-clockwise) a picture in mode L must be turned; 0 if by none."""
    small, small_dpi = reduced(picture, dpi, LOOKED_AT_DPI)
    rows, columns = np.nonzero(ink(small, small_dpi))
    if len(rows) < FEW:
        return 0.0
    step = len(rows) // MOST_INK + 1
    down, across = rows[::step].astype(float), columns[::step].astype(float)
    coarse = max(np.arange(-MOST, MOST + COARSE, COARSE), key=lambda a: _sharpness(down, across, a))
    near = np.arange(coarse - COARSE, coarse + COARSE, FINE)
    best = max(near, key=lambda a: _sharpness(down, across, a))
    if abs(best) < LEAST:
        return 0.0
    is_better = _sharpness(down, across, best) > BETTER * _sharpness(down, across, 0.0)
    return float(best) if is_better else 0.0


def _sharpness(down: "Numbers", across: "Numbers", degrees: float) -> float:
    slope = np.tan(np.radians(degrees))
    return max(_contrast(down - slope * across), _contrast(across + slope * down))


def _contrast(places: "Numbers") -> float:
    sums = np.bincount((places - places.min()).astype(np.int64))
    return float((np.diff(sums, prepend=0, append=0) ** 2).sum())


def straightened(picture: Image.Image, degrees: float) -> Image.Image:
    """The picture turned by `degrees` within its size, on paper of the shade that is usual."""
    if not degrees:
        return picture
    histogram = picture.histogram()
    paper = histogram.index(max(histogram))
    return picture.rotate(degrees, resample=Image.Resampling.BICUBIC, fillcolor=paper)
