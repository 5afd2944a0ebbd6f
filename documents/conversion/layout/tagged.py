"""Tagged pages: pieces by the structure tree of a page, where it holds up against the page.

ISO 32000-1, 14.8.4 names the roles. Headings, lists, notes and the order come from the tree; code,
and tables whose rows do not fit each other, from the layout.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from ..document import Box, Cell, Picture, Span, Table
from .contents import contents_piece, is_contents
from .footnotes import notes_of
from .listings import code_piece
from .markers import BOXES, marker_of, note_label, without_first
from .page import SourcePage, Word
from .pieces import Piece, Sort
from .piecing import Surroundings, piece_of
from .styling import finished, spans_of
from .tagged_tables import grid_of, rows_of
from .tags import HEADINGS, Tree, all_of
from .textlines import (
    TextLine,
    baselines,
    box_of,
    is_rtl,
    joined,
    reading_line,
    rest_of,
    segments,
)

NOTES = frozenset(("Note", "FENote"))
BLOCKS = (
    frozenset(("P", "L", "LI", "Table", "Code", "Figure", "BlockQuote", "TOC", "TOCI", "Caption"))
    | frozenset(HEADINGS)
    | NOTES
)
NEW_LINE = 0.5  # em between the baselines of two lines
CODE_GAP = 3.2  # em between two elements of one piece of code
LayOut = Callable[[Sequence[Word]], list[Piece]]


def tagged_pieces(
    page: SourcePage, tree: Tree, about: Surroundings, lay_out: LayOut
) -> list[Piece]:
    """The pieces of a page in the order of its tree; `lay_out` reads words without it."""
    walk = _Walk(page, about, lay_out)
    walk.flow(tree, _Place())
    walk.flush_notes()
    walk.pick_up()
    for piece in walk.pieces:
        piece.by_place = piece.run in walk.by_place
    pieces = _with_code(walk.pieces, about)
    for piece in pieces:
        piece.is_tagged = True
    body = [piece for piece in pieces if piece.sort != "note"]
    if body:
        body[0].is_first = body[-1].is_last = True
    return pieces


@dataclass(slots=True)
class _Place:
    """Where in lists and quotes an element stands; `marker` waits for the text of its item."""

    depth: int = -1
    marker: str | None = None
    quoted: int = 0


@dataclass
class _Walk:
    page: SourcePage
    about: Surroundings
    lay_out: LayOut
    pieces: list[Piece] = field(default_factory=list)
    notes: list[Tree] = field(default_factory=list)
    words: dict[int, list[Word]] = field(init=False)
    used: set[int] = field(default_factory=set)
    run: int = 0
    by_place: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.words = {}
        for word in self.page.words:
            if word.mcid is not None:
                self.words.setdefault(word.mcid, []).append(word)
        self.edges = _edges(self.page)

    def flow(self, node: Tree, place: _Place) -> None:
        """Everything below an element that only holds others."""
        run: list[Word] = []
        last = ""
        for kid in node.kids:
            role, last = last, "" if isinstance(kid, int) else kid.role
            if last == "L":
                self._count_list(after_list=role == "L")
            if isinstance(kid, int):
                run += self._content(kid)
            elif kid.role in NOTES:
                self.notes.append(kid)
            elif kid.role == "Lbl" and place.marker is not None and not run:
                continue  # it was read before the item
            elif kid.role in BLOCKS or _holds_blocks(kid):
                self._emit(run, place)
                run = []
                self._block(kid, place)
            else:
                run += self._inline(kid)
        self._emit(run, place)
        if node.role in {"Document", "Sect", "Part", "Art"}:
            return

    def _count_list(self, *, after_list: bool) -> None:
        """Lists right behind each other are levels of one that the tree does not nest."""
        if after_list:
            self.by_place.add(self.run)
        else:
            self.run += 1

    def _block(self, node: Tree, place: _Place) -> None:
        role = node.role
        if role in HEADINGS:
            self._heading(node, place)
        elif role == "L":
            self._list(node, place)
        elif role == "LI":
            self._item(node, _Place(max(place.depth, 0), None, place.quoted))
        elif role == "Table":
            self._table(node)
        elif role == "Figure":
            self._figure(node, place)
        elif role == "BlockQuote":
            self.flow(node, _Place(place.depth, place.marker, place.quoted + 1))
        elif role in {"P", "Caption"}:
            self._paragraph(node, place)
        else:
            self.flow(node, place)

    def _paragraph(self, node: Tree, place: _Place) -> None:
        if any(
            isinstance(kid, Tree) and kid.role not in NOTES and _is_apart(kid) for kid in node.kids
        ):
            self.flow(node, place)
            return
        self._emit(self._inline(node), place)

    def _heading(self, node: Tree, place: _Place) -> None:
        words = self._inline(node)
        lines = self._lines(words)
        if not lines:
            return
        piece = piece_of("heading", lines, self.about)
        piece.level = HEADINGS[node.role]
        if place.marker:
            piece.spans.insert(0, Span(f"{place.marker} "))
            place.marker = None
        self.pieces.append(piece)

    def _list(self, node: Tree, place: _Place) -> None:
        inner = _Place(place.depth + 1, None, place.quoted)
        for kid in node.kids:
            if isinstance(kid, int):
                self._emit(self._content(kid), inner)
            elif kid.role == "LI":
                self._item(kid, _Place(inner.depth, None, place.quoted))
            elif kid.role == "L":
                self._list(kid, inner)
            else:
                self.flow(Tree("Div", [kid]), inner)

    def _item(self, node: Tree, place: _Place) -> None:
        label = [kid for kid in node.kids if isinstance(kid, Tree) and kid.role == "Lbl"]
        words = [word for kid in label for word in self._inline(kid)]
        marker = joined(words).strip()
        # In a line from the right the full stop stands on the left.
        place.marker = marker[1:] + marker[0] if marker[:1] in {".", ")"} else marker
        before = len(self.pieces)
        self.flow(Tree("Div", [kid for kid in node.kids if kid not in label]), place)
        if len(self.pieces) == before and words:
            self._emit(words, _Place(place.depth, None, place.quoted))

    def _emit(self, words: Sequence[Word], place: _Place) -> None:
        """Words of one paragraph, or the first ones of an item, as a piece."""
        lines = self._lines(words)
        if not lines:
            return
        if all(is_contents(line) for line in lines):
            self.pieces.append(contents_piece(lines, self.about))
            return
        sort: Sort = "text"
        marker = place.marker
        if marker is not None:
            sort = "item"
            if not marker and (own := marker_of(lines[0])):
                marker = own
                first = lines[0]
                rest = without_first(first.words, len(own))
                lines = [rest_of(first, rest), *lines[1:]] if rest else lines
        if sort == "text" and _is_code(lines, self.about):
            piece = code_piece(lines, self.about)
            piece.code_lines = list(lines)
        elif sort == "text" and self._is_note(lines):
            self.pieces += notes_of(lines, self.about)
            return
        else:
            piece = piece_of(sort, lines, self.about)
        piece.quoted = place.quoted
        if sort == "item":
            piece.depth, place.marker, piece.run = place.depth, None, self.run
            piece.marker = marker if marker and marker not in BOXES else "-"
            piece.checked = BOXES.get(marker or "")
        else:
            piece.inside = place.depth + 1
        self.pieces.append(piece)

    def _is_note(self, lines: Sequence[TextLine]) -> bool:
        """Whether it is small type with a raised label, whatever the tree calls it."""
        first = lines[0]
        script = first.words[0].scripts[:1]
        is_small = first.size < 0.94 * (self.about.body_size or first.size)
        return bool(is_small and script and script[0].start == 0 and note_label(first))

    def flush_notes(self) -> None:
        """The notes of the page, behind its text."""
        while self.notes:
            node = self.notes.pop(0)
            rows = baselines(self._inline(node, notes=True))
            lines = self._lines([word for row in rows for word in row])
            self.pieces += notes_of(lines, self.about)

    def pick_up(self) -> None:
        """What the elements of the page have passed over."""
        left = [
            word for mcid, words in self.words.items() if mcid not in self.used for word in words
        ]
        if left:
            self.pieces += self.lay_out(left)

    def _table(self, node: Tree) -> None:
        rows = list(rows_of(node))
        captions = [k for k in node.kids if isinstance(k, Tree) and k.role == "Caption"]
        words = [word for row, _ in rows for cell in row for word in self._inline(cell)]
        if not words:
            self.flow(Tree("Div", node.kids), _Place())
            return
        everything = self._inline(node)
        grid = grid_of(rows, self._inline)
        if grid is None or len(everything) > len(words) + sum(
            map(len, map(self._inline, captions))
        ):
            self.pieces += self.lay_out(everything)
            return
        table = Table([[self._cell(cell) for cell in row] for row in grid])
        heads = [is_head or all(c.role == "TH" for c in row) for row, is_head in rows]
        table.header_rows = next((n for n, head in enumerate(heads) if not head), len(heads)) or 1
        table.header_rows = min(table.header_rows, len(rows))
        table.page, table.box = self.page.number, box_of(words)
        caption = [word for kid in captions for word in self._inline(kid)]
        if caption:
            table.caption = finished(spans_of(self._lines(caption), self.about.links))
        self.pieces.append(Piece("done", self.page.number, table.box, block=table))

    def _cell(self, node: Tree) -> Cell:
        parts = [
            lines for block in _paragraphs(node) if (lines := self._lines(self._inline(block)))
        ]
        spans: list[Span] = []
        for lines in parts:
            if spans:
                spans.append(Span("\n"))
            spans += spans_of(lines, self.about.links, self.about.known)
        return Cell(finished(spans), node.row_span, node.column_span)

    def _figure(self, node: Tree, place: _Place) -> None:
        words = self._inline(node)
        if node.description.strip():
            box = box_of(words) if words else Box(0.0, 0.0, 0.0, 0.0)
            block = Picture(" ".join(node.description.split()), page=self.page.number, box=box)
            self.pieces.append(Piece("done", self.page.number, box, block=block))
        if words:
            self.pieces += self.lay_out(words)

    def _inline(self, node: Tree, notes: bool = False) -> list[Word]:
        """All words of an element, those of notes in it put aside."""
        words: list[Word] = []
        for kid in node.kids:
            if isinstance(kid, int):
                words += self._content(kid)
            elif kid.role in NOTES and not notes:
                if all(kid is not known for known in self.notes):
                    self.notes.append(kid)
            else:
                words += self._inline(kid, notes)
        return words

    def _content(self, mcid: int) -> list[Word]:
        self.used.add(mcid)
        return self.words.get(mcid, [])

    def _lines(self, words: Sequence[Word]) -> list[TextLine]:
        """Words in the order of the tree as lines; a line ends where the baseline changes."""
        rows: list[list[Word]] = []
        rtl = is_rtl(words)
        for word in words:
            if rows and _same_line(rows[-1][-1], word, rtl):
                rows[-1].append(word)
            else:
                rows.append([word])
        lines = []
        for row in rows:
            row.sort(key=lambda word: word.x0)
            left, right = self._edges_of(row)
            lines.append(reading_line(row, left, right, rtl))
        return lines

    def _edges_of(self, row: Sequence[Word]) -> tuple[float, float]:
        x0, x1 = row[0].x0, max(word.x1 for word in row)
        middle = (x0 + x1) / 2
        for left, right in self.edges:
            if left - 1 <= middle <= right + 1:
                return min(left, x0), max(right, x1)
        return x0, x1


def _same_line(before: Word, word: Word, rtl: bool) -> bool:
    em = max(before.size, word.size)
    if abs(before.baseline - word.baseline) > NEW_LINE * em:
        return False
    return rtl or word.x0 > before.x0 - 3 * em


def _edges(page: SourcePage) -> list[tuple[float, float]]:
    """The left and right edges of the columns of a page: where its longer lines lie."""
    edges = [
        (part[0].x0, part[-1].x1)
        for row in baselines(word for word in page.words if not word.turn)
        for part in segments(row)
        if len(part) >= 4
    ]
    columns: list[tuple[float, float]] = []
    for left, right in sorted(edges, key=lambda edge: edge[1] - edge[0]):
        for place, (known_left, known_right) in enumerate(columns):
            overlap = min(right, known_right) - max(left, known_left)
            if overlap > 0.5 * (right - left):
                columns[place] = min(left, known_left), max(right, known_right)
                break
        else:
            columns.append((left, right))
    return columns


def _holds_blocks(node: Tree) -> bool:
    return any(below.role in BLOCKS and below.role not in NOTES for below in all_of(node))


def _is_apart(node: Tree) -> bool:
    """Whether an element below a paragraph is no part of its text."""
    return any(below.role in {"L", "Table", "P"} for below in all_of(node))


def _paragraphs(cell: Tree) -> Iterable[Tree]:
    """The parts of a cell that stand below each other."""
    blocks = [kid for kid in cell.kids if isinstance(kid, Tree) and kid.role in BLOCKS]
    return blocks if len(blocks) == len(cell.kids) and len(blocks) > 1 else [cell]


def _is_code(lines: Sequence[TextLine], about: Surroundings) -> bool:
    return not about.is_mono and all(line.mono for line in lines)


def _with_code(pieces: Sequence[Piece], about: Surroundings) -> list[Piece]:
    """Elements of code that follow each other closely, as one."""
    merged: list[Piece] = []
    for piece in pieces:
        last = merged[-1] if merged else None
        if last and last.sort == piece.sort == "code" and last.code_lines and piece.code_lines:
            gap = piece.code_lines[0].baseline - last.code_lines[-1].baseline
            if 0 < gap <= CODE_GAP * piece.size:
                lines = last.code_lines + piece.code_lines
                merged[-1] = code_piece(lines, about)
                merged[-1].code_lines = lines
                continue
        merged.append(piece)
    for piece in merged:
        piece.code_lines = []
    return merged
