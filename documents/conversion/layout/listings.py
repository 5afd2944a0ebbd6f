"""Code: lines in type of equal widths, with their indentation."""

import statistics
from collections.abc import Sequence
from itertools import pairwise

from .pieces import Piece
from .piecing import OTHER_SIZE, Surroundings, piece_of
from .textlines import TextLine

CODE_TAB = 200  # columns that code may be indented


def code_run(lines: Sequence[TextLine], place: int, around_it: Surroundings) -> int:
    """How many lines of code begin here."""
    taken = 0
    while (
        not around_it.is_mono
        and place + taken < len(lines)
        and lines[place + taken].mono
        and (not taken or _goes_on(lines[place + taken - 1], lines[place + taken], 3.2))
    ):
        taken += 1
    if taken == 1 and not _is_code_line(lines[place]):
        return 0
    return taken


def _is_code_line(line: TextLine) -> bool:
    """Whether a single line in type of equal widths is code, and no name that stands alone."""
    return any(map(str.isalnum, line.text))


def _goes_on(before: TextLine, line: TextLine, em: float) -> bool:
    same = abs(before.size - line.size) <= OTHER_SIZE * line.size
    return same and line.baseline - before.baseline <= em * line.size


def code_piece(lines: Sequence[TextLine], around_it: Surroundings) -> Piece:
    widths = [
        (word.x1 - word.x0) / len(word.text) for line in lines for word in line.words if word.text
    ]
    width = max(statistics.median(widths), 0.1)
    left = min(line.x0 for line in lines)
    gaps = [after.baseline - before.baseline for before, after in pairwise(lines)]
    pitch = max(statistics.median_low(gaps), 0.1) if gaps else 1.0
    told = [_code_line(lines[0], left, width)]
    for gap, line in zip(gaps, lines[1:], strict=True):
        told += [""] * max(0, min(round(gap / pitch) - 1, 3))
        told.append(_code_line(line, left, width))
    return piece_of("code", lines, around_it, text="\n".join(told))


def _code_line(line: TextLine, left: float, width: float) -> str:
    text = ""
    for word in line.words:
        column = min(round((word.x0 - left) / width), len(text) + CODE_TAB)
        missing = max(column - len(text), 1 if text and word.gap else 0)
        text += " " * missing + word.text
    return text.rstrip()
