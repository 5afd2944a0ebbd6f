"""What an edit keeps of the words of its source; docs/conversion.md explains the rule."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, combinations, islice

from ..markdown import PAGE_MARK
from .score import COUNTED, CUT_WORD, ESCAPE, LINK_TARGET, is_garbage

EXAMPLES = 3
LONGEST_EXAMPLE = 30  # letters
SHORTEST_MENDED, LONGEST_MENDED = 3, 24  # letters of a word that may have been mended by one
MOST_MENDED = 50_000  # different words; nobody mends more
# The same of words mended by two letters, of which there are many more spellings.
SHORTEST_MENDED_TWICE, LONGEST_MENDED_TWICE = 8, 16
MOST_MENDED_TWICE = 3_000
# What text recognition takes for each other, as one of them.
LOOKALIKES = re.compile("rn|vv|[1il]|0|5|8")
LOOKS_LIKE = {"rn": "m", "vv": "w", "0": "o", "5": "s", "8": "b"}


@dataclass(frozen=True)
class Kept:
    """The share (0-1) of the words that are still there, and some that are not."""

    share: float
    missing: tuple[str, ...] = ()


def kept(before: str, text: str) -> Kept | None:
    """What `text` keeps of the words of `before`; None if that has none. See `kept_of`."""
    return kept_of(Counter(words_of(before, without_garbage=True)), text)


def kept_of(wanted: Counter[str], text: str) -> Kept | None:
    """What `text` keeps of the words that are `wanted`; None if none is.

    Each word counts as often as it stands there. A word is mended and not missing when it differs
    from a new one by a letter, by two if it is long, by letters that look alike, or by a space.
    """
    if not wanted:
        return None
    found = Counter(words_of(text))
    missing = wanted - found
    _forgive(missing, found - wanted)
    lost = sum(missing.values())
    return Kept(1 - lost / wanted.total(), tuple(_examples(missing, found)))


def words_of(text: str, *, without_garbage: bool = False) -> list[str]:
    """The words of Markdown or bare text, in small letters; in scripts without spaces letters."""
    bare = CUT_WORD.sub("", LINK_TARGET.sub("]", PAGE_MARK.sub("", text)))
    if "\\" in bare:
        bare = ESCAPE.sub(r"\1", bare)
    if without_garbage:
        tokens = bare.split()
        garbage = {token for token in set(tokens) if is_garbage(token)}
        bare = " ".join(token for token in tokens if token not in garbage)
    return COUNTED.findall(bare.casefold())


def _forgive(missing: Counter[str], added: Counter[str]) -> None:
    """Take from `missing` what is in `added` in another spelling, and from both what met so."""
    _forgive_spellings(missing, added, _look, MOST_MENDED)
    _forgive_spaces(missing, added)
    _forgive_spaces(added, missing)
    _forgive_spellings(missing, added, _without_a_letter, MOST_MENDED)
    _forgive_spellings(missing, added, _without_two_letters, MOST_MENDED_TWICE)


def _forgive_spellings(
    missing: Counter[str],
    added: Counter[str],
    spellings: Callable[[str], Iterable[str]],
    most: int,
) -> None:
    """Let words of `missing` and `added` meet that share one of their spellings."""
    by_spelling: dict[str, list[str]] = {}
    for word in islice(_left(added), most):
        for spelling in spellings(word):
            by_spelling.setdefault(spelling, []).append(word)
    for word in list(islice(_left(missing), most)):
        for spelling in spellings(word):
            # Words that somebody has used up are not looked at again: all of it stays linear.
            candidates = by_spelling.get(spelling, [])
            while missing[word] and candidates:
                taken = min(missing[word], added[candidates[-1]])
                missing[word] -= taken
                added[candidates[-1]] -= taken
                if not added[candidates[-1]]:
                    candidates.pop()


def _forgive_spaces(whole: Counter[str], parts: Counter[str]) -> None:
    """Let words of `whole` meet two words of `parts` that a space keeps apart."""
    for word in list(islice(_left(whole), MOST_MENDED)):
        if not SHORTEST_MENDED <= len(word) <= LONGEST_MENDED:
            continue
        for place in range(1, len(word)):
            first, second = word[:place], word[place:]
            if first == second or not (parts[first] and parts[second]):
                continue
            taken = min(whole[word], parts[first], parts[second])
            whole[word] -= taken
            parts[first] -= taken
            parts[second] -= taken


def _left(words: Counter[str]) -> Iterator[str]:
    return (word for word, count in words.items() if count)


def _look(word: str) -> Iterator[str]:
    """What the word looks like to text recognition."""
    if SHORTEST_MENDED <= len(word) <= LONGEST_MENDED:
        yield LOOKALIKES.sub(lambda found: LOOKS_LIKE.get(found[0], "l"), word)


def _without_a_letter(word: str) -> Iterator[str]:
    """The word, and the word without each of its letters: words apart by one letter share one."""
    if SHORTEST_MENDED <= len(word) <= LONGEST_MENDED:
        yield word
        yield from (word[:place] + word[place + 1 :] for place in range(len(word)))


def _without_two_letters(word: str) -> Iterator[str]:
    """The same of a long word without two of its letters."""
    if SHORTEST_MENDED_TWICE <= len(word) <= LONGEST_MENDED_TWICE:
        for one, other in combinations(range(len(word)), 2):
            yield word[:one] + word[one + 1 : other] + word[other + 1 :]


def _examples(missing: Counter[str], found: Counter[str]) -> Iterator[str]:
    """Those that say most: words that are gone altogether before others, and long ones only."""
    left = list(_left(missing))
    telling = [word for word in left if len(word) > SHORTEST_MENDED] or left
    gone = (word for word in telling if word not in found)
    fewer = (word for word in telling if word in found)
    return (word[:LONGEST_EXAMPLE] for word in islice(chain(gone, fewer), EXAMPLES))
