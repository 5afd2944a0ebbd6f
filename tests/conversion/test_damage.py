"""Each kind of damage to a result lowers its score, and what is right is not accused."""

import random
import re
from itertools import pairwise

import pytest

from documents.conversion import Evidence, is_rag_ready, score
from documents.conversion.scoring.facts import of_markdown
from orgsettings.options import QualityThresholds

SENTENCES = [
    f"The {a} {b} of station {n} was measured in {m} by a crew of {n + 3} people with {c} tools."
    for n, (a, b, m, c) in enumerate(
        (
            *[("upper", "level", "March", "simple"), ("lower", "flow", "April", "borrowed")],
            *[("mean", "speed", "May", "new"), ("daily", "range", "June", "heavy")],
            *[("first", "depth", "July", "old"), ("last", "width", "August", "light")],
        ),
        start=1240,
    )
]
ITEMS = [f"{verb} the {thing}" for verb in ("Check", "Clean", "Close", "Count")
         for thing in ("valve", "pump", "hatch", "cable")]  # fmt: skip
ROWS = [
    ("Site", "Rain", "Wind"),
    *[(f"Site{n}", f"{n * 37 % 90},5", f"{n * 11}") for n in range(1, 9)],
]
PAGES = ["\n\n".join(SENTENCES[:3]), "\n\n".join(SENTENCES[3:])]
TABLE = "\n".join(
    "| " + " | ".join(row) + " |" + ("\n| --- | --- | --- |" if row is ROWS[0] else "")
    for row in ROWS
)
LIST = "\n".join(f"- {item}" for item in ITEMS)
GOOD = (
    f"# Report\n\n<!-- page 1 -->\n\n## Levels\n\n{PAGES[0]}[^1]\n\n## Checks\n\n{LIST}\n\n"
    f"<!-- page 2 -->\n\n## Rain\n\n{TABLE}\n\n## More\n\n{PAGES[1]}\n\n"
    "[^1]: Taken from the logbook of the harbour office.\n"
)
KNOWN = Evidence(source=of_markdown(GOOD))


def words_changed(change):
    return lambda text: " ".join(change(text.split(" ")))


def shuffled(words):
    return random.Random(4).sample(words, len(words))


def columns_mixed(text):
    words = text.split(" ")
    half = len(words) // 2
    lines = [words[i : i + 6] + words[half + i : half + i + 6] for i in range(0, half, 6)]
    return " ".join(word for line in lines for word in line)


def glued(text):
    spaces = [match.start() for match in re.finditer(r"(?<=[a-z]) (?=[a-z])", text)]
    doomed = set(spaces[::3])
    return "".join(char for place, char in enumerate(text) if place not in doomed)


def letters_wrong(text):
    places = {m.start() for m in list(re.finditer(r"(?<=[a-z])[a-z](?=[a-z])", text))[::12]}
    return "".join("x" if place in places else char for place, char in enumerate(text))


def shifted(text):
    rows = [line for line in text.split("\n") if line.startswith("| Site")]
    for row in rows[1:]:
        cells = row.strip("| ").split(" | ")
        text = text.replace(row, f"| {cells[-1]} | {cells[0]} | {cells[1]} |")
    moved = [row.strip("| ").split(" | ") for row in rows[1:]]
    for one, other in pairwise(moved):
        text = text.replace(f"| {one[2]} | {one[0]} |", f"| {other[2]} | {one[0]} |", 1)
    return text


DAMAGE = {
    "dropped": lambda text: "\n\n".join(text.split("\n\n")[::2]),
    "shuffled": words_changed(shuffled),
    "reversed": lambda text: "\n\n".join(text.split("\n\n")[::-1]),
    "repeated": lambda text: text + text,
    "columns mixed": columns_mixed,
    "table flattened": lambda text: re.sub(r"\| ?(?:---.*)?", "", text),
    "table shifted": shifted,
    "list flattened": lambda text: text.replace("\n- ", " "),
    "headings to text": lambda text: re.sub(r"^#+ ", "", text, flags=re.M),
    "text to headings": lambda text: re.sub(r"^The ", "## The ", text, flags=re.M),
    "letters wrong": letters_wrong,
    "words glued": glued,
    "numbers changed": lambda text: re.sub(r"\d(?=\d)", "7", text),
    "notes dropped": lambda text: re.sub(r"\[\^1\]: .*", "", text),
    "page dropped": lambda text: text[: text.index("<!-- page 2")],
}


def test_a_result_that_is_right_has_all_points():
    assert score(GOOD, KNOWN).conversion_score == 100


@pytest.mark.parametrize("kind", DAMAGE)
def test_damage_lowers_the_score(kind):
    damaged = DAMAGE[kind](GOOD)
    assert damaged != GOOD
    assert score(damaged, KNOWN).conversion_score <= 97, score(damaged, KNOWN).parts


@pytest.mark.parametrize(
    "kind", ["shuffled", "reversed", "columns mixed", "repeated", "page dropped"]
)
def test_what_is_ruined_is_not_ready(kind):
    assert not is_rag_ready(score(DAMAGE[kind](GOOD), KNOWN), QualityThresholds())


def test_the_parts_name_what_is_missing():
    quality = score(DAMAGE["notes dropped"](GOOD), KNOWN)
    (notes,) = [part for part in quality.parts if part.name == "notes"]
    assert "takenfromthelogbook" in notes.reason
