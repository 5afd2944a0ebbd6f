"""Tables of contents: titles from which dots lead to the number of a page."""

from collections.abc import Sequence
from dataclasses import replace

from .pieces import Piece
from .piecing import Surroundings, piece_of
from .styling import spans_of
from .textlines import TextLine, rest_of

DOTS = 4  # that lead to a page number
MAX_PAGE_NUMBER = 8  # characters


def contents_run(lines: Sequence[TextLine], place: int) -> int:
    taken = 0
    while place + taken < len(lines) and _entry_of(lines[place + taken]):
        taken += 1
    return taken


def is_contents(line: TextLine) -> bool:
    """Whether dots lead from a title to the number of its page."""
    return _entry_of(line) is not None


def _entry_of(line: TextLine) -> tuple[int, str] | None:
    """How many characters before the leading dots a line of contents has, and its number."""
    text = line.text
    if "." not in text and "\u2026" not in text:
        return None
    head, _, number = text.rpartition(" ")
    bare = number.lstrip(".\u2026\u00b7")
    if len(bare) != len(number):
        head, number = f"{head} {number[: len(number) - len(bare)]}", bare
    title = head.rstrip(" .\u2026\u00b7")
    led = head[len(title) :]
    dots = led.count(".") + 3 * led.count("\u2026") + led.count("\u00b7")
    if dots < DOTS or not title or not 0 < len(number) <= MAX_PAGE_NUMBER:
        return None
    return (len(title), number) if any(map(str.isalnum, number)) else None


def contents_piece(lines: Sequence[TextLine], around_it: Surroundings) -> Piece:
    piece = piece_of("contents", lines, around_it)
    for line in lines:
        length, number = _entry_of(line) or (len(line.text), "")
        words, seen = [], 0
        for place, word in enumerate(line.words):
            seen += bool(place and word.gap)
            if seen >= length:
                break
            kept = word.text[: length - seen] if seen + len(word.text) > length else word.text
            words.append(word if kept == word.text else replace(word, text=kept, scripts=[]))
            seen += len(word.text)
        title = rest_of(line, words or line.words)
        piece.rows.append((spans_of([title], around_it.links, around_it.known), number))
    return piece
