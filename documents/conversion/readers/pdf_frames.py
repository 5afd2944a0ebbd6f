"""Where things are on an upright page: from the user space of a PDF to points from its top left.

PDFium's characters and objects ignore the crop box and /Rotate, people do not.
"""

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

from pypdfium2 import raw


class Matrix(NamedTuple):
    """x' = a x + c y + e, y' = b x + d y + f (PDF 32000-1, 8.3.3)."""

    a: float
    b: float
    c: float
    d: float
    e: float
    f: float

    def at(self, x: float, y: float) -> tuple[float, float]:
        return self.a * x + self.c * y + self.e, self.b * x + self.d * y + self.f

    def after(self, first: "Matrix") -> "Matrix":
        """What does `first` and then this."""
        e, f = self.at(first.e, first.f)
        return Matrix(
            self.a * first.a + self.c * first.b,
            self.b * first.a + self.d * first.b,
            self.a * first.c + self.c * first.d,
            self.b * first.c + self.d * first.d,
            e,
            f,
        )

    def box(self, corners: list[tuple[float, float]]) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of where the corners are."""
        places = [self.at(x, y) for x, y in corners]
        across, down = [x for x, _ in places], [y for _, y in places]
        return min(across), min(down), max(across), max(down)


UNMOVED = Matrix(1, 0, 0, 1, 0, 0)


@dataclass(slots=True)
class Frame:
    """Size of the upright page, and the way to it from user space."""

    width: float
    height: float
    to_page: Matrix

    def reading(self, turn: int) -> Matrix:
        """From user space to the page turned so that text turned by `turn` degrees is upright."""
        return self.turning(turn).after(self.to_page)

    def turning(self, turn: int) -> Matrix:
        """From the upright page to the page turned back by `turn` degrees."""
        cos, sin = _exactly(math.cos(math.radians(turn))), _exactly(math.sin(math.radians(turn)))
        # Turned by 90 degrees, the right edge becomes the upper one; by 270 the bottom the left.
        right = self.width if turn == 180 else self.height if turn == 270 else 0
        down = self.width if turn == 90 else self.height if turn == 180 else 0
        return Matrix(cos, -sin, sin, cos, right, down)

    def back(self, turn: int) -> Matrix:
        """The way back from `turning`."""
        a, b, c, d, e, f = self.turning(turn)
        return Matrix(a, c, b, d, -(a * e + b * f), -(c * e + d * f))


def _exactly(value: float) -> float:
    return float(round(value)) if abs(value - round(value)) < 1e-9 else value


def page_frame(page: Any) -> Frame:
    """The frame of a page of pypdfium2."""
    left, bottom, right, top = page.get_bbox()
    turns = raw.FPDFPage_GetRotation(page) % 4
    width, height = right - left, top - bottom
    if turns % 2:
        width, height = height, width
    matrix = (
        Matrix(1, 0, 0, -1, -left, top),
        Matrix(0, 1, 1, 0, -bottom, -left),
        Matrix(-1, 0, 0, 1, right, -bottom),
        Matrix(0, -1, -1, 0, top, right),
    )[turns]
    return Frame(width, height, matrix)
