"""Tables of the structure tree: their rows, and cells that fit each other and the page."""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from .page import Word
from .tags import Tree
from .textlines import box_of

GROUPS = frozenset(("THead", "TBody", "TFoot"))
Inline = Callable[[Tree], list[Word]]  # the words of an element


def grid_of(rows: Sequence[tuple[list[Tree], bool]], inline: Inline) -> list[list[Tree]] | None:
    """The cells of all rows, None if they do not fit each other or the page.

    PDFium leaves out elements without content, so that empty cells are missing: their rows are
    put in order by where their cells stand.
    """
    cells = [row for row, _ in rows]
    widths = _widths(cells)
    if max(widths) < 2 or not _lie_side_by_side(cells, inline):
        return None
    if len(set(widths)) == 1:
        return cells
    if any(cell.row_span > 1 or cell.column_span > 1 for row in cells for cell in row):
        return None
    return _filled(cells, max(widths), inline)


def _filled(rows: Sequence[list[Tree]], width: int, inline: Inline) -> list[list[Tree]] | None:
    """Rows with empty cells where their own leave out a column."""
    full = [[_extent(cell, inline) for cell in row] for row in rows if len(row) == width]
    known = [[extent for row in full if (extent := row[n])] for n in range(width)]
    if not all(known):
        return None
    columns = [(min(e[0] for e in place), max(e[1] for e in place)) for place in known]
    filled = []
    for row in rows:
        places: dict[int, Tree] = {}
        for cell in row if len(row) < width else ():
            extent = _extent(cell, inline)
            place = _nearest(columns, extent) if extent else None
            if place is None or place in places:
                return None
            places[place] = cell
        filled.append([places.get(n, Tree("TD")) for n in range(width)] if places else row)
    return filled


def _extent(cell: Tree, inline: Inline) -> tuple[float, float] | None:
    words = inline(cell)
    return (min(w.x0 for w in words), max(w.x1 for w in words)) if words else None


def _lie_side_by_side(rows: Sequence[Sequence[Tree]], inline: Inline) -> bool:
    wrong = 0
    for row in rows:
        boxes = [box_of(words) for cell in row if (words := inline(cell))]
        apart = all(a.right <= b.left + 2 or b.right <= a.left + 2 for a, b in pairwise(boxes))
        wrong += not apart
    return wrong <= 0.2 * len(rows)


def rows_of(table: Tree) -> Iterator[tuple[list[Tree], bool]]:
    """The rows of a table with their cells, and whether they stand in its head."""
    waiting: list[tuple[Tree, bool]] = [(table, False)]
    while waiting:
        node, is_head = waiting.pop(0)
        inner: list[tuple[Tree, bool]] = []
        for kid in node.kids:
            if not isinstance(kid, Tree):
                continue
            if kid.role == "TR":
                inner.append((kid, is_head))
            elif kid.role in GROUPS or kid.role not in {"Caption", "TD", "TH"}:
                inner.append((kid, kid.role == "THead"))
        if node.role == "TR":
            cells = [k for k in node.kids if isinstance(k, Tree) and k.role in {"TD", "TH"}]
            if cells:
                yield cells, is_head
            continue
        waiting = inner + waiting


def _widths(rows: Sequence[Sequence[Tree]]) -> list[int]:
    """How many columns each row has, with the cells that reach into it from above."""
    reaching: list[tuple[int, int]] = []  # rows left, columns
    widths = []
    for row in rows:
        above = sum(columns for left, columns in reaching if left > 0)
        widths.append(above + sum(cell.column_span for cell in row))
        reaching = [(left - 1, columns) for left, columns in reaching if left > 1]
        reaching += [(c.row_span - 1, c.column_span) for c in row if c.row_span > 1]
    return widths


def _nearest(columns: Sequence[tuple[float, float]], extent: tuple[float, float]) -> int:
    """The column that shares most with an extent, or else is nearest to it."""
    left, right = extent

    def shared(place: int) -> float:
        return min(right, columns[place][1]) - max(left, columns[place][0])

    return max(range(len(columns)), key=shared)
