"""What an edit keeps of the text that the conversion made; docs/conversion.md explains the rule."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice

from .markdown import PAGE_MARK
from .scoring import COUNTED, CUT_WORD, LINK_TARGET, is_garbage

EXAMPLES = 3
LONGEST_EXAMPLE = 30  # letters
SHORTEST_MENDED, LONGEST_MENDED = 3, 24  # letters of a word that may have been mended by one
MOST_MENDED = 50_000  # different words; nobody mends more


@dataclass(frozen=True)
class Kept:
    """The share (0-1) of the words that are still there, and some that are not."""

    share: float
    missing: tuple[str, ...] = ()


def kept(before: str, text: str) -> Kept | None:
    """What `text` keeps of the words of `before`; None if that has none.

    Each word counts as often as it stands there. Garbage may go; a word that differs by one letter
    from a new one is mended and not missing.
    """
    wanted = Counter(_words(before, without_garbage=True))
    if not wanted:
        return None
    found = Counter(_words(text))
    missing = wanted - found
    _forgive(missing, found - wanted)
    lost = sum(missing.values())
    return Kept(1 - lost / wanted.total(), tuple(_examples(missing, found)))


def _words(text: str, *, without_garbage: bool = False) -> list[str]:
    bare = CUT_WORD.sub("", LINK_TARGET.sub("]", PAGE_MARK.sub("", text)))
    if without_garbage:
        tokens = bare.split()
        garbage = {token for token in set(tokens) if is_garbage(token)}
        bare = " ".join(token for token in tokens if token not in garbage)
    return COUNTED.findall(bare.casefold())


def _forgive(missing: Counter[str], added: Counter[str]) -> None:
    """Take from `missing` what a word of `added` replaces that differs by one letter."""
    by_spelling: dict[str, list[str]] = {}
    for word in islice(added, MOST_MENDED):
        for spelling in _spellings(word):
            by_spelling.setdefault(spelling, []).append(word)
    for word in list(islice(missing, MOST_MENDED)):
        for spelling in _spellings(word):
            # Words that somebody has used up are not looked at again: all of it stays linear.
            candidates = by_spelling.get(spelling, [])
            while missing[word] and candidates:
                taken = min(missing[word], added[candidates[-1]])
                missing[word] -= taken
                added[candidates[-1]] -= taken
                if not added[candidates[-1]]:
                    candidates.pop()


def _spellings(word: str) -> Iterator[str]:
    """The word, and the word without each of its letters: words apart by one letter share one."""
    if SHORTEST_MENDED <= len(word) <= LONGEST_MENDED:
        yield word
        yield from (word[:place] + word[place + 1 :] for place in range(len(word)))


def _examples(missing: Counter[str], found: Counter[str]) -> Iterator[str]:
    """Those that say most: words that are gone altogether before others, and long ones only."""
    left = [word for word, count in missing.items() if count]
    telling = [word for word in left if len(word) > SHORTEST_MENDED] or left
    gone = (word for word in telling if word not in found)
    fewer = (word for word in telling if word in found)
    return (word[:LONGEST_EXAMPLE] for word in islice(chain(gone, fewer), EXAMPLES))
