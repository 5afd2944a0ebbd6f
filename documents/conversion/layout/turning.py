"""Turned text: a page turned so that its sideways words are upright, and the way back."""

from dataclasses import replace

from ..document import Box
from .page import Link, Ruling, Shape, SourcePage, Word


def upright(page: SourcePage, turn: int, words: list[Word]) -> SourcePage:
    """The page with only `words`, as if it were turned back by `turn` degrees (90, 180 or 270)."""
    width, height = (page.height, page.width) if turn in (90, 270) else (page.width, page.height)
    return SourcePage(
        number=page.number,
        width=width,
        height=height,
        words=[_upright_word(word, page, turn) for word in words],
        rulings=[_upright_ruling(ruling, page, turn) for ruling in page.rulings],
        shapes=[Shape(*_turned(_box(shape), page, turn)) for shape in page.shapes],
        links=[Link(*_turned(_box(link), page, turn), link.target) for link in page.links],
    )


def box_on_page(box: Box, page: SourcePage, turn: int) -> Box:
    """Where a box of the page turned by `upright` is on the page itself."""
    left, top, right, bottom = box
    if turn == 90:
        return Box(page.width - bottom, left, page.width - top, right)
    if turn == 180:
        return Box(page.width - right, page.height - bottom, page.width - left, page.height - top)
    if turn == 270:
        return Box(top, page.height - right, bottom, page.height - left)
    return box


def _turned(box: Box, page: SourcePage, turn: int) -> Box:
    left, top, right, bottom = box
    if turn == 90:
        return Box(top, page.width - right, bottom, page.width - left)
    if turn == 180:
        return Box(page.width - right, page.height - bottom, page.width - left, page.height - top)
    if turn == 270:
        return Box(page.height - bottom, left, page.height - top, right)
    return box


def _upright_word(word: Word, page: SourcePage, turn: int) -> Word:
    x0, top, x1, bottom = _turned(Box(word.x0, word.top, word.x1, word.bottom), page, turn)
    return replace(word, x0=x0, x1=x1, top=top, bottom=bottom, turn=0)


def _upright_ruling(ruling: Ruling, page: SourcePage, turn: int) -> Ruling:
    if ruling.kind == "H":
        box = Box(ruling.start, ruling.at, ruling.end, ruling.at)
    else:
        box = Box(ruling.at, ruling.start, ruling.at, ruling.end)
    left, top, right, bottom = _turned(box, page, turn)
    if (ruling.kind == "H") == (turn == 180):
        return Ruling("H", left, right, top, ruling.width)
    return Ruling("V", top, bottom, left, ruling.width)


def _box(shape: Shape | Link) -> Box:
    return Box(shape.left, shape.top, shape.right, shape.bottom)
