"""Whether text looks like writing, in any script: no dictionary, no favourite alphabet."""

import re
import unicodedata
from functools import lru_cache
from itertools import groupby

from .score import is_garbage

# Written without spaces, and with the letters of others in between.
EAST_ASIAN = frozenset(
    {"CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO", "IDEOGRAPHIC", "FULLWIDTH", "HALFWIDTH"}
)
NO_WRITING = frozenset({"Cc", "Cn", "Co", "Cs"})  # controls, unassigned, private, halves
TOKEN = re.compile(r"\S+")


def plausibility(text: str) -> float:
    """Share (0-1) of the characters of `text` that stand in words as people write them.

    A word has letters of one script, or of several that follow each other in runs (Wi-Fi網), and
    no signs that only broken text has. 0 if there is no text.
    """
    tokens = TOKEN.findall(text)
    total = sum(map(len, tokens))
    return sum(len(token) for token in tokens if _is_word(token)) / total if total else 0.0


def _is_word(token: str) -> bool:
    kinds = [unicodedata.category(char) for char in token]
    if "\ufffd" in token or any(kind in NO_WRITING for kind in kinds):
        return False
    if token.isascii() and is_garbage(token):
        return False
    letters = [char for char, kind in zip(token, kinds, strict=True) if kind[0] == "L"]
    if not letters and sum(kind[0] == "S" for kind in kinds) > 1:
        return False
    runs = [(script, len(list(group))) for script, group in groupby(map(script_of, letters))]
    if len(runs) < 2 or any(script == "EAST ASIAN" for script, _ in runs):
        return True
    # A letter of another alphabet inside a word is what a wrong table of characters gives.
    return all(length > 1 for _, length in runs)


@lru_cache(maxsize=4096)
def script_of(char: str) -> str:
    """The script of a letter, by the name that Unicode gives it."""
    first = unicodedata.name(char, "").partition(" ")[0]
    return "EAST ASIAN" if first in EAST_ASIAN else first
