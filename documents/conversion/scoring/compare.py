"""How much of what a source holds came through, and in which order.

All measures are shares from 0 to 1, and take time that grows with the length of the texts.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .facts import pairs

FEW_PAIRS = 8  # below which an order says nothing
MOST_LOOKED_AT = 20  # rows that share a cell
WEIGHT_OF_NUMBERS = 2  # a wrong number does more harm than a wrong word
SHORT = 2  # letters of numbers and marks that conversions add: "1.", "ii"
EXAMPLES = 3
LONGEST_EXAMPLE = 30  # letters


@dataclass(frozen=True)
class Kept:
    """How many of the things of a source are there again, and some that are not."""

    share: float
    missing: tuple[str, ...] = ()


def words_kept(source: Sequence[str], text: Sequence[str]) -> float:
    """F1 of the words: those that are missing count against it, and those that stand there twice.

    What is not in the source at all (descriptions of pictures, names of series) is no harm.
    """
    wanted, found = Counter(source), Counter(text)
    whole = sum(_weight(word) * count for word, count in wanted.items())
    if not whole:
        return 1.0
    kept = sum(_weight(word) * min(count, found[word]) for word, count in wanted.items())
    repeated = sum(
        _weight(word) * (found[word] - count)
        for word, count in wanted.items()
        if found[word] > count and len(word) > SHORT
    )
    return 2 * kept / (whole + kept + repeated)


def _weight(word: str) -> int:
    return WEIGHT_OF_NUMBERS if len(word) > 1 and word.isdigit() else 1


def lost_words(source: Sequence[str], text: Sequence[str]) -> Kept:
    """The share of the words that are kept, each as often, and some that are not."""
    wanted = Counter(source)
    lost = wanted - Counter(text)
    share = 1 - lost.total() / len(source) if source else 1.0
    return Kept(share, _telling(lost))


def repeated_words(source: Sequence[str], text: Sequence[str]) -> tuple[str, ...]:
    """Some words of the source that are there more often than in it."""
    wanted = Counter(source)
    more = Counter(text) - wanted
    return _telling(Counter({word: more[word] for word in more if word in wanted}))


def _telling(words: Counter[str]) -> tuple[str, ...]:
    """Numbers and long words, no single letters."""
    told = [word for word in words if len(word) > SHORT]
    numbers = [word for word in told if word.isdigit()]
    first = dict.fromkeys([*numbers, *told])
    return tuple(word[:LONGEST_EXAMPLE] for word in list(first)[:EXAMPLES])


def order(source: Sequence[str], text: Sequence[str]) -> float | None:
    """How far the words of `text` follow each other as in `source`; None if too few can tell.

    Pairs of neighbours that stand once in the source are looked for in the text. Those found, in
    the longest run that keeps the source's order, are the share of all that could be found: words
    that are missing count elsewhere.
    """
    # Numbers of items and marks of notes stand in one of the two only.
    source, text = _telling_order(source, set(text)), _telling_order(text, set(source))
    there, counts = Counter(text), Counter(source)
    whole = {word for word, count in counts.items() if there[word] >= count}
    times = Counter(pairs(source))
    wanted = {
        pair: place
        for place, pair in enumerate(pairs(source))
        if times[pair] == 1 and pair[0] in whole and pair[1] in whole
    }
    if len(wanted) < FEW_PAIRS:
        return None
    first: dict[tuple[str, str], int] = {}
    for place, pair in enumerate(pairs(text)):
        if pair in wanted:
            first.setdefault(pair, place)
    by_text = (wanted[pair] for pair in sorted(first, key=first.__getitem__))
    return longest_rise(by_text) / len(wanted)


def _telling_order(words: Sequence[str], other: set[str]) -> list[str]:
    return [word for word in words if word in other and (len(word) > SHORT or not word.isascii())]


def longest_rise(numbers: Iterable[int]) -> int:
    """The length of the longest rising run that is left when others are struck out."""
    ends: list[int] = []
    for number in numbers:
        place = bisect_left(ends, number)
        if place == len(ends):
            ends.append(number)
        else:
            ends[place] = number
    return len(ends)


def keys_kept(source: Sequence[str], text: Sequence[str], *, is_all: bool = False) -> Kept | None:
    """How many keys of headings, items or notes are there again; None if there are none.

    Those that stand there more often count against it; with `is_all` those, too, that the source
    does not have.
    """
    if not source:
        return None
    wanted, found = Counter(source), Counter(text)
    missing, added = wanted - found, found - wanted
    _forgive_neighbours(missing, added)
    more = sum(count for known, count in added.items() if count > 0 and (is_all or known in wanted))
    kept = len(source) - sum(missing.values())
    return Kept(2 * kept / (len(source) + kept + more), tuple(list(missing)[:EXAMPLES]))


def _forgive_neighbours(missing: Counter[str], added: Counter[str]) -> None:
    """Let keys meet of which one begins or ends with the other: numbers are written or left out."""
    by_end: dict[str, list[str]] = defaultdict(list)
    for known in added:
        for piece in {known[:12], known[-12:]}:
            by_end[piece].append(known)
    for wanted in list(missing):
        for piece in {wanted[:12], wanted[-12:]}:
            near = by_end.get(piece, [])[:MOST_LOOKED_AT]
            match = next((k for k in near if added[k] and (k in wanted or wanted in k)), None)
            if match is not None and missing[wanted] > 0:
                missing[wanted] -= 1
                added[match] -= 1
    for wanted in [word for word, count in missing.items() if count <= 0]:
        del missing[wanted]


def rows_kept(source: Sequence[tuple[str, ...]], text: Sequence[tuple[str, ...]]) -> Kept | None:
    """How many rows are there again with all their cells; None if there are none.

    A row that holds more is the same row: cells that span rows may be repeated.
    """
    wanted = [row for row in source if row]
    if not wanted:
        return None
    left = Counter(text)
    by_cell: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for row in left:
        for cell in set(row):
            if len(by_cell[cell]) < MOST_LOOKED_AT:
                by_cell[cell].append(row)
    counts = Counter(wanted)
    repeated = sum(left[row] - count for row, count in counts.items() if left[row] > count)
    missing = []
    for row in wanted:
        match = row if left[row] else _holding(row, left, by_cell)
        if match is None:
            missing.append(" | ".join(row))
        else:
            left[match] -= 1
    kept = len(wanted) - len(missing)
    return Kept(2 * kept / (len(wanted) + kept + repeated), tuple(missing[:EXAMPLES]))


def _holding(
    row: tuple[str, ...],
    left: Counter[tuple[str, ...]],
    by_cell: dict[str, list[tuple[str, ...]]],
) -> tuple[str, ...] | None:
    candidates = min((by_cell.get(cell, []) for cell in set(row)), key=len)
    return next((known for known in candidates if left[known] and set(row) <= set(known)), None)
