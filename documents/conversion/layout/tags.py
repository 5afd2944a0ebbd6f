"""Tagged pages: the structure tree of a page, as plain data."""

from collections.abc import Iterator
from dataclasses import dataclass, field

# ISO 32000-1, 14.8.4: the roles of headings and their levels; H says none.
HEADINGS = {"H": 0, "Title": 1} | {f"H{level}": level for level in range(1, 7)}
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


def all_of(tree: Tree) -> Iterator[Tree]:
    """An element and all below it."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += [kid for kid in node.kids if isinstance(kid, Tree)]
