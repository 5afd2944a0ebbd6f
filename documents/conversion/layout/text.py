"""The lines of a region to pieces: paragraphs, items, code, notes, tables of contents.

Paragraphs are told by what typesetters do to part them: more space, an indent, a last line that is
short, another size or weight. All thresholds are in em of the text in question.
"""

import statistics
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from .textlines import TextLine, around, rest_of
from .markers import (
    BOXES,
    TIMID,
    follows,
    is_bullet,
    is_first,
    marker_of,
    note_label,
    without_first,
)
from .page import Link, Ruling
from .pieces import CLOSERS, TERMINAL, Piece, Sort
from .spans import HYPHENS, Vocabulary, spans_of

WIDE = 1.28  # of the usual distance of lines: more is the space between paragraphs
MUCH_SMALLER = 0.85  # of the median: such gaps are those inside of paragraphs, if there are some
SHARE_SMALLER = 0.2
SMALLEST_PITCH = 0.85  # em; what is nearer are cells side by side
LARGEST_PITCH = 2.2  # em; what is further apart is no paragraph at all
USUAL_PITCH = 1.3  # em, where nothing else is known
FEW_GAPS = 4
INDENT = 0.8  # em
OTHER_SIZE = 0.09
FULL = 1.6  # em that a full line may miss of the right edge
SHORT_RULE = 0.55  # of the column: the longest rule above foot notes
SMALL_TYPE = 0.94  # of the body: the largest type of foot notes
DOTS = 4  # that lead to a page number
MAX_PAGE_NUMBER = 8  # characters
CODE_TAB = 200  # columns that code may be indented


@dataclass
class Surroundings:
    """What a region does not know by itself."""

    page: int
    body_size: float = 0.0
    rulings: Sequence[Ruling] = ()
    links: Sequence[Link] = ()
    known: Vocabulary = frozenset()
    pitches: dict[int, float] = field(default_factory=dict)
    is_mono: bool = False  # the whole document is set like code


def pieces_of(lines: Sequence[TextLine], around_it: Surroundings) -> list[Piece]:
    """The pieces of one region, from the top down."""
    if not lines:
        return []
    foot = _foot_of(lines, around_it)
    pieces = list(_body(lines[:foot], around_it)) + list(notes_of(lines[foot:], around_it))
    if pieces:
        pieces[0].is_first = pieces[-1].is_last = True
        running_text = [piece for piece in pieces if piece.sort != "note"]
        if running_text:
            running_text[-1].is_last = True
    return pieces


def pitches_of(regions: Iterable[Sequence[TextLine]]) -> dict[int, float]:
    """The usual distance of lines for each size of type, rounded to half points."""
    gaps: dict[int, list[float]] = defaultdict(list)
    for lines in regions:
        for size, gap in _gaps(lines):
            gaps[size].append(gap)
    return {size: _usual(found) for size, found in gaps.items()}


def _gaps(lines: Sequence[TextLine]) -> Iterator[tuple[int, float]]:
    for before, line in pairwise(lines):
        gap = line.baseline - before.baseline
        same = _bucket(before.size) == _bucket(line.size)
        if same and SMALLEST_PITCH * line.size < gap <= LARGEST_PITCH * line.size:
            yield _bucket(line.size), gap


def _bucket(size: float) -> int:
    return round(2 * size)


def _usual(gaps: list[float]) -> float:
    """The distance of lines inside of paragraphs: the low median, or less if much is less."""
    middle = statistics.median_low(gaps)
    smaller = [gap for gap in gaps if gap < MUCH_SMALLER * middle]
    if len(smaller) >= max(2, SHARE_SMALLER * len(gaps)):
        return statistics.median_low(smaller)
    return middle


def _body(lines: Sequence[TextLine], around_it: Surroundings) -> Iterator[Piece]:
    """Runs of code, of contents, and of text between them."""
    place = 0
    pitches = _own_pitches(lines, around_it)
    while place < len(lines):
        for taken, make in (
            (_code_run(lines, place, around_it), code_piece),
            (_contents_run(lines, place), contents_piece),
        ):
            if taken:
                yield make(lines[place : place + taken], around_it)
                break
        else:
            taken = _text_run(lines, place, around_it)
            yield from _text(lines[place : place + taken], around_it, pitches)
        place += taken


def _own_pitches(lines: Sequence[TextLine], around_it: Surroundings) -> dict[int, float]:
    own: dict[int, list[float]] = defaultdict(list)
    for size, gap in _gaps(lines):
        own[size].append(gap)
    many = {size: _usual(gaps) for size, gaps in own.items() if len(gaps) >= FEW_GAPS}
    few = {size: _usual(gaps) for size, gaps in own.items()}
    pitches = few | around_it.pitches
    # A region may be set wider than the rest; it is never told by its widest gaps alone.
    for size, pitch in many.items():
        known = around_it.pitches.get(size, pitch)
        pitches[size] = pitch if pitch < 1.4 * known else known
    return pitches


def _text_run(lines: Sequence[TextLine], place: int, around_it: Surroundings) -> int:
    taken = 1
    while place + taken < len(lines):
        here = place + taken
        if _code_run(lines, here, around_it) or _contents_run(lines, here):
            break
        taken += 1
    return taken


# Code


def _code_run(lines: Sequence[TextLine], place: int, around_it: Surroundings) -> int:
    """How many lines of code begin here."""
    taken = 0
    while (
        not around_it.is_mono
        and place + taken < len(lines)
        and lines[place + taken].mono
        and (not taken or _goes_on(lines[place + taken - 1], lines[place + taken], 3.2))
    ):
        taken += 1
    if taken == 1 and not _is_code_line(lines[place]):
        return 0
    return taken


def _is_code_line(line: TextLine) -> bool:
    """Whether a single line in type of equal widths is code, and no name that stands alone."""
    return any(map(str.isalnum, line.text))


def _goes_on(before: TextLine, line: TextLine, em: float) -> bool:
    same = abs(before.size - line.size) <= OTHER_SIZE * line.size
    return same and line.baseline - before.baseline <= em * line.size


def code_piece(lines: Sequence[TextLine], around_it: Surroundings) -> Piece:
    widths = [
        (word.x1 - word.x0) / len(word.text) for line in lines for word in line.words if word.text
    ]
    width = max(statistics.median(widths), 0.1)
    left = min(line.x0 for line in lines)
    gaps = [after.baseline - before.baseline for before, after in pairwise(lines)]
    pitch = max(statistics.median_low(gaps), 0.1) if gaps else 1.0
    told = [_code_line(lines[0], left, width)]
    for gap, line in zip(gaps, lines[1:], strict=True):
        told += [""] * max(0, min(round(gap / pitch) - 1, 3))
        told.append(_code_line(line, left, width))
    return piece_of("code", lines, around_it, text="\n".join(told))


def _code_line(line: TextLine, left: float, width: float) -> str:
    text = ""
    for word in line.words:
        column = min(round((word.x0 - left) / width), len(text) + CODE_TAB)
        missing = max(column - len(text), 1 if text and word.gap else 0)
        text += " " * missing + word.text
    return text.rstrip()


# Tables of contents


def _contents_run(lines: Sequence[TextLine], place: int) -> int:
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
        for word in line.words:
            if seen >= length:
                break
            kept = word.text[: length - seen] if seen + len(word.text) > length else word.text
            words.append(word if kept == word.text else replace(word, text=kept, scripts=[]))
            seen += len(word.text) + 1
        title = rest_of(line, words or line.words)
        piece.rows.append((spans_of([title], around_it.links, around_it.known), number))
    return piece




# Notes at the foot of a column


def _foot_of(lines: Sequence[TextLine], around_it: Surroundings) -> int:
    """The first line of the notes at the foot: small type with a label, below a short rule.

    Without a rule they have to be smaller, and to begin with a raised label.
    """
    for place in range(len(lines) - 1, -1, -1):
        line = lines[place]
        if line.size > SMALL_TYPE * (around_it.body_size or line.size):
            break
        above = lines[place - 1].baseline if place else 0.0
        if _has_short_rule(line, above, around_it.rulings):
            return place
    return _raised_foot(lines, around_it)


def _raised_foot(lines: Sequence[TextLine], around_it: Surroundings) -> int:
    first = len(lines)
    for place in range(len(lines) - 1, -1, -1):
        line = lines[place]
        if line.size > SMALL_TYPE * (around_it.body_size or line.size):
            break
        script = line.words[0].scripts[:1]
        if script and script[0].raised and script[0].start == 0 and note_label(line):
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
    starts = [place for place, line in enumerate(lines) if _begins_note(lines, place)]
    if not starts or starts[0] > 0:
        starts.insert(0, 0)
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        own = list(lines[start:end])
        label = note_label(own[0]) or ""
        if label and _begins_note(lines, start):
            own = _without_label(own, label)
        if own:
            yield piece_of("note", own, around_it, label=label)


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


# Paragraphs and items


@dataclass
class _List:
    """The list that a line may go on with: for each open level where its texts begin."""

    texts: list[float] = field(default_factory=list)
    markers: list[float] = field(default_factory=list)
    last: list[str] = field(default_factory=list)


def _text(
    lines: Sequence[TextLine], around_it: Surroundings, pitches: dict[int, float]
) -> Iterator[Piece]:
    markers = [marker_of(line) for line in lines]
    starts = _item_starts(lines, markers)
    current: list[TextLine] = []
    marker: str | None = None
    for place, line in enumerate(lines):
        begins = place in starts
        if current and (begins or _breaks(current, line, lines[place + 1 :], marker, pitches)):
            yield _paragraph(current, marker, around_it)
            current, marker = [], None
        if begins:
            marker = markers[place]
        current.append(line)
    if current:
        yield _paragraph(current, marker, around_it)


def _item_starts(lines: Sequence[TextLine], markers: Sequence[str | None]) -> set[int]:
    """Which lines begin an item: a bullet does, a number only as one of several, or set apart."""
    starts: set[int] = set()
    for place, (line, marker) in enumerate(zip(lines, markers, strict=True)):
        if marker is None:
            continue
        if is_bullet(marker) and marker not in TIMID:
            starts.add(place)
        elif _stands_out(lines, place, marker) or _is_next(lines, markers, place):
            starts.add(place)
    return starts


def _stands_out(lines: Sequence[TextLine], place: int, marker: str) -> bool:
    """Whether the text of an item hangs: its second line begins under its first word."""
    line = lines[place]
    text = _text_start(line)
    is_indented = line.x0 - line.left > INDENT * line.size
    wide = text - line.words[0].x1 > 0.45 * line.size if text > line.x0 else False
    before = lines[place - 1] if place else None
    is_new = (
        before is None
        or not is_line_full(before)
        or _ends_sentence(before)
        or abs(before.x0 - line.x0) > 0.5 * line.size
    )
    if place + 1 < len(lines) and is_new:
        after = lines[place + 1]
        near = after.baseline - line.baseline < LARGEST_PITCH * line.size
        if near and abs(after.x0 - text) <= 0.35 * line.size and after.x0 - line.x0 > 0.5 * line.size:
            return True
    return is_new and (is_indented or wide) and (is_bullet(marker) or is_first(marker) or wide)


def _is_next(
    lines: Sequence[TextLine], markers: Sequence[str | None], place: int
) -> bool:
    """Whether a near line has the number before or after, at the same place."""
    line, marker = lines[place], markers[place] or ""
    for step in (-1, 1):
        other = place + step
        while 0 <= other < len(lines) and abs(other - place) <= 12:
            theirs = markers[other]
            same = abs(_text_start(lines[other]) - _text_start(line)) <= 0.6 * line.size
            if theirs and same:
                pair = (theirs, marker) if step < 0 else (marker, theirs)
                if follows(*pair):
                    return True
            other += step
    return False


def _text_start(line: TextLine) -> float:
    """Where the text behind the marker begins."""
    return line.words[1].x0 if len(line.words) > 1 else line.x0


def _breaks(
    current: Sequence[TextLine],
    line: TextLine,
    following: Sequence[TextLine],
    marker: str | None,
    pitches: dict[int, float],
) -> bool:
    """Whether a new paragraph begins with `line`."""
    before = current[-1]
    if abs(before.size - line.size) > OTHER_SIZE * max(before.size, line.size):
        return True
    em = line.size
    gap = line.baseline - before.baseline
    pitch = pitches.get(_bucket(em), USUAL_PITCH * em)
    if gap > WIDE * pitch + 0.3 or gap > LARGEST_PITCH * em or gap < -0.5 * em:
        return True
    if before.bold != line.bold and _is_title(current, line, following):
        return True
    if _ends_paragraph(before, line):
        return True
    if marker is not None:
        text = _text_start(current[0])
        return line.x0 < text - INDENT * em and not is_line_full(before)
    return _is_indented(current, before, line)


def _is_title(
    current: Sequence[TextLine], line: TextLine, following: Sequence[TextLine]
) -> bool:
    """Whether a change of weight is that between a bold title and the text below it."""
    before = current[-1]
    if before.bold:
        return all(one.bold for one in current) and (not is_line_full(before) or not line.words[0].bold)
    return not is_line_full(before) or _ends_sentence(before)


def _ends_paragraph(before: TextLine, line: TextLine) -> bool:
    """Whether a line ends before the edge although the next word had room."""
    if not _ends_sentence(before):
        return False
    first = line.words[0]
    room = before.right - before.x1
    return room > (first.x1 - first.x0) + 1.0 * before.size


def _ends_sentence(line: TextLine) -> bool:
    text = line.words[-1].text.rstrip(CLOSERS)
    return bool(text) and text[-1] in TERMINAL


def is_line_full(line: TextLine) -> bool:
    """Whether a line reaches the end of its column."""
    if line.words[-1].text.endswith(HYPHENS):
        return True
    return line.right - line.x1 <= max(FULL * line.size, 0.08 * (line.right - line.left))


def _is_indented(current: Sequence[TextLine], before: TextLine, line: TextLine) -> bool:
    em = line.size
    step = line.x0 - before.x0
    if step > INDENT * em:
        ends = not is_line_full(before) or _ends_sentence(before)
        centred = abs((line.x0 + line.x1) - (before.x0 + before.x1)) < em
        return ends and not centred
    if step < -INDENT * em and len(current) > 1:
        centred = abs((line.x0 + line.x1) - (before.x0 + before.x1)) < em
        return not centred
    return False


def _paragraph(
    lines: Sequence[TextLine], marker: str | None, around_it: Surroundings
) -> Piece:
    if marker is None:
        return piece_of("text", lines, around_it)
    first = lines[0]
    words = without_first(first.words, len(marker))
    inner = [rest_of(first, words), *lines[1:]]
    piece = piece_of("item", inner, around_it)
    piece.box = around([line.box() for line in lines])
    piece.marker = marker
    if marker in BOXES:
        piece.marker, piece.checked = "-", BOXES[marker]
    piece.left = words[0].x0 - first.left
    return piece


def piece_of(
    sort: Sort, lines: Sequence[TextLine], around_it: Surroundings, **more: Any
) -> Piece:
    """A piece of these lines; code and contents bring their own text."""
    first, last = lines[0], lines[-1]
    confidences = [
        word.confidence for line in lines for word in line.words if word.confidence is not None
    ]
    piece = Piece(
        sort,
        around_it.page,
        around([line.box() for line in lines]),
        size=statistics.median(line.size for line in lines),
        bold=all(line.bold for line in lines),
        italic=all(line.italic for line in lines),
        lines=len(lines),
        left=first.x0 - first.left,
        width=first.right - first.left,
        is_full=is_line_full(last),
        room=last.right - last.x1,
        is_indented=len(lines) > 1 and first.x0 - lines[1].x0 > INDENT * first.size,
        is_centred=_is_centred(lines),
        confidence=statistics.fmean(confidences) if confidences else None,
        **more,
    )
    if sort not in {"code", "contents"}:
        piece.spans = spans_of(lines, around_it.links, around_it.known)
    return piece


def _is_centred(lines: Sequence[TextLine]) -> bool:
    return all(
        abs((line.x0 - line.left) - (line.right - line.x1)) <= 1.5 * line.size
        and line.x0 - line.left > 1.5 * line.size
        for line in lines
    )
