"""Rows that are told by their colour: the edges of filled boxes that lie below each other."""

import itertools

from ..document import Box
from ..layout.page import Ruling

FLATTEST, HIGHEST = 8.0, 200.0  # points; a row has a line at least, a box of text is higher
NARROWEST = 150.0  # points; coloured cells are no rows
SAME = 3.0  # points between edges that are one
FEWEST = 2  # stripes; one alone is a heading or a box
MOST_FILLS = 5_000  # of one page


def stripes(fills: list[Box]) -> list[Ruling]:
    """Rulings without a width along the upper and lower edges of stripes with the same ends."""
    groups: dict[tuple[int, int], list[Box]] = {}
    for box in _rows(fills[:MOST_FILLS]):
        if box.right - box.left >= NARROWEST:
            key = (round(box.left / SAME), round(box.right / SAME))
            groups.setdefault(key, []).append(box)
    return [
        Ruling("H", box.left, box.right, edge, 0.0)
        for boxes in groups.values()
        if len(boxes) >= FEWEST and _are_apart(boxes)
        for box in boxes
        for edge in (box.top, box.bottom)
    ]


def _rows(fills: list[Box]) -> list[Box]:
    """Boxes that stand side by side at the same height, as one: cells are filled one by one."""
    found: list[Box] = []
    flat = [box for box in fills if FLATTEST <= box.bottom - box.top <= HIGHEST]
    for box in sorted(flat, key=lambda box: (round(box.top), round(box.bottom), box.left)):
        last = found[-1] if found else None
        if (
            last is not None
            and abs(last.top - box.top) <= 1
            and abs(last.bottom - box.bottom) <= 1
            and box.left - last.right <= SAME
        ):
            found[-1] = last._replace(right=max(last.right, box.right))
        else:
            found.append(box)
    return found


def _are_apart(boxes: list[Box]) -> bool:
    boxes = sorted(boxes, key=lambda box: box.top)
    return all(below.top >= above.bottom - SAME for above, below in itertools.pairwise(boxes))
