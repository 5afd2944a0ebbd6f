"""Lines of words and their segments: what stands on one baseline, and where it has wide gaps."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace

from .page import Line, Ruling, Script, Word

SAME_BASELINE = 0.2  # em; formulas and tables set by hand are less exact than running text
JOINS_LINE = 0.65  # em that a raised or lowered word may be off the line that it belongs to
SMALLER = 0.86  # of the size of the line, what is raised over it
TOUCHING = 0.3  # em between a word and its raised mark
NO_SPACE = 0.12  # em; nobody sees a space that is smaller


@dataclass(slots=True)
class Segment:
    """Words of a line without a wide gap between them."""

    words: list[Word]
    x0: float
    x1: float
    baseline: float
    size: float

    @property
    def top(self) -> float:
        return self.baseline - 0.8 * self.size

    @property
    def bottom(self) -> float:
        return self.baseline + 0.22 * self.size

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)


class Fences:
    """Vertical rulings, asked for those that stand between two words of a line."""

    def __init__(self, rulings: list[Ruling]) -> None:
        self.rulings = sorted((r for r in rulings if r.kind == "V"), key=lambda r: r.at)
        self.places = [r.at for r in self.rulings]

    def between(self, left: float, right: float, y: float) -> bool:
        first, last = bisect_left(self.places, left), bisect_right(self.places, right)
        return any(r.start - 1 <= y <= r.end + 1 for r in self.rulings[first:last])


def line_of(words: list[Word]) -> Line:
    """One line of words that stand on one baseline."""
    words = sorted(words, key=lambda word: word.x0)
    sizes: dict[float, int] = {}
    for word in words:
        sizes[word.size] = sizes.get(word.size, 0) + len(word.text)
    size = max(sizes, key=lambda value: (sizes[value], value))
    baseline = next(word.baseline for word in words if word.size == size)
    return Line(words, baseline, size, words[0].x0, max(word.x1 for word in words))


def lines_of(words: list[Word]) -> list[Line]:
    """Lines from top to bottom. Words that are raised over a neighbour belong to its line."""
    rows: list[list[Word]] = []
    anchor = 0.0
    for word in sorted(words, key=lambda word: (word.baseline, word.x0)):
        if rows and word.baseline - anchor <= SAME_BASELINE * min(word.size, rows[-1][0].size):
            rows[-1].append(word)
        else:
            rows.append([word])
            anchor = word.baseline
    return _with_marks([line_of(row) for row in rows])


def _with_marks(lines: list[Line]) -> list[Line]:
    """Lines into which the marks that are raised or lowered beside them are taken back."""
    kept: list[Line | None] = list(lines)
    for at, line in enumerate(lines):
        for other_at in (at + 1, at - 1):
            other = kept[other_at] if 0 <= other_at < len(lines) else None
            if other is None or kept[at] is None:
                continue
            if all(_is_mark(word, other) for word in line.words):
                raised = line.baseline < other.baseline
                kept[other_at] = line_of(
                    other.words + [_as_script(word, raised) for word in line.words]
                )
                kept[at] = None
    return [line for line in kept if line is not None]


def _is_mark(word: Word, line: Line) -> bool:
    if abs(word.baseline - line.baseline) > JOINS_LINE * line.size:
        return False
    if word.size > SMALLER * line.size:
        return False
    reach = TOUCHING * line.size
    return any(
        -reach <= word.x0 - other.x1 <= reach or -reach <= other.x0 - word.x1 <= reach
        for other in line.words
    )


def _as_script(word: Word, raised: bool) -> Word:
    return replace(word, scripts=[Script(0, len(word.text), raised)])


def segments_of(line: Line, gap: float, fences: Fences | None = None) -> list[Segment]:
    """The parts of a line between gaps of more than `gap` em, and between vertical rulings."""
    return [_segment(words) for words in _runs(line, gap * line.size, fences)]


def _runs(line: Line, gap: float, fences: Fences | None) -> Iterator[list[Word]]:
    run: list[Word] = []
    right = 0.0
    middle = line.baseline - 0.3 * line.size
    for word in line.words:
        if run and (
            word.x0 - right > gap or (fences and fences.between(right - 1, word.x0 + 1, middle))
        ):
            yield run
            run = []
        right = max(right, word.x1) if run else word.x1
        run.append(word)
    if run:
        yield run


def _segment(words: list[Word]) -> Segment:
    largest = max(words, key=lambda word: word.size)
    right = max(word.x1 for word in words)
    return Segment(words, words[0].x0, right, largest.baseline, largest.size)


def text_of(words: list[Word]) -> str:
    """Words with the spaces that people see between them."""
    text, right = "", None
    for word in words:
        if right is not None and (word.gap or word.x0 - right > NO_SPACE * word.size):
            text += " "
        text += word.text
        right = word.x1
    return text
