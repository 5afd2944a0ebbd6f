"""Pages of words and rulings to the blocks of a document.

Pages are read a few at a time: their words are forgotten as soon as they are pieces of text, so
that memory does not grow with the length of a document by more than its text.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from ..document import Block, Box, Paragraph, Span, Table
from . import running
from .drawn import write_drawn, write_fields
from .making import blocks_of
from .page import Line, SourcePage, TextRegion, Word
from .pieces import Piece
from .piecing import Surroundings
from .regions import regions
from .styling import vocabulary
from .tagged import tagged_pieces
from .tags import Tree
from .text import pieces_of, pitches_of
from .textlines import (
    TextLine,
    baselines,
    box_of,
    in_reading_order,
    is_rtl,
    is_rtl_text,
    joined,
    reading_line,
    within,
)
from .trust import holds_up, is_telling, stray_words
from .turning import box_on_page

BATCH_PAGES = 50
BATCH_WORDS = 100_000
MOST_KNOWN = 200_000  # words of the document that are kept to tell compounds from cut words
FEW_LINES = 5  # of one size; fewer say nothing about the edge of their column
MONO_SHARE = 0.6  # of the letters: more, and type of equal widths says nothing

TreeOf = Callable[[int], Tree | None]


def read(pages: Iterable[SourcePage], tree_of: TreeOf | None = None) -> list[Block]:
    """The blocks of all pages in reading order; `tree_of` gives the structure tree of a page."""
    run = _Run(tree_of)
    for batch in _batches(pages):
        run.add(batch)
    return run.blocks()


def _batches(pages: Iterable[SourcePage]) -> Iterator[list[SourcePage]]:
    """Pages that are read together; fewer if they hold very much."""
    batch: list[SourcePage] = []
    words = 0
    for page in pages:
        batch.append(page)
        words += len(page.words)
        if len(batch) >= BATCH_PAGES or words >= BATCH_WORDS:
            yield batch
            batch, words = [], 0
    if batch:
        yield batch


class _Run:
    """What is kept of the pages that were read: pieces, words by size, running lines."""

    def __init__(self, tree_of: TreeOf | None) -> None:
        self.tree_of = tree_of
        self.pieces: list[Piece] = []
        self.sizes: Counter[tuple[float, bool]] = Counter()
        self.mono: Counter[bool] = Counter()
        self.known: set[str] = set()
        self.running = running.Known()
        self.is_told = False

    def add(self, pages: Sequence[SourcePage]) -> None:
        trees = self._trees(pages)
        for page in pages:
            write_drawn(page) if page.number not in trees else write_fields(page)
        removed = [one for page in pages for one in _artefacts(page, trees.get(page.number))]
        loose = [page for page in pages if page.number not in trees]
        removed += running.take(loose, self.running)
        for page in pages:
            self._count(page)
        found = [(page, [] if page.number in trees else self._parts(page)) for page in pages]
        lines = [part for _, parts in found for part in parts if isinstance(part, _Region)]
        pitches = pitches_of(part.lines for part in lines)
        if len(self.known) < MOST_KNOWN:
            self.known |= vocabulary([line for part in lines for line in part.lines])
        for page, parts in found:
            own = [one for one in removed if one.page == page.number]
            self.pieces += _running(own, "header", page)
            self._take(page, parts, trees.get(page.number), pitches)
            self.pieces += _running(own, "footer", page)
            self.pieces += _remarks(page)

    def blocks(self) -> list[Block]:
        return blocks_of(self.pieces, *self._body(), self.known)

    def _count(self, page: SourcePage) -> None:
        for word in page.words:
            self.sizes[round(2 * word.size) / 2, word.bold] += len(word.text)
            self.mono[word.mono] += len(word.text)

    def _body(self) -> tuple[float, bool]:
        """The size of most letters, and whether most of these are bold."""
        sizes: Counter[float] = Counter()
        for (size, _), count in self.sizes.items():
            sizes[size] += count
        body = sizes.most_common(1)[0][0] if sizes else 0.0
        return body, self.sizes[body, True] > self.sizes[body, False]

    def _trees(self, pages: Sequence[SourcePage]) -> dict[int, Tree]:
        """The structure trees that are to be believed, by the numbers of their pages."""
        trees = {page.number: self.tree_of(page.number) for page in pages} if self.tree_of else {}
        self.is_told = self.is_told or any(tree and is_telling(tree) for tree in trees.values())
        if not self.is_told:
            return {}
        return {
            page.number: tree
            for page in pages
            if (tree := trees.get(page.number)) and holds_up(page, tree)
        }

    def _parts(self, page: SourcePage) -> "list[_Region | Piece]":
        parts: list[_Region | Piece] = []
        for part in regions(page):
            if isinstance(part, TextRegion):
                parts.append(_Region(part))
            else:
                if is_rtl_text(_words_of(part)):
                    part.rows = [row[::-1] for row in part.rows]
                box = part.box or Box(0.0, 0.0, page.width, page.height)
                parts.append(Piece("done", page.number, box, block=part))
        return parts

    def _take(
        self,
        page: SourcePage,
        parts: "Sequence[_Region | Piece]",
        tree: Tree | None,
        pitches: dict[int, float],
    ) -> None:
        body, _ = self._body()
        is_mono = self.mono[True] > MONO_SHARE * self.mono.total()
        about = Surroundings(
            page.number, body, page.rulings, page.links, self.known, pitches, is_mono
        )
        if tree is None:
            own = self._laid_out(page, parts, about)
        else:

            def lay_out(words: Sequence[Word]) -> list[Piece]:
                return self._without_tree(page, words, about)

            own = tagged_pieces(page, tree, about, lay_out)
            stray = stray_words(page, tree)
            own += self._without_tree(page, stray, about) if stray else []
        for piece in own:
            piece.box = within(piece.box, page)
            if piece.block is not None:
                piece.block.box, piece.block.page = piece.box, page.number
        self.pieces += own

    def _laid_out(
        self, page: SourcePage, parts: "Sequence[_Region | Piece]", about: Surroundings
    ) -> list[Piece]:
        own: list[Piece] = []
        for part in parts:
            if isinstance(part, Piece):
                part.is_first = part.is_last = True
                own.append(part)
                continue
            pieces = pieces_of(part.lines, about)
            for piece in pieces:
                piece.box = box_on_page(piece.box, page, part.turn)
            own += pieces
        return own

    def _without_tree(
        self, page: SourcePage, words: Sequence[Word], about: Surroundings
    ) -> list[Piece]:
        """Some words of a page by its layout alone."""
        alone = replace(page, words=list(words))
        pieces = self._laid_out(alone, self._parts(alone), about)
        for piece in pieces:
            piece.is_first = piece.is_last = False
        return pieces


def _artefacts(page: SourcePage, tree: Tree | None) -> Iterator[running.Removed]:
    """Take what the tree of a page does not know out of its margins."""
    if tree is None:
        return
    band = max(running.BAND * page.height, running.LEAST_BAND)
    out = [
        word
        for word in stray_words(page, tree)
        if word.baseline <= band or word.baseline >= page.height - band
    ]
    gone = {id(word) for word in out}
    page.words = [word for word in page.words if id(word) not in gone]
    for row in baselines(out):
        side = "header" if row[0].baseline <= band else "footer"
        text = joined(in_reading_order(row, is_rtl(row)))
        yield running.Removed(page.number, side, text, box_of(row))


class _Region:
    """A region with its lines in reading order."""

    __slots__ = ("lines", "turn")

    def __init__(self, region: TextRegion) -> None:
        rtl = is_rtl(word for line in region.lines for word in line.words)
        self.turn = region.turn
        self.lines: list[TextLine] = [
            _ordered(line, region, rtl) for line in _with_labels(region.lines) if line.words
        ]
        _trim(self.lines)


def _trim(lines: Sequence[TextLine]) -> None:
    """Let lines end where the longest of their size do: a title may be wider than its column."""
    longest: dict[int, list[float]] = defaultdict(list)
    for line in lines:
        longest[round(2 * line.size)].append(line.x1)
    for line in lines:
        ends = longest[round(2 * line.size)]
        if len(ends) >= FEW_LINES:
            line.right = max(ends)


def _with_labels(lines: Sequence[Line]) -> list[Line]:
    """Lines with the raised label before them that was taken for a line of its own."""
    kept: list[Line] = []
    for line in lines:
        label = kept[-1] if kept else None
        if label is not None and _is_label_of(label, line):
            kept[-1] = replace(line, words=label.words + line.words, x0=label.x0)
        else:
            kept.append(line)
    return kept


def _is_label_of(label: Line, line: Line) -> bool:
    raised = line.baseline - label.baseline
    return (
        len(label.words) == 1
        and len(label.words[0].text) <= 3
        and label.size < 0.86 * line.size
        and 0 < raised < 0.6 * line.size
        and -0.2 * line.size < line.x0 - label.x1 < 1.5 * line.size
    )


def _words_of(table: Table) -> Iterator[str]:
    return (span.text for row in table.rows for cell in row for span in cell.spans)


def _ordered(line: Line, region: TextRegion, rtl: bool) -> TextLine:
    return reading_line(line.words, region.left, region.right, rtl)


def _running(removed: Sequence[running.Removed], side: str, page: SourcePage) -> Iterator[Piece]:
    for one in removed:
        if one.side != side:
            continue
        box = within(one.box, page)
        block = Paragraph([Span(one.text)], page=page.number, box=box)
        block.part = "header" if side == "header" else "footer"
        yield Piece("done", page.number, box, block=block)


def _remarks(page: SourcePage) -> Iterator[Piece]:
    """The texts of annotations, which are no part of the page's own text."""
    for remark in page.remarks:
        text = " ".join(remark.text.split())
        if text:
            box = within(Box(remark.left, remark.top, remark.left, remark.top), page)
            block = Paragraph([Span(text)], page=page.number, box=box, part="comment")
            yield Piece("done", page.number, box, block=block)
