"""Whether the words of a text look like words, whatever its language."""

import re
import unicodedata
from collections import Counter
from itertools import islice, pairwise

from ..markdown import PAGE_MARK
from .quality import Part, scaled
from .words import BREAK, LINK_TARGET

MOST_JUDGED = 500_000  # tokens; as many tell a share to a tenth of a per cent
WORST_GARBAGE = 0.25  # share of tokens
CODE_OR_FORMULA = re.compile(r"^```.*?^```|`[^`\n]+`|\$\$.*?\$\$", re.S | re.M)
ADDRESS = re.compile(r"^\W*+(?:https?://|www\.|[\w.+-]++@[\w-]+\.)", re.I)
VOWELS = frozenset("aeiouyàáâãäåæèéêëìíîïòóôõöøœùúûüýÿăąęįųőűıěůāēīōūаеёиоуыэюяіїє")
# What most tokens are, and no rule below would accuse: small letters with a vowel, numbers, dates.
PLAIN = re.compile(r"\A(?:[b-df-hj-np-tv-xz]*+[aeiouy][a-z]*+|\d+(?:[./:-]\d+)*)\Z")
STRAY = re.compile("[\ufffd\ue000-\uf8ff\x00-\x08\x0b-\x1f]")  # no sign that people write
ODD_SIGNS = frozenset("~|^{}%#\\")
SPEAKING = re.compile(r"[^\W_]|\W{4}")  # what is judged: letters, digits, or a heap of signs
ORNAMENT = re.compile(r"[-=*_#`~:>\\]+")


def legibility(markdown: str) -> Part:
    """The part of the score that says how many words look like words."""
    text = LINK_TARGET.sub("]", PAGE_MARK.sub("", CODE_OR_FORMULA.sub(" ", markdown)))
    # Every token is judged once, however often it stands there; of a very long text every n-th is.
    found = BREAK.sub(" ", text).replace("|", " ").split()
    counts = Counter(found[:: len(found) // MOST_JUDGED + 1])
    tokens = {t: n for t, n in counts.items() if SPEAKING.search(t) and not ORNAMENT.fullmatch(t)}
    total = sum(tokens.values())
    bad = {token: count for token, count in tokens.items() if is_garbage(token)}
    single = sum(n for t, n in tokens.items() if len(t) == 1 and t.isalpha() and t.isascii())
    # A sixth of one-letter words is normal (a, I, y, e, o); more means l e t t e r s a p a r t.
    apart = max(0.0, single / total - 1 / 6) if total else 0.0
    share = min(1.0, sum(bad.values()) / total + apart) if total else 1.0
    percent = scaled(share, WORST_GARBAGE, 0.01)
    if not share:
        return Part("legibility", 30, percent, "All words look like words.")
    examples = ", ".join(f"“{token[:20]}”" for token in islice(bad, 3))
    reason = f"{share:.1%} of the words look like garbage" + (
        f", such as {examples}." if bad else "."
    )
    return Part("legibility", 30, percent, reason)


def is_garbage(token: str) -> bool:
    """Whether a token is no word, number, address or sign that people write."""
    if PLAIN.match(token):
        return False
    if "(cid:" in token or STRAY.search(token):
        return True
    if ADDRESS.match(token):
        return False
    core = token.strip("\\*_`\"'“”‘’„«»()[]{}.,;:!?…<>-–—/#+%&=~^$€£§°")
    if not core:
        return len(token) >= 6 and len(set(token)) > 3
    solid = sum(char.isdigit() or _is_letter(char) for char in core)
    if len(core) >= 4 and solid < 0.5 * len(core):
        return True
    return _is_unspeakable(core) or _is_jumbled(core) or _is_odd(token, core)


def _is_letter(char: str) -> bool:
    """Letters and the marks on them: many scripts write vowels so."""
    return char.isalpha() or (not char.isascii() and unicodedata.category(char)[0] == "M")


def _is_odd(token: str, core: str) -> bool:
    """Signs that belong to programs, not to words: many of them, or inside a word."""
    odd = sum(char in ODD_SIGNS for char in token.strip("\\"))
    inside = any(char in ODD_SIGNS for char in core)
    return odd >= 3 or (
        inside and (odd >= 2 or not VOWELS & set(core.casefold())) and len(core) > 3
    )


def _is_unspeakable(core: str) -> bool:
    """Five small Latin letters and more without a vowel are no word in most languages."""
    latin = core.isalpha() and core.islower() and all(char < "\u0250" for char in core)
    return latin and len(core) >= 5 and not VOWELS & set(core)


def _is_jumbled(core: str) -> bool:
    """Letters, digits and signs that change more often than identifiers do: w1l|ow~s7."""
    # Not every script parts its words by spaces: there a core is a sentence with its commas.
    kinds = [
        "d" if c.isdigit() else "a" if _is_letter(c) else "s"
        for c in core
        if c not in "._-/:+'’" and (c.isascii() or unicodedata.category(c)[0] != "P")
    ]
    changes = sum(a != b for a, b in pairwise(kinds))
    cases = sum(a.islower() and b.isupper() for a, b in pairwise(core))
    return (changes >= 4 and "s" in kinds) or changes >= 6 or cases >= 4
