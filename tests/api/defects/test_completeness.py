"""No defect is without a test here."""

import re
from pathlib import Path


def test_every_number_has_a_test():
    sources = [path.read_text() for path in Path(__file__).parent.glob("test_*.py")]

    numbers = set(re.findall(r":  # (D[\d, D]+)$", "\n".join(sources), re.MULTILINE))

    covered = {int(number) for text in numbers for number in re.findall(r"\d+", text)}
    assert covered == set(range(1, 36))
