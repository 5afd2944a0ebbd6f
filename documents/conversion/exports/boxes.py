"""Where the blocks of a document stand, in its Markdown and on its pages."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Any, NamedTuple

from ..writer import written
from .making import kept


class Boxed(NamedTuple):
    """Characters of the Markdown, and the box on a page that they were read from."""

    start: int
    end: int
    page: int
    box: Sequence[float]  # left, top, right and bottom in points, from the top left corner


def boxes_of(markdown: str, document: str) -> list[Boxed]:
    """The boxes of all blocks that have one, in the order of the Markdown.

    Args:
        document: what keeping.py packed. If it does not become `markdown` to the letter, because
            it is damaged or was written by an earlier version, there are no boxes.
    """
    found = kept(document)
    text, places = written(found) if found else ("", [])
    if text != markdown:
        return []
    return [
        Boxed(start, end, block.page, [round(edge, 1) for edge in block.box])
        for start, end, block in places
        if block.page is not None and block.box is not None
    ]


def between(boxes: Sequence[Boxed], start: int, end: int) -> list[dict[str, Any]]:
    """The boxes of what stands from `start` to `end`, each once."""
    first = bisect_right(boxes, start, key=_end)
    last = bisect_left(boxes, end, key=_start)
    told = dict.fromkeys((boxed.page, tuple(boxed.box)) for boxed in boxes[first:last])
    return [{"page": page, "box": list(box)} for page, box in told]


def _start(boxed: Boxed) -> int:
    return boxed.start


def _end(boxed: Boxed) -> int:
    return boxed.end
