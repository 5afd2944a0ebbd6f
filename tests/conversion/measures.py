"""How alike two texts are."""

import re
from collections import Counter
from difflib import SequenceMatcher


def words(text):
    """Words of Markdown or text: link targets, page marks and numbers of lists left out."""
    text = re.sub(r"<!-- page \d+ -->", " ", text)
    text = re.sub(r"\]\([^)\s]*\)", "]", text)
    text = re.sub(r"^ *\d+\. ", " ", text, flags=re.M)
    return re.findall(r"[^\W_]+", text.casefold())


def token_f1(found, known):
    """Harmonic mean of precision and recall of the words, whatever their order; 0-1."""
    a, b = Counter(words(found)), Counter(words(known))
    both = (a & b).total()
    return 2 * both / (a.total() + b.total())


def order_similarity(found, known):
    """Share of the words that are in the same order; 0-1."""
    return SequenceMatcher(None, words(found), words(known), autojunk=False).ratio()


def headings(markdown):
    """Level and text of each heading."""
    found = re.findall(r"^(#{1,6}) (.+)$", markdown, flags=re.M)
    return [(len(marks), text) for marks, text in found]


def table_rows(markdown):
    """Cells of each row of each pipe table, delimiter rows left out."""
    lines = re.findall(r"^\|(.*)\|$", markdown, flags=re.M)
    rows = [re.split(r"(?<!\\)\|", line) for line in lines]
    cells = [tuple(cell.strip().replace("\\|", "|") for cell in row) for row in rows]
    return [row for row in cells if set("".join(row)) - set("-:")]
