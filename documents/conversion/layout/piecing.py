"""Lines to a piece, and what is asked about lines everywhere."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from .page import Link, Ruling
from .pieces import CLOSERS, TERMINAL, Piece, Sort
from .styling import HYPHENS, Vocabulary, spans_of
from .textlines import TextLine, around

INDENT = 0.8  # em
OTHER_SIZE = 0.09
FULL = 1.6  # em that a full line may miss of the right edge


@dataclass
class Surroundings:
    """What a region does not know by itself."""

    page: int
    body_size: float = 0.0
    rulings: Sequence[Ruling] = ()
    links: Sequence[Link] = ()
    known: Vocabulary = frozenset()
    pitches: dict[int, float] = field(default_factory=dict)
    is_mono: bool = False  # the whole document is set like code


def ends_sentence(line: TextLine) -> bool:
    text = line.words[-1].text.rstrip(CLOSERS)
    return bool(text) and text[-1] in TERMINAL


def is_line_full(line: TextLine) -> bool:
    """Whether a line reaches the end of its column."""
    if line.words[-1].text.endswith(HYPHENS):
        return True
    return line.right - line.x1 <= max(FULL * line.size, 0.08 * (line.right - line.left))


def piece_of(sort: Sort, lines: Sequence[TextLine], around_it: Surroundings, **more: Any) -> Piece:
    """A piece of these lines; code and contents bring their own text."""
    first, last = lines[0], lines[-1]
    confidences = [
        word.confidence for line in lines for word in line.words if word.confidence is not None
    ]
    piece = Piece(
        sort,
        around_it.page,
        around([line.box() for line in lines]),
        size=statistics.median(line.size for line in lines),
        bold=all(line.bold for line in lines),
        italic=all(line.italic for line in lines),
        lines=len(lines),
        left=first.x0 - first.left,
        width=first.right - first.left,
        is_full=is_line_full(last),
        room=last.right - last.x1,
        is_indented=len(lines) > 1 and first.x0 - lines[1].x0 > INDENT * first.size,
        is_centred=_is_centred(lines),
        confidence=statistics.fmean(confidences) if confidences else None,
        **more,
    )
    if sort not in {"code", "contents"}:
        piece.spans = spans_of(lines, around_it.links, around_it.known)
    return piece


def _is_centred(lines: Sequence[TextLine]) -> bool:
    return all(
        abs((line.x0 - line.left) - (line.right - line.x1)) <= 1.5 * line.size
        and line.x0 - line.left > 1.5 * line.size
        for line in lines
    )
