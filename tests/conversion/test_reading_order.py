"""The order in which people read what stands freely on a slide."""

import time

import pytest

from documents.conversion.document import Box
from documents.conversion.readers.placing import Placed, arranged
from documents.conversion.readers.reading_order import reading_order


def box(left, top, width=100, height=30):
    return Box(left, top, left + width, top + height)


@pytest.mark.parametrize(
    ("boxes", "order"),
    [
        pytest.param([box(0, 50), box(0, 0)], [1, 0], id="below each other"),
        pytest.param([box(200, 0), box(0, 5)], [1, 0], id="beside each other"),
        pytest.param(
            [box(200, 40), box(0, 40), box(200, 0), box(0, 0)], [3, 1, 2, 0], id="headed columns"
        ),
        pytest.param(
            [box(0, 0, 300), box(200, 40), box(0, 40), box(0, 80, 300)], [0, 2, 1, 3],
            id="columns between lines of full width",
        ),
        pytest.param(
            [box(0, 0, 100, 300), box(150, 0), box(150, 100), box(150, 200)], [0, 1, 2, 3],
            id="a tall one beside low ones",
        ),
        pytest.param(
            [box(0, 0), box(150, 0), box(0, 200), box(150, 200)], [0, 1, 2, 3],
            id="rows far apart",
        ),
        pytest.param([box(0, 0), box(10, 5), box(5, 60)], [0, 1, 2], id="overlapping"),
    ],
)  # fmt: skip
def test_boxes_are_read_in_this_order(boxes, order):
    assert reading_order(boxes) == order


def test_no_boxes_have_no_order():
    assert reading_order([]) == []


@pytest.mark.parametrize("shift", [0, 3, 40, 200])
def test_many_boxes_are_ordered_soon(shift):
    boxes = [box((i * shift) % 5000, i * 7, 60, 20) for i in range(1400)]
    started = time.process_time()

    assert sorted(reading_order(boxes)) == list(range(1400))
    assert time.process_time() - started < 5  # seconds


def test_members_of_a_group_count_by_themselves_when_something_stands_among_them():
    def one(name, left, top):
        return Placed([name], box(left, top))

    group = Placed(members=[one("top", 0, 0), one("bottom", 0, 200)])

    assert arranged([one("middle", 0, 100), group]) == ["top", "middle", "bottom"]
