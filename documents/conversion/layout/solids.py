"""Solids: boxes between rulings with the same ends, which are tables or frames."""

from bisect import bisect_left

from .lines import Segment
from .page import Ruling, SourcePage
from .things import FEWEST_LINES, GUTTER, Thing, em_of, gaps_in, is_prose_side

SAME_END = 3.0  # points between the ends of rulings that belong together
SMALLEST_SOLID = 30.0  # points wide
TALLEST_SOLID = 0.75  # of the page; a frame around all of it has columns inside
MOST_RULINGS = 3_000


def solids_of(page: SourcePage, segments: list[Segment]) -> list[Thing]:
    """Boxes between consecutive rulings with the same ends, joined where they touch."""
    if len(page.rulings) > MOST_RULINGS:
        return []
    level = [r for r in page.rulings if r.kind == "H" and r.end - r.start >= SMALLEST_SOLID]
    level.sort(key=lambda r: r.at)
    ends: dict[tuple[int, int], Ruling] = {}
    boxes: list[list[Ruling]] = []
    of_ruling: dict[int, list[Ruling]] = {}
    by_top = sorted(segments, key=lambda s: s.baseline)
    tops = [s.baseline for s in by_top]
    for ruling in level:
        above = _with_same_ends(ends, ruling)
        ends[_key(ruling)] = ruling
        if above is None or not _is_solid(above, ruling, page, by_top, tops):
            continue
        box = of_ruling.get(id(above))
        if box is None:
            box = of_ruling[id(above)] = [above]
            boxes.append(box)
        box.append(ruling)
        of_ruling[id(ruling)] = box
    return _each_once([_solid(box, page, by_top, tops) for box in boxes])


def _key(ruling: Ruling) -> tuple[int, int]:
    return round(ruling.start / SAME_END), round(ruling.end / SAME_END)


def _with_same_ends(ends: dict[tuple[int, int], Ruling], ruling: Ruling) -> Ruling | None:
    """The last ruling with (nearly) the same ends as this one."""
    start, end = _key(ruling)
    for x in (start, start - 1, start + 1):
        for y in (end, end - 1, end + 1):
            other = ends.get((x, y))
            if other is None or abs(other.start - ruling.start) > SAME_END:
                continue
            if abs(other.end - ruling.end) <= SAME_END:
                return other
    return None


def _each_once(solids: list[Thing]) -> list[Thing]:
    """Solids as one where they overlap, so that nothing is in two of them."""
    found: list[Thing] = []
    for solid in sorted(solids, key=lambda s: s.top):
        near = [s for s in found if _touch(s, solid)]
        found = [s for s in found if not _touch(s, solid)]
        parts = [*near, solid]
        segments = {id(s): s for part in parts for s in part.inside}
        rulings = {id(r): r for part in parts for r in part.rulings}
        found.append(
            Thing(
                min(part.left for part in parts),
                min(part.top for part in parts),
                max(part.right for part in parts),
                max(part.bottom for part in parts),
                rulings=tuple(rulings.values()),
                inside=tuple(segments.values()),
            )
        )
    return found


def _touch(one: Thing, other: Thing) -> bool:
    across = min(one.right, other.right) - max(one.left, other.left)
    return across > 0 and min(one.bottom, other.bottom) - max(one.top, other.top) > 0


def _is_solid(
    above: Ruling, below: Ruling, page: SourcePage, segments: list[Segment], tops: list[float]
) -> bool:
    if below.at - above.at > TALLEST_SOLID * page.height:
        return False
    left, right = min(above.start, below.start) - SAME_END, max(above.end, below.end) + SAME_END
    inside: list[Segment] = []
    for s in _between(segments, tops, above.at, below.at):
        if s.x1 <= left or s.x0 >= right:
            continue
        if s.x0 < left or s.x1 > right:
            return False
        inside.append(s)
    if not inside:
        return below.at - above.at <= 9
    return not _holds_columns(inside)


def _holds_columns(inside: list[Segment]) -> bool:
    """Whether two columns of prose stand between two rulings: then these do not make a table."""
    things = [Thing(s.x0, s.top, s.x1, s.bottom, segment=s) for s in inside]
    if len(inside) < 4 * FEWEST_LINES:
        return False
    em = em_of(things)
    for left, right in gaps_in(things, GUTTER * em):
        middle = (left + right) / 2
        sides = [t for t in things if t.right < middle], [t for t in things if t.left > middle]
        if all(len(side) >= 2 * FEWEST_LINES and is_prose_side(side) for side in sides):
            return True
    return False


def _between(
    segments: list[Segment], tops: list[float], above: float, below: float
) -> list[Segment]:
    return segments[bisect_left(tops, above) : bisect_left(tops, below + 0.01)]


def _solid(
    box: list[Ruling], page: SourcePage, segments: list[Segment], tops: list[float]
) -> Thing:
    left, right = min(r.start for r in box), max(r.end for r in box)
    top, bottom = box[0].at, box[-1].at
    inside = tuple(
        s
        for s in _between(segments, tops, top, bottom)
        if s.x0 >= left - SAME_END and s.x1 <= right + SAME_END
    )
    rulings = tuple(
        r
        for r in page.rulings
        if (
            top - 1 <= r.at <= bottom + 1
            and r.start >= left - SAME_END
            and r.end <= right + SAME_END
            if r.kind == "H"
            else left - SAME_END <= r.at <= right + SAME_END
            and r.start >= top - SAME_END
            and r.end <= bottom + SAME_END
        )
    )
    return Thing(left, top, right, bottom, rulings=rulings, inside=inside)
