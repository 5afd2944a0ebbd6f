"""Notes at the foot of a column: small type with a label, mostly below a short rule."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from .markers import LABEL, note_label, without_first
from .page import Ruling
from .pieces import Piece
from .piecing import Surroundings, piece_of
from .textlines import TextLine, rest_of

MOST_LINES = 40  # of all notes of a column
SHORT_RULE = 0.55  # of the column: the longest rule above foot notes
SMALL_TYPE = 0.94  # of the body: the largest type of foot notes


def foot_of(lines: Sequence[TextLine], around_it: Surroundings) -> int:
    """The first line of the notes at the foot: small type with a label, below a short rule.

    Without a rule they have to be smaller, and to begin with a raised label.
    """
    for place in range(len(lines) - 1, max(-1, len(lines) - MOST_LINES), -1):
        line = lines[place]
        above = lines[place - 1].baseline if place else 0.0
        is_small = line.size <= SMALL_TYPE * (around_it.body_size or line.size)
        if not _has_short_rule(line, above, around_it.rulings):
            continue
        if is_small or _has_raised_label(line):
            return place
    return _raised_foot(lines, around_it)


def _has_raised_label(line: TextLine) -> bool:
    first = line.words[0]
    script = first.scripts[:1]
    is_raised = bool(script and script[0].raised and script[0].start == 0)
    return note_label(line) is not None and (is_raised or first.size < 0.86 * line.size)


def _raised_foot(lines: Sequence[TextLine], around_it: Surroundings) -> int:
    first = len(lines)
    for place in range(len(lines) - 1, -1, -1):
        line = lines[place]
        if line.size > SMALL_TYPE * (around_it.body_size or line.size):
            break
        if _has_raised_label(line):
            first = place
    return first


def _has_short_rule(line: TextLine, above: float, rulings: Sequence[Ruling]) -> bool:
    column = max(line.right - line.left, 1.0)
    return any(
        rule.kind == "H"
        and above < rule.at < line.baseline
        and line.baseline - rule.at < 3.5 * line.size
        and rule.end - rule.start <= max(SHORT_RULE * column, 160.0)
        and rule.end - rule.start >= 0.08 * column
        and abs(_start(rule, line) - line.left) <= 2 * line.size
        for rule in rulings
    )


def _start(rule: Ruling, line: TextLine) -> float:
    return line.mirror - rule.end if line.mirror else rule.start


def notes_of(lines: Sequence[TextLine], around_it: Surroundings) -> Iterator[Piece]:
    """One note for each label; lines without one go on with the note above."""
    if not lines:
        return
    split = _second_column(lines)
    if split:
        for half in _halves(lines, split):
            yield from notes_of(half, around_it)
        return
    starts = [place for place, line in enumerate(lines) if _begins_note(lines, place)]
    if not starts or starts[0] > 0:
        starts.insert(0, 0)
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        own = list(lines[start:end])
        label = note_label(own[0]) or ""
        if label and _begins_note(lines, start):
            rest = _without_label(own, label)
            own, label = (rest, label) if rest else (own, "")
        yield piece_of("note", own, around_it, label=label)


def _second_column(lines: Sequence[TextLine]) -> float:
    """Where notes begin a second time, beside the first: there are two columns; 0 if nowhere."""
    for line in lines:
        for before, word in pairwise(line.words):
            script = word.scripts[:1]
            is_label = bool(script and script[0].raised and script[0].start == 0)
            is_label = is_label or word.size < 0.86 * line.size
            apart = word.x0 - before.x1 > line.size
            if is_label and apart and LABEL.match(word.text):
                return word.x0
    return 0.0


def _halves(lines: Sequence[TextLine], split: float) -> Iterator[list[TextLine]]:
    for is_right in (False, True):
        half = [
            rest_of(line, words)
            for line in lines
            if (
                words := [word for word in line.words if (word.x0 >= split - line.size) == is_right]
            )
        ]
        if half:
            yield half


def _begins_note(lines: Sequence[TextLine], place: int) -> bool:
    line = lines[place]
    if not note_label(line):
        return False
    script = line.words[0].scripts[:1]
    if script and script[0].raised:
        return True
    # A number at the head of a line that goes on with a sentence is no label.
    return place == 0 or not line.words[0].text[0].isalpha()


def _without_label(lines: list[TextLine], label: str) -> list[TextLine]:
    first = lines[0]
    word = first.words[0]
    raised = word.scripts[0].end if word.scripts and word.scripts[0].start == 0 else len(word.text)
    words = without_first(first.words, raised)
    if not words:
        return lines[1:]
    return [rest_of(first, words), *lines[1:]]
