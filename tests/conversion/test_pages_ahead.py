"""Pages that are begun before the one before them is done, and places in their pictures."""

import pytest

from documents.conversion.document import Box, Paragraph
from documents.conversion.ocr import ahead
from documents.conversion.ocr.ahead import MOST_AHEAD, Readers, in_order
from documents.conversion.ocr.placing import Placing, place_in_pictures


def test_pages_come_in_their_order_and_two_are_begun_ahead():
    begun = []

    def begin():
        for number in range(5):
            begun.append(number)
            yield lambda number=number: number

    results = in_order(begin())

    assert next(results) == 0
    assert begun == list(range(MOST_AHEAD + 1))
    assert list(results) == [1, 2, 3, 4]


@pytest.mark.parametrize("idle", [0, 3])
def test_what_goes_wrong_with_a_page_is_told_where_it_is_waited_for(monkeypatch, idle):
    monkeypatch.setattr(ahead, "idle_cores", lambda: idle)

    with Readers() as readers:
        good, bad = readers.begin(int, "7"), readers.begin(int, "seven")
        assert good() == 7
        with pytest.raises(ValueError, match="seven"):
            bad()


def test_a_straight_page_has_its_places_as_they_are():
    assert Placing(600, 800).box(Box(10, 20, 30, 40)) == Box(10, 20, 30, 40)


@pytest.mark.parametrize(
    ("turn", "place"),
    [
        (90, Box(560, 10, 580, 30)),
        (180, Box(770, 560, 790, 580)),
        (270, Box(20, 770, 40, 790)),
    ],
)
def test_places_of_a_turned_page_are_where_they_are_in_its_picture(turn, place):
    assert Placing(800, 600, turn=turn).box(Box(10, 20, 30, 40)) == place


def test_places_of_a_page_that_lay_askew_go_with_its_lines():
    placing = Placing(600, 800, skew=2.0)

    left, right = placing.box(Box(50, 399, 51, 401)), placing.box(Box(549, 399, 550, 401))

    assert left.top == pytest.approx(400 - 250 * 0.035, abs=2)
    assert right.top == pytest.approx(400 + 250 * 0.035, abs=2)


def test_no_place_is_outside_its_picture():
    block = Paragraph([], page=1, box=Box(0, 0, 600, 800))

    place_in_pictures([block], {1: Placing(600, 800, skew=3.0)})

    assert block.box == Box(0, 0, 600, 800)
