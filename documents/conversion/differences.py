"""How one text came from another, line by line, as a person reads it.

The lines that both have once are found first (patience), and again between these; only what is
left, if it is short, goes to difflib, whose time grows with the square of the lines.
"""

from bisect import bisect
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Any

CONTEXT = 3  # lines before and after a change
MOST_ROWS = 2000
MOST_DEPTH = 6  # how often lines are looked for between lines
SHORT = 60  # lines left between, which difflib compares
LONGEST_LINE = 2000  # letters of a line, or of the changed middle of one
LONGEST_AROUND = 200  # letters of a line before and after its changed middle

Pair = tuple[int, int]  # a line of the one text and the same line of the other, from 0


@dataclass(frozen=True)
class _Range:
    """Lines of both texts, from 0, each without the last."""

    old: range
    new: range


def compare(before: str, text: str) -> dict[str, Any]:
    """The differences with a few lines around them.

    Returns:
        `added` and `removed`: numbers of lines. `is_cut`: whether there are more than `rows`, each
        of which has a `kind`: "same", "removed" and "added" with the numbers `old` and `new` of
        the line from 1, and `head`, `changed`, `tail` of its text; or "fold" with the `count` of
        the lines left out.
    """
    old, new = before.split("\n"), text.split("\n")
    rows = list(_rows(old, new))
    kinds = Counter(row["kind"] for row in rows)
    folded = list(_folded(rows)) if before != text else []
    return {
        "added": kinds["added"],
        "removed": kinds["removed"],
        "is_cut": len(folded) > MOST_ROWS,
        "rows": folded[:MOST_ROWS],
    }


def _rows(old: list[str], new: list[str]) -> Iterator[dict[str, Any]]:
    whole = _Range(range(len(old)), range(len(new)))
    at_old = at_new = 0
    for i, j in (*_pairs(old, new, whole, 0), (len(old), len(new))):
        yield from _changed(old, new, _Range(range(at_old, i), range(at_new, j)))
        if i < len(old):
            yield {"kind": "same", "old": i + 1, "new": j + 1} | _parts(old[i])
        at_old, at_new = i + 1, j + 1


def _changed(old: list[str], new: list[str], gap: _Range) -> Iterator[dict[str, Any]]:
    """The lines of one change, those removed first; as many by as many are compared by words."""
    is_paired = len(gap.old) == len(gap.new)
    for i in gap.old:
        other = new[gap.new[i - gap.old.start]] if is_paired else ""
        yield {"kind": "removed", "old": i + 1} | _parts(old[i], other)
    for j in gap.new:
        other = old[gap.old[j - gap.new.start]] if is_paired else ""
        yield {"kind": "added", "new": j + 1} | _parts(new[j], other)


def _parts(line: str, other: str = "") -> dict[str, str]:
    """What of `line` is as in `other`, at its beginning and end, and what is not in between."""
    head = line[: _alike(line, other)]
    head = head[: head.rfind(" ") + 1]
    rest, rest_of_other = line[len(head) :], other[len(head) :]
    tail = rest[len(rest) - _alike(reversed(rest), reversed(rest_of_other)) :]
    tail = tail[tail.find(" ") :] if " " in tail else ""
    if 3 * (len(head) + len(tail)) < min(len(line), len(other)) or not (head or tail):
        return {"head": _shortened(line), "changed": "", "tail": ""}
    changed = rest[: len(rest) - len(tail)]
    return {
        "head": head if len(head) <= LONGEST_AROUND else "…" + head[-LONGEST_AROUND:],
        "changed": _shortened(changed),
        "tail": _shortened(tail, LONGEST_AROUND),
    }


def _shortened(line: str, longest: int = LONGEST_LINE) -> str:
    return line if len(line) <= longest else line[:longest] + "…"


def _folded(rows: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Without the lines that are far from any change."""
    is_near = bytearray(len(rows))
    for number, row in enumerate(rows):
        if row["kind"] != "same":
            around = range(max(0, number - CONTEXT), min(len(rows), number + CONTEXT + 1))
            is_near[around.start : around.stop] = b"\x01" * len(around)
    left_out = 0
    for row, is_shown in zip(rows, is_near, strict=True):
        if not is_shown:
            left_out += 1
            continue
        if left_out:
            yield {"kind": "fold", "count": left_out}
        left_out = 0
        yield row
    if left_out:
        yield {"kind": "fold", "count": left_out}


def _pairs(old: list[str], new: list[str], within: _Range, depth: int) -> Iterator[Pair]:
    """The lines that stay, in order."""
    first = _alike((old[i] for i in within.old), (new[j] for j in within.new))
    left = _Range(within.old[first:], within.new[first:])
    last = _alike((old[i] for i in reversed(left.old)), (new[j] for j in reversed(left.new)))
    middle = _Range(left.old[: len(left.old) - last], left.new[: len(left.new) - last])
    yield from zip(within.old[:first], within.new[:first], strict=True)
    if middle.old and middle.new:
        yield from _pairs_between(old, new, middle, depth)
    yield from zip(left.old[len(middle.old) :], left.new[len(middle.new) :], strict=True)


def _alike(some: Iterable[str], others: Iterable[str]) -> int:
    """How many at the beginning are the same."""
    count = 0
    for one, other in zip(some, others, strict=False):
        if one != other:
            break
        count += 1
    return count


def _pairs_between(old: list[str], new: list[str], within: _Range, depth: int) -> Iterator[Pair]:
    anchors = _anchors(old, new, within) if depth < MOST_DEPTH else []
    if not anchors:
        yield from _of_few(old, new, within)
        return
    before = (within.old.start - 1, within.new.start - 1)
    after = (within.old.stop, within.new.stop)
    for (i, j), (next_i, next_j) in pairwise([before, *anchors, after]):
        if (i, j) != before:
            yield i, j
        yield from _pairs(old, new, _Range(range(i + 1, next_i), range(j + 1, next_j)), depth + 1)


def _anchors(old: list[str], new: list[str], within: _Range) -> list[Pair]:
    """The longest run, in the order of both, of lines that each has exactly once."""
    once_old, once_new = (
        Counter(lines[number] for number in numbers)
        for lines, numbers in ((old, within.old), (new, within.new))
    )
    places = {new[j]: j for j in within.new if once_new[new[j]] == 1}
    both = [(i, places[old[i]]) for i in within.old if once_old[old[i]] == 1 and old[i] in places]
    ends: list[int] = []  # the smallest line of `new` that a run of each length ends with
    at_end: list[int] = []  # and its number in `both`
    earlier: list[int] = []
    for number, (_, j) in enumerate(both):
        length = bisect(ends, j)
        earlier.append(at_end[length - 1] if length else -1)
        ends[length : length + 1] = [j]
        at_end[length : length + 1] = [number]
    run, number = [], at_end[-1] if at_end else -1
    while number >= 0:
        run.append(both[number])
        number = earlier[number]
    return run[::-1]


def _of_few(old: list[str], new: list[str], within: _Range) -> Iterator[Pair]:
    if max(len(within.old), len(within.new)) > SHORT:
        return
    some_old, some_new = [old[i] for i in within.old], [new[j] for j in within.new]
    for block in SequenceMatcher(None, some_old, some_new, autojunk=False).get_matching_blocks():
        for step in range(block.size):
            yield within.old[block.a + step], within.new[block.b + step]
