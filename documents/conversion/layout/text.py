"""The lines of a region to pieces: paragraphs, items, code, notes, tables of contents.

Paragraphs are told by what typesetters do to part them: more space, an indent, a last line that is
short, another size or weight. All thresholds are in em of the text in question.
"""

import statistics
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from .contents import contents_piece, contents_run
from .footnotes import foot_of, notes_of
from .listings import code_piece, code_run
from .markers import BOXES, TIMID, follows, is_bullet, is_first, marker_of, without_first
from .pieces import Piece
from .piecing import INDENT, OTHER_SIZE, Surroundings, ends_sentence, is_line_full, piece_of
from .textlines import TextLine, around, rest_of

WIDE = 1.28  # of the usual distance of lines: more is the space between paragraphs
MUCH_SMALLER = 0.85  # of the median: such gaps are those inside of paragraphs, if there are some
SHARE_SMALLER = 0.2
SMALLEST_PITCH = 0.85  # em; what is nearer are cells side by side
LARGEST_PITCH = 2.2  # em; what is further apart is no paragraph at all
USUAL_PITCH = 1.3  # em, where nothing else is known
FEW_GAPS = 4
SHORT_ROOM = 0.5  # of the width of a column
NEAR_LINES = 12  # within which the items of a list follow each other


def pieces_of(lines: Sequence[TextLine], around_it: Surroundings) -> list[Piece]:
    """The pieces of one region, from the top down."""
    if not lines:
        return []
    foot = foot_of(lines, around_it)
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
            (code_run(lines, place, around_it), code_piece),
            (contents_run(lines, place), contents_piece),
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
        if code_run(lines, here, around_it) or contents_run(lines, here):
            break
        taken += 1
    return taken


def _text(
    lines: Sequence[TextLine], around_it: Surroundings, pitches: dict[int, float]
) -> Iterator[Piece]:
    markers = [marker_of(line) for line in lines]
    starts = _item_starts(lines, markers)
    current: list[TextLine] = []
    marker: str | None = None
    for place, line in enumerate(lines):
        begins = place in starts
        if current and (begins or _breaks(current, line, marker, pitches)):
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
    for place, marker in enumerate(markers):
        if marker is None:
            continue
        is_sure = is_bullet(marker) and marker not in TIMID
        in_list = bool(starts) and place - max(starts) <= NEAR_LINES
        is_item = is_sure or _stands_out(lines, place, marker, in_list=in_list)
        if is_item or _is_next(lines, markers, place):
            starts.add(place)
    return starts


def _stands_out(lines: Sequence[TextLine], place: int, marker: str, *, in_list: bool) -> bool:
    """Whether the text of an item hangs: its second line begins under its first word."""
    line = lines[place]
    text = _text_start(line)
    is_indented = line.x0 - line.left > INDENT * line.size
    wide = text - line.words[0].x1 > 0.45 * line.size if text > line.x0 else False
    before = lines[place - 1] if place else None
    is_new = (
        before is None
        or not is_line_full(before)
        or ends_sentence(before)
        or abs(before.x0 - line.x0) > 0.5 * line.size
    )
    if place + 1 < len(lines) and is_new:
        after = lines[place + 1]
        near = after.baseline - line.baseline < LARGEST_PITCH * line.size
        hangs = after.x0 - line.x0 > 0.5 * line.size
        if near and hangs and abs(after.x0 - text) <= 0.35 * line.size:
            return True
    is_likely = is_bullet(marker) or is_first(marker) or wide or in_list
    return is_new and (is_indented or wide) and is_likely


def _is_next(lines: Sequence[TextLine], markers: Sequence[str | None], place: int) -> bool:
    """Whether a near line has the number before or after, at the same place."""
    line, marker = lines[place], markers[place] or ""
    for step in (-1, 1):
        other = place + step
        while 0 <= other < len(lines) and abs(other - place) <= NEAR_LINES:
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
    if before.bold != line.bold and _is_title(current, line):
        return True
    if _ends_paragraph(before, line) or (marker is None and _ends_short(before, line)):
        return True
    if marker is not None:
        text = _text_start(current[0])
        return line.x0 < text - INDENT * em and not is_line_full(before)
    return _is_indented(current, before, line)


def _is_title(current: Sequence[TextLine], line: TextLine) -> bool:
    """Whether a change of weight is that between a bold title and the text below it."""
    before = current[-1]
    if before.bold:
        ends = not is_line_full(before) or not line.words[0].bold
        return ends and all(one.bold for one in current)
    return not is_line_full(before) or ends_sentence(before)


def _ends_paragraph(before: TextLine, line: TextLine) -> bool:
    """Whether a line ends before the edge although the next word had room."""
    if not ends_sentence(before):
        return False
    first = line.words[0]
    room = before.right - before.x1
    return room > (first.x1 - first.x0) + 1.0 * before.size


def _ends_short(before: TextLine, line: TextLine) -> bool:
    """Whether a line ends far from the edge: lines of an address, or of what stands line by line.

    Lines of a text that is not justified have less room than that. Bold lines may be a title.
    """
    if before.bold or line.bold or line.words[0].text[:1].islower():
        return False
    flush = max(before.x0 - before.left, line.x0 - line.left) < 0.5 * line.size
    return flush and before.right - before.x1 > SHORT_ROOM * (before.right - before.left)


def _is_indented(current: Sequence[TextLine], before: TextLine, line: TextLine) -> bool:
    em = line.size
    step = line.x0 - before.x0
    if step > INDENT * em:
        ends = not is_line_full(before) or ends_sentence(before)
        centred = abs((line.x0 + line.x1) - (before.x0 + before.x1)) < em
        return ends and not centred
    if step < -INDENT * em and len(current) > 1:
        centred = abs((line.x0 + line.x1) - (before.x0 + before.x1)) < em
        return not centred
    return False


def _paragraph(lines: Sequence[TextLine], marker: str | None, around_it: Surroundings) -> Piece:
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
