"""Headings of texts that have no styles for them: short lines that are bold from end to end."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby, pairwise

from ..document import Block, Heading, Note, Paragraph, plain

LONGEST = 80  # letters
LEAST = 2  # one bold line is the subject of a letter, or a word of warning
LONGEST_RUN = 3  # title, part and section; more in a row are an address or a cover
DEEPEST = 6
NUMBER = re.compile(r"(\d{1,3}(?:\.\d{1,3}){0,5})\.?\s")
UNFINISHED = (".", ",", ";", ":", "!")  # a sentence, or the name of what follows in the next line


def with_headings(blocks: list[Block]) -> list[Block]:
    """`blocks` with the bold lines among them as headings, if they have none and these look so.

    They are fewer than the other blocks and each has text below. The first line of a text is its
    title if the next is a heading, too; numbers such as 1.1 say how deep the others are.
    """
    if any(isinstance(block, Heading) for block in blocks):
        return blocks
    shown = [block for block in blocks if block.part == "body" and not isinstance(block, Note)]
    lines = _lines(shown)
    if len(lines) < LEAST or 2 * len(lines) > len(shown) + 1:
        return blocks
    has_title = len(shown) > 1 and all(id(block) in lines for block in shown[:2])
    made = {
        key: _heading(line, 1 if has_title and line is shown[0] else 1 + has_title)
        for key, line in lines.items()
    }
    return [made.get(id(block), block) for block in blocks]


def _lines(shown: Sequence[Block]) -> dict[int, Paragraph]:
    """The lines that may be headings, by identity."""
    followed = [block for block, _ in pairwise(shown)]
    found: dict[int, Paragraph] = {}
    for is_line, group in groupby(followed, key=_is_line):
        run = [block for block in group if isinstance(block, Paragraph)]
        if is_line and len(run) <= LONGEST_RUN:
            found |= {id(block): block for block in run}
    return found


def _is_line(block: Block) -> bool:
    if not isinstance(block, Paragraph) or block.quoted or block.inside:
        return False
    text = plain(block.spans).strip()
    is_short = len(text) <= LONGEST and "\n" not in text and not text.endswith(UNFINISHED)
    said = [span for span in block.spans if span.text.strip()]
    is_bold = bool(said) and all(span.bold for span in said)
    return is_short and is_bold and any(sign.isalpha() for sign in text)


def _heading(line: Paragraph, level: int) -> Heading:
    number = NUMBER.match(plain(line.spans).lstrip())
    deeper = number[1].count(".") if number else 0
    spans = [replace(span, bold=False) for span in line.spans]
    return Heading(spans, min(level + deeper, DEEPEST), page=line.page)
