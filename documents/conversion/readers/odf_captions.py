"""Captions of OpenDocument files: paragraphs that become parts of tables and pictures."""

import re

from ..document import Block, Paragraph, Picture, Table
from .odf_styles import Style

# What captions stand at, by the styles they have.
TABLE_CAPTION = re.compile(r"^table$|table ?caption|caption ?table")
PICTURE_CAPTION = re.compile(r"^(?:illustration|figure|drawing)$|(?:image|figure) ?caption")

Kinds = tuple[type[Table | Picture], ...]


class Captions:
    """The captions that were met, by identity; they are kept, so that no other block gets that."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Block, Kinds]] = {}

    def note(self, paragraph: Paragraph, style: Style) -> None:
        """Remember a paragraph if its style says that it is a caption."""
        if kinds := _kinds(style):
            self._known[id(paragraph)] = paragraph, kinds

    def joined(self, blocks: list[Block]) -> list[Block]:
        """`blocks` with captions as parts of the tables and pictures they stand at."""
        kept: list[Block] = []
        for block in blocks:
            last = kept[-1] if kept else None
            if self._give(block, last):
                continue
            if self._give(last, block):
                kept.pop()
            kept.append(block)
        return kept

    def _give(self, caption: Block | None, to: Block | None) -> bool:
        """Make a paragraph the caption of its neighbor, if it is one for such a block."""
        if not isinstance(caption, Paragraph) or not isinstance(to, (Table, Picture)):
            return False
        known = self._known.get(id(caption))
        if known is None or to.caption or not isinstance(to, known[1]):
            return False
        to.caption = caption.spans
        return True


def _kinds(style: Style) -> Kinds:
    """What a paragraph of that style is the caption of; nothing if it is none."""
    if any(TABLE_CAPTION.search(name) for name in style.names):
        return (Table,)
    if any(PICTURE_CAPTION.search(name) for name in style.names):
        return (Picture,)
    return (Table, Picture) if style.is_a("caption") else ()
