"""What columns and pages have cut: sentences, items, code, contents and tables joined again."""

from collections.abc import Sequence

from ..document import Block, Cell, Paragraph, Span, Table, plain
from .pieces import Piece
from .styling import HYPHENS, Vocabulary, carry_on
from .textlines import around

SAME_EDGE = 8.0  # points
LONG_LINE = 20  # em
FEW_ROWS = 20  # show how many columns a table has
LIST_STEP = 0.5  # em


def join(pieces: Sequence[Piece], known: Vocabulary, aside: list[Piece]) -> list[Piece]:
    """The pieces with their continuations; notes and tables between two parts come after them.

    The header rows that a table repeats on its next page are put `aside`, as running lines.
    """
    uses_indents = _uses_indents(pieces)
    joined: list[Piece] = []
    open_at: int | None = None  # the last piece of running text
    is_between = False  # something else than notes has come since
    for piece in pieces:
        before = joined[open_at] if open_at is not None else None
        if before and _goes_on(before, piece, is_between, uses_indents):
            _absorb(before, piece, known)
            continue
        if joined and _table_goes_on(joined, piece, aside):
            continue
        joined.append(piece)
        is_between = is_between or piece.sort != "note"
        if piece.sort in {"text", "item", "code", "contents"}:
            open_at, is_between = len(joined) - 1, False
        elif piece.sort == "heading":
            open_at = None
    return joined


def _uses_indents(pieces: Sequence[Piece]) -> bool:
    texts = [piece for piece in pieces if piece.sort == "text" and piece.lines > 1]
    indented = sum(piece.is_indented for piece in texts)
    return indented > 2 and indented > 0.4 * len(texts)


def _goes_on(before: Piece, piece: Piece, is_between: bool, uses_indents: bool) -> bool:
    if not (before.is_last and piece.is_first) or piece.inside:
        return False
    if before.sort in {"code", "contents"}:
        return piece.sort == before.sort and not is_between
    if piece.sort != "text" or not _are_alike(before, piece):
        return False
    if before.is_closed:
        return _is_cut_between_sentences(before, piece, is_between, uses_indents)
    # A line alone is as wide as its column, however short it is.
    is_wide = before.lines > 1 or before.width > LONG_LINE * before.size
    hangs = before.sort == "item" and abs(before.left - piece.left) > 0.8 * piece.size
    is_cut = before.is_full and is_wide
    is_broken = before.tail.endswith(HYPHENS)
    if piece.plain.lstrip()[:1].islower():
        return is_broken or is_cut or not is_between  # a line above a table may be its title
    return is_broken or (is_cut and not is_between and not hangs)


def _are_alike(before: Piece, piece: Piece) -> bool:
    return before.bold == piece.bold and abs(before.size - piece.size) <= 0.09 * before.size


def _is_cut_between_sentences(
    before: Piece, piece: Piece, is_between: bool, uses_indents: bool
) -> bool:
    """Whether a paragraph goes on although its part before ends with a sentence.

    Its last line has no room for the next word then, which the last line of a paragraph seldom
    lacks; and nothing is indented.
    """
    if before.sort != "text" or before.lines < 2 or is_between:
        return False
    if uses_indents or piece.left > 0.5 * piece.size:
        return uses_indents and before.is_full and piece.left < 0.5 * piece.size
    first = piece.plain.split(" ", 1)[0]
    return before.room < 0.42 * piece.size * len(first) and piece.lines > 1


def _absorb(before: Piece, piece: Piece, known: Vocabulary) -> None:
    if before.sort == "code":
        before.more.append(piece.text)
    elif before.sort == "contents":
        before.rows += piece.rows
    else:
        carry_on(before.spans, piece.spans, known)
    if before.page == piece.page:
        before.box = around([before.box, piece.box])
    before.lines += piece.lines
    before.is_full, before.is_last = piece.is_full, piece.is_last


# Tables


def _table_goes_on(joined: Sequence[Piece], piece: Piece, aside: list[Piece]) -> bool:
    """Append a table to the one that the page before ended with, if it is a part of it."""
    after = piece.block
    last = next((one for one in reversed(joined) if one.sort != "note"), None)
    if last is None or not isinstance(after, Table) or not isinstance(last.block, Table):
        return False
    first = last.block
    if not (last.is_last and piece.is_first):
        return False
    if not _is_same_grid(first, after, is_same_page=piece.page == last.page):
        return False
    head = _texts(first.rows[: first.header_rows])
    theirs = _texts(after.rows[: first.header_rows])
    if piece.page == last.page and (head != theirs or not _is_higher(after, first)):
        return False
    rows = after.rows[first.header_rows :] if head == theirs else after.rows
    if head != theirs and _has_own_header(first, after):
        return False
    if rows is not after.rows:
        aside.append(_repeated(piece, theirs))
    first.rows += rows
    last.is_last, last.page = piece.is_last, piece.page
    return True


def _repeated(piece: Piece, rows: Sequence[Sequence[str]]) -> Piece:
    text = "\n".join(" ".join(filter(None, row)) for row in rows)
    block = Paragraph([Span(text)], page=piece.page, box=piece.box, part="header")
    return Piece("done", piece.page, piece.box, block=block)


def _is_same_grid(first: Table, after: Table, is_same_page: bool) -> bool:
    if _columns(first.rows[:FEW_ROWS]) != _columns(after.rows[:FEW_ROWS]):
        return False
    if is_same_page or first.box is None or after.box is None:
        return True
    near = abs(first.box.left - after.box.left), abs(first.box.right - after.box.right)
    width = max(first.box.right - first.box.left, 1.0)
    return min(near) <= SAME_EDGE or max(near) <= 0.15 * width


def _is_higher(after: Table, first: Table) -> bool:
    """Whether a table goes on at the head of the next column; those side by side are two."""
    return bool(after.box and first.box and after.box.bottom <= first.box.top)


def _columns(rows: Sequence[Sequence[Cell]]) -> int:
    return max((sum(cell.column_span for cell in row) for row in rows), default=0)


def _texts(rows: Sequence[Sequence[Cell]]) -> list[list[str]]:
    return [[" ".join(plain(cell.spans).split()) for cell in row] for row in rows]


def _has_own_header(first: Table, after: Table) -> bool:
    """Whether both begin with a bold row, which the rows below are not."""
    return _is_bold_head(first) and _is_bold_head(after)


def _is_bold_head(table: Table) -> bool:
    def bold(row: Sequence[Cell]) -> bool:
        spans = [span for cell in row for span in cell.spans if span.text.strip()]
        return bool(spans) and all(span.bold for span in spans)

    return len(table.rows) > 1 and bold(table.rows[0]) and not bold(table.rows[1])


# Lists


def nest(pieces: Sequence[Piece]) -> None:
    """Give items their depth, and what belongs to them the number of levels it is inside."""
    open_lists: list[float] = []  # where the texts of each level begin
    for before, piece in zip([None, *pieces], pieces, strict=False):
        em = max(piece.size, 1.0)
        if piece.sort == "item":
            # Some programs write the levels of a list one after the other into the tree.
            goes_on = before is not None and before.by_place and before.page != piece.page
            piece.by_place = piece.by_place or goes_on
            if piece.by_place or not piece.is_tagged:
                _place_item(piece, open_lists, em)
        elif piece.is_tagged and piece.inside and open_lists:
            continue
        elif piece.sort in {"text", "code"} and open_lists and piece.left > 0.8 * em:
            while open_lists and piece.left < open_lists[-1] - LIST_STEP * em:
                open_lists.pop()
            piece.inside = len(open_lists)
        elif piece.sort not in {"note", "done"} or (
            isinstance(piece.block, Block) and piece.sort == "done"
        ):
            open_lists.clear()


def _place_item(piece: Piece, open_lists: list[float], em: float) -> None:
    while open_lists and piece.left < open_lists[-1] - LIST_STEP * em:
        open_lists.pop()
    if not open_lists or piece.left > open_lists[-1] + LIST_STEP * em:
        open_lists.append(piece.left)
    piece.depth = len(open_lists) - 1
