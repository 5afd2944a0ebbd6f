"""Tagged pages: the structure tree of a page, as plain data."""

from dataclasses import dataclass, field

MAX_DEPTH = 60
MAX_ELEMENTS = 20_000  # of one page


@dataclass(slots=True)
class Tree:
    """An element of a structure tree: its standard role, and its content in order.

    A number in `kids` is a piece of marked content of the page. `text` is what the element says in
    place of its content, `description` what its picture shows.
    """

    role: str
    kids: "list[int | Tree]" = field(default_factory=list)
    description: str = ""
    text: str = ""
    row_span: int = 1
    column_span: int = 1
