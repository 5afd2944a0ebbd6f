"""Each defect of the first Curatore has a test that names its number: none must come back.

They go through the public HTTP interface, with a real database, real files and, where it matters,
real conversions, and stand with their subjects:

    test_results      D2, D3, D4, D24, D25, D26, D28
    test_downloads    D5, D23, and of D31 the names of downloads
    test_lists        D6, D10, D30, D32, and of D31 progress and times
    test_life_cycle   D7, D8, D9, D11, D13, D14, D29, D33, D35
    test_deletion     D1, D15, D18, D27
    test_tenancy      D16, D17, D19, D20, D22
    test_input        D12, D21, D34

What the pages have of their own is tested with the pages: settings and numbers that show what is
(D30), live rows, sizes and times of the wizard and the lists (D31) in tests/pages and
tests/browser. That nothing starts without a secret key (D34): tests/test_configuration.py.
"""

import re
from pathlib import Path


def test_every_number_has_a_test():
    sources = [path.read_text() for path in Path(__file__).parent.glob("test_*.py")]

    numbers = set(re.findall(r":  # (D[\d, D]+)$", "\n".join(sources), re.MULTILINE))

    covered = {int(number) for text in numbers for number in re.findall(r"\d+", text)}
    assert covered == set(range(1, 36))
