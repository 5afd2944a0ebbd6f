"""Whether the structure tree of a page holds up against the page, and what it does not know."""

from .page import SourcePage, Word
from .tags import HEADINGS, Tree, all_of
from .textlines import baselines

TELLING = frozenset(HEADINGS) | {"LI", "TR", "TD", "TH"}
ENOUGH = 0.8  # of the letters have to be in the tree
MOST_IN_HEADINGS = 0.5  # of the letters; more is a tree that was made by hand


def is_telling(tree: Tree) -> bool:
    """Whether a tree says more than that there are paragraphs and pictures."""
    return any(node.role in TELLING for node in all_of(tree))


def holds_up(page: SourcePage, tree: Tree) -> bool:
    """Whether a tree knows most of a page, and does not take most of it for headings."""
    known = mcids_of(tree)
    letters = sum(len(word.text) for word in page.words)
    tagged = sum(len(word.text) for word in page.words if word.mcid in known)
    if not letters or tagged < ENOUGH * letters:
        return False
    titles = {m for node in all_of(tree) if node.role in HEADINGS for m in mcids_of(node)}
    in_titles = sum(len(word.text) for word in page.words if word.mcid in titles)
    return in_titles <= MOST_IN_HEADINGS * letters or letters < 200


def mcids_of(tree: Tree) -> set[int]:
    return {kid for node in all_of(tree) for kid in node.kids if isinstance(kid, int)}


def stray_words(page: SourcePage, tree: Tree) -> list[Word]:
    """Words that the tree does not know; those that share a line with known ones are adopted.

    Programs forget to mark the labels of notes, and what is typed into forms is never marked.
    """
    known = mcids_of(tree)
    rows = baselines(word for word in page.words if not word.turn)
    strays: list[Word] = []
    adopted: dict[int, list[Word]] = {}
    for row in rows:
        unknown = [word for word in row if word.mcid not in known]
        told = [word for word in row if word.mcid in known]
        if not told:
            strays += unknown
            continue
        for word in unknown:
            near = min(told, key=lambda other: max(other.x0 - word.x1, word.x0 - other.x1))
            word.mcid = near.mcid
            adopted.setdefault(id(near), []).append(word)
    if adopted:
        moved = {id(word) for words in adopted.values() for word in words}
        rest = [word for word in page.words if id(word) not in moved]
        page.words = [one for word in rest for one in _with_adopted(word, adopted)]
    return strays


def _with_adopted(word: Word, adopted: dict[int, list[Word]]) -> list[Word]:
    own = adopted.get(id(word), [])
    return sorted([word, *own], key=lambda w: w.x0) if own else [word]
