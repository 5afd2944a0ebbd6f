"""Code, check boxes and what is called in a text, among blocks of OpenDocument files."""

from collections.abc import Iterable
from dataclasses import replace

from ..document import Block, Code, ListItem, Span
from .odf_lists import BULLET
from .odf_styles import Style
from .spans import joined

BOXES = {"☐": False, "☑": True, "☒": True}
CODE_STYLES = ("preformatted text", "source code", "code", "source")


def checked(spans: list[Span], depth: int, marker: str) -> ListItem:
    """An item; a box it begins with is its state."""
    box = BOXES.get(spans[0].text[:1])
    if box is None:
        return ListItem(spans, depth=depth, marker=marker)
    spans = joined([replace(spans[0], text=spans[0].text[1:]), *spans[1:]])
    return ListItem(spans, depth=depth, marker=BULLET, checked=box)


def parted(blocks: list[Block]) -> tuple[list[Block], list[Block]]:
    """Blocks of the text itself, and the notes and comments that are called in it."""
    own = [block for block in blocks if block.part == "body"]
    return own, [block for block in blocks if block.part != "body"]


def is_code(spans: list[Span], style: Style) -> bool:
    """Whether a paragraph is a line of code: all of its letters are equally wide."""
    if any(span.note is not None or span.formula for span in spans):
        return False
    said = [span for span in spans if span.text.strip()]
    if not said:
        return style.is_a(*CODE_STYLES)
    return all(span.code for span in said) or style.is_a(*CODE_STYLES)


def code_joined(blocks: Iterable[Block]) -> list[Block]:
    """`blocks` with neighboring lines of code as one, without empty lines at its ends."""
    kept: list[Block] = []
    lines: list[Code] = []

    def end_of_code() -> None:
        if text := "\n".join(line.text.rstrip() for line in lines).strip("\n"):
            kept.append(replace(lines[0], text=text))
        lines.clear()

    for block in blocks:
        if isinstance(block, Code):
            lines.append(block)
            continue
        end_of_code()
        kept.append(block)
    end_of_code()
    return kept
