"""How deep an item lies, for files that only say which list and level it belongs to."""

from dataclasses import dataclass, field
from typing import NamedTuple

NEARLY = 3.0  # points by which indents may differ that are meant to be the same


class _Open(NamedTuple):
    number: str
    level: int
    indent: float


@dataclass(slots=True)
class Lists:
    """The items that are open, from the outermost."""

    _open: list[_Open] = field(default_factory=list)

    def place(self, number: str, level: int, indent: float) -> int:
        """The depth of the next item, from 0.

        In one list its levels decide; between lists what people see, the indents.
        """
        item = _Open(number, level, indent)
        while self._open and not _is_deeper(item, self._open[-1]):
            self._open.pop()
        self._open.append(item)
        return len(self._open) - 1

    def continued(self, indent: float | None) -> int:
        """How many levels a paragraph with that indent belongs to; those that it does not end."""
        if indent is None or indent <= NEARLY:
            self.end()
            return 0
        while self._open and indent < self._open[-1].indent - NEARLY:
            self._open.pop()
        return len(self._open)

    def end(self) -> None:
        """What comes next belongs to no item."""
        self._open.clear()


def _is_deeper(item: _Open, other: _Open) -> bool:
    if item.number == other.number:
        return item.level > other.level
    return item.indent > other.indent + NEARLY
