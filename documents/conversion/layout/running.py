"""Running lines: headers and footers, told by their places over the pages.

Only what lies outside of everything else on its page can be one, and only if the same place of
another page says the same, or a page number that counts with the pages. A line whose place says one
thing, then another, then the first again is a fact of each page and stays.
"""

import re
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from ..document import Box
from .page import SourcePage, Word
from .textlines import baselines, box_of, in_reading_order, is_rtl, joined, segments

BAND = 0.18  # of the height: farther in there are no running lines
OUTER_BAND = 0.12  # farther in they have to stand well apart from the text
WELL_APART = 1.9  # em
LEAST_BAND = 72.0  # points
MOST_LINES = 4  # on each side
WIDER = 1.2  # of the usual distance of the lines of the page
FEW_GAPS = 4
OF_THE_BODY = 0.95  # of the size of most letters of the page
MANY_WORDS = 9  # in type as large as the text
CENTRED = 6.0  # points
SAME_PLACE = 3.0  # points
APART = 1.45  # em between the baselines of a running line and the text
DIGITS = re.compile(r"\d+")
ROMAN = re.compile(r"[ivxlc]{1,7}")
# A number with nothing but signs, or with a word for "page".
BARE = re.compile(r"\A[\s\-–—.|/·\[\]()]*+(?:\d{1,5})[\s\-–—.|/·\[\]()]*+")
NAMED = re.compile(
    r"\b(?:page|p\.|pp\.|seite|s\.|p[aá]gina|p[aá]g\.|str\.|strona|blz\.|side|sida|sivu)\s*#"
    r"|стр|σελ|صفحة|第\s*#|ページ|# */ *#|# (?:of|von|de|di|van|sur|av|из|z) #"
    r"|^#\s*[|·•–—-]|[|·•–—]\s*#$",
    re.IGNORECASE,
)
PAGE_NUMBER = re.compile(
    r"\A[\s\-–—(\[]*+(?:page|p\.|seite|p[aá]gina|p[aá]g\.|strona|str\.|side|sida|стр\.|σελ\.)\s*\d{1,4}"
    r"(?:\s*(?:of|/|von|de|sur|di|van|z|av|из)\s*\d{1,4})?[\s\-–—)\]]*",
    re.IGNORECASE,
)
LONE_NUMBER = re.compile(r"\A[1-9]\d{0,3}")
REACH = 6  # pages that a line is compared with on both sides


@dataclass(slots=True)
class Candidate:
    """A piece of a line in the upper or lower band of a page."""

    page: SourcePage
    place: int  # of the page among all pages
    side: str
    order: int  # 0 is the outermost line
    words: list[Word]
    box: Box
    y: float  # from the edge on its side
    size: float
    text: str
    shape: str  # the text with # for each number
    is_running: bool = False


@dataclass(slots=True)
class Known:
    """What earlier pages had as running lines, so that pages can be read a few at a time."""

    pages: int = 0
    candidates: list[Candidate] = field(default_factory=list)


@dataclass(slots=True)
class Removed:
    """A running line that was taken out of a page."""

    page: int
    side: str
    text: str
    box: Box


def take(pages: Sequence[SourcePage], known: Known) -> list[Removed]:
    """Take the running lines out of these pages, which follow those that `known` is about."""
    rows = [
        candidate
        for number, page in enumerate(pages)
        for candidate in _candidates(page, known.pages + number)
    ]
    every = known.candidates + rows
    is_alone = len(pages) == 1 and not known.pages
    _match(every)
    for candidate in rows:
        # "Page 3" alone is told by its name.
        candidate.is_running |= bool(PAGE_NUMBER.fullmatch(candidate.text)) or _is_own(
            candidate, is_alone
        )
    _drop_facts(every)
    before = {page.number: page.words for page in pages}
    removed = [removal for place in _by_page(rows) for removal in _strip(place)]
    for page in pages:
        # A page that holds nothing else is a form, or a title: its lines are its text.
        if not page.words and before[page.number]:
            page.words = before[page.number]
            removed = [one for one in removed if one.page != page.number]
    known.pages += len(pages)
    known.candidates = [candidate for candidate in every if candidate.place >= known.pages - REACH]
    for candidate in known.candidates:
        candidate.words = []
    return removed


def _is_own(candidate: Candidate, is_alone: bool) -> bool:
    """Whether it is the number of its page at the foot: it counts all by itself.

    It stands in the middle or at an edge of the text. A page alone, out of a longer print, may
    have any number, in the middle and well apart from the text.
    """
    page, box = candidate.page, candidate.box
    is_outermost = candidate.side == "footer" and candidate.order == 0
    is_in_band = candidate.y <= OUTER_BAND * page.height
    if not (is_outermost and is_in_band and LONE_NUMBER.fullmatch(candidate.text)):
        return False
    above = [word for word in page.words if word.baseline < box.top]
    if not above:
        return False
    left, right = min(word.x0 for word in above), max(word.x1 for word in above)
    middle = (box.left + box.right) / 2
    is_centred = min(abs(middle - page.width / 2), abs(middle - (left + right) / 2)) <= CENTRED
    is_apart = page.height - candidate.y - max(w.baseline for w in above) > 2 * WELL_APART * (
        candidate.size
    )
    if candidate.text == str(page.number):
        is_at_edge = min(abs(box.left - left), abs(box.right - right)) <= CENTRED
        return is_centred or (is_at_edge and is_apart)
    return is_alone and is_centred and is_apart


def _candidates(page: SourcePage, place: int) -> Iterator[Candidate]:
    band = max(BAND * page.height, LEAST_BAND)
    words = [word for word in page.words if not word.turn]
    for side in ("header", "footer"):
        if side == "header":
            inside = [word for word in words if word.baseline <= band]
            rows = baselines(inside)[:MOST_LINES]
        else:
            inside = [word for word in words if word.baseline >= page.height - band]
            rows = baselines(inside)[::-1][:MOST_LINES]
        for order, row in enumerate(rows):
            for part in segments(row):
                yield _candidate(page, place, side, order, part)


def _candidate(page: SourcePage, place: int, side: str, order: int, part: list[Word]) -> Candidate:
    text = joined(in_reading_order(part, is_rtl(part)))[:300]
    y = part[0].baseline
    size = max(word.size for word in part)
    return Candidate(
        page=page,
        place=place,
        side=side,
        order=order,
        words=part,
        box=box_of(part),
        y=y if side == "header" else page.height - y,
        size=size,
        text=text,
        shape="#" if ROMAN.fullmatch(text) else DIGITS.sub("#", text),
    )


def _match(candidates: Sequence[Candidate]) -> None:
    """Mark those that have the same at the same place of a page near by."""
    alike: dict[tuple[str, str], list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        alike[candidate.side, candidate.shape].append(candidate)
    for group in alike.values():
        for number, one in enumerate(group):
            for other in group[number + 1 : number + 1 + 4 * REACH]:
                if other.place - one.place > REACH:
                    break
                if other.place != one.place and _are_same(one, other):
                    one.is_running = other.is_running = True


def _are_same(one: Candidate, other: Candidate) -> bool:
    if abs(one.y - other.y) > SAME_PLACE or abs(one.size - other.size) > 1.0:
        return False
    if not _is_aligned(one, other):
        return False
    if one.text == other.text:
        # A number that is the same on two pages is no page number but a fact.
        return not BARE.fullmatch(one.text)
    return _counts(one, other)


def _is_aligned(one: Candidate, other: Candidate) -> bool:
    a, b = one.box, other.box
    near = (a.left - b.left, a.right - b.right, (a.left + a.right - b.left - b.right) / 2)
    if min(map(abs, near)) <= SAME_PLACE:
        return True
    # Left and right pages mirror each other.
    if (one.place - other.place) % 2 == 0:
        return False
    mirrored = (a.left - (other.page.width - b.right), a.right - (other.page.width - b.left))
    return min(map(abs, mirrored)) <= SAME_PLACE


def _counts(one: Candidate, other: Candidate) -> bool:
    """Whether two texts differ by a page number only."""
    steps = other.place - one.place
    if ROMAN.fullmatch(one.text) and ROMAN.fullmatch(other.text):
        return _roman(other.text) - _roman(one.text) == steps
    ours, theirs = DIGITS.findall(one.text), DIGITS.findall(other.text)
    differing = [
        int(b) - int(a)
        for a, b in zip(ours, theirs, strict=False)
        if a != b and len(a) < 6 and len(b) < 6
    ]
    # A picture of an open book counts two pages at a time.
    if len(differing) != 1 or differing[0] not in {steps, 2 * steps}:
        return False
    return bool(BARE.fullmatch(one.text) or NAMED.search(one.shape) or _ends_apart(one))


def _ends_apart(candidate: Candidate) -> bool:
    """Whether the number stands at an end of the line, wider apart than words are."""
    words = candidate.words
    if len(words) < 2:
        return False
    wide = 0.6 * candidate.size
    first, last = words[1].x0 - words[0].x1 > wide, words[-1].x0 - words[-2].x1 > wide
    return (first and words[0].text.isdigit()) or (last and words[-1].text.isdigit())


def _roman(text: str) -> int:
    values = [{"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}[char] for char in text]
    pairs = zip(values, [*values[1:], 0], strict=True)
    return sum(-one if one < after else one for one, after in pairs)


def _drop_facts(candidates: Sequence[Candidate]) -> None:
    """Unmark places that say one thing, then another, then the first again.

    The titles of chapters at the head of pages follow each other and do not come back; those of
    left and right pages take turns, so each side is judged by itself.
    """
    places: dict[tuple[str, int], list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        places[candidate.side, round(candidate.y / (2 * SAME_PLACE))].append(candidate)
    for row_of_pages in places.values():
        # What stands side by side are several places.
        for group in _aligned_groups(row_of_pages):
            if _tells_facts(sorted(group, key=lambda c: c.place)):
                for candidate in group:
                    candidate.is_running = candidate.is_running and bool(
                        NAMED.search(candidate.shape) or BARE.fullmatch(candidate.text)
                    )


def _tells_facts(group: Sequence[Candidate]) -> bool:
    """Whether one place says different things of its pages, in no order that titles have.

    `group` is in the order of the pages.
    """
    shapes = [candidate.shape for candidate in group]
    counts = Counter(shapes)
    if len(counts) == 1:
        return False
    # The first page of many documents has a head of its own.
    single = [c for c in group if counts[c.shape] == 1 and c.place > 0]
    if single and sum(count > 1 for count in counts.values()) < 2:
        return True
    if any(_comes_back([c.shape for c in group if c.place % 2 == side]) for side in (0, 1)):
        return True
    is_held = any(one.shape == other.shape for one, other in pairwise(group))
    return is_held and _comes_back(shapes)


def _comes_back(shapes: Sequence[str]) -> bool:
    runs = [shape for i, shape in enumerate(shapes) if not i or shapes[i - 1] != shape]
    return len(runs) > len(set(runs))


def _aligned_groups(candidates: Sequence[Candidate]) -> Iterator[list[Candidate]]:
    groups: list[list[Candidate]] = []
    for candidate in candidates:
        for group in groups[:8]:
            if _share_edge(group[0].box, candidate.box):
                group.append(candidate)
                break
        else:
            groups.append([candidate])
    yield from groups


def _by_page(candidates: Sequence[Candidate]) -> Iterator[list[Candidate]]:
    pages: dict[tuple[int, str], list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        pages[candidate.place, candidate.side].append(candidate)
    yield from pages.values()


def _strip(candidates: Sequence[Candidate]) -> Iterator[Removed]:
    """Take the running lines of one side of a page out, from the edge inwards."""
    page, side = candidates[0].page, candidates[0].side
    rows: dict[int, list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        rows[candidate.order].append(candidate)
    taken: list[Candidate] = []
    body = _body_size(page)
    for order in sorted(rows):
        if any(c.size >= OF_THE_BODY * body and len(c.words) >= MANY_WORDS for c in rows[order]):
            break  # that is a line of text
        if not _is_running_row(rows[order], rows.get(order + 1, [])):
            break
        taken += rows[order]
    taken = _apart_from_text(taken, page, side)
    if not taken:
        return
    gone = {id(word) for candidate in taken for word in candidate.words}
    page.words = [word for word in page.words if id(word) not in gone]
    _strip_rulings(page, side, taken)
    for candidate in sorted(taken, key=lambda c: (c.box.top, c.box.left)):
        yield Removed(page.number, side, candidate.text, candidate.box)


def _is_running_row(row: Sequence[Candidate], inner: Sequence[Candidate]) -> bool:
    """Whether all of a line is running: a title beside a page number need not come twice."""
    if _is_table_row(row, inner):
        return False
    running = [candidate.is_running for candidate in row]
    if all(running):
        return True
    if not any(running) or len(row) > 2 or row[0].order:
        return False
    return any(c.is_running and ROMAN_OR_NUMBER.fullmatch(c.text) for c in row)


def _is_table_row(row: Sequence[Candidate], inner: Sequence[Candidate]) -> bool:
    """Whether what stands in a line is set in the columns of the next line."""
    if len(row) < 2 or len(inner) < len(row):
        return False
    aligned = sum(any(_share_edge(one.box, other.box) for other in inner) for one in row)
    return aligned == len(row)


def _share_edge(a: Box, b: Box) -> bool:
    near = (a.left - b.left, a.right - b.right, (a.left + a.right - b.left - b.right) / 2)
    return min(map(abs, near)) <= SAME_PLACE


ROMAN_OR_NUMBER = re.compile(r"\A(?:[ivxlc]{1,7}|[\s\-–—.|]*+\d{1,5}[\s\-–—.|]*+)")


def _apart_from_text(taken: list[Candidate], page: SourcePage, side: str) -> list[Candidate]:
    """Only what more than the space of a line keeps apart from the text, and never all of it."""
    gone = {id(word) for candidate in taken for word in candidate.words}
    rest = [word for word in page.words if id(word) not in gone and not word.turn]
    pitch = _usual_pitch(rest)
    while taken and rest:
        innermost = max(taken, key=lambda c: c.order)
        line = innermost.words[0].baseline
        if side == "header":
            near = min((w for w in rest if w.baseline > line), key=_baseline, default=None)
        else:
            near = max((w for w in rest if w.baseline < line), key=_baseline, default=None)
        least = APART if innermost.y <= OUTER_BAND * page.height else WELL_APART
        least = max(least * max(near.size, innermost.size), WIDER * pitch) if near else 0.0
        if near is None or abs(near.baseline - line) >= least:
            break
        if any(
            NAMED.search(c.shape) or BARE.fullmatch(c.text)
            for c in taken
            if c.order == innermost.order
        ):
            break
        dropped = [c for c in taken if c.order == innermost.order]
        rest += [word for candidate in dropped for word in candidate.words]
        taken = [c for c in taken if c.order != innermost.order]
    return taken


def _body_size(page: SourcePage) -> float:
    sizes: Counter[float] = Counter()
    for word in page.words:
        sizes[word.size] += len(word.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def _usual_pitch(words: Sequence[Word]) -> float:
    """The distance of most lines of a page; 0 if there are few."""
    lines = [row[0].baseline for row in baselines(words)]
    gaps = [after - before for before, after in pairwise(lines)]
    return statistics.median_low(gaps) if len(gaps) >= FEW_GAPS else 0.0


def _baseline(word: Word) -> float:
    return word.baseline


def _strip_rulings(page: SourcePage, side: str, taken: Sequence[Candidate]) -> None:
    """A line that is drawn between a running line and the text goes with it."""
    if side == "header":
        edge = max(c.box.bottom + 0.9 * c.size for c in taken)
        page.rulings = [r for r in page.rulings if not (r.kind == "H" and r.at < edge)]
    else:
        edge = min(c.box.top - 0.9 * c.size for c in taken)
        page.rulings = [r for r in page.rulings if not (r.kind == "H" and r.at > edge)]
