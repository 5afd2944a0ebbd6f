"""What is no table: formulas, fractions, frames, and lines that are set too close."""

from itertools import pairwise

from .lines import Segment
from .table_rows import Row, Zone, is_beside

TIGHT = 0.95  # em; rows of tables are not set closer
TIGHT_SHARE = 0.2
FORMULA_SHARE = 0.15
OPERATORS = set("=+<>≤≥≈≡∼∝∈⊂⊆→×·⊗⊕∑∫∏√∂∇")
LONE_OPERATORS = set("=+∑∫∏")
BEFORE_VALUES = set("+<>≤≥≈∼×→±")
AFTER_VALUES = set("+×→")
FRACTION = 0.55  # of the width of its zone
GROW_ENDS = 8.0  # points


def is_table(zone: Zone, rows: list[Row]) -> bool:
    """Whether what is in a zone is rows and columns, and no formula, frame or fraction."""
    inside = rows[zone.first : zone.last]
    if not any(len(row.segments) > 1 for row in inside):
        return False
    many = sum(len(row.segments) >= 3 for row in inside) >= 6
    tight = sum(
        below.line.baseline - above.line.baseline < TIGHT * above.line.size
        and not is_beside(above, below)
        for above, below in pairwise(inside)
    )
    fenced = any(r.kind == "V" for r in zone.rulings)
    if not zone.rulings and any(_is_bracket(s.text) for row in inside for s in row.segments):
        return False
    if tight > TIGHT_SHARE * len(inside) and not many and not fenced:
        return False
    segments = [s for row in inside for s in row.segments]
    operators = sum(_has_operator(s) for s in segments)
    if operators > FORMULA_SHARE * len(segments) and not fenced:
        return False
    level = [r for r in zone.rulings if r.kind == "H"]
    if not level or fenced:
        return True
    width = max(row.line.x1 for row in inside) - min(row.line.x0 for row in inside)
    return max(r.end - r.start for r in level) >= FRACTION * width


def _is_bracket(text: str) -> bool:
    """Whether there are pieces of brackets over several lines, as around a matrix."""
    return any("\u239b" <= letter <= "\u23ae" or "\uf8e6" <= letter <= "\uf8fe" for letter in text)


def _has_operator(segment: Segment) -> bool:
    """Whether a text begins or ends in the middle of a formula; "≈ 0" and "3×" are values."""
    text = segment.text
    first, last = text[0] in OPERATORS, text[-1] in OPERATORS
    if len(text) == 1:
        return text in LONE_OPERATORS
    if first and text[0] in BEFORE_VALUES and text[1:].lstrip()[:1].isdigit():
        first = False
    if last and text[-1] in AFTER_VALUES and not text[-2].isspace():
        last = False
    return first or last


def is_fenced(row: Row, zone: Zone) -> bool:
    """Whether a row still stands beside the vertical rulings of a table."""
    beside = [r for r in zone.rulings if r.kind == "V" and r.start < row.middle < r.end]
    inside = row.line.x0 >= zone.left - GROW_ENDS and row.line.x1 <= zone.right + GROW_ENDS
    return inside and len(beside) >= 1
