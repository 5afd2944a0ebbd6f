"""From places on a page that was made straight and upright back to places in its picture."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product

from ..document import Block, Box


@dataclass(frozen=True, slots=True)
class Placing:
    """`width` and `height` are those of the upright page in points; see Scan for the others."""

    width: float
    height: float
    skew: float = 0.0
    turn: int = 0

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of the picture."""
        return (self.height, self.width) if self.turn % 180 else (self.width, self.height)

    def box(self, box: Box) -> Box:
        """The box around the same things in the picture."""
        if not self.skew and not self.turn:
            return box
        corners = product((box.left, box.right), (box.top, box.bottom))
        points = [self._point(*corner) for corner in corners]
        across, down = self.size
        return Box(
            max(0.0, min(x for x, _ in points)),
            max(0.0, min(y for _, y in points)),
            min(across, max(x for x, _ in points)),
            min(down, max(y for _, y in points)),
        )

    def _point(self, x: float, y: float) -> tuple[float, float]:
        across, down = self.size
        if self.turn == 90:
            x, y = across - y, x
        elif self.turn == 180:
            x, y = across - x, down - y
        elif self.turn == 270:
            x, y = y, down - x
        sine, cosine = math.sin(math.radians(self.skew)), math.cos(math.radians(self.skew))
        right, below = x - across / 2, y - down / 2
        return (
            across / 2 + right * cosine - below * sine,
            down / 2 + right * sine + below * cosine,
        )


def place_in_pictures(blocks: Iterable[Block], placings: Mapping[int, Placing]) -> None:
    """Move the boxes of `blocks` to where they are in the pictures of their pages."""
    for block in blocks:
        placing = placings.get(block.page or 0)
        if block.box is not None and placing is not None:
            block.box = placing.box(block.box)
