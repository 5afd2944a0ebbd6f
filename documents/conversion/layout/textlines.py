"""Lines of text: words that stand on one baseline, and what they have in common."""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ..document import Box
from .page import Link, SourcePage, Word

SAME_BASELINE = 0.35  # em
SEGMENT_GAP = 1.5  # em; a wider one parts what stands on one baseline
RIGHT_TO_LEFT = "\u0590"  # no letter before it is written from the right
MAX_SIDE = 100_000.0  # points


@dataclass(slots=True)
class TextLine:
    """Words in reading order, and the edges of the column they stand in.

    A line that is read from the right is mirrored, so that whoever looks at it need not care:
    each x was `mirror` - x on the page. 0 means that it is not.
    """

    words: list[Word]
    left: float
    right: float
    x0: float
    x1: float
    baseline: float
    size: float
    bold: bool
    italic: bool
    mono: bool
    mirror: float = 0.0

    @property
    def text(self) -> str:
        return joined(self.words)

    def box(self) -> Box:
        """Where it stands on the page."""
        box = box_of(self.words)
        if not self.mirror:
            return box
        return Box(self.mirror - box.right, box.top, self.mirror - box.left, box.bottom)


def line_of(words: Sequence[Word], left: float, right: float) -> TextLine:
    """One line of these words, which stand side by side from the left to the right."""
    sizes: Counter[float] = Counter()
    for word in words:
        sizes[word.size] += len(word.text)
    size = sizes.most_common(1)[0][0]
    letters = [word for word in words if any(map(str.isalnum, word.text))] or words
    return TextLine(
        words=list(words),
        left=left,
        right=right,
        x0=min(word.x0 for word in words),
        x1=max(word.x1 for word in words),
        baseline=next(word.baseline for word in words if word.size == size),
        size=size or 1.0,
        bold=all(word.bold for word in letters),
        italic=all(word.italic for word in letters),
        mono=all(word.mono for word in letters),
    )


def reading_line(words: Sequence[Word], left: float, right: float, rtl: bool) -> TextLine:
    """The line of words that stand from the left to the right, as it is read."""
    if not rtl:
        line = line_of(words, left, right)
        line.words = in_reading_order(line.words, rtl=False)
        return line
    mirror = left + right or 1.0
    ordered = in_reading_order(words, rtl=True)
    line = line_of([_mirrored(word, mirror) for word in ordered], left, right)
    line.mirror = mirror
    return line


def rest_of(line: TextLine, words: Sequence[Word]) -> TextLine:
    """A line of some of the words of another."""
    rest = line_of(words, line.left, line.right)
    rest.mirror = line.mirror
    return rest


def _mirrored(word: Word, mirror: float) -> Word:
    text, scripts, gap = word.text, word.scripts, word.gap
    if not any(map(str.isalpha, text)):
        text = _turned_signs(text)
        scripts = scripts if text == word.text else []
        gap = gap and not all(char in ".,;:!?)" for char in text)
    return replace(
        word, text=text, scripts=scripts, gap=gap, x0=mirror - word.x1, x1=mirror - word.x0
    )


def _turned_signs(text: str) -> str:
    """A number whose signs stand where the line, which goes from the right, has put them."""
    head = len(text) - len(text.lstrip(".,;:!?-–)"))
    tail = len(text) - len(text.rstrip(".,;:!?-–("))
    if head == len(text):
        return text
    middle = text[head : len(text) - tail]
    return text[len(text) - tail :][::-1] + middle + text[:head][::-1]


def baselines(words: Iterable[Word]) -> list[list[Word]]:
    """Words by their baselines from the top down, each from the left to the right."""
    rows: list[list[Word]] = []
    for word in sorted(words, key=lambda w: (w.baseline, w.x0)):
        if rows and word.baseline - rows[-1][0].baseline <= SAME_BASELINE * max(
            1.0, min(word.size, rows[-1][0].size)
        ):
            rows[-1].append(word)
        else:
            rows.append([word])
    for row in rows:
        row.sort(key=lambda w: w.x0)
    return rows


def segments(row: Sequence[Word]) -> Iterator[list[Word]]:
    """The parts of a row that wide gaps keep apart."""
    part = [row[0]]
    for before, word in pairwise(row):
        if word.x0 - before.x1 > SEGMENT_GAP * max(word.size, before.size):
            yield part
            part = []
        part.append(word)
    yield part


def joined(words: Sequence[Word]) -> str:
    """The text of words in reading order."""
    parts = []
    for place, word in enumerate(words):
        parts.append(f" {word.text}" if word.gap and place else word.text)
    return "".join(parts)


def box_of(words: Sequence[Word]) -> Box:
    return Box(
        min(word.x0 for word in words),
        min(word.top for word in words),
        max(word.x1 for word in words),
        max(word.bottom for word in words),
    )


def around(boxes: Iterable[Box]) -> Box:
    """The smallest box around several."""
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return Box(min(lefts), min(tops), max(rights), max(bottoms))


def within(box: Box, page: SourcePage) -> Box:
    """The part of `box` that lies on its page."""
    width, height = min(page.width, MAX_SIDE), min(page.height, MAX_SIDE)
    left, right = (min(max(x, 0.0), width) for x in (box.left, box.right))
    top, bottom = (min(max(y, 0.0), height) for y in (box.top, box.bottom))
    return Box(left, top, right, bottom)


def is_rtl(words: Iterable[Word]) -> bool:
    """Whether most letters are written from the right."""
    return is_rtl_text(word.text for word in words)


def is_rtl_text(texts: Iterable[str]) -> bool:
    balance = 0
    for text in texts:
        if not text:
            continue
        if max(text) < RIGHT_TO_LEFT:
            balance -= sum(map(str.isalpha, text))
            continue
        for char in text:
            sense = unicodedata.bidirectional(char)
            balance += (sense in {"R", "AL"}) - (sense == "L")
    return balance > 0


def in_reading_order(words: Sequence[Word], rtl: bool) -> list[Word]:
    """Words that stand from the left to the right as they are read.

    Runs that go against the line (a number or Latin words in a line from the right, and the other
    way round) keep their own order: Unicode Standard Annex 9, without its levels.
    """
    if not rtl and all(not word.text or max(word.text) < RIGHT_TO_LEFT for word in words):
        return list(words)
    runs: list[tuple[bool, list[Word]]] = []
    for word in words:
        against = _sense(word, rtl) != rtl
        if runs and runs[-1][0] == against:
            runs[-1][1].append(word)
        else:
            runs.append((against, [word]))
    ordered: list[Word] = []
    for against, run in reversed(runs) if rtl else runs:
        turned = (rtl and not against) or (not rtl and against)
        ordered += reversed(run) if turned else run
    return ordered


def _sense(word: Word, rtl: bool) -> bool:
    """Whether a word goes from the right; numbers never do, signs go with their line."""
    for char in word.text:
        sense = unicodedata.bidirectional(char)
        if sense in {"R", "AL"}:
            return True
        if sense in {"L", "EN", "AN"}:
            return False
    return rtl


def link_at(word: Word, links: Sequence[Link], mirror: float = 0.0) -> str | None:
    """What a word leads to."""
    x, y = (word.x0 + word.x1) / 2, (word.top + word.bottom) / 2
    x = mirror - x if mirror else x
    for link in links:
        if link.left <= x <= link.right and link.top <= y <= link.bottom:
            return link.target
    return None
