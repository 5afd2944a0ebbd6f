"""Shapes of a slide, each with its blocks, in the order they are read in."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from ..document import Block, Box
from .reading_order import reading_order

MOST_GROUPS = 200
OVERLAP = 2.0  # points that a group may reach over what stands beside it


@dataclass(slots=True)
class Placed:
    """What one shape says, or a group with its members; those without a box come last."""

    blocks: list[Block] = field(default_factory=list)
    box: Box | None = None
    members: list["Placed"] = field(default_factory=list)


def arranged(placed: Sequence[Placed]) -> list[Block]:
    """All blocks in reading order.

    A group is read as one if nothing else stands in its area, otherwise what is in it counts by
    itself.
    """
    units = _units([unit for one in placed for unit in _filled(one)])
    boxes = [unit.box for unit in units if unit.box is not None]
    lying = [unit for unit in units if unit.box is not None]
    blocks: list[Block] = []
    for place in reading_order(boxes):
        unit = lying[place]
        blocks += arranged(unit.members) if unit.members else unit.blocks
    return blocks + [block for unit in units if unit.box is None for block in unit.blocks]


def _filled(one: Placed) -> list[Placed]:
    """The shape, or the group with as large a box as its members need, if it says anything."""
    if not one.members:
        return [one] if one.blocks else []
    members = [unit for member in one.members for unit in _filled(member)]
    boxes = [member.box for member in members if member.box is not None]
    if len(members) < 2 or len(boxes) < len(members):
        return members
    return [Placed([], _around(boxes), members)]


def _units(units: list[Placed]) -> list[Placed]:
    groups = sum(bool(unit.members) for unit in units)
    if groups > MOST_GROUPS:
        return [single for unit in units for single in _singles(unit)]
    if groups == 1 and len(units) == 1:
        return units[0].members
    result: list[Placed] = []
    for unit in units:
        others = (other.box for other in units if other is not unit and other.box is not None)
        if unit.members and any(_overlaps(unit.box, other) for other in others):
            result += _singles(unit)
        else:
            result.append(unit)
    return result


def _singles(unit: Placed) -> list[Placed]:
    if not unit.members:
        return [unit]
    return [single for member in unit.members for single in _singles(member)]


def _around(boxes: Sequence[Box]) -> Box:
    return Box(
        min(box.left for box in boxes),
        min(box.top for box in boxes),
        max(box.right for box in boxes),
        max(box.bottom for box in boxes),
    )


def _overlaps(one: Box | None, other: Box) -> bool:
    if one is None:
        return False
    across = min(one.right, other.right) - max(one.left, other.left)
    down = min(one.bottom, other.bottom) - max(one.top, other.top)
    return across > OVERLAP and down > OVERLAP
