"""What is drawn on a page picture: its ink, parted from the paper."""

from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image, ImageChops, ImageFilter

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]
    Shades = NDArray[np.uint8]

# Ink is darker than the paper around it by so many shades: a hairline of a quarter of a point keeps
# about 40 at 150 dpi, and the grain of a bad scan seldom has more than 20.
CONTRAST = 24
AROUND = 0.12  # inches; of what is much larger only the edge is ink, as of a picture or dark fill
LOOKED_AT_DPI = 150  # enough for the thinnest lines and smallest bullets
GRAIN = 0.25  # of full ink
GLANCE_DPI = 40  # grain is gone then
FAINT = 12  # the least contrast that may be writing
SPECKS = 0.001  # share of a page that may be ink though nothing is written on it


def shades(picture: Image.Image) -> "Shades":
    """The shades of a picture in mode L: rows of pixels, 0 is black."""
    return np.asarray(picture, dtype=np.uint8)


def ink(picture: Image.Image, dpi: float) -> "Mask":
    """Where a picture in mode L is darker than what is around it."""
    around = picture.filter(ImageFilter.BoxBlur(max(2.0, AROUND * dpi)))
    return shades(ImageChops.subtract(around, picture)) > CONTRAST


def reduced(picture: Image.Image, dpi: float, wanted: float) -> tuple[Image.Image, float]:
    """The picture by a whole factor smaller, not below `wanted` dots per inch, and its dpi."""
    factor = max(1, int(dpi / wanted))
    return (picture, dpi) if factor == 1 else (picture.reduce(factor), dpi / factor)


def looked_at(picture: Image.Image, dpi: float) -> tuple["Mask", float]:
    """The ink of a picture at no more dots per inch than are needed, and these."""
    small, small_dpi = reduced(picture, dpi, LOOKED_AT_DPI)
    return ink(small, small_dpi), small_dpi


def bareness(picture: Image.Image, dpi: float) -> float:
    """How sure it is that a picture shows nothing but paper, from 0 to 1.

    1: there is only grain; above 0: there are some specks, but hardly room for a word.
    """
    small, small_dpi = reduced(picture, dpi, GLANCE_DPI)
    margin = round(small_dpi / 4)  # of scanners: a shadow along the edge
    across, down = small.size
    if min(across, down) > 4 * margin:
        small = small.crop((margin, margin, across - margin, down - margin))
    around = small.filter(ImageFilter.BoxBlur(max(2.0, 4 * AROUND * small_dpi)))
    darker = shades(ImageChops.subtract(around, small))
    if not (darker > FAINT).any():
        return 1.0
    return max(0.0, 1.0 - float((darker > CONTRAST).mean()) / SPECKS)


def levels(picture: Image.Image) -> tuple[float, float]:
    """The shades of paper and of full ink, whatever they are."""
    counts = np.cumsum(picture.histogram())
    full, paper = np.searchsorted(counts, [0.005 * counts[-1], 0.8 * counts[-1]])
    return float(paper), float(min(full, paper - 1))


def coverage(part: "Shades", paper: float, full: float) -> Any:
    """Shades as 0 (paper and its grain) to 1 (full ink)."""
    values = np.clip((paper - part.astype(np.float32)) / (paper - full), 0.0, 1.0)
    return np.where(values < GRAIN, 0.0, values)
