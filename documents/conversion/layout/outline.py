"""Headings: told by size, weight and numbering over the whole document, and their levels."""

import statistics
from collections import Counter, defaultdict
from collections.abc import Sequence

from ..document import Span
from .markers import depth_of_number, is_bullet
from .pieces import Piece

LARGER = 1.12  # of the body
NOT_SMALLER = 0.93  # a bold heading may be as small as this
MOST_CHARACTERS = 200
BOLD_CHARACTERS = 120
MOST_LINES = 4
MEASURED_ALIKE = 0.92  # sizes of scans are off by 3 %, and levels differ by more than 8
LEVELS = 6
NO_END = (".", ",", ";", ":")  # what no heading ends with


def mark_headings(pieces: Sequence[Piece], body_size: float, body_is_bold: bool) -> None:
    """Make headings of the pieces that are, with their levels."""
    found = []
    tells = any(piece.is_tagged and piece.sort == "heading" for piece in pieces)
    for place, piece in enumerate(pieces):
        if piece.sort == "heading" or (tells and piece.is_tagged):
            found += [piece] if piece.sort == "heading" and not piece.level else []
            continue
        before = pieces[place - 1] if place else None
        after = pieces[place + 1] if place + 1 < len(pieces) else None
        if _is_heading(piece, before, after, body_size, body_is_bold):
            found.append(piece)
    for piece in found:
        if piece.sort == "item":
            _with_marker(piece)
        piece.sort = "heading"
    _number_levels(found)


def _with_marker(piece: Piece) -> None:
    piece.spans.insert(0, Span(f"{piece.marker} "))


def _is_heading(
    piece: Piece, before: Piece | None, after: Piece | None, body: float, body_is_bold: bool
) -> bool:
    if piece.sort not in {"text", "item"} or _is_one_of_many(piece, before, after):
        return False
    if piece.lines > MOST_LINES or (piece.sort == "item" and is_bullet(piece.marker)):
        return False
    text = piece.plain.strip()
    if not 1 < len(text) <= MOST_CHARACTERS or not any(map(str.isalpha, text)):
        return False
    if piece.size >= LARGER * body:
        return not text.endswith((",", ";"))
    is_alone = after is not None and piece.lines <= 2 and len(text) <= BOLD_CHARACTERS
    is_bold = piece.bold and not body_is_bold and piece.size >= NOT_SMALLER * body
    return is_alone and is_bold and not text.endswith(NO_END)


def _is_one_of_many(piece: Piece, before: Piece | None, after: Piece | None) -> bool:
    """Whether it is an item among items of the same looks, and no title of what follows."""
    if piece.sort != "item":
        return False
    return any(
        other is not None
        and other.sort == "item"
        and other.bold == piece.bold
        and abs(other.size - piece.size) < 0.3
        for other in (before, after)
    )


def _number_levels(found: Sequence[Piece]) -> None:
    """Levels: larger above smaller, then by what comes first, then by the parts of numbers."""
    styles: dict[tuple[float, bool, bool], list[Piece]] = defaultdict(list)
    sizes = _sizes(found)
    for piece in found:
        styles[sizes[id(piece)], piece.bold, piece.italic].append(piece)
    keys: dict[int, tuple[float, int, int]] = {}
    # The higher level comes first.
    first = {style: number for number, style in enumerate(styles)}
    for style, members in styles.items():
        depths = Counter(depth_of_number(piece.plain) for piece in members)
        numbered = {depth for depth in depths if depth}
        for piece in members:
            depth = depth_of_number(piece.plain)
            own = depth if len(numbered) > 1 else 0
            if len(numbered) > 1 and not depth:
                own = min(numbered)
            keys[id(piece)] = (-style[0], first[style], own)
    ranks = {key: rank for rank, key in enumerate(sorted(set(keys.values())), 1)}
    for piece in found:
        piece.level = min(LEVELS, ranks[keys[id(piece)]])


def _sizes(found: Sequence[Piece]) -> dict[int, float]:
    """The size of each, to half a point; those that text recognition measured alike are one."""
    sizes = {id(piece): round(2 * piece.size) / 2 for piece in found}
    measured = [piece for piece in found if piece.confidence is not None]
    groups: list[list[Piece]] = []
    for piece in sorted(measured, key=lambda piece: -piece.size):
        if groups and piece.size >= MEASURED_ALIKE * groups[-1][0].size:
            groups[-1].append(piece)
        else:
            groups.append([piece])
    for group in groups:
        usual = statistics.median_low(piece.size for piece in group)
        sizes |= {id(piece): round(2 * usual) / 2 for piece in group}
    return sizes
