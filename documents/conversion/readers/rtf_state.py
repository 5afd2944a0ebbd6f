"""What a reader of Rich Text has to remember between two tokens."""

from bisect import bisect_right
from dataclasses import dataclass, field

from ..document import Block, Span
from .grids import Place, table_blocks, upper_place
from .lists import Lists

MAX_CELLS = 500  # in a row
NEARLY = 20  # twips by which edges of cells may differ that are meant to be the same


@dataclass(slots=True)
class Font:
    """One entry of the font table."""

    name: str = ""
    charset: int = 0
    page: str | None = None  # code page
    is_fixed: bool = False


@dataclass(slots=True)
class RowDefinition:
    """What \\trowd and the words after it say of a row; edges of cells in twips."""

    edges: list[int] = field(default_factory=list)
    merges: list[frozenset[str]] = field(default_factory=list)
    merge: frozenset[str] = frozenset()  # of the cell whose edge comes next
    is_header: bool = False

    def add_merge(self, name: str) -> None:
        self.merge |= {name}

    def end_cell(self, edge: int) -> None:
        if len(self.edges) < MAX_CELLS:
            self.edges.append(edge)
            self.merges.append(self.merge)
        self.merge = frozenset()


Cells = list[list[Block]]


@dataclass(slots=True)
class OpenTable:
    """A table while it is read."""

    rows: list[tuple[Cells, RowDefinition]] = field(default_factory=list)
    cells: Cells = field(default_factory=list)  # of the row that is open
    blocks: list[Block] = field(default_factory=list)  # of the cell that is open

    def end_cell(self, blocks: list[Block]) -> None:
        if len(self.cells) < MAX_CELLS:
            self.cells.append(blocks)

    def end_row(self, definition: RowDefinition) -> None:
        if self.cells:
            self.rows.append((self.cells, definition))
        self.cells = []

    def finished(self) -> list[Block]:
        """The blocks that it comes to."""
        self.end_row(RowDefinition())
        known = sorted({edge for _, definition in self.rows for edge in definition.edges})
        edges = [e for i, e in enumerate(known) if i == 0 or e - known[i - 1] > NEARLY]
        written: list[list[Place]] = []
        for cells, definition in self.rows:
            written.append(_placed(cells, definition, edges, written))
        headers = 0
        while headers < len(self.rows) and self.rows[headers][1].is_header:
            headers += 1
        return list(table_blocks(written, headers))


def _placed(
    cells: Cells, definition: RowDefinition, edges: list[int], above: list[list[Place]]
) -> list[Place]:
    """The cells of one row in the columns that all edges of the table make."""
    places: list[Place] = []
    column = 0
    for number, blocks in enumerate(cells):
        end = column + 1
        merges: frozenset[str] = frozenset()
        if number < len(definition.edges):
            end = max(end, bisect_right(edges, definition.edges[number]))
            merges = definition.merges[number]
        upper = upper_place(above, column) if "clvmrg" in merges else None
        if "clmrg" in merges and places:
            places[-1].column_span += end - column
            places[-1].blocks += blocks
        elif upper is not None:
            upper.row_span += 1
        else:
            places.append(Place(column, end - column, blocks=blocks))
        column = end
    return places


@dataclass(slots=True)
class State:
    """What holds for the text of one group; a group inside begins with a copy."""

    destination: str = "text"
    bold: bool = False
    italic: bool = False
    strike: bool = False
    hidden: bool = False
    deleted: bool = False
    script: str = ""
    font: int = 0
    unicode_skip: int = 1
    style: int = 0
    outline: int | None = None
    list_number: int | None = None
    level: int = 0
    indent: int = 0  # twips
    first_line: int = 0  # twips to the right of the others
    tables: int = 0  # how many tables the paragraph is in
    row: RowDefinition = field(default_factory=RowDefinition)


@dataclass(slots=True)
class OpenField:
    """A field whose instruction or result is being read."""

    instruction: str = ""
    kind: int = 0
    result: int | None = None
    usual: int = 0
    choices: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Story:
    """A stream of text: the body, a note, a header, a box."""

    kind: str
    blocks: list[Block] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    marker: str = ""
    tables: list[OpenTable] = field(default_factory=list)
    notes: list[Block] = field(default_factory=list)
    lists: Lists = field(default_factory=Lists)
    has_page_number: bool = False
    is_end_note: bool = False
