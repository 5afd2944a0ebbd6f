"""A block on its way: what it says, and what is known of it before the whole document is."""

from dataclasses import dataclass, field
from typing import Literal

from ..document import Block, Box, Span
from .textlines import TextLine

Sort = Literal["text", "item", "code", "note", "contents", "done", "heading"]
TERMINAL = ".!?:;\u3002\uff01\uff1f\u061f\u06d4\u2026"
TAIL = 40  # characters
CLOSERS = "\u201d\u201c\u2019\"')]\u00bb\u300d"


@dataclass(slots=True)
class Piece:
    """`done` pieces are blocks already. The rest become blocks when all pages are known.

    `left` is how far the text stands from the left edge of its column, `gap` the white space above
    its first line in em beyond the usual one. `is_full` says that the last line reaches the right
    edge, `is_indented` that the first begins further right than the second.
    """

    sort: Sort
    page: int
    box: Box
    spans: list[Span] = field(default_factory=list)
    block: Block | None = None
    size: float = 0.0
    bold: bool = False
    italic: bool = False
    lines: int = 1
    left: float = 0.0
    width: float = 0.0  # of its column
    is_full: bool = False
    room: float = 0.0  # behind the last line
    is_indented: bool = False
    is_centred: bool = False
    is_first: bool = False  # of its region
    is_last: bool = False
    marker: str = ""
    depth: int = 0
    checked: bool | None = None
    inside: int = 0
    text: str = ""  # of code
    more: list[str] = field(default_factory=list)  # code that goes on behind it
    rows: list[tuple[list[Span], str]] = field(default_factory=list)  # of a table of contents
    label: str = ""
    level: int = 0
    confidence: float | None = None
    quoted: int = 0
    is_tagged: bool = False
    by_place: bool = False  # its level is told by where it stands, and not by the tree
    run: int = 0  # of lists that follow each other in a tree
    code_lines: list[TextLine] = field(default_factory=list)

    @property
    def plain(self) -> str:
        return "".join(span.text for span in self.spans)

    @property
    def tail(self) -> str:
        """The end of the text, without looking at all of it."""
        return "".join(span.text[-TAIL:] for span in self.spans[-3:])

    @property
    def is_closed(self) -> bool:
        """Whether its last sentence is complete."""
        text = self.tail.rstrip().rstrip(CLOSERS)
        return not text or text[-1] in TERMINAL
